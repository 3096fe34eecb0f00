"""Measure the two hottest verbs below the order, in one process, in durable batches: ledger.post and stock.reserve.

    python -m bench.books postgresql://...   (a migrated database; it is filled with wallets, goods and reservations)

The lead's harness takes `run`; each figure is requests a second. The limit is PostgreSQL's COPY of one such row into an
empty twin of `ledger.transfer`, in transactions of the same size, measured in the same run.
"""

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from fairday.kernel.errors import Refusal
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import Posting, TopUp, TransferDraft
from fairday.stock import service as stock
from fairday.stock.types import CountRow, ReserveRequest, StockLine

ACCOUNTS, SKUS, BATCH = 10_000, 10_000, 500
Verb = Callable[[Tx, Sequence[Any], datetime], Awaitable[Sequence[Any]]]


async def run(
    database_url: str, *, requests: int = 30_000, in_flight: int = 2, seed: int = 11
) -> dict[str, float]:
    """Return requests a second by name; nothing of it is refused."""
    database = await Database.connect(database_url, size=in_flight + 1)
    chance = random.Random(seed)
    try:
        wallets, skus, place = await _city(database)

        def spread() -> Posting:
            giver, taker = chance.sample(wallets, 2)
            return _posting((giver, taker, 1))

        def hot() -> Posting:
            return _posting((chance.choice(wallets), "platform:commission", 1))

        def order() -> Posting:
            shop = f"merchant:mer_{chance.randrange(100)}:payable"
            return _posting(
                (chance.choice(wallets), "order:clearing", 80),
                ("platform:marketing", "order:clearing", 12),
                ("order:clearing", shop, 88),
                ("order:clearing", "platform:commission", 4),
            )

        def pair() -> ReserveRequest:
            return _lines(chance.sample(skus, 2), place)

        def hot_pair() -> ReserveRequest:
            return _lines([skus[0], chance.choice(skus[1:])], place)

        found: dict[str, float] = {}
        for name, verb, make in (
            ("ledger_batch", ledger.post, spread),
            ("ledger_hot", ledger.post, hot),
            ("ledger_order", ledger.post, order),
            ("stock_reserve", stock.reserve, pair),
            ("stock_reserve_hot", stock.reserve, hot_pair),
        ):
            wanted = [make() for _ in range(requests)]
            await _measure(database, verb, wanted[: BATCH * 2], in_flight)  # warms plans and accounts
            found[name] = await _measure(database, verb, wanted[BATCH * 2 :], in_flight)
        found["limit_copy"] = await _copy(database, requests, in_flight)
        return {name: round(value) for name, value in found.items()}
    finally:
        await database.close()


def _posting(*transfers: tuple[str, str, int]) -> Posting:
    return Posting(
        new_id("trf"), new_id("ord"), "sale", "CNY", tuple(TransferDraft(*one) for one in transfers)
    )


def _lines(sku_ids: Sequence[str], place: str) -> ReserveRequest:
    return ReserveRequest(
        new_id("ord"), tuple(StockLine(new_id("lin"), sku_id, place, 1) for sku_id in sku_ids)
    )


async def _city(database: Database) -> tuple[list[str], list[str], str]:
    members = [new_id("mem") for _ in range(ACCOUNTS)]
    skus, place = [new_id("sku") for _ in range(SKUS)], new_id("sto")
    for start in range(0, ACCOUNTS, BATCH):
        wishes = [TopUp(new_id("trf"), member, "CNY", 10**9) for member in members[start : start + BATCH]]
        await database.run(lambda tx, now, wishes=wishes: ledger.top_up(tx, wishes, now))
    for start in range(0, SKUS, BATCH):
        rows = [CountRow(sku_id, place, 10**8) for sku_id in skus[start : start + BATCH]]
        await database.run(lambda tx, now, rows=rows: stock.set_levels(tx, rows, now))
    return [f"wallet:{member}" for member in members], skus, place


async def _measure(database: Database, verb: Verb, wanted: Sequence[Any], in_flight: int) -> float:
    batches = [wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)]

    async def lane() -> None:
        while batches:
            batch = batches.pop()
            answers = await database.run(lambda tx, now, batch=batch: verb(tx, batch, now), deadline_s=60)
            refused = [answer for answer in answers if isinstance(answer, Refusal)]
            assert not refused, refused[:3]

    started = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(in_flight)))
    return len(wanted) / (time.perf_counter() - started)


async def _copy(database: Database, count: int, in_flight: int) -> float:
    columns = ("posting_id", "place", "document_id", "kind", "currency", "debit_account", "credit_account", "amount_minor",
               "debit_number", "debit_after_minor", "credit_number", "credit_after_minor", "posted_at", "recorded_at")  # fmt: skip
    async with database.transaction() as (tx, now):
        await tx.execute(
            "DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench; CREATE TABLE bench.transfer (LIKE ledger.transfer INCLUDING ALL)"
        )
        rows = [
            (
                new_id("trf"),
                0,
                new_id("ord"),
                "sale",
                "CNY",
                f"wallet:{n % ACCOUNTS:030}",
                "platform:x",
                1,
                n // ACCOUNTS,
                1,
                n,
                1,
                now,
                now,
            )
            for n in range(count)
        ]
    batches = [rows[start : start + BATCH] for start in range(0, count, BATCH)]

    async def lane() -> None:
        while batches:
            async with database.transaction() as (tx, _):
                await tx.copy_records_to_table(
                    "transfer", schema_name="bench", columns=columns, records=batches.pop()
                )

    started = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(in_flight)))
    seconds = time.perf_counter() - started
    await database.pool.execute("DROP SCHEMA bench CASCADE")
    return count / seconds


if __name__ == "__main__":
    import uvloop

    for name, value in uvloop.run(run(sys.argv[1])).items():
        print(f"{name:20} {value:>10,.0f}/s")
