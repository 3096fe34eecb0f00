"""Tell what happened to new shops."""

from typing import ClassVar

from fairday.kernel.events import Event


class ShopOpened(Event, frozen=True, kw_only=True):
    """Tell that a small merchant opened a shop by itself."""

    SUBJECT: ClassVar[str] = "merchant_id"
    merchant_id: str
    application_id: str
    store_id: str
    region_id: str
    licence: str


class LimitsDecided(Event, frozen=True, kw_only=True):
    """Tell that the operator lifted a shop's limits, or did not."""

    SUBJECT: ClassVar[str] = "merchant_id"
    merchant_id: str
    application_id: str
    is_approved: bool
