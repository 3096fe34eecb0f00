"""Pieces come back: money by the stored shares, goods to the shelf, budgets to the offers; every preview is what is paid."""

import random
from datetime import datetime, timedelta

import pytest

from fairday.checkout import service as checkout
from fairday.checkout.errors import HasReturns
from fairday.checkout.types import CancelOrder, FulfilPart
from fairday.kernel.errors import NotFound
from fairday.kernel.tx import Tx
from fairday.orders.types import CloseReason, Order, Status
from fairday.returns import service
from fairday.returns.errors import (
    BadReturnLines,
    NotReturnable,
    RefundChanged,
    ReturnClosed,
    ReturnWaits,
    ReturnWindowOver,
    SoldAtTill,
)
from fairday.returns.types import ReturnStatus
from tests.checkout import city
from tests.checkout.asking import asked, at_till, balance, claim_status, events, free, placed, wallet
from tests.returns.asking import accounts, again, books_hold, offer, returned, wished

Now = datetime
OVER_300 = {"type": "amount", "min_minor": 30_000}


async def hand_over(tx: Tx, now: Now, order: Order) -> Order:
    for part in order.merchant_orders:
        await checkout.fulfil(tx, FulfilPart(part.merchant_order_id, None), now)
    return await again(tx, order)


async def test_one_piece_before_the_goods_leave_comes_back_at_once(tx: Tx, now: Now) -> None:
    """Three pieces at 100.00 less 20.00 for the coupon: one piece was paid 93.34, the others 93.33 (R19)."""
    shop = await city.shop(tx, now, [10_000])
    member = (await city.shoppers(tx, now, 1, 50_000))[0]
    claim_id = await city.claim(tx, now, await city.coupon(tx, now), member)
    (order,) = await placed(tx, now, asked(member, (shop, 0, 3), claim_ids=(claim_id,)))
    assert (order.total_minor, await wallet(tx, member), await free(tx, shop)) == (28_000, 22_000, 97)
    shown, made = await returned(tx, now, wished(order, 0, {0: 1}))
    assert (shown.refund_minor, shown.claw_backs, shown.is_immediate, shown.is_last) == (
        9_334,
        (),
        True,
        False,
    )
    assert (made.status, made.wallet_minor) == (ReturnStatus.REFUNDED, 9_334)
    assert (await wallet(tx, member), await free(tx, shop)) == (31_334, 98)
    found = await again(tx, order)
    assert (found.status, found.refunded_minor, found.merchant_orders[0].refunded_minor) == (
        Status.PAID,
        9_334,
        9_334,
    )
    assert found.merchant_orders[0].lines[0].returned_quantity == 1
    assert await claim_status(tx, claim_id) == "redeemed"
    assert await events(tx, order.order_id) == ["orders.Paid", "orders.Refunded"]
    await books_hold(tx, order)
    # What stays is handed over as it stays; the last two pieces end the order, and the coupon comes back by its own terms.
    found = await hand_over(tx, now, order)
    assert found.status is Status.FULFILLED
    last, _ = await returned(tx, now, wished(order, 0, {0: 2}))
    assert (last.refund_minor, last.is_last, last.is_immediate) == (18_666, True, False)
    found = await again(tx, order)
    assert (found.status, found.reason, found.refunded_minor) == (
        Status.REFUNDED,
        CloseReason.RETURNED,
        28_000,
    )
    assert (await wallet(tx, member), await free(tx, shop)) == (50_000, 100)
    assert await claim_status(tx, claim_id) == "claimed"
    assert await accounts(tx, order) == {}
    await books_hold(tx, order)


