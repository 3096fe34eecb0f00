"""Show claims and use them at tills: issue codes, prepare, consume, reverse. Source: R34-R36, R39, R41."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from fairday.coupons import code_store, codes, judging, locking, redemption_store, returning
from fairday.coupons.claims import (
    BasketRule,
    ClaimRow,
    ConsumeRequest,
    Locked,
    LockRequest,
    Prepared,
    PrepareRequest,
    Redeemed,
    RedeemRequest,
    Reversed,
    ReverseRequest,
    RotatingCode,
)
from fairday.coupons.errors import (
    BelowThreshold,
    ClaimUnknown,
    CodeExpired,
    CodeInvalid,
    NoEffect,
    ReceiptConflict,
    RedemptionUnknown,
    TooLateToReverse,
    TooManyCodes,
)
from fairday.coupons.judging import Known
from fairday.coupons.redeeming import redeem_known
from fairday.coupons.redemption_store import Redemption
from fairday.coupons.rules import terms as words
from fairday.coupons.rules import using as rules
from fairday.coupons.types import Channel, ClaimStatus, Template
from fairday.festivals import service as festivals
from fairday.festivals.types import PhaseWindow
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import RetryTransaction, Tx

_ATTEMPTS_MAX = 8


async def issue_code(tx: Tx, claim_id: str, member_id: str, now: datetime) -> RotatingCode:
    """Return the code of this minute for a member's own claim; asking again in the same minute gives the same.

    Raises: ClaimUnknown, ClaimVoided, AlreadyUsed, ClaimExpired. A claim that a till holds can be shown there again.
    """
    known = await judging.read(tx, [claim_id])
    claim = known.claims.get(claim_id)
    owner = claim.lock_owner if claim is not None else None
    refusal = rules.judge_state(claim, member_id, owner, now)
    if claim is None or refusal is not None:
        [named] = await judging.with_places(tx, [refusal or ClaimUnknown()], [claim_id])
        raise named
    key = codes.signing_key()
    await code_store.publish_key(tx, key.kid, key.public, now)
    step = codes.step_at(now)
    digits = await _digits(tx, key, claim_id, step)
    return RotatingCode(
        claim_id,
        codes.make_text(key, claim_id, claim.coupon_id, step),
        codes.grouped(digits),
        codes.STEP_S,
        codes.step_start(step + 1),
        codes.expiry(step),
    )


async def _digits(tx: Tx, key: codes.SigningKey, claim_id: str, step: int) -> str:
    for attempt in range(_ATTEMPTS_MAX):
        digits = codes.make_digits(key, claim_id, step, attempt)
        if await code_store.keep_typed(tx, codes.hash_digits(key, digits), claim_id, codes.expiry(step)):
            return digits
    raise RetryTransaction


async def read_code(tx: Tx, text: str, now: datetime) -> str:
    """Return the claim that a scanned text or typed digits show.

    Raises: CodeInvalid, CodeExpired. Typed digits are counted per till by `prepare`, not here.
    """
    [result] = await read_codes(tx, [text], now)
    if isinstance(result, Refusal):
        raise result
    return result


async def read_codes(tx: Tx, texts: Sequence[str], now: datetime) -> list[str | Refusal]:
    """Read many codes with one look at the keys and one at the typed codes."""
    normal = [codes.normal(text) for text in texts]
    key = codes.signing_key()
    public = await code_store.public_keys(tx, key)
    typed = {
        digits: codes.hash_digits(key, digits) for text in normal if (digits := codes.typed_digits(text))
    }
    stored = await code_store.typed(tx, list(typed.values())) if typed else {}
    results: list[str | Refusal] = []
    for text in normal:
        digits = codes.typed_digits(text)
        if digits is None:
            try:
                results.append(codes.read_text(text, public, now).claim_id)
            except Refusal as refusal:
                results.append(refusal)
            continue
        row = stored.get(typed[digits])
        if row is None:
            results.append(CodeInvalid())
        else:
            results.append(row[0] if now < row[1] else CodeExpired())
    return results


async def prepare(tx: Tx, requests: Sequence[PrepareRequest], now: datetime) -> list[Prepared | Refusal]:
    """Read the claim a shopper shows, check state, time and place, and set it aside for the till.

    The same till may prepare again and prolong. Refusals: CodeInvalid, CodeExpired, TooManyCodes, then those of
    `judge` up to WrongStore; the basket is the till's to check by the rule it gets. Source: R34.
    """
    results: list[Prepared | Refusal | None] = [None] * len(requests)
    claim_ids = await _shown(tx, requests, results, now)
    known = await judging.read(tx, list(claim_ids.values()))
    phase_ids, windows = await _phases(tx, known, now)
    locks: dict[int, LockRequest] = {}
    for place, claim_id in claim_ids.items():
        request = requests[place]
        claim = known.claims.get(claim_id)
        refusal = rules.judge_state(claim, None, request.till_id, now)
        if claim is not None and refusal is None:
            refusal = _judge_store(known, claim, request, phase_ids, windows, now)
        if refusal is not None:
            results[place] = refusal
        else:
            until = now + timedelta(seconds=request.lock_s)
            locks[place] = LockRequest(claim_id, None, request.till_id, until)
    locked = await locking.lock(tx, list(locks.values()), now) if locks else []
    for place, result in zip(locks, locked, strict=True):
        results[place] = result if isinstance(result, Refusal) else _prepared(known, result)
    done = [result for result in results if result is not None]
    assert len(done) == len(requests), "a request was left without an answer"
    return await judging.with_places(tx, done, [claim_ids.get(place, "") for place in range(len(requests))])


async def _shown(
    tx: Tx, requests: Sequence[PrepareRequest], results: list[Prepared | Refusal | None], now: datetime
) -> dict[int, str]:
    """Return the claim of each request by place; count typed codes and refuse them above the till's rate."""
    claim_ids = {place: request.claim_id for place, request in enumerate(requests) if request.claim_id}
    shown = {place: request.code or "" for place, request in enumerate(requests) if place not in claim_ids}
    typing = [
        requests[place].till_id for place, text in shown.items() if codes.typed_digits(codes.normal(text))
    ]
    tries = await code_store.count_tries(tx, Counter(typing), now) if typing else {}
    found = await read_codes(tx, list(shown.values()), now) if shown else []
    for (place, text), result in zip(shown.items(), found, strict=True):
        is_typed = codes.typed_digits(codes.normal(text)) is not None
        if is_typed and tries[requests[place].till_id] > codes.TRIES_MAX:
            results[place] = TooManyCodes(retry_after_s=60 - now.second)
        elif isinstance(result, Refusal):
            results[place] = result
        else:
            claim_ids[place] = result
    return claim_ids


