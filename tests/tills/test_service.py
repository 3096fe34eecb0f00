"""Redeem, sell and undo, in a transaction that is rolled back."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from fairday.catalog import service as catalog
from fairday.catalog.types import ProductPatch
from fairday.checkout.errors import PriceChanged, WalletTooLow
from fairday.coupons.errors import ClaimLocked, CodeExpired, CodeInvalid, TooLateToReverse
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.stock import service as stock
from fairday.tills import pay_codes
from fairday.tills import service as tills
from fairday.tills.errors import (
    AlreadyUsedAt,
    AmountNeeded,
    BadBasket,
    NoOpenShift,
    NotPrepared,
    PayCodeNeeded,
    PayCodeUsed,
    SaleConflict,
    TooLateToUndo,
    TooLittleCash,
)
from fairday.tills.invariants import INVARIANTS
from fairday.tills.sale_types import (
    BasketLine,
    ConsumeAt,
    ConsumeBody,
    PrepareAt,
    PrepareBody,
    Prepared,
    QuoteAt,
    QuoteBody,
    Redemption,
    ReverseAt,
    SaleBody,
    SellAt,
    TillQuote,
    TillSale,
    UndoAt,
)
from fairday.tills.types import At
from tests.checkout import city as world
from tests.checkout.city import Shop
from tests.tills import city


def sale(shop: Shop, total: int, **more: Any) -> SaleBody:
    """Ask for one piece of the shop's first SKU, paid in cash exactly."""
    wanted: dict[str, Any] = {
        "lines": (BasketLine(sku_id=shop.sku_ids[0]),),
        "receipt_id": city.receipt(),
        "expected_total_minor": total,
        "cash_tendered_minor": total,
    }
    return SaleBody(**(wanted | more))


async def sold(tx: Tx, now: datetime, at: At, body: SaleBody) -> TillSale | Refusal:
    """Sell one basket."""
    (result,) = await tills.sell(tx, [SellAt(at, body)], now)
    return result


async def holds(tx: Tx) -> None:
    """Hold every invariant of the tills."""
    for invariant in INVARIANTS:
        assert await tx.fetch(invariant.query) == [], invariant.promise


async def cash_of(tx: Tx, at: At) -> int:
    """Return what should be in the drawer."""
    value: int = await tx.fetchval(
        "SELECT expected_cash_minor FROM tills.shift WHERE till_id = $1 AND closed_at IS NULL", at.till_id
    )
    return value


# --- redeeming


async def test_prepare_consume_reverse(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [6000, 1000])
    at = await city.desk(tx, now, shop)
    claim_id, _, code = await city.claimed(tx, now, shop)
    few = (BasketLine(sku_id=shop.sku_ids[0]),)
    many = (BasketLine(sku_id=shop.sku_ids[0], quantity=2), BasketLine(sku_id=shop.sku_ids[1]))
    (unsure,) = await tills.prepare(tx, [PrepareAt(at, PrepareBody(code=code))], now)
    assert isinstance(unsure, Prepared)
    assert unsure.rule.threshold_minor == 10_000
    (short,) = await tills.prepare(tx, [PrepareAt(at, PrepareBody(code=code, lines=few))], now)
    assert isinstance(short, Prepared)
    assert short.refusal_code == "below_threshold"
    (good,) = await tills.prepare(tx, [PrepareAt(at, PrepareBody(code=code, lines=many))], now)
    assert isinstance(good, Prepared)
    assert (good.discount_minor, good.gross_minor, good.line_numbers) == (2000, 13_000, (1, 2))
    body = ConsumeBody(claim_id=claim_id, receipt_id="R1", lines=many)
    (used,) = await tills.consume(tx, [ConsumeAt(at, body)], now)
    assert isinstance(used, Redemption)
    assert (used.amount_minor, used.clerk_id, used.till_id) == (2000, at.clerk_id, at.till_id)
    assert await tills.consume(tx, [ConsumeAt(at, body)], now) == [used]
    (conflict,) = await tills.consume(
        tx, [ConsumeAt(at, ConsumeBody(claim_id=claim_id, receipt_id="R1", amount_minor=5))], now
    )
    assert isinstance(conflict, SaleConflict)
    (reversed_,) = await tills.reverse(tx, [ReverseAt(at, used.redemption_id, "oops")], now)
    assert isinstance(reversed_, Redemption)
    assert (reversed_.reversed_by, reversed_.reverse_reason) == (at.clerk_id, "oops")
    (same,) = await tills.reverse(tx, [ReverseAt(at, used.redemption_id, "again")], now)
    assert same == reversed_
    (free,) = await tills.prepare(tx, [PrepareAt(at, PrepareBody(code=code))], now)
    assert isinstance(free, Prepared)
    stored = await tills.redemption_log(tx, shop.merchant_id, None, None, before="~", limit=9)
    assert [one.redemption_id for one in stored] == [used.redemption_id]


