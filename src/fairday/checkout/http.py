"""Serve quotes, orders, payments, cancellations and fulfilments."""

import msgspec

from fairday.checkout import choosing, errors, http_estimates, http_flash, pricing, service, shipping
from fairday.checkout.types import (
    CancelOrder,
    Choice,
    Choosing,
    FulfilPart,
    OrderBody,
    PaymentBody,
    PayOrder,
    PlaceOrder,
    QuoteBody,
    QuoteRequest,
    QuoteView,
    ShipTo,
)
from fairday.identity import service as identity
from fairday.identity.errors import PIN_REFUSALS
from fairday.kernel.errors import Busy, NotAllowed, NotFound, Refusal
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.tx import Tx
from fairday.orders import service as orders
from fairday.orders.errors import AlreadyFulfilled, OrderNotOpen
from fairday.orders.types import CloseReason, Order
from fairday.places.errors import UnknownRegion
from fairday.promotions import service as promotions
from fairday.promotions.errors import (
    AmountTooLarge,
    BadOffer,
    CouponBelowThreshold,
    CouponNoEffect,
    CouponsExclude,
    OfferUsedUp,
    OrderNumberTaken,
)
from fairday.stock.errors import OutOfStock

router = Router("checkout")
router.routes += http_estimates.router.routes + http_flash.router.routes
LANES = {
    "checkout.place": (shipping.place, {"status": 201}),
    "checkout.pay": (service.pay, {"status": 201}),
    "checkout.cancel": (service.cancel, {"status": 201}),
    "checkout.order_win": (service.order_wins, {"status": 201}),
}
_MEMBERS = frozenset({Role.MEMBER})
_PRICING: tuple[type[Refusal], ...] = (
    errors.BadLines,
    errors.WrongCurrency,
    UnknownRegion,
    errors.CouponsNeedMember,
    errors.CouponTwice,
    AmountTooLarge,
    CouponsExclude,
    CouponBelowThreshold,
    CouponNoEffect,
)
_LINE = {
    "sku_id": "sku_019a3f6c2d10000000000000001",
    "quantity": 1,
    "store_id": "sto_019a3f6c2d10000000000000001",
}


@router.write(
    "POST",
    "/quotes",
    who=PUBLIC,
    body=QuoteBody,
    returns=QuoteView,
    needs_key=False,
    summary="Price a cart",
    refusals=(*_PRICING, NotAllowed, BadOffer),
    example={"lines": [_LINE], "currency": "CNY", "claim_ids": []},
)
async def make_quote(call: Call, tx: Tx, body: QuoteBody) -> QuoteView:
    """Every discount is allocated to lines to the last minor unit; nothing is taken or promised. Guests may ask without
    coupons; a member's coupons are judged as if ordered now, and chosen for the largest discount with `choosing` "best"."""
    request = QuoteRequest(
        lines=body.lines,
        currency=body.currency,
        member_id=call.principal.member_id if call.principal is not None else None,
        claim_ids=body.claim_ids,
        codes=body.codes,
        tried_offers=_tried(call, body),
        ship_to_region_id=body.ship_to_region_id,
    )
    told: tuple[Choice, ...] = ()
    if body.choosing is not Choosing.NONE:
        world = await pricing.read_world(tx, [request], call.now)
        is_best = body.choosing is Choosing.BEST
        claim_ids, told = await choosing.choices(tx, request, world, call.now, is_best=is_best)
        request = msgspec.structs.replace(request, claim_ids=claim_ids)
    answer = (await service.quote(tx, [request], call.now))[0]
    if isinstance(answer, Refusal):
        raise answer
    return msgspec.structs.replace(answer, choices=told)


def _tried(call: Call, body: QuoteBody) -> tuple[promotions.Offer, ...]:
    """Return the drafts that an operator tries.

    Raises: NotAllowed for others; BadOffer when one contradicts itself.
    """
    if not body.offers:
        return ()
    if call.principal is None or not call.principal.is_operator:
        raise NotAllowed(role=call.principal.role if call.principal is not None else "guest")
    errors = [
        error.within(f"offers[{n}]")
        for n, terms in enumerate(body.offers)
        for error in promotions.errors_of(terms, None)
    ]
    if errors:
        raise BadOffer(errors=errors[:50])
    return tuple(
        [promotions.offer_of(terms, f"inline-{n}", 1, None) for n, terms in enumerate(body.offers, 1)]
    )


