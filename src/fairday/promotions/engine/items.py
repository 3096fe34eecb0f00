"""Name goods: the words that conditions, benefits and offers choose them by."""

from datetime import datetime
from typing import Annotated

import msgspec

from fairday.kernel.money import Minor

Instant = Annotated[datetime, msgspec.Meta(tz=True, examples=["2026-11-11T00:00:00+08:00"])]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Ids = Annotated[tuple[Id, ...], msgspec.Meta(max_length=100_000)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
ClockTime = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["18:00"])]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Choose goods: any of the values within a field, all of the fields that are given; nothing given is all goods."""

    skus: Ids = ()
    merchant_ids: Ids = ()
    brands: Ids = ()
    category_ids: Ids = ()
    tags: Ids = ()


class Items(Part, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Choose goods, without those of `exclude` (any value of any of its fields), within a range of item prices.

    `price_min_minor` and `price_max_minor` are inclusive. `not_discounted`: only goods at their regular price, on which
    no offer of the item lane stands.
    """

    exclude: Part | None = None
    price_min_minor: Minor | None = None
    price_max_minor: Minor | None = None
    not_discounted: bool = False
