"""Read a file of counted stock: rows are judged one by one, good ones are kept in small transactions.

Columns: the store by `store_external_id` or `store_id`, the SKU by `sku_external_id`, `gtin` or `sku_id`, and `on_hand`
must be there; `safety` and `sells_online` may be. The same file again changes nothing.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from fairday.catalog import service as catalog
from fairday.kernel import csv_cells, csv_rows
from fairday.kernel.csv_rows import Column, ErrorList, ImportReport, Row, RowError
from fairday.kernel.errors import Refusal
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from fairday.places import service as places
from fairday.stock import service
from fairday.stock.types import Counted, CountRow, Outcome

CHUNK = 2000
STORE_COLUMNS = ("store_external_id", "store_id")
SKU_COLUMNS = ("sku_external_id", "gtin", "sku_id")
_YES = ("yes", "true", "1", "是")
_yes_or_no = csv_cells.choice((*_YES, "no", "false", "0", "否"))

COLUMNS = (
    Column("store_external_id", False, csv_cells.text(64)),
    Column("store_id", False, csv_cells.text(64)),
    Column("sku_external_id", False, csv_cells.text(64)),
    Column("gtin", False, csv_cells.text(14)),
    Column("sku_id", False, csv_cells.text(64)),
    Column("on_hand", True, csv_cells.integer(0, 1_000_000_000)),
    Column("safety", False, csv_cells.integer(0, 1_000_000_000)),
    Column("sells_online", False, lambda cell: _yes_or_no(cell) in _YES),
)


class _DryRun(Exception):
    """Roll a chunk back after it was counted."""


async def import_stock(
    database: Database,
    merchant_id: str,
    body: bytes,
    *,
    dry_run: bool = False,
    encoding: csv_rows.Encoding = "utf-8",
    progress: Callable[[int], None] | None = None,
    errors: ErrorList | None = None,
) -> ImportReport:
    """Import a CSV file of a merchant's counts, in transactions of `CHUNK` rows; `dry_run` keeps nothing.

    `progress` hears after each of them how many rows were read; `errors` takes the reasons of refused rows.

    Raises: what `csv_rows.read` raises.
    """
    import_id, errors = new_id("imp"), errors if errors is not None else ErrorList()
    rows = await asyncio.to_thread(csv_rows.read, body, COLUMNS, encoding=encoding)
    items = iter(rows)
    counts = dict.fromkeys(Outcome, 0)
    seen: dict[tuple[str, str], int] = {}
    while True:
        taken = await asyncio.to_thread(_chunk, items, errors)
        if taken is None:
            break
        for outcome, more in (
            await _take(database, merchant_id, import_id, taken, errors, seen, dry_run)
        ).items():
            counts[outcome] += more
        if progress is not None:
            progress(rows.row_count)
    return ImportReport(
        import_id=import_id,
        created_count=counts[Outcome.CREATED],
        updated_count=counts[Outcome.UPDATED],
        unchanged_count=counts[Outcome.UNCHANGED],
        error_count=errors.count,
        errors=errors.shown,
        is_dry_run=dry_run,
        ignored_columns=rows.ignored_columns,
    )


def _chunk(items: Iterator[Row | RowError], errors: ErrorList) -> list[Row] | None:
    """Read the next rows; None at the end of the file."""
    taken = list(islice(items, CHUNK))
    if not taken:
        return None
    for item in taken:
        if isinstance(item, RowError):
            errors.add(item)
    return [item for item in taken if isinstance(item, Row)]


async def _take(
    database: Database,
    merchant_id: str,
    import_id: str,
    rows: Sequence[Row],
    errors: ErrorList,
    seen: dict[tuple[str, str], int],
    dry_run: bool,
) -> dict[Outcome, int]:
    counts: dict[Outcome, int] = {}
    refused: list[RowError] = []
    fresh: dict[tuple[str, str], int] = {}

    async def work(tx: Tx, now: datetime) -> None:
        nonlocal counts, refused, fresh
        counts, refused, fresh = {}, [], {}
        stores, skus = await _known(tx, merchant_id, rows)
        lines: list[tuple[int, CountRow]] = []
        for row in rows:
            store_id, sku_id = _first(row, STORE_COLUMNS, stores), _first(row, SKU_COLUMNS, skus)
            if store_id is None:
                refused.append(_unknown(row, STORE_COLUMNS, "store", "门店"))
            elif sku_id is None:
                refused.append(_unknown(row, SKU_COLUMNS, "SKU", "商品"))
            elif (earlier := seen.get((sku_id, store_id)) or fresh.get((sku_id, store_id))) is not None:
                refused.append(_twice(row, earlier))
            else:
                fresh[sku_id, store_id] = row.line
                values = row.values
                lines.append(
                    (
                        row.line,
                        CountRow(
                            sku_id, store_id, values["on_hand"], values["safety"], values["sells_online"]
                        ),
                    )
                )
        document_id = f"{import_id}-{rows[0].line}"
        answers = await service.set_levels(tx, [line for _, line in lines], now, document_id=document_id)
        for (number, _), answer in zip(lines, answers, strict=True):
            if isinstance(answer, Counted):
                counts[answer.outcome] = counts.get(answer.outcome, 0) + 1
            else:
                refused.append(_refused(number, answer))
        if dry_run:
            raise _DryRun

    if rows:
        with contextlib.suppress(_DryRun):
            await database.run(work)
        for error in refused:
            errors.add(error)
        seen |= fresh
    return counts


async def _known(
    tx: Tx, merchant_id: str, rows: Sequence[Row]
) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Return by column the merchant's stores and SKUs that the rows name; strangers' are left out."""
    named = {
        name: sorted({row.values[name] for row in rows if row.values[name]})
        for name in STORE_COLUMNS + SKU_COLUMNS
    }
    by_id = await places.stores(tx, named["store_id"]) if named["store_id"] else {}
    stores = {
        "store_external_id": await places.store_ids(tx, merchant_id, named["store_external_id"]),
        "store_id": {key: key for key, store in by_id.items() if store.merchant_id == merchant_id},
    }
    by_external = await catalog.skus_by_external_id(tx, merchant_id, named["sku_external_id"])
    by_gtin = await catalog.skus_by_gtin(tx, merchant_id, named["gtin"])
    own = await catalog.skus(tx, named["sku_id"])
    skus = {
        "sku_external_id": {key: sku.sku_id for key, sku in by_external.items()},
        "gtin": {key: sku.sku_id for key, sku in by_gtin.items()},
        "sku_id": {key: key for key, sku in own.items() if sku.merchant_id == merchant_id},
    }
    return stores, skus


