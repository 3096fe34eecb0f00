"""Enter a flash sale: over HTTP on one hot SKU, sold out over HTTP, and as a batch verb in one process.

HTTP stands beside the raw echo of the same server with the same connections; the verb beside a bulk insert of the same rows.
"""

import asyncio
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

from bench import cpu, load, stage
from bench.claims import CROWD, RUNS, _warm, measured, members
from bench.results import Row
from fairday.app.main import calm_collector
from fairday.catalog import service as catalog
from fairday.catalog.types import ProductDraft, SkuDraft
from fairday.flashsales import service as flashsales
from fairday.flashsales.types import EnterRequest, FlashSaleBody
from fairday.identity import service as identity
from fairday.identity.types import MerchantDraft
from fairday.kernel.errors import Refusal
from fairday.kernel.lanes import Replay
from fairday.kernel.tx import Database, Tx
from fairday.members import service as member_rooms
from fairday.members.types import MemberDraft
from fairday.places import service as places
from fairday.places.types import StoreDraft
from fairday.stock import service as stock
from fairday.stock.types import CountRow

PEOPLE = 10_000
BATCH, BATCH_PEOPLE = 1_000, 60_000
ON_HAND = 10_000_000


def measure() -> list[Row]:
    """Measure both ways over HTTP, then the verb."""
    with (
        stage.database() as url,
        stage.web(url) as port,
        stage.web(url, "bench.echo:create_app") as echo_port,
    ):
        tokens = members(port, stage.operator(url, port), PEOPLE)
        sale_ids = asyncio.run(_with(url, lambda database: _sales(database, [PEOPLE] * RUNS + [1])))
        hot, full = sale_ids[:RUNS], sale_ids[RUNS]
        meters = cpu.Meter(url, port), cpu.Meter(url, echo_port)
        echo, echo_cpu = _runs(meters[1], echo_port, tokens, hot)
        _warm(port, tokens)
        entered, split = _runs(meters[0], port, tokens, hot)
        _warm(port, tokens)
        load.run(port, _entries(tokens[:50], full), connections=1)
        refused, refused_split = _runs(meters[0], port, tokens[1:], [full] * RUNS)
        again, _ = _runs(meters[1], echo_port, tokens, hot)
        limit = (echo.per_second + again.per_second) / 2
        assert set(entered.statuses) == {201}, (entered.statuses, entered.sample)
        assert set(refused.statuses) == {409}, (refused.statuses, refused.sample)
        rows = [
            _row("flash_http", entered, limit, f"{split}; echo {echo_cpu.whole:.0f}"),
            _row("soldout_http", refused, limit, f"{refused_split}; echo {echo_cpu.whole:.0f}"),
        ]
    with stage.database() as url:
        rows.append(asyncio.run(_with(url, _verb)))
    return rows


async def _with(url: str, work: Any) -> Any:
    database = await Database.connect(url, size=4)
    try:
        return await work(database)
    finally:
        await database.close()


async def _sales(database: Database, sizes: list[int]) -> list[str]:
    """Open one sale of each size, all of one SKU, and return their ids."""

    async def build(tx: Tx, now: datetime) -> list[str]:
        merchant = await identity.create_merchant(tx, MerchantDraft(name="Bench"), now)
        draft = StoreDraft(
            external_id="s1", name="Bench", region_id="CN-SH", latitude=31.23, longitude=121.47
        )
        store = await places.create_store(tx, merchant.merchant_id, draft, now)
        sku_draft = SkuDraft(external_id="k1", price_minor=10_000, currency="CNY", options={})
        product_draft = ProductDraft(external_id="p1", name="Tea", skus=[sku_draft])
        product = await catalog.create_product(tx, merchant.merchant_id, product_draft, now)
        [sku] = (await catalog.skus_of_products(tx, [product.product_id]))[product.product_id]
        await stock.set_levels(tx, [CountRow(sku.sku_id, store.store_id, ON_HAND)], now)
        made = []
        for size in sizes:
            body = FlashSaleBody(
                name="秒杀", sku_id=sku.sku_id, store_id=store.store_id, places=size, price_minor=5_000,
                starts_at=now - timedelta(seconds=1), ends_at=now + timedelta(hours=3),
            )  # fmt: skip
            made.append((await flashsales.create(tx, body, None, "bench", now)).sale_id)
        return made

    return await database.run(build)


