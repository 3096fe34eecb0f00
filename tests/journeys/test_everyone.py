"""Journey 5: everyone watches the screen: its totals are the sums of the orders made, and it never counts backwards."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from fairday.screen import service as screen
from tests.client import Client
from tests.journeys.conftest import Own, start, stop
from tests.journeys.people import City, Shop, claim, lines, order


@pytest.fixture(scope="module")
async def screen_server(postgres_url: str) -> AsyncIterator[Own]:
    """Return a server whose orders are this module's alone, so that totals can be told in advance."""
    own = await start(postgres_url, "screen", with_worker=True)
    yield own
    await stop(own)


@pytest.fixture
async def square(screen_server: Own) -> AsyncIterator[City]:
    """Return the city on that server."""
    city = City(screen_server.server.url, screen_server.database)
    yield city
    await city.close()


@dataclass
class Sums:
    """Add up what was made, independently of the screen."""

    gmv: int = 0
    online: int = 0
    in_store: int = 0
    refunded: int = 0
    orders: int = 0
    redemptions: int = 0
    provinces: dict[str, int] = field(default_factory=dict)
    merchants: dict[str, int] = field(default_factory=dict)
    quantities: dict[str, int] = field(default_factory=dict)

    def add(self, placed: dict[str, Any], region_id: str) -> None:
        """Count one paid order."""
        total = placed["total_minor"]
        self.gmv += total
        self.orders += 1
        if placed["channel"] == "online":
            self.online += total
        else:
            self.in_store += total
        self.redemptions += len(placed["claim_ids"])
        self.provinces[region_id] = self.provinces.get(region_id, 0) + total
        for part in placed["merchant_orders"]:
            mine = self.merchants.get(part["merchant_id"], 0)
            self.merchants[part["merchant_id"]] = mine + part["net_minor"]
            for line in part["lines"]:
                count = self.quantities.get(line["sku_id"], 0)
                self.quantities[line["sku_id"]] = count + line["quantity"]


async def totals(client: Client, orders_count: int, within_s: float = 20) -> dict[str, Any]:
    """Read the screen until it shows so many orders and nothing is left to count; it never goes backwards."""
    last = 0
    for _ in range(int(within_s * 10)):
        seen: dict[str, Any] = await client.get("/screen")
        assert seen["gmv_minor"] >= last
        last = seen["gmv_minor"]
        assert seen["orders_count"] <= orders_count
        if seen["orders_count"] == orders_count and seen["delay_ms"] == 0:
            return seen
        await asyncio.sleep(0.1)
    raise AssertionError(f"the screen shows {seen['orders_count']} of {orders_count} orders")


async def play(city: City, before: Sums) -> tuple[Sums, list[Shop]]:
    """Let people buy: online over two merchants, sent to a province, at a till; some cancel, some never pay."""
    boss = await city.operator()
    tea = await city.shop([6_000, 4_001], region_id="CN-ZJ", name="山茶里")
    shoe = await city.shop([30_000], region_id="CN-SH", name="快步")
    members = await city.members(6, wallet_minor=200_000)
    coupon_id = await city.coupon(boss, is_platform=True, per_member_max=5)
    for number, member in enumerate(members[:4]):
        claims = [await claim(member, coupon_id)] if number % 2 else []
        placed = await order(
            member, [*lines(tea, 1, number), *lines(shoe, 1)], claims, ship_to_region_id="CN-GD"
        )
        before.add(placed, "CN-GD")
    before.add(await order(members[4], lines(tea, 2)), "CN-ZJ")
    undone = await order(members[4], lines(tea, 1))
    before.add(undone, "CN-ZJ")
    await members[4].client.post(f"/orders/{undone['order_id']}/cancellations")
    before.refunded += undone["total_minor"]
    waiting = {"lines": lines(shoe, 1), "currency": "CNY", "expected_total_minor": 30_000}
    for cancelled in (True, False):
        unpaid = await members[5].client.post("/orders", waiting)
        if cancelled:
            await members[5].client.post(f"/orders/{unpaid['order_id']}/cancellations")
    till, claim_id = await city.till(shoe), await claim(members[5], coupon_id)
    code = (await members[5].client.post(f"/claims/{claim_id}/codes"))["text"]
    for number, codes in enumerate(([], [code])):
        total = 60_000 - 2_000 * len(codes)
        sale = {
            "receipt_id": f"r-{number}", "lines": [{"sku_id": shoe.sku_ids[0], "quantity": 2}], "coupon_codes": codes,
            "expected_total_minor": total, "cash_tendered_minor": total,
        }  # fmt: skip
        sold = await till.clerk.post("/till-sales", sale)
        before.add(await boss.get(f"/orders/{sold['order_id']}"), "CN-SH")
    return before, [tea, shoe]


