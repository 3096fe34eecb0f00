"""Placing, paying, cancelling and fulfilling in a transaction that is rolled back: rows, books, stock, coupons, events."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from fairday.checkout import service
from fairday.checkout.errors import (
    BadLines,
    CouponsNeedMember,
    CouponTwice,
    NotCancellable,
    PaymentTooLate,
    PriceChanged,
    ReceiptConflict,
    WalletTooLow,
    WrongCurrency,
)
from fairday.checkout.types import (
    PAYMENT_TTL,
    CancelOrder,
    FulfilPart,
    MerchantTerms,
    PayOrder,
    PlaceLine,
    PlaceOrder,
    QuoteRequest,
)
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.members.types import Member
from fairday.orders import service as orders
from fairday.orders.errors import AlreadyFulfilled, OrderNotOpen
from fairday.orders.types import Channel, CloseReason, Order, SalesQuery, Status
from fairday.promotions import rules as promotions
from fairday.promotions.errors import CouponBelowThreshold
from fairday.promotions.types import PriceCart
from fairday.stock import service as stock
from tests.checkout import city
from tests.checkout.city import Shop

Now = datetime


def asked(member: Member | None, *lines: tuple[Shop, int, int], **change: Any) -> PlaceOrder:
    """Ask for lines (shop, index of its SKU, quantity), paid from the wallet unless changed."""
    fields: dict[str, Any] = {"currency": "CNY", "pay_with": "wallet"}
    fields |= {"member_id": member.member_id if member else None} | change
    return PlaceOrder(
        lines=tuple(
            PlaceLine(shop.sku_ids[number], quantity, shop.store_id) for shop, number, quantity in lines
        ),
        **fields,
    )


def at_till(
    shop: Shop, receipt_id: str, quantity: int = 1, member: Member | None = None, **change: Any
) -> PlaceOrder:
    """Ask for a sale at the shop's till, paid in cash unless changed."""
    fields: dict[str, Any] = {
        "channel": Channel.IN_STORE, "store_id": shop.store_id, "till_id": f"til_{shop.store_id[4:]}",
        "clerk_id": "acc_1", "receipt_id": receipt_id, "pay_with": None,
    } | change  # fmt: skip
    return asked(member, (shop, 0, quantity), **fields)


async def placed(tx: Tx, now: Now, *requests: PlaceOrder) -> list[Order]:
    answers = await service.place(tx, requests, now)
    assert not [one for one in answers if isinstance(one, Refusal)], answers
    return [one for one in answers if isinstance(one, Order)]


async def refused(tx: Tx, now: Now, request: PlaceOrder) -> Refusal:
    """Place one order that must be refused, and check that nothing at all was left behind."""
    before = await footprint(tx)
    answer = (await service.place(tx, [request], now))[0]
    assert isinstance(answer, Refusal), answer
    assert await footprint(tx) == before
    return answer


async def footprint(tx: Tx) -> tuple[Any, ...]:
    queries = (
        "SELECT count(*) FROM orders.purchase",
        "SELECT count(*) FROM orders.line",
        "SELECT sum(reserved) FROM stock.level",
        "SELECT count(*) FROM stock.reservation",
        "SELECT count(*) FROM coupons.redemption",
        "SELECT count(*) FROM ledger.transfer",
        "SELECT count(*) FROM kernel.outbox WHERE type LIKE 'orders.%'",
    )
    return tuple([await tx.fetchval(query) for query in queries])


async def wallet(tx: Tx, member: Member) -> int:
    account = f"wallet:{member.member_id}"
    return (await ledger.balances(tx, [account], "CNY"))[account].posted_minor


async def free(tx: Tx, shop: Shop, number: int = 0) -> int:
    return (await stock.atp(tx, [shop.sku_ids[number]]))[shop.sku_ids[number], shop.store_id]


async def events(tx: Tx, order_id: str) -> list[str]:
    rows = await tx.fetch("SELECT type FROM kernel.outbox WHERE subject = $1 ORDER BY xid, id", order_id)
    return [row["type"] for row in rows]


async def claim_status(tx: Tx, claim_id: str) -> str:
    status: str = await tx.fetchval("SELECT status FROM coupons.claim WHERE claim_id = $1", claim_id)
    return status


async def balance(tx: Tx, account: str) -> int:
    return (await ledger.balances(tx, [account], "CNY"))[account].posted_minor


