"""Coupons under contention: at least four processes, committed, exact totals. Source: R25, R35, R36, I1-I5."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from fairday.coupons import service, store
from fairday.coupons.claims import Claim, ClaimRequest, ConsumeRequest, Redeemed, RedeemRequest
from fairday.coupons.invariants import INVARIANTS
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database
from fairday.places import service as places
from fairday.places.types import StoreDraft
from tests.coupons.builders import claimed, offered
from tests.races.together import together

PROCESSES = 4


async def offer(database: Database, **changes: Any) -> str:
    """Return a committed live coupon."""
    async with database.transaction() as (tx, now):
        return await offered(tx, now, **changes)


async def books_hold(database: Database) -> None:
    for invariant in INVARIANTS:
        assert await database.pool.fetch(invariant.query) == [], invariant.promise


async def claim_all(database: Database, number: int, asked: list[ClaimRequest], batch: int) -> Counter[str]:
    """Claim a share of the requests in batches, several at once; count the answers."""
    mine = asked[number::PROCESSES]
    random.Random(number).shuffle(mine)
    answers: Counter[str] = Counter()

    async def one(part: list[ClaimRequest]) -> None:
        for result in await database.run(lambda tx, now: service.claim(tx, part, now), deadline_s=60):
            answers["ok" if isinstance(result, Claim) else result.code] += 1

    await asyncio.gather(*[one(mine[start : start + batch]) for start in range(0, len(mine), batch)])
    return answers


async def race(url: str, asked: list[ClaimRequest], batch: int) -> Counter[str]:
    return sum(await together(url, PROCESSES, claim_all, asked, batch), Counter())


@pytest.mark.parametrize("batch", [1, 40])
async def test_a_thousand_members_for_a_hundred_coupons(
    database: Database, database_url: str, batch: int
) -> None:
    coupon_id = await offer(database, quantity_max=100)
    answers = await race(database_url, [ClaimRequest(coupon_id, new_id("mem")) for _ in range(1000)], batch)
    assert answers == {"ok": 100, "sold_out": 900}
    assert (
        await database.pool.fetchval("SELECT count(*) FROM coupons.claim WHERE coupon_id = $1", coupon_id)
        == 100
    )
    await books_hold(database)


async def test_a_budget_in_money_is_spent_to_the_last_whole_face(
    database: Database, database_url: str
) -> None:
    coupon_id = await offer(database, quantity_max=1000, amount_minor=700, budget_minor=100_000)
    answers = await race(database_url, [ClaimRequest(coupon_id, new_id("mem")) for _ in range(400)], 10)
    assert answers == {"ok": 142, "budget_spent": 258}
    async with database.transaction() as (tx, _):
        assert (await store.counters(tx, [coupon_id]))[coupon_id].committed_minor == 142 * 700
    await books_hold(database)


async def test_a_day_gives_its_share(database: Database, database_url: str) -> None:
    coupon_id = await offer(database, quantity_max=1000, per_day_max=33)
    answers = await race(database_url, [ClaimRequest(coupon_id, new_id("mem")) for _ in range(200)], 10)
    assert answers == {"ok": 33, "day_cap_reached": 167}
    await books_hold(database)


@pytest.mark.parametrize("cap", [1, 3])
async def test_a_member_never_gets_more_than_its_cap(database: Database, database_url: str, cap: int) -> None:
    coupon_id = await offer(database, quantity_max=1000, per_member_max=cap)
    members = [new_id("mem") for _ in range(10)]
    answers = await race(database_url, [ClaimRequest(coupon_id, one) for one in members] * 20, 5)
    assert answers == {"ok": 10 * cap, "member_limit_reached": 200 - 10 * cap}
    await books_hold(database)


async def test_a_person_never_gets_more_over_all_accounts(database: Database, database_url: str) -> None:
    coupon_id = await offer(database, quantity_max=1000, per_member_max=2, per_person_max=3)
    asked = []
    for _ in range(10):
        person_id = new_id("per")
        asked += [ClaimRequest(coupon_id, new_id("mem"), person_id) for _ in range(4)] * 4
    answers = await race(database_url, asked, 5)
    assert answers["ok"] == 30
    assert set(answers) <= {"ok", "member_limit_reached", "person_limit_reached"}
    await books_hold(database)


async def go_wide(database: Database, number: int, coupon_ids: list[str]) -> tuple[int, int]:
    """Claim and redeem wide batches over random coupons, with no retry: a deadlock fails the test."""
    chance = random.Random(number)
    claimed_count = redeemed_count = 0
    for _ in range(15):
        asked = [ClaimRequest(chance.choice(coupon_ids), new_id("mem")) for _ in range(150)]
        async with database.transaction() as (tx, now):
            claims = [one for one in await service.claim(tx, asked, now) if isinstance(one, Claim)]
        claimed_count += len(claims)
        chance.shuffle(claims)
        redeems = [RedeemRequest(claim.claim_id, new_id("ord"), 100) for claim in claims]
        async with database.transaction() as (tx, now):
            redeemed_count += sum(isinstance(one, Redeemed) for one in await service.redeem(tx, redeems, now))
        async with database.transaction() as (tx, now):
            back = await service.give_back(tx, [one.document_id for one in redeems[:50]], now)
        redeemed_count -= len(back)
    return claimed_count, redeemed_count


async def test_wide_batches_never_deadlock(database: Database, database_url: str) -> None:
    coupon_ids = [await offer(database, quantity_max=70) for _ in range(60)]
    counts = await together(database_url, PROCESSES, go_wide, coupon_ids)
    async with database.transaction() as (tx, _):
        rows = (await store.counters(tx, coupon_ids)).values()
    assert sum(row.issued_count for row in rows) == sum(count[0] for count in counts) == 60 * 70
    assert sum(row.redeemed_count for row in rows) == sum(count[1] for count in counts)
    await books_hold(database)


async def consume_at_tills(
    database: Database, number: int, claim_id: str, merchant_id: str, store_id: str, receipts: list[str]
) -> list[tuple[str, Any]]:
    """Consume one claim at several tills at once, each its own transaction; return (receipt, answer)."""

    async def one(receipt_id: str) -> tuple[str, Any]:
        request = ConsumeRequest(
            claim_id, receipt_id, merchant_id, store_id, f"til_{receipt_id}", "acc_clerk", 500
        )
        [answer] = await database.run(lambda tx, now: service.consume(tx, [request], now), deadline_s=60)
        if isinstance(answer, Redeemed):
            return receipt_id, ("ok", answer.redemption_id)
        return receipt_id, (answer.code, answer.details)

    return await asyncio.gather(*[one(receipt_id) for receipt_id in receipts[number::PROCESSES]])


async def test_one_code_at_fifty_tills(database: Database, database_url: str) -> None:
    merchant_id = new_id("mer")
    draft = StoreDraft(
        external_id="1", name="人民广场店", region_id="CN-SH", latitude=31.23, longitude=121.47
    )
    async with database.transaction() as (tx, now):
        place = await places.create_store(tx, merchant_id, draft, now)
        claim = await claimed(tx, now, await offered(tx, now))
    receipts = [f"r{number}" for number in range(50)]
    runs = await together(
        database_url, PROCESSES, consume_at_tills, claim.claim_id, merchant_id, place.store_id, receipts
    )
    answers = dict(answer for run in runs for answer in run)
    winners = [receipt_id for receipt_id, answer in answers.items() if answer[0] == "ok"]
    losers = [answer for answer in answers.values() if answer[0] == "already_used"]
    assert (len(winners), len(losers)) == (1, 49)
    for _, details in losers:
        assert (details["store_id"], details["store_name"]) == (place.store_id, "人民广场店")
        assert details["used_at"]
    await books_hold(database)


async def test_one_receipt_sent_by_four_processes_counts_once(database: Database, database_url: str) -> None:
    async with database.transaction() as (tx, now):
        claim = await claimed(tx, now, await offered(tx, now, days_after_claim=7))
    runs = await together(
        database_url, PROCESSES, consume_at_tills, claim.claim_id, "mer_a", "sto_a", ["r1"] * 40
    )
    answers = [answer for run in runs for answer in run]
    assert len(answers) == 40
    assert {answer for _, answer in answers} == {answers[0][1]}
    assert answers[0][1][0] == "ok"
    await books_hold(database)


async def expire_and_redeem(database: Database, number: int, claim_ids: list[str], late_s: float) -> int:
    """Half of the processes redeem at the end of the claims, half let them expire; return how many were redeemed."""
    redeemed = 0
    for claim_id in claim_ids:
        async with database.transaction() as (tx, now):
            if number % 2:
                await service.expire_claims(tx, now + timedelta(seconds=late_s))
            else:
                request = RedeemRequest(claim_id, f"ord_{claim_id}_{number}", 500)
                [answer] = await service.redeem(tx, [request], now)
                redeemed += isinstance(answer, Redeemed)
    return redeemed


async def test_a_claim_is_redeemed_or_expired_never_both(database: Database, database_url: str) -> None:
    async with database.transaction() as (tx, now):
        coupon_id = await offered(tx, now, days_after_claim=1)
        claims = [await claimed(tx, now, coupon_id) for _ in range(40)]
    ids = [claim.claim_id for claim in claims]
    counts = await together(database_url, PROCESSES, expire_and_redeem, ids, 25 * 3600.0)
    rows = await database.pool.fetch(
        "SELECT status, count(*) FROM coupons.claim WHERE coupon_id = $1 GROUP BY status", coupon_id
    )
    by_status = {row["status"]: row["count"] for row in rows}
    assert by_status.get("redeemed", 0) == sum(counts)
    assert sum(by_status.values()) == 40
    await books_hold(database)
