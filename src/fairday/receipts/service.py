"""Import receipts and tell what is known: the door for everyone else."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from fairday.kernel.errors import NotFound
from fairday.kernel.tx import Tx
from fairday.receipts import store
from fairday.receipts.imports import import_receipts
from fairday.receipts.types import CleaningReport, Coverage, DayTotal, Receipt, ReceiptDetail

__all__ = ["cleaning_report", "coverage", "day_totals", "import_receipts", "list_receipts", "receipt"]

DAY_TOTALS_MAX = 5000
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


async def cleaning_report(tx: Tx, import_id: str) -> CleaningReport:
    """Return the report of an import run. Raises: NotFound."""
    report = await store.run(tx, import_id)
    if report is None:
        raise NotFound(what="import")
    return report


async def receipt(tx: Tx, receipt_id: str) -> ReceiptDetail:
    """Return a receipt with its lines, also one that was superseded. Raises: NotFound."""
    found = await store.receipt(tx, receipt_id)
    if found is None:
        raise NotFound(what="receipt")
    return ReceiptDetail(found, await store.lines(tx, receipt_id))


async def list_receipts(
    tx: Tx,
    merchant_id: str,
    *,
    before: tuple[datetime, str],
    store_id: str | None,
    on: date | None,
    with_superseded: bool,
    limit: int,
) -> Sequence[Receipt]:
    """Return a merchant's receipts, the newest sale first, before (instant, receipt id); `on` is a local day."""
    since = FIRST
    if on is not None:  # a local day lies within a day of the same day in UTC
        midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
        since = midnight - timedelta(days=1) if midnight > FIRST else FIRST
        before = min(before, (min(midnight, LAST) + timedelta(days=2), ""))
    return await store.list_receipts(tx, merchant_id, before, since, store_id, on, with_superseded, limit)


async def day_totals(
    tx: Tx, merchant_id: str, first: date, last: date, store_id: str | None
) -> list[DayTotal]:
    """Return totals of live receipts by local day and store, both days included; at most `DAY_TOTALS_MAX` rows."""
    return await store.day_totals(tx, merchant_id, first, last, store_id, DAY_TOTALS_MAX)


async def coverage(
    tx: Tx, merchant_id: str | None, since: datetime, now: datetime, after: str, limit: int
) -> list[Coverage]:
    """Return which stores reported sales since `since`, how completely and how freshly; of one merchant, or of all (None)."""
    return await store.coverage(tx, merchant_id, since, now, after, limit)
