"""Tell what happened to festivals."""

from typing import ClassVar

from fairday.kernel.events import Event


class Published(Event, frozen=True, kw_only=True):
    """Tell that a festival went live."""

    SUBJECT: ClassVar[str] = "festival_id"
    festival_id: str


class PhaseChanged(Event, frozen=True, kw_only=True):
    """Tell that a boundary passed at `changed_at`: `ended_phase_id` is over, `phase_id` (none in a gap) is on."""

    SUBJECT: ClassVar[str] = "festival_id"
    festival_id: str
    changed_at: str
    ended_phase_id: str | None
    phase_id: str | None
    kind: str | None


class Ended(Event, frozen=True, kw_only=True):
    """Tell that the last phase of a festival is over."""

    SUBJECT: ClassVar[str] = "festival_id"
    festival_id: str


class EnrolmentDecided(Event, frozen=True, kw_only=True):
    """Tell that a merchant was approved or rejected."""

    SUBJECT: ClassVar[str] = "enrolment_id"
    enrolment_id: str
    festival_id: str
    merchant_id: str
    status: str


class ClockJumped(Event, frozen=True, kw_only=True):
    """Tell that an operator moved the sandbox's clock to `to`."""

    SUBJECT: ClassVar[str] = "to"
    to: str
    by: str
