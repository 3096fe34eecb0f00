"""Shape facts: an event is a past-tense record of something that happened in a domain, JSON scalars only."""

from typing import Any, ClassVar

import msgspec

_TYPES: dict[type, str] = {}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Record a fact. `SUBJECT` names the field whose value orders events of one thing (one order, one coupon)."""

    SUBJECT: ClassVar[str] = ""
    MERCHANT: ClassVar[str] = "merchant_id"

    @classmethod
    def type_name(cls) -> str:
        """Return `domain.PastTense`, from the module `fairday.<domain>.events` and the class name."""
        name = _TYPES.get(cls)
        if name is None:
            name = _TYPES[cls] = f"{cls.__module__.split('.')[-2]}.{cls.__name__}"
        return name


class Recorded(msgspec.Struct, frozen=True):
    """Hold an event as read back from the log."""

    xid: int
    id: int
    event_id: str
    type: str
    subject: str
    merchant_id: str | None
    happened_at: Any
    recorded_at: Any
    data: dict[str, Any]
