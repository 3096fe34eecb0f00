"""Serve red packets: send one, open it by its link, see who had what."""

import asyncio
from typing import Annotated

import msgspec

from fairday.identity import service as identity
from fairday.identity.errors import PIN_REFUSALS
from fairday.kernel.errors import BadInput
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Page, PageQuery, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.money import PositiveMinor, is_currency
from fairday.kernel.tx import Tx
from fairday.ledger.errors import UnknownCurrency
from fairday.redpackets import errors, rules, service
from fairday.redpackets.types import (
    SHARES_MAX,
    Grab,
    GrabbedPacket,
    GrabLine,
    GrabRequest,
    PacketBody,
    PacketView,
    SendLimit,
)

router = Router("redpackets")
LANES = {
    "redpackets.send": (service.send, {"status": 201, "batch_max": 50}),
    "redpackets.grab": (service.grab_once, {"status": 201, "verb_keeps_keys": True}),
}
_MEMBERS = frozenset({Role.MEMBER})
_OPERATORS = frozenset({Role.OPERATOR})
_SENDERS = _MEMBERS | _OPERATORS
_MANY_SHARES = 1_000
"""Shares from which on they are made beside the event loop."""


class LimitBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Set what members may send in one currency."""

    total_max_minor: PositiveMinor
    shares_max: Annotated[int, msgspec.Meta(ge=1, le=SHARES_MAX)]


@router.lane(
    "/red-packets",
    who=_SENDERS,
    body=PacketBody,
    returns=PacketView,
    status=201,
    summary="Send a red packet",
    takes_pin=True,
    refusals=(BadInput, *PIN_REFUSALS, *errors.SEND_REFUSALS),
    example={
        "total_minor": 8_800,
        "shares_count": 6,
        "mode": "lucky",
        "message": "恭喜发财",
        "currency": "CNY",
    },
)
async def send_packet(call: Call, body: PacketBody) -> Answer:
    """Takes the money now, from the wallet or a campaign's budget, and makes the shares. Its link is its id: who has it may grab,
    unless members are listed. What nobody had within 24 hours of its start comes back."""
    who, services = call.principal, call.services
    pin = call.pin
    if found := rules.input_errors(body, who.member_id is not None, services.clock.now()):
        raise BadInput(errors=found)
    if who.needs_pin:
        await identity.allow_payment(services.database, who, pin, body.total_minor, body.currency)
    if body.shares_count < _MANY_SHARES:
        request = service.prepare(body, who, call.raw_body)
    else:
        request = await asyncio.to_thread(service.prepare, body, who, call.raw_body)
    answer: Answer = await services.lanes["redpackets.send"].submit(request, call.key)
    return answer


@router.read(
    "/red-packets/sent",
    who=_SENDERS,
    query=PageQuery,
    returns=Page[PacketView],
    summary="List the red packets I sent",
)
async def list_sent_packets(call: Call, tx: Tx) -> Page[PacketView]:
    """The newest first, with what was had and what came back; an operator sees those of campaigns."""
    query: PageQuery = call.query
    after = paging.read(query.cursor, [str])
    found = await service.sent(tx, _viewer(call), after[0] if after else None, query.limit + 1, call.now)
    items = found[: query.limit]
    return Page(items, paging.make(items[-1].packet_id) if len(found) > len(items) else None)


@router.read(
    "/red-packets/grabbed",
    who=_MEMBERS,
    query=PageQuery,
    returns=Page[GrabbedPacket],
    summary="List the red packets I had a share of",
)
async def list_grabbed_packets(call: Call, tx: Tx) -> Page[GrabbedPacket]:
    """Of the newest packets first; the luckiest is told once all shares were had."""
    query: PageQuery = call.query
    after = paging.read(query.cursor, [str])
    found = await service.grabbed(
        tx, call.principal.own_member(), after[0] if after else None, query.limit + 1
    )
    items = found[: query.limit]
    return Page(items, paging.make(items[-1].packet_id) if len(found) > len(items) else None)


@router.read("/red-packet-limits", who=PUBLIC, returns=Page[SendLimit], summary="See what members may send")
async def list_packet_limits(call: Call, tx: Tx) -> Page[SendLimit]:
    """By currency; in others members send nothing."""
    return Page(await service.limits(tx))


@router.write(
    "PUT",
    "/red-packet-limits/{currency}",
    who=_OPERATORS,
    body=LimitBody,
    returns=SendLimit,
    summary="Set what members may send",
    refusals=(UnknownCurrency,),
    example={"total_max_minor": 20_000, "shares_max": 100},
)
async def set_packet_limit(call: Call, tx: Tx, body: LimitBody) -> SendLimit:
    """Of packets that are sent from now on."""
    currency = call.path["currency"]
    if not is_currency(currency):
        raise UnknownCurrency(currency=currency)
    limit = SendLimit(currency=currency, total_max_minor=body.total_max_minor, shares_max=body.shares_max)
    return await service.set_limit(tx, limit, call.now)


@router.read(
    "/red-packets/{packet_id}",
    who=_SENDERS,
    returns=PacketView,
    summary="Look at a red packet",
    refusals=(errors.PacketUnknown,),
)
async def get_packet(call: Call, tx: Tx) -> PacketView:
    """For who has its link, or is listed. Its sums are told to its sender, to who had a share, and to all once it ended."""
    return await service.see(tx, call.path["packet_id"], _viewer(call), call.now)


@router.lane(
    "/red-packets/{packet_id}/grabs",
    who=_MEMBERS,
    returns=Grab,
    status=201,
    summary="Open a red packet",
    refusals=errors.GRAB_REFUSALS,
    lane="redpackets.grab",
)
def grab_packet(call: Call) -> GrabRequest:
    """Take the next share; the wallet has it with the answer, or in a rush within seconds. One a natural person. The order is that in
    which the server accepts.
    When several refusals apply, the first of this list tells."""
    packet_id, member_id = call.path["packet_id"], call.principal.own_member()
    refusal = service.ended.refusal(packet_id, member_id)
    if refusal is not None:
        raise refusal
    return GrabRequest(packet_id, member_id, call.key)


@router.read(
    "/red-packets/{packet_id}/grabs",
    who=_SENDERS,
    query=PageQuery,
    returns=Page[GrabLine],
    summary="See who had what",
    refusals=(errors.PacketUnknown,),
)
async def list_packet_grabs(call: Call, tx: Tx) -> Page[GrabLine]:
    """The last ones first; the luckiest is told once all shares of a lucky packet were had."""
    query: PageQuery = call.query
    after = paging.read(query.cursor, [int])
    found = await service.grabs(
        tx, call.path["packet_id"], _viewer(call), after[0] if after else None, query.limit + 1
    )
    items = found[: query.limit]
    return Page(items, paging.make(items[-1].place) if len(found) > len(items) else None)


def _viewer(call: Call) -> service.Viewer:
    return service.Viewer(call.principal.member_id, call.principal.is_operator)
