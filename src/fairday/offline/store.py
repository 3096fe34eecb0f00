"""Run the queries of leases, terms and breaks, one thin typed function each; `log_store` runs those of logs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.offline.rules import LeaseBook, SliceBook
from fairday.offline.types import Bearer, Break, Decision, LeaseState, LeaseView, Limits, OfflineTerms
from fairday.tills.types import PairedDevice

sql = Queries("fairday.offline")


class LeaseRow(msgspec.Struct, frozen=True):
    """Hold a lease as it is stored."""

    lease_id: str
    device_id: str
    till_id: str
    store_id: str
    merchant_id: str
    currency: str
    state: LeaseState
    granted_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    face_max_minor: int
    count_max: int
    value_max_minor: int
    lease_s: int
    used_count: int
    used_minor: int

    @property
    def limits(self) -> Limits:
        """Return its floor limits."""
        return Limits(
            face_max_minor=self.face_max_minor,
            count_max=self.count_max,
            value_max_minor=self.value_max_minor,
            lease_s=self.lease_s,
        )


class SliceRow(msgspec.Struct, frozen=True):
    """Hold a lease's slice of a coupon."""

    lease_id: str
    coupon_id: str
    version: int
    count_max: int
    value_max_minor: int
    escrow_minor: int
    used_count: int = 0
    used_minor: int = 0
    escrow_spent_minor: int = 0


def _limits(row: Any) -> Limits:
    return Limits(
        face_max_minor=row["face_max_minor"],
        count_max=row["count_max"],
        value_max_minor=row["value_max_minor"],
        lease_s=row["lease_s"],
    )


async def terms(tx: Tx, merchant_ids: Sequence[str]) -> dict[str, OfflineTerms]:
    """Return what was agreed with each merchant; the default where nothing was."""
    rows = {row["merchant_id"]: row for row in await tx.fetch(sql.find_terms, sorted(set(merchant_ids)))}
    return {
        merchant_id: OfflineTerms(merchant_id=merchant_id, limits=_limits(row), bearer=Bearer(row["bearer"]))
        if (row := rows.get(merchant_id)) is not None
        else OfflineTerms(merchant_id=merchant_id, limits=Limits())
        for merchant_id in merchant_ids
    }


async def set_terms(tx: Tx, agreed: OfflineTerms, by: str, now: datetime) -> None:
    """Agree with a merchant."""
    limits = agreed.limits
    await tx.execute(
        sql.set_terms, agreed.merchant_id, limits.face_max_minor, limits.count_max, limits.value_max_minor,
        limits.lease_s, agreed.bearer, by, now,
    )  # fmt: skip


async def till_limits(tx: Tx, till_ids: Sequence[str]) -> dict[str, Limits]:
    """Return the limits of the tills that have their own."""
    rows = await tx.fetch(sql.find_till_limits, sorted(set(till_ids)))
    return {row["till_id"]: _limits(row) for row in rows}


async def set_till_limits(tx: Tx, till_id: str, limits: Limits, by: str, now: datetime) -> None:
    """Set a till's own limits."""
    await tx.execute(
        sql.set_till_limits, till_id, limits.face_max_minor, limits.count_max, limits.value_max_minor,
        limits.lease_s, by, now,
    )  # fmt: skip


async def open_logs(tx: Tx, devices: Sequence[tuple[PairedDevice, bytes]], now: datetime) -> None:
    """Begin the logs of devices, given with their genesis, that have none."""
    rows = sorted(devices, key=lambda row: row[0].device_id)
    await tx.execute(
        sql.open_logs,
        [device.device_id for device, _ in rows],
        [device.till_id for device, _ in rows],
        [device.merchant_id for device, _ in rows],
        [start for _, start in rows],
        now,
    )


async def open_leases_of(tx: Tx, device_ids: Sequence[str]) -> list[str]:
    """Return the open leases of devices."""
    return [row["lease_id"] for row in await tx.fetch(sql.open_leases_of, list(device_ids))]


async def due_leases(tx: Tx, before: datetime, limit: int) -> list[str]:
    """Return open leases that ended before an instant, the oldest first."""
    return [row["lease_id"] for row in await tx.fetch(sql.due_leases, before, limit)]


async def close_leases(tx: Tx, lease_ids: Sequence[str], state: LeaseState, now: datetime) -> list[Any]:
    """Close open leases and return (lease, device, till, store, merchant) of each."""
    return await tx.fetch(sql.close_leases, sorted(lease_ids), state, now)