async def test_an_order_takes_goods_coupon_and_money_and_shares_it(tx: Tx, now: Now) -> None:
    """Source: R89 with a platform that pays 60 % of the coupon."""
    shop = await city.shop(tx, now, [10_000])
    member = (await city.shoppers(tx, now, 1, 50_000))[0]
    claim_id = await city.claim(tx, now, await city.coupon(tx, now), member)
    marketing, commission = await balance(tx, "platform:marketing"), await balance(tx, "platform:commission")
    order = (
        await placed(tx, now, asked(member, (shop, 0, 1), claim_ids=(claim_id,), expected_total_minor=8_000))
    )[0]
    assert (order.status, order.gross_minor, order.discount_minor, order.total_minor) == (
        Status.PAID,
        10_000,
        2_000,
        8_000,
    )
    assert await wallet(tx, member) == 42_000
    assert await balance(tx, "platform:marketing") == marketing - 1_200
    assert await balance(tx, f"merchant:{shop.merchant_id}:payable") == 8_740
    assert await balance(tx, "platform:commission") == commission + 460
    assert await balance(tx, "order:clearing") == 0
    assert await free(tx, shop) == 99
    assert await claim_status(tx, claim_id) == "redeemed"
    assert await events(tx, order.order_id) == ["orders.Paid"]


async def test_what_is_stored_is_what_was_answered_and_prices_again(tx: Tx, now: Now) -> None:
    shops = [await city.shop(tx, now, [10_000, 3_333]), await city.shop(tx, now, [777])]
    member = (await city.shoppers(tx, now, 1, 100_000))[0]
    claim_id = await city.claim(tx, now, await city.coupon(tx, now), member)
    order = (
        await placed(
            tx,
            now,
            asked(member, (shops[0], 0, 1), (shops[1], 0, 3), (shops[0], 1, 2), claim_ids=(claim_id,)),
        )
    )[0]
    assert await orders.get(tx, order.order_id) == order
    assert [part.merchant_id for part in order.merchant_orders] == [shop.merchant_id for shop in shops]
    trace = await orders.trace(tx, order.order_id)
    again = promotions.price(msgspec.convert(trace.cart, PriceCart))
    assert again.total_minor == order.total_minor == trace.total_minor
    shares = [one for part in order.merchant_orders for line in part.lines for one in line.allocations]
    assert sum(one.amount_minor for one in shares) == order.discount_minor == 2_000


async def test_a_merchants_own_terms_count(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    member = (await city.shoppers(tx, now, 1, 10_000))[0]
    await service.set_terms(tx, [MerchantTerms(shop.merchant_id, 1_234)], now)
    order = (await placed(tx, now, asked(member, (shop, 0, 1))))[0]
    assert order.merchant_orders[0].commission_minor == 1_234
    assert (await service.terms(tx, shop.merchant_id)).commission_bp == 1_234


async def test_every_refusal_leaves_nothing_behind(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000], on_hand=2)
    other = await city.shop(tx, now, [500])
    rich, poor = (await city.shoppers(tx, now, 2, 10_000))[0], (await city.shoppers(tx, now, 1, 9_999))[0]
    coupon_id = await city.coupon(tx, now)
    claim_id = await city.claim(tx, now, coupon_id, rich)
    table: Sequence[tuple[PlaceOrder, type[Refusal] | str]] = (
        (asked(rich, (shop, 0, 1), expected_total_minor=9_999), PriceChanged),
        (asked(poor, (shop, 0, 1)), WalletTooLow),
        (asked(rich, (shop, 0, 3)), WalletTooLow),
        (asked(rich, (shop, 0, 3), pay_with=None), "out_of_stock"),
        (asked(rich, (other, 0, 101), pay_with=None), "out_of_stock"),
        (asked(poor, (shop, 0, 1), claim_ids=(claim_id,), expected_total_minor=8_000), "claim_unknown"),
        (asked(rich, (shop, 0, 1), claim_ids=(claim_id, claim_id)), CouponTwice),
        (asked(None, (shop, 0, 1), claim_ids=(claim_id,), pay_with=None), CouponsNeedMember),
        (asked(rich, (shop, 0, 1), claim_ids=("clm_0",)), "claim_unknown"),
        (asked(rich, (other, 0, 1), claim_ids=(claim_id,)), "below_threshold"),
        (asked(rich, (shop, 0, 1), currency="USD"), WrongCurrency),
        (
            msgspec.structs.replace(
                asked(rich, (shop, 0, 1)), lines=(PlaceLine(shop.sku_ids[0], 1, other.store_id),)
            ),
            BadLines,
        ),
        (
            msgspec.structs.replace(asked(rich, (shop, 0, 1)), lines=(PlaceLine("sku_0", 1, shop.store_id),)),
            BadLines,
        ),
    )
    for request, expected in table:
        answer = await refused(tx, now, request)
        assert answer.code == expected if isinstance(expected, str) else isinstance(answer, expected), answer
    assert (await placed(tx, now, asked(rich, (shop, 0, 1), claim_ids=(claim_id,))))[0].total_minor == 8_000