async def test_used_elsewhere_says_where_and_when(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [12_000])
    here, there = await city.desk(tx, now, shop), await city.desk(tx, now, shop)
    claim_id, _, code = await city.claimed(tx, now, shop)
    one_step = ConsumeBody(code=code, receipt_id="R1", amount_minor=2000)
    (used,) = await tills.consume(tx, [ConsumeAt(here, one_step)], now)
    assert isinstance(used, Redemption)
    later = now + timedelta(seconds=30)
    for verb, request in (
        (tills.prepare, PrepareAt(there, PrepareBody(code=code))),
        (tills.consume, ConsumeAt(there, one_step)),
        (tills.sell, SellAt(there, sale(shop, 10_000, coupon_codes=(code,)))),
        (tills.consume, ConsumeAt(here, ConsumeBody(code=code, receipt_id="R2", amount_minor=2000))),
    ):
        (refusal,) = await verb(tx, [request], later)
        assert isinstance(refusal, AlreadyUsedAt), refusal
        assert refusal.details["store_id"] == shop.store_id
        assert abs(refusal.details["used_at"] - now) < timedelta(seconds=1)
        local = refusal.details["used_at_local"]
        assert refusal.sentence("en").startswith(f"This coupon was already used at Nanjing Road, {local}.")
        assert f"{local} 在Nanjing Road使用" in refusal.sentence("zh")
    assert await tills.consume(tx, [ConsumeAt(here, one_step)], later) == [used]
    assert claim_id == used.claim_id


async def test_one_code_at_fifty_tills_of_one_batch(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [12_000])
    ats = [await city.desk(tx, now, shop) for _ in range(5)]
    _, _, code = await city.claimed(tx, now, shop)
    requests = [
        ConsumeAt(ats[n % 5], ConsumeBody(code=code, receipt_id=f"R{n}", amount_minor=2000))
        for n in range(50)
    ]
    results = await tills.consume(tx, requests, now)
    assert [type(result) for result in results] == [Redemption] + [AlreadyUsedAt] * 49


async def test_codes_that_are_no_good(tx: Tx, now: datetime) -> None:
    shop, other = await world.shop(tx, now, [12_000]), await world.shop(tx, now, [])
    at, foreign = await city.desk(tx, now, shop), await city.desk(tx, now, other)
    claim_id, member_id, code = await city.claimed(tx, now, shop)
    pay = (await pay_codes.issue(tx, member_id, now)).text
    forged = code[:-1] + ("A" if code[-1] != "A" else "B")
    for bad in ("12345678", forged, pay, "二维码不是这样的"):
        (refusal,) = await tills.prepare(tx, [PrepareAt(at, PrepareBody(code=bad))], now)
        assert isinstance(refusal, CodeInvalid), bad
    (late,) = await tills.prepare(tx, [PrepareAt(at, PrepareBody(code=code))], now + timedelta(seconds=121))
    assert isinstance(late, CodeExpired)
    (elsewhere,) = await tills.prepare(tx, [PrepareAt(foreign, PrepareBody(code=code))], now)
    assert isinstance(elsewhere, Refusal)
    assert elsewhere.code == "wrong_store"
    (blind,) = await tills.consume(
        tx, [ConsumeAt(at, ConsumeBody(claim_id=claim_id, receipt_id="R1", amount_minor=1))], now
    )
    assert isinstance(blind, NotPrepared)
    (nothing,) = await tills.consume(tx, [ConsumeAt(at, ConsumeBody(code=code, receipt_id="R1"))], now)
    assert isinstance(nothing, AmountNeeded)
    basket = (BasketLine(sku_id=shop.sku_ids[0]),)
    wrong = ConsumeBody(code=code, receipt_id="R1", lines=basket, amount_minor=1999)
    (differs,) = await tills.consume(tx, [ConsumeAt(at, wrong)], now)
    assert isinstance(differs, AmountNeeded)
    assert differs.details["discount_minor"] == 2000
    second = await city.desk(tx, now, shop)
    (held,) = await tills.prepare(tx, [PrepareAt(second, PrepareBody(code=code))], now)
    assert isinstance(held, ClaimLocked)


