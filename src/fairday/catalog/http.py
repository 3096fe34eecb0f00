"""Serve products, SKUs and their prices: reading for everyone, making and changing for merchants, imports of files."""

import asyncio
from typing import Annotated, Literal

import msgspec

from fairday.catalog import errors, http_finding, http_suggestions, service, showing
from fairday.catalog.types import (
    ImportFormat,
    PhasePriceDraft,
    PriceChange,
    Product,
    ProductDraft,
    ProductPatch,
    ProductView,
    Sku,
    SkuDraft,
    SkuPatch,
    SkuView,
    Status,
)
from fairday.kernel.csv_rows import FILE_REFUSALS, ErrorList, ImportReport
from fairday.kernel.errors import NotFound
from fairday.kernel.http import paging
from fairday.kernel.http.importing import imported
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Page, PageQuery, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.ids import Id
from fairday.kernel.import_runs import FileName
from fairday.kernel.tx import Tx

router = Router("catalog")
router.routes += http_finding.router.routes + http_suggestions.router.routes
STAFF = frozenset({Role.MERCHANT, Role.OPERATOR})
IMPORT_BYTES_MAX = 32 * 1024 * 1024
IMPORTS_MAX = 2
_DRAFT_REFUSALS = (
    errors.BadGtin,
    errors.UnknownCurrency,
    errors.PriceMissing,
    errors.CompareAtTooLow,
    errors.ExternalIdTaken,
    errors.GtinTaken,
)
PRODUCT_EXAMPLE = {
    "external_id": "CASE-15",
    "name": "新款手机壳",
    "name_en": "Phone case",
    "category_id": "手机配件",
    "skus": [
        {"external_id": "CASE-15-RED", "options": {"颜色": "红"}, "price_minor": 3900, "currency": "CNY"}
    ],
}


class SkuDrafts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for more SKUs of a product."""

    skus: Annotated[list[SkuDraft], msgspec.Meta(min_length=1, max_length=200)]


class ImportQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Choose the kind of file; with `dry_run=true` it is judged and nothing is written. Operators name the merchant."""

    format: ImportFormat = ImportFormat.CSV
    dry_run: Literal["true", "false"] = "false"
    merchant_id: Id | None = None
    file_name: FileName | None = None


@router.read(
    "/products/{product_id}", who=PUBLIC, returns=ProductView, summary="Look at a product with its SKUs"
)
async def read_product(call: Call, tx: Tx) -> ProductView:
    """Show a live product to everyone, a draft or archived one to its merchant."""
    product_id = call.path["product_id"]
    product = (await service.products(tx, [product_id])).get(product_id)
    if product is None or not _may_see(call, product.status, product.merchant_id):
        raise NotFound(what="product")
    return await showing.product(call, tx, product)


@router.read("/skus/{sku_id}", who=PUBLIC, returns=SkuView, summary="Look at a SKU and its price now")
async def read_sku(call: Call, tx: Tx) -> SkuView:
    """Tell the price of this instant and the phase that gives it, so that nothing waits for a batch (R3)."""
    sku = (await service.skus(tx, [call.path["sku_id"]])).get(call.path["sku_id"])
    if sku is None or not _may_see(call, sku.status, sku.merchant_id):
        raise NotFound(what="SKU")
    return await showing.sku(call, tx, sku)


@router.read(
    "/skus/{sku_id}/price-history",
    who=STAFF,
    query=PageQuery,
    returns=Page[PriceChange],
    summary="Read the price history of a SKU",
)
async def list_price_changes(call: Call, tx: Tx) -> Page[PriceChange]:
    """List the changes of a SKU's regular and phase prices, the newest first."""
    await _own_sku(call, tx)
    query: PageQuery = call.query or PageQuery()
    key = paging.read(query.cursor, [int])
    found = await service.price_history(
        tx, call.path["sku_id"], before_id=key[0] if key else None, limit=query.limit + 1
    )
    page = found[: query.limit]
    more = paging.make(page[-1][0]) if len(found) > query.limit else None
    return Page([change for _, change in page], more)


@router.write(
    "POST",
    "/products",
    who=STAFF,
    body=ProductDraft,
    returns=ProductView,
    status=201,
    summary="Make a product with its SKUs",
    refusals=_DRAFT_REFUSALS,
    example=PRODUCT_EXAMPLE,
)
async def create_product(call: Call, tx: Tx, body: ProductDraft) -> ProductView:
    """Make a product; an operator names the merchant."""
    merchant_id = call.principal.own_merchant(body.merchant_id)
    return await showing.product(call, tx, await service.create_product(tx, merchant_id, body, call.now))


@router.write(
    "PATCH",
    "/products/{product_id}",
    who=STAFF,
    body=ProductPatch,
    returns=ProductView,
    summary="Change a product",
    example={"status": "archived"},
)
async def update_product(call: Call, tx: Tx, body: ProductPatch) -> ProductView:
    """Change the named fields; archiving takes all its SKUs off sale."""
    await _own_product(call, tx)
    return await showing.product(
        call, tx, await service.update_product(tx, call.path["product_id"], body, call.now)
    )


