"""Show packets: one to who has its link, lists to those who sent and had; sums only to those they concern."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from fairday.kernel.tx import Tx
from fairday.members import service as members
from fairday.redpackets import rules, store
from fairday.redpackets.errors import PacketUnknown
from fairday.redpackets.types import GrabbedPacket, GrabLine, Held, Moving, Packet, PacketView, Status

LAST_ID = "pkt_zzzz"
"""Sorts after every packet id, for the first page."""
LAST_PLACE = 2**31 - 1


class Viewer(msgspec.Struct, frozen=True):
    """Say who looks: a member, or staff of the operator."""

    member_id: str | None
    is_operator: bool = False


async def names(tx: Tx, member_ids: Sequence[str | None]) -> dict[str, str]:
    """Return the nickname of each member; None among them is passed over."""
    found = await members.members(tx, [one for one in member_ids if one is not None])
    return {member_id: member.nickname for member_id, member in found.items()}


def view(
    packet: Packet,
    moving: Moving,
    mine: Held | None,
    who: Viewer,
    nicknames: Mapping[str, str],
    now: datetime,
) -> PacketView:
    """Render a packet for who looks at it."""
    is_mine = packet.member_id == who.member_id if packet.member_id is not None else who.is_operator
    is_told = is_mine or who.is_operator or mine is not None or moving.status is not Status.OPEN
    return PacketView(
        packet_id=packet.packet_id,
        mode=packet.mode,
        message=packet.message,
        sender_name=nicknames.get(packet.member_id) if packet.member_id is not None else None,
        budget=packet.budget,
        is_mine=is_mine,
        is_listed=packet.is_listed,
        currency=packet.currency,
        shares_count=packet.shares_count,
        taken_count=moving.taken_count,
        state=rules.state_of(packet, moving.status, now),
        starts_at=packet.starts_at,
        expires_at=packet.expires_at,
        sent_at=packet.sent_at,
        ended_at=moving.ended_at,
        total_minor=packet.total_minor if is_told else None,
        taken_minor=moving.taken_minor if is_told else None,
        returned_minor=moving.returned_minor if is_told else None,
        mine=rules.as_grab(mine, packet.currency) if mine is not None else None,
    )


async def find(tx: Tx, packet_id: str, who: Viewer) -> Packet:
    """Return a packet that the viewer may see: by its link, by invitation, or as its sender. Raises: PacketUnknown."""
    packet = (await store.packets(tx, [packet_id])).get(packet_id)
    if packet is None:
        raise PacketUnknown()
    if packet.is_listed and not who.is_operator and packet.member_id != who.member_id:
        pair = packet_id, who.member_id or ""
        if pair not in await store.invitations(tx, [pair]):
            raise PacketUnknown()
    return packet


async def see(tx: Tx, packet_id: str, who: Viewer, now: datetime) -> PacketView:
    """Return a packet as the viewer sees it. Raises: PacketUnknown."""
    packet = await find(tx, packet_id, who)
    return (await _views(tx, [packet], who, now))[0]


async def sent(tx: Tx, who: Viewer, before_id: str | None, limit: int, now: datetime) -> list[PacketView]:
    """Return what the viewer sent, the newest first; operators see what campaigns sent."""
    ids = await store.sent(tx, who.member_id, before_id or LAST_ID, limit)
    packets = await store.packets(tx, ids)
    return await _views(tx, [packets[packet_id] for packet_id in ids], who, now)


async def _views(tx: Tx, packets: Sequence[Packet], who: Viewer, now: datetime) -> list[PacketView]:
    ids = [packet.packet_id for packet in packets]
    moving = await store.moving(tx, ids)
    mine = await store.held_by_member(tx, who.member_id, ids) if who.member_id is not None else {}
    nicknames = await names(tx, [packet.member_id for packet in packets])
    return [
        view(packet, moving[packet.packet_id], mine.get(packet.packet_id), who, nicknames, now)
        for packet in packets
    ]


async def grabs(tx: Tx, packet_id: str, who: Viewer, before_place: int | None, limit: int) -> list[GrabLine]:
    """Return who had what of a packet, the last ones first. Raises: PacketUnknown."""
    packet = await find(tx, packet_id, who)
    status = (await store.moving(tx, [packet_id]))[packet_id].status
    luckiest = rules.luckiest_shown(packet, status)
    found = await store.grabs(tx, packet_id, before_place or LAST_PLACE, limit)
    nicknames = await names(tx, [one.member_id for one in found])
    return [
        GrabLine(
            place=one.place,
            nickname=nicknames.get(one.member_id, ""),
            amount_minor=one.amount_minor,
            grabbed_at=one.grabbed_at,
            is_luckiest=one.place == luckiest,
            is_mine=one.member_id == who.member_id,
        )
        for one in found
    ]


async def grabbed(tx: Tx, member_id: str, before_id: str | None, limit: int) -> list[GrabbedPacket]:
    """Return the packets that a member had a share of, the newest first."""
    found = await store.grabbed(tx, member_id, before_id or LAST_ID, limit)
    ids = [one.packet_id for one in found]
    packets, moving = await store.packets(tx, ids), await store.moving(tx, ids)
    nicknames = await names(tx, [packet.member_id for packet in packets.values()])
    lines = []
    for one in found:
        packet = packets[one.packet_id]
        lines.append(
            GrabbedPacket(
                packet_id=one.packet_id,
                sender_name=nicknames.get(packet.member_id) if packet.member_id is not None else None,
                budget=packet.budget,
                message=packet.message,
                mode=packet.mode,
                amount_minor=one.amount_minor,
                currency=packet.currency,
                grabbed_at=one.grabbed_at,
                is_luckiest=one.place == rules.luckiest_shown(packet, moving[one.packet_id].status),
            )
        )
    return lines