async def test_reversal_is_for_the_own_store_and_for_an_hour(tx: Tx, now: datetime) -> None:
    shop, other = await world.shop(tx, now, [12_000]), await world.shop(tx, now, [])
    at, foreign = await city.desk(tx, now, shop), await city.desk(tx, now, other)
    _, _, code = await city.claimed(tx, now, shop)
    (used,) = await tills.consume(
        tx, [ConsumeAt(at, ConsumeBody(code=code, receipt_id="R1", amount_minor=2000))], now
    )
    assert isinstance(used, Redemption)
    (stranger,) = await tills.reverse(tx, [ReverseAt(foreign, used.redemption_id, "x")], now)
    assert isinstance(stranger, NotFound)
    (late,) = await tills.reverse(tx, [ReverseAt(at, used.redemption_id, "x")], now + timedelta(minutes=61))
    assert isinstance(late, TooLateToReverse)


# --- selling


async def test_cash_sale_and_undo(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [1250], on_hand=3)
    sku = (await catalog.skus(tx, shop.sku_ids))[shop.sku_ids[0]]
    await catalog.update_product(
        tx, sku.product_id, ProductPatch(name="茉莉花茶", name_en="Jasmine tea"), now
    )
    at = await city.desk(tx, now, shop, cash_minor=10_000)
    body = sale(shop, 2500, lines=(BasketLine(sku_id=shop.sku_ids[0], quantity=2),), cash_tendered_minor=5000)
    made = await sold(tx, now, at, body)
    assert isinstance(made, TillSale)
    assert [(line["name"], line["name_en"]) for line in made.lines] == [("茉莉花茶 1", "Jasmine tea 1")]
    assert (made.receipt_number, made.total_minor, made.cash_minor, made.change_minor) == (
        1,
        2500,
        2500,
        2500,
    )
    assert (made.clerk_id, made.till_id, made.store_id) == (at.clerk_id, at.till_id, shop.store_id)
    assert await sold(tx, now, at, body) == made
    other = msgspec.structs.replace(body, cash_tendered_minor=2500)
    assert isinstance(await sold(tx, now, at, other), SaleConflict)
    assert await cash_of(tx, at) == 12_500
    level = (await stock.levels(tx, shop.sku_ids, [shop.store_id]))[shop.sku_ids[0], shop.store_id]
    assert level.on_hand == 1
    (undone,) = await tills.undo(tx, [UndoAt(at, made.sale_id)], now + timedelta(seconds=59))
    assert isinstance(undone, TillSale)
    assert undone.undone_by == at.clerk_id
    (again,) = await tills.undo(tx, [UndoAt(at, made.sale_id)], now + timedelta(hours=1))
    assert again == undone
    assert await cash_of(tx, at) == 10_000
    level = (await stock.levels(tx, shop.sku_ids, [shop.store_id]))[shop.sku_ids[0], shop.store_id]
    assert level.on_hand == 3
    second = await sold(tx, now, at, sale(shop, 1250))
    assert isinstance(second, TillSale)
    assert second.receipt_number == 2
    (late,) = await tills.undo(tx, [UndoAt(at, second.sale_id)], now + timedelta(seconds=60))
    assert isinstance(late, TooLateToUndo)
    await holds(tx)


async def test_wallet_coupon_and_cash_in_one_sale(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [12_000])
    at = await city.desk(tx, now, shop)
    coupon_id = await world.coupon(tx, now, merchant_id=shop.merchant_id, platform_bp=0)
    (member,) = await world.shoppers(tx, now, 1, 7000)
    claim_id = await world.claim(tx, now, coupon_id, member)
    code = await city.code_of(tx, now, claim_id, member.member_id)
    pay = (await pay_codes.issue(tx, member.member_id, now)).text
    basket = (BasketLine(sku_id=shop.sku_ids[0]),)
    (quoted,) = await tills.quote(tx, [QuoteAt(at, QuoteBody(lines=basket, coupon_codes=(code,)))], now)
    assert isinstance(quoted, TillQuote)
    assert (quoted.gross_minor, quoted.discount_minor, quoted.total_minor) == (12_000, 2000, 10_000)
    body = sale(
        shop, 10_000, claim_ids=quoted.claim_ids, pay_code=pay, wallet_minor=7000, cash_tendered_minor=3100
    )
    made = await sold(tx, now, at, body)
    assert isinstance(made, TillSale), made
    assert (made.wallet_minor, made.cash_minor, made.change_minor) == (7000, 3000, 100)
    assert (made.member_id, made.claim_ids) == (member.member_id, (claim_id,))
    balance = (await ledger.balances(tx, [f"wallet:{member.member_id}"], "CNY"))[f"wallet:{member.member_id}"]
    assert balance.posted_minor == 0
    again = sale(shop, 12_000, pay_code=pay, wallet_minor=1, cash_tendered_minor=12_000)
    assert isinstance(await sold(tx, now, at, again), PayCodeUsed)
    (undone,) = await tills.undo(tx, [UndoAt(at, made.sale_id)], now)
    assert isinstance(undone, TillSale)
    balance = (await ledger.balances(tx, [f"wallet:{member.member_id}"], "CNY"))[f"wallet:{member.member_id}"]
    assert balance.posted_minor == 7000
    (free,) = await tills.prepare(tx, [PrepareAt(at, PrepareBody(code=code))], now)
    assert isinstance(free, Prepared)
    await holds(tx)