async def _phases(tx: Tx, known: Known, now: datetime) -> tuple[frozenset[str], dict[str, PhaseWindow]]:
    windows = await judging.use_windows(tx, known)
    return (await festivals.phase_ids_at(tx, now) if windows else frozenset()), windows


def _judge_store(
    known: Known,
    claim: ClaimRow,
    request: PrepareRequest | ConsumeRequest,
    phase_ids: frozenset[str],
    windows: dict[str, PhaseWindow],
    now: datetime,
) -> Refusal | None:
    return rules.judge_place(
        known.templates[claim.coupon_id],
        known.counters[claim.coupon_id],
        channel=Channel.IN_STORE,
        store_id=request.store_id,
        merchant_id=request.merchant_id,
        phase_ids=phase_ids,
        windows=windows,
        now=now,
    )


def _prepared(known: Known, locked: Locked) -> Prepared:
    claim = known.claims[locked.claim_id]
    template = known.templates[claim.coupon_id]
    terms = template.terms
    zh, en = words.summary(terms)
    rule = BasketRule(
        terms.kind,
        terms.currency,
        terms.amount_minor or 0,
        terms.rate_bp or 0,
        terms.cap_minor or 0,
        terms.threshold_minor,
        terms.exchange_sku_id,
        terms.exchange_price_minor or 0,
        terms.min_payable_minor,
        terms.scope,
    )
    return Prepared(
        claim.claim_id,
        claim.coupon_id,
        template.version,
        terms.name,
        terms.name_en,
        zh,
        en,
        locked.locked_until,
        claim.expires_at,
        rule,
        claim.member_id,
    )


