"""Keep the live offers ready in memory: read anew when any of them changed, found by goods in a moment."""

import msgspec

from fairday.kernel.tx import Tx
from fairday.promotions import store
from fairday.promotions.engine.book import Book
from fairday.promotions.engine.condition_types import (
    All,
    AnyOf,
    Condition,
    Hours,
    NewMember,
    Not,
    OrderNumber,
    Weekdays,
)
from fairday.promotions.engine.offers import Offer


class Live(msgspec.Struct, frozen=True):
    """Hold the live offers by currency at one revision; `asks_...` say what must be read for their conditions:
    how often members ordered, tags of goods, the festival's time zone.
    """

    revision: str
    books: dict[str, Book]
    offers: dict[str, tuple[Offer, ...]]
    asks_orders: bool
    asks_tags: bool
    asks_clock: bool


_kept: list[Live] = []
"""The newest revision that this process has read."""


async def live(tx: Tx) -> Live:
    """Return the live offers; one small query while nothing changed."""
    revision = await store.revision(tx)
    if _kept and _kept[0].revision == revision:
        return _kept[0]
    found = await store.live(tx)
    offers = [one for some in found.values() for one in some]
    made = Live(
        revision,
        {currency: Book(some) for currency, some in found.items()},
        {currency: tuple(some) for currency, some in found.items()},
        any([asks(one.condition, (NewMember, OrderNumber)) for one in offers]),
        any([_asks_tags(one) for one in offers]),
        any([asks(one.condition, (Hours, Weekdays)) for one in offers]),
    )
    _kept[:] = [made]
    return made


def asks(condition: Condition | None, kinds: tuple[type, ...]) -> bool:
    """Tell whether a condition of one of these kinds is in `condition`, wherever it stands."""
    if isinstance(condition, All | AnyOf):
        return any([asks(one, kinds) for one in condition.of])
    if isinstance(condition, Not):
        return asks(condition.of, kinds)
    return isinstance(condition, kinds)


def _asks_tags(offer: Offer) -> bool:
    """Tell whether an offer names tags anywhere: in its goods, its conditions or its benefit."""
    return b'"tags"' in msgspec.json.encode(offer)
