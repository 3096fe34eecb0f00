"""Announce what happens to places."""

from datetime import datetime
from typing import ClassVar

from fairday.kernel.events import Event


class Entered(Event, frozen=True, kw_only=True):
    """Tell who got places in one step: [member_id, place, won | waiting] each; won ones are held until `holds_until`."""

    SUBJECT: ClassVar[str] = "sale_id"

    sale_id: str
    merchant_id: str
    holds_until: datetime
    people: list[tuple[str, int, str]]


class Promoted(Event, frozen=True, kw_only=True):
    """Tell who waited that a place became free, and until when it is held."""

    SUBJECT: ClassVar[str] = "sale_id"

    sale_id: str
    merchant_id: str
    member_id: str
    place: int
    holds_until: datetime


class Lapsed(Event, frozen=True, kw_only=True):
    """Tell that a place was not paid in time and went to the next."""

    SUBJECT: ClassVar[str] = "sale_id"

    sale_id: str
    merchant_id: str
    member_id: str
    place: int
