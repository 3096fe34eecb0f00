"""The storm of tills without network: each claim once, every other use a break, in any order of coming back.

Source: R37, R38, I4, I9, I10, X19. `make test` runs 4,000 scans in two orders, `make prove` 100,000 in twenty.
"""

import asyncio
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor

import asyncpg
import pytest

from fairday.app.checks import all_invariants
from fairday.kernel import outbox
from fairday.kernel.invariants import check
from fairday.kernel.tx import Database
from fairday.screen import service as screen
from tests.conftest import make_database, named
from tests.kernel.log import until_readable
from tests.simulation import offline_storm
from tests.simulation.offline_storm import AMOUNT_MINOR, Storm


async def copied(server_url: str, base: str, name: str) -> str:
    """Copy the base database and return the URL of the copy."""
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {base} STRATEGY FILE_COPY")
    finally:
        await connection.close()
    return named(server_url, name)


async def dropped(server_url: str, name: str) -> None:
    """Remove a database."""
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        await connection.close()


async def one_order(url: str, storm: Storm, seed: int, *, look_at_screen: bool) -> dict[str, object]:
    """Let the tills come back in one order, check everything, and return what may not depend on it."""
    database = await Database.connect(url, size=6, statement_timeout_s=120)
    try:
        started = time.perf_counter()
        counts = await offline_storm.come_back(database, storm, seed)
        seconds = time.perf_counter() - started
        print(
            f"order {seed}: {counts['uploads']} uploads, {storm.scans / seconds:,.0f} scans/s, {dict(counts)}",
            flush=True,
        )
        assert counts["waiting"] > 0 or storm.scans < 1000
        assert counts["duplicates"] > 0
        assert (counts["effective"], counts["conflict"], counts["flagged"]) == (
            len(storm.claims), storm.conflicts, storm.flagged,
        )  # fmt: skip
        found = await offline_storm.fingerprint(database)
        redeemed = await database.pool.fetch(
            "SELECT claim_id, count(*) AS count FROM coupons.redemption WHERE status = 'effective' GROUP BY 1"
        )
        assert {row["claim_id"]: row["count"] for row in redeemed} == dict.fromkeys(storm.claims, 1)
        assert found["breaks"] == storm.conflicts + storm.flagged
        assert (
            found["breaks_minor"]
            == found["postings_minor"]
            == -found["loss_minor"]
            == found["breaks"] * AMOUNT_MINOR
        )
        assert found["effective"] + found["conflict"] + found["flagged"] == storm.scans + storm.flagged
        assert (found["sales"], found["sales_minor"], found["cash_minor"], found["drawers_minor"]) == (
            storm.sales, storm.cash_minor, storm.cash_minor, storm.cash_minor,
        )  # fmt: skip
        if look_at_screen:
            await until_readable(database)
            while await outbox.consume(database, screen.CONSUMER, screen.count, batch_max=5000):
                pass
            counted = await database.run(screen.totals)
            assert (counted.redemptions_count, counted.gmv_minor) == (len(storm.claims), storm.cash_minor)
            assert counted.orders_count == storm.sales
        assert await check(database, all_invariants()) == []
        return found
    finally:
        await database.close()


_taken: list[Storm] = []
"""The storm of this process, when it is one of several."""


def take(storm: Storm) -> None:
    """Keep the storm in a process that lets tills come back: it is handed over once, not with each order."""
    _taken[:] = [storm]


def in_a_process(server_url: str, base: str, order: int) -> dict[str, object]:
    """Let the tills come back in one order on a copy of the base, and check everything."""
    [storm] = _taken
    return asyncio.run(on_a_copy(server_url, base, storm, order))


async def on_a_copy(server_url: str, base: str, storm: Storm, order: int) -> dict[str, object]:
    """Copy the base, let the tills come back to the copy in one order, and remove it."""
    name = f"{base}_copy_{order}"
    copy = await copied(server_url, base, name)
    try:
        return await one_order(copy, storm, order, look_at_screen=order == 0)
    finally:
        await dropped(server_url, name)


async def weather(server_url: str, *, tills: int, scans: int, orders: int, processes: int = 1) -> None:
    """Build the base once and let the tills come back in many orders, each on a copy of its own.

    With several processes as many orders run at a time: one order leaves a core idle, for all its tills meet at one coupon.
    """
    base = f"fairday_storm_{os.getpid()}"
    url = await make_database(server_url, base)
    database = await Database.connect(url, size=2, statement_timeout_s=120)
    try:
        storm = await offline_storm.build(database, tills_count=tills, scans=scans, seed=11)
    finally:
        await database.close()
    prints: list[dict[str, object]] = []
    try:
        if processes == 1:
            prints = [await on_a_copy(server_url, base, storm, order) for order in range(orders)]
        else:
            spawn = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(processes, spawn, initializer=take, initargs=(storm,)) as pool:
                asked = [pool.submit(in_a_process, server_url, base, order) for order in range(orders)]
                prints = [await asyncio.wrap_future(one) for one in asked]
    finally:
        await dropped(server_url, base)
    assert len(prints) == orders
    assert all(one == prints[0] for one in prints), prints


async def test_a_storm_in_two_orders(postgres_url: str) -> None:
    await weather(postgres_url, tills=40, scans=4_000, orders=2)


@pytest.mark.prove
@pytest.mark.timeout(5400)
async def test_two_hundred_tills_a_hundred_thousand_scans_twenty_orders(postgres_url: str) -> None:
    await weather(postgres_url, tills=200, scans=100_000, orders=20, processes=2)