async def test_an_offer_that_the_rest_no_longer_earns_takes_its_discount_back(tx: Tx, now: Now) -> None:
    """300 less 30 over two shops, paid by the platform; without B the rest is 200: the 20.00 that A carries is charged (R81)."""
    shops = [await city.shop(tx, now, [20_000]), await city.shop(tx, now, [10_000])]
    member = (await city.shoppers(tx, now, 1, 50_000))[0]
    offer_id = await offer(
        tx, now, *shops, condition=OVER_300, benefit={"type": "fixed", "amount_minor": 3_000}, on_return="claw_back",
        lane="cross_shop",
    )  # fmt: skip
    marketing = await balance(tx, "platform:marketing")
    (order,) = await placed(tx, now, asked(member, (shops[0], 0, 1), (shops[1], 0, 1)))
    assert order.total_minor == 27_000
    assert await balance(tx, "platform:marketing") == marketing - 3_000
    shown, made = await returned(tx, now, wished(order, 1, {0: 1}))
    assert [(one.offer_id, one.amount_minor) for one in shown.claw_backs] == [(offer_id, 2_000)]
    assert shown.refund_minor == 9_000 - 2_000
    assert sum(line.refund_minor for line in made.lines) == 7_000
    # The platform pays nothing any more: A's merchant is paid by the member alone, and in full.
    assert await balance(tx, "platform:marketing") == marketing
    assert await balance(tx, f"merchant:{shops[0].merchant_id}:payable") == 19_000
    assert await balance(tx, f"merchant:{shops[1].merchant_id}:payable") == 0
    assert await tx.fetchval("SELECT taken_minor FROM promotions.offer WHERE offer_id = $1", offer_id) == 0
    found = await again(tx, order)
    assert [part.status for part in found.merchant_orders] == [Status.PAID, Status.REFUNDED]
    await books_hold(tx, order)
    last, _ = await returned(tx, now, wished(order, 0, {0: 1}))
    assert last.refund_minor == 27_000 - 7_000
    assert (await again(tx, order)).status is Status.REFUNDED
    assert (await wallet(tx, member), await accounts(tx, order)) == (50_000, {})
    await books_hold(tx, order)


async def test_what_was_promised_is_paid_whatever_other_returns_do(tx: Tx, now: Now) -> None:
    """Two returns whose refunds depend on each other cannot both be promised; two that do not, end in any order."""
    shops = [await city.shop(tx, now, [20_000]), await city.shop(tx, now, [15_000])]
    member = (await city.shoppers(tx, now, 1, 190_000))[0]
    await offer(
        tx, now, *shops, condition=OVER_300, benefit={"type": "fixed", "amount_minor": 3_500}, on_return="claw_back",
        lane="cross_shop",
    )  # fmt: skip
    (order,) = await placed(tx, now, asked(member, (shops[0], 0, 1), (shops[1], 0, 1)))
    order = await hand_over(tx, now, order)
    first = await service.ask(tx, wished(order, 0, {0: 1}), now)
    assert first.status is ReturnStatus.REQUESTED
    with pytest.raises(ReturnWaits):
        await service.preview(tx, wished(order, 1, {0: 1}), now)
    await service.withdraw(tx, first.return_id, member.member_id, now)
    assert (await again(tx, order)).merchant_orders[0].lines[0].asked_back_quantity == 0
    await returned(tx, now, wished(order, 1, {0: 1}))
    await books_hold(tx, order)

    (other,) = await placed(tx, now, asked(member, (shops[0], 0, 1), (shops[1], 0, 4)))
    other = await hand_over(tx, now, other)
    one = await service.ask(tx, wished(other, 1, {0: 2}), now)
    two = await service.ask(tx, wished(other, 0, {0: 1}), now)
    before = await wallet(tx, member)
    await service.receive(tx, two.return_id, None, now, is_sellable=False)
    await service.receive(tx, one.return_id, None, now, is_sellable=True)
    assert await wallet(tx, member) - before == one.refund_minor + two.refund_minor
    await books_hold(tx, other)
    with pytest.raises(ReturnClosed):
        await service.receive(tx, one.return_id, None, now, is_sellable=True)


@pytest.mark.parametrize("seed", range(4))
async def test_any_sequence_of_returns_gives_back_all_and_leaves_no_trace(
    tx: Tx, now: Now, seed: int
) -> None:
    await _return_all(tx, now, seed)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(4, 60))
async def test_many_sequences_of_returns_do(tx: Tx, now: Now, seed: int) -> None:
    await _return_all(tx, now, seed)


