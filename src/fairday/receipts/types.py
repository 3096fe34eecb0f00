"""Shape receipts, cleaning reports, day totals and coverage. Quantities are thousandths of pcs, g or ml."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from fairday.kernel.csv_rows import ImportReport


class Unit(StrEnum):
    """Name the units that quantities are kept in; kg, 斤 and l are turned into them."""

    PIECE = "pcs"
    GRAM = "g"
    MILLILITRE = "ml"


class Match(StrEnum):
    """Name how a line was matched to a SKU of the catalogue."""

    GTIN = "gtin"
    SKU_ID = "sku_id"
    NAME = "name"
    NONE = "none"


class Severity(StrEnum):
    """Tell what became of a row with a problem: `refused` rows are left out, `warned` ones are kept."""

    REFUSED = "refused"
    WARNED = "warned"


class ReceiptLine(msgspec.Struct, frozen=True):
    """Hold one line; returns have negative quantity and total."""

    line_no: int
    gtin: str | None
    sku_external_id: str | None
    name: str
    quantity_milli: int
    unit: Unit
    total_minor: int
    sku_id: str | None = None
    match: Match = Match.NONE


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a receipt. One with `superseded_by` was revised or corrected and counts no more.

    `happened_at` is the till's time, `recorded_at` when Fairday learned of it. `twin_of` is the external id of a receipt of
    the same till and content within two minutes: perhaps the same sale told twice.
    """

    receipt_id: str
    merchant_id: str
    store_id: str
    external_id: str
    revision: int
    till: str
    happened_at: datetime
    recorded_at: datetime
    currency: str
    total_minor: int
    line_count: int
    return_count: int
    is_incomplete: bool
    corrects_external_id: str | None
    twin_of: str | None
    superseded_by: str | None
    import_id: str


class ReceiptDetail(msgspec.Struct, frozen=True):
    """Hold a receipt with its lines."""

    receipt: Receipt
    lines: list[ReceiptLine]


class Example(msgspec.Struct, frozen=True):
    """Show where a problem was seen: line of the file, column, and what stood there."""

    line: int
    column: str
    value: str


class ProblemCount(msgspec.Struct, frozen=True):
    """Count one kind of problem, with the first five examples."""

    code: str
    severity: Severity
    count: int
    reason_en: str
    reason_zh: str
    examples: list[Example]


class Matching(msgspec.Struct, frozen=True):
    """Count lines by how they were matched to the catalogue."""

    by_gtin_count: int
    by_sku_id_count: int
    by_name_count: int
    unmatched_count: int


class DayTotal(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a store's total of one local day in one currency; returns lower it."""

    on: date
    store_id: str
    currency: str
    receipt_count: int
    line_count: int
    return_count: int
    total_minor: int


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """Tell how well a store reports, over its receipts that count.

    `day_count` local days from `first_on` to `last_on` have receipts, `missing_day_count` have none; `share_bp` is the share
    of days with receipts. Delays are seconds from the sale to its record; `age_s` is the time since the newest sale.
    """

    store_id: str
    receipt_count: int
    first_on: date
    last_on: date
    day_count: int
    missing_day_count: int
    share_bp: int
    late_count: int
    incomplete_count: int
    delay_median_s: int
    delay_max_s: int
    last_happened_at: datetime
    last_recorded_at: datetime
    age_s: int


class CleaningReport(ImportReport, frozen=True, kw_only=True):
    """Tell what a file of receipts held. Created, updated (revised) and unchanged count receipts; `error_count` counts rows.

    `totals` (at most 5,000) and `coverage` are of the file's receipts after cleaning, without those that it corrects itself.
    """

    merchant_id: str
    recorded_at: datetime
    row_count: int
    receipt_count: int
    corrected_count: int
    problems: list[ProblemCount]
    matching: Matching
    totals: list[DayTotal]
    coverage: list[Coverage]
