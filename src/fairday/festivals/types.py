"""Shape festivals, phases and enrolments."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.ids import Id

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Instant = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339 with an offset; kept in UTC.")]
TimeZone = Annotated[str, msgspec.Meta(min_length=1, max_length=60, examples=["Asia/Shanghai"])]


class PhaseKind(StrEnum):
    """Name what a phase is for. Source: S01."""

    WARM_UP = "warm_up"
    PRESALE_DEPOSIT = "presale_deposit"
    PRESALE_BALANCE = "presale_balance"
    SALE = "sale"
    GAP = "gap"
    RETURN_COUPON = "return_coupon"
    SETTLEMENT = "settlement"


class FestivalStatus(StrEnum):
    """Name where a festival stands."""

    DRAFT = "draft"
    LIVE = "live"
    ENDED = "ended"


class EnrolmentStatus(StrEnum):
    """Name where a merchant's request to take part stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"


class Phase(msgspec.Struct, frozen=True):
    """Hold one window `[starts_at, ends_at)` of a festival."""

    phase_id: Id
    kind: PhaseKind
    name: str
    name_en: str
    starts_at: datetime
    ends_at: datetime


class PhaseDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Describe a phase to set; with `phase_id` it replaces the phase of that id, without it a new one is made."""

    kind: PhaseKind
    name: Name
    name_en: Name
    starts_at: Instant
    ends_at: Instant
    phase_id: Id | None = None


class Festival(msgspec.Struct, frozen=True):
    """Hold a festival with its phases in time order; `version` counts its edits. Source: R1, R2."""

    festival_id: Id
    name: str
    name_en: str
    time_zone: str
    status: FestivalStatus
    version: int
    phases: tuple[Phase, ...]


class FestivalDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Describe a festival to create; at most 40 phases."""

    name: Name
    name_en: Name
    time_zone: TimeZone = "Asia/Shanghai"
    phases: Annotated[tuple[PhaseDraft, ...], msgspec.Meta(max_length=40)] = ()


class FestivalNow(msgspec.Struct, frozen=True):
    """Tell what is on: the festival, the phase that holds `now` (none in a gap), the next one, the next change.

    `now` is the server's clock; count down from it and not from the device's. Source: R1, S01.
    """

    now: datetime
    festival: Festival
    phase: Phase | None
    next_phase: Phase | None
    next_change_at: datetime | None


class PhaseWindow(msgspec.Struct, frozen=True):
    """Hold when a phase is on and whether its festival is live."""

    phase_id: str
    festival_id: str
    starts_at: datetime
    ends_at: datetime
    is_live: bool


class Enrolment(msgspec.Struct, frozen=True):
    """Hold a merchant's request to take part and what was decided."""

    enrolment_id: Id
    festival_id: Id
    merchant_id: Id
    status: EnrolmentStatus
    reason: str
    requested_at: datetime
    decided_at: datetime | None = None


class ClockReading(msgspec.Struct, frozen=True):
    """Tell the festival clock; `is_sandbox` says that an operator may jump it."""

    now: datetime
    is_sandbox: bool
