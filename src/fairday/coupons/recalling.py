"""Recall a coupon: end it, void the claims nobody used yet, give their money back to the budget, and tell the members.

An edit may only widen what members hold (R29); a recall is the one way to take it back, with a reason that is kept and told.
It works in batches behind a mark, so that a million claims hold up nobody. What an order or a till has set aside at that
moment stays theirs until it is used or released; released ones are voided on a later pass.
"""

from datetime import datetime

from fairday.coupons import burn_store, offering, redemption_store, store
from fairday.coupons.burn_store import OpenRecall
from fairday.coupons.burn_types import Recall, TermsVersion
from fairday.coupons.errors import WrongStatus
from fairday.coupons.events import Recalled, Voided
from fairday.coupons.types import CouponStatus, Terms
from fairday.kernel import outbox
from fairday.kernel.tx import Tx

BATCH = 1_000


async def recall(tx: Tx, coupon_id: str, reason: str, *, by: str, now: datetime) -> Recall:
    """Recall a published coupon; asked again it tells how far it is. The first batch is voided at once.

    Raises: CouponUnknown, WrongStatus for a draft (it has no claims: leave it).
    """
    counters, _ = await offering.read_one(tx, coupon_id)
    if counters.status is CouponStatus.DRAFT:
        raise WrongStatus(coupon_status=counters.status, expected="live, paused, ended")
    # No new claims from here on; a claim that is being made right now is met by the walk after it committed.
    await store.move_coupon(tx, coupon_id, [CouponStatus.LIVE, CouponStatus.PAUSED], CouponStatus.ENDED)
    if await burn_store.insert_recall(tx, coupon_id, reason, by, now):
        event = Recalled(coupon_id=coupon_id, merchant_id=counters.merchant_id, reason=reason, by=by)
        await outbox.publish(tx, [event], now)
        for one in await burn_store.open_recalls(tx, coupon_id):
            await _walk(tx, one, now)
    found = await progress(tx, coupon_id)
    assert found is not None, coupon_id
    return found


async def progress(tx: Tx, coupon_id: str) -> Recall | None:
    """Return how far the recall of a coupon is, None when there is none."""
    row = await burn_store.recall(tx, coupon_id)
    return None if row is None else Recall(**row)


async def void_recalled(tx: Tx, now: datetime) -> int:
    """Go on with every recall that is at work, one batch each; return how many claims were voided."""
    return sum([await _walk(tx, one, now) for one in await burn_store.open_recalls(tx)])


async def _walk(tx: Tx, one: OpenRecall, now: datetime) -> int:
    if one.pass_count < 0 and await burn_store.has_locked(tx, one.coupon_id):
        # A whole pass is done and orders still hold claims: look again when they have let go.
        return 0
    voided = await burn_store.void_claims(tx, one.coupon_id, one.walked_to, BATCH)
    if voided:
        await redemption_store.uncommit(tx, {one.coupon_id: sum(row[2] for row in voided)})
        events = [
            Voided(
                claim_id=claim_id,
                coupon_id=one.coupon_id,
                merchant_id=one.merchant_id,
                member_id=member_id,
                reason=one.reason,
            )
            for claim_id, member_id, _ in voided
        ]
        await outbox.publish(tx, events, now)
    if len(voided) == BATCH:
        await burn_store.note_recall(
            tx, one.coupon_id, BATCH, voided[-1][0], max(one.pass_count, 0) + BATCH, None
        )
        return BATCH
    is_clean = not voided and one.pass_count <= 0 and not await burn_store.has_locked(tx, one.coupon_id)
    # -1 marks that a pass ended; the next one begins from the start.
    await burn_store.note_recall(tx, one.coupon_id, len(voided), "", -1, now if is_clean else None)
    if is_clean:
        # A cancelled order may still restore its claim: that one must not be used either.
        await offering.switch(
            tx,
            one.coupon_id,
            issue_stopped=True,
            redeem_stopped=True,
            reason=one.reason,
            by="recall",
            now=now,
        )
    return len(voided)


async def versions(tx: Tx, coupon_id: str) -> list[TermsVersion]:
    """Return a coupon's versions, the newest first, each with what differs from the one before it."""
    rows = await burn_store.versions(tx, coupon_id)
    found = []
    for place, (version, by, at, terms) in enumerate(rows):
        before = rows[place + 1][3] if place + 1 < len(rows) else None
        found.append(TermsVersion(version, by, at, _differing(before, terms), terms))
    return found


def _differing(before: Terms | None, terms: Terms) -> list[str]:
    if before is None:
        return []
    return [name for name in Terms.__struct_fields__ if getattr(before, name) != getattr(terms, name)]
