"""Keep what a wall shows beside the totals: records, what sold out, ways of goods, the curve to beat, frames to replay."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from fairday.catalog import service as catalog
from fairday.coupons import service as coupons
from fairday.festivals import service as festivals
from fairday.festivals.types import FestivalNow
from fairday.kernel.events import Recorded
from fairday.kernel.tx import Tx
from fairday.orders import service as orders
from fairday.places import service as places
from fairday.screen import rules, store
from fairday.screen.types import Baseline, Flight, Ghost, Milestone, ScreenTotals, SoldOut
from fairday.stock import service as stock

WATCHED = frozenset({"orders.Paid", "coupons.Claimed"})
RECORDS_SHOWN = 12
SOLD_OUT_SHOWN = 12
SOLD_OUT_FOR = timedelta(hours=3)
FLIGHTS_SHOWN = 12
FLIGHTS_FOR = timedelta(seconds=12)
SAMPLE = 12
"""Most orders of a batch whose way is looked up: a wall needs no more."""
FRAMES_KEPT = timedelta(days=400)


async def note_records(tx: Tx, paid: Sequence[tuple[str, int, datetime]], wholes: Mapping[str, int]) -> None:
    """Note which round sums the paid orders of a batch reached; `wholes` are the totals after them."""
    crossed = rules.crossed(paid, wholes)
    if crossed:
        await store.add_records(tx, crossed)


async def note_sold_out(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
    """Note the SKUs of the paid orders that no store has left, and the coupons that are all claimed."""
    sku_ids = {line[0] for event in events if event.type == "orders.Paid" for line in event.data["lines"]}
    if sku_ids:
        await store.add_sold_out(tx, "sku", await stock.sold_out(tx, sorted(sku_ids)), now)
    coupon_ids = sorted({event.data["coupon_id"] for event in events if event.type == "coupons.Claimed"})
    if coupon_ids:
        await store.add_sold_out(tx, "coupon", await coupons.exhausted(tx, coupon_ids), now)


async def note_flights(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
    """Note from where to where a sample of the delivered orders goes."""
    ways = {
        event.data["order_id"]: event.data["region_id"]
        for event in events
        if event.type == "orders.Paid" and event.data["channel"] == "online" and event.data["region_id"]
    }
    sample = dict(list(ways.items())[-SAMPLE:])
    found = await orders.get_many(tx, list(sample)) if sample else {}
    store_ids = {order_id: order.merchant_orders[0].lines[0].store_id for order_id, order in found.items()}
    stores = await places.stores(tx, list(store_ids.values())) if store_ids else {}
    rows = []
    for order_id, store_id in store_ids.items():
        start = places.province_of(stores[store_id].region_id) if store_id in stores else None
        end = places.province_of(sample[order_id])
        if start and end:
            rows.append((order_id, start, end))
    if rows:
        await store.add_flights(tx, rows, now)


async def records(tx: Tx, currency: str, current: FestivalNow | None) -> list[Milestone]:
    """Return the newest records, the largest first, each with its time since its phase began."""
    phases = current.festival.phases if current else ()
    found = await store.records(tx, currency, RECORDS_SHOWN)
    return [Milestone(threshold, at, rules.elapsed_s(phases, at)) for threshold, at in found]


async def sold_out(tx: Tx, now: datetime) -> list[SoldOut]:
    """Return what sold out lately, the newest first."""
    found = await store.sold_out(tx, now - SOLD_OUT_FOR, SOLD_OUT_SHOWN)
    skus = await catalog.skus(tx, [key for kind, key, _ in found if kind == "sku"])
    shown = []
    for kind, key, at in found:
        if kind == "sku" and key in skus:
            shown.append(SoldOut(kind, key, skus[key].name, skus[key].name_en or None, at))
        elif kind == "coupon":
            _, template = await coupons.read_one(tx, key)
            shown.append(SoldOut(kind, key, template.terms.name, template.terms.name_en or None, at))
    return shown


async def flights(tx: Tx, now: datetime) -> list[Flight]:
    """Return the ways of the last seconds, the busiest first."""
    return await store.flights(tx, now - FLIGHTS_FOR, FLIGHTS_SHOWN)


async def ghost(tx: Tx, current: FestivalNow | None, now: datetime) -> Ghost | None:
    """Return the curve that this festival is measured against, at the same time after its opening."""
    opens_at = rules.opening(current.festival.phases) if current else None
    if current is None or opens_at is None or now < opens_at:
        return None
    since = max(opens_at, rules.bucket_start(now - rules.SERIES))
    first, last = rules.minute_of(opens_at, since), rules.minute_of(opens_at, now)
    found = await store.baseline(tx, current.festival.festival_id, first, last)
    return rules.ghost(*found, opens_at=opens_at, first=first, now=now) if found else None


async def set_baseline(tx: Tx, festival_id: str, baseline: Baseline) -> None:
    """Set the curve that a festival is measured against. Raises: FestivalUnknown."""
    await festivals.get(tx, festival_id)
    await store.set_baseline(tx, festival_id, baseline)


async def keep_frame(tx: Tx, totals: ScreenTotals) -> bool:
    """Keep the totals as a frame to replay, unless nothing moved since the last one; return whether it was kept."""
    frame = msgspec.to_builtins(msgspec.structs.replace(totals, series=[], ghost=None))
    newest = await store.newest_frame(tx)
    if newest is not None and all(newest.get(name) == frame[name] for name in _MOVES):
        return False
    await store.add_frame(tx, totals.now, totals.gmv_minor, frame)
    return True


_MOVES = ("gmv_minor", "orders_count", "claims_count", "redemptions_count", "refunded_minor")


async def sweep(tx: Tx, now: datetime) -> None:
    """Forget flights of the last minute and frames older than a year."""
    await store.sweep(tx, now - timedelta(minutes=1), now - FRAMES_KEPT)
