"""Run the queries of devices' logs: heads, records, uses, branches, breaks as they are booked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from fairday.kernel.tx import Tx
from fairday.offline.log_types import LogRecord, RecordKind, RecordResult, UseResult
from fairday.offline.store import sql

_BREAK = (
    "break_id", "device_id", "seq", "place", "fork_hash", "kind", "reason", "merchant_id", "store_id", "till_id",
    "clerk_id", "receipt_id", "currency", "amount_minor", "receipt_total_minor", "posted_to", "bearer", "claim_id",
    "coupon_id", "posting_id", "first_store_id", "first_order_id", "first_used_at", "happened_at", "booked_at",
)  # fmt: skip


class Head(NamedTuple):
    """Hold the end of a device's log."""

    last_seq: int
    head_hash: bytes
    last_happened_at: datetime | None


class BreakDraft(msgspec.Struct, frozen=True):
    """Hold a break about to be booked; `fork_hash` is set for a record of another branch."""

    break_id: str
    device_id: str
    seq: int
    place: int
    fork_hash: bytes | None
    kind: str
    reason: str
    merchant_id: str
    store_id: str
    till_id: str
    clerk_id: str | None
    receipt_id: str | None
    currency: str
    amount_minor: int
    receipt_total_minor: int
    posted_to: str
    bearer: str
    claim_id: str | None
    coupon_id: str | None
    posting_id: str | None
    first_store_id: str | None
    first_order_id: str | None
    first_used_at: datetime | None
    happened_at: datetime
    booked_at: datetime


async def hold_logs(tx: Tx, device_ids: Sequence[str]) -> dict[str, Head]:
    """Return where logs end and keep others from writing them until this transaction ends."""
    rows = await tx.fetch(sql.hold_logs, sorted(set(device_ids)))
    return {row[0]: Head(row[1], row[2], row[3]) for row in rows}


async def move_logs(tx: Tx, heads: Mapping[str, Head]) -> None:
    """Set where logs end."""
    keys = sorted(heads)
    await tx.execute(
        sql.move_logs,
        keys,
        [heads[key].last_seq for key in keys],
        [heads[key].head_hash for key in keys],
        [heads[key].last_happened_at for key in keys],
    )


async def hashes_at(tx: Tx, keys: Sequence[tuple[str, int]]) -> dict[str, dict[int, bytes]]:
    """Return the stored hashes among (device, number), by device."""
    found: dict[str, dict[int, bytes]] = {}
    rows = await tx.fetch(sql.hashes_at, [key[0] for key in keys], [key[1] for key in keys])
    for row in rows:
        found.setdefault(row[0], {})[row[1]] = row[2]
    return found


async def forks_of(tx: Tx, device_ids: Sequence[str]) -> dict[str, set[tuple[int, bytes]]]:
    """Return (number, hash) of the records of other branches, by device."""
    found: dict[str, set[tuple[int, bytes]]] = {}
    for row in await tx.fetch(sql.forks_of, list(device_ids)):
        found.setdefault(row[0], set()).add((row[1], row[2]))
    return found


async def insert_records(
    tx: Tx,
    rows: Sequence[tuple[str, str, LogRecord, RecordResult]],
    now: datetime,
) -> None:
    """Append records with what became of them, given as (device, lease, record, result), and their uses."""
    await tx.copy_records_to_table(
        "record",
        schema_name="offline",
        columns=(
            "device_id", "seq", "lease_id", "kind", "prev_hash", "hash", "body", "state", "reason", "flags", "receipt_id",
            "sale_id", "receipt_number", "use_count", "happened_at", "received_at",
        ),
        records=[
            (
                device_id, record.seq, lease_id, result.kind, bytes.fromhex(record.prev_hash),
                bytes.fromhex(record.hash), record.body, result.state, result.reason, list(result.flags),
                result.receipt_id, result.sale_id, result.receipt_number, len(result.uses), result.happened_at, now,
            )
            for device_id, lease_id, record, result in rows
        ],
    )  # fmt: skip
    await tx.copy_records_to_table(
        "use",
        schema_name="offline",
        columns=(
            "device_id", "seq", "place", "lease_id", "claim_id", "coupon_id", "amount_minor", "outcome", "reason",
            "redemption_id", "break_id", "is_counted", "is_overridden",
        ),
        records=[
            (
                device_id, record.seq, use.place, lease_id, use.claim_id, use.coupon_id, use.amount_minor, use.outcome,
                use.reason, use.redemption_id, use.break_id, use.is_counted, use.is_overridden,
            )
            for device_id, lease_id, record, result in rows
            for use in result.uses
        ],
    )  # fmt: skip


async def insert_forks(tx: Tx, rows: Sequence[tuple[str, LogRecord]], now: datetime) -> None:
    """Keep records of other branches, given as (device, record)."""
    await tx.copy_records_to_table(
        "fork",
        schema_name="offline",
        columns=("device_id", "seq", "hash", "prev_hash", "body", "received_at"),
        records=[
            (device_id, one.seq, bytes.fromhex(one.hash), bytes.fromhex(one.prev_hash), one.body, now)
            for device_id, one in rows
        ],
    )


async def insert_breaks(tx: Tx, drafts: Sequence[BreakDraft]) -> None:
    """Book breaks."""
    await tx.copy_records_to_table(
        "redemption_break",
        schema_name="offline",
        columns=_BREAK,
        records=[tuple(getattr(draft, name) for name in _BREAK) for draft in drafts],
    )


async def results_at(tx: Tx, device_id: str, seqs: Sequence[int]) -> list[RecordResult]:
    """Return what became of records of a log, in order."""
    uses: dict[int, list[UseResult]] = {}
    for row in await tx.fetch(sql.uses_at, device_id, list(seqs)):
        uses.setdefault(row["seq"], []).append(
            msgspec.convert({name: row[name] for name in UseResult.__struct_fields__}, UseResult)
        )
    return [
        _result(row, tuple(uses.get(row["seq"], ())))
        for row in await tx.fetch(sql.records_at, device_id, list(seqs))
    ]


def _result(row: Any, uses: tuple[UseResult, ...]) -> RecordResult:
    return RecordResult(
        row["seq"], RecordKind(row["kind"]), row["state"], row["happened_at"], row["receipt_id"], row["reason"],
        row["sale_id"], row["receipt_number"], tuple(row["flags"]), uses,
    )  # fmt: skip


async def refuse_log(
    tx: Tx, device_id: str, record: LogRecord, lease_id: str, merchant_id: str, now: datetime
) -> bool:
    """Note that a log does not verify at a record; False when that is known."""
    digest = bytes.fromhex(record.hash)
    return (
        await tx.fetchval(sql.refuse_log, device_id, record.seq, digest, lease_id, merchant_id, now)
        is not None
    )
