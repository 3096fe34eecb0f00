"""Serve members their messages; nobody else sees them."""

from fairday.inbox import service
from fairday.inbox.types import InboxMessage, ReadMark, Unread
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, PageQuery, Router
from fairday.kernel.tx import Tx

router = Router("inbox")
_MEMBERS = frozenset({Role.MEMBER})


@router.read("/inbox", who=_MEMBERS, query=PageQuery, returns=Page[InboxMessage], summary="Read my messages")
async def list_inbox(call: Call, tx: Tx) -> Page[InboxMessage]:
    """What happened to one's coupons, orders and red packets, the newest first; kept for 90 days."""
    query: PageQuery = call.query
    after = paging.read(query.cursor, [str])
    found = await service.messages(
        tx, call.principal.own_member(), after[0] if after else None, query.limit + 1
    )
    items = found[: query.limit]
    return Page(items, paging.make(items[-1].message_id) if len(found) > len(items) else None)


@router.read("/inbox/unread", who=_MEMBERS, returns=Unread, summary="Count my unread messages")
async def count_unread(call: Call, tx: Tx) -> Unread:
    """Counted up to 100."""
    return Unread(await service.count_unread(tx, call.principal.own_member()))


@router.write(
    "POST",
    "/inbox/read-marks",
    who=_MEMBERS,
    body=ReadMark,
    returns=Unread,
    status=201,
    summary="Mark messages as read",
    example={"message_id": "msg_019a3f6c2d10000000000000001"},
)
async def mark_read(call: Call, tx: Tx, body: ReadMark) -> Unread:
    """Everything up to and with this message; what came later stays unread."""
    return Unread(await service.mark_read(tx, call.principal.own_member(), body.message_id, call.now))
