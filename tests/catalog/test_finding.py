"""Finding products by what sells, and only what can be ordered now."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from fairday.catalog import selling, service
from fairday.catalog.http_finding import LOOKED_AT_MAX
from fairday.checkout import reactions
from fairday.kernel.events import Recorded
from fairday.kernel.tx import Database, Tx
from fairday.stock import service as stock
from fairday.stock.types import CountRow
from tests.catalog.builders import made, merchant, sku_draft
from tests.checkout import city
from tests.checkout.asking import asked, placed
from tests.client import Client, refused


async def ranking(tx: Tx, merchant_id: str, **more: Any) -> list[tuple[int, str]]:
    wanted: dict[str, Any] = {"text": None, "category_id": None, "after": None, "limit": 10} | more
    return await selling.by_sold(tx, merchant_id=merchant_id, **wanted)


async def test_what_sold_most_comes_first_and_pages_do_not_overlap(tx: Tx, now: datetime) -> None:
    mine = merchant()
    ids = [(await made(tx, now, mine, name=f"台灯 {n}"))[0].product_id for n in range(4)]
    await selling.add(tx, [(now, ids[0], 2), (now, ids[2], 5), (now, ids[2], 1)], now)
    best = [(6, ids[2]), (2, ids[0]), (0, ids[3]), (0, ids[1])]
    assert await ranking(tx, mine) == best
    assert await ranking(tx, mine, text="台灯") == best
    assert await ranking(tx, mine, text="手机") == []
    assert await ranking(tx, mine, limit=3) + await ranking(tx, mine, after=best[2]) == best
    assert await selling.counts(tx, ids) == {ids[2]: 6, ids[0]: 2}


async def test_a_best_seller_older_than_the_newest_matches_is_found(
    tx: Tx, now: datetime, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(selling, "MATCHES_MAX", 2)
    mine = merchant()
    ids = [(await made(tx, now, mine))[0].product_id for _ in range(4)]
    await selling.add(tx, [(now, ids[0], 10**9)], now)
    assert await ranking(tx, mine) == [(10**9, ids[0]), (0, ids[3]), (0, ids[2])]


async def test_days_fall_out_and_refunds_are_taken_off_their_day(tx: Tx, now: datetime) -> None:
    product_id = (await made(tx, now, merchant()))[0].product_id
    oldest = now - timedelta(days=selling.DAYS - 1)
    await selling.add(tx, [(oldest, product_id, 3), (now, product_id, 4), (now, product_id, -1)], now)
    await selling.add(tx, [(oldest - timedelta(days=1), product_id, 100)], now)
    assert await selling.counts(tx, [product_id]) == {product_id: 6}
    await selling.forget(tx, now)
    assert await selling.counts(tx, [product_id]) == {product_id: 6}
    await selling.forget(tx, now + timedelta(days=1))
    assert await selling.counts(tx, [product_id]) == {product_id: 3}
    await selling.forget(tx, now + timedelta(days=selling.DAYS))
    assert await selling.counts(tx, [product_id]) == {}


async def test_paid_orders_count_and_refunded_ones_do_not(tx: Tx, now: datetime) -> None:
    shop = await city.shop(tx, now, [1_000, 2_000])
    member = (await city.shoppers(tx, now, 1, 100_000))[0]
    sku = (await service.skus(tx, shop.sku_ids))[shop.sku_ids[0]]
    order = (await placed(tx, now, asked(member, (shop, 0, 2), (shop, 1, 3))))[0]
    lines = [
        [line.sku_id, line.merchant_id, line.quantity, line.net_minor]
        for line in order.merchant_orders[0].lines
    ]
    data = {"paid_at": now.isoformat(), "lines": lines}
    paid = Recorded(1, 1, "evt_1", "orders.Paid", order.order_id, None, now, now, data)
    await reactions.count_sold(tx, [paid], now)
    assert await selling.counts(tx, [sku.product_id]) == {sku.product_id: 5}
    refunded = Recorded(1, 2, "evt_2", "orders.Refunded", order.order_id, None, now, now, data)
    await reactions.count_sold(tx, [refunded], now)
    assert await selling.counts(tx, [sku.product_id]) == {}


async def test_only_what_can_be_ordered_is_told_page_by_page(server_url: str, database: Database) -> None:
    """Of 40 products every fifth is to be had; drafts of SKUs and what a place keeps for tills do not count."""
    word = f"zq{uuid.uuid4().hex[:10]}"
    async with database.transaction() as (tx, now):
        shop = await city.shop(tx, now, [100])
        ids = []
        for n in range(40):
            draft = sku_draft(price_minor=10 + n, options={"n": "1"})
            product, skus = await made(
                tx,
                now,
                shop.merchant_id,
                draft,
                sku_draft(price_minor=0, options={"n": "2"}),
                name=f"{word} {n}",
            )
            have = 3 if n % 5 == 0 else 0
            rows = [CountRow(sku.sku_id, shop.store_id, have if sku.price_minor else 9) for sku in skus]
            await stock.set_levels(tx, rows, now)
            ids.append(product.product_id)
        await selling.add(tx, [(now, ids[5], 7), (now, ids[6], 9)], now)
    had = [ids[n] for n in range(0, 40, 5)]
    client = Client(server_url)
    for sort, wanted in {
        "best": had[::-1],
        "price": had,
        "-price": had[::-1],
        "sold": [ids[5], *[one for one in had[::-1] if one != ids[5]]],
    }.items():
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = await client.get("/products", q=word, sort=sort, in_stock="true", limit=3, **cursor)
            assert len(page["items"]) <= 3
            seen += [one["product_id"] for one in page["items"]]
            if not page["next_cursor"]:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == wanted, sort
    (first, *_) = (await client.get("/products", q=word, sort="sold"))["items"]
    assert (first["product_id"], first["sold_count"]) == (ids[6], 9)
    await refused(client.get("/products", in_stock="yes"), 422, "bad_input")
    await client.close()


async def test_a_page_of_what_is_in_stock_looks_at_no_more_than_so_many(
    server_url: str, database: Database
) -> None:
    """Behind more than that of sold-out products a page may be empty, and its cursor goes on to the one that is there."""
    category = f"c-{uuid.uuid4().hex[:10]}"
    async with database.transaction() as (tx, now):
        shop = await city.shop(tx, now, [100])
        there, skus = await made(tx, now, shop.merchant_id, category_id=category)
        await stock.set_levels(tx, [CountRow(skus[0].sku_id, shop.store_id, 1)], now)
        for n in range(LOOKED_AT_MAX + 600):
            await made(tx, now, shop.merchant_id, name=f"空 {n}", category_id=category)
    client = Client(server_url)
    empty = await client.get("/products", category=category, in_stock="true", limit=5)
    assert empty["items"] == []
    rest = await client.get(
        "/products", category=category, in_stock="true", limit=5, cursor=empty["next_cursor"]
    )
    assert [one["product_id"] for one in rest["items"]] == [there.product_id]
    assert rest["next_cursor"] is None
    await client.close()
