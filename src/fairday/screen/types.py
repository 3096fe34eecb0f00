"""Shape what the screen shows. Money is in minor units of `currency`; every field is always there."""

from datetime import datetime
from typing import Annotated

import msgspec


class ScreenPhase(msgspec.Struct, frozen=True):
    """Show a phase; `kind` is before, warm_up, sale, gap or ended."""

    kind: str
    name: str
    name_en: str | None
    starts_at: datetime
    ends_at: datetime


class ScreenFestival(msgspec.Struct, frozen=True):
    """Show the festival that is on; times are told in its `time_zone`."""

    festival_id: str
    name: str
    name_en: str | None
    time_zone: str
    phase: ScreenPhase | None
    next_phase: ScreenPhase | None


class ProvinceTotals(msgspec.Struct, frozen=True):
    """Show what was sold to a province: where it was sent, or where the store is."""

    region_id: str
    name: str
    name_en: str | None
    gmv_minor: int
    orders_count: int


class StoreTotals(msgspec.Struct, frozen=True):
    """Show what a store sold."""

    store_id: str
    name: str
    name_en: str | None
    region_id: str | None
    gmv_minor: int
    orders_count: int


class ProductTotals(msgspec.Struct, frozen=True):
    """Show how often a SKU was sold."""

    sku_id: str
    name: str
    name_en: str | None
    quantity: int
    gmv_minor: int


class SeriesBucket(msgspec.Struct, frozen=True):
    """Show what was paid in the ten seconds from `at`."""

    at: datetime
    gmv_minor: int
    orders_count: int


class Milestone(msgspec.Struct, frozen=True):
    """Show when the total reached a round sum; `elapsed_s` counts from the start of the phase it was reached in, or is
    null between phases."""

    threshold_minor: int
    at: datetime
    elapsed_s: int | None


class SoldOut(msgspec.Struct, frozen=True):
    """Show what sold out; `kind` is sku or coupon."""

    kind: str
    key: str
    name: str
    name_en: str | None
    at: datetime


class Flight(msgspec.Struct, frozen=True):
    """Show how many of the sampled orders of the last seconds go from one province to another."""

    from_region_id: str
    to_region_id: str
    count: int


class Ghost(msgspec.Struct, frozen=True):
    """Show the curve to beat: what the earlier festival had sold by the same time after its opening, and its buckets."""

    name: str
    name_en: str
    gmv_minor: int
    series: list[SeriesBucket]


class Baseline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give the curve of an earlier festival: what each minute sold, from the start of its first sale phase."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    name_en: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    minutes_minor: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=0, le=10**13)], ...],
        msgspec.Meta(min_length=1, max_length=7 * 1440),
    ]


class MerchantRank(msgspec.Struct, frozen=True):
    """Show what a merchant sold."""

    merchant_id: str
    name: str
    name_en: str | None
    gmv_minor: int
    orders_count: int


class ScreenTotals(msgspec.Struct, frozen=True):
    """Show the festival at `now`.

    `as_of` is when the newest counted event happened. `delay_ms` is the age of the oldest event that is not counted yet, 0
    when all are. `stale` says that the count has stopped or runs more than five seconds behind: show it grey, not zero.
    `orders_per_s` is the mean of the last ten seconds, the peak is of one second. `definition` says what is counted.
    """

    festival: ScreenFestival | None
    now: datetime
    as_of: datetime | None
    delay_ms: int
    stale: bool
    currency: str
    gmv_minor: int
    gmv_online_minor: int
    gmv_in_store_minor: int
    refunded_minor: int
    orders_count: int
    redemptions_count: int
    claims_count: int
    members_count: int
    orders_per_s: float
    orders_per_s_peak: int
    orders_per_s_peak_at: datetime | None
    provinces: list[ProvinceTotals]
    top_stores: list[StoreTotals]
    top_products: list[ProductTotals]
    series: list[SeriesBucket]
    definition: str
    definition_en: str
    top_merchants: list[MerchantRank] = []
    records: list[Milestone] = []
    sold_out: list[SoldOut] = []
    flights: list[Flight] = []
    ghost: Ghost | None = None


class MerchantTotals(msgspec.Struct, frozen=True):
    """Show a merchant its own share, in one currency."""

    merchant_id: str
    currency: str
    gmv_minor: int
    refunded_minor: int
    orders_count: int
    quantity: int


class MerchantShare(msgspec.Struct, frozen=True):
    """Show a merchant its own share in every currency it sold in."""

    as_of: datetime | None
    totals: list[MerchantTotals]
    definition: str
    definition_en: str
