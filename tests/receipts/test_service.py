"""Import a month of till receipts as shops really send them, and read it back."""

import asyncio
import random
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from fairday.catalog import service as catalog
from fairday.catalog.types import ProductDraft, SkuDraft, Status
from fairday.kernel.csv_rows import EmptyFile, MissingColumns, WrongEncoding
from fairday.kernel.errors import NotFound
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from fairday.places import service as places
from fairday.places.types import StoreDraft
from fairday.receipts import service
from fairday.receipts.types import CleaningReport, Match

HEAD = "receipt_external_id,store_external_id,till,happened_at,line_no,gtin,name,quantity,unit,line_total,corrects_receipt_external_id"
GTIN = "6901234567892"


class Shop:
    """Hold a merchant with two stores, and import files for it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.merchant_id = new_id("mer")
        self.store_ids: dict[str, str] = {}

    async def open(self) -> None:
        """Make the stores S1 and S2, and one product."""
        async with self.database.transaction() as (tx, now):
            for name in ("S1", "S2"):
                draft = StoreDraft(
                    external_id=name, name=name, region_id="CN-SH", latitude=31.2, longitude=121.4
                )
                self.store_ids[name] = (await places.create_store(tx, self.merchant_id, draft, now)).store_id
            sku = SkuDraft(external_id="K1", gtin=GTIN, price_minor=450, currency="CNY")
            tea = ProductDraft(external_id="P1", name="绿茶 500ml", status=Status.LIVE, skus=[sku])
            await catalog.create_product(tx, self.merchant_id, tea, now)

    async def send(self, *rows: str, dry_run: bool = False) -> CleaningReport:
        """Import rows under the usual header."""
        body = "\n".join([HEAD, *rows]).encode()
        return await service.import_receipts(self.database, self.merchant_id, body, dry_run=dry_run)

    async def totals(self) -> list[tuple[int, int]]:
        """Return (receipts, minor units) of each day and store that stands."""
        async with self.database.transaction(read_only=True) as (tx, _):
            found = await service.day_totals(tx, self.merchant_id, date(2025, 1, 1), date(2025, 12, 31), None)
        return [(one.receipt_count, one.total_minor) for one in found]


@pytest.fixture
async def shop(database: Database) -> Shop:
    """Return a shop of its own."""
    shop = Shop(database)
    await shop.open()
    return shop


def codes(report: CleaningReport) -> dict[str, int]:
    """Return counts by problem."""
    return {problem.code: problem.count for problem in report.problems}


def made(report: CleaningReport) -> tuple[int, int, int, int]:
    """Return (created, revised, unchanged, corrected)."""
    return report.created_count, report.updated_count, report.unchanged_count, report.corrected_count


async def test_a_file_comes_again_and_counts_once(shop: Shop) -> None:
    rows = [
        f"R1,S1,1,2025-03-02T10:00,1,{GTIN},,2,pcs,9.00,",
        "R1,S1,1,2025-03-02T10:00,2,,绿茶 500ML,1,pcs,4.50,",
        "R2,S2,1,2025-03-02T11:00,1,,苹果,350,g,5.60,",
        "R3,S9,1,2025-03-02T11:00,1,,苹果,1,kg,16.00,",
    ]
    rehearsed = await shop.send(*rows, dry_run=True)
    assert made(rehearsed) == (2, 0, 0, 0)
    assert await shop.totals() == []
    report = await shop.send(*rows)
    assert made(report) == (2, 0, 0, 0)
    assert (report.row_count, report.receipt_count, report.error_count) == (4, 2, 1)
    assert [(one.line, one.code) for one in report.errors] == [(5, "unknown_store")]
    assert codes(report) == {"unknown_store": 1, "late": 2, "unmatched": 1}
    assert (
        report.matching.by_gtin_count == report.matching.by_name_count == report.matching.unmatched_count == 1
    )
    expected = sorted([(shop.store_ids["S1"], 1350), (shop.store_ids["S2"], 560)])
    assert [(one.store_id, one.total_minor) for one in report.totals] == expected
    assert made(await shop.send(*rows)) == (0, 0, 2, 0)
    assert sorted(await shop.totals()) == [(1, 560), (1, 1350)]
    async with shop.database.transaction(read_only=True) as (tx, _):
        assert await service.cleaning_report(tx, report.import_id) == report
        with pytest.raises(NotFound):
            await service.cleaning_report(tx, rehearsed.import_id)


async def test_a_receipt_with_other_content_becomes_a_revision(shop: Shop, now: datetime) -> None:
    await shop.send(f"R1,S1,1,2025-03-02T10:00,1,{GTIN},,2,pcs,9.00,")
    second = await shop.send(f"R1,S1,1,2025-03-02T10:00,1,{GTIN},,3,pcs,13.50,")
    assert made(second) == (0, 1, 0, 0)
    assert await shop.totals() == [(1, 1350)]
    async with shop.database.transaction(read_only=True) as (tx, _):
        found = await service.list_receipts(
            tx,
            shop.merchant_id,
            before=(now + timedelta(days=1), ""),
            store_id=None,
            on=date(2025, 3, 2),
            with_superseded=True,
            limit=10,
        )
        assert [
            (one.revision, one.superseded_by is None) for one in sorted(found, key=lambda one: one.revision)
        ] == [
            (1, False),
            (2, True),
        ]
        live = next(one for one in found if one.superseded_by is None)
        detail = await service.receipt(tx, live.receipt_id)
        assert [(line.quantity_milli, line.match) for line in detail.lines] == [(3000, Match.GTIN)]


async def test_a_correction_replaces_what_it_corrects_in_any_order_and_again(shop: Shop) -> None:
    first = f"R1,S1,1,2025-03-02T10:00,1,{GTIN},,2,pcs,9.00,"
    correction = f"R1-C,S1,1,2025-03-03T10:00,1,{GTIN},,1,pcs,4.50,R1"
    report = await shop.send(correction, first)
    assert made(report) == (2, 0, 0, 1)
    assert await shop.totals() == [(1, 450)]
    assert [one.total_minor for one in report.totals] == [450]
    assert made(await shop.send(first, correction)) == (0, 0, 2, 0)
    changed = await shop.send(first.replace("9.00", "9.50"))
    assert made(changed) == (0, 1, 0, 0)
    assert await shop.totals() == [(1, 450)], "a corrected receipt stays corrected"
    again = await shop.send(f"R1-C2,S1,1,2025-03-03T11:00,1,{GTIN},,1,pcs,4.00,R1-C")
    assert made(again) == (1, 0, 0, 1)
    assert await shop.totals() == [(1, 400)]
    unknown = await shop.send(f"R5,S1,1,2025-03-03T11:00,1,{GTIN},,1,pcs,4.00,R4")
    assert codes(unknown)["unknown_correction"] == 1


async def test_a_cancelled_receipt_is_corrected_to_nothing_left(shop: Shop) -> None:
    await shop.send(f"R1,S1,1,2025-03-02T10:00,1,{GTIN},,2,pcs,9.00,")
    await shop.send(f"R1-X,S1,1,2025-03-03T09:00,1,{GTIN},,1,pcs,0,R1")
    assert await shop.totals() == [(1, 0)]


async def test_two_feeds_of_one_till_are_noticed(shop: Shop) -> None:
    await shop.send(f"A1,S1,1,2025-03-02T10:00:05,1,{GTIN},,2,pcs,9.00,")
    report = await shop.send(
        f"B7,S1,1,2025-03-02T10:00:31,1,{GTIN},茶,2,pcs,9.00,",
        f"B8,S1,1,2025-03-02T10:02:32,1,{GTIN},茶,2,pcs,9.00,",
    )
    assert codes(report)["possible_twin"] == 1
    [twin] = [problem for problem in report.problems if problem.code == "possible_twin"]
    assert twin.examples[0].value == "A1"


async def test_two_feeds_in_one_file_and_a_repeated_sale_later(shop: Shop) -> None:
    rows = [
        f"{name},S1,1,2025-03-02T10:{at},1,{GTIN},,2,pcs,9.00,"
        for name, at in (("A1", "00:00"), ("A2", "02:00"), ("A3", "04:01"))
    ]
    report = await shop.send(*rows)
    assert codes(report)["possible_twin"] == 1
    async with shop.database.transaction(read_only=True) as (tx, now):
        found = await service.list_receipts(
            tx, shop.merchant_id, before=(now, ""), store_id=None, on=None, with_superseded=False, limit=9
        )
    assert {one.external_id: one.twin_of for one in found} == {"A1": None, "A2": "A1", "A3": None}


async def test_a_late_receipt_that_was_corrected_before_it_came_does_not_count(shop: Shop) -> None:
    correction = f"R1-C,S1,1,2025-03-03T10:00,1,{GTIN},,1,pcs,4.50,R1"
    assert codes(await shop.send(correction))["unknown_correction"] == 1
    report = await shop.send(f"R1,S1,1,2025-03-02T10:00,1,{GTIN},,2,pcs,9.00,")
    assert made(report) == (1, 0, 0, 1)
    assert await shop.totals() == [(1, 450)]


async def test_of_two_corrections_the_later_one_counts(shop: Shop) -> None:
    await shop.send(
        f"R1,S1,1,2025-03-02T10:00,1,{GTIN},,2,pcs,9.00,",
        f"R1-A,S1,1,2025-03-03T10:00,1,{GTIN},,1,pcs,4.50,R1",
        f"R1-B,S1,1,2025-03-03T10:05,1,{GTIN},,1,pcs,4.00,R1",
    )
    assert await shop.totals() == [(1, 400)]
    await shop.send(f"R1-C,S1,1,2025-03-03T10:10,1,{GTIN},,1,pcs,3.00,R1")
    assert await shop.totals() == [(1, 300)]


async def test_receipts_that_correct_each_other_leave_one_that_counts(shop: Shop) -> None:
    rows = [
        f"R1,S1,1,2025-03-02T10:00,1,{GTIN},,2,pcs,9.00,R2",
        f"R2,S1,1,2025-03-02T10:00,1,{GTIN},,1,pcs,4.50,R1",
    ]
    await shop.send(*rows)
    assert len(await shop.totals()) == 1
    assert made(await shop.send(*rows)) == (0, 0, 2, 0)


async def test_stored_receipts_and_lines_cannot_be_changed(shop: Shop, tx: Tx) -> None:
    await shop.send(f"R1,S1,1,2025-03-02T10:00,1,{GTIN},,2,pcs,9.00,")
    for change in (
        "UPDATE receipts.line SET total_minor = 1",
        "DELETE FROM receipts.receipt",
        f"UPDATE receipts.receipt SET total_minor = 1 WHERE merchant_id = '{shop.merchant_id}'",
        "INSERT INTO receipts.line (receipt_id, line_no, name, quantity_milli, unit, total_minor, match)"
        f" SELECT receipt_id, 2, 'x', 1, 'pcs', 1, 'none' FROM receipts.receipt WHERE merchant_id = '{shop.merchant_id}'",
    ):
        with pytest.raises(asyncpg.RaiseError):
            async with tx.transaction():
                await tx.execute(change)


async def test_two_imports_of_one_file_at_once_count_once(shop: Shop) -> None:
    rows = [f"R{n},S1,1,2025-03-02T10:{n % 60:02},1,,茶{n},1,pcs,1.00," for n in range(1500)]
    reports = await asyncio.gather(*[shop.send(*rows) for _ in range(3)])
    assert sum(report.created_count for report in reports) == 1500
    assert sum(report.unchanged_count for report in reports) == 3000
    assert await shop.totals() == [(1500, 150_000)]


async def test_names_match_with_their_options_and_never_by_guess(shop: Shop) -> None:
    async with shop.database.transaction() as (tx, now):
        red = SkuDraft(external_id="T-R", price_minor=900, options={"颜色": "红", "尺码": "L"})
        for external_id, name, skus in (
            ("T", "Ｔ恤", [red]),
            ("M1", "毛巾", [SkuDraft(external_id="M1", price_minor=900)]),
            ("M2", "毛巾", [SkuDraft(external_id="M2", price_minor=900)]),
        ):
            await catalog.create_product(
                tx, shop.merchant_id, ProductDraft(external_id=external_id, name=name, skus=skus), now
            )
    report = await shop.send(
        "R1,S1,1,2025-03-02T10:00,1,,t恤 红 / L,1,pcs,9.00,",
        "R1,S1,1,2025-03-02T10:00,2,,T恤,1,pcs,9.00,",
        "R1,S1,1,2025-03-02T10:00,3,,毛巾,1,pcs,9.00,",
    )
    assert (report.matching.by_name_count, report.matching.unmatched_count) == (1, 2)


async def test_units_that_mix_are_noticed(shop: Shop) -> None:
    report = await shop.send(
        "R1,S1,1,2025-03-02T10:00,1,,苹果,350,g,5.60,",
        "R1,S1,1,2025-03-02T10:00,2,,苹果,2,kg,32.00,",
        "R1,S1,1,2025-03-02T10:00,3,,苹果,3,pcs,12.00,",
    )
    assert codes(report)["unit_mix"] == 1


async def test_files_that_cannot_be_read_are_refused_as_a_whole(shop: Shop) -> None:
    with pytest.raises(MissingColumns):
        await service.import_receipts(shop.database, shop.merchant_id, b"receipt,total\n1,2\n")
    with pytest.raises(EmptyFile):
        await service.import_receipts(shop.database, shop.merchant_id, b"")
    body = f"{HEAD}\nR1,S1,1,2025-03-02T10:00,1,,绿茶,1,瓶,4.50,\n".encode("gbk")
    with pytest.raises(WrongEncoding):
        await service.import_receipts(shop.database, shop.merchant_id, body)
    report = await service.import_receipts(shop.database, shop.merchant_id, body, encoding="gb18030")
    assert made(report) == (1, 0, 0, 0)


async def test_coverage_names_missing_days_and_age(shop: Shop) -> None:
    await shop.send(
        f"R1,S1,1,2025-03-02T10:00,1,{GTIN},,2,pcs,9.00,",
        f"R2,S1,1,2025-03-05T10:00,2,{GTIN},,2,pcs,9.00,",
    )
    async with shop.database.transaction(read_only=True) as (tx, now):
        [one] = await service.coverage(tx, shop.merchant_id, now - timedelta(days=3650), now, "", 10)
    assert (one.store_id, one.receipt_count, one.day_count, one.missing_day_count) == (
        shop.store_ids["S1"],
        2,
        2,
        2,
    )
    assert (one.late_count, one.incomplete_count) == (2, 1)
    assert one.age_s == int((now - datetime.fromisoformat("2025-03-05T10:00+08:00")).total_seconds())


async def test_a_seeded_month_with_every_defect_adds_up_to_the_unit(shop: Shop) -> None:
    rows, expected, bad, duplicates = a_month(random.Random(20250302))
    report = await shop.send(*rows)
    assert report.error_count == bad
    assert codes(report)["duplicate_line"] == duplicates
    assert sum(one.total_minor for one in report.totals) == expected
    assert sum(total for _, total in await shop.totals()) == expected
    again = await shop.send(*rows)
    assert made(again) == (0, 0, report.created_count, 0)


def a_month(seeded: random.Random) -> tuple[list[str], int, int, int]:
    """Return rows of 3,000 receipts, the sum of the good lines, and the counts of bad and of repeated rows."""
    rows: list[str] = []
    expected = bad = duplicates = 0
    for number in range(3000):
        at = datetime(2025, 3, 1, tzinfo=UTC) + timedelta(minutes=seeded.randrange(30 * 24 * 60))
        head = f"R{number},{seeded.choice(['S1', 'S2'])},{seeded.randrange(1, 4)},{at.isoformat()}"
        for line in range(1, seeded.randrange(2, 7)):
            minor, sign = seeded.randrange(1, 50_000), -1 if seeded.random() < 0.05 else 1
            gtin = GTIN if seeded.random() < 0.5 else ""
            defect = seeded.random()
            quantity = "?" if defect < 0.02 else str(sign)
            rows.append(f"{head},{line},{gtin},商品{number % 50},{quantity},pcs,{sign * minor / 100:.2f},")
            if defect < 0.02:
                bad += 1
                continue
            expected += sign * minor
            if defect > 0.98:
                rows.append(rows[-1])
                duplicates += 1
    return rows, expected, bad, duplicates
