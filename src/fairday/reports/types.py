"""Shape reports over time. Money is in minor units of `currency`."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.http.routes import PageQuery
from fairday.kernel.ids import Id
from fairday.kernel.money import Currency

Instant = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339 with an offset.")]
Channel = Annotated[str, msgspec.Meta(pattern="^(online|in_store)$")]


class Step(StrEnum):
    """Name the width of a step, in the time zone asked for."""

    HOUR = "hour"
    DAY = "day"


class Sums(msgspec.Struct, frozen=True):
    """Hold what was sold, refunded, claimed and redeemed in a while."""

    gmv_minor: int = 0
    orders_count: int = 0
    units_count: int = 0
    refunded_minor: int = 0
    claims_count: int = 0
    redemptions_count: int = 0


class SeriesPoint(msgspec.Struct, frozen=True):
    """Hold one step from `at`, and beside it the same step of the period before."""

    at: datetime
    sums: Sums
    previous_at: datetime
    previous: Sums


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Tell sales of `[since, until)` step by step, and of the period of the same length before.

    Steps without a sale are there, with zeros. `definition` says what is counted.
    """

    currency: Currency
    time_zone: str
    step: Step
    since: datetime
    until: datetime
    previous_since: datetime
    merchant_id: str | None
    points: list[SeriesPoint]
    totals: Sums
    previous_totals: Sums
    definition: str
    definition_en: str


class SeriesQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Choose the window, the step and what is counted; by default the last 24 hours by hour.

    `merchant_id` is for operators. `store_id` counts sales at its tills; coupons are counted when neither channel nor store is
    asked for.
    """

    since: Instant | None = None
    until: Instant | None = None
    step: Step = Step.HOUR
    time_zone: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] = "Asia/Shanghai"
    currency: Currency = "CNY"
    merchant_id: Id | None = None
    channel: Channel | None = None
    store_id: Id | None = None


class BehindQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for the orders paid in `[since, until)`; `merchant_id` is for operators."""

    since: Instant
    until: Instant
    merchant_id: Id | None = None
    channel: Channel | None = None
    store_id: Id | None = None
