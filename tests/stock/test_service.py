"""The verbs of stock: reserve, keep, take, release, expire, sell, put back, count; each refusal and each replay."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import asyncpg
import pytest

from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.stock import service
from fairday.stock.errors import (
    BadLines,
    CountBelowReserved,
    OutOfStock,
    ReservationConflict,
    ReservationOver,
    UnknownReservation,
)
from fairday.stock.invariants import INVARIANTS
from fairday.stock.types import (
    Counted,
    CountRow,
    Moved,
    MoveRequest,
    Outcome,
    Reserved,
    ReserveRequest,
    Settled,
    State,
)
from tests.stock.builders import PLACE, level, lines, order, receipt, stocked


@pytest.fixture(autouse=True)
async def stock_holds(tx: Tx) -> AsyncIterator[None]:
    """After each test every invariant of stock holds in its transaction."""
    yield
    for invariant in INVARIANTS:
        if "after its time" in invariant.promise:
            continue  # the worker's promise; here other tests' reservations may be waiting for it
        assert await tx.fetch(invariant.query) == [], invariant.promise


def kinds(answers: Sequence[object]) -> list[str]:
    return [type(answer).__name__ for answer in answers]


async def drain(tx: Tx, until: datetime) -> None:
    """Expire what other tests left open, in this test's own transaction."""
    while await service.expire(tx, until):
        pass


async def counts(tx: Tx, sku_id: str) -> tuple[int, int]:
    found = await level(tx, sku_id)
    return found.on_hand, found.reserved


async def test_who_came_first_gets_the_last_piece(tx: Tx, now: datetime) -> None:
    sku = await stocked(tx, now, 2)
    answers = await service.reserve(
        tx, [order((sku, 1)), order((sku, 2)), order((sku, 1)), order((sku, 1))], now
    )
    assert kinds(answers) == ["Reserved", "OutOfStock", "Reserved", "OutOfStock"]
    refused = answers[1]
    assert isinstance(refused, OutOfStock)
    assert refused.details["left"] == 1
    assert await counts(tx, sku) == (2, 2)


async def test_all_lines_or_none(tx: Tx, now: datetime) -> None:
    a, b = await stocked(tx, now, 5), await stocked(tx, now, 1)
    answers = await service.reserve(
        tx, [order((a, 1), (b, 2)), order((a, 2), (b, 1)), order((a, 1), (b, 1)), order((a, 3))], now
    )
    assert kinds(answers) == ["OutOfStock", "Reserved", "OutOfStock", "Reserved"]
    assert (await counts(tx, a), await counts(tx, b)) == ((5, 5), (1, 1))


async def test_safety_stock_is_for_people_who_walk_in(tx: Tx, now: datetime) -> None:
    sku = await stocked(tx, now, 3, safety=1)
    assert await service.atp(tx, [sku]) == {(sku, PLACE): 2}
    assert kinds(await service.reserve(tx, [order((sku, 3)), order((sku, 2))], now)) == [
        "OutOfStock",
        "Reserved",
    ]
    assert kinds(await service.sell(tx, [receipt((sku, 2)), receipt((sku, 1))], now)) == [
        "OutOfStock",
        "Moved",
    ]
    assert await counts(tx, sku) == (2, 2)


async def test_a_store_may_keep_its_stock_from_online_orders(tx: Tx, now: datetime) -> None:
    """R71: franchise stores want their stock not locked by online orders."""
    sku = await stocked(tx, now, 3, sells_online=False)
    assert kinds(await service.reserve(tx, [order((sku, 1))], now)) == ["OutOfStock"]
    assert kinds(await service.sell(tx, [receipt((sku, 3))], now)) == ["Moved"]


async def test_what_no_place_has_is_out_of_stock(tx: Tx, now: datetime) -> None:
    assert kinds(await service.reserve(tx, [order(("sku_none", 1))], now)) == ["OutOfStock"]
    assert kinds(await service.sell(tx, [receipt(("sku_none", 1))], now)) == ["OutOfStock"]


