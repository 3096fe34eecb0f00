"""Tell what happened to offers."""

from typing import ClassVar

from fairday.kernel.events import Event


class OfferLive(Event, frozen=True, kw_only=True):
    """Tell that a version of an offer is live, as somebody approved it or let it go on."""

    SUBJECT: ClassVar[str] = "offer_id"
    offer_id: str
    merchant_id: str | None
    version: int


class OfferStopped(Event, frozen=True, kw_only=True):
    """Tell that somebody stopped an offer."""

    SUBJECT: ClassVar[str] = "offer_id"
    offer_id: str
    merchant_id: str | None
    reason: str
