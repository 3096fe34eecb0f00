"""Decide on units, amounts, names and what a row becomes: pure functions."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from string import ascii_lowercase, ascii_uppercase
from zoneinfo import ZoneInfo

from stdnum import ean, luhn

from fairday.kernel.csv_cells import CellError, decimal, instant, integer, text
from fairday.kernel.csv_rows import Column, Row
from fairday.kernel.money import exponent, is_currency
from fairday.places.types import Store
from fairday.receipts.problems import Problems
from fairday.receipts.types import Coverage, DayTotal, ReceiptLine, Unit

CLOCK_SLACK = timedelta(minutes=5)
LATE = timedelta(days=2)
LINES_MAX = 2000
TWIN = timedelta(minutes=2)
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)

UNITS: dict[str, tuple[Unit, int]] = {
    **dict.fromkeys(
        ("pcs", "pc", "ea", "each", "piece", "件", "个", "個", "瓶", "包", "盒", "袋", "罐", "支", "份"),
        (Unit.PIECE, 1000),
    ),
    **dict.fromkeys(("g", "克"), (Unit.GRAM, 1_000)),
    **dict.fromkeys(("斤", "jin", "市斤"), (Unit.GRAM, 500_000)),
    **dict.fromkeys(("kg", "公斤", "千克"), (Unit.GRAM, 1_000_000)),
    **dict.fromkeys(("ml", "毫升"), (Unit.MILLILITRE, 1_000)),
    **dict.fromkeys(("l", "升"), (Unit.MILLILITRE, 1_000_000)),
}
"""How tills write units, and thousandths of the unit that each is kept in."""

_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){14,18}\d(?!\d)")


def _unit(cell: str) -> tuple[Unit, int]:
    try:
        return UNITS[cell.lower()]
    except KeyError:
        listed = ", ".join(UNITS)
        raise CellError(
            "unknown_unit",
            f"{cell[:20]!r} is no unit. Write one of: {listed}.",
            f"单位 {cell[:20]!r} 无法识别，请使用：{listed}。",
        ) from None


def _gtin(cell: str) -> str:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 14):
        raise CellError(
            "bad_gtin_text", "A GTIN has 8, 12, 13 or 14 digits.", "条码须为 8、12、13 或 14 位数字。"
        )
    return cell


def _currency(cell: str) -> str:
    if not is_currency(cell):
        raise CellError(
            "unknown_currency",
            f"{cell[:10]!r} is no currency of ISO 4217, such as CNY.",
            f"{cell[:10]!r} 不是 ISO 4217 币种代码，例如 CNY。",
        )
    return cell


COLUMNS = (
    Column("receipt_external_id", parse=text(64)),
    Column("store_external_id", parse=text(64)),
    Column("till", parse=text(40)),
    Column("happened_at", parse=text(40)),
    Column("line_no", parse=integer(1, LINES_MAX)),
    Column("quantity", parse=decimal("-1000000", "1000000", 6), may_begin_with_sign=True),
    Column("line_total", parse=decimal("-1000000000", "1000000000", 4), may_begin_with_sign=True),
    Column("gtin", False, _gtin),
    Column("sku_external_id", False, text(64)),
    Column("name", False, text(300), ""),
    Column("unit", False, _unit, UNITS["pcs"]),
    Column("currency", False, _currency, "CNY"),
    Column("corrects_receipt_external_id", False, text(64)),
)


@dataclass(slots=True)
class Draft:
    """Gather the good lines of one receipt of the file."""

    line: int
    store_id: str
    external_id: str
    till: str
    happened_at: datetime
    happened_on: date
    currency: str
    corrects: str | None
    lines: dict[int, ReceiptLine] = field(default_factory=dict)
    has_refused_row: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Return what names a receipt: its store and its external id."""
        return self.store_id, self.external_id

    @property
    def total_minor(self) -> int:
        """Return the sum of the lines."""
        return sum(line.total_minor for line in self.lines.values())

    @property
    def return_count(self) -> int:
        """Return how many lines are returns."""
        return sum(line.quantity_milli < 0 for line in self.lines.values())

    @property
    def is_incomplete(self) -> bool:
        """Tell whether lines are missing: a row of it was refused, or the numbers from 1 have a gap."""
        return self.has_refused_row or max(self.lines) != len(self.lines)

    def content_hash(self) -> bytes:
        """Return 32 bytes that are the same for the same content, whatever the order of its rows."""
        head = (self.till, self.happened_at.isoformat(), self.currency, self.corrects)
        return _digest((head, [_plain(self.lines[number]) for number in sorted(self.lines)]), 32)

    def fingerprint(self) -> bytes:
        """Return 16 bytes that two feeds of one till share: the place, and the lines without their numbers."""
        lines = sorted(
            str(
                (
                    line.gtin or line.sku_external_id or normal_name(line.name),
                    line.quantity_milli,
                    line.total_minor,
                )
            )
            for line in self.lines.values()
        )
        return _digest((self.store_id, self.till, self.currency, lines), 16)


