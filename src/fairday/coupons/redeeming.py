"""Use claims up, in batches, for checkout and tills.

Guarantee: of all requests for one claim, in any number of processes, exactly one is effective at a time, for at most
its face, and a coupon never spends more than its budget; see docs/algorithms/redeem.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from fairday.coupons import redemption_store, store
from fairday.coupons.claims import ClaimRow, Redeemed, RedeemRequest
from fairday.coupons.errors import (
    AlreadyUsed,
    AmountTooHigh,
    BudgetSpent,
    ClaimUnknown,
    NoEffect,
    ReceiptConflict,
    RedeemStopped,
)
from fairday.coupons.events import Redeemed as RedeemedEvent
from fairday.coupons.judging import Known, read, with_places
from fairday.coupons.redemption_store import Redemption, RedemptionDraft, Spend
from fairday.coupons.rules import using as rules
from fairday.coupons.types import Counters, FunderKind
from fairday.kernel import outbox
from fairday.kernel.errors import Refusal
from fairday.kernel.ids import new_ids
from fairday.kernel.tx import Tx


async def redeem(
    tx: Tx,
    requests: Sequence[RedeemRequest],
    now: datetime,
    *,
    known: Known | None = None,
    fresh: bool = False,
) -> list[Redeemed | Refusal]:
    """Use claims up; the same claim and document again gets the same answer.

    A claim that is free, or locked by the request's owner, is used; the amount is at most its face. Refusals as in
    `judge` up to RedeemStopped, then ReceiptConflict, AmountTooHigh, NoEffect, BudgetSpent. Where a basket may be used
    was judged by the caller in the same transaction; what it read for that it may hand on as `known` (the guarded
    updates decide in any case).
    `fresh`: the caller made these documents in this transaction, and undoes everything when any request is refused; then
    nothing is looked up first, and redemptions are written before the budgets are locked, which others wait for.
    Source: R27, R32, R35, R36, I4, I5.
    """
    if known is None:
        known = await read(tx, [request.claim_id for request in requests])
    return await redeem_known(tx, requests, known, now, fresh=fresh)


async def redeem_known(
    tx: Tx,
    requests: Sequence[RedeemRequest],
    known: Known,
    now: datetime,
    precheck: Callable[[int, ClaimRow], Refusal | None] = lambda place, claim: None,
    *,
    fresh: bool = False,
) -> list[Redeemed | Refusal]:
    """Use up claims that were read; `precheck` may refuse a request by its place for reasons of the caller."""
    results: list[Redeemed | Refusal | None] = [None] * len(requests)
    replays: dict[tuple[str, str], Redemption] = {}
    if not fresh:
        before = await redemption_store.of_documents(tx, sorted({one.document_id for one in requests}))
        replays = {(one.document_id, one.claim_id): one for one in before}
    chosen: dict[str, int] = {}
    twins: list[int] = []
    for place, request in enumerate(requests):
        claim = known.claims.get(request.claim_id)
        replay = replays.get((request.document_id, request.claim_id)) if replays else None
        if claim is None or (request.member_id is not None and claim.member_id != request.member_id):
            results[place] = ClaimUnknown()
        elif replay is not None:
            results[place] = replayed(replay, request)
        elif request.claim_id in chosen:
            twins.append(place)
        else:
            refusal = _judge(request, claim, known.counters[claim.coupon_id], now) or precheck(place, claim)
            results[place] = refusal
            if refusal is None:
                chosen[request.claim_id] = place
    taken = await _take(tx, requests, chosen, known, results, now)
    if fresh:
        drafts = _drafts(requests, taken, known)
        await store_drafts(tx, list(drafts.values()), now)
        paid = await _pay(tx, requests, taken, known, results)
    else:
        paid = await _pay(tx, requests, taken, known, results)
        drafts = _drafts(requests, sorted(paid), known)
        await store_drafts(tx, list(drafts.values()), now)
    for place in paid:
        results[place] = redeemed(drafts[place], now)
    for place in twins:
        results[place] = _twin(requests, results, place, chosen[requests[place].claim_id])
    done = [result for result in results if result is not None]
    assert len(done) == len(requests), "a request was left without an answer"
    return await with_places(tx, done, [request.claim_id for request in requests])


def _judge(request: RedeemRequest, claim: ClaimRow, counters: Counters, now: datetime) -> Refusal | None:
    refusal = rules.judge_state(claim, request.member_id, request.owner or request.document_id, now)
    if refusal is None and counters.redeem_stopped:
        return RedeemStopped()
    if refusal is None and request.amount_minor > claim.face_minor:
        return AmountTooHigh(amount_max_minor=claim.face_minor)
    if refusal is None and request.amount_minor < 1:
        return NoEffect()
    return refusal


def replayed(stored: Redemption, request: RedeemRequest) -> Redeemed | Refusal:
    """Answer a document that used the claim before: the same again, or a conflict. Source: R35."""
    if stored.status != "effective" or stored.amount_minor != request.amount_minor:
        return ReceiptConflict()
    return answered(stored)


def _twin(
    requests: Sequence[RedeemRequest], results: Sequence[Redeemed | Refusal | None], place: int, first: int
) -> Redeemed | Refusal:
    """Answer a second request for a claim in one batch as if it came after the first."""
    earlier = results[first]
    assert earlier is not None
    if isinstance(earlier, Refusal):
        return earlier
    if requests[place].document_id == requests[first].document_id:
        same = requests[place].amount_minor == requests[first].amount_minor
        return earlier if same else ReceiptConflict()
    return AlreadyUsed(store_id=None, store_name=None, used_at=None)


async def _take(
    tx: Tx,
    requests: Sequence[RedeemRequest],
    chosen: dict[str, int],
    known: Known,
    results: list[Redeemed | Refusal | None],
    now: datetime,
) -> list[int]:
    """Take the claims; return the places of those that were taken, in arrival order."""
    if not chosen:
        return []
    wanted = [
        (claim_id, known.claims[claim_id].coupon_id, requests[place].owner or requests[place].document_id)
        for claim_id, place in chosen.items()
    ]
    taken = await redemption_store.redeem_claims(tx, wanted, now)
    lost = {claim_id: place for claim_id, place in chosen.items() if claim_id not in taken}
    if lost:
        await _answer_lost(tx, requests, lost, results, now)
    return [place for claim_id, place in chosen.items() if claim_id in taken]


async def _pay(
    tx: Tx,
    requests: Sequence[RedeemRequest],
    taken: Sequence[int],
    known: Known,
    results: list[Redeemed | Refusal | None],
) -> set[int]:
    """Take the money of the taken claims' coupons; return the places that are paid, the other claims are put back."""
    by_coupon: dict[str, list[int]] = defaultdict(list)
    for place in taken:
        by_coupon[known.claims[requests[place].claim_id].coupon_id].append(place)
    paid = await _spend(tx, requests, by_coupon)
    unpaid = [place for place in taken if place not in paid]
    if unpaid:
        await _put_back(tx, requests, unpaid, known, results)
    return paid


