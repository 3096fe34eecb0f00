"""Serve stock to those who own it, take counts, and tell shoppers where a SKU is to be had."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from fairday.catalog import service as catalog
from fairday.kernel import csv_rows
from fairday.kernel.csv_rows import FILE_REFUSALS, ErrorList, ImportReport
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.http import paging
from fairday.kernel.http.importing import imported
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.http.routes import PUBLIC, Call, Page, PageQuery, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.ids import Id
from fairday.kernel.import_runs import FileName
from fairday.kernel.tx import Tx
from fairday.places import service as places
from fairday.stock import imports, looking, service
from fairday.stock.errors import BadCounts, NameStoreOrSku
from fairday.stock.types import Availability, Count, Counted, CountRow, Level, LevelView, Outcome

router = Router("stock")

_STAFF = frozenset({Role.OPERATOR, Role.MERCHANT})
FREE = {"low": (1, 9), "out": (looking.ANY_FREE[0], 0)}
"""Free pieces, from and to, of what is low and of what is out."""
IMPORT_BYTES_MAX = 8 * 1024 * 1024


class StockQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Ask for a page of levels of a SKU, of a store, or of both; of a store also by words or by how little is left."""

    sku_id: Id | None = None
    store_id: Id | None = None
    q: Annotated[str, msgspec.Meta(max_length=120)] | None = None
    level: Literal["low", "out"] | None = None


class ImportQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say how a file is to be read; operators name the merchant. `dry_run=true` counts and keeps nothing."""

    merchant_id: Id | None = None
    dry_run: Literal["true", "false"] = "false"
    encoding: csv_rows.Encoding = "utf-8"
    file_name: FileName | None = None


class CountLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Say what was counted of a SKU at a store; settings that are left out stay."""

    sku_id: Id
    store_id: Id
    on_hand: Count
    safety: Count | None = None
    sells_online: bool | None = None


class CountBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Set up to 500 counted levels, all or none."""

    rows: Annotated[list[CountLine], msgspec.Meta(min_length=1, max_length=500)]


class CountedView(msgspec.Struct, frozen=True):
    """Tell a level after its count."""

    sku_id: Id
    store_id: Id
    on_hand: Count
    change: int
    outcome: Outcome


class CountReport(msgspec.Struct, frozen=True):
    """Tell every level after its count, in the order of the rows."""

    rows: list[CountedView]


@router.read(
    "/stock",
    who=_STAFF,
    returns=Page[LevelView],
    query=StockQuery,
    refusals=(NotFound, NameStoreOrSku),
    summary="See stock of a store or a SKU",
)
async def list_stock(call: Call, tx: Tx) -> Page[LevelView]:
    """Return levels with what is free at the till and online. A merchant sees its own stores and SKUs.

    `q` looks for the store's live products as the search does, `level` for what is `low` (1 to 9 free) or `out`; both
    need a store.
    """
    query: StockQuery = call.query or StockQuery()
    if query.store_id is None and (query.sku_id is None or query.q or query.level):
        raise NameStoreOrSku()
    if query.store_id is not None:
        await _own_stores(call.principal, tx, [query.store_id])
    if query.sku_id is not None:
        await _own_skus(call.principal, tx, [query.sku_id])
    if query.sku_id is not None and query.store_id is not None:
        found = await service.levels(tx, [query.sku_id], [query.store_id])
        return Page(await _views(tx, list(found.values())))
    free = FREE[query.level] if query.level else looking.ANY_FREE
    if query.store_id is not None and query.q:
        page = await _found(tx, query, query.store_id, query.q, free)
    elif query.store_id is not None:
        page = await service.page_of_place(tx, query.store_id, query, free)
    else:
        assert query.sku_id is not None
        page = await service.page_of_sku(tx, query.sku_id, query)
    return Page(await _views(tx, page.items), page.next_cursor)


async def _found(tx: Tx, query: StockQuery, store_id: str, words: str, free: tuple[int, int]) -> Page[Level]:
    """Return the store's levels of a page of found products, so a page may hold more or fewer levels than asked for."""
    merchant_id = (await places.stores(tx, [store_id]))[store_id].merchant_id
    mark = paging.read(query.cursor, [int, str])
    after = (int(mark[0]), str(mark[1])) if mark else None
    hits = await catalog.find(
        tx, text=words, merchant_id=merchant_id, category_id=None, after=after, limit=query.limit + 1
    )
    shown = hits[: query.limit]
    skus = await catalog.skus_of_products(tx, [product_id for _, product_id in shown])
    sku_ids = [sku.sku_id for product in skus.values() for sku in product]
    levels = await service.levels(tx, sku_ids, [store_id]) if sku_ids else {}
    items = [one for one in levels.values() if free[0] <= one.free <= free[1]]
    order = {sku_id: place for place, sku_id in enumerate(sku_ids)}
    items.sort(key=lambda one: order[one.sku_id])
    return Page(items, paging.make(*shown[-1]) if len(hits) > len(shown) else None)


