"""State what happened to receipts."""

from typing import ClassVar

from fairday.kernel.events import Event


class Imported(Event, frozen=True, kw_only=True):
    """A part of a file of receipts was taken; `updated_count` receipts came again with other content."""

    SUBJECT: ClassVar[str] = "import_id"
    import_id: str
    merchant_id: str
    created_count: int
    updated_count: int
