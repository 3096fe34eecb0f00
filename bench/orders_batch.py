"""Measure placing orders as a batch verb in one process: two lines, one coupon, wallet, stock, ledger, outbox, durable.

The limit is what PostgreSQL takes of the same rows by COPY from the same process: the rows that the orders made are
copied again into empty tables of the same shape and indexes, in transactions of the same size.

    python -m bench.orders_batch postgresql://...   (a migrated database; it is filled with members, goods and orders)
"""

import asyncio
import gc
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import psutil

from fairday.app.main import calm_collector
from fairday.catalog import service as catalog
from fairday.catalog.types import ProductDraft, SkuDraft
from fairday.checkout import service as checkout
from fairday.checkout.types import PlaceLine, PlaceOrder
from fairday.coupons import service as coupons
from fairday.coupons.claims import ClaimRequest
from fairday.coupons.types import CouponKind, Funder, FunderKind, Terms
from fairday.identity import service as identity
from fairday.identity.types import MerchantDraft
from fairday.kernel.errors import Refusal
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import TopUp
from fairday.members import service as members
from fairday.members.types import Member, MemberDraft
from fairday.places import service as places
from fairday.places.types import StoreDraft
from fairday.stock import service as stock
from fairday.stock.types import CountRow

SHOPS, SKUS_PER_SHOP, COUPONS = 20, 200, 4
PRICE_MINOR = 9_900
COPIED = {
    "orders.purchase": 1,
    "orders.merchant_order": 1,
    "orders.line": 1,
    "stock.reservation": 1,
    "coupons.redemption": 1,
    "ledger.transfer": 1,
    "kernel.outbox": 1,
}


async def run(
    database_url: str, *, orders: int = 24_000, batch: int = 400, in_flight: int = 4, seed: int = 11
) -> dict[str, Any]:
    """Set up a city, place `orders` in batches, copy their rows again, and return both rates and the CPU of an order."""
    database = await Database.connect(database_url, size=in_flight + 1)
    try:
        requests = await _city(database, orders, random.Random(seed))
        batches = [requests[start : start + batch] for start in range(0, len(requests), batch)]
        calm_collector()  # as every web worker does after its start
        # The first batches warm plans, caches and accounts.
        warm, rest = batches[: in_flight * 2], batches[in_flight * 2 :]
        await _place(database, warm, in_flight)
        # As in a web worker after its start: what lives for ever is no business of the collector.
        gc.collect()
        gc.freeze()
        mark = await _now(database)
        async with _cpu(database) as cpu:
            seconds = await _place(database, rest, in_flight)
        placed = sum(len(one) for one in rest)
        limit_seconds = await _copy_again(database, mark, batch, placed, in_flight)
        return {
            "orders": placed,
            "orders_per_s": round(placed / seconds),
            "limit_orders_per_s": round(placed / limit_seconds),
            "ratio": round(limit_seconds / seconds, 3),
            "python_us_per_order": round(cpu["python"] / placed * 1e6, 1),
            "postgres_us_per_order": round(cpu["postgres"] / placed * 1e6, 1),
            "batch": batch,
            "in_flight": in_flight,
        }
    finally:
        gc.unfreeze()
        await database.close()


async def _now(database: Database) -> datetime:
    async with database.transaction() as (_, now):
        return now


async def _place(database: Database, batches: Sequence[Sequence[PlaceOrder]], in_flight: int) -> float:
    """Place all batches, `in_flight` at a time, and return the seconds it took."""
    waiting = list(reversed(batches))

    async def lane() -> None:
        while waiting:
            wanted = waiting.pop()

            async def work(tx: Tx, now: datetime, wanted: Sequence[PlaceOrder] = wanted) -> list[Any]:
                return list(await checkout.place(tx, wanted, now))

            refused = [one for one in await database.run(work) if isinstance(one, Refusal)]
            assert not refused, refused[:3]

    started = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(in_flight)))
    return time.perf_counter() - started


