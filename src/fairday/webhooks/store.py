"""Run the queries of `store.sql`, one thin function each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.webhooks.types import Attempt, Delivery, Due, Endpoint, EndpointDraft, Letter, Verdict

sql = Queries("fairday.webhooks")


def _endpoint(row: Any) -> Endpoint:
    return msgspec.convert(dict(row), Endpoint)


async def insert_endpoint(
    tx: Tx,
    endpoint_id: str,
    merchant_id: str | None,
    draft: EndpointDraft,
    secret: str,
    endpoints_max: int,
    now: datetime,
) -> Endpoint | None:
    """Insert an endpoint, or return None when its owner has `endpoints_max`."""
    types = sorted(set(draft.event_types))
    row = await tx.fetchrow(
        sql.insert_endpoint,
        endpoint_id,
        merchant_id,
        draft.url,
        draft.description,
        types,
        secret,
        now,
        endpoints_max,
    )
    return _endpoint(row) if row else None


async def find_endpoint(tx: Tx, endpoint_id: str, merchant_id: str | None) -> Endpoint | None:
    """Return a live endpoint that `merchant_id` (None: an operator) may see."""
    row = await tx.fetchrow(sql.find_endpoint, endpoint_id, merchant_id)
    return _endpoint(row) if row else None


async def list_endpoints(tx: Tx, merchant_id: str | None, after: str, limit: int) -> list[Endpoint]:
    """Return at most `limit` live endpoints after the id `after`."""
    return [_endpoint(row) for row in await tx.fetch(sql.list_endpoints, merchant_id, after, limit)]


async def delete_endpoint(tx: Tx, endpoint_id: str) -> None:
    """Mark an endpoint deleted and cancel what waits for it."""
    if await tx.fetchval(sql.delete_endpoint, endpoint_id):
        await tx.execute(sql.cancel_pending, endpoint_id)


async def cancel_pending(tx: Tx, endpoint_id: str) -> None:
    """Cancel what waits for an endpoint."""
    await tx.execute(sql.cancel_pending, endpoint_id)


async def rotate_secret(tx: Tx, endpoint_id: str, secret: str, overlap: timedelta) -> Endpoint:
    """Set a new secret; the old one signs beside it for `overlap`."""
    return _endpoint(await tx.fetchrow(sql.rotate_secret, endpoint_id, secret, overlap))


async def list_deliveries(
    tx: Tx, endpoint_id: str, before: int, status: str | None, limit: int
) -> list[Delivery]:
    """Return deliveries with a sequence below `before`, newest first."""
    rows = await tx.fetch(sql.list_deliveries, endpoint_id, before, status, limit)
    return [msgspec.convert(dict(row), Delivery) for row in rows]


async def replay(
    tx: Tx, endpoint_id: str, sequences: Sequence[int], start: int | None, only_dead: bool, term: timedelta
) -> int:
    """Make settled deliveries wait again and return how many."""
    rows = await tx.fetch(sql.replay_deliveries, endpoint_id, list(sequences), start, only_dead, term)
    await tx.execute(sql.wake_endpoint, endpoint_id)
    return len(rows)


async def active_endpoints(tx: Tx) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """Return (endpoint, merchant or None, patterns) of all that listen."""
    rows = await tx.fetch(sql.active_endpoints)
    return [(row["endpoint_id"], row["merchant_id"], tuple(row["event_types"])) for row in rows]


async def take_sequences(tx: Tx, counts: dict[str, int]) -> dict[str, int]:
    """Take a run of places per endpoint and return the place before each run; endpoints gone meanwhile are absent."""
    keys = sorted(counts)
    rows = await tx.fetch(sql.take_sequences, keys, [counts[key] for key in keys])
    return {row["endpoint_id"]: row["before"] for row in rows}


async def insert_messages(tx: Tx, rows: Sequence[tuple[str, str, str, str]]) -> None:
    """Insert (event id, audience, type, body)."""
    await tx.execute(sql.insert_messages, *(list(column) for column in zip(*rows, strict=True)))


async def insert_deliveries(tx: Tx, rows: Sequence[tuple[str, int, str, str, str]], term: timedelta) -> None:
    """Insert (endpoint, sequence, event id, audience, type); each gives up after `term`."""
    await tx.execute(sql.insert_deliveries, *(list(column) for column in zip(*rows, strict=True)), term)


async def lease_due(tx: Tx, lease: str, length: timedelta, *, is_failing: bool, limit: int) -> list[Due]:
    """Lease at most `limit` endpoints that have something to send now."""
    rows = await tx.fetch(sql.lease_due, lease, length, is_failing, limit)
    return [
        Due(
            row["endpoint_id"],
            row["url"],
            tuple(secret for secret in (row["secret"], row["previous_secret"]) if secret),
            row["failures"],
        )
        for row in rows
    ]


async def next_letters(tx: Tx, endpoint_id: str, limit: int) -> list[Letter]:
    """Return the next messages of an endpoint in order."""
    rows = await tx.fetch(sql.next_letters, endpoint_id, limit)
    return [Letter(row["sequence"], row["event_id"], row["body"], row["gives_up_at"]) for row in rows]


async def record_attempts(
    tx: Tx,
    endpoint_id: str,
    lease: str,
    results: Sequence[tuple[int, Attempt, Verdict]],
    keep: timedelta | None,
) -> int:
    """Record `results` in order if the lease is still ours and return how many; `keep` renews the lease, None ends it."""
    last = results[-1][2]
    rows = await tx.fetch(
        sql.record_attempts,
        endpoint_id,
        lease,
        last.failures,
        keep,
        last.pause,
        last.is_gone,
        [sequence for sequence, _, _ in results],
        [verdict.status.value for _, _, verdict in results],
        [attempt.status for _, attempt, _ in results],
        [attempt.error[:300] if attempt.error else None for _, attempt, _ in results],
        [attempt.took_ms for _, attempt, _ in results],
    )
    return len(rows)


async def give_back(tx: Tx, endpoint_id: str, lease: str) -> None:
    """End a lease without a result."""
    await tx.execute(sql.give_back, endpoint_id, lease)


async def bury_late(tx: Tx, endpoint_id: str) -> int:
    """Mark all that waited past their term dead and return how many."""
    return len(await tx.fetch(sql.bury_late, endpoint_id))


async def sweep(tx: Tx, age: timedelta) -> None:
    """Delete settled deliveries and unneeded messages older than `age`."""
    await tx.execute(sql.sweep_deliveries, age)
    await tx.execute(sql.sweep_messages, age)