async def escrow_left(tx: Tx, lease_ids: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Return what is set aside and not spent: by coupon, and by lease."""
    by_coupon = await tx.fetch(sql.escrow_left, list(lease_ids))
    by_lease = await tx.fetch(sql.escrow_left_by_lease, list(lease_ids))
    return (
        {row["coupon_id"]: row["left_minor"] for row in by_coupon},
        {row["lease_id"]: row["left_minor"] for row in by_lease},
    )


async def insert_leases(tx: Tx, leases: Sequence[LeaseRow], slices: Sequence[SliceRow]) -> None:
    """Insert leases with their slices."""
    columns = [name for name in LeaseRow.__struct_fields__]
    await tx.copy_records_to_table(
        "lease", schema_name="offline", columns=columns,
        records=[tuple(getattr(lease, name) for name in columns) for lease in leases],
    )  # fmt: skip
    columns = [name for name in SliceRow.__struct_fields__]
    await tx.copy_records_to_table(
        "slice", schema_name="offline", columns=columns,
        records=[tuple(getattr(one, name) for name in columns) for one in slices],
    )  # fmt: skip


async def leases(tx: Tx, lease_ids: Sequence[str]) -> dict[str, LeaseRow]:
    """Return leases by id."""
    rows = await tx.fetch(sql.find_leases, sorted(set(lease_ids)))
    return {row["lease_id"]: msgspec.convert(dict(row), LeaseRow) for row in rows}


async def hold_leases(tx: Tx, lease_ids: Sequence[str]) -> dict[str, LeaseRow]:
    """Return leases by id and keep others from changing them."""
    rows = await tx.fetch(sql.hold_leases, sorted(set(lease_ids)))
    return {row["lease_id"]: msgspec.convert(dict(row), LeaseRow) for row in rows}


async def slices(tx: Tx, lease_ids: Sequence[str]) -> list[SliceRow]:
    """Return the slices of leases."""
    rows = await tx.fetch(sql.slices_of, sorted(set(lease_ids)))
    return [msgspec.convert(dict(row), SliceRow) for row in rows]


async def use_leases(tx: Tx, books: Mapping[str, LeaseBook]) -> None:
    """Store what leases and their slices used."""
    keys = sorted(books)
    await tx.execute(
        sql.use_leases, keys, [books[key].used_count for key in keys], [books[key].used_minor for key in keys]
    )
    rows: list[tuple[str, str, SliceBook]] = [
        (key, coupon_id, books[key].slices[coupon_id])
        for key in keys
        for coupon_id in sorted(books[key].slices)
        if books[key].slices[coupon_id].is_changed
    ]
    await tx.execute(
        sql.use_slices,
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2].used_count for row in rows],
        [row[2].used_minor for row in rows],
        [row[2].escrow_spent_minor for row in rows],
    )


async def list_leases(
    tx: Tx, merchant_id: str | None, store_id: str | None, state: LeaseState | None, before: str, limit: int
) -> list[LeaseView]:
    """Return at most `limit` leases before the id `before`, the newest first."""
    rows = await tx.fetch(sql.list_leases, merchant_id, store_id, state, before, limit)
    return [msgspec.convert(dict(row), LeaseView) for row in rows]


async def log_head(tx: Tx, device_id: str) -> tuple[int, bytes] | None:
    """Return number and hash of the last record of a device's log."""
    row = await tx.fetchrow(sql.find_log, device_id)
    return (row["last_seq"], row["head_hash"]) if row else None


def _break(row: Any) -> Break:
    return msgspec.convert({name: row[name] for name in Break.__struct_fields__}, Break)


async def breaks(tx: Tx, break_ids: Sequence[str]) -> dict[str, Break]:
    """Return breaks by id."""
    return {row["break_id"]: _break(row) for row in await tx.fetch(sql.find_breaks, list(break_ids))}


async def list_breaks(
    tx: Tx,
    merchant_id: str | None,
    store_id: str | None,
    till_id: str | None,
    state: str | None,
    kind: str | None,
    booked_before: datetime | None,
    before: str,
    limit: int,
) -> list[Break]:
    """Return at most `limit` breaks before the id `before`, the newest first."""
    rows = await tx.fetch(
        sql.list_breaks, merchant_id, store_id, till_id, state, kind, booked_before, before, limit
    )
    return [_break(row) for row in rows]


async def resolve_break(
    tx: Tx, break_id: str, decision: Decision, bearer: Bearer, note: str, by: str, now: datetime
) -> Break | None:
    """Close an open break, or return None when it is closed."""
    row = await tx.fetchrow(sql.resolve_break, break_id, decision, bearer, note, by, now)
    return _break(row) if row else None


async def void_breaks(
    tx: Tx, receipts: Sequence[tuple[str, str]], now: datetime
) -> list[tuple[str, str | None]]:
    """Void the open breaks of receipts given as (till, receipt id) and return (break, posting)."""
    rows = await tx.fetch(sql.void_breaks, [one[0] for one in receipts], [one[1] for one in receipts], now)
    return [(row["break_id"], row["posting_id"]) for row in rows]