async def consume(tx: Tx, requests: Sequence[ConsumeRequest], now: datetime) -> list[Redeemed | Refusal]:
    """Use prepared claims up, each for a receipt; the same receipt again gets the same answer.

    Another receipt is told where and when the claim was used. A claim whose lock ran out is taken again if it is
    still free and this store may take it. Refusals: those of `redeem` and `judge_place`, BelowThreshold, NoEffect.
    Source: R27, R35, R36, R41.
    """
    known = await judging.read(tx, [request.claim_id for request in requests])
    phase_ids, windows = await _phases(tx, known, now)

    def precheck(place: int, claim: ClaimRow) -> Refusal | None:
        request = requests[place]
        holds = (
            claim.status is ClaimStatus.LOCKED
            and claim.lock_owner == request.till_id
            and claim.locked_until is not None
            and now < claim.locked_until
        )
        refusal = None if holds else _judge_store(known, claim, request, phase_ids, windows, now)
        return refusal or _judge_amount(known.templates[claim.coupon_id], request)

    redeems = [
        RedeemRequest(
            claim_id=request.claim_id,
            document_id=document_id(request.store_id, request.receipt_id),
            amount_minor=request.amount_minor,
            receipt_id=request.receipt_id,
            merchant_id=request.merchant_id,
            store_id=request.store_id,
            till_id=request.till_id,
            clerk_id=request.clerk_id,
            channel=Channel.IN_STORE,
            owner=request.till_id,
        )
        for request in requests
    ]
    return await redeem_known(tx, redeems, known, now, precheck)


def _judge_amount(template: Template, request: ConsumeRequest) -> Refusal | None:
    if request.basket_minor is None:
        return None
    terms = template.terms
    if request.basket_minor < terms.threshold_minor:
        return BelowThreshold(
            threshold_minor=terms.threshold_minor,
            currency=terms.currency,
            left_minor=terms.threshold_minor - request.basket_minor,
        )
    return NoEffect() if request.basket_minor - request.amount_minor < terms.min_payable_minor else None


async def reverse(
    tx: Tx, requests: Sequence[ReverseRequest], now: datetime, *, is_late: bool = False
) -> list[Reversed | Refusal]:
    """Undo redemptions of this store's receipts within `rules.REVERSE_MAX`; the claim is free again.

    With `is_late` the till reversed in time and tells so now. The same reversal again gets the same answer. Refusals: RedemptionUnknown, ReceiptConflict, TooLateToReverse.
    """
    wanted = [(document_id(request.store_id, request.receipt_id), request.claim_id) for request in requests]
    stored = {
        (one.document_id, one.claim_id): one
        for one in await redemption_store.of_documents(tx, sorted({row[0] for row in wanted}))
    }
    known = await judging.read(tx, [request.claim_id for request in requests])
    fates: dict[str, tuple[ClaimStatus, datetime]] = {}
    chosen: dict[str, int] = {}
    for place, key in enumerate(wanted):
        one = stored.get(key)
        if one is not None and _reversal_refusal(one, now, is_late) is None and one.status == "effective":
            chosen.setdefault(one.redemption_id, place)
            fates[one.redemption_id] = rules.restored(known.claims[one.claim_id].expires_at, now)
    if chosen:
        why = {
            redemption_id: (requests[place].clerk_id, requests[place].reason)
            for redemption_id, place in chosen.items()
        }
        undoing = [stored[wanted[place]] for place in chosen.values()]
        await returning.undo(tx, undoing, fates, known, why, now=now, is_reversal=True)
    after = stored
    if chosen:
        after = {
            (one.document_id, one.claim_id): one
            for one in await redemption_store.of_documents(tx, sorted({row[0] for row in wanted}))
        }
    return [_reversed(after.get(key), now, is_late) for key in wanted]


def _reversal_refusal(one: Redemption, now: datetime, is_late: bool) -> Refusal | None:
    if not is_late and one.status == "effective" and now > one.redeemed_at + rules.REVERSE_MAX:
        return TooLateToReverse(minutes_max=int(rules.REVERSE_MAX.total_seconds() // 60))
    return ReceiptConflict() if one.status in ("returned", "forfeited") else None


def _reversed(one: Redemption | None, now: datetime, is_late: bool) -> Reversed | Refusal:
    if one is None:
        return RedemptionUnknown()
    refusal = _reversal_refusal(one, now, is_late)
    if refusal is not None or one.undone_at is None:
        return refusal or ReceiptConflict()
    return Reversed(
        one.redemption_id, one.claim_id, one.coupon_id, one.receipt_id or "", one.amount_minor, one.undone_at
    )


def document_id(store_id: str, receipt_id: str) -> str:
    """Return the document of a till's receipt: receipt ids are the store's own."""
    return f"{store_id}/{receipt_id}"
