"""Who gets what is left, what a request needs, how a reservation ends; at exact boundaries."""

from datetime import UTC, datetime, timedelta

import pytest

from fairday.stock import rules
from fairday.stock.errors import BadLines, ReservationOver, UnknownReservation
from fairday.stock.types import QUANTITY_MAX, Level, ReserveRequest, Settled, State, StockLine

NOW = datetime(2026, 11, 11, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def line(sku_id: str, quantity: int, line_id: str | None = None) -> StockLine:
    return StockLine(line_id or f"lin_{sku_id}_{quantity}", sku_id, "sto_1", quantity)


@pytest.mark.parametrize(
    ("on_hand", "reserved", "safety", "sells_online", "free", "free_online"),
    [
        (10, 0, 0, True, 10, 10),
        (10, 3, 2, True, 7, 5),
        (10, 3, 7, True, 7, 0),
        (10, 3, 8, True, 7, 0),
        (10, 3, 2, False, 7, 0),
        (0, 0, 0, True, 0, 0),
    ],
)
def test_what_is_free_online_keeps_the_safety_stock(
    on_hand: int, reserved: int, safety: int, sells_online: bool, free: int, free_online: int
) -> None:
    found = Level("sku", "sto", on_hand, reserved, safety, sells_online)
    assert (found.free, found.free_online) == (free, free_online)


@pytest.mark.parametrize(
    ("asked", "left", "fits"),
    [
        ([("a", 1)], {"a": 1}, True),
        ([("a", 2)], {"a": 1}, False),
        ([("a", 1), ("b", 1)], {"a": 1, "b": 0}, False),
        ([("a", 1), ("a", 2)], {"a": 2}, False),
        ([("a", 1), ("a", 1)], {"a": 2}, True),
        ([("unknown", 1)], {}, False),
    ],
)
def test_all_lines_or_none(asked: list[tuple[str, int]], left: dict[str, int], fits: bool) -> None:
    free = {(sku_id, "sto_1"): count for sku_id, count in left.items()}
    before = dict(free)
    refusal = rules.judge([line(*one, f"lin_{n}") for n, one in enumerate(asked)], free)
    assert (refusal is None) is fits
    taken = sum(before.values()) - sum(free.values())
    assert taken == (sum(quantity for _, quantity in asked) if fits else 0)


@pytest.mark.parametrize(
    ("asked", "is_bad"),
    [
        ((line("a", 1),), False),
        ((line("a", QUANTITY_MAX),), False),
        ((line("a", QUANTITY_MAX + 1),), True),
        ((line("a", 0),), True),
        ((line("a", -1),), True),
        ((), True),
        ((line("a", 1, "same"), line("b", 1, "same")), True),
        (tuple(line("a", 1, f"l{n}") for n in range(rules.LINES_MAX)), False),
        (tuple(line("a", 1, f"l{n}") for n in range(rules.LINES_MAX + 1)), True),
    ],
)
def test_requests_that_make_no_sense(asked: tuple[StockLine, ...], is_bad: bool) -> None:
    assert isinstance(rules.defect(ReserveRequest("ord_1", asked)), BadLines) is is_bad


@pytest.mark.parametrize(
    ("wanted", "states", "answer"),
    [
        (State.TAKEN, [], UnknownReservation),
        (State.TAKEN, [(State.TAKEN, None)], Settled),
        (State.TAKEN, [(State.RELEASED, None)], ReservationOver),
        (State.KEPT, [(State.ACTIVE, NOW)], ReservationOver),
        (State.EXPIRED, [(State.ACTIVE, NOW)], Settled),
        (State.EXPIRED, [(State.ACTIVE, NOW + MICROSECOND)], ReservationOver),
        (State.RELEASED, [(State.RELEASED, None), (State.TAKEN, None)], Settled),
    ],
)
def test_how_a_settled_reservation_answers(
    wanted: State, states: list[tuple[State, datetime | None]], answer: type
) -> None:
    assert type(rules.settled_answer("ord_1", wanted, states, NOW)) is answer


def test_every_state_is_listed_and_reachable() -> None:
    assert set(rules.TRANSITIONS) == set(State)
    reached, fresh = set(), {State.ACTIVE}
    while fresh:
        reached |= fresh
        fresh = set().union(*(rules.TRANSITIONS[state] for state in fresh)) - reached
    assert reached == set(State)