def _first(row: Row, columns: Sequence[str], known: Mapping[str, Mapping[str, str]]) -> str | None:
    """Return what the first filled cell of `columns` names, or None when it is unknown or all are empty."""
    for name in columns:
        if row.values[name]:
            return known[name].get(row.values[name])
    return None


def _unknown(row: Row, columns: Sequence[str], what: str, zh: str) -> RowError:
    for name in columns:
        if row.values[name]:
            return RowError(
                row.line,
                name,
                f"unknown_{what.lower()}",
                f"You have no {what} {row.values[name]!r}. Check the id, or import it first.",
                f"没有{zh} {row.values[name]!r}，请核对编号或先导入。",
            )
    return RowError(
        row.line,
        columns[0],
        "empty",
        f"Fill in one of {', '.join(columns)}.",
        f"请填写 {', '.join(columns)} 之一。",
    )


def _twice(row: Row, earlier: int) -> RowError:
    return RowError(
        row.line,
        "",
        "duplicate",
        f"The same SKU at the same store stands in line {earlier}; that one counts.",
        f"同一门店的同一商品已在第 {earlier} 行出现，以该行为准。",
    )


def _refused(line: int, refusal: Refusal) -> RowError:
    return RowError(line, "on_hand", refusal.code, refusal.sentence("en"), refusal.sentence("zh"))
