"""Count money in integer minor units with an ISO 4217 currency; never in floats. Source: R17-R19."""

from collections.abc import Sequence
from functools import cache
from typing import Annotated

import msgspec
from babel.core import get_global

MINOR_MAX = 10**14
"""Largest amount of one field, in minor units: a trillion yuan, far inside bigint even when a festival is summed."""

Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", examples=["CNY"])]
Minor = Annotated[int, msgspec.Meta(ge=0, le=MINOR_MAX, description="Amount in minor units of the currency.")]
PositiveMinor = Annotated[
    int, msgspec.Meta(ge=1, le=MINOR_MAX, description="Amount above zero in minor units.")
]
BasisPoints = Annotated[
    int, msgspec.Meta(ge=0, le=10_000, description="Hundredths of a percent; 10000 is all.")
]


class Money(msgspec.Struct, frozen=True):
    """Hold an amount in minor units beside its currency."""

    minor: int
    currency: Currency

    def __add__(self, other: "Money") -> "Money":
        assert self.currency == other.currency, (self, other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        assert self.currency == other.currency, (self, other)
        return Money(self.minor - other.minor, self.currency)


@cache
def exponent(currency: str) -> int:
    """Return the number of decimals of `currency`: 0 for JPY, 2 for CNY, 3 for KWD. Source: ISO 4217 by CLDR."""
    digits = get_global("currency_fractions").get(currency, (2, 0, 2, 0))[0]
    return int(digits)


def is_currency(code: str) -> bool:
    """Tell whether `code` is a currency that ISO 4217 knows."""
    return bool(code in get_global("all_currencies"))


def decimal_text(minor: int, currency: str) -> str:
    """Write `minor` with the currency's decimals and no symbol: 1234 CNY is "12.34"."""
    digits = exponent(currency)
    sign, value = ("-", -minor) if minor < 0 else ("", minor)
    if digits == 0:
        return f"{sign}{value}"
    whole, part = divmod(value, 10**digits)
    return f"{sign}{whole}.{part:0{digits}d}"


def parse_minor(text: str, currency: str) -> int:
    """Read a decimal amount such as "12.34" exactly.

    Raises: ValueError for anything but digits with at most the currency's decimals (no sign, no exponent, no comma).
    """
    digits = exponent(currency)
    whole, point, part = text.strip().partition(".")
    if not (whole.isascii() and whole.isdigit()) or (point and not (part.isascii() and part.isdigit())):
        raise ValueError(f"{text!r} is not an amount such as 12.34")
    if len(part.rstrip("0")) > digits:
        raise ValueError(f"{text!r} has more than {digits} decimals for {currency}")
    minor: int = int(whole) * 10**digits + int((part[:digits] or "0").ljust(digits, "0") if digits else 0)
    if minor > MINOR_MAX:
        raise ValueError(f"{text!r} is too large")
    return minor


def split(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Share `total_minor` over `weights` by largest remainder; ties go to the earlier place. Source: R18.

    A total weight of zero shares equally; a negative total is the mirror image of the positive one. The parts
    always sum to the total, which is asserted.
    """
    assert weights, "nothing to share over"
    if total_minor < 0:
        return [-part for part in split(-total_minor, weights)]
    weight_sum = sum(weights)
    if weight_sum == 0:
        weights, weight_sum = [1] * len(weights), len(weights)
    if len(weights) == 2:
        # The usual case by far: two lines, or two funders. What the first does not get is the second's.
        first, remainder = divmod(total_minor * weights[0], weight_sum)
        if 2 * remainder >= weight_sum:
            first += 1
        return [first, total_minor - first]
    parts: list[int] = []
    remainders: list[int] = []
    for weight in weights:
        part, remainder = divmod(total_minor * weight, weight_sum)
        parts.append(part)
        remainders.append(remainder)
    left = total_minor - sum(parts)
    if left == 1:
        parts[remainders.index(max(remainders))] += 1
    elif left:
        for i in sorted(range(len(parts)), key=lambda i: (-remainders[i], i))[:left]:
            parts[i] += 1
    assert sum(parts) == total_minor
    return parts


def share_bp_floor(amount_minor: int, rate_bp: int) -> int:
    """Return `rate_bp` of `amount_minor`, rounded down to a minor unit."""
    return amount_minor * rate_bp // 10_000


def first_shares(amount_minor: int, pieces: int, count: int) -> int:
    """Return what the first `count` of `pieces` equal pieces carry of an amount; larger shares come first. Source: R19."""
    share, larger = divmod(amount_minor, pieces)
    return share * count + min(count, larger)