@pytest.mark.parametrize("how", ["gtin", "sku"])
async def test_unknown_goods_are_named(tx: Tx, now: datetime, how: str) -> None:
    shop = await world.shop(tx, now, [1000])
    at = await city.desk(tx, now, shop)
    line = BasketLine(gtin="6901234567892") if how == "gtin" else BasketLine(sku="nothing")
    refusal = await sold(tx, now, at, sale(shop, 1000, lines=(BasketLine(sku_id=shop.sku_ids[0]), line)))
    assert isinstance(refusal, BadBasket)
    assert refusal.details["errors"] == [f"line 2: nothing here has the code {line.gtin or line.sku}"]


async def test_tenders_that_do_not_do(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [1000])
    at = await city.desk(tx, now, shop)
    (member,) = await world.shoppers(tx, now, 1, 0)
    pay = (await pay_codes.issue(tx, member.member_id, now)).text
    cases: list[tuple[dict[str, Any], type[Refusal]]] = [
        ({"cash_tendered_minor": 999}, TooLittleCash),
        ({"wallet_minor": 1, "cash_tendered_minor": 999}, PayCodeNeeded),
        ({"wallet_minor": 1000, "cash_tendered_minor": 0, "pay_code": pay}, WalletTooLow),
        ({"wallet_minor": 1000, "cash_tendered_minor": 0, "pay_code": pay[:-3] + "AAA"}, CodeInvalid),
        ({"expected_total_minor": 999}, PriceChanged),
        ({"expected_total_minor": 1001, "cash_tendered_minor": 1001}, PriceChanged),
    ]
    for change, expected in cases:
        assert isinstance(await sold(tx, now, at, sale(shop, 1000, **change)), expected), change
    assert await cash_of(tx, at) == 0
    expired = sale(shop, 1000, wallet_minor=1000, cash_tendered_minor=0, pay_code=pay)
    assert isinstance(await sold(tx, now + timedelta(minutes=3), at, expired), CodeExpired)


async def test_the_pos_says_the_price_where_it_is_asked_to(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [1000])
    ours, theirs = await city.desk(tx, now, shop), await city.desk(tx, now, shop, pos_prices=True)
    priced = (BasketLine(sku_id=shop.sku_ids[0], line_gross_minor=777),)
    assert isinstance(await sold(tx, now, ours, sale(shop, 777, lines=priced)), BadBasket)
    assert isinstance(await sold(tx, now, theirs, sale(shop, 1000)), BadBasket)
    made = await sold(tx, now, theirs, sale(shop, 777, lines=priced))
    assert isinstance(made, TillSale)
    assert made.total_minor == 777


async def test_only_the_clerk_of_the_open_shift_works_there(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [1000])
    at, other = await city.desk(tx, now, shop), await city.desk(tx, now, shop)
    for wrong in (At(other.clerk_id, at.till_id), At(at.clerk_id, other.till_id), At(at.clerk_id, "til_0")):
        assert isinstance(await sold(tx, now, wrong, sale(shop, 1000)), NoOpenShift)


async def test_one_batch_of_many(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [1000], on_hand=10)
    ats = [await city.desk(tx, now, shop) for _ in range(3)]
    same = sale(shop, 1000)
    requests = [SellAt(ats[0], same) for _ in range(50)]
    requests += [SellAt(ats[n % 3], sale(shop, 1000)) for n in range(12)]
    results = await tills.sell(tx, requests, now)
    assert len({one.sale_id for one in results[:50] if isinstance(one, TillSale)}) == 1
    rest = results[50:]
    assert sum(isinstance(one, TillSale) for one in rest) == 9
    assert {one.code for one in rest if isinstance(one, Refusal)} == {"out_of_stock"}
    numbers = sorted((one.till_id, one.receipt_number) for one in rest if isinstance(one, TillSale))
    assert len(set(numbers)) == 9
    await holds(tx)


@pytest.mark.parametrize("number", range(len(INVARIANTS)))
async def test_each_invariant_can_turn_red(tx: Tx, number: int) -> None:
    invariant = INVARIANTS[number]
    assert await tx.fetch(invariant.query) == []
    await tx.execute(invariant.violate)
    assert len(await tx.fetch(invariant.query)) > 0
