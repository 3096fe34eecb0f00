"""What follows an order: paying, giving up, cancelling, fulfilling, tills, quotes, lists, reports."""

from datetime import datetime, timedelta

import msgspec
import pytest

from fairday.checkout import service
from fairday.checkout.errors import (
    NotCancellable,
    PaymentTooLate,
    ReceiptConflict,
    WalletTooLow,
)
from fairday.checkout.types import (
    PAYMENT_TTL,
    CancelOrder,
    FulfilPart,
    PayOrder,
    PlaceLine,
    QuoteRequest,
)
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.tx import Tx
from fairday.orders import service as orders
from fairday.orders.errors import AlreadyFulfilled, OrderNotOpen
from fairday.orders.types import Channel, CloseReason, Order, SalesQuery, Status
from fairday.promotions.errors import CouponBelowThreshold
from fairday.stock import service as stock
from tests.checkout import city
from tests.checkout.asking import (
    asked,
    at_till,
    balance,
    claim_status,
    events,
    footprint,
    free,
    placed,
    wallet,
)

Now = datetime


async def test_an_unpaid_order_keeps_goods_and_coupon_and_is_paid_once(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    member = (await city.shoppers(tx, now, 1, 50_000))[0]
    claim_id = await city.claim(tx, now, await city.coupon(tx, now), member)
    order = (await placed(tx, now, asked(member, (shop, 0, 1), claim_ids=(claim_id,), pay_with=None)))[0]
    assert (order.status, order.wallet_minor, order.expires_at) == (
        Status.PENDING_PAYMENT,
        0,
        now + PAYMENT_TTL,
    )
    assert (await claim_status(tx, claim_id), await free(tx, shop), await wallet(tx, member)) == (
        "locked",
        99,
        50_000,
    )
    pay = PayOrder(order.order_id, member.member_id)
    last_moment = now + PAYMENT_TTL - timedelta(microseconds=1)
    answers = await service.pay(tx, [pay, pay], last_moment)
    paid, again = answers
    assert isinstance(paid, Order)
    assert (paid.status, paid.wallet_minor, paid.paid_at) == (Status.PAID, 8_000, last_moment)
    assert isinstance(again, OrderNotOpen)
    assert isinstance((await service.pay(tx, [pay], last_moment))[0], OrderNotOpen)
    assert (await claim_status(tx, claim_id), await free(tx, shop), await wallet(tx, member)) == (
        "redeemed",
        99,
        42_000,
    )
    assert await balance(tx, f"merchant:{shop.merchant_id}:payable") == 8_740
    assert await events(tx, order.order_id) == ["orders.Placed", "orders.Paid"]


async def test_a_late_payment_takes_nothing_and_the_order_is_given_up(tx: Tx, now: Now) -> None:
    """Source: R69."""
    shop = await city.shop(tx, now, [10_000])
    member = (await city.shoppers(tx, now, 1, 50_000))[0]
    claim_id = await city.claim(tx, now, await city.coupon(tx, now), member)
    order = (await placed(tx, now, asked(member, (shop, 0, 1), claim_ids=(claim_id,), pay_with=None)))[0]
    pay = PayOrder(order.order_id, member.member_id)
    assert await service.give_up_unpaid(tx, now + PAYMENT_TTL - timedelta(microseconds=1)) == 0
    late = now + PAYMENT_TTL
    assert isinstance((await service.pay(tx, [pay], late))[0], PaymentTooLate)
    assert await service.give_up_unpaid(tx, late) == 1
    assert isinstance((await service.pay(tx, [pay], late))[0], PaymentTooLate)
    closed = await orders.get(tx, order.order_id)
    assert (closed.status, closed.reason) == (Status.CANCELLED, CloseReason.EXPIRED)
    assert (await claim_status(tx, claim_id), await free(tx, shop), await wallet(tx, member)) == (
        "claimed",
        100,
        50_000,
    )
    assert await events(tx, order.order_id) == ["orders.Placed", "orders.Cancelled"]


async def test_payment_needs_owner_and_money(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    member, other = await city.shoppers(tx, now, 2, 9_999)
    order = (await placed(tx, now, asked(member, (shop, 0, 1), pay_with=None)))[0]
    answers = await service.pay(
        tx,
        [
            PayOrder(order.order_id, other.member_id),
            PayOrder("ord_0", member.member_id),
            PayOrder(order.order_id, member.member_id),
        ],
        now,
    )
    assert [type(one) for one in answers] == [NotFound, NotFound, WalletTooLow]


async def test_cancelling_gives_back_exactly_what_was_taken(tx: Tx, now: Now) -> None:
    """Source: R80, R85, R89."""
    shops = [await city.shop(tx, now, [10_001]), await city.shop(tx, now, [3_333])]
    member = (await city.shoppers(tx, now, 1, 50_000))[0]
    claim_id = await city.claim(tx, now, await city.coupon(tx, now), member)
    accounts = [
        "platform:marketing",
        "platform:commission",
        *(f"merchant:{shop.merchant_id}:payable" for shop in shops),
    ]
    before = [await balance(tx, one) for one in accounts]
    order = (await placed(tx, now, asked(member, (shops[0], 0, 1), (shops[1], 0, 2), claim_ids=(claim_id,))))[
        0
    ]
    wanted = CancelOrder(order.order_id, member_id=member.member_id)
    answers = await service.cancel(tx, [wanted, wanted], now)
    assert isinstance(answers[0], Order)
    assert (answers[0].status, answers[0].reason) == (Status.REFUNDED, CloseReason.MEMBER)
    assert isinstance(answers[1], NotCancellable)
    assert isinstance((await service.cancel(tx, [wanted], now))[0], NotCancellable)
    assert [await balance(tx, one) for one in accounts] == before
    assert await wallet(tx, member) == 50_000
    assert [await free(tx, shop) for shop in shops] == [100, 100]
    assert await claim_status(tx, claim_id) == "claimed"
    assert await events(tx, order.order_id) == ["orders.Paid", "orders.Refunded"]
    again = (await placed(tx, now, asked(member, (shops[0], 0, 1), claim_ids=(claim_id,))))[0]
    assert again.discount_minor == 2_000


async def test_a_stranger_cannot_cancel_and_goods_that_left_stay_sold(tx: Tx, now: Now) -> None:
    shops = [await city.shop(tx, now, [100]), await city.shop(tx, now, [200])]
    member, other = await city.shoppers(tx, now, 2, 10_000)
    order = (await placed(tx, now, asked(member, (shops[0], 0, 1), (shops[1], 0, 1))))[0]
    assert isinstance(
        (await service.cancel(tx, [CancelOrder(order.order_id, member_id=other.member_id)], now))[0], NotFound
    )
    first, second = order.merchant_orders
    with pytest.raises(NotFound):
        await service.fulfil(tx, FulfilPart(first.merchant_order_id, shops[1].merchant_id), now)
    half = await service.fulfil(tx, FulfilPart(first.merchant_order_id, shops[0].merchant_id), now)
    assert (half.status, [part.status for part in half.merchant_orders]) == (
        Status.PAID,
        [Status.FULFILLED, Status.PAID],
    )
    assert isinstance((await service.cancel(tx, [CancelOrder(order.order_id)], now))[0], NotCancellable)
    with pytest.raises(AlreadyFulfilled):
        await service.fulfil(tx, FulfilPart(first.merchant_order_id, None), now)
    whole = await service.fulfil(tx, FulfilPart(second.merchant_order_id, shops[1].merchant_id), now)
    assert whole.status is Status.FULFILLED
    levels = await stock.levels(tx, [shops[0].sku_ids[0], shops[1].sku_ids[0]])
    assert [(one.on_hand, one.reserved) for one in levels.values()] == [(99, 0), (99, 0)]
    assert await events(tx, order.order_id) == ["orders.Paid", "orders.Fulfilled", "orders.Fulfilled"]


async def test_an_unpaid_order_is_cancelled_without_any_money(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    member = (await city.shoppers(tx, now, 1, 50_000))[0]
    order = (await placed(tx, now, asked(member, (shop, 0, 1), pay_with=None)))[0]
    with pytest.raises(OrderNotOpen):
        await service.fulfil(tx, FulfilPart(order.merchant_orders[0].merchant_order_id, None), now)
    closed = (await service.cancel(tx, [CancelOrder(order.order_id, member_id=member.member_id)], now))[0]
    assert isinstance(closed, Order)
    assert closed.status is Status.CANCELLED
    assert await free(tx, shop) == 100
    assert await events(tx, order.order_id) == ["orders.Placed", "orders.Cancelled"]


async def test_a_walk_in_pays_cash_and_takes_the_goods_along(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    sale = at_till(shop, "r-1", 2)
    order = (await placed(tx, now, sale))[0]
    assert (order.member_id, order.status, order.cash_minor, order.owner_id) == (
        None,
        Status.FULFILLED,
        20_000,
        shop.store_id,
    )
    assert await balance(tx, f"cash:{sale.till_id}") == -20_000
    level = (await stock.levels(tx, [shop.sku_ids[0]]))[shop.sku_ids[0], shop.store_id]
    assert (level.on_hand, level.reserved) == (98, 0)


async def test_a_till_takes_coupon_wallet_and_cash_together(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    member = (await city.shoppers(tx, now, 1, 3_000))[0]
    claim_id = await city.claim(tx, now, await city.coupon(tx, now), member)
    sale = at_till(shop, "r-1", member=member, claim_ids=(claim_id,), wallet_minor=3_000)
    order = (await placed(tx, now, sale))[0]
    assert (order.total_minor, order.wallet_minor, order.cash_minor) == (8_000, 3_000, 5_000)
    assert await claim_status(tx, claim_id) == "redeemed"
    assert await balance(tx, f"cash:{sale.till_id}") == -5_000
    assert await balance(tx, f"merchant:{shop.merchant_id}:payable") == 8_740
    undone = (
        await service.cancel(
            tx, [CancelOrder(order.order_id, reason=CloseReason.TILL, till_id=sale.till_id)], now
        )
    )[0]
    assert isinstance(undone, Order)
    assert (await wallet(tx, member), await balance(tx, f"cash:{sale.till_id}"), await free(tx, shop)) == (
        3_000,
        0,
        100,
    )
    assert await claim_status(tx, claim_id) == "claimed"


async def test_another_till_or_the_member_cannot_undo_a_sale(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    member = (await city.shoppers(tx, now, 1, 10_000))[0]
    order = (await placed(tx, now, at_till(shop, "r-1", member=member)))[0]
    answers = await service.cancel(
        tx,
        [
            CancelOrder(order.order_id, reason=CloseReason.TILL, till_id="til_other"),
            CancelOrder(order.order_id, member_id=member.member_id),
        ],
        now,
    )
    assert [type(one) for one in answers] == [NotFound, NotCancellable]


async def test_the_same_receipt_is_the_same_order(tx: Tx, now: Now) -> None:
    """Source: R35."""
    shop = await city.shop(tx, now, [10_000])
    answers = await service.place(
        tx, [at_till(shop, "r-1"), at_till(shop, "r-1"), at_till(shop, "r-1", 2), at_till(shop, "r-2")], now
    )
    later = (await service.place(tx, [at_till(shop, "r-1")], now))[0]
    assert isinstance(answers[2], ReceiptConflict)
    first, again, fresh = answers[0], answers[1], answers[3]
    assert isinstance(first, Order)
    assert isinstance(again, Order)
    assert isinstance(fresh, Order)
    assert isinstance(later, Order)
    assert first.order_id == again.order_id == later.order_id != fresh.order_id
    assert [one.is_replay for one in (first, again, later, fresh)] == [False, True, True, False]
    assert await free(tx, shop) == 98


async def test_a_tills_own_price_counts_and_coupons_work_on_it(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    member = (await city.shoppers(tx, now, 1, 0))[0]
    claim_id = await city.claim(tx, now, await city.coupon(tx, now), member)
    sale = at_till(shop, "r-1", member=member, claim_ids=(claim_id,))
    lines = (PlaceLine(shop.sku_ids[0], 3, shop.store_id, 10_001),)
    order = (await placed(tx, now, msgspec.structs.replace(sale, lines=lines)))[0]
    line = order.merchant_orders[0].lines[0]
    assert (line.unit_minor, line.gross_minor, line.net_minor, order.total_minor) == (
        3_333,
        10_001,
        8_001,
        8_001,
    )


async def test_a_quote_takes_nothing_and_tells_what_is_there(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000, 500], on_hand=1)
    member = (await city.shoppers(tx, now, 1, 0))[0]
    claim_id = await city.claim(tx, now, await city.coupon(tx, now), member)
    lines = (PlaceLine(shop.sku_ids[0], 1, shop.store_id), PlaceLine(shop.sku_ids[1], 2, shop.store_id))
    before = await footprint(tx)
    answers = await service.quote(
        tx,
        [
            QuoteRequest(lines=lines, currency="CNY", member_id=member.member_id, claim_ids=(claim_id,)),
            QuoteRequest(lines=lines[1:], currency="CNY", member_id=member.member_id, claim_ids=(claim_id,)),
            QuoteRequest(lines=lines, currency="CNY"),
        ],
        now,
    )
    assert await footprint(tx) == before
    view, low, guest = answers
    assert not isinstance(view, Refusal)
    assert (view.quote.total_minor, view.is_available) == (9_000, (True, False))
    assert isinstance(low, CouponBelowThreshold) or (
        isinstance(low, Refusal) and low.code == "below_threshold"
    )
    assert not isinstance(guest, Refusal)
    assert guest.quote.total_minor == 11_000


async def test_sales_are_reported_by_day_store_and_channel(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    people = await city.shoppers(tx, now, 3, 20_000)
    bought = await placed(tx, now, *(asked(one, (shop, 0, 1)) for one in people), at_till(shop, "r-1", 2))
    await service.cancel(tx, [CancelOrder(bought[0].order_id)], now)
    await placed(tx, now, asked(people[0], (shop, 0, 1), pay_with=None))
    day = now.date()
    report = await orders.sales(tx, shop.merchant_id, SalesQuery(from_day=day, to_day=day, time_zone="UTC"))
    rows = {row.channel: row for row in report.rows}
    online, till = rows[Channel.ONLINE], rows[Channel.IN_STORE]
    assert (online.order_count, online.unit_count, online.net_minor, online.refunded_minor) == (
        2,
        2,
        20_000,
        10_000,
    )
    assert (till.order_count, till.unit_count, till.net_minor, till.refunded_minor) == (1, 2, 20_000, 0)
    assert {row.store_id for row in report.rows} == {shop.store_id}


async def test_lists_page_from_the_newest(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [100])
    member, other = await city.shoppers(tx, now, 2, 10_000)
    made = [
        (await placed(tx, now + timedelta(seconds=n), asked(member, (shop, 0, 1))))[0].order_id
        for n in range(5)
    ]
    await placed(tx, now, asked(other, (shop, 0, 1)))
    seen, cursor = [], None
    while True:
        page = await orders.list_for_member(tx, member.member_id, limit=2, cursor=cursor)
        seen += [one.order_id for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted(made, reverse=True)
    merchants, cursor = [], None
    while True:
        page = await orders.list_for_merchant(tx, shop.merchant_id, limit=4, cursor=cursor)
        merchants += [one.order_id for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(merchants) == len(set(merchants)) == 6
    assert merchants[:4] == made[:0:-1]
