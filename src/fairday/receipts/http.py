"""Serve the import of till receipts, its cleaning report, receipts, day totals and coverage."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

import msgspec

from fairday.kernel import csv_rows
from fairday.kernel.csv_rows import FILE_REFUSALS, ErrorList, ImportReport
from fairday.kernel.errors import BadInput, NotFound
from fairday.kernel.http import paging
from fairday.kernel.http.importing import imported
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.ids import Id
from fairday.kernel.import_runs import FileName
from fairday.kernel.tx import Tx
from fairday.places import service as places
from fairday.receipts import service
from fairday.receipts.service import FIRST, LAST
from fairday.receipts.types import CleaningReport, Coverage, DayTotal, Receipt, ReceiptDetail

router = Router("receipts")
STAFF = frozenset({Role.OPERATOR, Role.MERCHANT})
IMPORT_BYTES_MAX = 32 * 1024 * 1024
DAYS_MAX = 366

Cursor = Annotated[str, msgspec.Meta(max_length=200)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]


class ReceiptsImportQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say how a file is to be read; operators name the merchant. `dry_run=true` reports and keeps nothing."""

    merchant_id: Id | None = None
    dry_run: Literal["true", "false"] = "false"
    encoding: csv_rows.Encoding = "utf-8"
    file_name: FileName | None = None


class ReceiptsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for receipts, of a store or of a local day (`2026-11-11`) if wanted; operators name the merchant."""

    merchant_id: Id | None = None
    store_id: Id | None = None
    day: date | None = None
    superseded: Literal["true", "false"] = "false"
    limit: Limit = 20
    cursor: Cursor | None = None


class DaysQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for totals of the local days from `first` to `last`, both included; operators name the merchant."""

    first: date
    last: date
    merchant_id: Id | None = None
    store_id: Id | None = None


class CoverageQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask how stores reported in the last `days` days; operators see all merchants unless they name one."""

    merchant_id: Id | None = None
    days: Annotated[int, msgspec.Meta(ge=1, le=400)] = 92
    limit: Limit = 20
    cursor: Cursor | None = None


@router.lane(
    "/imports/receipts",
    who=STAFF,
    body=bytes,
    media="text/csv",
    body_max=IMPORT_BYTES_MAX,
    query=ReceiptsImportQuery,
    returns=CleaningReport,
    summary="Import till receipts from CSV",
    refusals=FILE_REFUSALS,
    example="receipt_external_id,store_external_id,till,happened_at,line_no,gtin,name,quantity,unit,line_total,currency\n"
    "R-1001,S-001,1,2026-11-11T20:30:00+08:00,1,6901234567892,绿茶 500ml,2,pcs,9.00,CNY\n",
)
async def import_receipts(call: Call, body: bytes) -> Answer:
    """Import a merchant's till receipts and answer with the cleaning report. Columns: receipt_external_id,
    store_external_id, till, happened_at, line_no, quantity, line_total; and if wanted gtin, sku_external_id, name (one of
    the three per line), unit (pcs, kg, g, 斤, l, ml), currency, corrects_receipt_external_id.

    Good rows are kept, the same file again changes nothing, a receipt with other content becomes a revision.
    """
    query: ReceiptsImportQuery = call.query or ReceiptsImportQuery()
    merchant_id = call.principal.own_merchant(query.merchant_id)

    async def work(refused: ErrorList) -> ImportReport:
        return await service.import_receipts(
            call.services.database,
            merchant_id,
            body,
            dry_run=query.dry_run == "true",
            encoding=query.encoding,
            errors=refused,
        )

    return await imported(call, merchant_id, "receipts", work, file_name=query.file_name)


@router.read(
    "/imports/receipts/{import_id}", who=STAFF, returns=CleaningReport, summary="Read a cleaning report"
)
async def get_cleaning_report(call: Call, tx: Tx) -> CleaningReport:
    """Return the cleaning report of an import run; another merchant's is not found."""
    report = await service.cleaning_report(tx, call.path["import_id"])
    call.principal.own_merchant(report.merchant_id, what="import")
    return report


@router.read("/receipts", who=STAFF, query=ReceiptsQuery, returns=Page[Receipt], summary="List till receipts")
async def list_receipts(call: Call, tx: Tx) -> Page[Receipt]:
    """List receipts by time of sale, the newest first; superseded ones (revised or corrected) only when asked for."""
    query: ReceiptsQuery = call.query
    merchant_id = call.principal.own_merchant(query.merchant_id)
    if query.store_id is not None:
        store = (await places.stores(tx, [query.store_id])).get(query.store_id)
        if store is None or store.merchant_id != merchant_id:
            raise NotFound(what="store")
    cursor = paging.read(query.cursor, [str, str])
    found = await service.list_receipts(
        tx,
        merchant_id,
        before=(LAST, "") if cursor is None else (_cursor_instant(cursor[0]), cursor[1]),
        store_id=query.store_id,
        on=query.day,
        with_superseded=query.superseded == "true",
        limit=query.limit + 1,
    )
    items = list(found[: query.limit])
    more = len(found) > len(items)
    return Page(items, paging.make(items[-1].happened_at.isoformat(), items[-1].receipt_id) if more else None)


@router.read("/receipts/{receipt_id}", who=STAFF, returns=ReceiptDetail, summary="Get a till receipt")
async def get_receipt(call: Call, tx: Tx) -> ReceiptDetail:
    """Return a receipt with its lines; another merchant's is not found."""
    found = await service.receipt(tx, call.path["receipt_id"])
    if not call.principal.may_see(found.receipt.merchant_id):
        raise NotFound(what="receipt")
    return found


@router.read(
    "/reports/receipt-days",
    who=STAFF,
    query=DaysQuery,
    returns=Page[DayTotal],
    summary="Total receipts by day and store",
)
async def list_day_totals(call: Call, tx: Tx) -> Page[DayTotal]:
    """Return totals of live receipts by local day, store and currency, for at most 366 days."""
    query: DaysQuery = call.query
    if not 0 <= (query.last - query.first).days < DAYS_MAX:
        raise BadInput(errors=[f"query: last must be from first to {DAYS_MAX - 1} days after it"])
    merchant_id = call.principal.own_merchant(query.merchant_id)
    return Page(await service.day_totals(tx, merchant_id, query.first, query.last, query.store_id))


@router.read(
    "/reports/coverage",
    who=STAFF,
    query=CoverageQuery,
    returns=Page[Coverage],
    summary="See which stores report",
)
async def list_coverage(call: Call, tx: Tx) -> Page[Coverage]:
    """Return for each store how many days have receipts, how many are missing, late or incomplete, and how fresh it is."""
    query: CoverageQuery = call.query
    is_all = call.principal.is_operator and query.merchant_id is None
    merchant_id = None if is_all else call.principal.own_merchant(query.merchant_id)
    after = paging.read(query.cursor, [str]) or [""]
    since = call.now - timedelta(days=query.days)
    found = await service.coverage(tx, merchant_id, since, call.now, after[0], query.limit + 1)
    items = found[: query.limit]
    return Page(items, paging.make(items[-1].store_id) if len(found) > len(items) else None)


def _cursor_instant(text: str) -> datetime:
    """Read the instant of a cursor. Raises: BadInput."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(errors=["cursor: use the next_cursor of the page before, unchanged"]) from None
    return min(max(value if value.tzinfo else value.replace(tzinfo=UTC), FIRST), LAST)
