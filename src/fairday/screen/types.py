"""Shape what the screen shows. Money is in minor units of `currency`; every field is always there."""

from datetime import datetime

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
