"""Write sales into the books that took place before anybody asked: at a till that had no network.

Guarantee: a sale that adds up is booked as it was, with its receipt, its goods and its money, whatever shelves and prices
say by now; one that does not add up is refused before anything is taken. How: docs/algorithms/offline-till.md.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.checkout import rules
from fairday.checkout.carts import World
from fairday.checkout.errors import BadLines, PriceChanged
from fairday.checkout.pricing import read_world
from fairday.checkout.taking import stock_lines
from fairday.checkout.types import PlaceLine, PlaceOrder
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import Posting
from fairday.orders import service as orders
from fairday.orders.types import Channel, NewOrder, Order
from fairday.promotions import service as promotions
from fairday.promotions.types import (
    ENGINE_VERSION,
    Discount,
    DiscountKind,
    Funder,
    FunderKind,
    Level,
    PriceCart,
    PriceLine,
    Quote,
)
from fairday.stock import service as stock
from fairday.stock.types import MoveRequest

MERCHANT_PAYS = (Funder(FunderKind.MERCHANT, 10_000),)
"""Who pays for a discount that does not count: the merchant gave it, and its break says who bears it in the end."""


class FactDiscount(msgspec.Struct, frozen=True, gc=False):
    """Tell what a coupon took off; `eligible` are the places of the lines it lowered, from 0, none means all.

    `kind` and `is_platform` say when it was its turn among several (R6).
    """

    claim_id: str
    coupon_id: str
    version: int
    is_platform: bool
    kind: str
    amount_minor: int
    eligible: tuple[int, ...]
    funders: tuple[Funder, ...] = MERCHANT_PAYS
    is_effective: bool = False


class SaleFact(msgspec.Struct, frozen=True, gc=False):
    """Tell of a sale for cash that took place at `sold_at`; every line carries its own price."""

    order_id: str
    receipt_id: str
    merchant_id: str
    store_id: str
    till_id: str
    clerk_id: str
    currency: str
    lines: tuple[PlaceLine, ...]
    discounts: tuple[FactDiscount, ...]
    total_minor: int
    sold_at: datetime
    member_id: str | None = None


class Booked(msgspec.Struct, frozen=True):
    """Tell the order of a sale, and how many pieces of it the shelves' books lacked."""

    order: Order
    short_count: int


async def weigh(tx: Tx, facts: Sequence[SaleFact], now: datetime) -> tuple[World, list[Refusal | None]]:
    """Tell of each sale why it cannot be booked, before anything is taken; return what was read for it too.

    Refusals: BadLines (unknown goods, another merchant's, another currency, a coupon above its lines), PriceChanged
    (lines less coupons are not the total).
    """
    world = await read_world(tx, [_request(fact) for fact in facts], now)
    answers: list[Refusal | None] = []
    for fact in facts:
        errors = _errors(fact, world)
        if errors:
            answers.append(BadLines(errors=errors))
            continue
        try:
            quote = promotions.price(_cart(fact, world))
        except Refusal as refusal:
            answers.append(refusal)
            continue
        answers.append(
            None
            if quote.total_minor == fact.total_minor
            else PriceChanged(
                total_minor=quote.total_minor, expected_minor=fact.total_minor, currency=fact.currency
            )
        )
    return world, answers


async def record(
    tx: Tx, facts: Sequence[SaleFact], world: World, also: Sequence[Posting], now: datetime
) -> list[Booked]:
    """Book sales that `weigh` let pass, whose coupons the caller settled: orders, goods, money.

    `also` are postings of the caller that belong to them: all accounts are taken in one pass, so that batches cannot
    deadlock. Raises: RetryTransaction when a receipt was sold by another transaction at this moment.
    """
    made = []
    for fact in facts:
        cart = _cart(fact, world)
        made.append((_order(fact, promotions.price(cart), world), cart))
    await orders.insert(tx, [NewOrder(order, cart) for order, cart in made], now)
    moves = [MoveRequest(order.order_id, stock_lines(order)) for order, _ in made]
    short = await stock.book_sold(tx, moves, now)
    postings = list(also)
    for order, _ in made:
        posting = rules.posting(order, 0, order.cash_minor)
        if posting is not None:
            postings.append(posting)
    for posted in await ledger.post(tx, postings, now) if postings else []:
        # Cash, merchants and the platform may go below zero: a refusal is a broken book.
        assert not isinstance(posted, Refusal), posted
    return [Booked(order, count) for (order, _), count in zip(made, short, strict=True)]


def _request(fact: SaleFact) -> PlaceOrder:
    return PlaceOrder(
        lines=fact.lines,
        currency=fact.currency,
        channel=Channel.IN_STORE,
        member_id=fact.member_id,
        claim_ids=tuple(one.claim_id for one in fact.discounts if one.is_effective),
        store_id=fact.store_id,
        till_id=fact.till_id,
        clerk_id=fact.clerk_id,
        receipt_id=fact.receipt_id,
    )


def _errors(fact: SaleFact, world: World) -> list[str]:
    errors = []
    store = world.stores.get(fact.store_id)
    for number, line in enumerate(fact.lines, 1):
        sku = world.skus.get(line.sku_id)
        if sku is None or store is None or sku.merchant_id != store.merchant_id:
            errors.append(f"line {number}: {line.sku_id} is not of this store's merchant")
        elif sku.currency != fact.currency:
            errors.append(f"line {number}: priced in {sku.currency}")
    for number, one in enumerate(fact.discounts, 1):
        if any(place >= len(fact.lines) for place in one.eligible):
            errors.append(f"coupon {number}: names a line that is not there")
    return errors


def _cart(fact: SaleFact, world: World) -> PriceCart:
    """Say the sale in the price engine's words: lines at the till's price, coupons at what they took off (R2)."""
    return PriceCart(
        ENGINE_VERSION,
        fact.currency,
        fact.sold_at,
        (),
        tuple(
            PriceLine(
                str(number),
                line.sku_id,
                fact.merchant_id,
                line.quantity,
                world.skus[line.sku_id].price_minor,
                (),
                line.line_gross_minor,
            )
            for number, line in enumerate(fact.lines, 1)
        ),
        tuple(
            Discount(
                one.claim_id,
                one.coupon_id,
                one.version,
                Level.PLATFORM if one.is_platform else Level.MERCHANT,
                *_as_told(one, len(fact.lines)),
            )
            for one in fact.discounts
        ),
    )


def _as_told(
    one: FactDiscount, lines_count: int
) -> tuple[DiscountKind, tuple[Funder, ...], tuple[int, ...], int, int, int]:
    """Return kind, funders, lines, amount, rate and cap that take exactly what the till took, in its turn."""
    kind = DiscountKind.PERCENT if one.kind == DiscountKind.PERCENT else DiscountKind.FIXED
    if one.kind == DiscountKind.THRESHOLD:
        kind = DiscountKind.THRESHOLD
    eligible = one.eligible or tuple(range(lines_count))
    return kind, one.funders, eligible, one.amount_minor, 10_000, one.amount_minor


def _order(fact: SaleFact, quote: Quote, world: World) -> Order:
    store = world.stores[fact.store_id]
    return rules.compose(
        fact.order_id, _request(fact), quote, world.skus, world.terms, store.region_id, fact.sold_at
    )
