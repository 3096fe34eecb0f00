"""Messages: one for each fact and member, read marks, warnings once, gone after their time."""

from datetime import datetime, timedelta
from typing import Any

from fairday.coupons import service as coupons
from fairday.coupons.claims import ClaimRequest
from fairday.inbox import service
from fairday.inbox.types import KEPT, Kind
from fairday.kernel.errors import Refusal
from fairday.kernel.events import Recorded
from fairday.kernel.tx import Tx
from fairday.redpackets import service as redpackets
from fairday.redpackets.types import Grab
from tests.checkout import city
from tests.redpackets import builders as packets


def event(type_: str, event_id: str, now: datetime, **data: Any) -> Recorded:
    return Recorded(1, 1, event_id, type_, "", None, now, now, data)


def paid(event_id: str, now: datetime, member_id: str | None) -> Recorded:
    return event(
        "orders.Paid", event_id, now, order_id="ord_1", member_id=member_id, total_minor=990, currency="CNY"
    )


async def test_an_event_read_twice_is_told_once(tx: Tx, now: datetime) -> None:
    await service.tell(tx, [paid("evt_1", now, "mem_a"), paid("evt_2", now, None)], now)
    await service.tell(tx, [paid("evt_1", now, "mem_a"), paid("evt_1", now, "mem_b")], now)
    [message] = await service.messages(tx, "mem_a", None, 10)
    assert (message.kind, message.about.order_id, message.about.amount_minor) == (Kind.PAID, "ord_1", 990)
    assert len(await service.messages(tx, "mem_b", None, 10)) == 1


async def test_what_came_after_the_mark_stays_unread(tx: Tx, now: datetime) -> None:
    await service.tell(tx, [paid(f"evt_{n}", now, "mem_a") for n in range(3)], now)
    assert await service.count_unread(tx, "mem_a") == 3
    newest, middle, _ = await service.messages(tx, "mem_a", None, 10)
    assert await service.mark_read(tx, "mem_a", middle.message_id, now) == 1
    assert [one.is_read for one in await service.messages(tx, "mem_a", None, 10)] == [False, True, True]
    assert await service.mark_read(tx, "mem_a", newest.message_id, now) == 0


async def test_a_claim_is_told_with_its_coupons_name_and_warned_of_once(tx: Tx, now: datetime) -> None:
    shop = await city.shop(tx, now, [1_000])
    [member] = await city.shoppers(tx, now, 1, 0)
    coupon_id = await city.coupon(tx, now, shop)
    [claim] = await coupons.claim(tx, [ClaimRequest(coupon_id, member.member_id)], now)
    assert not isinstance(claim, Refusal)
    claimed = event("coupons.Claimed", "evt_9", now, claim_id=claim.claim_id, coupon_id=coupon_id)
    await service.tell(tx, [claimed], now)
    [message] = await service.messages(tx, member.member_id, None, 10)
    assert (message.kind, message.about.claim_id, message.about.ends_at) == (
        Kind.CLAIMED,
        claim.claim_id,
        claim.expires_at,
    )
    late = claim.expires_at - timedelta(hours=24)
    for at, told in ((late, 1), (late + timedelta(microseconds=1), 2), (late + timedelta(hours=2), 2)):
        await service.warn(tx, None, at)
        assert len(await service.messages(tx, member.member_id, None, 10)) == told


async def test_old_messages_go(tx: Tx, now: datetime) -> None:
    await tx.execute("DELETE FROM inbox.message")  # what other tests committed
    await service.tell(tx, [paid("evt_1", now, "mem_a")], now)
    assert await service.sweep(tx, now + KEPT) == 0
    assert await service.sweep(tx, now + KEPT + timedelta(microseconds=1)) == 1
    assert await service.messages(tx, "mem_a", None, 10) == []


async def test_senders_hear_how_a_packet_ended_and_the_listed_that_one_is_for_them(
    tx: Tx, now: datetime
) -> None:
    sender, friend = await city.shoppers(tx, now, 2, 5_000)
    packet = await packets.sent(tx, sender, now, shares_count=2, member_ids=[friend.member_id])
    assert isinstance(await packets.grab_one(tx, packet.packet_id, friend, now), Grab)
    await redpackets.expire(tx, packet.expires_at)
    log = await packets.recorded(tx, packet.packet_id)
    await service.tell(tx, log, now)
    [told] = await service.messages(tx, friend.member_id, None, 10)
    assert (told.kind, told.about.packet_id, told.about.ends_at) == (
        Kind.PACKET_INVITED,
        packet.packet_id,
        packet.expires_at,
    )
    [back] = await service.messages(tx, sender.member_id, None, 10)
    seen = await redpackets.see(tx, packet.packet_id, redpackets.Viewer(sender.member_id), now)
    assert (back.kind, back.about.amount_minor) == (Kind.PACKET_RETURNED, seen.returned_minor)
    one = await packets.sent(tx, sender, now, shares_count=1)
    ended = event(
        "redpackets.Ended", "evt_gone", now, packet_id=one.packet_id, member_id=sender.member_id, status="gone",
        total_minor=1_000, returned_minor=0, currency="CNY",
    )  # fmt: skip
    campaign = event("redpackets.Ended", "evt_c", now, packet_id="pkt_c", member_id=None, status="gone")
    await service.tell(tx, [ended, campaign], now)
    newest, _ = await service.messages(tx, sender.member_id, None, 10)
    assert (newest.kind, newest.about.amount_minor) == (Kind.PACKET_GONE, 1_000)
