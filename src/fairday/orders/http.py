"""Serve orders to those they concern: the member who made them, the merchants with a part in them, operators."""

from fairday.kernel.errors import BadInput, NotAllowed, NotFound
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, Router
from fairday.kernel.tx import Tx
from fairday.orders import rules, searching, service
from fairday.orders.errors import BadDays
from fairday.orders.types import Order, OrdersQuery, OrderSummary, SalesQuery, SalesReport, Trace

router = Router("orders")
_READERS = frozenset({Role.MEMBER, Role.MERCHANT, Role.CLERK, Role.OPERATOR})
_STAFF = frozenset({Role.MERCHANT, Role.OPERATOR})


@router.read(
    "/orders",
    who=frozenset({Role.MEMBER, Role.MERCHANT, Role.OPERATOR}),
    returns=Page[OrderSummary],
    summary="List orders, the newest first",
    query=OrdersQuery,
    refusals=(NotFound,),
)
async def list_orders(call: Call, tx: Tx) -> Page[OrderSummary]:
    """A member sees its own orders; a merchant those with its part, with that part's amounts. Operators name the
    merchant by `merchant_id`. `q` is for these two: an order's number or its last digits, a receipt's number, a member's
    whole phone number; at most 50 orders are found, on one page."""
    query: OrdersQuery = call.query or OrdersQuery()
    if call.principal.member_id is not None:
        if query.merchant_id is not None:
            raise NotFound(what="merchant")
        if query.q is not None:
            raise BadInput(errors=["q: members see all their orders; only merchants search"])
        return await service.list_for_member(
            tx, call.principal.member_id, limit=query.limit, cursor=query.cursor
        )
    merchant_id = call.principal.own_merchant(query.merchant_id)
    if query.q is not None and query.q.strip():
        return Page(await searching.search(tx, merchant_id, query.q))
    return await service.list_for_merchant(tx, merchant_id, limit=query.limit, cursor=query.cursor)


async def _own(call: Call, tx: Tx) -> Order:
    order = await service.get(tx, call.path["order_id"])
    who = call.principal
    if who.is_operator or (who.member_id is not None and who.member_id == order.member_id):
        return order
    if who.member_id is None and who.merchant_id is not None:
        part = rules.own_part(order, who.merchant_id)
        if part is not None:
            return part
    raise NotFound(what="order")


@router.read(
    "/orders/{order_id}", who=_READERS, returns=Order, summary="Show one order", refusals=(NotFound,)
)
async def get_order(call: Call, tx: Tx) -> Order:
    """Members see their own order whole; a merchant and its clerks see the part that is theirs."""
    return await _own(call, tx)


@router.read(
    "/orders/{order_id}/trace",
    who=frozenset({Role.MEMBER, Role.OPERATOR}),
    returns=Trace,
    summary="Show what an order was priced from",
    refusals=(NotFound,),
)
async def get_trace(call: Call, tx: Tx) -> Trace:
    """The priced cart as it was stored: prices, phases, coupon versions; pricing it again gives the same total (R2)."""
    await _own(call, tx)
    return await service.trace(tx, call.path["order_id"])


@router.read(
    "/reports/sales",
    who=_STAFF,
    returns=SalesReport,
    summary="Report sales by day, store and channel",
    query=SalesQuery,
    refusals=(BadDays, NotFound, NotAllowed),
)
async def get_sales(call: Call, tx: Tx) -> SalesReport:
    """At most 31 days of the merchant's own paid orders, in the days of an IANA time zone; refunded ones apart."""
    query: SalesQuery = call.query
    return await service.sales(tx, call.principal.own_merchant(query.merchant_id), query)
