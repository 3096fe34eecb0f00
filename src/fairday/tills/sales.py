"""Sell at tills: a basket, coupons, a member's wallet and cash, one receipt; undo it within a minute.

Guarantee: one receipt id of a till is one sale with one receipt number, however often it is sent; its order, coupons,
goods and money are taken together by checkout or not at all. Source: R35, R36, R41, S38.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

import msgspec

from fairday.checkout import service as checkout
from fairday.checkout.types import CancelOrder, PlaceLine, PlaceOrder, QuoteRequest
from fairday.coupons.service import MemberShown
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.ids import new_id
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.orders.types import Channel, CloseReason, Order
from fairday.promotions.types import Quote
from fairday.tills import baskets, pay_codes, rules, store
from fairday.tills.errors import PayCodeNeeded, SaleConflict, TooLateToUndo, TooLittleCash
from fairday.tills.sale_types import (
    QuoteAt,
    QuoteBody,
    QuoteCoupon,
    QuoteLine,
    SaleBody,
    SellAt,
    TillQuote,
    TillSale,
    UndoAt,
)
from fairday.tills.store import NewSale
from fairday.tills.types import OpenDesk


class Cart(msgspec.Struct, frozen=True):
    """Hold a basket whose goods, claims and member are known."""

    desk: OpenDesk
    lines: tuple[PlaceLine, ...]
    claim_ids: tuple[str, ...]
    member_id: str | None
    payer: MemberShown | None


async def quote(tx: Tx, requests: Sequence[QuoteAt], now: datetime) -> list[TillQuote | Refusal]:
    """Say what baskets cost; their coupons are set aside for the tills. Refusals: as for `sell`."""
    desks = await baskets.desks_of(tx, [request.at for request in requests])
    results: list[TillQuote | Refusal | None] = [
        desk if isinstance(desk, Refusal) else None for desk in desks
    ]
    ready = [(place, desk) for place, desk in enumerate(desks) if isinstance(desk, OpenDesk)]
    carts = await _carts(tx, [(desk, requests[place].body) for place, desk in ready], now)
    good: list[tuple[int, Cart]] = []
    for (place, _), cart in zip(ready, carts, strict=True):
        if isinstance(cart, Refusal):
            results[place] = cart
        else:
            good.append((place, cart))
    views = await checkout.quote(tx, [_cart_to_price(cart) for _, cart in good], now)
    names = await baskets.names(tx, [line.sku_id for _, cart in good for line in cart.lines])
    for (place, cart), view in zip(good, views, strict=True):
        results[place] = view if isinstance(view, Refusal) else _till_quote(cart, view.quote, names)
    return await baskets.say_where(
        tx, [result if result is not None else NotFound() for result in results], desks, now
    )


def _cart_to_price(cart: Cart) -> QuoteRequest:
    return QuoteRequest(
        lines=cart.lines,
        currency=cart.desk.currency,
        member_id=cart.member_id,
        claim_ids=cart.claim_ids,
        channel=Channel.IN_STORE,
        store_id=cart.desk.store_id,
        till_id=cart.desk.till_id,
    )


def _till_quote(cart: Cart, priced: Quote, names: dict[str, str]) -> TillQuote:
    return TillQuote(
        priced.currency,
        priced.gross_minor,
        priced.discount_minor,
        priced.total_minor,
        cart.claim_ids,
        tuple(
            QuoteLine(
                line.sku_id,
                names.get(line.sku_id, ""),
                line.quantity,
                line.unit_minor,
                line.gross_minor,
                line.net_minor,
            )
            for line in priced.lines
        ),
        tuple(_quote_coupon(priced, claim_id) for claim_id in cart.claim_ids),
    )


def _quote_coupon(priced: Quote, claim_id: str) -> QuoteCoupon:
    return QuoteCoupon(
        claim_id,
        sum(one.amount_minor for one in priced.discounts if one.claim_id == claim_id),
        tuple(
            number
            for number, line in enumerate(priced.lines, 1)
            if any(one.claim_id == claim_id for one in line.allocations)
        ),
    )


async def sell(tx: Tx, requests: Sequence[SellAt], now: datetime) -> list[TillSale | Refusal]:
    """Sell baskets in arrival order.

    Refusals: NoOpenShift, SaleConflict, BadBasket, PayCodeNeeded, NotPrepared, AlreadyUsedAt and others of coupons,
    TooLittleCash, those of checkout.place. Raises: RetryTransaction when a receipt was taken at this moment.
    """
    desks = await baskets.desks_of(tx, [request.at for request in requests])
    results: list[TillSale | Refusal | None] = [desk if isinstance(desk, Refusal) else None for desk in desks]
    keys = [
        {*one.body.coupon_codes, *one.body.claim_ids, f"{one.at.till_id} {one.body.receipt_id}"}
        | ({one.body.pay_code} if one.body.pay_code else set())
        for one in requests
    ]
    waiting = [place for place, result in enumerate(results) if result is None]
    settled: set[str] = set()
    while waiting:
        places, waiting = rules.first_of_key(keys, waiting, settled)
        await _sell_round(tx, requests, desks, places, results, now)
        settled.update(key for place in places if isinstance(results[place], TillSale) for key in keys[place])
    return await baskets.say_where(
        tx, [result if result is not None else NotFound() for result in results], desks, now
    )


async def _sell_round(
    tx: Tx,
    requests: Sequence[SellAt],
    desks: Sequence[OpenDesk | Refusal],
    places: Sequence[int],
    results: list[TillSale | Refusal | None],
    now: datetime,
) -> None:
    fresh = await _unsold(tx, requests, desks, places, results)
    carts = await _carts(tx, [(desk, body) for _, desk, body in fresh], now)
    ready: list[tuple[int, Cart, SaleBody]] = []
    for (place, _, body), cart in zip(fresh, carts, strict=True):
        if isinstance(cart, Refusal):
            results[place] = cart
        else:
            ready.append((place, cart, body))
    orders = await checkout.place(tx, [_order(cart, body) for _, cart, body in ready], now)
    made: list[tuple[int, Cart, SaleBody, Order]] = []
    for (place, cart, body), order in zip(ready, orders, strict=True):
        if isinstance(order, Refusal):
            results[place] = order
        elif order.is_replay:
            if await store.sales_by_receipt(tx, [(cart.desk.till_id, body.receipt_id)]):
                raise RetryTransaction  # its twin committed between the look above and the order: then it is the same sale
            # The receipt was sold at this till by another door than this one.
            results[place] = SaleConflict(receipt_id=body.receipt_id)
        else:
            made.append((place, cart, body, order))
    for (place, *_), sale in zip(made, await _write(tx, made, now), strict=True):
        results[place] = sale


async def _unsold(
    tx: Tx,
    requests: Sequence[SellAt],
    desks: Sequence[OpenDesk | Refusal],
    places: Sequence[int],
    results: list[TillSale | Refusal | None],
) -> list[tuple[int, OpenDesk, SaleBody]]:
    """Answer receipts that were sold before and tenders that cannot do; return the others."""
    receipts = [(requests[place].at.till_id, requests[place].body.receipt_id) for place in places]
    sold = await store.sales_by_receipt(tx, receipts)
    fresh: list[tuple[int, OpenDesk, SaleBody]] = []
    for place, receipt in zip(places, receipts, strict=True):
        desk, body = desks[place], requests[place].body
        assert isinstance(desk, OpenDesk)
        if receipt in sold:
            sale, body_hash = sold[receipt]
            results[place] = sale if body_hash == _hash(body) else SaleConflict(receipt_id=body.receipt_id)
        elif body.wallet_minor and body.pay_code is None:
            results[place] = PayCodeNeeded(wallet_minor=body.wallet_minor)
        elif (due := body.expected_total_minor - body.wallet_minor) > body.cash_tendered_minor:
            results[place] = TooLittleCash(due_minor=due, tendered_minor=body.cash_tendered_minor)
        else:
            fresh.append((place, desk, body))
    return fresh


async def _write(tx: Tx, made: Sequence[tuple[int, Cart, SaleBody, Order]], now: datetime) -> list[TillSale]:
    """Number the receipts, write the sales and the cash of their shifts."""
    if not made:
        return []
    numbers = await store.take_numbers(tx, dict(Counter(cart.desk.till_id for _, cart, _, _ in made)))
    rows: list[NewSale] = []
    cash: Counter[str] = Counter()
    for _, cart, body, order in made:
        numbers[cart.desk.till_id] += 1
        sale = _sale(cart, body, order, numbers[cart.desk.till_id], now)
        rows.append(NewSale(sale, _hash(body), msgspec.json.encode(sale.lines).decode()))
        cash[sale.shift_id] += sale.cash_minor
    if await store.insert_sales(tx, rows) != len(rows):
        raise RetryTransaction
    await pay_codes.use(tx, [cart.payer for _, cart, body, _ in made if cart.payer and body.wallet_minor])
    await store.add_shift_cash(tx, cash)
    return [row.sale for row in rows]


def _sale(cart: Cart, body: SaleBody, order: Order, number: int, now: datetime) -> TillSale:
    change_minor = rules.change_of(order.total_minor, order.wallet_minor, body.cash_tendered_minor)
    assert change_minor >= 0, "the tenders were judged against the same total"
    desk = cart.desk
    return TillSale(
        sale_id=new_id("sal"),
        till_id=desk.till_id,
        receipt_id=body.receipt_id,
        receipt_number=number,
        merchant_id=desk.merchant_id,
        store_id=desk.store_id,
        shift_id=desk.shift_id,
        clerk_id=desk.clerk_id,
        order_id=order.order_id,
        member_id=order.member_id,
        claim_ids=order.claim_ids,
        currency=order.currency,
        gross_minor=order.gross_minor,
        discount_minor=order.discount_minor,
        total_minor=order.total_minor,
        wallet_minor=order.wallet_minor,
        cash_minor=order.total_minor - order.wallet_minor,
        tendered_minor=body.cash_tendered_minor,
        change_minor=change_minor,
        lines=[
            {
                "sku_id": line.sku_id,
                "name": line.name,
                "name_en": line.name_en,
                "quantity": line.quantity,
                "unit_minor": line.unit_minor,
                "gross_minor": line.gross_minor,
                "net_minor": line.net_minor,
            }
            for part in order.merchant_orders
            for line in part.lines
        ],
        sold_at=now,
    )


def _order(cart: Cart, body: SaleBody) -> PlaceOrder:
    return PlaceOrder(
        lines=cart.lines,
        currency=cart.desk.currency,
        channel=Channel.IN_STORE,
        member_id=cart.member_id,
        claim_ids=cart.claim_ids,
        expected_total_minor=body.expected_total_minor,
        store_id=cart.desk.store_id,
        till_id=cart.desk.till_id,
        clerk_id=cart.desk.clerk_id,
        receipt_id=body.receipt_id,
        wallet_minor=body.wallet_minor,
    )


async def _carts(tx: Tx, asked: Sequence[tuple[OpenDesk, QuoteBody]], now: datetime) -> list[Cart | Refusal]:
    """Find goods, claims and member of each basket; the payer is the member, else who owns the coupons."""
    lines = await baskets.resolve(tx, [(desk, body.lines) for desk, body in asked])
    codes = iter(
        await baskets.prepare_codes(
            tx, [(desk, code) for desk, body in asked for code in body.coupon_codes], now
        )
    )
    shown = iter(
        await baskets.shown_claims(
            tx, [(desk, claim_id) for desk, body in asked for claim_id in body.claim_ids], now
        )
    )
    payers = await pay_codes.read(tx, [body.pay_code for _, body in asked], now)
    carts: list[Cart | Refusal] = []
    for (desk, body), found, payer in zip(asked, lines, payers, strict=True):
        refusal: Refusal | None = found if isinstance(found, Refusal) else None
        claims: list[tuple[str, str]] = []
        for _ in body.coupon_codes:
            claim = next(codes)
            if isinstance(claim, Refusal):
                refusal = refusal or claim
            else:
                claims.append((claim.claim_id, claim.member_id))
        for claim_id in body.claim_ids:
            owner = next(shown)
            if isinstance(owner, Refusal):
                refusal = refusal or owner
            else:
                claims.append((claim_id, owner))
        if isinstance(payer, Refusal):
            refusal = refusal or payer
        if refusal is not None or isinstance(found, Refusal) or isinstance(payer, Refusal):
            carts.append(refusal or NotFound())
            continue
        member_id = payer.member_id if payer else (claims[0][1] if claims else None)
        carts.append(Cart(desk, found, tuple(claim_id for claim_id, _ in claims), member_id, payer))
    return carts


async def undo(tx: Tx, requests: Sequence[UndoAt], now: datetime) -> list[TillSale | Refusal]:
    """Undo sales of the asker's own till within sixty seconds: goods, coupons, wallet and cash go back.

    One that was undone is answered as it stands. Refusals: NoOpenShift, NotFound, TooLateToUndo, those of
    checkout.cancel.
    """
    desks = await baskets.desks_of(tx, [request.at for request in requests])
    found = await store.sales(tx, [request.sale_id for request in requests])
    results: list[TillSale | Refusal] = []
    wanted: dict[str, OpenDesk] = {}
    for request, desk in zip(requests, desks, strict=True):
        sale = found.get(request.sale_id)
        if isinstance(desk, Refusal):
            results.append(desk)
        elif sale is None or sale.till_id != desk.till_id:
            results.append(NotFound(what="sale"))
        elif sale.undone_at is None and not rules.may_undo(sale.sold_at, now):
            results.append(TooLateToUndo(seconds_max=rules.UNDO_S))
        else:
            results.append(sale)
            if sale.undone_at is None:
                wanted.setdefault(sale.sale_id, desk)
    cancelled = await checkout.cancel(
        tx,
        [
            CancelOrder(found[sale_id].order_id, reason=CloseReason.TILL, till_id=desk.till_id)
            for sale_id, desk in wanted.items()
        ],
        now,
    )
    refused = {
        sale_id: answer
        for sale_id, answer in zip(wanted, cancelled, strict=True)
        if isinstance(answer, Refusal)
    }
    undone = await store.undo_sales(
        tx,
        [
            (sale_id, desk.clerk_id, desk.shift_id)
            for sale_id, desk in wanted.items()
            if sale_id not in refused
        ],
        now,
    )
    if len(undone) + len(refused) != len(wanted):
        raise RetryTransaction  # another till page undid one of them at this moment
    cash: Counter[str] = Counter()
    for sale_id, sale in undone.items():
        cash[wanted[sale_id].shift_id] -= sale.cash_minor
    await store.add_shift_cash(tx, cash)
    changed: dict[str, TillSale | Refusal] = {**undone, **refused}
    return [changed.get(one.sale_id, one) if isinstance(one, TillSale) else one for one in results]


async def sale(tx: Tx, sale_id: str) -> TillSale:
    """Return a sale. Raises: NotFound."""
    found = (await store.sales(tx, [sale_id])).get(sale_id)
    if found is None:
        raise NotFound(what="sale")
    return found


async def log(
    tx: Tx, merchant_id: str | None, store_id: str | None, till_id: str | None, *, before: str, limit: int
) -> list[TillSale]:
    """Return at most `limit` sales before the id `before`, the newest first."""
    return await store.list_sales(tx, merchant_id, store_id, till_id, before, limit)


def _hash(body: SaleBody) -> bytes:
    return blake2b(msgspec.json.encode(body), digest_size=16).digest()