@router.write(
    "POST",
    "/products/{product_id}/skus",
    who=STAFF,
    body=SkuDrafts,
    returns=ProductView,
    status=201,
    summary="Add SKUs to a product",
    refusals=(errors.TooManySkus, *_DRAFT_REFUSALS),
    example={"skus": PRODUCT_EXAMPLE["skus"]},
)
async def add_skus(call: Call, tx: Tx, body: SkuDrafts) -> ProductView:
    """Add SKUs: all of them or none."""
    product = await _own_product(call, tx)
    await service.add_skus(tx, product.product_id, body.skus, call.now)
    return await showing.product(call, tx, product)


@router.write(
    "PATCH",
    "/skus/{sku_id}",
    who=STAFF,
    body=SkuPatch,
    returns=SkuView,
    summary="Change a SKU or its price",
    refusals=(
        errors.BadGtin,
        errors.PriceMissing,
        errors.CompareAtTooLow,
        errors.PriceFarBelow,
        errors.GtinTaken,
    ),
    example={"price_minor": 2900},
)
async def update_sku(call: Call, tx: Tx, body: SkuPatch) -> SkuView:
    """Change the named fields; a price under a fifth of the last one needs `confirm_price`."""
    sku = await _own_sku(call, tx)
    changed = await service.update_sku(tx, sku.sku_id, body, call.now)
    return await showing.sku(call, tx, changed)


@router.write(
    "PUT",
    "/skus/{sku_id}/phase-prices/{phase_id}",
    who=STAFF,
    body=PhasePriceDraft,
    returns=SkuView,
    summary="Set the price of a SKU in a phase",
    refusals=(errors.PhasePriceAboveRegular, errors.PriceFarBelow),
    example={"price_minor": 1990},
)
async def set_phase_price(call: Call, tx: Tx, body: PhasePriceDraft) -> SkuView:
    """Set what the SKU costs while the phase holds; the instant the phase ends the regular price is back."""
    sku = await _own_sku(call, tx)
    phase_id = _phase_id(call)
    changed = await service.set_phase_price(tx, sku.sku_id, phase_id, body, call.now)
    return await showing.sku(call, tx, changed)


@router.write(
    "DELETE",
    "/skus/{sku_id}/phase-prices/{phase_id}",
    who=STAFF,
    returns=SkuView,
    summary="Take the price of a SKU in a phase away",
)
async def remove_phase_price(call: Call, tx: Tx) -> SkuView:
    """Let the regular price hold in the phase."""
    sku = await _own_sku(call, tx)
    changed = await service.remove_phase_price(tx, sku.sku_id, _phase_id(call), call.now)
    return await showing.sku(call, tx, changed)


@router.lane(
    "/imports/products",
    who=STAFF,
    body=bytes,
    media="text/csv",
    media_also=("text/tab-separated-values", "text/xml", "application/xml", "application/octet-stream"),
    body_max=IMPORT_BYTES_MAX,
    query=ImportQuery,
    returns=ImportReport,
    summary="Import products from CSV, Shopify or a Google Merchant feed",
    refusals=(*FILE_REFUSALS, errors.BadFeed, errors.ImportBusy),
    example="external_id,name,price,gtin,category,option1_name,option1_value\nCASE-RED,新款手机壳,39.00,6901234567892,手机配件,颜色,红\n",
)
async def import_products(call: Call, body: bytes) -> Answer:
    """Import a merchant's products. Columns of `format=csv`: external_id (or gtin), name, and if wanted
    product_external_id, name_en, description, category, brand, tags, image, status, gtin, price, compare_at_price,
    currency, confirm_price, option1_name, option1_value to option3_value. `shopify` reads Shopify's product export,
    `google` a Merchant feed as TSV, RSS or Atom.

    Good rows are kept, thousand by thousand; each refused row is told with line, column and reason. The same file again
    changes nothing.
    """
    query: ImportQuery = call.query or ImportQuery()
    merchant_id = call.principal.own_merchant(query.merchant_id)

    async def work(refused: ErrorList) -> ImportReport:
        return await service.import_products(
            call.services.database,
            merchant_id,
            query.format,
            body,
            dry_run=query.dry_run == "true",
            errors=refused,
        )

    gate = call.services.shared.setdefault("catalog.imports", asyncio.Semaphore(IMPORTS_MAX))
    if gate.locked():
        raise errors.ImportBusy(retry_after_s=5)
    async with gate:
        return await imported(call, merchant_id, "products", work, file_name=query.file_name)


def _phase_id(call: Call) -> str:
    phase_id = call.path["phase_id"]
    if not phase_id.startswith("pha_") or len(phase_id) > 64:
        raise NotFound(what="phase")
    return phase_id


def _may_see(call: Call, status: Status, merchant_id: str) -> bool:
    if status is Status.LIVE:
        return True
    return call.principal is not None and call.principal.may_see(merchant_id)


async def _own_product(call: Call, tx: Tx) -> Product:
    product = (await service.products(tx, [call.path["product_id"]])).get(call.path["product_id"])
    if product is None:
        raise NotFound(what="product")
    call.principal.own_merchant(product.merchant_id, "product")
    return product


async def _own_sku(call: Call, tx: Tx) -> Sku:
    sku = (await service.skus(tx, [call.path["sku_id"]])).get(call.path["sku_id"])
    if sku is None:
        raise NotFound(what="SKU")
    call.principal.own_merchant(sku.merchant_id, "SKU")
    return sku
