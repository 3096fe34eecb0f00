"""`fairday import`: read a merchant's files of places, products, stock and receipts; good rows are kept, bad ones told."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from fairday.app.postgres import found
from fairday.app.settings import Settings, SetUpError
from fairday.catalog.types import ImportFormat
from fairday.kernel import import_runs
from fairday.kernel.csv_rows import Encoding, ErrorList, ImportReport
from fairday.kernel.errors import Refusal
from fairday.kernel.import_runs import ImportKind
from fairday.kernel.tx import Database

if TYPE_CHECKING:
    from fairday.receipts.types import CleaningReport

# The domains are imported where a command runs: every other command starts without them.
Seen = Callable[[int], None]
Report = TypeVar("Report", bound=ImportReport)
Read = Callable[[Database, str, Seen, ErrorList], Awaitable[Report]]
"""Import for a merchant, telling how many rows were read so far and why rows were refused."""

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file to read.")]
Merchant = Annotated[
    str, typer.Option("--merchant", help="The merchant's id (mer_...) or external id.", metavar="ID")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Judge every row and keep nothing.")]
InEncoding = Annotated[
    str, typer.Option(help="utf-8, or gb18030 as Chinese Excel writes it.", metavar="utf-8|gb18030")
]
_COUNTED = 1 << 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    imports = typer.Typer(no_args_is_help=True, rich_markup_mode="rich", help=_HELP)
    imports.command(name="places")(import_places)
    imports.command(name="products")(import_products)
    imports.command(name="stock")(import_stock)
    imports.command(name="receipts")(import_receipts)
    app.add_typer(imports, name="import")


_HELP = (
    "Import a merchant's files: places first, then products, then stock, then receipts.\n\n"
    "Good rows are kept, each bad row is told with line, column and reason, and the same file again changes nothing."
    " Exit code 1 says that rows were refused. The columns stand in docs/imports.md."
)


def import_places(
    file: File, merchant: Merchant, dry_run: DryRun = False, encoding: InEncoding = "utf-8"
) -> None:
    """Import stores from CSV: external_id, name, region, latitude, longitude, and more if wanted.

    Example: [bold]fairday import places stores.csv --merchant lantern[/]
    """
    from fairday.places import service as places  # noqa: PLC0415 - loaded only by the command that needs it

    wanted = _encoding(encoding)

    async def read(database: Database, merchant_id: str, seen: Seen, errors: ErrorList) -> ImportReport:
        body = file.read_bytes()
        return await places.import_places(
            database, merchant_id, body, dry_run=dry_run, encoding=wanted, progress=seen, errors=errors
        )

    _import(file, merchant, "places", read)


def import_products(
    file: File,
    merchant: Merchant,
    fmt: Annotated[
        ImportFormat,
        typer.Option("--format", help="Our CSV, Shopify's product CSV, or a Google Merchant feed."),
    ] = ImportFormat.CSV,
    dry_run: DryRun = False,
) -> None:
    """Import products and SKUs from our CSV, a Shopify product CSV, or a Google Merchant feed (TSV or XML).

    Example: [bold]fairday import products products_export.csv --format shopify --merchant lantern[/]
    """
    from fairday.catalog import service as catalog  # noqa: PLC0415 - loaded only by the command that needs it

    async def read(database: Database, merchant_id: str, seen: Seen, errors: ErrorList) -> ImportReport:
        with file.open("rb") as stream:
            return await catalog.import_products(
                database, merchant_id, fmt, stream, dry_run=dry_run, progress=seen, errors=errors
            )

    _import(file, merchant, "products", read)


def import_stock(
    file: File, merchant: Merchant, dry_run: DryRun = False, encoding: InEncoding = "utf-8"
) -> None:
    """Import counted stock from CSV: the store, the SKU (own id or GTIN), and the pieces on hand.

    Example: [bold]fairday import stock count.csv --merchant lantern --dry-run[/]
    """
    from fairday.stock import imports as stock  # noqa: PLC0415 - loaded only by the command that needs it

    wanted = _encoding(encoding)

    async def read(database: Database, merchant_id: str, seen: Seen, errors: ErrorList) -> ImportReport:
        body = file.read_bytes()
        return await stock.import_stock(
            database, merchant_id, body, dry_run=dry_run, encoding=wanted, progress=seen, errors=errors
        )

    _import(file, merchant, "stock", read)


def import_receipts(
    file: File, merchant: Merchant, dry_run: DryRun = False, encoding: InEncoding = "utf-8"
) -> None:
    """Import till receipts from CSV, one line of a receipt a row, and show what was cleaned.

    Example: [bold]fairday import receipts november.csv --merchant lantern[/]
    """
    from fairday.receipts import imports as receipts  # noqa: PLC0415 - loaded only by the command that needs it

    wanted = _encoding(encoding)

    async def read(database: Database, merchant_id: str, seen: Seen, errors: ErrorList) -> "CleaningReport":
        body = file.read_bytes()
        return await receipts.import_receipts(
            database, merchant_id, body, dry_run=dry_run, encoding=wanted, progress=seen, errors=errors
        )

    _import(file, merchant, "receipts", read, _show_cleaning)


def _encoding(name: str) -> Encoding:
    if name == "utf-8":
        return "utf-8"
    if name == "gb18030":
        return "gb18030"
    raise typer.BadParameter("utf-8 or gb18030", param_hint="--encoding")


def _import(
    file: Path,
    merchant: str,
    kind: ImportKind,
    read: Read[Report],
    more: Callable[[Console, Report], None] = lambda console, report: None,
) -> None:
    """Run one import with a progress bar, show its report, and exit with 1 when rows were refused."""
    report = asyncio.run(_run(file, merchant, kind, read))
    console = Console()
    _show(console, file, report)
    more(console, report)
    if report.error_count:
        raise typer.Exit(1)


async def _run(file: Path, merchant: str, kind: ImportKind, read: Read[Report]) -> Report:
    database = await Database.connect(found(Settings.from_env()).database_url, size=2)
    try:
        merchant_id = await _merchant_id(database, merchant)
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            transient=True,
        ) as progress:
            task = progress.add_task(f"Reading {file.name}", total=count_lines(file))
            return await import_runs.keep(
                database,
                merchant_id,
                kind,
                lambda errors: read(
                    database, merchant_id, lambda rows: progress.update(task, completed=rows), errors
                ),
                file_name=file.name[:200],
            )
    except Refusal as refusal:
        raise SetUpError(f"{file.name} was not imported.", refusal.sentence("en")) from refusal
    finally:
        await database.close()


async def _merchant_id(database: Database, wanted: str) -> str:
    from fairday.identity import service as identity  # noqa: PLC0415 - loaded only by the command that needs it

    async with database.transaction(read_only=True) as (tx, _):
        if wanted in await identity.merchants(tx, [wanted]):
            return wanted
        merchant = await identity.merchant_by_external_id(tx, wanted)
    if merchant is None:
        raise SetUpError(
            f"There is no merchant {wanted!r}.",
            "Name it by its id (mer_...) or its external id, or add it first.",
        )
    return merchant.merchant_id


def count_lines(file: Path) -> int:
    """Return how many lines follow the first one: about the rows of a file, for the progress bar."""
    with file.open("rb") as stream:
        lines = sum(block.count(b"\n") for block in iter(lambda: stream.read(_COUNTED), b""))
    return max(1, lines - 1)


def _show(console: Console, file: Path, report: ImportReport) -> None:
    if report.errors:
        table = Table(
            "Line", "Column", "Code", "Reason", title=f"Refused rows of {file.name}", title_justify="left"
        )
        for error in report.errors:
            table.add_row(str(error.line), error.column or "-", error.code, error.reason_en)
        console.print(table)
        if report.error_count > len(report.errors):
            console.print(f"... and more: {report.error_count} rows were refused in all.")
    if report.ignored_columns:
        console.print(f"Not read: {', '.join(report.ignored_columns)}")
    kept = "Would be" if report.is_dry_run else "Are"
    console.print(
        f"{kept} new {report.created_count}, changed {report.updated_count}, as they were {report.unchanged_count},"
        f" refused {report.error_count}.",
        highlight=False,
    )


def _show_cleaning(console: Console, report: "CleaningReport") -> None:
    """Show what was found in receipts that were kept, and how their lines were matched to the catalogue."""
    if report.problems:
        table = Table(
            "Times", "Problem", "What it means", "First seen in line", title="Cleaning", title_justify="left"
        )
        for problem in report.problems:
            seen = ", ".join(str(example.line) for example in problem.examples)
            table.add_row(str(problem.count), f"{problem.code} ({problem.severity})", problem.reason_en, seen)
        console.print(table)
    matching = report.matching
    console.print(
        f"{report.row_count} rows make {report.receipt_count} receipts. Lines matched by GTIN {matching.by_gtin_count},"
        f" by your id {matching.by_sku_id_count}, by name {matching.by_name_count}, not at all {matching.unmatched_count}.",
        highlight=False,
    )
