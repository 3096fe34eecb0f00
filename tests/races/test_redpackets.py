"""Red packets under contention: four processes, exact totals, one share a person, the end against the last grabs. Source: R62, I43."""

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest

from fairday.kernel.errors import Refusal
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.tx import Database
from fairday.members import service as members
from fairday.members.types import MemberDraft
from fairday.redpackets import crediting, service
from fairday.redpackets.types import Grab, GrabRequest
from tests.checkout import city
from tests.races.together import together
from tests.redpackets.builders import body, packets_hold, recorded, sent, sent_by_campaign

PROCESSES = 4


async def crowd(database: Database, count: int) -> list[str]:
    """Return the ids of new members."""
    async with database.transaction() as (tx, now):
        return [one.member_id for one in await city.shoppers(tx, now, count, 0)]


async def campaign_packet(database: Database, total_minor: int, shares_count: int) -> str:
    """Return a committed packet of a campaign."""
    async with database.transaction() as (tx, now):
        return (await sent_by_campaign(tx, now, total_minor=total_minor, shares_count=shares_count)).packet_id


async def settle(database: Database, *packet_ids: str) -> None:
    """Do what the reaction does, for these packets alone."""
    async with database.transaction() as (tx, now):
        for packet_id in packet_ids:
            await crediting.credit_late(tx, await recorded(tx, packet_id, "redpackets.Grabbed"), now)


async def had(database: Database, packet_id: str) -> tuple[int, int]:
    """Return how many shares the books paid, and what they came to."""
    row = await database.pool.fetchrow(
        "SELECT count(*), coalesce(sum(amount_minor), 0)::bigint FROM ledger.transfer"
        " WHERE document_id = $1 AND kind = 'red_packet_grab'",
        packet_id,
    )
    return row[0], row[1]


async def grab_all(database: Database, number: int, asked: list[GrabRequest], batch: int) -> Counter[str]:
    """Grab a part of the requests in batches, several at once; count the answers."""
    mine = asked[number::PROCESSES]
    random.Random(number).shuffle(mine)
    answers: Counter[str] = Counter()

    async def one(part: list[GrabRequest]) -> None:
        for result in await database.run(lambda tx, now: service.grab(tx, part, now), deadline_s=60):
            answers["ok" if isinstance(result, Grab) else result.code] += 1
            if isinstance(result, Grab):
                answers["minor"] += result.amount_minor

    await asyncio.gather(*[one(mine[start : start + batch]) for start in range(0, len(mine), batch)])
    return answers


@pytest.mark.parametrize("batch", [1, 100])
async def test_ten_thousand_grabs_for_ten_shares(database: Database, database_url: str, batch: int) -> None:
    """2,000 people tap five times each; singly in small form."""
    people = await crowd(database, 2_000 if batch > 1 else 300)
    packet_id = await campaign_packet(database, 8_888, 10)
    asked = [GrabRequest(packet_id, one) for one in people] * (5 if batch > 1 else 2)
    answers = sum(await together(database_url, PROCESSES, grab_all, asked, batch), Counter())
    await settle(database, packet_id)
    assert (answers["ok"], answers["minor"]) == (10, 8_888)
    assert set(answers) <= {"ok", "minor", "packet_all_gone", "packet_already_grabbed"}
    assert answers.total() - answers["minor"] == len(asked)
    assert await had(database, packet_id) == (10, 8_888)
    await packets_hold(database.pool)


async def test_one_person_from_several_devices_has_one_share(database: Database, database_url: str) -> None:
    """Thirty people with four accounts each, every account in all processes, wide batches: no retry may lose or double one."""
    async with database.transaction() as (tx, now):
        phones = [f"+8613{random.randrange(10**9):09d}" for _ in range(30)]
        made = await members.register_all(
            tx, [MemberDraft(nickname="多", phone=phone) for phone in phones for _ in range(4)], now
        )
    packet_id = await campaign_packet(database, 5_000, 100)
    asked = [GrabRequest(packet_id, one.member_id) for one in made for _ in range(PROCESSES)]
    random.Random(1).shuffle(asked)
    answers = sum(await together(database_url, PROCESSES, grab_all, asked, 6), Counter())
    await settle(database, packet_id)
    assert (answers["ok"], answers["packet_already_grabbed"]) == (30, len(asked) - 30)
    persons = await database.pool.fetchval(
        "SELECT count(DISTINCT person_id) FROM redpackets.grab WHERE packet_id = $1", packet_id
    )
    assert persons == 30
    assert await had(database, packet_id) == (30, answers["minor"])
    await packets_hold(database.pool)


