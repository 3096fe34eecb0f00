"""Redeem coupons at tills in two steps, or in one: prepare, consume, reverse. Source: R34-R36, R41, R42.

Guarantee: of one claim at any number of tills exactly one redemption stands; the others are told where and when. The
same till, receipt and claim get the same answer again.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.checkout import service as checkout
from fairday.checkout.types import PlaceLine, QuoteRequest
from fairday.coupons import service as coupons
from fairday.coupons.service import ConsumeRequest, ReverseRequest
from fairday.coupons.service import Prepared as ClaimPrepared
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.tx import Tx
from fairday.orders.types import Channel
from fairday.promotions.types import Quote
from fairday.tills import baskets, rules, store
from fairday.tills.errors import AmountNeeded, SaleConflict
from fairday.tills.sale_types import (
    BasketLine,
    ConsumeAt,
    ConsumeBody,
    PrepareAt,
    Prepared,
    Redemption,
    ReverseAt,
)
from fairday.tills.store import NewRedemption
from fairday.tills.types import OpenDesk


async def prepare(tx: Tx, requests: Sequence[PrepareAt], now: datetime) -> list[Prepared | Refusal]:
    """Set claims aside for their tills by code and, with a basket, say which lines count and what it gives.

    Refusals: NoOpenShift, BadBasket, those of codes and coupons (code_invalid, claim_locked, wrong_store, ...),
    AlreadyUsedAt. A coupon that gives this basket nothing is prepared all the same, and says why.
    """
    desks = await baskets.desks_of(tx, [request.at for request in requests])
    results: list[Prepared | Refusal] = [desk if isinstance(desk, Refusal) else NotFound() for desk in desks]
    ready = [(place, desk) for place, desk in enumerate(desks) if isinstance(desk, OpenDesk)]
    resolved = await baskets.resolve(tx, [(desk, requests[place].body.lines) for place, desk in ready])
    good: list[tuple[int, OpenDesk, tuple[PlaceLine, ...]]] = []
    for (place, desk), lines in zip(ready, resolved, strict=True):
        if isinstance(lines, Refusal):
            results[place] = lines
        else:
            good.append((place, desk, lines))
    shown = await baskets.prepare_codes(
        tx, [(desk, requests[place].body.code) for place, desk, _ in good], now
    )
    wanted = []
    for (place, desk, lines), claim in zip(good, shown, strict=True):
        if isinstance(claim, Refusal):
            results[place] = claim
        else:
            results[place] = _prepared(claim)
            if lines:
                wanted.append((place, desk, lines, claim.claim_id, claim.member_id))
    quotes = await _quotes(tx, [row[1:] for row in wanted], now)
    for (place, _, _, claim_id, _), quote in zip(wanted, quotes, strict=True):
        prepared = results[place]
        assert isinstance(prepared, Prepared)
        results[place] = _with_basket(prepared, claim_id, quote)
    return await baskets.say_where(tx, results, desks, now)


async def consume(tx: Tx, requests: Sequence[ConsumeAt], now: datetime) -> list[Redemption | Refusal]:
    """Use claims up for receipts, in arrival order.

    Refusals: NoOpenShift, SaleConflict, BadBasket, AmountNeeded, NotPrepared, those of coupons, AlreadyUsedAt.
    """
    desks = await baskets.desks_of(tx, [request.at for request in requests])
    results: list[Redemption | Refusal | None] = [
        desk if isinstance(desk, Refusal) else None for desk in desks
    ]
    keys = [
        {request.body.code or request.body.claim_id or "", f"{request.at.till_id} {request.body.receipt_id}"}
        for request in requests
    ]
    waiting = [place for place, result in enumerate(results) if result is None]
    settled: set[str] = set()
    while waiting:
        # The later of two that share a claim or a receipt is judged when the fate of the earlier is known.
        places, waiting = rules.first_of_key(keys, waiting, settled)
        await _consume_round(tx, requests, desks, places, results, now)
        settled.update(
            key for place in places if isinstance(results[place], Redemption) for key in keys[place]
        )
    return await baskets.say_where(
        tx, [result if result is not None else NotFound() for result in results], desks, now
    )


async def _consume_round(
    tx: Tx,
    requests: Sequence[ConsumeAt],
    desks: Sequence[OpenDesk | Refusal],
    places: Sequence[int],
    results: list[Redemption | Refusal | None],
    now: datetime,
) -> None:
    stored = await store.redemptions_by_receipt(
        tx, [(requests[place].at.till_id, requests[place].body.receipt_id) for place in places]
    )
    fresh: list[tuple[int, OpenDesk]] = []
    for place in places:
        desk = desks[place]
        assert isinstance(desk, OpenDesk)
        results[place] = _replay(requests[place], stored)
        if results[place] is None:
            fresh.append((place, desk))
    claims = await _claims(tx, [(desk, requests[place].body) for place, desk in fresh], now)
    resolved = await baskets.resolve(tx, [(desk, requests[place].body.lines) for place, desk in fresh])
    good = []
    for (place, desk), claim, lines in zip(fresh, claims, resolved, strict=True):
        if isinstance(claim, Refusal):
            results[place] = claim
        elif isinstance(lines, Refusal):
            results[place] = lines
        elif not lines and requests[place].body.amount_minor is None:
            results[place] = AmountNeeded(discount_minor=None)
        else:
            good.append((place, desk, lines, *claim))
    await _take(tx, requests, good, results, now)


async def _take(
    tx: Tx,
    requests: Sequence[ConsumeAt],
    good: Sequence[tuple[int, OpenDesk, tuple[PlaceLine, ...], str, str]],
    results: list[Redemption | Refusal | None],
    now: datetime,
) -> None:
    """Work out the amounts of `good` (place, desk, lines, claim, member), use the claims up and write the log."""
    priced = iter(await _quotes(tx, [row[1:] for row in good if row[2]], now))
    taken: list[tuple[int, OpenDesk, str, int]] = []
    for place, desk, lines, claim_id, _ in good:
        amount_minor = requests[place].body.amount_minor
        if lines:
            quote = next(priced)
            if isinstance(quote, Refusal):
                results[place] = quote
                continue
            discount_minor = _discount(quote, claim_id)
            if amount_minor not in (None, discount_minor):
                results[place] = AmountNeeded(discount_minor=discount_minor)
                continue
            amount_minor = discount_minor
        assert amount_minor is not None
        taken.append((place, desk, claim_id, amount_minor))
    used = await coupons.consume(
        tx,
        [
            ConsumeRequest(
                claim_id,
                _receipt(desk.till_id, requests[place].body.receipt_id),
                desk.merchant_id,
                desk.store_id,
                desk.till_id,
                desk.clerk_id,
                amount_minor,
            )
            for place, desk, claim_id, amount_minor in taken
        ],
        now,
    )
    rows = []
    for (place, desk, claim_id, amount_minor), answer in zip(taken, used, strict=True):
        body = requests[place].body
        if isinstance(answer, Refusal):
            results[place] = answer
            continue
        results[place] = Redemption(
            answer.redemption_id, claim_id, answer.coupon_id, desk.merchant_id, desk.store_id, desk.till_id,
            desk.shift_id, desk.clerk_id, body.receipt_id, answer.currency, amount_minor, answer.redeemed_at,
        )  # fmt: skip
        rows.append(
            NewRedemption(
                answer.redemption_id, claim_id, answer.coupon_id, desk, body.receipt_id, answer.currency,
                amount_minor, _text(body.lines), rules.hash_code(body.code) if body.code else None,
            )
        )  # fmt: skip
    await store.insert_redemptions(tx, rows, now)


async def reverse(tx: Tx, requests: Sequence[ReverseAt], now: datetime) -> list[Redemption | Refusal]:
    """Undo redemptions of the asker's own store; one that was undone is answered as it stands.

    Refusals: NoOpenShift, NotFound, and those of coupons (too_late_to_reverse).
    """
    desks = await baskets.desks_of(tx, [request.at for request in requests])
    found = await store.redemptions(tx, [request.redemption_id for request in requests])
    results: list[Redemption | Refusal] = []
    wanted: dict[str, tuple[OpenDesk, Redemption, str]] = {}
    for request, desk in zip(requests, desks, strict=True):
        redemption = found.get(request.redemption_id)
        if isinstance(desk, Refusal):
            results.append(desk)
        elif redemption is None or redemption.store_id != desk.store_id:
            results.append(NotFound(what="redemption"))
        else:
            results.append(redemption)
            if redemption.reversed_at is None:
                wanted.setdefault(redemption.redemption_id, (desk, redemption, request.reason))
    answers = await coupons.reverse(
        tx,
        [
            ReverseRequest(
                one.claim_id,
                _receipt(one.till_id, one.receipt_id),
                one.merchant_id,
                one.store_id,
                desk.till_id,
                desk.clerk_id,
                reason,
            )
            for desk, one, reason in wanted.values()
        ],
        now,
    )
    undone: dict[str, Redemption | Refusal] = {}
    for (desk, one, reason), answer in zip(wanted.values(), answers, strict=True):
        undone[one.redemption_id] = (
            answer
            if isinstance(answer, Refusal)
            else msgspec.structs.replace(
                one, reversed_at=answer.reversed_at, reversed_by=desk.clerk_id, reverse_reason=reason
            )
        )
    await store.reverse_redemptions(
        tx,
        [
            (key, desk.clerk_id, reason)
            for key, (desk, _, reason) in wanted.items()
            if isinstance(undone[key], Redemption)
        ],
        now,
    )
    return [undone.get(one.redemption_id, one) if isinstance(one, Redemption) else one for one in results]


async def log(
    tx: Tx, merchant_id: str | None, store_id: str | None, till_id: str | None, *, before: str, limit: int
) -> list[Redemption]:
    """Return at most `limit` redemptions before the id `before`, the newest first."""
    return await store.list_redemptions(tx, merchant_id, store_id, till_id, before, limit)


async def _claims(
    tx: Tx, asked: Sequence[tuple[OpenDesk, ConsumeBody]], now: datetime
) -> list[tuple[str, str] | Refusal]:
    """Return (claim, member) of each request: its code read now, or a claim that this till was shown before."""
    by_code = [(desk, body.code) for desk, body in asked if body.code is not None]
    by_id = [(desk, body.claim_id or "") for desk, body in asked if body.code is None]
    codes = iter(await baskets.prepare_codes(tx, by_code, now))
    shown = iter(await baskets.shown_claims(tx, by_id, now))
    claims: list[tuple[str, str] | Refusal] = []
    for _, body in asked:
        if body.code is None:
            member = next(shown)
            claims.append(member if isinstance(member, Refusal) else (body.claim_id or "", member))
        else:
            claim = next(codes)
            claims.append(claim if isinstance(claim, Refusal) else (claim.claim_id, claim.member_id))
    return claims


async def _quotes(
    tx: Tx, asked: Sequence[tuple[OpenDesk, tuple[PlaceLine, ...], str, str]], now: datetime
) -> list[Quote | Refusal]:
    """Price baskets with one coupon each, as a sale would."""
    views = await checkout.quote(
        tx,
        [
            QuoteRequest(
                lines=lines,
                currency=desk.currency,
                member_id=member_id,
                claim_ids=(claim_id,),
                channel=Channel.IN_STORE,
                store_id=desk.store_id,
                till_id=desk.till_id,
            )
            for desk, lines, claim_id, member_id in asked
        ],
        now,
    )
    return [view if isinstance(view, Refusal) else view.quote for view in views]


def _prepared(claim: ClaimPrepared) -> Prepared:
    return Prepared(
        claim.claim_id, claim.coupon_id, claim.name, claim.name_en, claim.summary, claim.summary_en,
        claim.locked_until, claim.expires_at, claim.rule,
    )  # fmt: skip


def _with_basket(prepared: Prepared, claim_id: str, quote: Quote | Refusal) -> Prepared:
    if isinstance(quote, Refusal):
        return msgspec.structs.replace(
            prepared,
            refusal_code=quote.code,
            refusal=quote.sentence("en"),
            refusal_zh=quote.sentence("zh"),
        )
    numbers = tuple(
        number
        for number, line in enumerate(quote.lines, 1)
        if any(one.claim_id == claim_id for one in line.allocations)
    )
    return msgspec.structs.replace(
        prepared,
        line_numbers=numbers,
        gross_minor=quote.gross_minor,
        discount_minor=_discount(quote, claim_id),
    )


def _discount(quote: Quote, claim_id: str) -> int:
    return sum(one.amount_minor for one in quote.discounts if one.claim_id == claim_id)


def _replay(
    request: ConsumeAt, stored: Sequence[tuple[Redemption, str, bytes | None]]
) -> Redemption | Refusal | None:
    """Answer a receipt that stands in this till's log: the same again, or a conflict. Source: R35."""
    body = request.body
    code_hash = rules.hash_code(body.code) if body.code is not None else None
    for redemption, basket, stored_hash in stored:
        if (redemption.till_id, redemption.receipt_id) != (request.at.till_id, body.receipt_id):
            continue
        is_claim = stored_hash == code_hash if code_hash else redemption.claim_id == body.claim_id
        if is_claim:
            is_same = basket == _text(body.lines) and body.amount_minor in (None, redemption.amount_minor)
            if is_same and redemption.reversed_at is None:
                return redemption
            return SaleConflict(receipt_id=body.receipt_id)
    return None


def _text(lines: Sequence[BasketLine]) -> str:
    return msgspec.json.encode(lines).decode()


def _receipt(till_id: str, receipt_id: str) -> str:
    """Return a receipt's name for the coupons room, where receipts are told apart per store: ours are a till's own."""
    return f"{till_id}/{receipt_id}"
