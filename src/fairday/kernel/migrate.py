"""Apply the numbered SQL files of `migrations/` forward, once each, in order, one transaction a file.

A file that was changed after it ran is refused by its checksum. An advisory lock lets one process migrate while
others wait. See docs/adr for why this is forty lines of ours and not a migration framework.
"""

import hashlib
from importlib.resources import files
from pathlib import Path

import asyncpg

_LOCK = 7_211_111


def folder() -> Path:
    """Return the folder of migrations: the checkout's, or the one shipped in the wheel."""
    shipped = Path(str(files("fairday").joinpath("migrations")))
    return shipped if shipped.is_dir() else Path(__file__).resolve().parents[3] / "migrations"


async def migrate(url: str) -> list[str]:
    """Bring the database at `url` to the newest schema and return the names of the files applied now.

    Raises: RuntimeError when a file that already ran has changed since.
    """
    connection = await asyncpg.connect(url)
    applied: list[str] = []
    try:
        await connection.execute(f"SELECT pg_advisory_lock({_LOCK})")
        await connection.execute("CREATE SCHEMA IF NOT EXISTS kernel")
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS kernel.migration (name text PRIMARY KEY, sha256 text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"
        )
        done = {
            row["name"]: row["sha256"] for row in await connection.fetch("SELECT * FROM kernel.migration")
        }
        for path in sorted(folder().glob("*.sql")):
            text = path.read_text(encoding="utf-8")
            sha256 = hashlib.sha256(text.encode()).hexdigest()
            if path.name in done:
                if done[path.name] != sha256:
                    raise RuntimeError(
                        f"{path.name} changed after it was applied: add a new migration instead"
                    )
                continue
            async with connection.transaction():
                await connection.execute(text)
                await connection.execute("INSERT INTO kernel.migration VALUES ($1, $2)", path.name, sha256)
            applied.append(path.name)
    finally:
        await connection.close()
    return applied