async def test_one_bad_order_does_not_touch_its_neighbours(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000], on_hand=3)
    people = await city.shoppers(tx, now, 4, 10_000)
    answers = await service.place(
        tx,
        [
            asked(people[0], (shop, 0, 1)),
            asked(people[1], (shop, 0, 2), pay_with=None),
            asked(people[2], (shop, 0, 1)),
            asked(people[3], (shop, 0, 1), expected_total_minor=1),
        ],
        now,
    )
    assert [one.code if isinstance(one, Refusal) else one.status for one in answers] == [
        Status.PAID, Status.PENDING_PAYMENT, "out_of_stock", "price_changed",
    ]  # fmt: skip
    assert await free(tx, shop) == 0
    assert await wallet(tx, people[2]) == 10_000


async def test_the_second_use_of_a_claim_in_a_batch_is_judged_after_the_first(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000], on_hand=1)
    member = (await city.shoppers(tx, now, 1, 100_000))[0]
    claim_id = await city.claim(tx, now, await city.coupon(tx, now), member)
    with_coupon = asked(member, (shop, 0, 1), claim_ids=(claim_id,))
    too_many = asked(member, (shop, 0, 2), claim_ids=(claim_id,))
    answers = await service.place(tx, [too_many, with_coupon, with_coupon], now)
    assert [one.code if isinstance(one, Refusal) else one.status for one in answers] == [
        "out_of_stock",
        Status.PAID,
        "already_used",
    ]


async def test_a_wallet_pays_in_arrival_order(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000, 4_000], on_hand=10)
    member = (await city.shoppers(tx, now, 1, 15_000))[0]
    answers = await service.place(
        tx,
        [
            asked(member, (shop, 0, 1)),
            asked(member, (shop, 0, 1)),
            asked(member, (shop, 1, 1)),
            asked(member, (shop, 1, 1)),
        ],
        now,
    )
    assert [one.code if isinstance(one, Refusal) else one.status for one in answers] == [
        Status.PAID, "wallet_too_low", Status.PAID, "wallet_too_low",
    ]  # fmt: skip
    assert await wallet(tx, member) == 1_000


async def test_a_coupon_that_runs_dry_inside_the_batch_undoes_its_order_alone(tx: Tx, now: Now) -> None:
    """Two claims were issued on a budget for one (S05): the second is refused only when money is spent, after goods were
    taken, and everything taken is taken again without it."""
    shop = await city.shop(tx, now, [10_000], on_hand=3)
    people = await city.shoppers(tx, now, 3, 10_000)
    coupon_id = await city.coupon(tx, now, quantity_max=2, budget_minor=2_000, over_issue_bp=20_000)
    claims = [await city.claim(tx, now, coupon_id, one) for one in people[:2]]
    wanted = [
        asked(one, (shop, 0, 1), claim_ids=(claim,)) for one, claim in zip(people[:2], claims, strict=True)
    ]
    answers = await service.place(tx, [*wanted, asked(people[2], (shop, 0, 1))], now)
    assert [isinstance(one, Refusal) for one in answers] == [False, True, False]
    assert await free(tx, shop) == 1
    assert [await claim_status(tx, one) for one in claims] == ["redeemed", "claimed"]
    assert [await wallet(tx, one) for one in people] == [2_000, 10_000, 0]
    spent = await tx.fetchval("SELECT spent_minor FROM coupons.coupon WHERE coupon_id = $1", coupon_id)
    assert spent == 2_000


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
