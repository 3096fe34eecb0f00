"""Reach the screen's tables: one thin typed function per query."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg

from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.screen.rules import Amounts, Part
from fairday.screen.types import MerchantTotals

sql = Queries("fairday.screen")


async def count_orders(tx: Tx, order_ids: Sequence[str]) -> set[str]:
    """Remember orders as counted and return those that were not before."""
    return {row[0] for row in await tx.fetch(sql.count_orders, sorted(order_ids))}


async def add_totals(tx: Tx, parts: Mapping[Part, Amounts]) -> None:
    """Add to the totals, in key order."""
    rows = sorted(parts.items())
    await tx.execute(
        sql.add_totals,
        [part[0] for part, _ in rows],
        [part[1] for part, _ in rows],
        [part[2] for part, _ in rows],
        [amounts.gmv_minor for _, amounts in rows],
        [amounts.refunded_minor for _, amounts in rows],
        [amounts.orders_count for _, amounts in rows],
        [amounts.quantity for _, amounts in rows],
    )


async def add_seconds(
    tx: Tx, seconds: Mapping[tuple[str, datetime], Amounts]
) -> list[tuple[str, datetime, int]]:
    """Add to the seconds and return (currency, second, orders in it now)."""
    rows = sorted(seconds.items())
    found = await tx.fetch(
        sql.add_seconds,
        [currency for (currency, _), _ in rows],
        [at for (_, at), _ in rows],
        [amounts.gmv_minor for _, amounts in rows],
        [amounts.orders_count for _, amounts in rows],
    )
    return [(row[0], row[1], row[2]) for row in found]


async def raise_peaks(tx: Tx, peaks: Mapping[str, tuple[int, datetime]]) -> None:
    """Set the busiest second of each currency where this one is busier."""
    rows = sorted(peaks.items())
    await tx.execute(
        sql.raise_peaks,
        [currency for currency, _ in rows],
        [peak[0] for _, peak in rows],
        [peak[1] for _, peak in rows],
    )


async def add_counters(tx: Tx, counters: Mapping[str, int]) -> None:
    """Add to the counters."""
    rows = sorted(counters.items())
    await tx.execute(sql.add_counters, [name for name, _ in rows], [count for _, count in rows])


async def move_as_of(tx: Tx, as_of: datetime) -> None:
    """Note when the newest counted event happened."""
    await tx.execute(sql.move_as_of, as_of)


async def look(tx: Tx) -> None:
    """Note that the worker is alive now."""
    await tx.execute(sql.look)


async def forget(tx: Tx) -> None:
    """Delete all totals; who reads meanwhile still sees the old ones."""
    await tx.execute(sql.forget)


async def state(tx: Tx) -> tuple[datetime | None, float | None]:
    """Return when the newest counted event happened, and for how long the worker has not been heard of."""
    row = await tx.fetchrow(sql.state)
    assert row is not None
    return row["as_of"], row["looked_age_s"]


async def main_currency(tx: Tx) -> str | None:
    """Return the currency with the most orders."""
    currency: str | None = await tx.fetchval(sql.main_currency)
    return currency


async def wholes(tx: Tx, currency: str) -> dict[tuple[str, str], Mapping[str, int]]:
    """Return the total, the channels and the provinces by (dimension, key)."""
    return {(row["dimension"], row["key"]): dict(row) for row in await tx.fetch(sql.wholes, currency)}


async def top(tx: Tx, currency: str, dimension: str, limit: int) -> list[asyncpg.Record]:
    """Return the largest of a dimension by GMV."""
    return await tx.fetch(sql.top, currency, dimension, limit)


async def buckets(tx: Tx, currency: str, since: datetime, until: datetime) -> list[tuple[datetime, int, int]]:
    """Return (start, GMV, orders) of the ten-second buckets with orders."""
    return [(row[0], row[1], row[2]) for row in await tx.fetch(sql.buckets, currency, since, until)]


async def orders_between(tx: Tx, currency: str, since: datetime, until: datetime) -> int:
    """Count the orders paid in [since, until)."""
    count: int = await tx.fetchval(sql.orders_between, currency, since, until)
    return count


async def peak(tx: Tx, currency: str) -> tuple[int, datetime | None]:
    """Return the orders of the busiest second, and which second it was."""
    row = await tx.fetchrow(sql.peak, currency)
    return (row[0], row[1]) if row else (0, None)


async def counters(tx: Tx) -> dict[str, int]:
    """Return the counters by name."""
    return {row[0]: row[1] for row in await tx.fetch(sql.counters)}


async def of_merchant(tx: Tx, merchant_id: str) -> list[MerchantTotals]:
    """Return a merchant's totals, one a currency."""
    return [MerchantTotals(*row) for row in await tx.fetch(sql.of_merchant, merchant_id)]
