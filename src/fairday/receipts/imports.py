"""Read a file of receipts: rows into receipts, receipts into small transactions, problems into a cleaning report.

Columns: receipt_external_id, store_external_id, till, happened_at, line_no, quantity, line_total must be there; gtin,
sku_external_id, name (one of the three per line), unit, currency, corrects_receipt_external_id may be.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from fairday.kernel import csv_rows, outbox
from fairday.kernel.csv_rows import ErrorList, Row, RowError
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from fairday.places import service as places
from fairday.places.types import Store
from fairday.receipts import rules, store
from fairday.receipts.events import Imported
from fairday.receipts.judging import Counts, Judged, Key
from fairday.receipts.matching import Matcher
from fairday.receipts.problems import Problems
from fairday.receipts.rules import Draft, Gathering
from fairday.receipts.types import CleaningReport, Match, Matching

ROWS_MAX = 500_000
ROWS_CHUNK = 5000
CHUNK = 1000
TOTALS_MAX = 5000


class _DryRun(Exception):
    """Roll a chunk back after it was counted."""


async def import_receipts(
    database: Database,
    merchant_id: str,
    body: bytes,
    *,
    dry_run: bool = False,
    encoding: csv_rows.Encoding = "utf-8",
    progress: Callable[[int], None] | None = None,
    errors: ErrorList | None = None,
) -> CleaningReport:
    """Import a CSV file of a merchant's till receipts and return its cleaning report.

    Receipts are taken in transactions of `CHUNK`; the same file again changes nothing. `dry_run` keeps nothing.
    `progress` hears how many rows were read; `errors` takes the reasons of refused rows.
    Raises: what `csv_rows.read` raises.
    """
    import_id = new_id("imp")
    problems = Problems(errors)
    rows = await asyncio.to_thread(csv_rows.read, body, rules.COLUMNS, rows_max=ROWS_MAX, encoding=encoding)
    async with database.transaction(read_only=True) as (_, started_at):
        pass
    gathering = Gathering(problems, started_at)
    await _gather(database, merchant_id, rows, gathering, problems, progress)
    drafts = await asyncio.to_thread(rules.in_order, gathering.drafts)
    matches = await _match(database, merchant_id, drafts, problems)
    told = await asyncio.to_thread(_judge_whole, drafts, problems, started_at)
    counts, seen = Counts(), set[Key]()
    for start in range(0, len(drafts), CHUNK):
        chunk = drafts[start : start + CHUNK]
        mine = {draft.key: told[draft.key] for draft in chunk if draft.key in told}
        counts.add(await _take(database, merchant_id, import_id, chunk, mine, seen, problems, dry_run))
        seen.update(draft.key for draft in chunk)
    counted = rules.not_corrected(drafts)
    report = CleaningReport(
        import_id=import_id,
        merchant_id=merchant_id,
        recorded_at=started_at,
        row_count=rows.row_count,
        receipt_count=len(drafts),
        created_count=counts.created,
        updated_count=counts.updated,
        unchanged_count=counts.unchanged,
        corrected_count=counts.corrected,
        error_count=problems.errors.count,
        problems=problems.listed(),
        matching=Matching(*(matches[one] for one in (Match.GTIN, Match.SKU_ID, Match.NAME, Match.NONE))),
        totals=rules.day_totals(counted)[:TOTALS_MAX],
        coverage=rules.coverage(counted, started_at),
        errors=problems.errors.shown,
        is_dry_run=dry_run,
        ignored_columns=rows.ignored_columns,
    )
    if not dry_run:
        async with database.transaction() as (tx, _):
            await store.insert_run(tx, report)
    return report


async def _gather(
    database: Database,
    merchant_id: str,
    rows: csv_rows.Rows,
    gathering: Gathering,
    problems: Problems,
    progress: Callable[[int], None] | None,
) -> None:
    """Read all rows into receipts, a part at a time, so that only receipts are held and not the rows."""
    items = iter(rows)
    stores: dict[str, Store] = {}
    asked: set[str] = set()
    while (part := await asyncio.to_thread(_part, items, problems)) is not None:
        unknown = sorted({row.values["store_external_id"] for row in part} - asked)
        if unknown:
            asked.update(unknown)
            async with database.transaction(read_only=True) as (tx, _):
                ids = await places.store_ids(tx, merchant_id, unknown)
                found = await places.stores(tx, list(ids.values()))
            stores |= {external_id: found[store_id] for external_id, store_id in ids.items()}
        await asyncio.to_thread(_add_all, gathering, part, stores)
        if progress is not None:
            progress(rows.row_count)


def _part(items: Iterator[Row | RowError], problems: Problems) -> list[Row] | None:
    """Read the next rows; None at the end of the file."""
    taken = list(islice(items, ROWS_CHUNK))
    if not taken:
        return None
    for item in taken:
        if isinstance(item, RowError):
            problems.add_row_error(item)
    return [item for item in taken if isinstance(item, Row)]


def _add_all(gathering: Gathering, rows: Sequence[Row], stores: dict[str, Store]) -> None:
    for row in rows:
        gathering.add(row, stores)


def _judge_whole(drafts: Sequence[Draft], problems: Problems, now: datetime) -> dict[Key, str]:
    """Count what only whole receipts show; return the file's own twins."""
    for draft in drafts:
        if draft.is_incomplete:
            problems.add("incomplete_receipt", draft.line, "line_no", draft.external_id)
        if now - draft.happened_at > rules.LATE:
            problems.add("late", draft.line, "happened_at", draft.happened_at.isoformat())
    return rules.twins(drafts)


async def _match(
    database: Database, merchant_id: str, drafts: Sequence[Draft], problems: Problems
) -> Counter[Match]:
    """Match all lines to the catalogue; lines are replaced in their drafts. Return how they were matched."""
    matcher = Matcher(merchant_id)

    async def learn(tx: Tx, now: datetime) -> None:
        await matcher.learn(tx, (line for draft in drafts for line in draft.lines.values()))

    def match() -> Counter[Match]:
        matches = Counter[Match]()
        for draft in drafts:
            for number, line in draft.lines.items():
                matched = draft.lines[number] = matcher.match(line)
                matches[matched.match] += 1
                if matched.match is Match.NONE:
                    name = line.name or line.gtin or line.sku_external_id
                    problems.add("unmatched", draft.line, "name", name)
        return matches

    await database.run(learn)
    return await asyncio.to_thread(match)


async def _take(
    database: Database,
    merchant_id: str,
    import_id: str,
    chunk: Sequence[Draft],
    told: dict[Key, str],
    seen: set[Key],
    problems: Problems,
    dry_run: bool,
) -> Counts:
    """Judge and keep a chunk in one transaction; return what became of it."""
    judged = Judged(seen)

    async def work(tx: Tx, now: datetime) -> None:
        nonlocal judged
        judged = Judged(seen)
        await store.lock(tx, merchant_id)
        await judged.judge(tx, chunk, told)
        if judged.superseded:
            await store.supersede(tx, list(judged.superseded.items()))
        if judged.fresh:
            await store.insert_receipts(tx, judged.rows, merchant_id, import_id, now)
            await store.insert_lines(tx, judged.lines)
            event = Imported(
                import_id=import_id,
                merchant_id=merchant_id,
                created_count=judged.counts.created,
                updated_count=judged.counts.updated,
            )
            await outbox.publish(tx, [event], now)
        if dry_run:
            raise _DryRun

    with contextlib.suppress(_DryRun):
        await database.run(work)
    for code, draft, value in judged.warnings:
        problems.add(code, draft.line, "receipt_external_id", value)
    return judged.counts
