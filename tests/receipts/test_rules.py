"""Decide what a row of a till file becomes, at exact boundaries."""

from datetime import UTC, datetime, timedelta

import pytest

from fairday.kernel.csv_rows import Row, read
from fairday.places.types import Store, StoreStatus
from fairday.receipts import rules
from fairday.receipts.problems import Problems
from fairday.receipts.rules import Draft, Gathering
from fairday.receipts.types import Severity, Unit

NOW = datetime(2026, 11, 12, 4, 0, tzinfo=UTC)
STORE = Store(
    "sto_1", "mer_1", "CN-SH", None, "n", "n", "", 31.2, 121.4, "Asia/Shanghai", (), StoreStatus.OPEN, "S1"
)
GOOD = {
    "receipt_external_id": "R1",
    "store_external_id": "S1",
    "till": "1",
    "happened_at": "2026-11-11T20:30:00",
    "line_no": "1",
    "gtin": "6901234567892",
    "name": "绿茶",
    "quantity": "2",
    "unit": "pcs",
    "line_total": "9.00",
    "currency": "CNY",
}


def outcome(*changes: dict[str, str]) -> tuple[list[Draft], list[str]]:
    """Return the receipts and problem codes of a file of good rows with changes, numbered 1, 2, ..."""
    rows = [GOOD | {"line_no": str(place + 1)} | change for place, change in enumerate(changes)]
    names = sorted({name for row in rows for name in row})
    body = "\n".join([",".join(names), *(",".join(row.get(name, "") for name in names) for row in rows)])
    problems = Problems()
    gathering = Gathering(problems, NOW)
    for item in read(body.encode(), rules.COLUMNS):
        if isinstance(item, Row):
            gathering.add(item, {"S1": STORE})
        else:
            problems.add_row_error(item)
    return list(gathering.drafts.values()), [
        problem.code for problem in problems.listed() for _ in range(problem.count)
    ]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"store_external_id": "S2"}, ["unknown_store"]),
        ({"happened_at": "yesterday"}, ["not_a_time"]),
        ({"happened_at": "2026-11-12T12:05:00"}, []),
        ({"happened_at": "2026-11-12T12:05:00.000001"}, ["future"]),
        ({"happened_at": "2026-11-12T04:05:00Z"}, []),
        ({"gtin": "", "name": ""}, ["no_product"]),
        ({"gtin": "", "name": "", "sku_external_id": "K1"}, []),
        ({"quantity": "0"}, ["zero_quantity"]),
        ({"quantity": "-2", "line_total": "-9.00"}, ["negative_line"]),
        ({"quantity": "-2"}, ["sign_mismatch"]),
        ({"line_total": "-9.00"}, ["negative_line"]),
        ({"line_total": "0"}, ["zero_price"]),
        ({"line_total": "0", "quantity": "-2"}, ["negative_line", "zero_price"]),
        ({"line_total": "9.001"}, ["too_precise"]),
        ({"line_total": "9.5", "currency": "JPY"}, ["too_precise"]),
        ({"line_total": "9.005", "currency": "KWD"}, []),
        ({"currency": "YUAN"}, ["unknown_currency"]),
        ({"quantity": "0.0005"}, ["too_precise"]),
        ({"quantity": "0.000001", "unit": "kg"}, []),
        ({"quantity": "0.0000001", "unit": "kg"}, ["too_precise"]),
        ({"quantity": "0.001", "unit": "g"}, []),
        ({"quantity": "0.0005", "unit": "g"}, ["too_precise"]),
        ({"unit": "lb"}, ["unknown_unit"]),
        ({"line_no": "0"}, ["out_of_range"]),
        ({"line_no": "2001"}, ["out_of_range"]),
        ({"line_no": "2"}, []),
        ({"gtin": "6901234567890"}, ["bad_gtin"]),
        ({"gtin": "69012345X"}, ["bad_gtin_text"]),
        ({"name": "=HYPERLINK()"}, ["formula"]),
        ({"name": "card 4111 1111 1111 1111"}, ["card_number"]),
        ({"corrects_receipt_external_id": "R1"}, []),
        ({"corrects_receipt_external_id": "R0"}, []),
    ],
)
def test_a_row_is_kept_or_its_problem_is_named(change: dict[str, str], codes: list[str]) -> None:
    assert outcome(change)[1] == codes


