"""Checkout under contention by four processes: one key one order, one piece one buyer, one claim one order; the books,
the shelves and the coupons agree to the last unit afterwards. Source: I4, I14, I29, I58, R25, R67."""

import asyncio
from collections import Counter
from typing import Any

from fairday.checkout import service
from fairday.checkout.invariants import INVARIANTS as BETWEEN
from fairday.checkout.types import CancelOrder, PayOrder, PlaceLine, PlaceOrder
from fairday.coupons.invariants import INVARIANTS as COUPONS
from fairday.coupons.types import CouponKind
from fairday.kernel.errors import Refusal
from fairday.kernel.idempotency import key_of
from fairday.kernel.lanes import Lane
from fairday.kernel.tx import Database
from fairday.ledger.invariants import INVARIANTS as LEDGER
from fairday.orders.invariants import INVARIANTS as ORDERS
from fairday.orders.types import Channel, CloseReason, Order
from fairday.stock.invariants import INVARIANTS as STOCK
from tests.checkout import city
from tests.races.together import together

PROCESSES = 4


async def books_hold(database: Database) -> None:
    for invariant in (*BETWEEN, *ORDERS, *LEDGER, *STOCK, *COUPONS):
        assert await database.pool.fetch(invariant.query) == [], f"{invariant.number} {invariant.promise}"


def asked(
    member_id: str, lines: list[tuple[str, str]], claims: tuple[str, ...] = (), **change: Any
) -> PlaceOrder:
    fields: dict[str, Any] = {"pay_with": "wallet"} | change
    return PlaceOrder(
        lines=tuple(PlaceLine(sku_id, 1, store_id) for sku_id, store_id in lines), currency="CNY", member_id=member_id,
        claim_ids=claims, **fields,
    )  # fmt: skip


def said(answer: object) -> str:
    return answer.code if isinstance(answer, Refusal) else "placed"


async def through_a_lane(
    database: Database, number: int, requests: list[tuple[str, PlaceOrder]]
) -> Counter[str]:
    """Send all requests at once through one process's lane; return what was said, by code, with order ids counted."""
    lane: Lane[PlaceOrder] = Lane("checkout.place", database, service.place, status=201)

    async def send(name: str, request: PlaceOrder) -> str:
        key = key_of(request.member_id or "", "POST /v1/orders", name, name.encode())
        try:
            answer = await lane.submit(request, key)
        except Refusal as refusal:
            return refusal.code
        return answer.body[13:44].decode()

    return Counter(await asyncio.gather(*(send(*one) for one in requests)))


async def test_the_same_order_key_fifty_times_is_one_order(database: Database, database_url: str) -> None:
    async def seed(tx: Any, now: Any) -> Any:
        shop = await city.shop(tx, now, [10_000], on_hand=1000)
        return shop, (await city.shoppers(tx, now, 1, 1_000_000))[0]

    shop, member = await database.run(seed)
    request = asked(member.member_id, [(shop.sku_ids[0], shop.store_id)])
    answers = await together(database_url, PROCESSES, through_a_lane, [("one-key", request)] * 13)
    said_in_all = sum(answers, Counter())
    assert len(said_in_all) == 1, said_in_all
    assert sum(said_in_all.values()) == 52
    count = "SELECT count(*) FROM orders.purchase WHERE owner_id = $1"
    assert await database.pool.fetchval(count, member.member_id) == 1
    assert (
        await database.pool.fetchval("SELECT reserved FROM stock.level WHERE sku_id = $1", shop.sku_ids[0])
        == 1
    )
    await books_hold(database)


async def test_the_last_piece_goes_to_one_of_two_hundred_buyers(
    database: Database, database_url: str
) -> None:
    async def seed(tx: Any, now: Any) -> Any:
        shop = await city.shop(tx, now, [10_000], on_hand=1)
        return shop, await city.shoppers(tx, now, 200, 20_000)

    shop, people = await database.run(seed)
    requests = [
        (f"k{n}", asked(one.member_id, [(shop.sku_ids[0], shop.store_id)])) for n, one in enumerate(people)
    ]
    shares = [requests[n::PROCESSES] for n in range(PROCESSES)]
    answers = await together(database_url, PROCESSES, send_share, shares)
    said_in_all = sum(answers, Counter())
    assert said_in_all.pop("out_of_stock") == 199
    assert sum(said_in_all.values()) == 1
    wallets = [f"wallet:{one.member_id}" for one in people]
    left = await database.pool.fetchval(
        "SELECT sum(posted_minor) FROM ledger.account WHERE account_id = ANY ($1)", wallets
    )
    assert left == 200 * 20_000 - 10_000
    await books_hold(database)


