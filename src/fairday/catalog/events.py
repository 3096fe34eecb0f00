"""Record what changed in the catalogue."""

from typing import ClassVar

from fairday.kernel.events import Event


class PriceChanged(Event, frozen=True, kw_only=True):
    """Record that the regular price of a SKU changed."""

    SUBJECT: ClassVar[str] = "sku_id"
    sku_id: str
    merchant_id: str
    currency: str
    price_minor_before: int
    price_minor_after: int


class PhasePriceChanged(Event, frozen=True, kw_only=True):
    """Record that a phase price of a SKU was set or, with null after, taken away."""

    SUBJECT: ClassVar[str] = "sku_id"
    sku_id: str
    merchant_id: str
    phase_id: str
    currency: str
    price_minor_before: int | None
    price_minor_after: int | None


class ProductsImported(Event, frozen=True, kw_only=True):
    """Record that a file was imported, with how many SKUs it made and changed."""

    SUBJECT: ClassVar[str] = "import_id"
    import_id: str
    merchant_id: str
    created_count: int
    updated_count: int
    unchanged_count: int
    error_count: int
