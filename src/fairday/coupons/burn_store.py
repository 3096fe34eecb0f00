"""Run the queries of budgets and recalls, one thin typed function each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from fairday.coupons.rules.burning import Change
from fairday.coupons.types import Terms
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.coupons", "burn.sql")
_TERMS = msgspec.json.Decoder(type=Terms)


class Budget(msgspec.Struct, frozen=True):
    """Hold what alerts are judged by."""

    coupon_id: str
    merchant_id: str | None
    currency: str
    face_minor: int
    budget_minor: int
    commit_max_minor: int
    committed_minor: int
    spent_minor: int


class AlertRow(msgspec.Struct, frozen=True):
    """Hold an alert as stored, or about to be."""

    alert_id: str
    coupon_id: str
    merchant_id: str | None
    measure: str
    percent: int
    currency: str
    value_minor: int
    cap_minor: int
    reached_at: datetime


class OpenRecall(msgspec.Struct, frozen=True):
    """Hold a recall that is still at work, locked by this transaction."""

    coupon_id: str
    reason: str
    walked_to: str
    pass_count: int
    merchant_id: str | None


async def add_minutes(tx: Tx, changes: Mapping[tuple[str, datetime], Change]) -> None:
    """Add what changed to the minutes, in key order."""
    rows = [(*key, *msgspec.structs.astuple(changes[key])) for key in sorted(changes)]
    await tx.execute(sql.add_minutes, *(list(column) for column in zip(*rows, strict=True)))


async def budgets(tx: Tx, coupon_ids: Sequence[str]) -> dict[str, Budget]:
    """Return budgets by coupon."""
    rows = await tx.fetch(sql.budgets, coupon_ids)
    return {row["coupon_id"]: msgspec.convert(dict(row), Budget) for row in rows}


async def raise_alerts(tx: Tx, rows: Sequence[AlertRow], now: datetime) -> set[str]:
    """Store alerts that are new and return their ids."""
    columns = zip(*(msgspec.structs.astuple(row)[:-1] for row in rows), strict=True)
    found = await tx.fetch(sql.raise_alerts, *(list(column) for column in columns), now)
    return {row[0] for row in found}


async def alerts(
    tx: Tx, merchant_id: str | None, coupon_id: str | None, before_id: str | None, limit: int
) -> list[AlertRow]:
    """Return alerts, the newest first."""
    rows = await tx.fetch(sql.alerts, merchant_id, coupon_id, before_id, limit)
    return [msgspec.convert(dict(row), AlertRow) for row in rows]


async def steps(
    tx: Tx, coupon_id: str, step: str, zone: str, since: datetime, until: datetime
) -> list[tuple[datetime | None, Change]]:
    """Return what changed in each step of the window; the first with None sums what came before."""
    rows = await tx.fetch(sql.burn_steps, coupon_id, step, zone, since, until)
    return [
        (
            row["step"],
            Change(row["issued_count"], row["committed_minor"], row["redeemed_count"], row["spent_minor"]),
        )
        for row in rows
    ]


async def first_minute(tx: Tx, coupon_id: str) -> datetime | None:
    """Return when anything happened to a coupon first."""
    at: datetime | None = await tx.fetchval(sql.first_minute, coupon_id)
    return at


async def insert_recall(tx: Tx, coupon_id: str, reason: str, by: str, now: datetime) -> bool:
    """Begin a recall; False when there is one already."""
    return await tx.fetchval(sql.insert_recall, coupon_id, reason, by, now) is not None


async def recall(tx: Tx, coupon_id: str) -> dict[str, Any] | None:
    """Return the recall of a coupon."""
    row = await tx.fetchrow(sql.recall, coupon_id)
    return None if row is None else dict(row)


async def open_recalls(tx: Tx, coupon_id: str | None = None) -> list[OpenRecall]:
    """Lock and return recalls that are at work, those that no other transaction holds."""
    rows = await tx.fetch(sql.open_recalls, coupon_id)
    return [msgspec.convert(dict(row), OpenRecall) for row in rows]


async def void_claims(tx: Tx, coupon_id: str, walked_to: str, limit: int) -> list[tuple[str, str, int]]:
    """Void the next unused claims of the walk; return (claim, member, face) in claim order."""
    rows = await tx.fetch(sql.void_claims, coupon_id, walked_to, limit)
    return sorted((row[0], row[1], row[2]) for row in rows)


async def has_locked(tx: Tx, coupon_id: str) -> bool:
    """Tell whether an order or a till holds a claim of the coupon."""
    return bool(await tx.fetchval(sql.has_locked, coupon_id))


async def note_recall(
    tx: Tx, coupon_id: str, voided: int, walked_to: str, pass_count: int, finished_at: datetime | None
) -> None:
    """Note how far a recall is."""
    await tx.execute(sql.note_recall, coupon_id, voided, walked_to, pass_count, finished_at)


async def versions(tx: Tx, coupon_id: str) -> list[tuple[int, str, datetime, Terms]]:
    """Return the newest versions of a coupon, the newest first."""
    rows = await tx.fetch(sql.versions, coupon_id)
    return [(row["version"], row["made_by"], row["made_at"], _TERMS.decode(row["terms"])) for row in rows]
