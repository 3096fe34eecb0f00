"""Shape how a coupon's budget burns, its alerts, its versions and its recall."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.coupons.types import Instant, Terms
from fairday.kernel.http.routes import PageQuery
from fairday.kernel.ids import Id


class Measure(StrEnum):
    """Name what is measured: committed by claims (what may be used yet), or spent by redemptions."""

    COMMITTED = "committed"
    SPENT = "spent"


class Step(StrEnum):
    """Name the width of a step; days are of the coupon's time zone."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


class BurnPoint(msgspec.Struct, frozen=True):
    """Hold how things stood at the end of the step that begins at `at`."""

    at: datetime
    issued_count: int
    committed_minor: int
    redeemed_count: int
    spent_minor: int


class Forecast(msgspec.Struct, frozen=True):
    """Tell how long a budget lasts at the pace of the last hour; `runs_out_at` is null when it lasts to the end."""

    measure: Measure
    cap_minor: int
    left_minor: int
    pace_minor_per_h: int
    runs_out_at: datetime | None


class BudgetAlert(msgspec.Struct, frozen=True):
    """Tell that `percent` of a budget was reached; once for each percent of each budget."""

    alert_id: Id
    coupon_id: Id
    name: str
    name_en: str
    merchant_id: str | None
    measure: Measure
    percent: int
    currency: str
    value_minor: int
    cap_minor: int
    reached_at: datetime


class Burn(msgspec.Struct, frozen=True, kw_only=True):
    """Tell how a coupon's budget burns: a series of where it stood, forecasts, alerts; money in minor units.

    `committed_minor` is the face of the claims that live, of at most `commit_max_minor`; `spent_minor` what redemptions took
    off, of at most `budget_minor`. The series comes from the event log and may be some seconds behind the figures.
    """

    coupon_id: Id
    currency: str
    now: datetime
    step: Step
    quantity_max: int
    issued_count: int
    budget_minor: int
    commit_max_minor: int
    committed_minor: int
    spent_minor: int
    points: list[BurnPoint]
    forecasts: list[Forecast]
    alerts: list[BudgetAlert]


class BurnQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Choose the window `[since, until)` and the step; without them all of it, in a step that fits."""

    since: Instant | None = None
    until: Instant | None = None
    step: Step | None = None


class AlertsQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filter alerts; `merchant_id` is for operators."""

    coupon_id: Id | None = None
    merchant_id: Id | None = None


class RecallBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say why the coupon is recalled; members are told."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """Tell how a recall goes: `voided_count` claims so far; `finished_at` is null while it works or orders hold claims."""

    coupon_id: Id
    reason: str
    recalled_at: datetime
    voided_count: int
    finished_at: datetime | None


class TermsVersion(msgspec.Struct, frozen=True):
    """Hold one version of the terms and the fields that differ from the version before. Source: R29."""

    version: int
    made_by: str
    made_at: datetime
    changed: list[str]
    terms: Terms


class Versions(msgspec.Struct, frozen=True):
    """Hold a coupon's newest 50 versions, the newest first."""

    versions: list[TermsVersion]