class Gathering:
    """Gather the rows of a file into receipts, in the order of their first rows."""

    def __init__(self, problems: Problems, now: datetime) -> None:
        self.drafts: dict[tuple[str, str], Draft] = {}
        self._problems = problems
        self._now = now
        self._units: dict[str, tuple[Unit, int] | None] = {}

    def add(self, row: Row, stores: dict[str, Store]) -> None:
        """Put a row into its receipt, or count why not. Order: store, time, product, quantity, amount, receipt, line."""
        values, problems = row.values, self._problems
        store = stores.get(values["store_external_id"])
        if store is None:
            problems.add("unknown_store", row.line, "store_external_id", values["store_external_id"])
            return
        happened_at = _happened_at(row, store, problems, self._now)
        line = _line(row, problems) if happened_at is not None else None
        if happened_at is None or line is None:
            _mark(self.drafts, store, values)
            return
        corrects = values["corrects_receipt_external_id"]
        if corrects == values["receipt_external_id"]:
            corrects = None  # a receipt that names itself is sent again, which is a revision anyway
        key = (store.store_id, values["receipt_external_id"])
        draft = self.drafts.get(key)
        if draft is None:
            local = happened_at.astimezone(ZoneInfo(store.time_zone)).date()
            draft = Draft(row.line, *key, values["till"], happened_at, local, values["currency"], corrects)
            self.drafts[key] = draft
        told = (values["till"], happened_at, values["currency"], corrects)
        if told != (draft.till, draft.happened_at, draft.currency, draft.corrects):
            problems.add("mixed_receipt", row.line, "receipt_external_id", draft.external_id)
            draft.has_refused_row = True
            return
        self._put(draft, row, line)

    def _put(self, draft: Draft, row: Row, line: ReceiptLine) -> None:
        before = draft.lines.setdefault(line.line_no, line)
        if before is not line:
            code = "duplicate_line" if before == line else "conflicting_line"
            self._problems.add(code, row.line, "line_no", line.line_no)
            draft.has_refused_row |= before != line
            return
        if line.quantity_milli < 0:
            self._problems.add("negative_line", row.line, "line_total", row.values["line_total"])
        product = line.gtin or line.sku_external_id or normal_name(line.name)
        unit = row.values["unit"]
        if self._units.setdefault(product, unit) not in (unit, None):
            self._problems.add("unit_mix", row.line, "unit", product)
            self._units[product] = None  # told once a product


def _mark(drafts: dict[tuple[str, str], Draft], store: Store, values: dict[str, object]) -> None:
    draft = drafts.get((store.store_id, str(values["receipt_external_id"])))
    if draft is not None:
        draft.has_refused_row = True


def _happened_at(row: Row, store: Store, problems: Problems, now: datetime) -> datetime | None:
    try:
        happened_at = instant(store.time_zone)(row.values["happened_at"])
    except CellError:
        problems.add("not_a_time", row.line, "happened_at", row.values["happened_at"])
        return None
    if happened_at > now + CLOCK_SLACK:
        problems.add("future", row.line, "happened_at", row.values["happened_at"])
        return None
    return happened_at


def _line(row: Row, problems: Problems) -> ReceiptLine | None:
    values = row.values
    if not (values["gtin"] or values["sku_external_id"] or values["name"]):
        problems.add("no_product", row.line, "name", "")
        return None
    unit, factor = values["unit"]
    quantity = values["quantity"] * factor
    total = values["line_total"].scaleb(exponent(values["currency"]))
    if quantity == 0:
        problems.add("zero_quantity", row.line, "quantity", values["quantity"])
        return None
    for column, number in (("quantity", quantity), ("line_total", total)):
        if number != number.to_integral_value():
            problems.add("too_precise", row.line, column, values[column])
            return None
    if total > 0 > quantity:
        problems.add("sign_mismatch", row.line, "line_total", values["line_total"])
        return None
    if total < 0:
        quantity = -abs(quantity)  # many tills print a return's quantity without a sign
    elif total == 0:
        problems.add("zero_price", row.line, "line_total", values["line_total"])
    if values["gtin"] and not ean.is_valid(values["gtin"]):
        problems.add("bad_gtin", row.line, "gtin", values["gtin"])
    name = without_cards(values["name"])
    if name != values["name"]:
        problems.add("card_number", row.line, "name", name)
    return ReceiptLine(
        values["line_no"],
        values["gtin"],
        values["sku_external_id"],
        name,
        int(quantity),
        unit,
        int(total),
    )