@router.write(
    "PUT",
    "/stock/levels",
    who=_STAFF,
    returns=CountReport,
    body=CountBody,
    body_max=256 * 1024,
    refusals=(NotFound, BadCounts),
    summary="Set counted stock",
    example={
        "rows": [{"sku_id": "sku_019a3f6c2d1", "store_id": "sto_019a3f6c2d1", "on_hand": 12, "safety": 1}]
    },
)
async def set_stock_levels(call: Call, tx: Tx, body: CountBody) -> CountReport:
    """Set what was counted at stores. All rows are taken or none; each bad row is listed with its number from 0."""
    await _own_stores(call.principal, tx, [row.store_id for row in body.rows])
    await _own_skus(call.principal, tx, [row.sku_id for row in body.rows])
    rows = [
        CountRow(row.sku_id, row.store_id, row.on_hand, row.safety, row.sells_online) for row in body.rows
    ]
    answers = await service.set_levels(tx, rows, call.now)
    bad = [
        f"rows[{place}]: {answer.sentence(call.language)}"
        for place, answer in enumerate(answers)
        if isinstance(answer, Refusal)
    ]
    if bad:
        raise BadCounts(errors=bad)
    return CountReport(
        [
            CountedView(answer.sku_id, answer.place_id, answer.on_hand, answer.change, answer.outcome)
            for answer in answers
            if isinstance(answer, Counted)
        ]
    )


@router.lane(
    "/imports/stock",
    who=_STAFF,
    body=bytes,
    media="text/csv",
    body_max=IMPORT_BYTES_MAX,
    query=ImportQuery,
    returns=ImportReport,
    refusals=(NotFound, *FILE_REFUSALS),
    summary="Import counted stock from CSV",
    example="store_external_id,sku_external_id,on_hand,safety\nS-001,TEA-500,24,2\n",
)
async def import_stock(call: Call, body: bytes) -> Answer:
    """Import a merchant's counts. Columns: the store as store_external_id or store_id; the SKU as sku_external_id, gtin
    or sku_id; on_hand; and if wanted safety and sells_online (yes or no).

    Good rows are kept; each refused row is told with line, column and reason. The same file again changes nothing.
    """
    query: ImportQuery = call.query or ImportQuery()
    merchant_id = call.principal.own_merchant(query.merchant_id)

    async def work(refused: ErrorList) -> ImportReport:
        return await imports.import_stock(
            call.services.database,
            merchant_id,
            body,
            dry_run=query.dry_run == "true",
            encoding=query.encoding,
            errors=refused,
        )

    return await imported(call, merchant_id, "stock", work, file_name=query.file_name)


@router.read(
    "/skus/{sku_id}/availability",
    who=PUBLIC,
    returns=Page[Availability],
    query=PageQuery,
    refusals=(NotFound,),
    summary="See which stores have a SKU",
)
async def list_availability(call: Call, tx: Tx) -> Page[Availability]:
    """Return the stores that have the SKU, with what may be ordered online (at most 99 is told)."""
    sku_id = call.path["sku_id"]
    if sku_id not in await catalog.skus(tx, [sku_id]):
        raise NotFound(what="SKU")
    page = await service.page_of_sku(tx, sku_id, call.query or PageQuery())
    return Page(
        [
            Availability(level.place_id, min(level.free_online, 99), level.free > 0)
            for level in page.items
            if level.free > 0
        ],
        page.next_cursor,
    )


async def _own_stores(principal: Principal, tx: Tx, store_ids: Sequence[str]) -> None:
    """Raises: NotFound unless the asker may see every store."""
    found = await places.stores(tx, store_ids)
    for store_id in store_ids:
        if store_id not in found or not principal.may_see(found[store_id].merchant_id):
            raise NotFound(what=f"store {store_id}")


async def _own_skus(principal: Principal, tx: Tx, sku_ids: Sequence[str]) -> None:
    """Raises: NotFound unless the asker may see every SKU."""
    found = await catalog.skus(tx, sku_ids)
    for sku_id in sku_ids:
        if sku_id not in found or not principal.may_see(found[sku_id].merchant_id):
            raise NotFound(what=f"SKU {sku_id}")


async def _views(tx: Tx, levels: Sequence[Level]) -> list[LevelView]:
    skus = await catalog.skus(tx, sorted({level.sku_id for level in levels}))
    return [
        LevelView(
            level.sku_id,
            level.place_id,
            level.on_hand,
            level.reserved,
            level.safety,
            level.sells_online,
            level.free,
            level.free_online,
            skus[level.sku_id].product_id,
            skus[level.sku_id].name,
            skus[level.sku_id].name_en,
            skus[level.sku_id].image,
        )
        for level in levels
    ]
