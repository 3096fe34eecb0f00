"""Keep the coupons of small shops within their caps: three open ones, each small. Source: S19.

Guards: the rule here, and the slots in the database: a small shop's nth open coupon has slot n, so the key is the cap.
"""

from fairday.coupons import store
from fairday.coupons.errors import SmallShopFull, SmallShopLimit
from fairday.coupons.rules import terms as rules
from fairday.coupons.types import Terms
from fairday.identity import service as identity
from fairday.identity.types import Tier
from fairday.kernel.tx import RetryTransaction, Tx

OPEN_MAX = 3
QUANTITY_MAX = 500
COMMIT_MAX_MINOR = 100_000
"""What the claims of one coupon may commit, in minor units of its currency: 1,000 yuan."""


async def take_slot(tx: Tx, merchant_id: str | None, coupon_id: str, terms: Terms) -> None:
    """Give a small shop's new coupon a slot; others need none. Raises: SmallShopLimit, SmallShopFull."""
    if not await _is_small(tx, merchant_id):
        return
    assert merchant_id is not None
    _check(terms)
    await store.free_slots(tx, merchant_id)
    if await store.take_slot(tx, merchant_id, coupon_id, rules.commit_max_minor(terms), terms.quantity_max):
        return
    if await store.count_slots(tx, merchant_id) >= OPEN_MAX:
        raise SmallShopFull(open_max=OPEN_MAX)
    raise RetryTransaction  # another request took the slot that was free


async def change_slot(tx: Tx, merchant_id: str | None, coupon_id: str, terms: Terms) -> None:
    """Hold a small shop's changed coupon within the caps; a shop that is small no more gives the slot back.

    Raises: SmallShopLimit.
    """
    if not await _is_small(tx, merchant_id):
        await store.drop_slot(tx, coupon_id)
        return
    _check(terms)
    await store.change_slot(tx, coupon_id, rules.commit_max_minor(terms), terms.quantity_max)


async def _is_small(tx: Tx, merchant_id: str | None) -> bool:
    if merchant_id is None:
        return False
    found = (await identity.merchants(tx, [merchant_id])).get(merchant_id)
    return found is not None and found.tier is Tier.SMALL


def _check(terms: Terms) -> None:
    if rules.commit_max_minor(terms) > COMMIT_MAX_MINOR or terms.quantity_max > QUANTITY_MAX:
        raise SmallShopLimit(quantity_max=QUANTITY_MAX, budget_max_minor=COMMIT_MAX_MINOR)
