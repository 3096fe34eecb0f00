"""Find products among 200,000: by words, by what sells, and only what is in stock, each a page of 20 with its cards' data."""

import asyncio
import random
import time

from bench import stage
from bench.results import Row
from fairday.catalog import selling, service, terms
from fairday.identity import service as identity
from fairday.identity.types import MerchantDraft
from fairday.kernel.tx import Database, Tx
from fairday.stock import service as stock

PRODUCTS, SEARCHES, PAGE = 200_000, 300, 20
LIMIT_MS = 60.0
WORDS = ("台灯", "手机壳", "红茶", "跑鞋", "雨伞", "水杯", "耳机", "毛巾", "书包", "键盘")


def measure() -> list[Row]:
    """Measure words that a tenth of the catalogue holds: the worst case of ranking."""
    with stage.database() as url:
        return asyncio.run(_measure(url))


async def _measure(url: str) -> list[Row]:
    database = await Database.connect(url, size=2, statement_timeout_s=300)
    rng = random.Random(5)
    try:
        async with database.transaction() as (tx, now):
            merchant = await identity.create_merchant(tx, MerchantDraft(name="Everything"), now)
            await _fill(tx, merchant.merchant_id, rng)
        async with database.pool.acquire() as connection:
            await connection.execute("VACUUM ANALYZE", timeout=300)
        return [
            await _row(database, "search_best_p99", rng, sort="best", in_stock=False),
            await _row(database, "search_in_stock_p99", rng, sort="best", in_stock=True),
            await _row(database, "search_sold_p99", rng, sort="sold", in_stock=False),
        ]
    finally:
        await database.close()


async def _row(database: Database, name: str, rng: random.Random, *, sort: str, in_stock: bool) -> Row:
    times = []
    for _ in range(SEARCHES):
        async with database.transaction(read_only=True) as (tx, _now):
            word = rng.choice(WORDS)
            started = time.perf_counter()
            assert await _page(tx, word, sort=sort, in_stock=in_stock) == PAGE
            times.append(time.perf_counter() - started)
    times.sort()
    p99_ms = 1000 * times[int(0.99 * len(times))]
    note = (
        f"p50 {1000 * times[len(times) // 2]:.1f} ms over {PRODUCTS} products, {PRODUCTS // len(WORDS)} match"
    )
    return Row(name, round(p99_ms, 2), "ms", "asked for", LIMIT_MS, note)


async def _page(tx: Tx, word: str, *, sort: str, in_stock: bool) -> int:
    """Read what the route reads for one page; a quarter of the goods is sold out, so one look is enough."""
    limit = 2 * PAGE if in_stock else PAGE + 1
    if sort == "sold":
        found = await selling.by_sold(
            tx, text=word, merchant_id=None, category_id=None, after=None, limit=limit
        )
    else:
        found = await service.find(tx, text=word, merchant_id=None, category_id=None, after=None, limit=limit)
    if in_stock:
        family = await service.live_sku_ids(tx, [product_id for _, product_id in found])
        had = {family[sku_id] for sku_id in await stock.to_be_had(tx, list(family))}
        found = [key for key in found if key[1] in had]
    ids = [product_id for _, product_id in found[:PAGE]]
    await service.skus_of_products(tx, ids)
    await selling.counts(tx, ids)
    return len(await service.products(tx, ids))


async def _fill(tx: Tx, merchant_id: str, rng: random.Random) -> None:
    """Write products of one word each, two SKUs of each, sales of a third, and goods of three quarters."""
    rows = []
    for n in range(PRODUCTS):
        word = rng.choice(WORDS)
        search = terms.vector(f"{word} {n}", None, None, word, ())
        rows.append((f"pro_b{n:08d}", f"{n}", f"{word} {n}", word, search))
    await tx.execute(
        "INSERT INTO catalog.product (product_id, merchant_id, external_id, name, category_id, status, search, updated_at)"
        " SELECT a, $1, b, c, d, 'live', e::tsvector, now()"
        " FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS t (a, b, c, d, e)",
        merchant_id, *(list(column) for column in zip(*rows, strict=True)), timeout=300,
    )  # fmt: skip
    await tx.execute(
        "INSERT INTO catalog.sku (sku_id, product_id, merchant_id, external_id, price_minor, currency, status, updated_at)"
        " SELECT 'sku_b' || n || '_' || k, 'pro_b' || lpad(n::text, 8, '0'), $1, 'x' || n || '_' || k,"
        " 100 + (n * 7919 + k * 13) % 90000, 'CNY', 'live', now() FROM generate_series(0, $2 - 1) n, generate_series(1, 2) k",
        merchant_id, PRODUCTS, timeout=300,
    )  # fmt: skip
    await tx.execute(
        "INSERT INTO stock.level (sku_id, place_id, on_hand) SELECT 'sku_b' || n || '_' || k, 'sto_b',"
        " CASE WHEN n % 4 = 0 THEN 0 ELSE 9 END FROM generate_series(0, $1 - 1) n, generate_series(1, 2) k",
        PRODUCTS, timeout=300,
    )  # fmt: skip
    await tx.execute(
        "INSERT INTO catalog.sold (product_id, pieces) SELECT 'pro_b' || lpad(n::text, 8, '0'), n * 7919 % 10000"
        " FROM generate_series(0, $1 - 1, 3) n",
        PRODUCTS, timeout=300,
    )  # fmt: skip
