"""Kill web workers and PostgreSQL in the middle of a sale: nothing acknowledged is lost, nothing happens twice, and
all is back within ten seconds. Source: I59, I60, R96."""

import asyncio
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import httpx2
import psutil
import pytest

from fairday.app import postgres
from fairday.app.checks import all_invariants
from fairday.app.postgres import EmbeddedPostgres
from fairday.kernel.invariants import check
from fairday.kernel.tx import Database
from tests.conftest import Server, make_database
from tests.journeys.people import City
from tests.simulation.load import Journal, Load, Shopper

BACK_S = 10.0
STEADY_S = 10.5  # a worker that lived so long is started again however often it dies later
PRICE_MINOR, OFF_MINOR, WALLET_MINOR = 10_000, 2_000, 10_000_000
SHOPPERS = 24


@dataclass
class Town:
    """Hold a PostgreSQL of the test's own, which it may kill, and a server on it."""

    home: Path
    postgres: EmbeddedPostgres
    url: str
    server: Server

    def web_workers(self) -> list[psutil.Process]:
        """Return the live web worker processes, oldest first."""
        children = psutil.Process(self.server.processes[0].pid).children()
        live = [one for one in children if one.status() != psutil.STATUS_ZOMBIE]
        return sorted(live, key=lambda one: one.create_time())

    def kill_web_worker(self) -> None:
        """Kill the web worker that lives longest, so that none dies more often than the other."""
        self.web_workers()[0].kill()

    def stop_postgres_at_once(self) -> None:
        """Stop PostgreSQL as `pg_ctl stop -m immediate` does, and start it again; it recovers from its log."""
        postmaster = psutil.Process(self.postgres.pid)
        os.kill(postmaster.pid, signal.SIGQUIT)
        ends = time.monotonic() + 10
        while postmaster.is_running() and postmaster.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < ends, "PostgreSQL did not stop"
            time.sleep(0.02)
        self.postgres = postgres.ensure_running(self.home)
        assert not self.postgres.attached

    def wait_until_back(self) -> float:
        """Wait until eight new connections in a row are answered by workers that can write; return the seconds."""
        began = time.monotonic()
        in_a_row = 0
        while in_a_row < 8:
            try:
                with urlopen(f"{self.server.url}/readyz", timeout=BACK_S) as answer:
                    in_a_row = in_a_row + 1 if answer.status == 200 else 0
            except OSError:
                in_a_row = 0
                time.sleep(0.05)
            assert time.monotonic() - began < BACK_S, "not everything answers again within 10 s"
        return time.monotonic() - began


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """Return a server with two web workers and its worker on a PostgreSQL of its own."""
    with tempfile.TemporaryDirectory(prefix="fairday-kills-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        own = await asyncio.to_thread(postgres.ensure_running, home)
        try:
            url = await make_database(own.url, "fairday_kills")
            server = await asyncio.to_thread(Server, url, workers=2, with_worker=True, FAIRDAY_HOME=folder)
            town = Town(home, own, url, server)
            try:
                yield town
            finally:
                await asyncio.to_thread(server.stop)
        finally:
            await asyncio.to_thread(lambda: postgres.ensure_running(home).stop())


async def open_shop(town: Town, home: Path) -> tuple[Load, list[Shopper]]:
    """Open a shop with one hot product, two hot coupons and shoppers with money."""
    database = await Database.connect(town.url, size=2)
    city = City(town.server.url, database)
    try:
        shop = await city.shop([PRICE_MINOR], on_hand=1_000_000)
        terms = {"per_member_max": 60, "amount_minor": OFF_MINOR, "threshold_minor": PRICE_MINOR}
        coupons = [
            await city.coupon(shop.client, quantity_max=quantity, **terms) for quantity in (150, 1_000_000)
        ]
        body = {"count": SHOPPERS}
        made = (await city.client().post("/sandbox/members", body))["items"]
        items = [
            {"member_id": one["member_id"], "amount_minor": WALLET_MINOR, "currency": "CNY"} for one in made
        ]
        await (await city.operator()).post("/sandbox/top-ups/bulk", {"items": items})
    finally:
        await city.close()
        await database.close()
    line = {"sku_id": shop.sku_ids[0], "store_id": shop.store_id, "quantity": 1}
    load = Load(
        town.server.url, Journal(home / "intents.jsonl"), Journal(home / "acks.jsonl"), coupons, [line],
        PRICE_MINOR, OFF_MINOR,
    )  # fmt: skip
    return load, [Shopper(one["member_id"], one["token"]) for one in made]


async def disturb(town: Town, load: Load, kills: int, chance: random.Random) -> list[float]:
    """Kill a web worker or PostgreSQL in turn, `kills` times; return how long it took until all answered again."""
    back_s = []
    await asyncio.sleep(STEADY_S if kills > 5 else 1)
    for number in range(kills):
        await asyncio.sleep(chance.uniform(0.3, 2.0))
        before = load.acks.path.stat().st_size
        strike = town.stop_postgres_at_once if number % 2 else town.kill_web_worker
        await asyncio.to_thread(strike)
        back_s.append(await asyncio.to_thread(town.wait_until_back))
        ends = time.monotonic() + BACK_S
        while load.acks.path.stat().st_size == before:
            assert time.monotonic() < ends, "no write was answered within 10 s"
            await asyncio.sleep(0.02)
    await asyncio.sleep(1)
    return back_s


async def kill_and_judge(town: Town, tmp_path: Path, kills: int) -> None:
    """Play, kill, and compare the journals with the database."""
    load, shoppers = await open_shop(town, tmp_path)
    playing = asyncio.create_task(load.play(shoppers, seed=kills))
    try:
        back_s = await disturb(town, load, kills, random.Random(kills))
    finally:
        load.stopping.set()
        await playing
        load.intents.close()
        load.acks.close()
    assert load.broken == []
    assert len(back_s) == kills
    assert load.retries > 0, "no kill was felt: the load is too light"
    assert all(process.poll() is None for process in town.server.processes), "a process gave up"
    database = await Database.connect(town.url, size=2)
    try:
        await nothing_lost_nothing_twice(database, load, shoppers)
        await the_log_is_read_to_its_end(database)
        assert await check(database, all_invariants()) == []
    finally:
        await database.close()
    await answers_stay(load, shoppers)


async def nothing_lost_nothing_twice(database: Database, load: Load, shoppers: list[Shopper]) -> None:
    """Compare: what was acknowledged is there, and nothing else is. Source: I59, I60."""
    intents, acks = load.intents.read(), load.acks.read()
    assert [one["key"] for one in acks if one["status"] < 300], "nothing was done"
    assert {one["key"] for one in intents} == {one["key"] for one in acks}, "an intent was never answered"
    done = [one for one in acks if one["status"] < 300]
    members = [one.member_id for one in shoppers]
    orders = {one["answer"]["order_id"]: one for one in done if one["path"] == "/orders"}
    assert len(orders) == sum(one["path"] == "/orders" for one in done), "one order was answered to two keys"
    rows = await database.pool.fetch(
        "SELECT order_id, owner_id, status, wallet_minor, claim_ids FROM orders.purchase WHERE owner_id = ANY ($1)",
        members,
    )
    assert {(row["order_id"], row["owner_id"], tuple(row["claim_ids"])) for row in rows} == {
        (order_id, one["member_id"], tuple(one["body"]["claim_ids"])) for order_id, one in orders.items()
    }
    claims = [
        (one["answer"]["claim_id"], one["member_id"]) for one in done if one["path"].endswith("/claims")
    ]
    assert len(claims) == len(set(claims)), "one claim was answered to two keys"
    found = await database.pool.fetch(
        "SELECT claim_id, member_id FROM coupons.claim WHERE coupon_id = ANY ($1)", load.coupon_ids
    )
    assert {tuple(row) for row in found} == set(claims)
    settled = Counter(tuple(one["path"].split("/")[2:]) for one in done if one["path"].startswith("/orders/"))
    for row in rows:
        was_paid_at_once = orders[row["order_id"]]["body"].get("pay_with") == "wallet"
        was_paid = was_paid_at_once or settled[row["order_id"], "payments"] == 1
        was_closed = settled[row["order_id"], "cancellations"] == 1
        expected = {(False, False): "pending_payment", (True, False): "paid", (False, True): "cancelled", (True, True): "refunded"}  # fmt: skip
        assert row["status"] == expected[was_paid, was_closed], row["order_id"]
    await every_wallet_adds_up(database, members, orders, rows, done)


async def every_wallet_adds_up(
    database: Database, members: list[str], orders: dict[str, Any], rows: list[Any], done: list[Any]
) -> None:
    """Check each wallet: what it began with, acknowledged top-ups, less what its paid orders cost."""
    wanted = dict.fromkeys(members, WALLET_MINOR)
    for one in done:
        if one["path"] == "/sandbox/top-ups":
            wanted[one["member_id"]] += one["body"]["amount_minor"]
    for row in rows:
        if row["status"] == "paid":
            wanted[row["owner_id"]] -= orders[row["order_id"]]["body"]["expected_total_minor"]
    wallets = await database.pool.fetch(
        "SELECT account_id, posted_minor FROM ledger.account WHERE account_id = ANY ($1)",
        [f"wallet:{member_id}" for member_id in members],
    )
    assert {row["account_id"].removeprefix("wallet:"): row["posted_minor"] for row in wallets} == wanted


async def the_log_is_read_to_its_end(database: Database) -> None:
    """Wait until the screen has counted every event, so that its totals are those of all orders. Source: I54, I56."""
    ends = time.monotonic() + 20
    while await database.pool.fetchval(
        "SELECT EXISTS (SELECT FROM kernel.outbox o, kernel.cursor c WHERE c.consumer = 'screen-totals'"
        " AND (o.xid, o.id) > (c.xid, c.id))"
    ):
        assert time.monotonic() < ends, "the worker does not read the log any more"
        await asyncio.sleep(0.1)
    counted = await database.pool.fetchrow(
        "SELECT orders_count, gmv_minor FROM screen.total WHERE dimension = 'all' AND currency = 'CNY'"
    )
    paid = await database.pool.fetchrow(
        "SELECT count(*), sum(total_minor)::bigint FROM orders.purchase WHERE paid_at IS NOT NULL"
    )
    assert tuple(counted) == tuple(paid)


async def answers_stay(load: Load, shoppers: list[Shopper]) -> None:
    """Send some of the acknowledged intents again: each gets its own answer again, byte for byte. Source: R96."""
    by_member = {one.member_id: one for one in shoppers}
    done = [one for one in load.acks.read() if one["status"] < 300]
    async with httpx2.AsyncClient(base_url=load.url, timeout=10) as http:
        for one in random.Random(0).sample(done, min(60, len(done))):
            again = await load.until_answered(http, by_member[one["member_id"]], one)
            assert again == (one["status"], one["answer"])


async def test_five_kills_lose_nothing_and_do_nothing_twice(town: Town, tmp_path: Path) -> None:
    await kill_and_judge(town, tmp_path, 5)


@pytest.mark.prove
@pytest.mark.timeout(1200)
async def test_fifty_kills_lose_nothing_and_do_nothing_twice(town: Town, tmp_path: Path) -> None:
    await kill_and_judge(town, tmp_path, 50)