def normal_name(name: str) -> str:
    """Return `name` as it is compared: one width, one case of Latin letters, no spaces. The catalogue compares likewise."""
    return unicodedata.normalize("NFKC", name).replace(" ", "").translate(_LOWER)


def without_cards(name: str) -> str:
    """Return `name` with numbers of 15 to 19 digits that pass Luhn's check masked. Source: I68."""

    def mask(match: re.Match[str]) -> str:
        digits = re.sub(r"[ -]", "", match[0])
        return "•" * 12 + digits[-4:] if luhn.is_valid(digits) else match[0]

    return _CARD.sub(mask, name)


def day_totals(drafts: Iterable[Draft]) -> list[DayTotal]:
    """Sum drafts by local day, store and currency."""
    sums: dict[tuple[date, str, str], list[int]] = {}
    for draft in drafts:
        have = sums.setdefault((draft.happened_on, draft.store_id, draft.currency), [0, 0, 0, 0])
        for place, more in enumerate((1, len(draft.lines), draft.return_count, draft.total_minor)):
            have[place] += more
    return [
        DayTotal(
            on=on,
            store_id=store_id,
            currency=currency,
            receipt_count=have[0],
            line_count=have[1],
            return_count=have[2],
            total_minor=have[3],
        )
        for (on, store_id, currency), have in sorted(sums.items())
    ]


def _plain(line: ReceiptLine) -> tuple[object, ...]:
    return (
        line.line_no,
        line.gtin,
        line.sku_external_id,
        line.name,
        line.quantity_milli,
        line.unit.value,
        line.total_minor,
    )


def _digest(value: object, size: int) -> bytes:
    return hashlib.blake2b(repr(value).encode(), digest_size=size).digest()


def twins(drafts: Iterable[Draft]) -> dict[tuple[str, str], str]:
    """Return by key which earlier receipt of the file has the same till and content within two minutes."""
    found: dict[tuple[str, str], str] = {}
    before: dict[bytes, Draft] = {}
    for draft in sorted(drafts, key=lambda draft: (draft.happened_at, draft.line)):
        other = before.get(mark := draft.fingerprint())
        before[mark] = draft
        if other is None or draft.happened_at - other.happened_at > TWIN:
            continue
        if draft.corrects != other.external_id and other.corrects != draft.external_id:
            found[draft.key] = other.external_id
    return found


def in_order(drafts: dict[tuple[str, str], Draft]) -> list[Draft]:
    """Return drafts so that each stands after the one that it corrects; a circle is cut at one place."""
    ordered: dict[tuple[str, str], Draft] = {}
    for draft in drafts.values():
        chain: dict[tuple[str, str], Draft] = {}
        at: Draft | None = draft
        while at is not None and at.key not in ordered and at.key not in chain:
            chain[at.key] = at
            at = drafts.get((at.store_id, at.corrects)) if at.corrects is not None else None
        for key in reversed(chain):
            ordered[key] = chain[key]
    return list(ordered.values())


def not_corrected(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts that no other of them corrects."""
    corrected = {(draft.store_id, draft.corrects) for draft in drafts if draft.corrects is not None}
    return [draft for draft in drafts if draft.key not in corrected]


def coverage(drafts: Iterable[Draft], now: datetime) -> list[Coverage]:
    """Tell by store how well `drafts`, recorded at `now`, cover their days."""
    by_store: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_store.setdefault(draft.store_id, []).append(draft)
    return [_coverage(store_id, mine, now) for store_id, mine in sorted(by_store.items())]


def _coverage(store_id: str, drafts: list[Draft], now: datetime) -> Coverage:
    days = {draft.happened_on for draft in drafts}
    first_on, last_on = min(days), max(days)
    span = (last_on - first_on).days + 1
    delays = sorted(max(0, (now - draft.happened_at) // timedelta(seconds=1)) for draft in drafts)
    return Coverage(
        store_id=store_id,
        receipt_count=len(drafts),
        first_on=first_on,
        last_on=last_on,
        day_count=len(days),
        missing_day_count=span - len(days),
        share_bp=len(days) * 10_000 // span,
        late_count=sum(now - draft.happened_at > LATE for draft in drafts),
        incomplete_count=sum(draft.is_incomplete for draft in drafts),
        delay_median_s=delays[(len(delays) - 1) // 2],
        delay_max_s=delays[-1],
        last_happened_at=max(draft.happened_at for draft in drafts),
        last_recorded_at=now,
        age_s=delays[0],
    )