def _drafts(
    requests: Sequence[RedeemRequest], places: Iterable[int], known: Known
) -> dict[int, RedemptionDraft]:
    """Put together the redemptions of these places; the same amount of a coupon is shared over its funders once."""
    places = list(places)
    shares: dict[tuple[str, int], dict[FunderKind, int]] = {}
    drafts: dict[int, RedemptionDraft] = {}
    for place, redemption_id in zip(places, new_ids("red", len(places)), strict=True):
        request = requests[place]
        claim = known.claims[request.claim_id]
        template = known.templates[claim.coupon_id]
        share = shares.get((claim.coupon_id, request.amount_minor))
        if share is None:
            share = rules.funder_minor(template.terms, request.amount_minor)
            shares[claim.coupon_id, request.amount_minor] = share
        drafts[place] = RedemptionDraft(
            redemption_id,
            claim.coupon_id,
            template.version,
            template.terms.currency,
            claim.face_minor,
            share.get(FunderKind.PLATFORM, 0),
            share.get(FunderKind.MERCHANT, 0),
            share.get(FunderKind.BRAND, 0),
            request,
        )
    return drafts


async def _answer_lost(
    tx: Tx,
    requests: Sequence[RedeemRequest],
    lost: dict[str, int],
    results: list[Redeemed | Refusal | None],
    now: datetime,
) -> None:
    """Answer requests whose claim another transaction took first: with its answer if it was the same document."""
    current = await store.claims(tx, list(lost))
    stored = await redemption_store.of_documents(tx, [requests[place].document_id for place in lost.values()])
    replays = {(one.document_id, one.claim_id): one for one in stored}
    for claim_id, place in lost.items():
        request = requests[place]
        replay = replays.get((request.document_id, claim_id))
        if replay is not None:
            results[place] = replayed(replay, request)
            continue
        owner = request.owner or request.document_id
        refusal = rules.judge_state(current.get(claim_id), request.member_id, owner, now)
        # If it was let go again in the meantime, "in use elsewhere" was true a moment ago.
        results[place] = refusal or AlreadyUsed(store_id=None, store_name=None, used_at=None)