async def test_a_document_reserves_once(tx: Tx, now: datetime) -> None:
    sku = await stocked(tx, now, 10)
    wish = order((sku, 3))
    other = ReserveRequest(wish.document_id, lines((sku, 4)))
    answers = await service.reserve(tx, [wish, wish, other], now)
    assert answers[:2] == [Reserved(wish.document_id), Reserved(wish.document_id, True)]
    assert isinstance(answers[2], ReservationConflict)
    assert kinds(await service.reserve(tx, [wish, other], now)) == ["Reserved", "ReservationConflict"]
    await service.release(tx, [wish.document_id], now)
    assert isinstance((await service.reserve(tx, [wish], now))[0], ReservationOver)


async def test_paid_goods_leave(tx: Tx, now: datetime) -> None:
    await drain(tx, now + timedelta(days=1))
    sku = await stocked(tx, now, 10)
    wish = order((sku, 3), expires_at=now + timedelta(minutes=15))
    await service.reserve(tx, [wish], now)
    assert await service.keep(tx, [wish.document_id], now) == [Settled(wish.document_id, State.KEPT)]
    assert await service.expire(tx, now + timedelta(days=1)) == 0
    for _ in range(2):
        assert await service.take(tx, [wish.document_id], now) == [Settled(wish.document_id, State.TAKEN)]
    assert await counts(tx, sku) == (7, 0)
    assert isinstance((await service.release(tx, [wish.document_id], now))[0], ReservationOver)


async def test_merchants_take_their_part_alone(tx: Tx, now: datetime) -> None:
    a, b = await stocked(tx, now, 5), await stocked(tx, now, 5)
    wish = order((a, 1), (b, 2))
    await service.reserve(tx, [wish], now)
    await service.take(tx, [wish.document_id], now, line_ids=frozenset({wish.lines[0].line_id}))
    assert (await counts(tx, a), await counts(tx, b)) == ((4, 0), (5, 2))
    await service.release(tx, [wish.document_id], now)
    assert (await counts(tx, a), await counts(tx, b)) == ((4, 0), (5, 0))


async def test_an_expired_reservation_never_becomes_a_sale(tx: Tx, now: datetime) -> None:
    await drain(tx, now + timedelta(days=1))
    sku = await stocked(tx, now, 1)
    ends = now + timedelta(minutes=15)
    wish = order((sku, 1), expires_at=ends)
    await service.reserve(tx, [wish], now)
    assert await service.expire(tx, ends - timedelta(microseconds=1)) == 0
    for verb in (service.keep, service.take):
        late = (await verb(tx, [wish.document_id], ends))[0]
        assert isinstance(late, ReservationOver)
        assert late.details["state"] == "expired"
    assert isinstance((await service.reserve(tx, [wish], ends))[0], ReservationOver)
    assert await service.expire(tx, ends) == 1
    assert await counts(tx, sku) == (1, 0)
    assert kinds(await service.reserve(tx, [order((sku, 1))], ends)) == ["Reserved"]


async def test_unknown_documents(tx: Tx, now: datetime) -> None:
    for verb in (service.keep, service.take, service.release):
        assert isinstance((await verb(tx, ["ord_none"], now))[0], UnknownReservation)


async def test_a_receipt_sells_once(tx: Tx, now: datetime) -> None:
    sku = await stocked(tx, now, 5)
    sale = receipt((sku, 2))
    other = MoveRequest(sale.document_id, lines((sku, 1)))
    answers = await service.sell(tx, [sale, sale, other], now)
    assert answers[:2] == [Moved(sale.document_id), Moved(sale.document_id, True)]
    assert isinstance(answers[2], ReservationConflict)
    assert kinds(await service.sell(tx, [sale, other], now)) == ["Moved", "ReservationConflict"]
    assert await counts(tx, sku) == (3, 0)