async def _return_all(tx: Tx, now: Now, seed: int) -> None:
    """Random goods of three shops under offers of several funders, returned piece by piece, before and after they leave."""
    chance = random.Random(seed)
    shops = [
        await city.shop(tx, now, [chance.choice([333, 1_999, 10_000]) for _ in range(2)]) for _ in range(3)
    ]
    member = (await city.shoppers(tx, now, 1, 1_000_000))[0]
    for lane, off in (("cross_shop", 1_777), ("platform", 901)):
        await offer(
            tx, now, *shops, lane=lane, benefit={"type": "fixed", "amount_minor": off},
            condition={"type": "amount", "min_minor": chance.choice([1, 3_000, 20_000])},
            funders=[{"funder": "platform", "share_bp": 3_333}, {"funder": "merchant", "share_bp": 3_334}, {"funder": "brand:yu", "share_bp": 3_333}],
            on_return=chance.choice(["claw_back", "proportional", "keep"]),
        )  # fmt: skip
    lines = [(shop, number, chance.randint(1, 3)) for shop in shops for number in (0, 1)]
    (order,) = await placed(tx, now, asked(member, *lines))
    left = {
        (number, index): line.quantity
        for number, part in enumerate(order.merchant_orders)
        for index, line in enumerate(part.lines)
    }
    given = 0
    while left:
        if chance.random() < 0.2:
            for part in (await again(tx, order)).merchant_orders:
                if part.status is Status.PAID and chance.random() < 0.5:
                    await checkout.fulfil(tx, FulfilPart(part.merchant_order_id, None), now)
        number = chance.choice(sorted(left))[0]
        pieces = {index: chance.randint(1, count) for (part, index), count in left.items() if part == number}
        shown, _ = await returned(tx, now, wished(order, number, pieces))
        given += shown.refund_minor
        for index, count in pieces.items():
            left[number, index] -= count
        left = {key: count for key, count in left.items() if count}
        await books_hold(tx, order)
    assert (given, await wallet(tx, member)) == (order.total_minor, 1_000_000)
    assert (await again(tx, order)).status is Status.REFUNDED
    assert await accounts(tx, order) == {}


async def test_what_cannot_come_back_says_why(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000, 5_000])
    member, stranger = await city.shoppers(tx, now, 2, 90_000)
    (waiting,) = await placed(tx, now, asked(member, (shop, 0, 1), pay_with=None))
    with pytest.raises(NotReturnable):
        await service.preview(tx, wished(waiting, 0, {0: 1}), now)
    (sold,) = await placed(tx, now, at_till(shop, "r1", member=member, wallet_minor=0))
    with pytest.raises(SoldAtTill):
        await service.preview(tx, wished(sold, 0, {0: 1}), now)
    (order,) = await placed(tx, now, asked(member, (shop, 0, 2), (shop, 1, 1)))
    for ask in (
        wished(order, 0, {0: 1}, member_id=stranger.member_id),
        wished(order, 0, {0: 1}, member_id=None, merchant_id="mer_other"),
        wished(order, 0, {0: 1}, merchant_order_id=order.merchant_orders[0].merchant_order_id[:-1] + "2"),
    ):
        with pytest.raises(NotFound):
            await service.preview(tx, ask, now)
    with pytest.raises(BadReturnLines) as told:
        await service.preview(tx, wished(order, 0, {0: 3, 1: 2}), now)
    assert len(told.value.details["errors"]) == 2
    with pytest.raises(RefundChanged):
        await service.ask(tx, wished(order, 0, {0: 1}, expected_refund_minor=9_999), now)
    order = await hand_over(tx, now, order)
    late = now + timedelta(days=7)
    with pytest.raises(ReturnWindowOver):
        await service.preview(tx, wished(order, 0, {0: 1}), late)
    by_shop = wished(order, 0, {0: 1}, member_id=None, merchant_id=shop.merchant_id)
    made = await service.ask(tx, by_shop, late)
    rejected = await service.reject(tx, made.return_id, shop.merchant_id, "opened", late)
    assert (rejected.status, rejected.answer) == (ReturnStatus.REJECTED, "opened")
    assert (await again(tx, order)).merchant_orders[0].lines[0].asked_back_quantity == 0


async def test_an_order_with_returns_is_not_cancelled_whole(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    member = (await city.shoppers(tx, now, 1, 90_000))[0]
    (order,) = await placed(tx, now, asked(member, (shop, 0, 2)))
    await returned(tx, now, wished(order, 0, {0: 1}))
    (answer,) = await checkout.cancel(tx, [CancelOrder(order.order_id, member.member_id)], now)
    assert isinstance(answer, HasReturns)
    await returned(tx, now, wished(order, 0, {0: 1}))
    assert await accounts(tx, order) == {}
