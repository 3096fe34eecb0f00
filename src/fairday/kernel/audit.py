"""Keep who did what among the staff: one row in the transaction of the deed, sealed into a hash chain afterwards.

Guarantee: a staff write that committed has exactly one row, one that was refused or replayed has none. Rows are never
changed or deleted (triggers), and where a superuser goes around the triggers, the chain names the row. The chain is laid
by one sealer at a time over rows that no transaction can come before any more, so no deed waits for another. Members'
lanes are not in it: what they do stands in the event log. Source: I64, X36.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.ids import new_id
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.kernel", "audit.sql")
STAFF = frozenset({Role.OPERATOR, Role.MERCHANT, Role.CLERK})
GENESIS = hashlib.sha256(b"fairday audit v1").digest()
"""What the first link follows."""
Changes = Mapping[str, tuple[Any, Any]]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a row as read back; `number` is its place in the chain, None until it is sealed."""

    xid: str
    id: int
    audit_id: str
    happened_at: datetime
    recorded_at: datetime
    account_id: str
    name: str
    role: str
    session_id: str
    is_key: bool
    merchant_id: str | None
    method: str
    route: str
    path: str
    target_id: str
    status: int
    request_digest: bytes
    changes: dict[str, Any] | None
    number: int | None


class Head(msgspec.Struct, frozen=True):
    """Hold the last link of the chain, with the place of its row in the log."""

    number: int
    hash: bytes
    sealed_at: datetime | None = None
    xid: str = "0"
    id: int = 0


class Fault(msgspec.Struct, frozen=True):
    """Name a row that was `changed`, `deleted` or `inserted`, or a `gap` in the numbers of the chain."""

    number: int | None
    audit_id: str | None
    fault: str


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Filter rows; None is any. `route` is a part of the route's pattern; times are half-open, of the festival clock."""

    merchant_id: str | None = None
    account_id: str | None = None
    role: str | None = None
    target_id: str | None = None
    route: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_key: bool | None = None


async def append(
    tx: Tx,
    who: Principal,
    *,
    method: str,
    route: str,
    path: Mapping[str, str],
    body: bytes,
    status: int,
    result: Any,
    changes: Changes | None,
    now: datetime,
) -> None:
    """Write the row of a deed beside the deed. The body is kept as its SHA-256 only: it may hold secrets.

    Whom it concerns is the merchant that the answer names, else that of who did it. What it is about is the first id of
    the path, else the id of what was made.
    """
    about = getattr(result, "merchant_id", None) or who.merchant_id
    await tx.execute(
        sql.append_audit,
        new_id("aud"),
        now,
        who.account_id,
        who.name,
        who.role.value,
        who.session_id,
        who.scopes is not None,
        about,
        method,
        route,
        route.format_map(path),
        next(iter(path.values()), None) or _made(result),
        status,
        hashlib.sha256(body).digest(),
        None if changes is None else {name: list(pair) for name, pair in changes.items()},
    )


def _made(result: Any) -> str:
    """Return the id of what an answer holds: types begin with their id."""
    first = next(iter(getattr(result, "__struct_fields__", ())), "")
    value = getattr(result, first) if first.endswith("_id") else ""
    return value if isinstance(value, str) else ""


async def seal(tx: Tx, limit: int = 1000) -> int:
    """Lay the chain over the next rows at most `limit` and return how many; 0 also while another process does it."""
    if not await tx.fetchval(sql.try_sealing):
        return 0
    last = await head(tx)
    rows = await tx.fetch(sql.rows_to_seal, last.xid, last.id, limit)
    hashes, before = [], last.hash
    for row in rows:
        before = hashlib.sha256(before + row["text"].encode()).digest()
        hashes.append(before)
    if rows:
        numbers = list(range(last.number + 1, last.number + 1 + len(rows)))
        await tx.execute(
            sql.insert_seals, numbers, [row["xid"] for row in rows], [row["id"] for row in rows], hashes
        )
    return len(rows)


async def head(tx: Tx) -> Head:
    """Return the last link; number 0 with the genesis before the first row is sealed."""
    row = await tx.fetchrow(sql.chain_head)
    return Head(0, GENESIS) if row is None else msgspec.convert(dict(row), Head)


async def chain_id(tx: Tx) -> str:
    """Return the name of this database's chain: heads of another one say nothing about it."""
    name: str = await tx.fetchval(sql.chain_id)
    return name


async def unsealed(tx: Tx, last: Head) -> tuple[int, datetime | None]:
    """Return how many rows wait behind `last`, and when the oldest of them was recorded."""
    row = await tx.fetchrow(sql.unsealed, last.xid, last.id)
    return (row["count"], row["oldest_at"]) if row is not None else (0, None)


async def faults(tx: Tx, from_number: int = 1) -> list[Fault]:
    """Return what is wrong with the chain from a number on, at most 20 faults; from 1 it is checked whole."""
    return [msgspec.convert(dict(row), Fault) for row in await tx.fetch(sql.faults_after, from_number)]


async def page(tx: Tx, wanted: Wanted, before: tuple[str, int] | None, limit: int) -> list[Row]:
    """Return rows, the newest first, before the place given."""
    rows = await tx.fetch(
        sql.audit_page,
        wanted.merchant_id,
        wanted.account_id,
        wanted.role,
        wanted.target_id,
        wanted.route,
        wanted.since,
        wanted.until,
        before[0] if before else None,
        before[1] if before else 0,
        wanted.is_key,
        limit,
    )
    return [msgspec.convert(dict(row), Row) for row in rows]


async def rewritten(tx: Tx, anchors: Sequence[tuple[int, bytes]]) -> list[int]:
    """Return the numbers at which the chain is not what it was when its head was anchored outside the database."""
    rows = await tx.fetch(sql.seals_at, [number for number, _ in anchors])
    kept = {row["number"]: row["hash"] for row in rows}
    return sorted({number for number, digest in anchors if kept.get(number) != digest})
