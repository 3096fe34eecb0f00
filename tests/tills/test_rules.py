"""Judge setup codes, clocks, change and the end of the undo at their boundaries."""

from datetime import UTC, datetime, timedelta

import pytest

from fairday.tills import rules
from fairday.tills.sale_types import BasketLine

NOW = datetime(2026, 11, 11, 4, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("7KQM-2XPD", "7KQM2XPD"),
        (" 7kqm 2xpd ", "7KQM2XPD"),
        ("７ＫＱＭ２ＸＰＤ", "7KQM2XPD"),
        ("OIL0-1234", "01101234"),
        ("FAIRDAY:TILL:7KQM2XPD", "7KQM2XPD"),
        ("7KQM-2XP", None),
        ("7KQM-2XPDD", None),
        ("7KQM-2XPU", None),
        ("", None),
        ("ＦＡＩＲ\x00ＤＡＹ１", None),
    ],
)
def test_setup_codes_as_typed(typed: str, normal: str | None) -> None:
    assert rules.normal_setup_code(typed) == normal


def test_setup_codes_differ_and_read_back() -> None:
    made = {rules.new_setup_code() for _ in range(1000)}
    assert len(made) == 1000
    for code in made:
        normal = rules.normal_setup_code(code)
        assert normal == code.replace("-", "")
        assert rules.normal_setup_code(rules.qr_text(code)) == normal


@pytest.mark.parametrize(
    ("instant", "zone", "expected"),
    [
        (NOW, "Asia/Shanghai", "12:03"),
        (NOW - timedelta(hours=12, minutes=3), "Asia/Shanghai", "00:00"),
        (NOW - timedelta(hours=12, minutes=4), "Asia/Shanghai", "2026-11-10 23:59"),
        (NOW, "Europe/Berlin", "05:03"),
    ],
)
def test_times_are_told_on_the_stores_clock(instant: datetime, zone: str, expected: str) -> None:
    assert rules.local_clock(instant, zone, NOW) == expected


@pytest.mark.parametrize(
    ("total", "wallet", "tendered", "change"),
    [
        (1000, 0, 1000, 0),
        (1000, 0, 1001, 1),
        (1000, 0, 999, -1),
        (1000, 1000, 0, 0),
        (1000, 300, 700, 0),
        (0, 0, 0, 0),
    ],
)
def test_change(total: int, wallet: int, tendered: int, change: int) -> None:
    assert rules.change_of(total, wallet, tendered) == change


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(0), True),
        (timedelta(seconds=60) - timedelta(microseconds=1), True),
        (timedelta(seconds=60), False),
    ],
)
def test_undo_ends_at_the_sixtieth_second(after: timedelta, expected: bool) -> None:
    assert rules.may_undo(NOW, NOW + after) is expected


def test_every_bad_line_is_told() -> None:
    lines = [
        BasketLine(gtin="6901234567892"),
        BasketLine(),
        BasketLine(gtin="6901234567892", sku="a"),
        BasketLine(sku_id="sku_1", line_gross_minor=5),
    ]
    assert [error[:6] for error in rules.basket_errors(lines, pos_prices=False)] == [
        "line 2",
        "line 3",
        "line 4",
    ]
    assert [error[:6] for error in rules.basket_errors(lines, pos_prices=True)] == [
        "line 1", "line 2", "line 2", "line 3", "line 3",
    ]  # fmt: skip


def test_the_later_of_two_with_one_key_waits_until_the_key_is_settled() -> None:
    keys = [{"a"}, {"b"}, {"a", "c"}, {"c"}]
    assert rules.first_of_key(keys, [0, 1, 2, 3], set()) == ([0, 1], [2, 3])
    assert rules.first_of_key(keys, [2, 3], {"a"}) == ([2], [3])
    assert rules.first_of_key(keys, [0, 2], {"a"}) == ([0, 2], [])
