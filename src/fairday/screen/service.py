"""Offer the screen's verbs: count events, read the totals, build them anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from fairday.catalog import service as catalog
from fairday.festivals import service as festivals
from fairday.identity import service as identity
from fairday.kernel import outbox
from fairday.kernel.events import Recorded
from fairday.kernel.tx import Tx
from fairday.places import service as places
from fairday.screen import rules, store, wall
from fairday.screen.types import (
    MerchantRank,
    MerchantShare,
    ProductTotals,
    ProvinceTotals,
    ScreenTotals,
    StoreTotals,
)
from fairday.screen.wall import set_baseline

__all__ = ["count", "look", "of_merchant", "rebuild", "set_baseline", "totals", "watch"]

CONSUMER = "screen-totals"
TOP = 10
Wholes = Mapping[tuple[str, str], Mapping[str, int]]
CURRENCY = "CNY"
"""Shown while nothing has been sold."""


async def count(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
    """Add a batch of events to the totals. A reaction: the totals and the cursor commit together."""
    fresh = await store.count_orders(tx, paid) if (paid := rules.paid_orders(events)) else set()
    tally = rules.tally(events, fresh, places.province_of)
    if tally.parts:
        wholes = await store.add_totals(tx, tally.parts)
        await wall.note_records(tx, tally.paid, wholes)
    if tally.seconds:
        await _raise_peaks(tx, await store.add_seconds(tx, tally.seconds))
    if tally.counters:
        await store.add_counters(tx, tally.counters)
    if tally.as_of is not None:
        await store.move_as_of(tx, tally.as_of)


async def watch(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
    """Note what a wall shows beside the numbers: what sold out, and a sample of the ways that orders go. A reaction."""
    await wall.note_sold_out(tx, events, now)
    await wall.note_flights(tx, events, now)


async def _raise_peaks(tx: Tx, seconds: Sequence[tuple[str, datetime, int]]) -> None:
    peaks: dict[str, tuple[int, datetime]] = {}
    for currency, at, orders_count in seconds:
        best = peaks.get(currency)
        if best is None or orders_count > best[0] or (orders_count == best[0] and at < best[1]):
            peaks[currency] = (orders_count, at)
    await store.raise_peaks(tx, peaks)


async def look(tx: Tx) -> None:
    """Note that the worker which counts is alive."""
    await store.look(tx)


async def rebuild(tx: Tx, now: datetime) -> int:
    """Build all totals anew from the log, up to where the count stands; return the events read. Source: S02, I54.

    One transaction: until it commits everybody sees the old totals, and the count waits.
    """
    return await outbox.replay(tx, CONSUMER, store.forget, count, rules.COUNTED, now)


async def totals(tx: Tx, now: datetime) -> ScreenTotals:
    """Return everything that the screen shows at `now`. One reader a process asks for it, not each client."""
    as_of, looked_age_s = await store.state(tx)
    unread_age_s = await outbox.unread_age_s(tx, CONSUMER, rules.COUNTED)
    currency = await store.main_currency(tx) or CURRENCY
    wholes = await store.wholes(tx, currency)
    whole = wholes.get(("all", ""))
    counters = await store.counters(tx)
    peak, peak_at = await store.peak(tx, currency)
    since = rules.bucket_start(now - rules.SERIES)
    buckets = await store.buckets(tx, currency, since, now)
    recent = await store.orders_between(tx, currency, now - timedelta(seconds=rules.RATE_S), now)
    stale = rules.is_stale(unread_age_s, looked_age_s)
    current = await festivals.current(tx, now)
    return ScreenTotals(
        festival=rules.festival(current),
        now=now,
        as_of=as_of,
        delay_ms=max(0, round((unread_age_s or 0.0) * 1000)),
        stale=stale,
        currency=currency,
        gmv_minor=whole["gmv_minor"] if whole else 0,
        gmv_online_minor=_gmv(wholes, "online"),
        gmv_in_store_minor=_gmv(wholes, "in_store"),
        refunded_minor=whole["refunded_minor"] if whole else 0,
        orders_count=whole["orders_count"] if whole else 0,
        redemptions_count=counters.get("redemptions", 0),
        claims_count=counters.get("claims", 0),
        members_count=counters.get("members", 0),
        orders_per_s=round(recent / rules.RATE_S, 1),
        orders_per_s_peak=peak,
        orders_per_s_peak_at=peak_at,
        provinces=await _provinces(tx, wholes),
        top_stores=await _top_stores(tx, currency),
        top_products=await _top_products(tx, currency),
        series=rules.series(buckets, now, as_of if stale and as_of else now),
        definition=rules.DEFINITION,
        definition_en=rules.DEFINITION_EN,
        top_merchants=await _top_merchants(tx, currency),
        records=await wall.records(tx, currency, current),
        sold_out=await wall.sold_out(tx, now),
        flights=await wall.flights(tx, now),
        ghost=await wall.ghost(tx, current, now),
    )


def _gmv(wholes: Wholes, channel: str) -> int:
    row = wholes.get(("channel", channel))
    return row["gmv_minor"] if row else 0


async def _provinces(tx: Tx, wholes: Wholes) -> list[ProvinceTotals]:
    rows = {key: row for (dimension, key), row in wholes.items() if dimension == "province" and key}
    if not rows:
        return []
    names = {region.region_id: region for region in await places.regions(tx) if region.region_id in rows}
    return [
        ProvinceTotals(
            region_id,
            names[region_id].name if region_id in names else region_id,
            (names[region_id].name_en or None) if region_id in names else None,
            row["gmv_minor"],
            row["orders_count"],
        )
        for region_id, row in sorted(rows.items(), key=lambda item: (-item[1]["gmv_minor"], item[0]))
    ]


async def _top_stores(tx: Tx, currency: str) -> list[StoreTotals]:
    rows = await store.top(tx, currency, "store", TOP)
    found = await places.stores(tx, [row["key"] for row in rows]) if rows else {}
    return [
        StoreTotals(
            row["key"],
            found[row["key"]].name if row["key"] in found else row["key"],
            (found[row["key"]].name_en or None) if row["key"] in found else None,
            found[row["key"]].region_id if row["key"] in found else None,
            row["gmv_minor"],
            row["orders_count"],
        )
        for row in rows
    ]


async def _top_products(tx: Tx, currency: str) -> list[ProductTotals]:
    rows = await store.top(tx, currency, "product", TOP)
    found = await catalog.skus(tx, [row["key"] for row in rows])
    return [
        ProductTotals(
            row["key"],
            found[row["key"]].name if row["key"] in found else row["key"],
            found[row["key"]].name_en if row["key"] in found else None,
            row["quantity"],
            row["gmv_minor"],
        )
        for row in rows
    ]


async def _top_merchants(tx: Tx, currency: str) -> list[MerchantRank]:
    rows = await store.top(tx, currency, "merchant", TOP)
    found = await identity.merchants(tx, [row["key"] for row in rows]) if rows else {}
    return [
        MerchantRank(
            row["key"],
            found[row["key"]].name if row["key"] in found else row["key"],
            (found[row["key"]].name_en or None) if row["key"] in found else None,
            row["gmv_minor"],
            row["orders_count"],
        )
        for row in rows
    ]


async def of_merchant(tx: Tx, merchant_id: str) -> MerchantShare:
    """Return a merchant's own share."""
    as_of, _ = await store.state(tx)
    return MerchantShare(
        as_of, await store.of_merchant(tx, merchant_id), rules.DEFINITION, rules.DEFINITION_EN
    )
