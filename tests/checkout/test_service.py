"""Placing orders in a transaction that is rolled back: rows, books, stock, coupons, events; every refusal."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import pytest

from fairday.catalog import service as catalog
from fairday.catalog.types import ProductPatch
from fairday.checkout import covering, service
from fairday.checkout.errors import (
    BadLines,
    CouponsNeedMember,
    CouponTwice,
    PriceChanged,
    WalletTooLow,
    WrongCurrency,
)
from fairday.checkout.types import (
    MerchantTerms,
    PlaceLine,
    PlaceOrder,
)
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.orders import service as orders
from fairday.orders.types import Order, Status
from fairday.promotions import rules as promotions
from fairday.promotions.types import PriceCart
from tests.checkout import city
from tests.checkout.asking import (
    asked,
    balance,
    claim_status,
    events,
    free,
    placed,
    refused,
    wallet,
)

Now = datetime


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


async def test_a_line_keeps_both_names_under_which_it_was_sold(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000, 500])
    member = (await city.shoppers(tx, now, 1, 50_000))[0]
    first, plain = [(await catalog.skus(tx, shop.sku_ids))[sku_id] for sku_id in shop.sku_ids]
    await catalog.update_product(
        tx, first.product_id, ProductPatch(name="茉莉花茶", name_en="Jasmine tea"), now
    )
    order = (await placed(tx, now, asked(member, (shop, 0, 1), (shop, 1, 1))))[0]
    await catalog.update_product(tx, first.product_id, ProductPatch(name="红茶", name_en=None), now)
    lines = (await orders.get(tx, order.order_id)).merchant_orders[0].lines
    assert [(line.name, line.name_en) for line in lines] == [
        ("茉莉花茶 1", "Jasmine tea 1"),
        ("茉莉花茶 2", "Jasmine tea 2"),
    ]
    later = (await placed(tx, now, asked(member, (shop, 1, 1))))[0].merchant_orders[0].lines[0]
    assert (later.name, later.name_en, plain.name_en) == ("红茶 2", None, None)


async def test_a_merchants_own_terms_count(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000])
    member = (await city.shoppers(tx, now, 1, 10_000))[0]
    await service.set_terms(tx, [MerchantTerms(shop.merchant_id, 1_234)], now)
    order = (await placed(tx, now, asked(member, (shop, 0, 1))))[0]
    assert order.merchant_orders[0].commission_minor == 1_234
    assert (await service.terms(tx, shop.merchant_id)).commission_bp == 1_234


@pytest.mark.parametrize("seen_short", [False, True])
async def test_who_is_refused_takes_nothing_from_who_comes_after(
    tx: Tx, now: Now, monkeypatch: pytest.MonkeyPatch, seen_short: bool
) -> None:
    """The first asks for the last piece without the money for it: the second gets it, whether the process trusts its
    shelves or looks first, because of something that ran short a moment ago."""
    monkeypatch.setattr(covering, "_careful_until", 0.0)
    if seen_short:
        covering.stay_careful()
    assert covering.is_calm() is not seen_short
    shop = await city.shop(tx, now, [10_000], on_hand=1)
    poor, rich = (await city.shoppers(tx, now, 1, 9_999))[0], (await city.shoppers(tx, now, 1, 10_000))[0]
    first, second, third = await service.place(
        tx, [asked(poor, (shop, 0, 1)), asked(rich, (shop, 0, 1)), asked(rich, (shop, 0, 1))], now
    )
    assert isinstance(first, WalletTooLow)
    assert isinstance(second, Order)
    assert isinstance(third, Refusal)
    assert third.code == "out_of_stock"
    assert not covering.is_calm()


async def test_every_refusal_leaves_nothing_behind(tx: Tx, now: Now) -> None:
    shop = await city.shop(tx, now, [10_000], on_hand=2)
    other = await city.shop(tx, now, [500])
    rich, poor = (await city.shoppers(tx, now, 2, 10_000))[0], (await city.shoppers(tx, now, 1, 9_999))[0]
    coupon_id = await city.coupon(tx, now)
    claim_id = await city.claim(tx, now, coupon_id, rich)
    table: Sequence[tuple[PlaceOrder, type[Refusal] | str]] = (
        (asked(rich, (shop, 0, 1), expected_total_minor=9_999), PriceChanged),
        (asked(poor, (shop, 0, 1)), WalletTooLow),
        (asked(rich, (shop, 0, 3)), "out_of_stock"),
        (asked(rich, (shop, 0, 2)), WalletTooLow),
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
