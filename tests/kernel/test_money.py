"""Money is exact: splits sum, amounts parse to the minor unit, exponents follow ISO 4217 (R17-R20)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairday.kernel.money import MINOR_MAX, decimal_text, exponent, is_currency, parse_minor, split


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (1000, [1, 1, 1], [334, 333, 333]),
        (5000, [10000, 20000], [1667, 3333]),
        (10000, [8333, 16667, 30000], [1515, 3030, 5455]),
        (15000, [6818, 13637, 24545], [2273, 4546, 8181]),
        (7, [0, 0], [4, 3]),
        (-1000, [1, 1, 1], [-334, -333, -333]),
        (0, [5], [0]),
        (1, [0, 1], [0, 1]),
    ],
)
def test_split_by_largest_remainder(total: int, weights: list[int], parts: list[int]) -> None:
    assert split(total, weights) == parts


@given(st.integers(-(10**14), 10**14), st.lists(st.integers(0, 10**14), min_size=1, max_size=30))
def test_parts_sum_to_the_total_and_stay_within_one_unit(total: int, weights: list[int]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    if sum(weights):
        assert all(
            abs(part * sum(weights) - total * weight) < sum(weights)
            for part, weight in zip(parts, weights, strict=True)
        )


@given(st.integers(0, 10**14), st.integers(0, 10**14), st.integers(0, 10**14))
def test_two_parts_are_shared_as_among_many(total: int, one: int, other: int) -> None:
    # A third weight of nothing takes the way of many, and gets nothing: it stands last in every tie.
    if one + other:
        assert split(total, [one, other, 0]) == [*split(total, [one, other]), 0]


@pytest.mark.parametrize(("currency", "digits"), [("CNY", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3)])
def test_exponents(currency: str, digits: int) -> None:
    assert exponent(currency) == digits
    assert is_currency(currency)
    assert not is_currency("ZZZ")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.34", "CNY", 1234),
        ("12", "CNY", 1200),
        ("12.3", "CNY", 1230),
        ("0.001", "KWD", 1),
        ("7", "JPY", 7),
        ("1.500", "CNY", 150),
    ],
)
def test_amounts_parse_exactly(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(
    "text", ["", "-1", "1e3", "NaN", "1,000", "1.005", "１２", " ", ".5", "1.", "0x1", str(MINOR_MAX)]
)
def test_other_amounts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_minor(text, "CNY")


def test_amounts_are_written_with_their_decimals() -> None:
    assert [decimal_text(1234, c) for c in ("CNY", "JPY", "KWD")] == ["12.34", "1234", "1.234"]
    assert decimal_text(-5, "CNY") == "-0.05"
