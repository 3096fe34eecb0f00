"""`fairday export`: leave with all data: one CSV a table, with a manifest of rows and hashes."""

import asyncio
import hashlib
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.progress import track

from fairday.app.postgres import found
from fairday.app.settings import Settings
from fairday.kernel.tx import Database

_TABLES = """
SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2
"""
_SECRET = {
    ("identity", "session"),
    ("identity", "challenge"),
    ("identity", "payment_pin"),
    ("kernel", "idempotency"),
}
"""Left out: they are good for nothing elsewhere and dangerous in a file (a million PINs are tried in hours)."""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(name="export")
    def command(
        folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    ) -> None:
        """Write every table as CSV with a manifest (rows, SHA-256), all of one instant.

        Sessions, payment PINs and stored answers are left out.

        Example: [bold]fairday export /backup/fairday-2026-11-12[/]
        """
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise typer.BadParameter(f"{folder} is not empty; name a new folder")
        tables = asyncio.run(write_tables(found(Settings.from_env()).database_url, folder))
        print(f"Wrote {len(tables)} tables to {folder}; manifest.json names rows and hashes.")


async def write_tables(url: str, folder: Path) -> list[dict[str, Any]]:
    """Write each table of the database at `url` into `folder` from one snapshot and return the manifest's rows."""
    database = await Database.connect(url, size=1, statement_timeout_s=3600)
    manifest = []
    try:
        async with (
            database.pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            tables = [
                row for row in await connection.fetch(_TABLES) if (row["schema"], row["name"]) not in _SECRET
            ]
            for table in track(tables, "Writing", transient=True):
                path = folder / f"{table['schema']}.{table['name']}.csv"
                status = await connection.copy_from_table(
                    table["name"],
                    schema_name=table["schema"],
                    output=path,
                    format="csv",
                    header=True,
                    timeout=3600,
                )
                with path.open("rb") as written:
                    sha256 = hashlib.file_digest(written, "sha256").hexdigest()
                manifest.append({"file": path.name, "rows": int(status.split()[-1]), "sha256": sha256})
    finally:
        await database.close()
    (folder / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    return manifest