async def test_goods_come_back_once_and_anywhere(tx: Tx, now: datetime) -> None:
    sku = await stocked(tx, now, 5)
    sale = receipt((sku, 2))
    await service.sell(tx, [sale], now)
    back = MoveRequest(sale.document_id, lines((sku, 2), place_id="sto_other"))
    assert await service.put_back(tx, [back, back], now) == [
        Moved(sale.document_id),
        Moved(sale.document_id, True),
    ]
    assert await service.put_back(tx, [back], now) == [Moved(sale.document_id, True)]
    changed = MoveRequest(
        sale.document_id, (type(back.lines[0])(back.lines[0].line_id, sku, "sto_other", 1),)
    )
    assert kinds(await service.put_back(tx, [changed], now)) == ["ReservationConflict"]
    assert await counts(tx, sku) == (3, 0)
    assert (await level(tx, sku, "sto_other")).on_hand == 2


async def test_an_order_may_return_line_by_line(tx: Tx, now: datetime) -> None:
    sku = await stocked(tx, now, 0)
    both = receipt((sku, 1), (sku, 2))
    first = MoveRequest(both.document_id, both.lines[:1])
    assert await service.put_back(tx, [first, both], now) == [
        Moved(both.document_id),
        Moved(both.document_id),
    ]
    assert await counts(tx, sku) == (3, 0)


async def test_a_count_sets_what_is_there(tx: Tx, now: datetime) -> None:
    sku = await stocked(tx, now, 5, safety=2)
    rows = [CountRow(sku, PLACE, 9), CountRow(new_id("sku"), PLACE, 1, 1, False), CountRow(sku, PLACE, 8)]
    answers = await service.set_levels(tx, rows, now)
    assert answers[0] == Counted(sku, PLACE, 9, 4, Outcome.UPDATED)
    assert answers[1] == Counted(rows[1].sku_id, PLACE, 1, 1, Outcome.CREATED)
    assert isinstance(answers[2], BadLines)
    assert (await level(tx, sku)).safety == 2
    again = await service.set_levels(tx, rows[:2], now)
    assert [a.outcome for a in again if isinstance(a, Counted)] == [Outcome.UNCHANGED] * 2


async def test_a_count_cannot_take_what_is_promised(tx: Tx, now: datetime) -> None:
    sku = await stocked(tx, now, 5)
    await service.reserve(tx, [order((sku, 3))], now)
    answers = await service.set_levels(tx, [CountRow(sku, PLACE, 2)], now)
    assert isinstance(answers[0], CountBelowReserved)
    assert answers[0].details["reserved"] == 3
    assert kinds(await service.set_levels(tx, [CountRow(sku, PLACE, 3)], now)) == ["Counted"]
    assert await counts(tx, sku) == (3, 3)


async def test_bad_lines_beside_good_ones(tx: Tx, now: datetime) -> None:
    sku = await stocked(tx, now, 5)
    for verb, good in ((service.reserve, "Reserved"),):
        assert kinds(await verb(tx, [order((sku, 0)), order((sku, 1)), order()], now)) == [
            "BadLines",
            good,
            "BadLines",
        ]
    for move in (service.sell, service.put_back):
        assert kinds(await move(tx, [receipt((sku, 0)), receipt((sku, 1))], now)) == ["BadLines", "Moved"]


async def test_empty_batches_do_nothing(tx: Tx, now: datetime) -> None:
    assert await service.reserve(tx, [], now) == []
    assert await service.sell(tx, [], now) == []
    assert await service.put_back(tx, [], now) == []
    assert await service.set_levels(tx, [], now) == []
    for verb in (service.keep, service.take, service.release):
        assert await verb(tx, [], now) == []


@pytest.mark.parametrize(
    "change",
    ["UPDATE stock.movement SET change = 9", "DELETE FROM stock.movement", "TRUNCATE stock.movement"],
)
async def test_movements_are_append_only(tx: Tx, now: datetime, change: str) -> None:
    await stocked(tx, now, 1)
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        async with tx.transaction():
            await tx.execute(change)


@pytest.mark.parametrize("change", ["reserved = -1", "reserved = on_hand + 1", "on_hand = -1", "safety = -1"])
async def test_the_database_refuses_what_the_rules_missed(tx: Tx, now: datetime, change: str) -> None:
    sku = await stocked(tx, now, 1)
    with pytest.raises(asyncpg.CheckViolationError):
        async with tx.transaction():
            await tx.execute(f"UPDATE stock.level SET {change} WHERE sku_id = $1", sku)
