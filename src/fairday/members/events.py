"""State what happened to members; ids only, nothing that names a person."""

from typing import ClassVar

from fairday.kernel.events import Event


class Registered(Event, frozen=True, kw_only=True):
    """A shopper may now claim and buy."""

    SUBJECT: ClassVar[str] = "member_id"
    member_id: str
    person_id: str


class ConsentChanged(Event, frozen=True, kw_only=True):
    """A member gave or withdrew consent for one purpose."""

    SUBJECT: ClassVar[str] = "member_id"
    member_id: str
    purpose: str
    is_given: bool