@router.lane(
    "/orders",
    who=_MEMBERS,
    body=OrderBody,
    returns=Order,
    status=201,
    summary="Place an order",
    takes_pin=True,
    refusals=(
        *_PRICING,
        *PIN_REFUSALS,
        NotFound,
        errors.PriceChanged,
        errors.WalletTooLow,
        OutOfStock,
        OfferUsedUp,
        OrderNumberTaken,
        Busy,
    ),
    example={"lines": [_LINE], "currency": "CNY", "expected_total_minor": 9900, "pay_with": "wallet"},
)
async def place_order(call: Call, body: OrderBody) -> Answer:
    """Takes goods, coupons and money together or not at all, and splits the order per merchant. Send the total that was
    shown; when the price is another now, the refusal brings the new quote."""
    pin = call.pin
    if body.pay_with is not None and call.principal.needs_pin:
        await identity.allow_payment(
            call.services.database, call.principal, pin, body.expected_total_minor, body.currency
        )
    request = PlaceOrder(
        lines=body.lines,
        currency=body.currency,
        member_id=call.principal.own_member(),
        claim_ids=body.claim_ids,
        codes=body.codes,
        expected_total_minor=body.expected_total_minor,
        pay_with=body.pay_with,
        ship_to_region_id=body.ship_to_region_id,
        address_id=body.address_id,
    )
    answer: Answer = await call.services.lanes["checkout.place"].submit(request, call.key)
    return answer


@router.read(
    "/orders/{order_id}/ship-to",
    who=frozenset({Role.MEMBER, Role.MERCHANT, Role.CLERK, Role.OPERATOR}),
    returns=ShipTo,
    summary="Show where an order goes",
    refusals=(NotFound,),
)
async def get_ship_to(call: Call, tx: Tx) -> ShipTo:
    """The copy of the address that the order was placed with: for its member, and for the merchants that send a part."""
    who = call.principal
    order = await orders.get(tx, call.path["order_id"])
    is_theirs = who.member_id is not None and who.member_id == order.member_id
    sends = who.merchant_id is not None and orders.own_part(order, who.merchant_id) is not None
    found = await shipping.ship_to(tx, order.order_id) if who.is_operator or is_theirs or sends else None
    if found is None:
        raise NotFound(what="address")
    return found


@router.lane(
    "/orders/{order_id}/payments",
    who=_MEMBERS,
    body=PaymentBody,
    returns=Order,
    status=201,
    summary="Pay a waiting order",
    takes_pin=True,
    refusals=(NotFound, *PIN_REFUSALS, errors.WalletTooLow, errors.PaymentTooLate, OrderNotOpen, Busy),
    example={"pay_with": "wallet"},
)
async def pay_order(call: Call, body: PaymentBody) -> Answer:
    """Pays in full from the wallet. After `expires_at` it is refused and nothing is charged (R69)."""
    pin = call.pin
    if call.principal.needs_pin:
        await _allow(call, pin)
    request = PayOrder(call.path["order_id"], call.principal.own_member())
    answer: Answer = await call.services.lanes["checkout.pay"].submit(request, call.key)
    return answer


async def _allow(call: Call, pin: str | None) -> None:
    """Ask for the PIN as the order's amount wants it. Raises: NotFound; PIN_REFUSALS."""
    who, database = call.principal, call.services.database
    async with database.transaction(read_only=True) as (tx, _):
        order = await orders.get(tx, call.path["order_id"])
    if order.member_id != who.own_member():
        raise NotFound(what="order")
    await identity.allow_payment(database, who, pin, order.total_minor, order.currency)


@router.lane(
    "/orders/{order_id}/cancellations",
    who=frozenset({Role.MEMBER, Role.OPERATOR}),
    returns=Order,
    status=201,
    summary="Cancel an order",
    refusals=(NotFound, NotAllowed, errors.NotCancellable, errors.HasReturns, Busy),
)
async def cancel_order(call: Call) -> Answer:
    """Before the goods leave: goods go back on the shelf, the money to the wallet it came from, coupons back by their
    own policy, subsidies to those who paid them."""
    who = call.principal
    request = (
        CancelOrder(call.path["order_id"], reason=CloseReason.OPERATOR)
        if who.is_operator
        else CancelOrder(call.path["order_id"], member_id=who.own_member())
    )
    answer: Answer = await call.services.lanes["checkout.cancel"].submit(request, call.key)
    return answer


@router.write(
    "POST",
    "/merchant-orders/{merchant_order_id}/fulfilments",
    who=frozenset({Role.MERCHANT, Role.CLERK, Role.OPERATOR}),
    returns=Order,
    status=201,
    summary="Hand over or send a part",
    refusals=(NotFound, AlreadyFulfilled, OrderNotOpen),
)
async def fulfil_part(call: Call, tx: Tx) -> Order:
    """The merchant's own part leaves the store: its goods leave stock, the order is fulfilled with its last part."""
    who = call.principal
    merchant_id = None if who.is_operator else who.own_merchant(None)
    order = await service.fulfil(tx, FulfilPart(call.path["merchant_order_id"], merchant_id), call.now)
    own = order if merchant_id is None else orders.own_part(order, merchant_id)
    assert own is not None, "the part was just fulfilled by its merchant"
    return own