@pytest.mark.parametrize(
    ("second", "codes", "count"),
    [
        ({}, [], 2),
        ({"line_no": "1"}, ["duplicate_line"], 1),
        ({"line_no": "1", "quantity": "3"}, ["conflicting_line"], 1),
        ({"till": "2"}, ["mixed_receipt"], 1),
        ({"happened_at": "2026-11-11T20:30:01"}, ["mixed_receipt"], 1),
        ({"happened_at": "2026-11-11T12:30:00Z"}, [], 2),
        ({"currency": "USD"}, ["mixed_receipt"], 1),
        ({"corrects_receipt_external_id": "R0"}, ["mixed_receipt"], 1),
    ],
)
def test_rows_of_one_receipt_agree(second: dict[str, str], codes: list[str], count: int) -> None:
    [draft], found = outcome({}, second)
    assert found == codes
    assert len(draft.lines) == count
    assert draft.is_incomplete is (bool(codes) and codes != ["duplicate_line"])


@pytest.mark.parametrize(
    ("quantity", "unit", "expected"),
    [
        ("2", "", (2000, Unit.PIECE)),
        ("1", "瓶", (1000, Unit.PIECE)),
        ("1.5", "KG", (1_500_000, Unit.GRAM)),
        ("350", "g", (350_000, Unit.GRAM)),
        ("3", "斤", (1_500_000, Unit.GRAM)),
        ("500", "ml", (500_000, Unit.MILLILITRE)),
        ("1.25", "L", (1_250_000, Unit.MILLILITRE)),
    ],
)
def test_units_are_turned_into_three(quantity: str, unit: str, expected: tuple[int, Unit]) -> None:
    [draft], _ = outcome({"quantity": quantity, "unit": unit})
    assert (draft.lines[1].quantity_milli, draft.lines[1].unit) == expected


def test_a_gap_in_the_line_numbers_is_seen() -> None:
    assert outcome({"line_no": "2"})[0][0].is_incomplete
    assert not outcome({"line_no": "2"}, {"line_no": "1"})[0][0].is_incomplete


def test_the_same_content_has_the_same_hash_whatever_its_order() -> None:
    [first], _ = outcome({}, {"name": "红茶"})
    [second], _ = outcome({"line_no": "2", "name": "红茶"}, {"line_no": "1"})
    [third], _ = outcome({}, {"name": "白茶"})
    assert first.content_hash() == second.content_hash() != third.content_hash()
    [feed], _ = outcome({"receipt_external_id": "X9", "name": "GREEN TEA"}, {"receipt_external_id": "X9"})
    assert feed.fingerprint() == first.fingerprint()
    assert len(first.fingerprint()) == 16


def test_days_are_local_and_corrected_receipts_do_not_count() -> None:
    drafts, _ = outcome(
        {"line_no": "1"},
        {"line_no": "1", "receipt_external_id": "R2", "happened_at": "2026-11-11T23:59:59"},
        {"line_no": "1", "receipt_external_id": "R3", "happened_at": "2026-11-12T00:00:00"},
        {"line_no": "1", "receipt_external_id": "R4", "quantity": "-1", "line_total": "-4.50"},
        {
            "line_no": "1",
            "receipt_external_id": "R5",
            "corrects_receipt_external_id": "R1",
            "line_total": "8.00",
        },
        {"line_no": "1", "receipt_external_id": "R6", "currency": "USD"},
    )
    totals = [
        (one.on.day, one.currency, one.receipt_count, one.return_count, one.total_minor)
        for one in rules.day_totals(rules.not_corrected(drafts))
    ]
    assert totals == [(11, "CNY", 3, 1, 900 - 450 + 800), (11, "USD", 1, 0, 900), (12, "CNY", 1, 0, 900)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("茶 4111111111111111", "茶 ••••••••••••1111"),
        ("茶 4111-1111-1111-1111", "茶 ••••••••••••1111"),
        ("茶 4111111111111112", "茶 4111111111111112"),
        ("茶 6901234567892", "茶 6901234567892"),
    ],
)
def test_card_numbers_are_masked(name: str, expected: str) -> None:
    assert rules.without_cards(name) == expected


