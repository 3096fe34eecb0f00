"""Free late locks, end claims past their end, end offers that are over. Nothing waits for it: reads go by the clock."""

from collections import Counter
from datetime import datetime

from fairday.coupons import code_store, redemption_store, store
from fairday.coupons.events import Expired
from fairday.kernel import outbox
from fairday.kernel.tx import Tx

BATCH = 1_000


async def release_late_locks(tx: Tx, now: datetime) -> int:
    """Free claims whose lock ended; a crash between prepare and consume ends here. Source: R34, I8."""
    return await redemption_store.release_late(tx, now, BATCH)


async def expire_claims(tx: Tx, now: datetime) -> int:
    """End unused claims past their end and give what they committed back to the budgets. Source: S05."""
    expired = await redemption_store.expire(tx, now, BATCH)
    if not expired:
        return 0
    amounts: Counter[str] = Counter()
    for _, coupon_id, face_minor in expired:
        amounts[coupon_id] += face_minor
    merchants = await redemption_store.uncommit(tx, amounts)
    events = [
        Expired(claim_id=claim_id, coupon_id=coupon_id, merchant_id=merchants[coupon_id])
        for claim_id, coupon_id, _ in expired
    ]
    await outbox.publish(tx, events, now)
    return len(expired)


async def end_offers(tx: Tx, now: datetime) -> int:
    """End offers whose claiming is over, so that no old template lives on. Source: R31."""
    return len(await store.end_coupons(tx, now))


async def sweep_codes(tx: Tx, now: datetime) -> int:
    """Delete typed codes and counted tries that are past their time."""
    return await code_store.sweep(tx, now)
