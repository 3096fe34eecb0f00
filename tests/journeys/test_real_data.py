"""Feed the journeys real input: 2,734 stores, 100,000 products, and one day of real baskets at tills in integration mode.

The baskets' currency is the US dollar, and so it is here: goods, tills, coupons and the screen count cents. Their stores have
no address, so each stands where one of the real stores does. How the data is read is told in `baskets`.
"""

import asyncio
import csv
import gzip
import io
import math
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

import pytest

from tests.conftest import data_folder
from tests.journeys import baskets
from tests.journeys.baskets import Basket, Coupon
from tests.journeys.conftest import Own, start, stop
from tests.journeys.people import City, Member, Shop, Till, claim, everything

STORES = 2_734
PRODUCTS = 100_000
PER_FILE = 20_000
AT_ONCE = 6
DAY = date(2017, 6, 15)


@pytest.fixture(scope="module")
async def chain_server(postgres_url: str) -> AsyncIterator[Own]:
    """Return a server of this module's own, so that its totals are the input's."""
    own = await start(postgres_url, "real", with_worker=True)
    yield own
    await stop(own)


@pytest.fixture(scope="module")
async def city(chain_server: Own) -> AsyncIterator[City]:
    """Return the city on that server."""
    city = City(chain_server.server.url, chain_server.database)
    yield city
    await city.close()


@pytest.fixture(scope="module")
async def chain(city: City) -> Shop:
    """Return a chain: the merchant to whom all of this belongs."""
    return await city.merchant("真实连锁")


async def send(shop: Shop, kind: str, rows: Sequence[Sequence[object]]) -> dict[str, Any]:
    """Import rows, the header first, as a CSV file."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path, raw = f"/imports/{kind}", out.getvalue().encode()
    report: dict[str, Any] = await shop.client.post(path, raw=raw, media="text/csv")
    return report


def real_stores() -> list[dict[str, str]]:
    """Return the rows of the real stores."""
    text = (data_folder() / "stores" / "starbucks_cn.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def _store_row(number: int, row: dict[str, str]) -> list[object]:
    return [
        f"{row['Store Number']}#{number}", row["Store Name"], row["State/Province"], row["Latitude"], row["Longitude"],
        row["Street Address"].lstrip("=+-@ "), "Mo-Su 07:00-22:30",
    ]  # fmt: skip


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the great-circle distance on the mean sphere (haversine), as a check from outside."""
    (a, b), (c, d) = ((math.radians(x), math.radians(y)) for x, y in (one, other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))


async def test_every_real_store_is_imported_or_told_and_found_by_distance(city: City, chain: Shop) -> None:
    rows = real_stores()
    assert len(rows) == STORES
    header = ("external_id", "name", "region", "latitude", "longitude", "address", "hours")
    file = [header, *(_store_row(number, row) for number, row in enumerate(rows))]
    report = await send(chain, "places", file)
    assert report["created_count"] + report["error_count"] == STORES
    assert report["created_count"] >= STORES - 10, report["errors"][:5]
    assert (await send(chain, "places", file))["unchanged_count"] == report["created_count"]
    stores = await everything(city.client(), "/stores", merchant_id=chain.merchant_id)
    assert len(stores) == report["created_count"]
    for here in ((31.2304, 121.4737), (39.9042, 116.4074), (22.5431, 114.0579)):
        query = {"near": f"{here[0]},{here[1]}", "radius_m": 20_000, "limit": 20}
        near = (await city.client().get("/stores", merchant_id=chain.merchant_id, **query))["items"]
        all_metres = sorted(
            metres(here, (one["store"]["latitude"], one["store"]["longitude"])) for one in stores
        )
        # Two ways of rounding the earth differ by under 0.6 %.
        for one, expected in zip(near, all_metres, strict=False):
            assert abs(one["distance_m"] - expected) <= max(2, expected * 0.006)


