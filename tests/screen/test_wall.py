"""What a wall shows beside the totals: records at exact sums, what sold out, ways, the curve to beat, frames."""

from datetime import UTC, datetime, timedelta

import pytest

from fairday.festivals.types import Phase, PhaseKind
from fairday.kernel.tx import Tx
from fairday.screen import rules, service, store, wall
from fairday.screen.types import Baseline, SeriesBucket
from fairday.stock import service as stock
from fairday.stock.types import CountRow
from tests.checkout.city import shop
from tests.screen.builders import claimed, paid, recorded

T = datetime(2031, 11, 11, 4, 0, 0, tzinfo=UTC)
S = timedelta(seconds=1)


@pytest.fixture(autouse=True)
async def empty(tx: Tx) -> None:
    """Begin without what other tests committed."""
    await service.store.forget(tx)
    await tx.execute("DELETE FROM screen.sold_out; DELETE FROM screen.flight; DELETE FROM screen.frame")


@pytest.mark.parametrize(
    ("amounts", "total", "reached"),
    [
        ([999_999], 999_999, []),
        ([1_000_000], 1_000_000, [(1_000_000, 0)]),
        ([999_999, 1], 1_000_000, [(1_000_000, 1)]),
        ([1], 1_000_001, []),  # it was reached before
        (
            [1_500_000, 1_000_000, 8_000_000],
            10_500_000,
            [(1_000_000, 0), (2_000_000, 1), (5_000_000, 2), (10_000_000, 2)],
        ),
    ],
)
def test_a_record_is_of_the_order_that_reached_it(
    amounts: list[int], total: int, reached: list[tuple[int, int]]
) -> None:
    orders = [("CNY", amount, T + n * S) for n, amount in enumerate(amounts)]
    assert rules.crossed(orders, {"CNY": total}) == [("CNY", sum_, T + n * S) for sum_, n in reached]


def test_currencies_reach_their_records_apart() -> None:
    orders = [("CNY", 600_000, T), ("JPY", 600_000, T), ("CNY", 600_000, T + S)]
    assert rules.crossed(orders, {"CNY": 1_200_000, "JPY": 600_000}) == [("CNY", 1_000_000, T + S)]


def _phase(kind: PhaseKind, start: datetime, hours: int) -> Phase:
    return Phase("pha_1", kind, "开卖", "Sale", start, start + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("at", "elapsed"), [(T - S, None), (T, 0), (T + 90 * S, 90), (T + timedelta(hours=1), None)]
)
def test_a_record_tells_its_time_since_the_phase_began(at: datetime, elapsed: int | None) -> None:
    assert rules.elapsed_s([_phase(PhaseKind.SALE, T, 1)], at) == elapsed


def test_the_curve_begins_with_the_first_sale() -> None:
    phases = [_phase(PhaseKind.WARM_UP, T - timedelta(days=1), 1), _phase(PhaseKind.SALE, T, 1)]
    assert rules.opening(phases) == T
    assert rules.opening(phases[:1]) is None


def test_the_running_minute_of_the_ghost_counts_in_part() -> None:
    ghost = rules.ghost("去年", "Last year", 1_000, [600, 1_201], opens_at=T, first=5, now=T + 390 * S)
    assert ghost.gmv_minor == 1_000 + 600 + 600
    assert sum(bucket.gmv_minor for bucket in ghost.series[:6]) == 600
    assert ghost.series[0] == SeriesBucket(T + 300 * S, 100, 0)
    assert ghost.series[-1].at == T + 390 * S


async def test_records_are_the_same_when_built_from_other_batches(tx: Tx) -> None:
    orders = [recorded(paid(T + n * S, total_minor=700_000), T + n * S) for n in range(4)]
    await service.count(tx, orders, T)
    whole = await store.records(tx, "CNY", 10)
    await service.store.forget(tx)
    for order in orders:
        await service.count(tx, [order], T)
    assert whole == [(2_000_000, T + 2 * S), (1_000_000, T + S)] == await store.records(tx, "CNY", 10)


async def test_what_no_store_has_left_is_told_once_with_its_name(tx: Tx, now: datetime) -> None:
    made = await shop(tx, now, [100, 200])
    sku_id, other = made.sku_ids
    await stock.set_levels(tx, [CountRow(sku_id, made.store_id, 0)], now)
    order = recorded(paid(now, lines=[(sku_id, "mer_1", 1, 1), (other, "mer_1", 1, 1)]), now)
    await service.watch(tx, [order], now)
    await service.watch(tx, [order], now + S)
    assert [(one.kind, one.key, one.at) for one in await wall.sold_out(tx, now + S)] == [("sku", sku_id, now)]


async def test_a_claim_of_an_unknown_coupon_is_no_sell_out(tx: Tx, now: datetime) -> None:
    await service.watch(tx, [recorded(claimed(), now)], now)
    assert await wall.sold_out(tx, now) == []


async def test_frames_are_kept_only_when_something_moved(tx: Tx, now: datetime) -> None:
    await service.look(tx)
    await service.count(tx, [recorded(paid(now), now)], now)
    assert await wall.keep_frame(tx, await service.totals(tx, now))
    assert not await wall.keep_frame(tx, await service.totals(tx, now + 10 * S))
    await service.count(tx, [recorded(paid(now + 15 * S), now)], now)
    assert await wall.keep_frame(tx, await service.totals(tx, now + 20 * S))
    frames = await store.frames(tx, now, 10)
    assert [at for at, _ in frames] == [now, now + 20 * S]
    await wall.sweep(tx, now + wall.FRAMES_KEPT + S)
    assert [at for at, _ in await store.frames(tx, now, 10)] == [now + 20 * S]


async def test_the_ghost_follows_the_festival_that_is_on(tx: Tx, now: datetime) -> None:
    totals = await service.totals(tx, now)
    assert totals.ghost is None or totals.festival is not None
    baseline = Baseline(name="去年", name_en="Last year", minutes_minor=(1, 2, 3))
    await store.set_baseline(tx, "fes_ghost", baseline)
    assert await store.baseline(tx, "fes_ghost", 1, 2) == ("去年", "Last year", 1, [2, 3])
    assert await store.baseline(tx, "fes_ghost", 9, 12) == ("去年", "Last year", 6, [])
