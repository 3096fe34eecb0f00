"""Shape products, SKUs, prices and what merchants send to make them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.ids import ExternalId
from fairday.kernel.money import Currency, Minor, PositiveMinor

OPTIONS_MAX = 6
SKUS_PER_PRODUCT_MAX = 200

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=300, pattern=r"\S")]
Description = Annotated[str, msgspec.Meta(max_length=4000)]
Brand = Annotated[str, msgspec.Meta(max_length=120)]
CategoryId = Annotated[
    str, msgspec.Meta(min_length=1, max_length=120, description="The merchant's or operator's category.")
]
Gtin = Annotated[
    str,
    msgspec.Meta(
        pattern="^([0-9]{8}|[0-9]{12,14})$",
        description="GTIN-8, UPC-12, EAN-13 or GTIN-14 with its check digit.",
        examples=["6901234567892"],
    ),
]
Image = Annotated[
    str,
    msgspec.Meta(
        max_length=1000,
        pattern=r"^(https?://[!-~]+|/[!-~]*)$",
        description="An https address or a path on this server.",
    ),
]
OptionName = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
OptionValue = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Options = Annotated[
    dict[OptionName, OptionValue],
    msgspec.Meta(max_length=OPTIONS_MAX, description="What tells the SKU from its siblings: {'颜色': '红'}."),
]


Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Tags = Annotated[tuple[Tag, ...], msgspec.Meta(max_length=20, description="Words to be found by.")]


class Status(StrEnum):
    """Name the states of a product or SKU; only live ones are sold."""

    DRAFT = "draft"
    LIVE = "live"
    ARCHIVED = "archived"


class ImportFormat(StrEnum):
    """Name the files that may be imported."""

    CSV = "csv"
    SHOPIFY = "shopify"
    GOOGLE = "google"


class PhasePrice(msgspec.Struct, frozen=True):
    """Hold the price of a SKU while a phase of a festival holds."""

    phase_id: str
    price_minor: int


class PriceNow(msgspec.Struct, frozen=True):
    """Hold an effective price and the phase that gives it; null when it is the regular price."""

    price_minor: int
    phase_id: str | None = None


class Sku(msgspec.Struct, frozen=True):
    """Hold one SKU as others need it.

    `name` carries the options; `price_minor` is the regular price, 0 only while a draft has none; `status` is live only
    when the product is live too.
    """

    sku_id: str
    product_id: str
    merchant_id: str
    name: str
    name_en: str | None
    options: dict[str, str]
    gtin: str | None
    price_minor: int
    currency: str
    category_id: str | None
    brand: str | None
    status: Status
    image: str | None
    phase_prices: tuple[PhasePrice, ...]
    external_id: str
    compare_at_minor: int | None = None


class Product(msgspec.Struct, frozen=True):
    """Hold a product without its SKUs."""

    product_id: str
    merchant_id: str
    external_id: str
    name: str
    name_en: str | None
    description: str
    category_id: str | None
    brand: str | None
    image: str | None
    status: Status
    tags: tuple[str, ...]
    updated_at: datetime


class SkuView(msgspec.Struct, frozen=True):
    """Show a SKU with its price now; `phase_id` tells the phase that gives the price.

    `reference_minor`: the lowest price of the last 30 days where it is above the price now; only that may be struck through.
    """

    sku_id: str
    product_id: str
    merchant_id: str
    external_id: str
    name: str
    name_en: str | None
    options: dict[str, str]
    gtin: str | None
    currency: str
    price_minor: int
    price_now_minor: int
    phase_id: str | None
    compare_at_minor: int | None
    category_id: str | None
    brand: str | None
    status: Status
    image: str | None
    phase_prices: list[PhasePrice]
    reference_minor: int | None = None


class ProductView(msgspec.Struct, frozen=True):
    """Show a product with all its SKUs."""

    product_id: str
    merchant_id: str
    external_id: str
    name: str
    name_en: str | None
    description: str
    category_id: str | None
    brand: str | None
    image: str | None
    status: Status
    tags: tuple[str, ...]
    updated_at: datetime
    skus: list[SkuView]


class ProductCard(msgspec.Struct, frozen=True):
    """Show a found product with its cheapest live SKU now; `sku_id` is null while none is on sale.

    `reference_minor`: the lowest price of the last 30 days where it is above the price now; only that may be struck through.
    `sold_count` is how many pieces were paid for in the last 30 days, less what was refunded.
    """

    product_id: str
    merchant_id: str
    name: str
    name_en: str | None
    category_id: str | None
    brand: str | None
    image: str | None
    status: Status
    skus_count: int
    sku_id: str | None
    currency: str | None
    price_minor: int | None
    price_now_minor: int | None
    phase_id: str | None
    compare_at_minor: int | None
    reference_minor: int | None = None
    sold_count: int = 0


class SkuDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for a SKU. `status` live needs a price above zero; without a price it is a draft."""

    external_id: ExternalId
    currency: Currency = "CNY"
    price_minor: Minor = 0
    compare_at_minor: PositiveMinor | None = None
    options: Options = {}
    gtin: Gtin | None = None
    image: Image | None = None
    status: Status | None = None


class ProductDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for a product with its first SKUs. `merchant_id` is for operators; a merchant makes its own."""

    external_id: ExternalId
    name: Name
    merchant_id: str | None = None
    name_en: Name | None = None
    description: Description = ""
    category_id: CategoryId | None = None
    brand: Brand | None = None
    image: Image | None = None
    status: Status = Status.LIVE
    tags: Tags = ()
    skus: Annotated[list[SkuDraft], msgspec.Meta(min_length=1, max_length=SKUS_PER_PRODUCT_MAX)]


class ProductPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Change fields of a product; what is left out stays as it is, null empties."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    name_en: Name | msgspec.UnsetType | None = msgspec.UNSET
    description: Description | msgspec.UnsetType = msgspec.UNSET
    category_id: CategoryId | msgspec.UnsetType | None = msgspec.UNSET
    brand: Brand | msgspec.UnsetType | None = msgspec.UNSET
    image: Image | msgspec.UnsetType | None = msgspec.UNSET
    status: Status | msgspec.UnsetType = msgspec.UNSET
    tags: Tags | msgspec.UnsetType = msgspec.UNSET


class SkuPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Change fields of a SKU. A price under a fifth of the last one needs `confirm_price`."""

    price_minor: PositiveMinor | msgspec.UnsetType = msgspec.UNSET
    confirm_price: bool = False
    compare_at_minor: PositiveMinor | msgspec.UnsetType | None = msgspec.UNSET
    options: Options | msgspec.UnsetType = msgspec.UNSET
    gtin: Gtin | msgspec.UnsetType | None = msgspec.UNSET
    image: Image | msgspec.UnsetType | None = msgspec.UNSET
    status: Status | msgspec.UnsetType = msgspec.UNSET


class PhasePriceDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for the price of a SKU in a phase: at most the regular price; under a fifth of it only when confirmed."""

    price_minor: PositiveMinor
    confirm_price: bool = False


class PriceChange(msgspec.Struct, frozen=True):
    """Hold one line of the price history; `phase_id` is null for the regular price, a null price means none."""

    changed_at: datetime
    phase_id: str | None
    price_minor_before: int | None
    price_minor_after: int | None


class SkuImport(msgspec.Struct, frozen=True):
    """Hold one row of an import file: a SKU and the product that it belongs to, checked by itself.

    `options` is canonical JSON text; `gtin` has a right check digit; a live SKU has a price.
    """

    line: int
    product: "ProductImport"
    external_id: str
    options: str
    gtin: str | None
    price_minor: int
    compare_at_minor: int | None
    currency: str
    status: str
    image: str | None
    is_price_confirmed: bool = False


class ProductImport(msgspec.Struct, frozen=True):
    """Hold what the first row of a product in a file says of the product."""

    external_id: str
    name: str
    name_en: str | None
    description: str
    category_id: str | None
    brand: str | None
    image: str | None
    status: str
    tags: tuple[str, ...]