@asynccontextmanager
async def _cpu(database: Database) -> AsyncIterator[dict[str, float]]:
    """Measure the CPU seconds of this process and of our PostgreSQL backends."""
    async with database.transaction() as (tx, _):
        pids = [
            row["pid"]
            for row in await tx.fetch(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
            )
        ]
    backends = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    spent: dict[str, float] = {}
    before = _spent(backends)
    yield spent
    after = _spent(backends)
    spent["python"], spent["postgres"] = after[0] - before[0], after[1] - before[1]


def _spent(backends: Sequence[psutil.Process]) -> tuple[float, float]:
    own = os.times()
    postgres = sum(times.user + times.system for times in (one.cpu_times() for one in backends))
    return own.user + own.system, postgres


async def _copy_again(database: Database, since: datetime, batch: int, orders: int, in_flight: int) -> float:
    """Copy the rows that the orders made into empty twins of their tables; return the seconds it took."""
    jobs: list[list[tuple[str, list[str], list[Any]]]] = [[] for _ in range(-(-orders // batch))]
    async with database.transaction() as (tx, _):
        await tx.execute("CREATE SCHEMA IF NOT EXISTS bench")
        for table in COPIED:
            twin = table.replace(".", "_")
            await tx.execute(
                f"DROP TABLE IF EXISTS bench.{twin}; CREATE TABLE bench.{twin} (LIKE {table} INCLUDING ALL EXCLUDING IDENTITY)"
            )
            columns, rows = await _rows(tx, table, since)
            size = -(-len(rows) // len(jobs))
            for number, job in enumerate(jobs):
                job.append((twin, columns, rows[number * size : (number + 1) * size]))
    waiting = list(reversed(jobs))

    async def lane() -> None:
        while waiting:
            job = waiting.pop()
            async with database.transaction() as (tx, _):
                for twin, columns, rows in job:
                    await tx.copy_records_to_table(twin, schema_name="bench", columns=columns, records=rows)

    started = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(in_flight)))
    seconds = time.perf_counter() - started
    async with database.transaction() as (tx, _):
        await tx.execute("DROP SCHEMA bench CASCADE")
    return seconds


async def _rows(tx: Tx, table: str, since: datetime) -> tuple[list[str], list[Any]]:
    at = {
        "orders.purchase": "placed_at >= $1",
        "orders.merchant_order": "placed_at >= $1",
        "orders.line": "order_id IN (SELECT order_id FROM orders.purchase WHERE placed_at >= $1)",
        "stock.reservation": "reserved_at >= $1",
        "coupons.redemption": "redeemed_at >= $1",
        "ledger.transfer": "posted_at >= $1",
        "kernel.outbox": "happened_at >= $1",
    }[table]
    found = await tx.fetch(f"SELECT * FROM {table} WHERE {at}", since)
    # The binary COPY has no encoder for json here, and the log stamps its own transaction.
    skipped = {"data", "xid", "id"} if table == "kernel.outbox" else set()
    columns = [name for name in found[0].keys() if name not in skipped]  # noqa: SIM118 - a Record iterates its values
    if table == "kernel.outbox":
        await tx.execute(
            "ALTER TABLE bench.kernel_outbox ALTER data TYPE text, DROP COLUMN xid, DROP COLUMN id"
        )
        columns.append("data")
        return columns, [
            tuple(row[name] if name != "data" else str(row["data"]) for name in columns) for row in found
        ]
    return columns, [tuple(row[name] for name in columns) for row in found]


async def _city(database: Database, orders: int, rng: random.Random) -> list[PlaceOrder]:
    """Fill the database through the rooms' services and return the orders to place: one for each member."""
    shops: list[tuple[str, list[str]]] = []
    for number in range(SHOPS):

        async def open_shop(tx: Tx, now: datetime, number: int = number) -> tuple[str, list[str]]:
            return await _shop(tx, now, number, orders)

        shops.append(await database.run(open_shop, deadline_s=60))
    async with database.transaction() as (tx, now):
        coupon_ids = [await _coupon(tx, now) for _ in range(COUPONS)]
    people = await _people(database, orders)
    claims = await _in_batches(database, people, lambda tx, some, now: _claims(tx, some, coupon_ids, now))
    requests = []
    for member, claim_id in zip(people, claims, strict=True):
        store_id, sku_ids = rng.choice(shops)
        chosen = rng.sample(sku_ids, 2)
        requests.append(
            PlaceOrder(
                lines=tuple(PlaceLine(sku_id, 1, store_id) for sku_id in chosen),
                currency="CNY",
                member_id=member.member_id,
                claim_ids=(claim_id,),
                expected_total_minor=2 * PRICE_MINOR - 2_000,
                pay_with="wallet",
            )
        )
    async with database.pool.acquire() as connection:
        await connection.execute("VACUUM ANALYZE", timeout=120)
    return requests


async def _shop(tx: Tx, now: datetime, number: int, orders: int) -> tuple[str, list[str]]:
    merchant = await identity.create_merchant(tx, MerchantDraft(name=f"Shop {number}"), now)
    draft = StoreDraft(external_id="1", name="Main", region_id="CN-SH", latitude=31.2, longitude=121.5)
    store = await places.create_store(tx, merchant.merchant_id, draft, now)
    product = await catalog.create_product(
        tx,
        merchant.merchant_id,
        ProductDraft(
            external_id="1",
            name="Tea",
            skus=[
                SkuDraft(external_id=str(n), price_minor=PRICE_MINOR, options={"no": str(n)})
                for n in range(SKUS_PER_SHOP)
            ],
        ),
        now,
    )
    skus = (await catalog.skus_of_products(tx, [product.product_id]))[product.product_id]
    sku_ids = [sku.sku_id for sku in skus]
    await stock.set_levels(tx, [CountRow(sku_id, store.store_id, orders * 2) for sku_id in sku_ids], now)
    return store.store_id, sku_ids


async def _coupon(tx: Tx, now: datetime) -> str:
    made = await coupons.create(
        tx,
        None,
        Terms(
            name="满100减20",
            name_en="20 off 100",
            kind=CouponKind.THRESHOLD,
            currency="CNY",
            amount_minor=2_000,
            threshold_minor=10_000,
            funders=(Funder(FunderKind.PLATFORM, 6_000), Funder(FunderKind.MERCHANT, 4_000)),
            claim_starts_at=now - timedelta(hours=1),
            claim_ends_at=now + timedelta(days=2),
            usable_until=now + timedelta(days=3),
            quantity_max=10_000_000,
        ),
        by="bench",
        now=now,
    )
    await coupons.publish(tx, made.coupon_id, now=now)
    return made.coupon_id


async def _people(database: Database, number: int) -> list[Member]:
    first = int(time.time() * 1000) % 10**9 * 100

    async def register(tx: Tx, some: Sequence[int], now: datetime) -> list[Member]:
        made = await members.register_all(
            tx, [MemberDraft(nickname="Lin", phone=f"+86{(first + n) % 10**11:011}") for n in some], now
        )
        await ledger.top_up(tx, [TopUp(new_id("top"), one.member_id, "CNY", 1_000_000) for one in made], now)
        return made

    return await _in_batches(database, range(number), register)


async def _claims(tx: Tx, some: Sequence[Member], coupon_ids: Sequence[str], now: datetime) -> list[str]:
    wanted = [
        ClaimRequest(coupon_ids[n % len(coupon_ids)], member.member_id, member.person_id)
        for n, member in enumerate(some)
    ]
    made = await coupons.claim(tx, wanted, now)
    return [one.claim_id for one in made if not isinstance(one, Refusal)]


async def _in_batches(
    database: Database,
    items: Sequence[Any],
    verb: Callable[[Tx, Sequence[Any], datetime], Awaitable[list[Any]]],
) -> list[Any]:
    done: list[Any] = []
    for start in range(0, len(items), 2_000):
        some = items[start : start + 2_000]

        async def work(tx: Tx, now: datetime, some: Sequence[Any] = some) -> list[Any]:
            return await verb(tx, some, now)

        done += await database.run(work, deadline_s=60)
    return done


if __name__ == "__main__":
    import json

    import uvloop

    arguments = {name: int(value) for name, _, value in (one.partition("=") for one in sys.argv[2:])}
    print(json.dumps(uvloop.run(run(sys.argv[1], **arguments)), indent=1))
