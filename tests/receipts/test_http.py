"""Receipts over the public API: a dirty month and its report, who may see what, pages, coverage."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from fairday.kernel.tx import Database
from tests.client import Client, refused
from tests.stock.people import Enter, Merchant, member, merchant, operator

pytestmark = pytest.mark.usefixtures("server")
HEAD = "receipt_external_id,store_external_id,till,happened_at,line_no,gtin,sku_external_id,name,quantity,unit,line_total,currency,corrects_receipt_external_id"


@pytest.fixture
async def shop(database: Database) -> Merchant:
    return await merchant(database)


@pytest.fixture
async def enter(server_url: str) -> AsyncIterator[Enter]:
    clients: list[Client] = []

    def enter(token: str | None = None) -> Client:
        clients.append(Client(server_url, token))
        return clients[-1]

    yield enter
    for client in clients:
        await client.close()


@pytest.fixture
async def mine(enter: Enter, shop: Merchant) -> Client:
    return enter(shop.token)


def dirty(shop: Merchant) -> bytes:
    """Return a file in which every defect stands once, with the problem that it must be told as."""
    store, sku = shop.store_external_id, shop.sku_external_id
    rows = [
        f"R1,{store},1,2025-03-02T10:00,1,,{sku},茶,2,pcs,9.00,CNY,",
        f"R1,{store},1,2025-03-02T10:00,1,,{sku},茶,2,pcs,9.00,CNY,",  # duplicate_line
        f"R1,{store},1,2025-03-02T10:00,2,,{sku},茶,1,g,4.50,CNY,",  # unit_mix
        f"R1,{store},1,2025-03-02T10:00,3,,,Tea,-1,pcs,-4.50,CNY,",  # negative_line
        f"R1,{store},1,2025-03-02T10:00,4,6901234567890,,Tea,1,pcs,0,CNY,",  # bad_gtin, zero_price
        f"R2,{store},1,2025-03-02T10:05,1,,,谜,1,pcs,1.00,CNY,",  # unmatched
        f"R3,{store},1,2025-03-02T10:07,1,,,谜,1,pcs,1.00,CNY,",  # possible_twin
        f"R4,{store}-x,1,2025-03-02T10:07,1,,,谜,1,pcs,1.00,CNY,",  # unknown_store
        f"R5,{store},1,2999-03-02T10:07,1,,,谜,1,pcs,1.00,CNY,",  # future
        f"R6,{store},1,2025-03-05T10:00,1,,,=cmd(),1,pcs,1.00,CNY,",  # formula
        f"R7,{store},1,2025-03-05T10:00,1,,{sku},,1,pcs,3.00,CNY,R2",
        f"R8,{store},1,2025-03-05T11:00,1,,{sku},,1,pcs,3.00,CNY,R9",  # unknown_correction
    ]
    text = "\n".join([HEAD, *rows]).encode()
    return text + f"\nR10,{store},1,2025-03-05T10:00,1,,,".encode() + b"\xb2\xe8,1,pcs,1.00,CNY,\n"


async def test_a_dirty_month_is_cleaned_and_its_report_is_there_again(
    shop: Merchant, mine: Client, database: Database
) -> None:
    body, key = dirty(shop), uuid.uuid4().hex
    rehearsed = await mine.post("/imports/receipts", raw=body, media="text/csv", dry_run="true")
    assert (rehearsed["created_count"], rehearsed["is_dry_run"]) == (5, True)
    assert (await refused(mine.get(f"/imports/receipts/{rehearsed['import_id']}"))).status == 404
    report = await mine.post("/imports/receipts", raw=body, media="text/csv", key=key)
    assert await mine.post("/imports/receipts", raw=body, media="text/csv", key=key) == report
    counts = {problem["code"]: problem["count"] for problem in report["problems"]}
    assert counts == {
        "duplicate_line": 1, "unit_mix": 1, "negative_line": 1, "bad_gtin": 1, "zero_price": 1, "unmatched": 2,
        "possible_twin": 1, "unknown_store": 1, "future": 1, "formula": 1, "bad_encoding": 1, "unknown_correction": 1,
        "late": 5,
    }  # fmt: skip
    assert {(error["line"], error["column"], error["code"]) for error in report["errors"]} == {
        (9, "store_external_id", "unknown_store"),
        (10, "happened_at", "future"),
        (11, "name", "formula"),
        (14, "name", "bad_encoding"),
    }
    assert all(error["reason_en"] and error["reason_zh"] for error in report["errors"])
    assert (report["created_count"], report["corrected_count"], report["error_count"]) == (5, 1, 4)
    assert report["matching"] == {
        "by_gtin_count": 0, "by_sku_id_count": 4, "by_name_count": 2, "unmatched_count": 2,
    }  # fmt: skip
    totals = [(one["on"], one["receipt_count"], one["total_minor"]) for one in report["totals"]]
    assert totals == [("2025-03-02", 2, 1000), ("2025-03-05", 2, 600)]
    [coverage] = report["coverage"]
    assert (coverage["day_count"], coverage["missing_day_count"], coverage["share_bp"]) == (2, 2, 5000)
    assert await mine.get(f"/imports/receipts/{report['import_id']}") == report
    again = await mine.post("/imports/receipts", raw=body, media="text/csv")
    assert (again["created_count"], again["updated_count"], again["unchanged_count"]) == (0, 0, 5)


async def test_receipts_are_listed_by_store_and_day_in_pages(shop: Merchant, mine: Client) -> None:
    await mine.post("/imports/receipts", raw=dirty(shop), media="text/csv")
    first = await mine.get("/receipts", limit=3)
    second = await mine.get("/receipts", limit=3, cursor=first["next_cursor"])
    names = [one["external_id"] for one in first["items"] + second["items"]]
    assert names == ["R8", "R7", "R3", "R1"]
    assert second["next_cursor"] is None
    day = await mine.get("/receipts", day="2025-03-02", store_id=shop.store_id, superseded="true")
    assert [one["external_id"] for one in day["items"]] == ["R3", "R2", "R1"]
    assert day["items"][0]["twin_of"] == "R2"
    assert day["items"][1]["superseded_by"] is not None
    assert (await mine.get("/receipts", day="2025-03-03"))["items"] == []
    assert (await mine.get("/receipts", day="0001-01-01"))["items"] == []
    assert (await mine.get("/receipts", day="9999-12-31"))["items"] == []
    detail = await mine.get(f"/receipts/{day['items'][2]['receipt_id']}")
    assert [(line["quantity_milli"], line["unit"], line["match"]) for line in detail["lines"]] == [
        (2000, "pcs", "sku_id"),
        (1000, "g", "sku_id"),
        (-1000, "pcs", "name"),
        (1000, "pcs", "name"),
    ]
    for bad in ({"cursor": "x"}, {"day": "yesterday"}, {"limit": 0}, {"colour": "red"}):
        assert (await refused(mine.get("/receipts", **bad))).status == 422


async def test_a_gbk_file_is_read_when_told_so(shop: Merchant, mine: Client) -> None:
    row = f"R1,{shop.store_external_id},1,2025-03-02 10:00,1,,,绿茶,1,瓶,4.50,CNY,"
    body = f"{HEAD}\n{row}\n".encode("gbk")
    assert (
        await refused(mine.post("/imports/receipts", raw=body, media="text/csv"))
    ).code == "wrong_encoding"
    report = await mine.post("/imports/receipts", raw=body, media="text/csv", encoding="gb18030")
    assert (report["created_count"], report["error_count"]) == (1, 0)


async def test_strangers_receipts_do_not_exist(
    shop: Merchant, mine: Client, database: Database, enter: Enter
) -> None:
    report = await mine.post("/imports/receipts", raw=dirty(shop), media="text/csv")
    receipt_id = (await mine.get("/receipts"))["items"][0]["receipt_id"]
    other = await merchant(database)
    stranger = enter(other.token)
    for path, query in (
        (f"/imports/receipts/{report['import_id']}", {}),
        (f"/receipts/{receipt_id}", {}),
        ("/receipts", {"merchant_id": shop.merchant_id}),
        ("/receipts", {"store_id": shop.store_id}),
        ("/reports/coverage", {"merchant_id": shop.merchant_id}),
    ):
        assert (await refused(stranger.get(path, **query))).status == 404, path
    assert (await stranger.get("/receipts"))["items"] == []
    body = dirty(shop)
    named = stranger.post("/imports/receipts", raw=body, media="text/csv", merchant_id=shop.merchant_id)
    assert (await refused(named)).status == 404
    theirs = await stranger.post("/imports/receipts", raw=body, media="text/csv")
    assert theirs["created_count"] == 0, "the stores of another merchant are unknown"
    _, token = await member(database)
    assert (await refused(enter(token).get("/receipts"))).status == 403
    assert (await refused(enter().get("/receipts"))).status == 401
    boss = enter(await operator(database))
    assert (await refused(boss.get("/receipts"))).status == 404
    assert len((await boss.get("/receipts", merchant_id=shop.merchant_id))["items"]) == 4


async def test_coverage_tells_days_and_freshness(shop: Merchant, mine: Client, database: Database) -> None:
    async with database.transaction(read_only=True) as (_, now):
        times = [now - timedelta(days=days) for days in (1, 4)]
    rows = [
        f"R{n},{shop.store_external_id},1,{at.isoformat()},1,,,茶,1,pcs,4.50,CNY,"
        for n, at in enumerate(times)
    ]
    await mine.post("/imports/receipts", raw="\n".join([HEAD, *rows]).encode(), media="text/csv")
    [one] = (await mine.get("/reports/coverage"))["items"]
    assert (one["store_id"], one["day_count"], one["missing_day_count"], one["share_bp"]) == (
        shop.store_id,
        2,
        2,
        5000,
    )
    assert 86_400 <= one["delay_median_s"] < 86_500
    assert 4 * 86_400 <= one["delay_max_s"] < 4 * 86_400 + 100
    [narrow] = (await mine.get("/reports/coverage", days=3))["items"]
    assert (narrow["receipt_count"], narrow["share_bp"]) == (1, 10_000)