def _entries(tokens: list[str], sale_id: str) -> list[bytes]:
    return [
        load.request("POST", f"/v1/flash-sales/{sale_id}/entries", token=token, key=uuid.uuid4().hex)
        for token in tokens
    ]


def _runs(
    meter: cpu.Meter, port: int, tokens: list[str], sale_ids: list[str]
) -> tuple[load.Result, cpu.Split]:
    """Let everybody enter each sale once; return the sum of what was measured."""
    return measured(meter, port, [_entries(tokens, sale_id) for sale_id in sale_ids], CROWD)


def _row(name: str, run: load.Result, limit: float, note: str) -> Row:
    per_second = len(run.latencies_s) / run.seconds
    told = f"p99 {run.quantile_ms(0.99):.1f} ms at {CROWD} connections, as the echo; {note}"
    return Row(name, round(per_second, 1), "requests/s", "raw echo", round(limit, 1), told)


async def _verb(database: Database) -> Row:
    """Let people in as batches in this process, one batch at a time, as the sale's row has it anyway."""
    (sale_id,) = await _sales(database, [BATCH_PEOPLE])
    people: list[str] = []
    for start in range(0, BATCH_PEOPLE, BATCH):

        async def register(tx: Tx, now: datetime, start: int = start) -> list[str]:
            drafts = [MemberDraft(nickname="Lin", phone=f"+86137{start + n:08}") for n in range(BATCH)]
            return [one.member_id for one in await member_rooms.register_all(tx, drafts, now)]

        people += await database.run(register)
    calm_collector()
    batches = [
        [EnterRequest(sale_id, one) for one in people[start : start + BATCH]]
        for start in range(0, BATCH_PEOPLE, BATCH)
    ]
    warm, rest = batches[:6], batches[6:]
    await _enter(database, warm)
    seconds = await _enter(database, rest)
    entered = len(rest) * BATCH
    limit = entered / await _copy_again(database, sale_id, entered)
    note = f"batches of {BATCH} people, one at a time, each durable"
    return Row(
        "flash_batch",
        round(entered / seconds, 1),
        "entries/s",
        "COPY of the same rows",
        round(limit, 1),
        note,
    )


async def _enter(database: Database, batches: list[list[EnterRequest]]) -> float:
    started = time.perf_counter()
    for wanted in batches:

        async def work(tx: Tx, now: datetime, wanted: list[EnterRequest] = wanted) -> list[Any]:
            return await flashsales.enter(tx, wanted, now)

        bad = [one for one in await database.run(work) if isinstance(one, Refusal | Replay)]
        assert not bad, bad[:3]
    return time.perf_counter() - started


async def _copy_again(database: Database, sale_id: str, count: int) -> float:
    """Copy places and lines of the log into empty twins of their tables, in transactions of the same size; return the seconds."""
    twins = ("flashsales.entry", "flashsales.log")
    async with database.transaction() as (tx, _):
        await tx.execute("CREATE SCHEMA bench")
        found = {}
        for table in twins:
            twin = table.replace(".", "_")
            await tx.execute(f"CREATE TABLE bench.{twin} (LIKE {table} INCLUDING ALL)")
            rows = await tx.fetch(
                f"SELECT * FROM {table} WHERE sale_id = $1 ORDER BY 2 DESC LIMIT $2", sale_id, count
            )
            found[twin] = (list(rows[0].keys()), [tuple(row) for row in rows])
    started = time.perf_counter()
    for start in range(0, count, BATCH):
        async with database.transaction() as (tx, _):
            for twin, (columns, rows) in found.items():
                # A block of the log holds a whole batch's lines.
                size = BATCH * len(rows) // count
                part = rows[start * size // BATCH : (start + BATCH) * size // BATCH]
                await tx.copy_records_to_table(twin, schema_name="bench", columns=columns, records=part)
    return time.perf_counter() - started
