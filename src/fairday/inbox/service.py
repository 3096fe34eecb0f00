"""Write what members are told, and let them read it."""

from collections.abc import Sequence
from datetime import datetime

from fairday.coupons import service as coupons
from fairday.inbox import store
from fairday.inbox.types import KEPT, WARNED, About, Draft, InboxMessage, Kind
from fairday.kernel.events import Recorded
from fairday.kernel.tx import Tx
from fairday.redpackets import service as redpackets

CONSUMER = "inbox"
BATCH = 500
LAST_ID = "msg_zzzz"
"""Sorts after every message id, for the first page."""
_OF_ORDERS = {
    "orders.Placed": Kind.PLACED,
    "orders.Paid": Kind.PAID,
    "orders.Cancelled": Kind.CANCELLED,
    "orders.Refunded": Kind.REFUNDED,
    "orders.Fulfilled": Kind.FULFILLED,
    "returns.Rejected": Kind.RETURN_REJECTED,
}
_OF_CLAIMS = {"coupons.Claimed": Kind.CLAIMED, "coupons.Redeemed": Kind.REDEEMED}
_OF_PACKETS = frozenset({"redpackets.Sent", "redpackets.Ended"})
READ = frozenset(_OF_ORDERS) | frozenset(_OF_CLAIMS) | _OF_PACKETS


async def tell(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
    """Write a message for each event that is about something of a member's."""
    drafts = [_of_order(event) for event in events if event.type in _OF_ORDERS and event.data["member_id"]]
    of_claims = [event for event in events if event.type in _OF_CLAIMS]
    owned = (
        await coupons.owned(tx, sorted({event.data["claim_id"] for event in of_claims})) if of_claims else {}
    )
    for event in of_claims:
        claim = owned.get(event.data["claim_id"])
        if claim is not None:
            about = About(
                claim_id=claim.claim_id,
                coupon_id=claim.coupon_id,
                name=claim.name,
                name_en=claim.name_en,
                store_id=event.data.get("store_id"),
                amount_minor=event.data.get("amount_minor"),
                currency=event.data.get("currency"),
                ends_at=claim.expires_at,
            )
            drafts.append(
                _draft(claim.member_id, event.event_id, _OF_CLAIMS[event.type], about, event.happened_at)
            )
    drafts += await _of_packets(tx, [event for event in events if event.type in _OF_PACKETS])
    if drafts:
        await store.insert(tx, drafts)


async def _of_packets(tx: Tx, events: Sequence[Recorded]) -> list[Draft]:
    """Tell senders how their red packets ended and what came back, and the listed members that one is for them."""
    drafts = []
    for event in events:
        data = event.data
        if event.type == "redpackets.Ended" and data["member_id"] is not None:
            is_gone = data["status"] == "gone"
            amount = data["total_minor"] if is_gone else data["returned_minor"]
            about = About(packet_id=data["packet_id"], amount_minor=amount, currency=data["currency"])
            kind = Kind.PACKET_GONE if is_gone else Kind.PACKET_RETURNED
            drafts.append(_draft(data["member_id"], event.event_id, kind, about, event.happened_at))
    listed = {
        event.data["packet_id"]: event
        for event in events
        if event.type == "redpackets.Sent" and event.data["is_listed"]
    }
    for packet_id, member_id in await redpackets.invited(tx, sorted(listed)) if listed else ():
        event = listed[packet_id]
        about = About(packet_id=packet_id, ends_at=datetime.fromisoformat(event.data["expires_at"]))
        drafts.append(_draft(member_id, event.event_id, Kind.PACKET_INVITED, about, event.happened_at))
    return drafts


def _of_order(event: Recorded) -> Draft:
    data = event.data
    amount = data.get("refunded_minor", data.get("refund_minor", data.get("total_minor")))
    about = About(order_id=data["order_id"], amount_minor=amount, currency=data.get("currency"))
    return _draft(data["member_id"], event.event_id, _OF_ORDERS[event.type], about, event.happened_at)


def _draft(member_id: str, fact: str, kind: Kind, about: About, happened_at: datetime) -> Draft:
    return Draft(member_id=member_id, fact=fact, kind=kind, about=about, happened_at=happened_at)


async def warn(tx: Tx, after: tuple[datetime, str] | None, now: datetime) -> tuple[datetime, str] | None:
    """Tell members of claims that end within a day, in batches; return where the next batch begins, None at the end.

    A claim that was told of stays told: the same batch may be warned of again.
    """
    found = await coupons.ending(tx, after or (now, ""), now + WARNED, BATCH)
    if found:
        drafts = [
            _draft(
                claim.member_id,
                f"expiring {claim.claim_id}",
                Kind.EXPIRING,
                About(
                    claim_id=claim.claim_id,
                    coupon_id=claim.coupon_id,
                    name=claim.name,
                    name_en=claim.name_en,
                    ends_at=claim.expires_at,
                ),
                now,
            )
            for claim in found
        ]
        await store.insert(tx, drafts)
    return (found[-1].expires_at, found[-1].claim_id) if len(found) == BATCH else None


async def messages(tx: Tx, member_id: str, before_id: str | None, limit: int) -> list[InboxMessage]:
    """Return a member's messages, the newest first."""
    return await store.messages(tx, member_id, before_id or LAST_ID, limit)


async def mark_read(tx: Tx, member_id: str, message_id: str, now: datetime) -> int:
    """Mark as read up to and with a message; return how many are still unread."""
    await store.mark_read(tx, member_id, message_id, now)
    return await store.count_unread(tx, member_id)


async def count_unread(tx: Tx, member_id: str) -> int:
    """Return how many messages of a member are unread, at most 100."""
    return await store.count_unread(tx, member_id)


async def sweep(tx: Tx, now: datetime) -> int:
    """Delete messages past their time; return how many."""
    return await store.delete_old(tx, now - KEPT, BATCH)
