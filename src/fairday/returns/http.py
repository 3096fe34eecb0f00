"""Serve returns: members preview and ask for them, the merchant whose goods they are receives or rejects them."""

import msgspec

from fairday.kernel.errors import NotAllowed, NotFound
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, Router
from fairday.kernel.tx import Tx
from fairday.orders import service as orders
from fairday.returns import errors, service
from fairday.returns.types import (
    AskReturn,
    GoodsReturn,
    ReceptionBody,
    RejectionBody,
    ReturnBody,
    ReturnPreview,
    ReturnPreviewBody,
    ReturnsQuery,
)

router = Router("returns")
_ASKERS = frozenset({Role.MEMBER, Role.MERCHANT, Role.CLERK, Role.OPERATOR})
_SHOP = frozenset({Role.MERCHANT, Role.CLERK, Role.OPERATOR})
_JUDGED = (
    NotFound,
    NotAllowed,
    errors.SoldAtTill,
    errors.NotReturnable,
    errors.ReturnWindowOver,
    errors.BadReturnLines,
    errors.TooManyReturns,
    errors.ReturnWaits,
)
_LINES = [{"line_id": "lin_019a3f6c2d10000000000000001_1", "quantity": 1}]


def _asked(call: Call, body: ReturnPreviewBody | ReturnBody) -> AskReturn:
    who = call.principal
    return AskReturn(
        merchant_order_id=call.path["merchant_order_id"],
        lines=body.lines,
        member_id=who.member_id,
        merchant_id=None if who.is_operator or who.member_id is not None else who.own_merchant(None),
        by=who.account_id,
    )


@router.write(
    "POST",
    "/merchant-orders/{merchant_order_id}/return-previews",
    who=_ASKERS,
    body=ReturnPreviewBody,
    returns=ReturnPreview,
    needs_key=False,
    summary="Preview a return",
    refusals=_JUDGED,
    example={"lines": _LINES},
)
async def preview_return(call: Call, tx: Tx, body: ReturnPreviewBody) -> ReturnPreview:
    """What the pieces were paid, what offers take back because the rest no longer earns them, and what goes back where. Nothing
    is asked for."""
    return await service.preview(tx, _asked(call, body), call.now)


@router.write(
    "POST",
    "/merchant-orders/{merchant_order_id}/returns",
    who=_ASKERS,
    body=ReturnBody,
    returns=GoodsReturn,
    status=201,
    summary="Return pieces of an order",
    refusals=(*_JUDGED, errors.RefundChanged),
    example={"lines": _LINES, "reason": "changed_mind", "expected_refund_minor": 9900},
)
async def ask_return(call: Call, tx: Tx, body: ReturnBody) -> GoodsReturn:
    """Before the goods leave, the money goes back at once; afterwards within 7 days, when the shop has the goods again. What the
    preview said is what is paid."""
    asked = msgspec.structs.replace(
        _asked(call, body),
        reason=body.reason,
        note=body.note,
        expected_refund_minor=body.expected_refund_minor,
    )
    return await service.ask(tx, asked, call.now)


@router.read(
    "/orders/{order_id}/returns",
    who=_ASKERS,
    returns=list[GoodsReturn],
    summary="List an order's returns",
    refusals=(NotFound,),
)
async def list_order_returns(call: Call, tx: Tx) -> list[GoodsReturn]:
    """The oldest first: the member's own order whole; a merchant and its clerks see those of their part."""
    who, order = call.principal, await orders.get(tx, call.path["order_id"])
    found = await service.of_order(tx, order.order_id)
    if who.is_operator or (who.member_id is not None and who.member_id == order.member_id):
        return found
    if who.member_id is None and who.merchant_id is not None and orders.own_part(order, who.merchant_id):
        return [one for one in found if one.merchant_id == who.merchant_id]
    raise NotFound(what="order")


@router.read(
    "/returns",
    who=frozenset({Role.MERCHANT, Role.OPERATOR}),
    returns=Page[GoodsReturn],
    query=ReturnsQuery,
    summary="List a merchant's returns",
    refusals=(NotFound,),
)
async def list_returns(call: Call, tx: Tx) -> Page[GoodsReturn]:
    """The newest first; `status` requested are those that wait for their goods. Operators name the merchant."""
    query: ReturnsQuery = call.query or ReturnsQuery()
    return await service.page(tx, call.principal.own_merchant(query.merchant_id), query)


@router.write(
    "POST",
    "/returns/{return_id}/receptions",
    who=_SHOP,
    body=ReceptionBody,
    returns=GoodsReturn,
    status=201,
    summary="Take returned goods in",
    refusals=(NotFound, errors.ReturnClosed),
    example={"is_sellable": True},
)
async def receive_return(call: Call, tx: Tx, body: ReceptionBody) -> GoodsReturn:
    """The goods are back: what was promised is paid to where it came from, sellable pieces go back on the shelf."""
    return await service.receive(
        tx, call.path["return_id"], _shop(call), call.now, is_sellable=body.is_sellable
    )


@router.write(
    "POST",
    "/returns/{return_id}/rejections",
    who=_SHOP,
    body=RejectionBody,
    returns=GoodsReturn,
    status=201,
    summary="Reject a return",
    refusals=(NotFound, errors.ReturnClosed),
    example={"answer": "The seal is broken; see our terms for food."},
)
async def reject_return(call: Call, tx: Tx, body: RejectionBody) -> GoodsReturn:
    """The goods are not taken back; the member reads why and may ask again while the time for it runs."""
    return await service.reject(tx, call.path["return_id"], _shop(call), body.answer, call.now)


@router.write(
    "POST",
    "/returns/{return_id}/withdrawals",
    who=frozenset({Role.MEMBER}),
    returns=GoodsReturn,
    status=201,
    summary="Withdraw a return",
    refusals=(NotFound, errors.ReturnClosed),
)
async def withdraw_return(call: Call, tx: Tx) -> GoodsReturn:
    """The member keeps the goods; nothing was paid."""
    return await service.withdraw(tx, call.path["return_id"], call.principal.own_member(), call.now)


def _shop(call: Call) -> str | None:
    return None if call.principal.is_operator else call.principal.own_merchant(None)
