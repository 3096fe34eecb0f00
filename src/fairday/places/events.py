"""State what happened to places."""

from typing import ClassVar

from fairday.kernel.events import Event


class StoreChanged(Event, frozen=True, kw_only=True):
    """A store was made or changed by hand."""

    SUBJECT: ClassVar[str] = "store_id"
    store_id: str
    merchant_id: str
    status: str


class StoresImported(Event, frozen=True, kw_only=True):
    """A part of a file of places was taken."""

    SUBJECT: ClassVar[str] = "import_id"
    import_id: str
    merchant_id: str
    created_count: int
    updated_count: int