async def test_wide_batches_over_many_packets_lock_in_one_order(
    database: Database, database_url: str
) -> None:
    """Batches over twelve packets in any order, late and at once; the totals are those of the packets."""
    people = await crowd(database, 200)
    packet_ids = [await campaign_packet(database, 3_000 + n, 120) for n in range(12)]
    asked = [GrabRequest(packet_id, one) for one in people for packet_id in packet_ids]
    random.Random(2).shuffle(asked)
    answers = sum(await together(database_url, PROCESSES, grab_all, asked, 90), Counter())
    await settle(database, *packet_ids)
    assert (answers["ok"], answers["minor"]) == (12 * 120, sum(3_000 + n for n in range(12)))
    assert answers["packet_all_gone"] == len(asked) - 12 * 120
    await packets_hold(database.pool)


async def end_or_grab(
    database: Database, number: int, packet_ids: list[str], people: list[str]
) -> Counter[str]:
    """The first process ends packets again and again at their time; the others grab until they hear that it is over."""
    answers: Counter[str] = Counter()
    if number == 0:
        for _ in range(60):
            answers["ended"] += await database.run(
                lambda tx, now: service.expire(tx, now + timedelta(days=365)), deadline_s=60
            )
            await asyncio.sleep(0.005)
        return answers
    asked = [GrabRequest(packet_id, one) for packet_id in packet_ids for one in people[number::PROCESSES]]
    return answers + await grab_all(database, 0, asked * PROCESSES, 7)


async def test_the_end_against_the_last_grabs(database: Database, database_url: str) -> None:
    people = await crowd(database, 80)
    async with database.transaction() as (tx, now):
        senders = await city.shoppers(tx, now, 30, 1_000)
        packet_ids = [
            (await sent(tx, one, now, total_minor=1_000, shares_count=40)).packet_id for one in senders
        ]
    answers = sum(await together(database_url, PROCESSES, end_or_grab, packet_ids, people), Counter())
    await settle(database, *packet_ids)
    assert set(answers) <= {
        "ok",
        "minor",
        "ended",
        "packet_over",
        "packet_all_gone",
        "packet_already_grabbed",
    }
    rows = await database.pool.fetch(
        "SELECT status, returned_minor FROM redpackets.packet WHERE packet_id = ANY ($1::text[])", packet_ids
    )
    assert "open" not in {row["status"] for row in rows}
    assert sum(row["returned_minor"] for row in rows) + answers["minor"] == 30 * 1_000
    left = await database.pool.fetchval(
        "SELECT sum(posted_minor) FROM ledger.account WHERE account_id = ANY ($1::text[])",
        [f"packet:{one}" for one in packet_ids],
    )
    assert left == 0
    await packets_hold(database.pool)


async def send_same(database: Database, number: int, sender: str, account: str) -> int:
    """Send packets of 300 from a wallet of 2,000, more than it has over all processes; return how many were funded."""
    by = Principal(account, Role.MEMBER, "ses_x", member_id=sender)
    funded = 0
    for _ in range(5):
        request = service.prepare(body(300, 3), by)
        [answer] = await database.run(
            lambda tx, now, request=request: service.send(tx, [request], now), deadline_s=60
        )
        funded += not isinstance(answer, Refusal)
    return funded


async def test_a_wallet_funds_no_more_packets_than_it_covers(database: Database, database_url: str) -> None:
    async with database.transaction() as (tx, now):
        [sender] = await city.shoppers(tx, now, 1, 2_000)
    funded = sum(await together(database_url, PROCESSES, send_same, sender.member_id, sender.account_id))
    assert funded == 6
    await packets_hold(database.pool)
