"""`fairday check`: hold every invariant against the database and say which are broken."""

import asyncio
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from fairday.app.checks import all_invariants
from fairday.app.postgres import found
from fairday.app.settings import Settings
from fairday.audit import anchors
from fairday.kernel import audit
from fairday.kernel.invariants import Finding, Invariant, check
from fairday.kernel.tx import Database


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(name="check")
    def command(
        json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    ) -> None:
        """Check that every invariant holds, in one snapshot of the database; exit 1 when one is broken.

        Safe at any time, also while the festival runs.

        Example: [bold]fairday check[/]
        """
        findings, count = asyncio.run(_run())
        if json:
            broken = [
                {"number": f.invariant.number, "promise": f.invariant.promise, "rows": f.rows}
                for f in findings
            ]
            print(msgspec.json.encode({"checked": count, "broken": broken}, enc_hook=str).decode())
        else:
            _show(findings, count)
        if findings:
            raise typer.Exit(1)


async def _run() -> tuple[list[Finding], int]:
    database = await Database.connect(found(Settings.from_env()).database_url, size=1)
    try:
        invariants = all_invariants()
        findings = await check(database, track(invariants, "Checking", transient=True))
        return [*findings, *await _against_anchors(database)], len(invariants) + 1
    finally:
        await database.close()


_ANCHORED = Invariant(
    "I64", "the audit chain still holds every head that was written outside the database", "", ""
)


async def _against_anchors(database: Database) -> list[Finding]:
    """Hold the chain against its heads kept in the data folder: that shows an end cut off, and a chain computed anew."""
    async with database.transaction(read_only=True) as (tx, _):
        kept = anchors.read(Settings.from_env().home, await audit.chain_id(tx))
        numbers = await audit.rewritten(tx, kept)
    return [Finding(_ANCHORED, [{"number": number} for number in numbers[:5]])] if numbers else []


def _show(findings: list[Finding], count: int) -> None:
    console = Console()
    if not findings:
        console.print(f"[green]All {count} invariants hold.[/]")
        return
    table = Table(
        "No.",
        "Promise",
        "First row that breaks it",
        title=f"{len(findings)} of {count} invariants are broken",
    )
    for finding in findings:
        table.add_row(finding.invariant.number, finding.invariant.promise, str(finding.rows[0]))
    console.print(table)
