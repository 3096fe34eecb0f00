"""Money under contention: four processes, one set of wallets, exact totals. Source: I38, I39, I40, I48."""

import random
from datetime import timedelta

from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database
from fairday.ledger import service
from fairday.ledger.errors import AlreadyReversed, InsufficientFunds
from fairday.ledger.invariants import INVARIANTS
from fairday.ledger.types import Balance, CaptureRequest, Hold, HoldRequest, Posted, Reversal
from tests.ledger.builders import CNY, posting, top_up, wallet
from tests.races.together import together

PROCESSES = 4


async def fund(database: Database, accounts: list[str], amount_minor: int) -> None:
    wishes = [top_up(account, amount_minor) for account in accounts]
    answers = await database.run(lambda tx, now: service.post(tx, wishes, now))
    assert all(isinstance(answer, Posted) for answer in answers)


async def balances(database: Database, accounts: list[str]) -> dict[str, Balance]:
    return await database.run(lambda tx, now: service.balances(tx, accounts, CNY))


async def books_hold(database: Database) -> None:
    for invariant in INVARIANTS:
        assert await database.pool.fetch(invariant.query) == [], invariant.promise


async def pass_on(database: Database, number: int, ring: list[str]) -> int:
    """Send money round the ring in batches of random links, in random order."""
    chance = random.Random(number)
    posted = 0
    for _ in range(20):
        links = [chance.randrange(len(ring)) for _ in range(40)]
        batch = [
            posting((ring[link], ring[(link + 1) % len(ring)], chance.randint(1, 400))) for link in links
        ]
        answers = await database.run(lambda tx, now, batch=batch: service.post(tx, batch, now), deadline_s=60)
        posted += sum(isinstance(answer, Posted) for answer in answers)
    return posted


async def test_money_round_a_ring_stays_the_same(database: Database, database_url: str) -> None:
    ring = [wallet() for _ in range(40)]
    await fund(database, ring, 1000)
    posted = await together(database_url, PROCESSES, pass_on, ring)
    after = await balances(database, ring)
    assert sum(found.posted_minor for found in after.values()) == 40 * 1000
    assert all(found.posted_minor >= 0 for found in after.values())
    assert sum(posted) > 0
    await books_hold(database)


async def overdraw(database: Database, number: int, account: str) -> int:
    """Try to spend the same wallet again and again; return how often it was refused."""
    refused = 0
    for _ in range(10):
        batch = [posting((account, f"merchant:mer_{number}:payable", 7)) for _ in range(20)]
        answers = await database.run(lambda tx, now, batch=batch: service.post(tx, batch, now), deadline_s=60)
        refused += sum(isinstance(answer, InsufficientFunds) for answer in answers)
    return refused


async def test_a_wallet_is_never_overdrawn(database: Database, database_url: str) -> None:
    account = wallet()
    await fund(database, [account], 1000)
    refused = await together(database_url, PROCESSES, overdraw, account)
    assert sum(refused) == PROCESSES * 200 - 1000 // 7
    assert (await balances(database, [account]))[account] == Balance(1000 % 7, 0)
    await books_hold(database)


async def post_the_same(database: Database, number: int, asked: "list[object]") -> int:
    """Post the same ids as every other process; return how many were new here."""
    random.Random(number).shuffle(asked)
    answers = await database.run(lambda tx, now: service.post(tx, asked, now), deadline_s=60)
    assert all(isinstance(answer, Posted) for answer in answers)
    return sum(not answer.is_replay for answer in answers if isinstance(answer, Posted))


async def test_the_same_ids_post_once(database: Database, database_url: str) -> None:
    """Also when each takes all that its wallet has: no twin may hear "insufficient funds" for what it paid itself."""
    accounts = [wallet() for _ in range(20)]
    await fund(database, accounts, 5)
    asked = [posting((account, "platform:commission", 5)) for account in accounts]
    new = await together(database_url, PROCESSES, post_the_same, asked)
    assert sum(new) == len(asked)
    assert set((await balances(database, accounts)).values()) == {Balance(0, 0)}


async def undo(database: Database, number: int, posting_id: str) -> str:
    """Reverse one posting under an own id."""
    wish = Reversal(new_id("trf"), posting_id, f"ref_{number}")
    (answer,) = await database.run(lambda tx, now: service.reverse(tx, [wish], now), deadline_s=60)
    assert isinstance(answer, Posted | AlreadyReversed)
    return type(answer).__name__


async def test_a_posting_is_reversed_by_one(database: Database, database_url: str) -> None:
    a, b = wallet(), wallet()
    await fund(database, [a], 100)
    sale = posting((a, b, 100))
    await database.run(lambda tx, now: service.post(tx, [sale], now))
    answers = await together(database_url, PROCESSES, undo, sale.posting_id)
    assert sorted(answers) == ["AlreadyReversed"] * (PROCESSES - 1) + ["Posted"]
    assert (await balances(database, [a]))[a] == Balance(100, 0)


async def resolve(database: Database, number: int, hold_ids: list[str], credit: str) -> dict[str, int]:
    """Capture, void or expire the same holds; return how many this process resolved."""
    done = {"captured": 0, "voided": 0, "expired": 0}
    for hold_id in random.Random(number).sample(hold_ids, len(hold_ids)):
        if number == 0:
            done["expired"] += await database.run(
                lambda tx, now: service.expire(tx, now + timedelta(days=2), 1), deadline_s=60
            )
        elif number == 1:
            (over,) = await database.run(lambda tx, now, h=hold_id: service.void(tx, [h], now), deadline_s=60)
            done["voided"] += isinstance(over, Hold)
        else:
            (paid,) = await database.run(
                lambda tx, now, h=hold_id: service.capture(tx, [CaptureRequest(h, credit)], now),
                deadline_s=60,
            )
            done["captured"] += isinstance(paid, Posted) and not paid.is_replay
    return done


async def test_a_hold_is_resolved_once(database: Database, database_url: str) -> None:
    a, shop = wallet(), f"merchant:{new_id('mer')}:payable"
    await fund(database, [a], 1000)
    holds = [new_id("hol") for _ in range(40)]

    async def place(tx, now):
        wishes = [HoldRequest(h, "ord_1", a, CNY, 10, now + timedelta(days=1)) for h in holds]
        return await service.hold(tx, wishes, now)

    await database.run(place)
    answers = await together(database_url, PROCESSES, resolve, holds, shop)
    assert sum(sum(answer.values()) for answer in answers) == len(holds)
    captured = sum(answer["captured"] for answer in answers)
    after = await balances(database, [a, shop])
    assert after == {a: Balance(1000 - 10 * captured, 0), shop: Balance(10 * captured, 0)}
    await books_hold(database)
