"""Run the queries of reports, one thin typed function each."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.reports.rules import Growth, Key, Uses
from fairday.reports.types import Step, Sums

sql = Queries("fairday.reports")


async def add_sales(tx: Tx, sales: Mapping[Key, Growth]) -> None:
    """Add what was sold, in key order."""
    rows = [(*key, *msgspec.structs.astuple(sales[key])) for key in sorted(sales)]
    await tx.execute(sql.add_sales, *(list(column) for column in zip(*rows, strict=True)))


async def add_uses(tx: Tx, uses: Mapping[tuple[str, datetime], Uses]) -> None:
    """Add what was claimed and redeemed, in key order."""
    rows = [(*key, *msgspec.structs.astuple(uses[key])) for key in sorted(uses)]
    await tx.execute(sql.add_uses, *(list(column) for column in zip(*rows, strict=True)))


async def sales(
    tx: Tx,
    currency: str,
    merchant_id: str,
    window: tuple[datetime, datetime],
    channel: str | None,
    store_id: str | None,
    step: Step,
    zone: str,
) -> dict[datetime, Sums]:
    """Return what was sold by the start of its step."""
    rows = await tx.fetch(
        sql.sales_steps, currency, merchant_id, *window, channel, store_id, step.value, zone
    )
    return {row["step"]: Sums(*tuple(row)[1:]) for row in rows}


async def uses(
    tx: Tx, merchant_id: str | None, window: tuple[datetime, datetime], step: Step, zone: str
) -> dict[datetime, Sums]:
    """Return what was claimed and redeemed by the start of its step."""
    rows = await tx.fetch(sql.use_steps, merchant_id, *window, step.value, zone)
    return {
        row["step"]: Sums(claims_count=row["claims_count"], redemptions_count=row["redemptions_count"])
        for row in rows
    }