async def send_share(
    database: Database, number: int, shares: list[list[tuple[str, PlaceOrder]]]
) -> Counter[str]:
    return await through_a_lane(database, number, shares[number])


async def test_one_claim_pays_for_one_of_twenty_orders(database: Database, database_url: str) -> None:
    async def seed(tx: Any, now: Any) -> Any:
        shop = await city.shop(tx, now, [10_000], on_hand=1000)
        member = (await city.shoppers(tx, now, 1, 1_000_000))[0]
        coupon_id = await city.coupon(tx, now, shop)
        return shop, member, coupon_id, await city.claim(tx, now, coupon_id, member)

    shop, member, coupon_id, claim_id = await database.run(seed)
    line = [(shop.sku_ids[0], shop.store_id)]
    shares = [
        [
            (
                f"k{number}-{n}",
                asked(member.member_id, line, (claim_id,), pay_with="wallet" if n % 2 else None),
            )
            for n in range(5)
        ]
        for number in range(PROCESSES)
    ]
    said_in_all = sum(await together(database_url, PROCESSES, send_share, shares), Counter())
    placed = [code for code in said_in_all if code.startswith("ord_")]
    assert len(placed) == 1, said_in_all
    assert set(said_in_all) - set(placed) <= {"already_used", "claim_locked"}
    spent = await database.pool.fetchrow(
        "SELECT redeemed_count, spent_minor FROM coupons.coupon WHERE coupon_id = $1", coupon_id
    )
    paid = await database.pool.fetchval(
        "SELECT count(*) FROM orders.purchase WHERE order_id = $1 AND status = 'paid'", placed[0]
    )
    assert tuple(spent) == (paid, 2_000 * paid)
    await books_hold(database)


async def wide(database: Database, number: int, shares: list[list[PlaceOrder]]) -> Counter[str]:
    """Place wide batches over the same SKUs, shops and wallets, then cancel a third of what was placed."""
    answers: Counter[str] = Counter()
    requests = shares[number]
    for start in range(0, len(requests), 50):
        some = requests[start : start + 50]
        made = await database.run(lambda tx, now, some=some: service.place(tx, some, now), deadline_s=60)
        answers.update(said(one) for one in made)
        undo = [CancelOrder(one.order_id) for one in made if isinstance(one, Order)][::3]
        closed = await database.run(lambda tx, now, undo=undo: service.cancel(tx, undo, now), deadline_s=60)
        answers.update("cancelled" if isinstance(one, Order) else one.code for one in closed)
    return answers


async def test_wide_batches_never_deadlock_and_every_book_agrees(
    database: Database, database_url: str
) -> None:
    async def seed(tx: Any, now: Any) -> Any:
        shops = [await city.shop(tx, now, [100 + n for n in range(30)], on_hand=25) for _ in range(3)]
        people = await city.shoppers(tx, now, 120, 5_000)
        coupon_id = await city.coupon(
            tx,
            now,
            *shops,
            kind=CouponKind.FIXED,
            threshold_minor=0,
            amount_minor=50,
            budget_minor=3_000,
            quantity_max=400,
            over_issue_bp=100_000,
        )
        return shops, [(one, await city.claim(tx, now, coupon_id, one)) for one in people], coupon_id

    shops, claims, coupon_id = await database.run(seed, deadline_s=60)
    shares: list[list[PlaceOrder]] = []
    for number in range(PROCESSES):
        mine = []
        for n, (one, claim_id) in enumerate(claims * 2):
            a, b = shops[(n + number) % 3], shops[(n * 7 + number) % 3]
            lines = [(a.sku_ids[(n * 5) % 30], a.store_id), (b.sku_ids[(n * 11 + number) % 30], b.store_id)]
            mine.append(
                asked(
                    one.member_id, lines, (claim_id,) if n % 3 else (), pay_with="wallet" if n % 4 else None
                )
            )
        shares.append(mine[:: 1 if number % 2 else -1])
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    before = await database.pool.fetchval(deadlocks)
    said_in_all = sum(await together(database_url, PROCESSES, wide, shares), Counter())
    assert said_in_all["placed"] > 200, said_in_all
    await books_hold(database)
    assert await database.pool.fetchval(deadlocks) == before
    assert (
        await database.pool.fetchval("SELECT spent_minor FROM coupons.coupon WHERE coupon_id = $1", coupon_id)
        <= 3_000
    )


