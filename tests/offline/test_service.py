"""Tills without network, end to end on the database: leases, logs, conflicts, breaks. Source: R37-R41, I4, I9, I10."""

from datetime import datetime, timedelta

from fairday.app.checks import all_invariants
from fairday.kernel.tx import Tx
from fairday.offline import service as offline
from fairday.offline.types import Bearer, BreaksQuery
from tests.checkout import city as world
from tests.checkout.city import Shop
from tests.offline import till as tills

LATER = timedelta(minutes=5)


async def holds(tx: Tx) -> None:
    """Assert that every invariant that has to do with this room holds."""
    for invariant in all_invariants():
        if invariant.number not in ("I53",):
            assert await tx.fetch(invariant.query) == [], f"{invariant.number} {invariant.promise}"


async def shop_with_coupon(
    tx: Tx, now: datetime, claims: int = 1, **terms: object
) -> tuple[Shop, list[tuple[str, str]]]:
    """Open a shop and let members claim its coupon."""
    shop = await world.shop(tx, now, [12_000], on_hand=10)
    coupon_id = await world.coupon(tx, now, merchant_id=shop.merchant_id, platform_bp=0, **terms)
    members = await world.shoppers(tx, now, claims, 0)
    return shop, [(await world.claim(tx, now, coupon_id, one), coupon_id) for one in members]


async def test_two_tills_take_one_claim_and_the_first_received_has_it(tx: Tx, now: datetime) -> None:
    shop, [claim] = await shop_with_coupon(tx, now)
    one, two = await tills.ready(tx, now, shop), await tills.ready(tx, now, shop)
    one.redeem(claim)
    two.redeem(claim)
    first = await tills.synced(tx, now + LATER, two)
    second = await tills.synced(tx, now + LATER, one)
    assert (first.effective_count, first.conflict_count) == (1, 0)
    assert (second.effective_count, second.conflict_count) == (0, 1)
    use = second.results[0].uses[0]
    assert use.reason == "already_used"
    [found] = await offline.breaks(tx, shop.merchant_id, BreaksQuery(), before="~", limit=10)
    assert (found.first_store_id, found.amount_minor, found.bearer) == (shop.store_id, 2000, Bearer.MERCHANT)
    assert (
        await tx.fetchval("SELECT count(*) FROM ledger.transfer WHERE posting_id = $1", found.posting_id) == 1
    )
    await holds(tx)