def assert_same(seen: dict[str, Any], sums: Sums) -> None:
    """Compare the screen with what was added up beside it."""
    assert seen["currency"] == "CNY"
    assert (seen["gmv_minor"], seen["orders_count"]) == (sums.gmv, sums.orders)
    assert (seen["gmv_online_minor"], seen["gmv_in_store_minor"]) == (sums.online, sums.in_store)
    assert (seen["refunded_minor"], seen["redemptions_count"]) == (sums.refunded, sums.redemptions)
    provinces = {one["region_id"]: one["gmv_minor"] for one in seen["provinces"]}
    assert provinces == sums.provinces
    products = {one["sku_id"]: one["quantity"] for one in seen["top_products"]}
    assert products == sums.quantities
    assert not seen["stale"]
    assert seen["as_of"]
    assert "退款" in seen["definition"]


KEPT = (
    "gmv_minor", "gmv_online_minor", "gmv_in_store_minor", "refunded_minor", "orders_count", "redemptions_count",
    "claims_count", "members_count", "provinces", "top_stores", "top_products",
)  # fmt: skip
SUMS = Sums()
"""What this module's tests made so far, as their server counts it."""


async def test_totals_are_the_sums_and_building_anew_gives_the_same(square: City) -> None:
    sums, shops = await play(square, SUMS)
    guest = square.client()
    seen = await totals(guest, sums.orders)
    assert_same(seen, sums)
    for shop in shops:
        [mine] = (await shop.client.get("/screen/mine"))["totals"]
        assert mine["gmv_minor"] == sums.merchants[shop.merchant_id]
    async with square.database.transaction() as (tx, now):
        assert await screen.rebuild(tx, now) > 0
    await asyncio.sleep(1.5)  # the board of the web worker is at most a second old
    anew = await totals(guest, sums.orders)
    assert {name: anew[name] for name in KEPT} == {name: seen[name] for name in KEPT}


async def test_the_stream_tells_each_change_and_never_goes_backwards(square: City) -> None:
    shop, [member] = (
        await square.shop([1_000], region_id="CN-YN"),
        await square.members(1, wallet_minor=50_000),
    )
    seen: list[dict[str, Any]] = []
    wanted = SUMS.orders + 5

    async def watch() -> None:
        async with (
            httpx2.AsyncClient(base_url=square.url, timeout=20) as http,
            http.stream("GET", "/v1/screen/stream") as answer,
        ):
            assert answer.headers["content-type"] == "text/event-stream"
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    seen.append(json.loads(line[6:]))
                    if seen[-1]["orders_count"] >= wanted:
                        return

    async with asyncio.timeout(30):
        watching = asyncio.create_task(watch())
        for _ in range(5):
            SUMS.add(await order(member, lines(shop, 1)), "CN-YN")
            await asyncio.sleep(0.4)
        await watching
    amounts = [one["gmv_minor"] for one in seen]
    assert amounts == sorted(amounts)
    assert len(set(amounts)) > 2
    assert seen[-1]["gmv_minor"] == SUMS.gmv


async def test_it_is_grey_and_not_zero_when_counting_stops(square: City, screen_server: Own) -> None:
    shop, [member] = (
        await square.shop([1_000], region_id="CN-HI"),
        await square.members(1, wallet_minor=50_000),
    )
    guest, server = square.client(), screen_server.server
    before = await totals(guest, SUMS.orders)
    server.processes[1].terminate()
    await asyncio.to_thread(server.processes[1].wait, 15)
    SUMS.add(await order(member, lines(shop, 3)), "CN-HI")
    for _ in range(100):
        seen = await guest.get("/screen")
        assert seen["gmv_minor"] == before["gmv_minor"]
        if seen["stale"]:
            break
        await asyncio.sleep(0.2)
    assert seen["stale"]
    assert seen["delay_ms"] > 0
    assert seen["orders_count"] == before["orders_count"] > 0
    server.processes[1] = server._start("worker")
    after = await totals(guest, SUMS.orders)
    assert after["gmv_minor"] == SUMS.gmv
    for _ in range(50):
        if not (await guest.get("/screen"))["stale"]:
            break
        await asyncio.sleep(0.2)
    assert_same(await totals(guest, SUMS.orders), SUMS)


async def test_the_page_is_served_with_its_rules_of_safety(square: City) -> None:
    async with httpx2.AsyncClient(base_url=square.url) as client:
        page = await client.get("/screen")
    if page.status_code == 503:
        pytest.skip("the pages are not built: run `make web`")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["content-security-policy"]