async def settle(database: Database, number: int, order_ids: list[tuple[str, str]]) -> Counter[str]:
    """Pay, cancel, pay or give up the same orders, by process."""
    if number % 2 == 0:
        wanted: Any = [PayOrder(order_id, member_id) for order_id, member_id in order_ids]
        verb: Any = service.pay
    else:
        reason = CloseReason.MEMBER if number == 1 else CloseReason.OPERATOR
        wanted = [CancelOrder(order_id, reason=reason) for order_id, _ in order_ids]
        verb = service.cancel
    answers: Counter[str] = Counter()
    for start in range(0, len(wanted), 10):
        some = wanted[start : start + 10]
        made = await database.run(lambda tx, now, some=some: verb(tx, some, now), deadline_s=60)
        answers.update(one.status if isinstance(one, Order) else one.code for one in made)
    return answers


async def test_paying_and_cancelling_at_once_end_in_one_story(database: Database, database_url: str) -> None:
    async def seed(tx: Any, now: Any) -> Any:
        shop = await city.shop(tx, now, [10_000], on_hand=1000)
        people = await city.shoppers(tx, now, 60, 20_000)
        coupon_id = await city.coupon(tx, now, shop)
        wanted = [
            asked(
                one.member_id,
                [(shop.sku_ids[0], shop.store_id)],
                (await city.claim(tx, now, coupon_id, one),),
                pay_with=None,
            )
            for one in people
        ]
        return people, [
            one.order_id for one in await service.place(tx, wanted, now) if isinstance(one, Order)
        ]

    people, order_ids = await database.run(seed, deadline_s=60)
    assert len(order_ids) == 60
    pairs = [(order_id, one.member_id) for order_id, one in zip(order_ids, people, strict=True)]
    said_in_all = sum(await together(database_url, PROCESSES, settle, pairs), Counter())
    statuses = Counter(
        row["status"]
        for row in await database.pool.fetch(
            "SELECT status FROM orders.purchase WHERE order_id = ANY ($1)", order_ids
        )
    )
    # Whatever was paid was cancelled later or not; whatever was cancelled first was never paid.
    assert said_in_all["cancelled"] == statuses["cancelled"]
    assert said_in_all["refunded"] == statuses["refunded"]
    assert said_in_all["paid"] == statuses["refunded"] + statuses["paid"]
    assert sum(statuses.values()) == 60
    await books_hold(database)


async def sell(database: Database, number: int, sale: PlaceOrder) -> list[tuple[str, bool]]:
    """Send the same till sale ten times, one by one."""
    answers = []
    for _ in range(10):
        made = (await database.run(lambda tx, now: service.place(tx, [sale], now), deadline_s=60))[0]
        assert isinstance(made, Order), made
        answers.append((made.order_id, made.is_replay))
    return answers


async def test_the_same_receipt_from_four_processes_is_one_sale(
    database: Database, database_url: str
) -> None:
    shop = await database.run(lambda tx, now: city.shop(tx, now, [10_000], on_hand=10))
    sale = PlaceOrder(
        lines=(PlaceLine(shop.sku_ids[0], 1, shop.store_id),), currency="CNY", channel=Channel.IN_STORE,
        store_id=shop.store_id, till_id=f"til_{shop.store_id[4:]}", receipt_id="r-1",
    )  # fmt: skip
    answers = [one for some in await together(database_url, PROCESSES, sell, sale) for one in some]
    assert len({order_id for order_id, _ in answers}) == 1
    assert sum(not is_replay for _, is_replay in answers) == 1
    assert (
        await database.pool.fetchval("SELECT on_hand FROM stock.level WHERE sku_id = $1", shop.sku_ids[0])
        == 9
    )
    await books_hold(database)
