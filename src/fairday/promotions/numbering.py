"""Let each of a member's orders be the nth only once, for offers for new members and for the first or nth order.

Guarantee: of orders that stand, unpaid ones too, no two were lowered as the same number, in any number of processes (the key). A
number is held from the order to its end: who has an unpaid first order does not get a second one. Source: R24, R31.
"""

from collections.abc import Sequence
from typing import NamedTuple

from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.promotions import store
from fairday.promotions.engine.condition_types import NewMember, OrderNumber
from fairday.promotions.errors import OrderNumberTaken
from fairday.promotions.live import asks
from fairday.promotions.types import PriceCart, Quote

ASKING = (NewMember, OrderNumber)
"""Conditions that ask which of the member's orders this is."""


class Numbered(NamedTuple):
    """Be an order that an offer lowered because it is the member's nth."""

    member_id: str
    number: int
    order_id: str


def number_of(cart: PriceCart, quote: Quote) -> int | None:
    """Return which order of its member a cart was lowered as, None when no offer that stands on it asked."""
    scene = cart.scene
    if scene is None or scene.order_count is None:
        return None
    stands = {one.source_id for one in quote.discounts if one.claim_id is None}
    asked = any([one.offer_id in stands and asks(one.condition, ASKING) for one in cart.offers])
    return scene.order_count + 1 if asked else None


async def numbers_held(tx: Tx, member_ids: Sequence[str]) -> dict[str, int]:
    """Return the highest number that an order of each member holds; those without any are left out."""
    return await store.numbers_held(tx, member_ids) if member_ids else {}


async def hold_numbers(tx: Tx, orders: Sequence[Numbered]) -> list[Refusal | None]:
    """Hold each order's number, for the whole batch; return per order None, or why not.

    Refusals: OrderNumberTaken.
    """
    if not orders:
        return []
    held = await store.hold_numbers(tx, orders)
    return [None if one.order_id in held else OrderNumberTaken() for one in orders]


async def free_numbers(tx: Tx, order_ids: Sequence[str]) -> None:
    """Free the numbers of orders that were cancelled or undone as a whole."""
    if order_ids:
        await store.free_numbers(tx, order_ids)