async def _spend(tx: Tx, requests: Sequence[RedeemRequest], by_coupon: dict[str, list[int]]) -> set[int]:
    """Spend each coupon's sum; where the whole sum does not fit, one request at a time in arrival order."""
    if not by_coupon:
        return set()
    sums = {
        coupon_id: Spend(len(places), sum(requests[place].amount_minor for place in places))
        for coupon_id, places in by_coupon.items()
    }
    whole = await redemption_store.spend(tx, sums)
    paid = {place for coupon_id in whole for place in by_coupon[coupon_id]}
    for coupon_id in sorted(set(by_coupon) - whole):
        for place in sorted(by_coupon[coupon_id]):
            if await redemption_store.spend(tx, {coupon_id: Spend(1, requests[place].amount_minor)}):
                paid.add(place)
    return paid


async def _put_back(
    tx: Tx,
    requests: Sequence[RedeemRequest],
    places: Sequence[int],
    known: Known,
    results: list[Redeemed | Refusal | None],
) -> None:
    """Put claims back whose coupon had no money left (over-issue) or was stopped between the look and the take."""
    counters = await store.counters(
        tx, sorted({known.claims[requests[place].claim_id].coupon_id for place in places})
    )
    rows = []
    for place in places:
        claim = known.claims[requests[place].claim_id]
        results[place] = RedeemStopped() if counters[claim.coupon_id].redeem_stopped else BudgetSpent()
        rows.append((claim.claim_id, claim.coupon_id, claim.status, claim.lock_owner, claim.locked_until))
    await redemption_store.unredeem_claims(tx, sorted(rows, key=lambda row: row[0]))


async def store_drafts(tx: Tx, drafts: Sequence[RedemptionDraft], now: datetime) -> None:
    """Insert effective redemptions and announce them."""
    if not drafts:
        return
    await redemption_store.insert_redemptions(tx, drafts, now)
    await outbox.publish(
        tx,
        [
            RedeemedEvent(
                claim_id=draft.request.claim_id,
                coupon_id=draft.coupon_id,
                merchant_id=draft.request.merchant_id,
                store_id=draft.request.store_id,
                channel=draft.request.channel,
                amount_minor=draft.request.amount_minor,
                currency=draft.currency,
            )
            for draft in drafts
        ],
        now,
    )


def redeemed(draft: RedemptionDraft, now: datetime) -> Redeemed:
    """Return the answer that a stored draft gives."""
    request = draft.request
    return Redeemed(
        draft.redemption_id, request.claim_id, draft.coupon_id, request.document_id, draft.currency,
        request.amount_minor, draft.platform_minor, draft.merchant_minor, draft.brand_minor, draft.redeemed_at or now,
    )  # fmt: skip


def answered(stored: Redemption) -> Redeemed:
    """Return the answer that a stored redemption gives."""
    return Redeemed(
        stored.redemption_id,
        stored.claim_id,
        stored.coupon_id,
        stored.document_id,
        stored.currency,
        stored.amount_minor,
        stored.platform_minor,
        stored.merchant_minor,
        stored.brand_minor,
        stored.redeemed_at,
    )