async def test_a_hundred_thousand_real_products_are_imported_and_found(city: City, chain: Shop) -> None:
    with gzip.open(data_folder() / "catalogue" / "open_food_facts.csv.gz", "rt", encoding="utf-8") as source:
        products = list(islice(csv.DictReader(source), PRODUCTS))
    created = refused = 0
    for begin in range(0, PRODUCTS, PER_FILE):
        rows = [
            (row["gtin"], row["name"], f"{int(row['gtin']) % 9_900 / 100 + 1:.2f}", "USD")
            for row in products[begin : begin + PER_FILE]
        ]
        report = await send(chain, "products", [("gtin", "name", "price", "currency"), *rows])
        created += report["created_count"]
        refused += report["error_count"]
        assert all(error["reason_en"] for error in report["errors"])
    assert created + refused == PRODUCTS
    assert refused < PRODUCTS / 100, report["errors"][:5]
    for row in products[:: PRODUCTS // 7]:
        found = (await city.client().get("/products", q=row["gtin"], merchant_id=chain.merchant_id))["items"]
        assert [card["name"] for card in found] == [row["name"].strip()]
    assert (await city.client().get("/products", q="chocolate", merchant_id=chain.merchant_id))["items"]


class Day:
    """Hold the day as it was set up: tills by their store, SKU ids by product, members by household, claims by coupon."""

    def __init__(self) -> None:
        self.tills: dict[str, Till] = {}
        self.store_ids: dict[str, str] = {}
        self.sku_ids: dict[str, str] = {}
        self.members: dict[str, Member] = {}
        self.coupon_ids: dict[tuple[str | None, int, int], str] = {}


async def in_turns(jobs: Sequence[Any]) -> list[Any]:
    """Run coroutines, a few at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(job: Any) -> Any:
        async with gate:
            return await job

    return await asyncio.gather(*(one(job) for job in jobs))


async def set_up(city: City, chain: Shop, sold: list[Basket]) -> Day:
    """Open the day's stores with their tills and exactly the stock that it sold, and publish its coupons."""
    day, keys = Day(), sorted({basket.store_id for basket in sold})
    places = real_stores()[:: STORES // len(keys)]
    header = ("external_id", "name", "region", "latitude", "longitude", "address", "hours")
    rows = [[key, *_store_row(0, row)[1:]] for key, row in zip(keys, places, strict=False)]
    report = await send(chain, "places", [header, *rows])
    assert report["error_count"] == 0, report["errors"]
    for one in await everything(city.client(), "/stores", merchant_id=chain.merchant_id):
        day.store_ids[one["store"]["external_id"]] = one["store"]["store_id"]
    prices: dict[str, int] = {}
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for basket in sold:
        for product_id, quantity, price_minor in basket.lines:
            prices[product_id] = max(prices.get(product_id, 1), price_minor // quantity)
            counts[basket.store_id, product_id] += quantity
    goods = [(key, f"Product {key}", f"{minor / 100:.2f}", "USD") for key, minor in sorted(prices.items())]
    report = await send(chain, "products", [("external_id", "name", "price", "currency"), *goods])
    assert (report["created_count"], report["error_count"]) == (len(goods), 0), report["errors"]
    levels = [(store_id, product_id, count) for (store_id, product_id), count in sorted(counts.items())]
    report = await send(chain, "stock", [("store_external_id", "sku_external_id", "on_hand"), *levels])
    assert (report["created_count"], report["error_count"]) == (len(levels), 0), report["errors"]

    async def till(key: str) -> None:
        at = Shop(chain.client, chain.merchant_id, chain.login, chain.password, day.store_ids[key])
        day.tills[key] = await city.till(at, currency="USD", pos_prices=True)

    await in_turns([till(key) for key in keys])
    await _publish(city, chain, sold, day)
    return day


async def _publish(city: City, chain: Shop, sold: list[Basket], day: Day) -> None:
    """Publish the day's coupons, one offer for each product and amount, and sign up the households that used them."""
    used = [(basket, coupon) for basket in sold for coupon in basket.coupons]
    households = sorted({basket.household_id for basket, _ in used})
    day.members = dict(zip(households, await city.members(len(households)), strict=True))
    day.sku_ids = await _sku_ids(chain, sorted({one.product_id for _, one in used if one.product_id}))
    times: dict[tuple[str | None, int, int], int] = defaultdict(int)
    for _, coupon in used:
        times[_terms_of(coupon)] += 1
    for (product_id, brand_minor, shop_minor), count in times.items():
        amount_minor = brand_minor + shop_minor
        shop_bp = shop_minor * 10_000 // amount_minor
        shares = [("merchant", shop_bp, ""), ("brand", 10_000 - shop_bp, "Manufacturer")]
        day.coupon_ids[product_id, brand_minor, shop_minor] = await city.coupon(
            chain.client,
            kind="fixed",
            currency="USD",
            amount_minor=amount_minor,
            threshold_minor=0,
            channels=["in_store"],
            quantity_max=count,
            budget_minor=count * amount_minor,
            per_member_max=min(60, count),
            scope={"sku_ids": [day.sku_ids[product_id]]} if product_id else {},
            funders=[
                {"kind": kind, "share_bp": share_bp} | ({"brand": brand} if brand else {})
                for kind, share_bp, brand in shares
                if share_bp
            ],
        )


async def _sku_ids(chain: Shop, product_ids: Sequence[str]) -> dict[str, str]:
    """Find SKU ids by the names of their products, as a merchant would."""
    found = {}
    for key in product_ids:
        name = f"Product {key}"
        cards = (await chain.client.get("/products", q=name, merchant_id=chain.merchant_id))["items"]
        found[key] = next(card["sku_id"] for card in cards if card["name"] == name)
    return found


def _terms_of(coupon: Coupon) -> tuple[str | None, int, int]:
    return coupon.product_id, coupon.brand_minor, coupon.shop_minor


async def ring_up(day: Day, basket: Basket) -> dict[str, Any]:
    """Sell one basket at its till with the POS's own prices, the coupons shown by their members, the rest in cash."""
    till, codes = day.tills[basket.store_id], []
    for coupon in basket.coupons:
        member = day.members[basket.household_id]
        claim_id = await claim(member, day.coupon_ids[_terms_of(coupon)], channel="in_store")
        codes.append((await member.client.post(f"/claims/{claim_id}/codes"))["text"])
    body = {
        "receipt_id": basket.basket_id,
        "lines": [
            {"sku": product_id, "quantity": quantity, "line_gross_minor": price_minor}
            for product_id, quantity, price_minor in basket.lines
        ],
        "coupon_codes": codes,
        "expected_total_minor": basket.paid_minor,
        "cash_tendered_minor": basket.paid_minor,
    }
    sold: dict[str, Any] = await till.clerk.post("/till-sales", body)
    return sold


async def test_a_real_day_at_the_tills_is_on_the_screen_to_the_cent(city: City, chain: Shop) -> None:
    sold = baskets.read(DAY)
    assert len(sold) > 400
    day = await set_up(city, chain, sold)
    by_till: dict[str, list[Basket]] = defaultdict(list)
    for basket in sold:
        by_till[basket.store_id].append(basket)

    async def one_till(queue: list[Basket]) -> list[dict[str, Any]]:
        return [await ring_up(day, basket) for basket in queue]

    sales = [
        sale for queue in await in_turns([one_till(queue) for queue in by_till.values()]) for sale in queue
    ]
    paid_minor = sum(basket.paid_minor for basket in sold)
    saved_minor = sum(coupon.amount_minor for basket in sold for coupon in basket.coupons)
    assert sum(sale["total_minor"] for sale in sales) == paid_minor
    assert sum(sale["discount_minor"] for sale in sales) == saved_minor
    seen = await _counted(city, len(sold))
    assert (seen["currency"], seen["gmv_minor"], seen["gmv_in_store_minor"]) == (
        "USD",
        paid_minor,
        paid_minor,
    )
    assert (seen["gmv_online_minor"], seen["refunded_minor"]) == (0, 0)
    assert seen["redemptions_count"] == sum(len(basket.coupons) for basket in sold)
    assert sum(one["gmv_minor"] for one in seen["provinces"]) == paid_minor
    of_store = {
        day.store_ids[key]: sum(basket.paid_minor for basket in queue) for key, queue in by_till.items()
    }
    best = sorted(of_store.values(), reverse=True)[: len(seen["top_stores"])]
    assert [one["gmv_minor"] for one in seen["top_stores"]] == best
    assert all(of_store[one["store_id"]] == one["gmv_minor"] for one in seen["top_stores"])
    await _check_leftovers(city, chain, day, by_till)


async def _counted(city: City, orders_count: int) -> dict[str, Any]:
    """Return the screen once it counted everything."""
    for _ in range(300):
        seen: dict[str, Any] = await city.client().get("/screen")
        if seen["orders_count"] == orders_count and seen["delay_ms"] == 0:
            return seen
        await asyncio.sleep(0.1)
    raise AssertionError(f"{seen['orders_count']} of {orders_count} orders are on the screen")


async def _check_leftovers(city: City, chain: Shop, day: Day, by_till: dict[str, list[Basket]]) -> None:
    """Nothing is left on the shelves, the tills hold what was paid, and the books sum to zero."""
    for key, queue in by_till.items():
        levels = await everything(chain.client, "/stock", store_id=day.store_ids[key])
        assert all((level["on_hand"], level["reserved"]) == (0, 0) for level in levels)
        shift = (await day.tills[key].device.get("/tills/current"))["shift"]
        assert shift["expected_cash_minor"] == sum(basket.paid_minor for basket in queue)
    trial = await (await city.operator()).get("/ledger/trial-balance")
    assert {row["currency"]: row["difference_minor"] for row in trial} == {"USD": 0}
