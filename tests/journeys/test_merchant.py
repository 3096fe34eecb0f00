"""Journey 2: a merchant brings its files, is told of bad rows, and sees its own stock, claims, redemptions and sales."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.client import Problem
from tests.journeys.people import City, Shop, claim, everything, gtin, lines, order, refused

STORES = """external_id,name,region,latitude,longitude,hours
S-1,人民广场店,CN-SH,31.2304,121.4737,Mo-Su 09:00-22:00
S-2,双桥店,浙江,30.2741,120.1551,24/7
S-3,=HYPERLINK(1),CN-SH,31.2,121.4,
S-4,海上,CN-SH,0,0,
S-5,无名,Atlantis,31.2,121.4,
S-1,又一家,CN-SH,31.2,121.4,
S-6,早市,CN-SH,95,121.4,Mo 25:00-26:00
"""
FEED = """id\ttitle\tprice\tsale_price\tgtin\tproduct_type
G-1\t茉莉花茶 100 克\t58.00 CNY\t48.00 CNY\t{gtin}\t食品 > 茶
G-2\t没有价格\tfree\t\t\t
"""
SHOPIFY = """Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Barcode,Image Src
rain-coat,雨衣,<p>轻&amp;薄</p>,QuickStep,Size,M,COAT-M,99.00,{gtin},https://example.com/a.jpg
rain-coat,,,,,L,COAT-L,99.00,,
rain-coat,,,,,,,,,https://example.com/b.jpg
no-title,,,,Size,M,NONE,12.00,,
"""


async def send(shop: Shop, kind: str, text: str | bytes, **query: Any) -> dict[str, Any]:
    """Import a file as the merchant."""
    raw = text.encode() if isinstance(text, str) else text
    report: dict[str, Any] = await shop.client.post(f"/imports/{kind}", raw=raw, media="text/csv", **query)
    return report


def counts(report: dict[str, Any]) -> tuple[int, int, int, int]:
    """Return (created, updated, unchanged, refused)."""
    names = ("created_count", "updated_count", "unchanged_count", "error_count")
    return tuple(report[name] for name in names)  # type: ignore[return-value]  # four names


def told(report: dict[str, Any]) -> set[tuple[int, str, str]]:
    """Return (line, column, code) of each refused cell."""
    for error in report["errors"]:
        assert error["reason_en"]
        assert error["reason_zh"]
    return {(error["line"], error["column"], error["code"]) for error in report["errors"]}


async def test_places_are_imported_row_by_row_and_again(city: City) -> None:
    shop = await city.merchant()
    assert counts(await send(shop, "places", STORES, dry_run="true")) == (2, 0, 0, 5)
    assert await everything(shop.client, "/stores", merchant_id=shop.merchant_id) == []
    report = await send(shop, "places", STORES)
    assert counts(report) == (2, 0, 0, 5)
    assert told(report) >= {
        (5, "latitude", "no_coordinates"), (6, "region", "unknown_region"), (7, "external_id", "duplicate"),
        (8, "latitude", "out_of_range"),
    }  # fmt: skip
    assert {(line, column) for line, column, _ in told(report)} >= {(4, "name"), (8, "hours")}
    assert counts(await send(shop, "places", STORES)) == (0, 0, 2, 5)
    changed = STORES.replace("双桥店", "双桥旗舰店")
    assert counts(await send(shop, "places", changed)) == (0, 1, 1, 5)
    stores = await everything(shop.client, "/stores", merchant_id=shop.merchant_id)
    assert {one["store"]["name"] for one in stores} == {"人民广场店", "双桥旗舰店"}
    assert {one["store"]["region_id"] for one in stores} == {"CN-SH", "CN-ZJ"}


async def test_products_are_imported_from_three_formats_and_again(city: City) -> None:
    shop, taken = await city.merchant(), gtin()
    ours = (
        "external_id,product_external_id,name,name_en,price,gtin,option1_name,option1_value\n"
        f"TEE-R,TEE,T恤,Tee,39.00,{taken},颜色,红\nTEE-B,TEE,T恤,Tee,39.00,,颜色,蓝\n"
        f"TEE-X,TEE2,T恤,Tee,39.00,{taken},,\nBAD-1,,坏条码,,1.00,6901234567890,,\nBAD-2,,坏价格,,12.345,,,\n,,没有编号,,1,,,\n"
    )
    report = await send(shop, "products", ours)
    assert counts(report) == (2, 0, 0, 4)
    assert {(line, column) for line, column, _ in told(report)} == {
        (4, "gtin"), (5, "gtin"), (6, "price"), (7, "external_id"),
    }  # fmt: skip
    assert counts(await send(shop, "products", ours)) == (0, 0, 2, 4)
    typo = ours.replace("39.00", "3.90")
    report = await send(shop, "products", typo)
    assert (2, "price", "price_far_below") in told(report)
    report = await send(shop, "products", SHOPIFY.format(gtin=gtin()), format="shopify")
    assert counts(report) == (2, 0, 0, 1)
    assert {(line, column) for line, column, _ in told(report)} == {(5, "title")}
    feed = FEED.format(gtin=gtin())
    report = await send(shop, "products", feed, format="google")
    assert counts(report) == (1, 0, 0, 1)
    assert {(line, column) for line, column, _ in told(report)} == {(3, "price")}
    assert counts(await send(shop, "products", feed, format="google")) == (0, 0, 1, 1)
    cards = await everything(shop.client, "/products", merchant_id=shop.merchant_id)
    assert {card["name"] for card in cards} == {"T恤", "雨衣", "茉莉花茶 100 克"}
    tea = next(card for card in cards if card["name"].startswith("茉莉"))
    assert (tea["price_minor"], tea["compare_at_minor"]) == (4_800, 5_800)


async def test_stock_is_imported_by_the_merchant_s_own_ids(city: City) -> None:
    shop, other = await city.shop([1_000, 2_000], on_hand=0), await city.shop([1_000])
    text = (
        "store_external_id,store_id,sku_external_id,gtin,sku_id,on_hand,safety\n"
        f"s1,,s1,,,24,2\ns1,,,{shop.gtins[1]},,7,\ns9,,s1,,,1,\n,{other.store_id},s1,,,1,\ns1,,,,{other.sku_ids[0]},1,\n"
        "s1,,s1,,,5,\ns1,,s2,,,-1,\n,,,,,1,\n"
    )
    report = await send(shop, "stock", text)
    assert counts(report)[3] == 6
    assert {line for line, _, _ in told(report)} == {4, 5, 6, 7, 8, 9}
    levels = {one["sku_id"]: one for one in await everything(shop.client, "/stock", store_id=shop.store_id)}
    assert [(levels[sku_id]["on_hand"], levels[sku_id]["free_online"]) for sku_id in shop.sku_ids] == [
        (24, 22),
        (7, 7),
    ]
    assert counts(await send(shop, "stock", text))[:3] == (0, 0, 2)
    seen = await city.client().get(f"/skus/{shop.sku_ids[0]}/availability")
    assert seen


@pytest.mark.parametrize("kind", ["places", "products", "stock", "receipts"])
async def test_files_that_cannot_be_read_are_refused_whole(city: City, kind: str) -> None:
    shop = await city.merchant()
    for body, code in (
        ("external_id,name\nA,人民\n".encode("gb18030"), "wrong_encoding"),
        ("名称,店名\n".encode("utf-16"), "wrong_encoding"),
        (b"PK\x03\x04" + b"\0" * 50, "wrong_encoding"),
        (b"surely,not,these\n1,2,3\n", "missing_columns"),
    ):
        with pytest.raises(Problem) as problem:
            await send(shop, kind, body)
        assert problem.value.code == code, (body, problem.value)
        assert problem.value.status == 422
    for body in (b"", b"\n\n"):
        with pytest.raises(Problem) as problem:
            await send(shop, kind, body)
        assert problem.value.status in (400, 422)
    with pytest.raises(Problem) as problem:
        await shop.client.post(f"/imports/{kind}", {"a": 1})
    assert problem.value.code == "wrong_media_type"


async def test_a_lost_quote_costs_one_row(city: City) -> None:
    shop = await city.merchant()
    rows = "".join(f"S-{number},店 {number},CN-SH,31.2,121.4\n" for number in range(50))
    text = 'external_id,name,region,latitude,longitude\nBAD,"lost,CN-SH,31.2,121.4\n' + rows
    report = await send(shop, "places", text)
    assert (report["created_count"], report["error_count"]) == (50, 1)
    assert report["errors"][0]["line"] == 2


async def test_imports_are_for_one_s_own_merchant(city: City) -> None:
    shop, other = await city.merchant(), await city.merchant()
    for kind in ("places", "products", "stock", "receipts"):
        with pytest.raises(Problem) as problem:
            await send(shop, kind, STORES, merchant_id=other.merchant_id)
        assert (problem.value.status, problem.value.code) == (404, "not_found")
    boss, [member] = await city.operator(), await city.members(1)
    async with refused("not_allowed", 403):
        await member.client.post("/imports/places", raw=STORES.encode(), media="text/csv")
    report = await boss.post(
        "/imports/places", raw=STORES.encode(), media="text/csv", merchant_id=other.merchant_id
    )
    assert report["created_count"] == 2


async def test_the_same_import_key_answers_the_same(city: City) -> None:
    shop = await city.merchant()
    first = await shop.client.post("/imports/places", raw=STORES.encode(), media="text/csv", key="monday")
    again = await shop.client.post("/imports/places", raw=STORES.encode(), media="text/csv", key="monday")
    assert again["import_id"] == first["import_id"]
    async with refused("idempotency_conflict"):
        await shop.client.post("/imports/places", raw=STORES[:-20].encode(), media="text/csv", key="monday")


async def test_a_merchant_sees_its_stock_claims_redemptions_and_sales(city: City) -> None:
    shop, [member, other] = await city.shop([10_000]), await city.members(2, wallet_minor=50_000)
    coupon_id = await city.coupon(shop.client, budget_minor=100_000)
    claims = [await claim(one, coupon_id) for one in (member, other)]
    await order(member, lines(shop, 2), claims[:1])
    till = await city.till(shop)
    code = (await other.client.post(f"/claims/{claims[1]}/codes"))["text"]
    sale = {
        "receipt_id": "r-1", "lines": [{"sku_id": shop.sku_ids[0], "quantity": 1}], "coupon_codes": [code],
        "expected_total_minor": 8_000, "cash_tendered_minor": 10_000,
    }  # fmt: skip
    await till.clerk.post("/till-sales", sale)
    figures = await shop.client.get(f"/coupons/{coupon_id}/figures")
    assert (figures["issued_count"], figures["redeemed_count"], figures["spent_minor"]) == (2, 2, 4_000)
    [issued] = (await shop.client.get("/coupons/issued"))["items"]
    assert issued["coupon"]["coupon_id"] == coupon_id
    [level] = (await shop.client.get("/stock", store_id=shop.store_id))["items"]
    assert (level["on_hand"], level["reserved"]) == (99, 2)
    today = (await city.now()).astimezone(ZoneInfo("Asia/Shanghai")).date()
    asked = {"from_day": str(today - timedelta(days=1)), "to_day": str(today + timedelta(days=1))}
    rows = (await shop.client.get("/reports/sales", **asked))["rows"]
    by_channel = {row["channel"]: row for row in rows}
    assert set(by_channel) == {"online", "in_store"}
    assert (by_channel["online"]["net_minor"], by_channel["online"]["unit_count"]) == (18_000, 2)
    assert (by_channel["in_store"]["net_minor"], by_channel["in_store"]["unit_count"]) == (8_000, 1)
    [sold] = (await shop.client.get("/till-sales"))["items"]
    assert sold["discount_minor"] == 2_000


async def test_other_people_s_things_do_not_exist(city: City) -> None:
    shop, other = await city.shop([10_000]), await city.shop([10_000])
    [member] = await city.members(1, wallet_minor=50_000)
    placed = await order(member, lines(other, 1))
    coupon_id = await city.coupon(other.client)
    [product] = (await shop.client.get("/products", merchant_id=other.merchant_id))["items"]
    today = str((await city.now()).date())
    mine = shop.client
    for call in (
        mine.get(f"/merchants/{other.merchant_id}"),
        mine.patch(f"/stores/{other.store_id}", {"name": "ours now"}),
        mine.patch(f"/products/{product['product_id']}", {"name": "ours now"}),
        mine.patch(f"/skus/{other.sku_ids[0]}", {"price_minor": 1}),
        mine.get("/stock", store_id=other.store_id),
        mine.get("/stock", sku_id=other.sku_ids[0]),
        mine.get(f"/orders/{placed['order_id']}"),
        mine.get("/orders", merchant_id=other.merchant_id),
        mine.get("/reports/sales", from_day=today, to_day=today, merchant_id=other.merchant_id),
        mine.post("/tills", {"store_id": other.store_id, "name": "ours"}),
        mine.post(
            f"/merchants/{other.merchant_id}/accounts", {"role": "clerk", "name": "Spy", "pin": "274913"}
        ),
        mine.put(
            "/stock/levels",
            {"rows": [{"sku_id": other.sku_ids[0], "store_id": other.store_id, "on_hand": 0}]},
        ),
    ):
        with pytest.raises(Problem) as problem:
            await call
        assert problem.value.status == 404, problem.value
    async with refused("coupon_unknown", 404):
        await mine.get(f"/coupons/{coupon_id}/figures")
    async with refused("coupon_unknown", 404):
        await mine.post(f"/coupons/{coupon_id}/end")


async def test_a_month_of_receipts_is_cleaned_and_reported(city: City) -> None:
    shop = await city.shop([1_000, 2_000])
    end = await city.now() - timedelta(days=1)
    header = (
        "receipt_external_id,store_external_id,till,happened_at,line_no,gtin,name,quantity,unit,line_total\n"
    )
    rows = [
        f"R-{number},s1,1,{(end - timedelta(days=number % 30, minutes=number)).isoformat()},{line},{shop.gtins[line - 1]},,{line},pcs,{line}0.00\n"
        for number in range(90)
        for line in (1, 2)
    ]
    at = end.isoformat()
    bad = [
        rows[0],  # the same line again
        f"X-1,s9,1,{at},1,,苹果,1,kg,5.00\n",
        "X-2,s1,1,soon,1,,苹果,1,kg,5.00\n",
        f"X-3,s1,1,{(end + timedelta(days=3)).isoformat()},1,,苹果,1,kg,5.00\n",
        f"X-4,s1,1,{at},1,,,1,pcs,5.00\n",
        f"X-5,s1,1,{at},1,,=cmd(),1,pcs,5.00\n",
    ]
    text = header + "".join([*rows, *bad])
    report = await send(shop, "receipts", text)
    assert (report["created_count"], report["unchanged_count"]) == (90, 0)
    assert report["row_count"] == len(rows) + len(bad)
    codes = {problem["code"]: problem for problem in report["problems"]}
    assert {"duplicate_line", "unknown_store", "not_a_time", "future", "no_product"} <= set(codes)
    assert all(problem["reason_en"] and problem["reason_zh"] for problem in report["problems"])
    assert codes["unknown_store"]["examples"][0]["line"] == len(rows) + 3
    assert report["matching"]["by_gtin_count"] == len(rows)
    assert sum(total["total_minor"] for total in report["totals"]) == 90 * 3_000
    again = await send(shop, "receipts", text)
    assert (again["created_count"], again["updated_count"], again["unchanged_count"]) == (0, 0, 90)
    stored = await shop.client.get(f"/imports/receipts/{report['import_id']}")
    assert stored["created_count"] == 90
    listed = await everything(shop.client, "/receipts")
    assert len(listed) == 90
    [coverage] = (await shop.client.get("/reports/coverage"))["items"]
    assert coverage["receipt_count"] == 90
    other = await city.merchant()
    async with refused("not_found", 404):
        await other.client.get(f"/imports/receipts/{report['import_id']}")
    async with refused("not_found", 404):
        await other.client.get(f"/receipts/{listed[0]['receipt_id']}")
    changed = text.replace(rows[2], rows[2].replace("10.00", "11.00"))
    revised = await send(shop, "receipts", changed)
    assert (revised["created_count"], revised["updated_count"]) == (0, 1)
