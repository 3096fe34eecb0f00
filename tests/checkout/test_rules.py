"""How a priced cart becomes an order and how its money is shared, to the minor unit."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from fairday.catalog.types import Sku
from fairday.catalog.types import Status as SkuStatus
from fairday.checkout import covering, pricing, rules
from fairday.checkout.errors import (
    BadLines,
    CouponsNeedMember,
    CouponTwice,
    PriceChanged,
    TendersMismatch,
    WrongCurrency,
)
from fairday.checkout.pricing import World
from fairday.checkout.taking import Draft
from fairday.checkout.types import PAYMENT_TTL, RESERVATION_TTL, PlaceLine, PlaceOrder
from fairday.orders.types import Channel, Order, Status
from fairday.places.errors import UnknownRegion
from fairday.places.types import Store, StoreStatus
from fairday.promotions import rules as promotions
from fairday.promotions.types import ENGINE_VERSION, Discount, Funder, PriceCart, Quote
from fairday.stock.types import Level

AT = datetime(2026, 11, 11, tzinfo=UTC)


def sku(number: int, price_minor: int, merchant_id: str = "mer_1", **change: Any) -> Sku:
    fields: dict[str, Any] = {"status": SkuStatus.LIVE, "currency": "CNY"} | change
    return Sku(
        sku_id=f"sku_{number}", product_id="pro_1", merchant_id=merchant_id, name="Tea", name_en=None, options={},
        gtin=None, price_minor=price_minor, category_id=None, brand=None, image=None, phase_prices=(),
        external_id=str(number), **fields,
    )  # fmt: skip


def store(number: int, merchant_id: str = "mer_1", status: StoreStatus = StoreStatus.OPEN) -> Store:
    return Store(
        store_id=f"sto_{number}", merchant_id=merchant_id, region_id="CN-SH", mall_id=None, name="x", name_en="x",
        address="", latitude=31.0, longitude=121.0, time_zone="Asia/Shanghai", hours=(), status=status, external_id="1",
    )  # fmt: skip


SKUS = {
    one.sku_id: one
    for one in (
        sku(1, 10_000),
        sku(2, 5_000),
        sku(3, 3_000, "mer_2"),
        sku(4, 1, status=SkuStatus.DRAFT),
        sku(5, 1, currency="JPY"),
    )
}
STORES = {one.store_id: one for one in (store(1), store(2, "mer_2"), store(3, status=StoreStatus.PAUSED))}
WORLD = World(SKUS, STORES, (), {}, frozenset({"CN-GD"}))


def order(*lines: tuple[int, int, int], **change: Any) -> PlaceOrder:
    fields: dict[str, Any] = {"currency": "CNY", "member_id": "mem_1", "pay_with": "wallet"} | change
    return PlaceOrder(lines=tuple(PlaceLine(f"sku_{s}", n, f"sto_{t}") for s, n, t in lines), **fields)


def quote(request: PlaceOrder, *discounts: Discount) -> Quote:
    lines = pricing.price_lines(request, WORLD)
    return promotions.price(PriceCart(ENGINE_VERSION, "CNY", AT, (), lines, discounts))


def composed(request: PlaceOrder, *discounts: Discount, terms: dict[str, int] | None = None) -> Order:
    return rules.compose("ord_1", request, quote(request, *discounts), SKUS, terms or {}, "CN-SH", AT)


def off(amount_minor: int, *funders: Funder, eligible: tuple[int, ...] = (0,)) -> Discount:
    return Discount("clm_1", "cpn_1", 1, "platform", "fixed", funders, eligible, amount_minor)


def test_golden_postings_of_a_paid_order() -> None:
    """Source: R89: price 100.00, coupon 20.00 (platform 12 / merchant 8), commission 5 % on 92.00."""
    made = composed(order((1, 1, 1)), off(2_000, Funder("platform", 6_000), Funder("merchant", 4_000)))
    posting = rules.posting(made, made.wallet_minor, 0)
    assert posting is not None
    assert [(t.debit_account, t.credit_account, t.amount_minor) for t in posting.transfers] == [
        ("wallet:mem_1", "order:clearing", 8_000),
        ("platform:marketing", "order:clearing", 1_200),
        ("order:clearing", "merchant:mer_1:payable", 8_740),
        ("order:clearing", "platform:commission", 460),
    ]
    assert posting.posting_id == "sale:ord_1"


def test_a_brand_pays_through_an_account_of_its_own() -> None:
    made = composed(
        order((1, 1, 1)),
        off(1_000, Funder("platform", 6_000), Funder("brand", 3_000, "Yu"), Funder("merchant", 1_000)),
    )
    posting = rules.posting(made, made.wallet_minor, 0)
    assert posting is not None
    assert ("platform:brand:Yu", 300) in [(t.debit_account, t.amount_minor) for t in posting.transfers]


def test_parts_stand_per_merchant_in_the_order_of_their_first_lines() -> None:
    made = composed(order((3, 1, 2), (1, 2, 1), (3, 1, 2)), terms={"mer_2": 0})
    assert [(p.merchant_id, p.gross_minor, p.commission_minor) for p in made.merchant_orders] == [
        ("mer_2", 6_000, 0),
        ("mer_1", 20_000, 1_000),
    ]
    assert [line.line_id for p in made.merchant_orders for line in p.lines] == [
        "lin_1_1",
        "lin_1_3",
        "lin_1_2",
    ]
    assert made.total_minor == 26_000


@pytest.mark.parametrize(
    ("change", "status", "wallet_minor", "cash_minor"),
    [
        ({"pay_with": "wallet"}, Status.PAID, 10_000, 0),
        ({"pay_with": None}, Status.PENDING_PAYMENT, 0, 0),
        (
            {
                "channel": Channel.IN_STORE,
                "pay_with": None,
                "store_id": "sto_1",
                "till_id": "til_1",
                "receipt_id": "r",
                "wallet_minor": 4_000,
            },
            Status.FULFILLED,
            4_000,
            6_000,
        ),
    ],
)
def test_how_an_order_begins(
    change: dict[str, Any], status: Status, wallet_minor: int, cash_minor: int
) -> None:
    made = composed(order((1, 1, 1), **change))
    assert (made.status, made.wallet_minor, made.cash_minor) == (status, wallet_minor, cash_minor)
    assert (made.expires_at is None) == (made.paid_at is not None)
    assert made.region_id == "CN-SH"


def test_nothing_to_pay_is_paid_at_once_and_moves_only_the_subsidy() -> None:
    made = composed(order((1, 1, 1), pay_with=None), off(10_000, Funder("platform", 10_000)))
    assert (made.status, made.total_minor) == (Status.PAID, 0)
    posting = rules.posting(made, 0, 0)
    assert posting is not None
    assert posting.transfers[0].amount_minor == 10_000
    assert (
        rules.posting(
            composed(order((1, 1, 1), pay_with=None), off(10_000, Funder("merchant", 10_000))), 0, 0
        )
        is None
    )


def test_goods_are_kept_longer_than_the_payment_may_take() -> None:
    """Source: R69."""
    assert RESERVATION_TTL > PAYMENT_TTL


@pytest.mark.parametrize(
    ("request_", "refusal", "said"),
    [
        (order((1, 1, 1)), None, ""),
        (order((9, 1, 1)), BadLines, "line 1"),
        (order((4, 1, 1)), BadLines, "no SKU sku_4 on sale"),
        (order((1, 1, 2)), BadLines, "not sold at store sto_2"),
        (order((1, 1, 3)), BadLines, "not sold at store sto_3"),
        (order((1, 1, 9)), BadLines, "not sold at store sto_9"),
        (order((1, 1, 1), store_id="sto_7"), BadLines, "own store"),
        (order((1, 1, 1), currency="USD"), WrongCurrency, "CNY"),
        (order((5, 1, 1)), WrongCurrency, "JPY"),
        (order((1, 1, 1), ship_to_region_id="CN-GD"), None, ""),
        (order((1, 1, 1), ship_to_region_id="CN-ZZ"), UnknownRegion, "CN-ZZ"),
        (order((1, 1, 1), member_id=None, claim_ids=("clm_1",)), CouponsNeedMember, ""),
        (order((1, 1, 1), claim_ids=("clm_1", "clm_2", "clm_1")), CouponTwice, "clm_1"),
    ],
)
def test_what_cannot_be_sold_is_told(
    request_: PlaceOrder, refusal: type[Exception] | None, said: str
) -> None:
    answer = pricing.check(request_, WORLD)
    if refusal is None:
        assert answer is None
    else:
        assert isinstance(answer, refusal)
        assert said in str(answer.details)


def test_every_bad_line_is_told_at_once() -> None:
    answer = pricing.check(order((9, 1, 1), (1, 1, 1), (1, 1, 9)), WORLD)
    assert isinstance(answer, BadLines)
    assert [text[:7] for text in answer.details["errors"]] == ["line 1:", "line 3:"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"expected_total_minor": 10_000}, None),
        ({"expected_total_minor": 9_999}, PriceChanged),
        ({"expected_total_minor": 10_001}, PriceChanged),
        ({"wallet_minor": 10_000}, None),
        ({"wallet_minor": 10_001}, TendersMismatch),
        ({"wallet_minor": 1, "member_id": None}, TendersMismatch),
    ],
)
def test_price_and_tenders_must_agree(change: dict[str, Any], refusal: type[Exception] | None) -> None:
    request = order((1, 1, 1), **change)
    answer = rules.disagree(request, quote(request))
    assert answer is None if refusal is None else isinstance(answer, refusal)
    if isinstance(answer, PriceChanged):
        assert msgspec.to_builtins(answer.details["quote"])["total_minor"] == 10_000


def test_shelves_and_wallets_are_judged_after_what_came_before() -> None:
    made = composed(order((1, 2, 1), (1, 1, 1)))
    level = Level("sku_1", "sto_1", on_hand=10, reserved=2, safety=3)
    levels = {("sku_1", "sto_1"): level}
    assert covering.short(made, levels, {}) is None
    assert covering.short(made, levels, {("sku_1", "sto_1"): 2}) is None
    refusal = covering.short(made, levels, {("sku_1", "sto_1"): 3})
    assert refusal is not None
    assert (refusal.details["left"], refusal.details["needed"]) == (2, 3)
    assert covering.short(made, {}, {}) is not None
    at_till = composed(
        order((1, 2, 1), channel=Channel.IN_STORE, store_id="sto_1", till_id="til_1", receipt_id="7")
    )
    assert covering.short(at_till, levels, {("sku_1", "sto_1"): 6}) is None
    assert covering.short(at_till, levels, {("sku_1", "sto_1"): 7}) is not None
    free = {("wallet:mem_1", "CNY"): 30_000}
    assert covering.poor(made, free, {}) is None
    assert covering.poor(made, free, {("wallet:mem_1", "CNY"): 1}) is not None
    assert covering.poor(at_till, {}, {}) is None


def test_only_one_order_may_have_a_claim_or_a_receipt() -> None:
    sale = order((1, 1, 1), channel=Channel.IN_STORE, store_id="sto_1", till_id="til_1", receipt_id="7")

    def names(request: PlaceOrder, number: int | None = None) -> tuple[str, ...]:
        cart = PriceCart(ENGINE_VERSION, "CNY", AT, (), ())
        priced = pricing.Priced(cart, promotions.price(cart))
        return covering.unique_names(Draft(0, request, priced, composed(request), number))

    assert names(sale) == ("til_1 7",)
    assert names(order((1, 1, 1), claim_ids=("clm_1",))) == ("clm_1",)
    assert names(order((1, 1, 1), member_id="mem_1"), 1) == ("mem_1 1",)


def test_the_same_basket_on_a_receipt_is_a_repeat() -> None:
    sale = order(
        (1, 2, 1), channel=Channel.IN_STORE, store_id="sto_1", till_id="til_1", receipt_id="7", wallet_minor=5
    )
    made = composed(sale)
    assert rules.is_same_sale(sale, made)
    for change in (
        {"wallet_minor": 6},
        {"member_id": None},
        {"claim_ids": ("clm_1",)},
        {"lines": (PlaceLine("sku_1", 1, "sto_1"),)},
    ):
        assert not rules.is_same_sale(msgspec.structs.replace(sale, **change), made)
