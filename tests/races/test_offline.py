"""One claim synced from four tills at once, and leases that race for the last money: four processes, exact totals."""

from datetime import datetime
from typing import Any

from fairday.kernel.tx import Database, Tx
from fairday.offline import service as offline
from fairday.offline.invariants import INVARIANTS
from fairday.offline.log_types import Synced
from fairday.offline.types import Lease, LeaseAt
from tests.offline import till as tills
from tests.offline.looks import shop_with_coupon
from tests.offline.till import OfflineTill
from tests.races.together import together

PROCESSES = 4


async def room_holds(database: Database) -> None:
    for invariant in INVARIANTS:
        assert await database.pool.fetch(invariant.query) == [], invariant.promise


async def sync_twice(database: Database, number: int, racers: list[OfflineTill]) -> list[int]:
    """Send this process's till's log, whole, then cut in two and backwards."""
    till = racers[number]
    counts = [0, 0, 0]
    for records in (till.log, till.log[25:], till.log[:25][::-1]):
        [answer] = await database.run(
            lambda tx, now, records=records: offline.sync(tx, [till.request(records)], now), deadline_s=60
        )
        assert isinstance(answer, Synced), answer
        for place, count in enumerate((answer.effective_count, answer.conflict_count, answer.flagged_count)):
            counts[place] += count
    return counts


async def test_the_same_claims_from_four_tills(database: Database, database_url: str) -> None:
    async def build(tx: Tx, now: datetime) -> tuple[list[OfflineTill], list[str]]:
        shop, claims = await shop_with_coupon(tx, now, claims=50)
        racers = [await tills.ready(tx, now, shop) for _ in range(PROCESSES)]
        for number, till in enumerate(racers):
            for claim in claims if number % 2 else claims[::-1]:
                if claim is claims[7]:
                    till.sell([(shop.sku_ids[0], 1, 12_000)], [claim])
                else:
                    till.redeem(claim)
        return racers, [claim for claim, _ in claims]

    racers, claims = await database.run(build)
    counts = await together(database_url, PROCESSES, sync_twice, racers)
    assert [sum(column) for column in zip(*counts, strict=True)] == [50, 150, 0]
    effective = await database.pool.fetch(
        "SELECT claim_id, count(*) FROM coupons.redemption WHERE claim_id = ANY($1) AND status = 'effective' GROUP BY 1",
        claims,
    )
    assert [row["count"] for row in effective] == [1] * 50
    assert (
        await database.pool.fetchval(
            "SELECT count(*) FROM tills.sale WHERE store_id = $1", racers[0].shop.store_id
        )
        == PROCESSES
    )
    booked = await database.pool.fetchrow(
        "SELECT count(*), sum(amount_minor) AS minor FROM offline.redemption_break WHERE merchant_id = $1",
        racers[0].shop.merchant_id,
    )
    assert (booked["count"], booked["minor"]) == (150, 300_000)
    await room_holds(database)


async def sync_one(database: Database, number: int, till: OfflineTill) -> tuple[int, int]:
    """Send the same log as everybody else."""
    [answer] = await database.run(lambda tx, now: offline.sync(tx, [till.request()], now), deadline_s=60)
    assert isinstance(answer, Synced), answer
    return answer.applied_count, answer.duplicate_count


async def test_one_log_sent_by_four_at_once_is_applied_once(database: Database, database_url: str) -> None:
    async def build(tx: Tx, now: datetime) -> OfflineTill:
        shop, claims = await shop_with_coupon(tx, now, claims=20)
        till = await tills.ready(tx, now, shop)
        for claim in claims:
            till.redeem(claim)
        return till

    till = await database.run(build)
    said = await together(database_url, PROCESSES, sync_one, till)
    assert sorted(said) == [(0, 20)] * 3 + [(20, 0)]
    await room_holds(database)


async def grab(database: Database, number: int, racers: list[OfflineTill], coupon_id: str) -> list[int]:
    """Ask for leases of this process's tills and return the money that each got."""
    got = []
    for till in racers[number * 3 : number * 3 + 3]:
        [lease] = await database.run(
            lambda tx, now, till=till: offline.grant(
                tx, [LeaseAt(till.device.account_id, till.log_head())], now
            ),
            deadline_s=60,
        )
        assert isinstance(lease, Lease), lease
        got.append(sum(one.value_max_minor for one in lease.coupons if one.coupon_id == coupon_id))
    return got


async def test_leases_race_for_the_last_money(database: Database, database_url: str) -> None:
    async def build(tx: Tx, now: datetime) -> tuple[list[OfflineTill], str]:
        shop, [claim] = await shop_with_coupon(tx, now, budget_minor=10_000, over_issue_bp=50_000)
        return [await tills.paired(tx, now, shop) for _ in range(PROCESSES * 3)], claim[1]

    racers, coupon_id = await database.run(build)
    got: list[Any] = await together(database_url, PROCESSES, grab, racers, coupon_id)
    assert sorted(one for part in got for one in part) == [0] * 7 + [2000] * 5
    assert (
        await database.pool.fetchval(
            "SELECT leased_minor FROM coupons.coupon WHERE coupon_id = $1", coupon_id
        )
        == 10_000
    )
    await room_holds(database)
