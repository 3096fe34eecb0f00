"""Import product files: read a chunk, judge it against what is known, write it in a few set statements, commit, go on.

Guarantee: a row is taken whole or refused with line, column and reason; the same file again changes nothing; after a crash
the same file goes on where it stopped, because what was taken is found unchanged. Memory does not grow with the file
beyond the file itself and 32 bytes a row. See docs/algorithms/import.md.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import BinaryIO

import asyncpg

from fairday.catalog import feeds, import_store, rules
from fairday.catalog.errors import BadFeed
from fairday.catalog.events import PriceChanged, ProductsImported
from fairday.catalog.import_store import Known
from fairday.catalog.seen import SeenKeys
from fairday.catalog.types import ImportFormat, ProductImport, SkuImport, Status
from fairday.kernel import outbox
from fairday.kernel.csv_rows import ErrorList, ImportReport, RowError
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, RetryTransaction, Tx

CHUNK = 1000
_DEADLINE_S = 60.0
Progress = Callable[[int], None]
"""Called after each chunk with the number of rows and errors read since the beginning."""


class _Run:
    """Hold what one import remembers from chunk to chunk."""

    def __init__(self, merchant_id: str, errors: ErrorList, *, is_dry_run: bool) -> None:
        self.merchant_id = merchant_id
        self.is_dry_run = is_dry_run
        self.errors = errors
        self.skus = SeenKeys()
        self.products = SeenKeys()
        self.gtins = SeenKeys()
        self.created = self.updated = self.unchanged = 0


class _Taken:
    """Hold what was read of the file for one chunk; `count` rows and errors, none at the end of the file."""

    def __init__(self) -> None:
        self.rows: list[SkuImport] = []
        self.errors: list[RowError] = []
        self.count = 0


class _Plan:
    """Hold what a chunk will write. Made anew for each try, so that a retry begins clean."""

    def __init__(self) -> None:
        self.refused: list[RowError] = []
        self.products: dict[str, ProductImport] = {}
        self.new_products: list[tuple[str, ProductImport]] = []
        self.changed_products: list[tuple[str, ProductImport]] = []
        self.new_skus: list[tuple[str, str, SkuImport]] = []
        self.changed_skus: list[tuple[str, str, SkuImport]] = []
        self.prices: list[tuple[str, SkuImport, int]] = []
        self.unchanged = 0


async def import_products(
    database: Database,
    merchant_id: str,
    fmt: ImportFormat,
    stream: bytes | BinaryIO,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
    chunk: int = CHUNK,
    errors: ErrorList | None = None,
) -> ImportReport:
    """Import `stream` for a merchant, `chunk` rows a commit. A dry run judges every row and writes nothing.
    `errors` takes the reasons of refused rows.

    Raises: BadFeed and the refusals of csv_rows when the file cannot be read; Busy when the database stays away, with the
    chunks before it kept: send the same file again.
    """
    body = stream if isinstance(stream, bytes) else await asyncio.to_thread(stream.read)
    feed = await asyncio.to_thread(feeds.read, fmt, body)
    run = _Run(merchant_id, errors if errors is not None else ErrorList(), is_dry_run=dry_run)
    import_id, rows, read = new_id("imp"), iter(feed), 0
    # Chunks are parsed in a thread, so that other requests of this process go on, and one ahead of the database.
    taken = await asyncio.to_thread(_take, run, rows, chunk, True)
    while taken.count:
        ahead = asyncio.create_task(asyncio.to_thread(_take, run, rows, chunk, False))
        try:
            for error in taken.errors:
                run.errors.add(error)
            if taken.rows:
                await _settle(database, run, taken.rows)
            read += taken.count
            if progress:
                progress(read)
        finally:
            taken = await ahead
    report = ImportReport(
        import_id=import_id,
        created_count=run.created,
        updated_count=run.updated,
        unchanged_count=run.unchanged,
        error_count=run.errors.count,
        errors=sorted(run.errors.shown, key=lambda error: error.line),
        is_dry_run=dry_run,
        ignored_columns=feed.ignored_columns,
    )
    if not dry_run and run.created + run.updated:
        await _announce(database, merchant_id, report)
    return report


def _take(run: _Run, rows: Iterator[SkuImport | RowError], chunk: int, is_first: bool) -> _Taken:
    """Take the next `chunk` rows; repeated external ids are errors. Raises: BadFeed only when nothing was read before."""
    taken = _Taken()
    try:
        for row in islice(rows, chunk):
            taken.count += 1
            if isinstance(row, RowError):
                taken.errors.append(row)
            elif run.skus.add(row.external_id):
                taken.rows.append(row)
            else:
                taken.errors.append(_repeated(row))
    except BadFeed as bad:
        if is_first and taken.count == 0:
            raise
        taken.count += 1
        taken.errors.append(RowError(0, "", bad.code, bad.sentence("en"), bad.sentence("zh")))
    return taken


async def _settle(database: Database, run: _Run, rows: Sequence[SkuImport]) -> None:
    async def work(tx: Tx, now: datetime) -> _Plan:
        await import_store.plan_for_growth(tx)
        plan = await _judge(tx, run, rows)
        if not run.is_dry_run:
            try:
                await _write(tx, run.merchant_id, plan, now)
            except asyncpg.UniqueViolationError:  # another import took a GTIN after it was looked up
                raise RetryTransaction from None
        return plan

    plan = await database.run(work, deadline_s=_DEADLINE_S)
    for error in plan.refused:
        run.errors.add(error)
    for external_id in plan.products:
        run.products.add(external_id)
    run.created += len(plan.new_skus)
    run.updated += len(plan.changed_skus)
    run.unchanged += plan.unchanged


async def _judge(tx: Tx, run: _Run, rows: Sequence[SkuImport]) -> _Plan:
    """Compare a chunk with what is known and decide what to refuse, make, change or leave."""
    plan = _Plan()
    known_skus = await import_store.known_skus(tx, run.merchant_id, [row.external_id for row in rows])
    product_keys = list(dict.fromkeys(row.product.external_id for row in rows))
    known_products = await import_store.known_products(tx, run.merchant_id, product_keys)
    holders = await _gtin_holders(tx, run, rows, known_skus)
    product_ids = {key: product_id for key, (product_id, _) in known_products.items()}
    for row in rows:
        known = known_skus.get(row.external_id)
        error = _refusal(run, row, known, holders)
        if error is not None:
            plan.refused.append(error)
            continue
        is_product_changed = _judge_product(run, plan, row.product, known_products, product_ids)
        product_id = product_ids[row.product.external_id]
        if known is None:
            plan.new_skus.append((new_id("sku"), product_id, row))
        elif known.differs(row, product_id):
            plan.changed_skus.append((known.sku_id, product_id, row))
            if known.price_minor != row.price_minor:
                plan.prices.append((known.sku_id, row, known.price_minor))
        elif is_product_changed:
            plan.changed_skus.append((known.sku_id, product_id, row))
        else:
            plan.unchanged += 1
    return plan


def _judge_product(
    run: _Run,
    plan: _Plan,
    product: ProductImport,
    known: dict[str, tuple[str, ProductImport]],
    product_ids: dict[str, str],
) -> bool:
    """Decide about the product of a good row; only its first good row in the file speaks for it."""
    key = product.external_id
    if key in plan.products or key in run.products:
        if key not in product_ids:  # a dry run wrote nothing in the chunk before
            product_ids[key] = "pro_dry"
        return False
    plan.products[key] = product
    if key not in known:
        product_ids[key] = new_id("pro")
        plan.new_products.append((product_ids[key], product))
        return False
    product_id, stored = known[key]
    if stored == product:
        return False
    plan.changed_products.append((product_id, product))
    return True


async def _gtin_holders(
    tx: Tx, run: _Run, rows: Sequence[SkuImport], known: dict[str, Known]
) -> dict[str, str]:
    """Return who holds each GTIN that a row brings anew: 14 digits to external id."""
    fresh = [
        rules.gtin14(row.gtin)
        for row in rows
        if row.gtin is not None
        and (row.external_id not in known or not known[row.external_id].holds(row.gtin))
    ]
    return await import_store.gtin_holders(tx, run.merchant_id, fresh) if fresh else {}


def _refusal(run: _Run, row: SkuImport, known: Known | None, holders: dict[str, str]) -> RowError | None:
    if row.gtin is not None and row.status != Status.ARCHIVED:
        full = rules.gtin14(row.gtin)
        holder = holders.setdefault(full, row.external_id)
        # A dry run writes nothing that a later chunk could find, so it remembers.
        is_repeated = run.is_dry_run and not run.gtins.add(full)
        if holder != row.external_id or is_repeated:
            return _error(row, "gtin", "gtin_taken", f"Another of your SKUs ({holder}) has this GTIN.", f"您的另一商品（{holder}）已使用该条码。")  # fmt: skip
    if known is None:
        return None
    if known.currency != row.currency and known.price_minor > 0:
        return _error(row, "currency", "currency_differs", f"This SKU is priced in {known.currency}; make a new SKU for another currency.",
                      f"该商品以 {known.currency} 计价，其他币种请新建商品。")  # fmt: skip
    if not row.is_price_confirmed and rules.is_typo(row.price_minor, known.price_minor):
        return _error(row, "price", "price_far_below", "The price is under 20 % of the last one. If it is right, write true into confirm_price.",
                      "价格不到原价的 20%，如确认无误请在 confirm_price 列填写 true。")  # fmt: skip
    return None


async def _write(tx: Tx, merchant_id: str, plan: _Plan, now: datetime) -> None:
    if plan.new_products:
        await import_store.insert_products(tx, merchant_id, plan.new_products, now)
    if plan.changed_products:
        await import_store.update_products(tx, plan.changed_products, now)
    if plan.new_skus:
        await import_store.insert_skus(tx, merchant_id, plan.new_skus, now)
    if plan.changed_skus:
        await import_store.update_skus(tx, plan.changed_skus, now)
    if plan.prices:
        await import_store.insert_price_changes(
            tx, [(sku_id, None, before, row.price_minor) for sku_id, row, before in plan.prices], now
        )
        events = [
            PriceChanged(
                sku_id=sku_id,
                merchant_id=merchant_id,
                currency=row.currency,
                price_minor_before=before,
                price_minor_after=row.price_minor,
            )
            for sku_id, row, before in plan.prices
        ]
        await outbox.publish(tx, events, now)


async def _announce(database: Database, merchant_id: str, report: ImportReport) -> None:
    counts = {name: getattr(report, name) for name in ("created_count", "updated_count", "unchanged_count", "error_count")}  # fmt: skip
    event = ProductsImported(import_id=report.import_id, merchant_id=merchant_id, **counts)

    async def work(tx: Tx, now: datetime) -> None:
        await outbox.publish(tx, [event], now)

    await database.run(work)


def _repeated(row: SkuImport) -> RowError:
    return _error(row, "external_id", "repeated", f"{row.external_id} stands earlier in this file; only the first row was read.",
                  f"{row.external_id} 在本文件前面已出现，仅读取第一行。")  # fmt: skip


def _error(row: SkuImport, column: str, code: str, en: str, zh: str) -> RowError:
    return RowError(row.line, column, code, en, zh)


__all__ = ["ImportReport", "Progress", "import_products"]
