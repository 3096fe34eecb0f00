"""Decide what counts: pure functions from events to increments, and from phases to what the screen says of them.

The definition of GMV, version 1: orders paid in full, in the order's currency, after discounts, at the instant of payment; a
later refund does not lower it and is shown apart. Source: S02.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from fairday.festivals.types import FestivalNow, Phase, PhaseKind
from fairday.kernel.events import Recorded
from fairday.screen.types import Ghost, ScreenFestival, ScreenPhase, SeriesBucket

DEFINITION = "口径 v1：已付清订单的实付金额（扣除优惠后），按付款时刻计入；退款不冲减，另行列示。"
DEFINITION_EN = "Definition v1: orders paid in full, after discounts, counted when paid; refunds do not lower it and stand apart."
COUNTED = frozenset(
    {"orders.Paid", "orders.Refunded", "coupons.Claimed", "coupons.Redeemed", "members.Registered"}
)
COUNTERS = {"coupons.Claimed": "claims", "coupons.Redeemed": "redemptions", "members.Registered": "members"}
STALE_S = 5.0
BUCKET_S = 10
SERIES = timedelta(minutes=30)
RATE_S = 10
ROUND_FROM_MINOR = 1_000_000
"""The smallest round sum that is a record: 10,000 yuan."""
_KINDS = {
    PhaseKind.WARM_UP: "warm_up",
    PhaseKind.PRESALE_DEPOSIT: "warm_up",
    PhaseKind.PRESALE_BALANCE: "sale",
    PhaseKind.SALE: "sale",
    PhaseKind.GAP: "gap",
    PhaseKind.RETURN_COUPON: "ended",
    PhaseKind.SETTLEMENT: "ended",
}

Part = tuple[str, str, str]
"""Currency, dimension, key."""


class Amounts(msgspec.Struct):
    """Add up what one row grows by."""

    gmv_minor: int = 0
    refunded_minor: int = 0
    orders_count: int = 0
    quantity: int = 0


class Tally(msgspec.Struct):
    """Hold what a batch of events adds to the totals."""

    parts: dict[Part, Amounts]
    seconds: dict[tuple[str, datetime], Amounts]
    counters: dict[str, int]
    as_of: datetime | None
    paid: list[tuple[str, int, datetime]]
    """Currency, amount and instant of each paid order, in the order of the log."""


def paid_orders(events: Iterable[Recorded]) -> list[str]:
    """Return the orders that `events` announce as paid, each once."""
    return list(dict.fromkeys(event.data["order_id"] for event in events if event.type == "orders.Paid"))


def tally(
    events: Sequence[Recorded], fresh: Collection[str], province_of: Callable[[str], str | None]
) -> Tally:
    """Add up a batch of events; a paid order counts only when it is in `fresh`, and once."""
    parts: dict[Part, Amounts] = defaultdict(Amounts)
    seconds: dict[tuple[str, datetime], Amounts] = defaultdict(Amounts)
    counters: dict[str, int] = defaultdict(int)
    left = set(fresh)
    paid: list[tuple[str, int, datetime]] = []
    as_of: datetime | None = None
    for event in events:
        as_of = event.happened_at if as_of is None else max(as_of, event.happened_at)
        if event.type in COUNTERS:
            counters[COUNTERS[event.type]] += 1
        elif event.type == "orders.Paid" and event.data["order_id"] in left:
            left.remove(event.data["order_id"])
            _paid(event, parts, seconds, province_of)
            data = event.data
            paid.append((data["currency"], data["total_minor"], datetime.fromisoformat(data["paid_at"])))
        elif event.type == "orders.Refunded":
            _refunded(event, parts, province_of)
    return Tally(dict(parts), dict(seconds), dict(counters), as_of, paid)


def _paid(
    event: Recorded,
    parts: dict[Part, Amounts],
    seconds: dict[tuple[str, datetime], Amounts],
    province_of: Callable[[str], str | None],
) -> None:
    data, currency = event.data, event.data["currency"]
    quantity = sum(line[2] for line in data["lines"])
    for part in _whole_parts(event, province_of):
        _grow(parts[part], data["total_minor"], 1, quantity)
    merchants = set()
    for sku_id, merchant_id, count, net_minor in data["lines"]:
        _grow(parts[(currency, "product", sku_id)], net_minor, 0, count)
        _grow(parts[(currency, "merchant", merchant_id)], net_minor, merchant_id not in merchants, count)
        merchants.add(merchant_id)
    for sku_id in {line[0] for line in data["lines"]}:
        parts[(currency, "product", sku_id)].orders_count += 1
    second = datetime.fromisoformat(data["paid_at"]).replace(microsecond=0)
    _grow(seconds[(currency, second)], data["total_minor"], 1, quantity)


def _refunded(event: Recorded, parts: dict[Part, Amounts], province_of: Callable[[str], str | None]) -> None:
    data, currency = event.data, event.data["currency"]
    for part in _whole_parts(event, province_of):
        parts[part].refunded_minor += data["refunded_minor"]
    for sku_id, merchant_id, _, net_minor in data["lines"]:
        parts[(currency, "product", sku_id)].refunded_minor += net_minor
        parts[(currency, "merchant", merchant_id)].refunded_minor += net_minor


def _whole_parts(event: Recorded, province_of: Callable[[str], str | None]) -> list[Part]:
    """Return the parts that take an order whole; each dimension sums to the total, so a missing key is ""."""
    data, currency = event.data, event.data["currency"]
    region_id, store_id = data.get("region_id"), data.get("store_id")
    return [
        (currency, "all", ""),
        (currency, "channel", data["channel"]),
        (currency, "province", (province_of(region_id) or "") if region_id else ""),
        (currency, "store", store_id or ""),
    ]


def _grow(amounts: Amounts, gmv_minor: int, orders_count: int, quantity: int) -> None:
    amounts.gmv_minor += gmv_minor
    amounts.orders_count += orders_count
    amounts.quantity += quantity


def series(rows: Sequence[tuple[datetime, int, int]], now: datetime, until: datetime) -> list[SeriesBucket]:
    """Return buckets of ten seconds, the oldest first, from the first with an order in the last half hour to `until`.

    A quiet bucket is zero; after `until`, where nothing is counted yet, there is none.
    """
    if not rows:
        return []
    by_start = {at: (gmv_minor, orders_count) for at, gmv_minor, orders_count in rows}
    at = min(by_start)
    last = max(bucket_start(min(until, now)), *by_start)
    buckets: list[SeriesBucket] = []
    while at <= last and len(buckets) <= SERIES.total_seconds() // BUCKET_S:
        buckets.append(SeriesBucket(at, *by_start.get(at, (0, 0))))
        at += timedelta(seconds=BUCKET_S)
    return buckets


def bucket_start(at: datetime) -> datetime:
    """Return the start of the ten seconds that hold `at`."""
    return at.replace(second=at.second - at.second % BUCKET_S, microsecond=0)


def is_stale(unread_age_s: float | None, looked_age_s: float | None) -> bool:
    """Tell whether the count lags or its worker has not been heard of for over five seconds.

    A quiet shop is not stale: nothing is unread, and the worker still looks.
    """
    return looked_age_s is None or looked_age_s > STALE_S or (unread_age_s or 0.0) > STALE_S


def festival(current: FestivalNow | None) -> ScreenFestival | None:
    """Return what the screen says of the festival; between two phases it says gap."""
    if current is None:
        return None
    phases = sorted(current.festival.phases, key=lambda phase: phase.starts_at)
    phase = _phase(current.phase) if current.phase else _between(phases, current.now)
    return ScreenFestival(
        current.festival.festival_id,
        current.festival.name,
        current.festival.name_en or None,
        current.festival.time_zone,
        phase,
        _phase(current.next_phase) if current.next_phase else None,
    )


def _phase(phase: Phase) -> ScreenPhase:
    kind = _KINDS[phase.kind]
    return ScreenPhase(kind, phase.name, phase.name_en or None, phase.starts_at, phase.ends_at)


def _between(phases: Sequence[Phase], now: datetime) -> ScreenPhase | None:
    before = [phase.ends_at for phase in phases if phase.ends_at <= now]
    after = [phase.starts_at for phase in phases if phase.starts_at > now]
    if before and after:
        return ScreenPhase("gap", "场间休息", "Between two windows", max(before), min(after))
    return None


def crossed(
    paid: Sequence[tuple[str, int, datetime]], wholes: Mapping[str, int]
) -> list[tuple[str, int, datetime]]:
    """Return (currency, round sum, instant) for each round sum that the paid orders reached, in the order of the log.

    `wholes` are the totals after all of `paid`. Round sums are 1, 2 and 5 times a power of ten from `ROUND_FROM_MINOR`.
    """
    reached: list[tuple[str, int, datetime]] = []
    totals = dict(wholes)
    for currency, amount_minor, _ in paid:
        totals[currency] -= amount_minor
    for currency, amount_minor, at in paid:
        before, totals[currency] = totals[currency], totals[currency] + amount_minor
        reached += [(currency, sum_minor, at) for sum_minor in _round_sums(before, totals[currency])]
    return reached


def _round_sums(above: int, upto: int) -> list[int]:
    found, power = [], ROUND_FROM_MINOR
    while power <= upto:
        found += [power * factor for factor in (1, 2, 5) if above < power * factor <= upto]
        power *= 10
    return found


def elapsed_s(phases: Sequence[Phase], at: datetime) -> int | None:
    """Return the seconds from the start of the phase that holds `at`, or None between phases."""
    return next(
        (
            int((at - phase.starts_at).total_seconds())
            for phase in phases
            if phase.starts_at <= at < phase.ends_at
        ),
        None,
    )


def opening(phases: Sequence[Phase]) -> datetime | None:
    """Return when the first sale phase starts: minute 0 of the curve to beat."""
    return min((phase.starts_at for phase in phases if phase.kind is PhaseKind.SALE), default=None)


def minute_of(opens_at: datetime, at: datetime) -> int:
    """Return the whole minutes from `opens_at` to `at`."""
    return int((at - opens_at).total_seconds()) // 60


def ghost(
    name: str,
    name_en: str,
    before_minor: int,
    minutes_minor: Sequence[int],
    *,
    opens_at: datetime,
    first: int,
    now: datetime,
) -> Ghost:
    """Return the curve to beat at `now`: a minute's sales are spread evenly over its six buckets, the running one in part.

    `minutes_minor` are the minutes from minute `first` on, `before_minor` what was sold before them.
    """
    buckets: list[SeriesBucket] = []
    sold = before_minor
    for offset, minor in enumerate(minutes_minor):
        starts_at = opens_at + timedelta(minutes=first + offset)
        share = min(1.0, max(0.0, (now - starts_at).total_seconds() / 60))
        sold += int(minor * share)
        for part in range(6):
            at = starts_at + timedelta(seconds=part * BUCKET_S)
            if at <= now:
                buckets.append(SeriesBucket(at, minor * (part + 1) // 6 - minor * part // 6, 0))
    return Ghost(name, name_en, sold, buckets)
