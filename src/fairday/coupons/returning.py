"""Give used claims back when their order is cancelled or a till reverses, each redemption once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from fairday.coupons import redemption_store
from fairday.coupons.claims import GivenBack
from fairday.coupons.events import Returned
from fairday.coupons.judging import Known, read
from fairday.coupons.redemption_store import Freed, Redemption, Spend
from fairday.coupons.rules import using as rules
from fairday.coupons.types import ClaimStatus
from fairday.kernel import outbox
from fairday.kernel.tx import Tx


async def give_back(tx: Tx, document_ids: Sequence[str], now: datetime) -> list[GivenBack]:
    """Undo the redemptions of cancelled documents: by each coupon's policy the claim is restored or gone.

    Each redemption is undone once; documents without an effective one are passed over. Source: R30, R32, I11.
    """
    stored = [
        one
        for one in await redemption_store.of_documents(tx, sorted(set(document_ids)))
        if one.status == "effective"
    ]
    if not stored:
        return []
    known = await read(tx, [one.claim_id for one in stored])
    fates = {
        one.redemption_id: rules.after_return(
            known.templates[one.coupon_id].terms, known.claims[one.claim_id].expires_at, now
        )
        for one in stored
    }
    why = {one.redemption_id: ("system", "the order was cancelled") for one in stored}
    undone = await undo(tx, stored, fates, known, why, now=now)
    return [
        GivenBack(
            one.claim_id,
            one.coupon_id,
            one.document_id,
            fates[one.redemption_id][0] is ClaimStatus.CLAIMED,
            fates[one.redemption_id][1],
        )
        for one in stored
        if one.redemption_id in undone
    ]


async def undo(
    tx: Tx,
    stored: Sequence[Redemption],
    fates: dict[str, tuple[ClaimStatus, datetime]],
    known: Known,
    why: dict[str, tuple[str, str]],
    *,
    now: datetime,
    is_reversal: bool = False,
) -> set[str]:
    """Undo redemptions, free or end their claims, give the money back, announce; return those undone by this call.

    `fates` and `why` (who, reason) are by redemption.
    """

    def status(fate: ClaimStatus) -> str:
        if is_reversal:
            return "reversed"
        return "forfeited" if fate is ClaimStatus.RETURNED else "returned"

    rows = [
        (one.claim_id, one.redemption_id, status(fates[one.redemption_id][0]), *why[one.redemption_id])
        for one in stored
    ]
    undone = await redemption_store.undo(tx, rows, now)
    fresh = [one for one in stored if one.redemption_id in undone]
    if not fresh:
        return undone
    await redemption_store.free_claims(
        tx, [Freed(one.claim_id, one.coupon_id, *fates[one.redemption_id]) for one in fresh]
    )
    spends: dict[str, Spend] = defaultdict(Spend)
    events = []
    for one in fresh:
        fate = fates[one.redemption_id][0]
        spend = spends[one.coupon_id]
        spend.count += 1
        spend.amount_minor += one.amount_minor
        spend.ended_minor += 0 if fate is ClaimStatus.CLAIMED else known.claims[one.claim_id].face_minor
        events.append(
            Returned(
                claim_id=one.claim_id,
                coupon_id=one.coupon_id,
                merchant_id=known.templates[one.coupon_id].merchant_id,
                amount_minor=one.amount_minor,
                currency=one.currency,
                restored=fate is ClaimStatus.CLAIMED,
            )
        )
    await redemption_store.unspend(tx, spends)
    await outbox.publish(tx, events, now)
    return undone
