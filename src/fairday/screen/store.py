"""Reach the screen's tables: one thin typed function per query."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg

from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.screen.rules import Amounts, Part
from fairday.screen.types import Baseline, Flight, MerchantTotals

sql = Queries("fairday.screen")


async def count_orders(tx: Tx, order_ids: Sequence[str]) -> set[str]:
    """Remember orders as counted and return those that were not before."""
    return {row[0] for row in await tx.fetch(sql.count_orders, sorted(order_ids))}


async def add_totals(tx: Tx, parts: Mapping[Part, Amounts]) -> dict[str, int]:
    """Add to the totals, in key order; return the whole GMV of each currency as it is now."""
    rows = sorted(parts.items())
    found = await tx.fetch(
        sql.add_totals,
        [part[0] for part, _ in rows],
        [part[1] for part, _ in rows],
        [part[2] for part, _ in rows],
        [amounts.gmv_minor for _, amounts in rows],
        [amounts.refunded_minor for _, amounts in rows],
        [amounts.orders_count for _, amounts in rows],
        [amounts.quantity for _, amounts in rows],
    )
    return {row["currency"]: row["gmv_minor"] for row in found if row["dimension"] == "all"}


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


async def add_records(tx: Tx, rows: Sequence[tuple[str, int, datetime]]) -> None:
    """Note when round sums were reached; the first time stands."""
    await tx.execute(sql.add_records, *map(list, zip(*sorted(rows), strict=True)))


async def records(tx: Tx, currency: str, limit: int) -> list[tuple[int, datetime]]:
    """Return (round sum, instant), the largest first."""
    return [(row[0], row[1]) for row in await tx.fetch(sql.records, currency, limit)]


async def add_sold_out(tx: Tx, kind: str, keys: Sequence[str], at: datetime) -> None:
    """Note what sold out; the first time stands."""
    await tx.execute(sql.add_sold_out, kind, sorted(keys), at)


async def sold_out(tx: Tx, since: datetime, limit: int) -> list[tuple[str, str, datetime]]:
    """Return (kind, key, instant), the newest first."""
    return [(row[0], row[1], row[2]) for row in await tx.fetch(sql.sold_out, since, limit)]


async def add_flights(tx: Tx, rows: Sequence[tuple[str, str, str]], at: datetime) -> None:
    """Note (order, from province, to province)."""
    await tx.execute(sql.add_flights, *map(list, zip(*sorted(rows), strict=True)), at)


async def flights(tx: Tx, since: datetime, limit: int) -> list[Flight]:
    """Return the ways since then, the busiest first."""
    return [Flight(*row) for row in await tx.fetch(sql.flights, since, limit)]


async def set_baseline(tx: Tx, festival_id: str, baseline: Baseline) -> None:
    """Set the curve that a festival is measured against."""
    await tx.execute(
        sql.set_baseline, festival_id, baseline.name, baseline.name_en, list(baseline.minutes_minor)
    )


async def baseline(
    tx: Tx, festival_id: str, first: int, last: int
) -> tuple[str, str, int, Sequence[int]] | None:
    """Return name, English name, what was sold before minute `first`, and the minutes from `first` to `last`."""
    row = await tx.fetchrow(sql.baseline, festival_id, first, last)
    return (row["name"], row["name_en"], row["before_minor"], row["minute_sales"]) if row else None


async def add_frame(tx: Tx, at: datetime, gmv_minor: int, body: object) -> None:
    """Keep a frame."""
    await tx.execute(sql.add_frame, at, gmv_minor, body)


async def newest_frame(tx: Tx) -> dict[str, object] | None:
    """Return the newest frame."""
    found: dict[str, object] | None = await tx.fetchval(sql.newest_frame)
    return found


async def frames(tx: Tx, since: datetime, limit: int) -> list[tuple[datetime, object]]:
    """Return (instant, frame) from `since` on, the oldest first."""
    return [(row[0], row[1]) for row in await tx.fetch(sql.frames, since, limit)]


async def sweep(tx: Tx, flights_before: datetime, frames_before: datetime) -> None:
    """Forget old flights and frames."""
    await tx.execute(sql.sweep_flights, flights_before)
    await tx.execute(sql.sweep_frames, frames_before)