def test_problems_are_counted_with_five_examples_refused_ones_first() -> None:
    problems = Problems()
    for line in range(7):
        problems.add("late", line, "happened_at", line)
    problems.add("future", 9, "happened_at", "x" * 100)
    first, second = problems.listed()
    assert (first.code, first.severity, first.count, len(first.examples[0].value)) == (
        "future",
        Severity.REFUSED,
        1,
        60,
    )
    assert (second.code, second.count, len(second.examples)) == ("late", 7, 5)
    assert problems.errors.count == 1


def test_late_is_more_than_two_days() -> None:
    assert timedelta(days=2) == rules.LATE


def test_a_return_is_negative_whatever_sign_the_till_gave_its_quantity() -> None:
    [draft], _ = outcome({"quantity": "2", "line_total": "-9.00"}, {"quantity": "-2", "line_total": "-9.00"})
    assert [(line.quantity_milli, line.total_minor) for line in draft.lines.values()] == [(-2000, -900)] * 2
    assert (draft.total_minor, draft.return_count) == (-1800, 2)


@pytest.mark.parametrize(
    ("units", "count"), [(("g", "kg", "g", "kg"), 1), (("pcs", "g"), 1), (("g", "克"), 0), (("斤", "kg"), 1)]
)
def test_mixed_units_of_a_product_are_told_once(units: tuple[str, ...], count: int) -> None:
    assert outcome(*({"unit": unit} for unit in units))[1].count("unit_mix") == count


def alone(number: int, at: str, **more: str) -> dict[str, str]:
    return {"line_no": "1", "receipt_external_id": f"R{number}", "happened_at": at, **more}


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (alone(2, "2026-11-11T20:32:00"), {("sto_1", "R2"): "R1"}),
        (alone(2, "2026-11-11T20:32:00.000001"), {}),
        (alone(2, "2026-11-11T20:28:00"), {("sto_1", "R1"): "R2"}),
        (alone(2, "2026-11-11T20:30:00", till="2"), {}),
        (alone(2, "2026-11-11T20:30:00", quantity="3"), {}),
        (alone(2, "2026-11-11T20:30:00", corrects_receipt_external_id="R1"), {}),
    ],
)
def test_twins_are_of_one_till_within_two_minutes(
    second: dict[str, str], found: dict[tuple[str, str], str]
) -> None:
    assert rules.twins(outcome(alone(1, "2026-11-11T20:30:00"), second)[0]) == found


def test_what_is_corrected_stands_before_its_correction_and_circles_end() -> None:
    chain = [
        alone(3, GOOD["happened_at"], corrects_receipt_external_id="R2"),
        alone(2, GOOD["happened_at"], corrects_receipt_external_id="R1"),
        alone(1, GOOD["happened_at"]),
    ]
    drafts = {draft.key: draft for draft in outcome(*chain)[0]}
    assert [draft.external_id for draft in rules.in_order(drafts)] == ["R1", "R2", "R3"]
    circle = [chain[0], alone(2, GOOD["happened_at"], corrects_receipt_external_id="R3")]
    drafts = {draft.key: draft for draft in outcome(*circle)[0]}
    assert len(rules.in_order(drafts)) == 2


def test_coverage_counts_days_and_delays() -> None:
    drafts, _ = outcome(
        *(alone(number, f"2026-11-{day:02}T12:00:00") for number, day in enumerate((2, 2, 5, 11)))
    )
    [one] = rules.coverage(drafts, NOW)
    assert (one.receipt_count, one.day_count, one.missing_day_count, one.share_bp) == (4, 3, 7, 3000)
    assert (one.first_on.day, one.last_on.day, one.late_count) == (2, 11, 3)
    assert (one.age_s, one.delay_median_s, one.delay_max_s) == (86_400, 7 * 86_400, 10 * 86_400)
