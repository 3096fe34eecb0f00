"""Shares at their bounds, who may have one, and in which order the refusals come."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairday.kernel.errors import Refusal
from fairday.redpackets import errors, rules
from fairday.redpackets.types import TTL, Held, Mode, Packet, SendLimit, State, Status
from tests.redpackets.builders import body

NOW = datetime(2026, 11, 11, tzinfo=UTC)
MICRO = timedelta(microseconds=1)


def packet(**more: Any) -> Packet:
    values: dict[str, Any] = {
        "packet_id": "pkt_1", "member_id": "mem_s", "budget": None, "mode": Mode.LUCKY, "message": "", "currency": "CNY",
        "total_minor": 1_000, "shares_count": 10, "is_listed": False, "luckiest_place": 3, "starts_at": NOW,
        "expires_at": NOW + TTL, "sent_at": NOW,
    }  # fmt: skip
    return Packet(**(values | more))


def held(member_id: str) -> Held:
    return Held("pkt_1", 4, "per_1", member_id, 77, NOW, None)


@given(st.integers(1, 300), st.integers(0, 20_000), st.sampled_from(Mode), st.integers())
def test_shares_sum_to_the_total_and_each_is_something(count: int, more: int, mode: Mode, seed: int) -> None:
    amounts, luckiest = rules.shares(mode, count + more, count, random.Random(seed))
    assert (len(amounts), sum(amounts)) == (count, count + more)
    assert min(amounts) >= 1
    assert amounts[luckiest - 1] == max(amounts)
    if mode is Mode.EQUAL:
        assert max(amounts) - min(amounts) <= 1


@pytest.mark.parametrize(
    ("total", "count", "amounts"),
    [(100, 18, [6] * 10 + [5] * 8), (18, 18, [1] * 18), (7, 1, [7]), (10, 3, [4, 3, 3])],
)
def test_equal_shares_floor_and_give_the_rest_one_each(total: int, count: int, amounts: list[int]) -> None:
    """1.00 over 18 gave the last one -0.02 elsewhere (R60)."""
    assert rules.equal_shares(total, count) == amounts


def test_a_lucky_draw_is_at_most_twice_the_average_of_what_is_left() -> None:
    chance = random.Random(7)
    for _ in range(300):
        left, amounts = 10_000, rules.lucky_shares(10_000, 10, chance)
        for others, amount in zip(range(9, 0, -1), amounts[:-1], strict=True):
            assert 1 <= amount <= 2 * left // (others + 1)
            left -= amount
        assert amounts[-1] == left


@pytest.mark.parametrize(
    ("change", "is_member", "word"),
    [
        ({"total_minor": 9}, True, "total_minor"),
        ({"budget": "rain"}, True, "budget"),
        ({}, False, "budget"),
        ({"member_ids": ["mem_a", "mem_a"]}, True, "member_ids"),
        ({"starts_at": NOW - MICRO}, True, "starts_at"),
        ({"starts_at": NOW + timedelta(days=30) + MICRO}, True, "starts_at"),
        ({"starts_at": datetime(2026, 11, 11)}, True, "starts_at"),  # noqa: DTZ001 - the point
    ],
)
def test_what_contradicts_itself_is_said(change: dict[str, object], is_member: bool, word: str) -> None:
    [error] = rules.input_errors(body(**change), is_member, NOW)
    assert error.startswith(word)


def test_what_is_right_is_let_pass() -> None:
    assert rules.input_errors(body(total_minor=10), True, NOW) == []
    assert rules.input_errors(body(starts_at=NOW + timedelta(days=30)), True, NOW) == []
    assert rules.input_errors(body(budget="rain"), False, NOW) == []


@pytest.mark.parametrize(
    ("total", "count", "is_over"), [(20_000, 100, False), (20_001, 100, True), (20_000, 101, True)]
)
def test_the_limit_of_members_is_data(total: int, count: int, is_over: bool) -> None:
    limit = SendLimit(currency="CNY", total_max_minor=20_000, shares_max=100)
    assert (rules.over_limit(body(total, count), limit) is not None) == is_over


@pytest.mark.parametrize(
    ("status", "at", "state"),
    [
        (Status.OPEN, NOW - MICRO, State.WAITING),
        (Status.OPEN, NOW, State.OPEN),
        (Status.OPEN, NOW + TTL - MICRO, State.OPEN),
        (Status.OPEN, NOW + TTL, State.OVER),
        (Status.GONE, NOW, State.GONE),
        (Status.GONE, NOW + TTL, State.GONE),
        (Status.EXPIRED, NOW + TTL, State.OVER),
    ],
)
def test_time_decides_what_is_found(status: Status, at: datetime, state: State) -> None:
    assert rules.state_of(packet(), status, at) is state


EARLY, OPEN, LATE = NOW - MICRO, NOW, NOW + TTL


@pytest.mark.parametrize(
    ("found", "status", "mine", "is_invited", "at", "refusal"),
    [
        (None, Status.OPEN, None, True, OPEN, errors.PacketUnknown),
        (packet(is_listed=True), Status.GONE, "mem_a", False, LATE, errors.NotInvited),
        (packet(is_listed=True), Status.OPEN, None, True, OPEN, None),
        (packet(), Status.OPEN, "mem_a", False, OPEN, errors.AlreadyGrabbed),
        (packet(), Status.OPEN, "mem_b", False, OPEN, errors.AlreadyGrabbed),
        (packet(), Status.GONE, "mem_a", False, LATE, errors.AlreadyGrabbed),
        (packet(), Status.GONE, "mem_b", False, OPEN, errors.AllGone),
        (packet(), Status.EXPIRED, "mem_a", False, LATE, errors.AlreadyGrabbed),
        (packet(), Status.EXPIRED, "mem_b", False, LATE, errors.PacketOver),
        (packet(), Status.OPEN, None, False, EARLY, errors.PacketNotStarted),
        (packet(), Status.GONE, None, False, LATE, errors.AllGone),
        (packet(), Status.OPEN, None, False, LATE, errors.PacketOver),
        (packet(), Status.OPEN, None, False, OPEN, None),
    ],
)
def test_the_first_refusal_that_applies_tells(
    found: Packet | None,
    status: Status,
    mine: str | None,
    is_invited: bool,
    at: datetime,
    refusal: type[Refusal] | None,
) -> None:
    """`mine` is the account of the asker's person that had a share; mem_a asks."""
    answer = rules.judge(found, status, held(mine) if mine else None, "mem_a", is_invited, at)
    assert type(answer) is (refusal or type(None))


def test_refusals_stand_in_their_order_and_speak_both_languages() -> None:
    for refusal in (*errors.SEND_REFUSALS, *errors.GRAB_REFUSALS):
        assert refusal.en != Refusal.en
        assert refusal.zh != Refusal.zh


def test_every_status_is_listed_and_reachable() -> None:
    assert set(rules.TRANSITIONS) == set(Status)
    reached = {Status.OPEN} | {later for all_later in rules.TRANSITIONS.values() for later in all_later}
    assert reached == set(Status)


@pytest.mark.parametrize(
    ("more", "status", "place"),
    [
        ({}, Status.GONE, 3),
        ({}, Status.OPEN, None),
        ({}, Status.EXPIRED, None),
        ({"mode": Mode.EQUAL}, Status.GONE, None),
        ({"shares_count": 1}, Status.GONE, None),
    ],
)
def test_the_luckiest_is_told_once_all_are_gone(
    more: dict[str, object], status: Status, place: int | None
) -> None:
    assert rules.luckiest_shown(packet(**more), status) == place
