"""Parse single cells of a CSV file: each function here makes a parser for `csv_rows.Column`.

A parser takes the trimmed text of a filled cell and returns its value, or raises CellError with a reason for people.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")


class CellError(ValueError):
    """Refuse one cell: a stable code and the reason in both languages."""

    def __init__(self, code: str, en: str, zh: str) -> None:
        super().__init__(en)
        self.code = code
        self.en = en
        self.zh = zh


def text(length_max: int) -> Callable[[str], str]:
    """Make a parser of text of at most `length_max` characters."""

    def parse(cell: str) -> str:
        if len(cell) > length_max:
            raise CellError("too_long", f"At most {length_max} characters.", f"最多 {length_max} 个字符。")
        return cell

    return parse


def integer(low: int, high: int) -> Callable[[str], int]:
    """Make a parser of whole numbers in [low, high]; a sign needs `may_begin_with_sign`."""

    def parse(cell: str) -> int:
        digits = cell.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()):
            raise CellError(
                "not_a_number", f"{cell[:40]!r} is not a whole number.", f"{cell[:40]!r} 不是整数。"
            )
        if len(digits) > 18 or not low <= int(cell) <= high:
            raise CellError("out_of_range", f"Must be from {low} to {high}.", f"须在 {low} 到 {high} 之间。")
        return int(cell)

    return parse


def decimal(low: str, high: str, decimals_max: int) -> Callable[[str], Decimal]:
    """Make a parser of plain decimals ("-1.250") in [low, high] with at most `decimals_max` decimals; no exponent."""
    least, most = Decimal(low), Decimal(high)

    def parse(cell: str) -> Decimal:
        plain = cell.removeprefix("-")
        whole, point, part = plain.partition(".")
        is_plain = whole.isascii() and whole.isdigit() and len(cell) <= 40
        if not is_plain or (point and not (part.isascii() and part.isdigit())):
            raise CellError(
                "not_a_number", f"{cell[:40]!r} is not a number such as 12.5.", f"{cell[:40]!r} 不是数字。"
            )
        try:
            value = Decimal(cell)
        except InvalidOperation:
            raise CellError(
                "not_a_number", f"{cell[:40]!r} is not a number.", f"{cell[:40]!r} 不是数字。"
            ) from None
        if len(part.rstrip("0")) > decimals_max:
            raise CellError(
                "too_precise", f"At most {decimals_max} decimals.", f"最多 {decimals_max} 位小数。"
            )
        if not least <= value <= most:
            raise CellError("out_of_range", f"Must be from {low} to {high}.", f"须在 {low} 到 {high} 之间。")
        return value

    return parse


def coordinate(limit: float) -> Callable[[str], float]:
    """Make a parser of degrees in [-limit, limit], at most 15 decimals."""
    parse_decimal = decimal(str(-limit), str(limit), 15)

    def parse(cell: str) -> float:
        return float(parse_decimal(cell))

    return parse


def choice(values: Iterable[T]) -> Callable[[str], T]:
    """Make a parser of one of `values`, compared by their text without regard to case."""
    by_text = {str(value).lower(): value for value in values}

    def parse(cell: str) -> T:
        try:
            return by_text[cell.lower()]
        except KeyError:
            listed = ", ".join(by_text)
            raise CellError(
                "not_in_list", f"Must be one of: {listed}.", f"须为以下之一：{listed}。"
            ) from None

    return parse


def instant(time_zone: str = "UTC") -> Callable[[str], datetime]:
    """Make a parser of ISO 8601 instants; one without an offset is read in `time_zone`."""

    def parse(cell: str) -> datetime:
        try:
            value = datetime.fromisoformat(cell)
            aware = value if value.tzinfo is not None else value.replace(tzinfo=ZoneInfo(time_zone))
            if not 1990 <= aware.year <= 9000:
                raise ValueError
            return aware.astimezone(UTC)
        except (ValueError, OverflowError):
            raise CellError(
                "not_a_time",
                f"{cell[:40]!r} is not a time such as 2026-11-11T20:30:00+08:00.",
                f"{cell[:40]!r} 不是时间，请写成 2026-11-11T20:30:00+08:00。",
            ) from None

    return parse


def day() -> Callable[[str], date]:
    """Make a parser of dates written YYYY-MM-DD."""

    def parse(cell: str) -> date:
        try:
            return date.fromisoformat(cell)
        except ValueError:
            raise CellError(
                "not_a_date",
                f"{cell[:40]!r} is not a date such as 2026-11-11.",
                f"{cell[:40]!r} 不是日期，请写成 2026-11-11。",
            ) from None

    return parse
