"""Set up shops for tests of tills without network, and look at what became of them."""

from datetime import datetime, timedelta

from fairday.app.checks import all_invariants
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.tx import Tx
from fairday.offline import service as offline
from fairday.offline.types import Break, BreaksQuery
from fairday.tills import service as tills
from fairday.tills.service import TillSale
from tests.checkout import city as world
from tests.checkout.city import Shop

LATER = timedelta(minutes=5)
ELSEWHERE = ("I53", "I54")
"""Invariants that look at the log's readers, who run in other tests of the same database."""


def operator() -> Principal:
    """Return an operator."""
    return Principal("acc_op", Role.OPERATOR, "ses_op")


async def holds(tx: Tx) -> None:
    """Assert that every invariant holds."""
    for invariant in all_invariants():
        if invariant.number not in ELSEWHERE:
            rows = await tx.fetch(invariant.query)
            assert rows == [], f"{invariant.number} {invariant.promise}: {rows[:3]}"


async def shop_with_coupon(
    tx: Tx, now: datetime, *, claims: int = 1, on_hand: int = 100, **terms: object
) -> tuple[Shop, list[tuple[str, str]]]:
    """Open a shop and let members claim its coupon; return it and (claim, coupon) of each."""
    shop = await world.shop(tx, now, [12_000], on_hand=on_hand)
    coupon_id = await world.coupon(tx, now, **({"merchant_id": shop.merchant_id, "platform_bp": 0} | terms))
    members = await world.shoppers(tx, now, claims, 0)
    return shop, [(await world.claim(tx, now, coupon_id, one), coupon_id) for one in members]


async def breaks_of(tx: Tx, shop: Shop) -> list[Break]:
    """Return a shop's breaks, the newest first."""
    return await offline.breaks(tx, shop.merchant_id, BreaksQuery(), before="~", limit=100)


async def sales_of(tx: Tx, shop: Shop) -> list[TillSale]:
    """Return a shop's sales at tills, the newest first."""
    return await tills.sale_log(tx, shop.merchant_id, None, None, before="~", limit=100)
