"""Kill web workers and PostgreSQL while packets are grabbed: every share once, every answer kept, all money there. Source: I43, I59, I60."""

import asyncio
import random
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fairday.app.checks import all_invariants
from fairday.kernel.invariants import check
from fairday.kernel.tx import Database
from tests.journeys.people import City
from tests.simulation.load import Journal, Load, Shopper
from tests.simulation.test_kills import BACK_S, STEADY_S, Town, town

__all__ = ["town"]

CROWD = 90
SHARES = 60
TOTAL_MINOR = 12_345


async def let_it_rain(city: City, packets: int) -> list[str]:
    """Return the ids of campaign packets whose shares are fewer than the crowd."""
    boss = await city.operator()
    await boss.post("/ledger/campaign-budgets/kills/allotments", {"amount_minor": TOTAL_MINOR * packets})
    body = {"total_minor": TOTAL_MINOR, "shares_count": SHARES, "mode": "lucky", "budget": "kills"}
    return [(await boss.post("/red-packets", body))["packet_id"] for _ in range(packets)]


async def grab_through_kills(town: Town, folder: Path, kills: int) -> None:
    """Let a crowd grab packet after packet while something is killed; compare answers, grabs and books."""
    database = await Database.connect(town.url, size=2)
    city = City(town.server.url, database)
    chance = random.Random(kills)
    try:
        made = (await city.client().post("/sandbox/members", {"count": CROWD}))["items"]
        packet_ids = await let_it_rain(city, kills * 3)
        load = Load(
            town.server.url, Journal(folder / "intents.jsonl"), Journal(folder / "acks.jsonl"), [], [], 0, 0
        )
        crowd = [Shopper(one["member_id"], one["token"]) for one in made]
        async with httpx2.AsyncClient(
            base_url=load.url, timeout=10, limits=httpx2.Limits(max_connections=CROWD)
        ) as http:
            await asyncio.sleep(STEADY_S if kills > 5 else 1)
            for number in range(kills):
                strike = town.stop_postgres_at_once if number % 2 else town.kill_web_worker
                grabbing = [
                    load.ask(http, one, f"/red-packets/{packet_id}/grabs", None)
                    for packet_id in packet_ids[number * 3 : number * 3 + 3]
                    for one in chance.sample(crowd, CROWD)
                ]
                later = asyncio.create_task(_strike(strike, chance.uniform(0.0, 0.15)))
                await asyncio.gather(*grabbing)
                await later
                await asyncio.to_thread(town.wait_until_back)
        assert load.broken == []
        assert load.retries > 0, "no kill was felt: the load is too light"
        await _wait_for_credits(database)
        load.intents.close()
        load.acks.close()
        await _same_in_answers_and_rows(database, load, packet_ids)
        assert await check(database, all_invariants()) == []
    finally:
        await city.close()
        await database.close()


async def _strike(strike: Any, after_s: float) -> None:
    await asyncio.sleep(after_s)
    await asyncio.to_thread(strike)


async def _wait_for_credits(database: Database) -> None:
    ends = time.monotonic() + BACK_S
    while await database.pool.fetchval(
        "SELECT EXISTS (SELECT FROM redpackets.grab g WHERE NOT EXISTS (SELECT FROM ledger.transfer t"
        " WHERE t.posting_id = 'grab:' || g.packet_id || ':' || g.place))"
    ):
        assert time.monotonic() < ends, "wallets wait for their shares"
        await asyncio.sleep(0.1)


async def _same_in_answers_and_rows(database: Database, load: Load, packet_ids: list[str]) -> None:
    """What was answered is what stands: all shares of all packets, each to whom its answer says, in the wallets too."""
    acks = load.acks.read()
    had = {
        (one["answer"]["packet_id"], one["answer"]["place"], one["member_id"], one["answer"]["amount_minor"])
        for one in acks
        if one["status"] < 300
    }
    rows = await database.pool.fetch("SELECT packet_id, place, member_id, amount_minor FROM redpackets.grab")
    assert {tuple(row) for row in rows} == had
    assert len(had) == len(packet_ids) * SHARES
    assert sum(one[3] for one in had) == len(packet_ids) * TOTAL_MINOR
    assert {one["answer"].get("code") for one in acks if one["status"] >= 300} == {"packet_all_gone"}
    wallets = await database.pool.fetch(
        "SELECT account_id, posted_minor FROM ledger.account WHERE account_id LIKE 'wallet:%'"
    )
    wanted: dict[str, int] = {}
    for _, _, member_id, amount in had:
        wanted[f"wallet:{member_id}"] = wanted.get(f"wallet:{member_id}", 0) + amount
    assert {row[0]: row[1] for row in wallets} == wanted


async def test_kills_lose_no_share_and_double_none(town: Town, tmp_path: Path) -> None:
    await grab_through_kills(town, tmp_path, 3)


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_forty_kills_lose_no_share_and_double_none(town: Town, tmp_path: Path) -> None:
    await grab_through_kills(town, tmp_path, 40)
