"""Serve the search for products: by words, shop or category, in several orders, with what is sold out left out."""

from collections.abc import Collection, Sequence
from typing import Annotated, Literal

import msgspec

from fairday.catalog import selling, service, showing, sorting
from fairday.catalog.types import CategoryId, ProductCard, Status
from fairday.kernel.errors import BadInput
from fairday.kernel.http import paging
from fairday.kernel.http.routes import PUBLIC, Call, Page, PageQuery, Router
from fairday.kernel.ids import Id
from fairday.kernel.tx import Tx

router = Router("catalog")
TO_BE_HAD = "catalog.to_be_had"
"""Key in `services.shared` of the verb `(tx, SKU ids) -> those with pieces to sell online`; goods are counted a floor up."""
LOOKED_AT_MAX = 1_000
"""Products looked at for one page of what is in stock; a page that ends there is short and has a cursor."""
Key = tuple[int, str]


class ProductQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Find products by words, merchant or category; `status` other than live only for the merchant itself."""

    q: Annotated[str, msgspec.Meta(max_length=120)] | None = None
    merchant_id: Id | None = None
    category: CategoryId | None = None
    status: Status = Status.LIVE
    sort: Literal["best", "price", "-price", "sold"] = "best"
    in_stock: Literal["true", "false"] = "false"


@router.read("/products", who=PUBLIC, query=ProductQuery, returns=Page[ProductCard], summary="Find products")
async def list_products(call: Call, tx: Tx) -> Page[ProductCard]:
    """Search in Chinese and English, best match first; digits are looked up as a GTIN; without `q` the newest come first.

    With `sort` the cheapest come first, or with a minus the dearest, among the newest 2,000 live matches; `sold` puts those
    first of which most was paid for in the last 30 days, counted within seconds. The prices are those of this instant. With
    `in_stock=true` only what can be ordered now is told; such a page may be short, even empty, and still have a cursor.
    """
    query: ProductQuery = call.query or ProductQuery()
    if query.status is not Status.LIVE:
        _judge_status(call, query)
    key = paging.read(query.cursor, [int, str])
    phases = await showing.phases(call, tx)
    page, next_key = await _page(call, tx, query, phases, (key[0], key[1]) if key else None)
    ids = [product_id for _, product_id in page]
    products = await service.products(tx, ids)
    skus = await service.skus_of_products(tx, ids)
    cards = await showing.cards(call, tx, [(products[one], skus[one]) for one in ids], phases)
    return Page(cards, paging.make(*next_key) if next_key else None)


def _judge_status(call: Call, query: ProductQuery) -> None:
    if query.sort != "best":
        raise BadInput(errors=["sort: only live products can be sorted"])
    if query.in_stock == "true":
        raise BadInput(errors=["in_stock: only live products can be ordered"])
    if call.principal is None or query.merchant_id is None or not call.principal.may_see(query.merchant_id):
        raise BadInput(errors=["status: only a merchant sees its own drafts; name merchant_id"])


async def _page(
    call: Call, tx: Tx, query: ProductQuery, phases: Collection[str], after: Key | None
) -> tuple[list[Key], Key | None]:
    """Return the keys of one page and the key behind which the next one begins, None at the end.

    What is sold out is looked for in growing steps: mostly the first one fills the page.
    """
    if query.in_stock == "false":
        found = await _found(tx, query, phases, after, query.limit + 1)
        page = found[: query.limit]
        return page, page[-1] if len(found) > query.limit else None
    kept: list[Key] = []
    looked_at, step = 0, 2 * query.limit
    while looked_at < LOOKED_AT_MAX:
        found = await _found(tx, query, phases, after, step)
        had = await _had(call, tx, found)
        for key in found:
            if key[1] in had:
                if len(kept) == query.limit:
                    return kept, kept[-1]
                kept.append(key)
        if len(found) < step:
            return kept, None
        after, looked_at, step = found[-1], looked_at + step, min(step * 3, LOOKED_AT_MAX)
    return kept, after


async def _had(call: Call, tx: Tx, found: Sequence[Key]) -> set[str]:
    """Return the products of which a live SKU can be ordered."""
    family = await service.live_sku_ids(tx, [product_id for _, product_id in found])
    had = await call.services.shared[TO_BE_HAD](tx, list(family))
    return {family[sku_id] for sku_id in had}


async def _found(
    tx: Tx, query: ProductQuery, phases: Collection[str], after: Key | None, limit: int
) -> list[Key]:
    """Return up to `limit` (sort key, product id) behind `after`."""
    if query.sort == "best":
        return await service.find(
            tx,
            text=query.q,
            merchant_id=query.merchant_id,
            category_id=query.category,
            status=query.status,
            after=after,
            limit=limit,
        )
    if query.sort == "sold":
        return await selling.by_sold(
            tx,
            text=query.q,
            merchant_id=query.merchant_id,
            category_id=query.category,
            after=after,
            limit=limit,
        )
    return await sorting.by_price(
        tx,
        text=query.q,
        merchant_id=query.merchant_id,
        category_id=query.category,
        phase_ids=phases,
        is_falling=query.sort == "-price",
        after=after,
        limit=limit,
    )
