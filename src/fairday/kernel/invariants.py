"""State what must always hold, as queries that return the rows which break it; `fairday check` runs them all.

Each invariant carries the SQL that seeds a violation, so that a test can show that it is able to turn red.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from fairday.kernel.tx import Database


class Invariant(msgspec.Struct, frozen=True):
    """Hold one promise: its number, its sentence, the query of its violations and a seeded violation.

    `violate` may hold several statements and may drop a constraint first; it runs only in tests and is rolled back.
    """

    number: str
    promise: str
    query: str
    violate: str


class Finding(msgspec.Struct, frozen=True):
    """Tell that an invariant is broken, with its first rows."""

    invariant: Invariant
    rows: list[dict[str, Any]]


KERNEL = [
    Invariant(
        "I58",
        "an idempotency key has one answer with a body hash of 16 bytes",
        "SELECT digest FROM kernel.idempotency WHERE length(body_hash) <> 16 OR status NOT BETWEEN 200 AND 299",
        "INSERT INTO kernel.idempotency VALUES (decode(repeat('ab', 16), 'hex'), '\\x00', 500, '', clock_timestamp())",
    ),
    Invariant(
        "I56",
        "no cursor stands beyond the end of the log",
        "SELECT consumer FROM kernel.cursor WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())",
        "INSERT INTO kernel.cursor VALUES ('ahead', '9000000000000000000', 0)",
    ),
    Invariant(
        "I53",
        "no event is parked without someone looking at it",
        "SELECT consumer, event_id, error FROM kernel.parked_event",
        "INSERT INTO kernel.parked_event VALUES ('c', '1', 1, 'evt_1', 'boom')",
    ),
]


async def check(database: Database, invariants: Iterable[Invariant]) -> list[Finding]:
    """Run every invariant in one snapshot and return those that are broken, with at most five rows each."""
    findings = []
    async with (
        database.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        # A check reads whole tables: the batch pool's nested loops and short timeouts do not suit it.
        await connection.execute("SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on")
        await connection.execute("SET LOCAL statement_timeout = '300s'")
        for invariant in invariants:
            query = f"SELECT * FROM ({invariant.query}) AS violations LIMIT 5"  # noqa: S608 - our own text
            rows = await connection.fetch(query, timeout=300)
            if rows:
                findings.append(Finding(invariant, [dict(row) for row in rows]))
    return findings
