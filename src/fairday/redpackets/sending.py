"""Send packets: shares are made, and the money leaves its source, before anybody can grab. Source: R60-R64."""

import random
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from fairday.kernel import audit, outbox
from fairday.kernel.errors import Refusal
from fairday.kernel.http.principal import Principal
from fairday.kernel.ids import secret_id
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.ledger.errors import InsufficientFunds
from fairday.ledger.types import Posting, TransferDraft
from fairday.members import service as members
from fairday.redpackets import looking, rules, store
from fairday.redpackets.errors import InvitedUnknown, PacketCurrency, PacketUnfunded
from fairday.redpackets.events import Sent
from fairday.redpackets.types import TTL, Moving, Packet, PacketBody, PacketView, SendLimit, Status


class SendPacket(msgspec.Struct, frozen=True):
    """Carry one packet to send: who sends it, its shares in the order in which they are given, and the luckiest's place."""

    body: PacketBody
    by: Principal
    amounts: list[int]
    luckiest_place: int
    raw_body: bytes = b""


def prepare(body: PacketBody, by: Principal, raw_body: bytes = b"") -> SendPacket:
    """Make the shares of a packet, by a chance that nobody can foresee; 100,000 shares take about 0.1 s."""
    chance = random.Random(secrets.randbits(256))
    return SendPacket(
        body, by, *rules.shares(body.mode, body.total_minor, body.shares_count, chance), raw_body
    )


async def send(tx: Tx, requests: Sequence[SendPacket], now: datetime) -> list[PacketView | Refusal]:
    """Fund packets and keep their shares; answers stand in request order.

    Refusals, in order of precedence: PacketCurrency, PacketTooLarge, InvitedUnknown, PacketUnfunded. What contradicts itself
    (`rules.input_errors`) is refused before.
    """
    limits = await store.send_limits(tx)
    listed = sorted({member_id for request in requests for member_id in request.body.member_ids})
    known = await members.person_ids(tx, listed) if listed else {}
    results: list[PacketView | Refusal | None] = [_judge(request, limits, known) for request in requests]
    drafts = {
        place: _packet(request, now) for place, request in enumerate(requests) if results[place] is None
    }
    await _fund(tx, drafts, results, now)
    if drafts:
        await _keep(tx, requests, drafts, limits, now)
        names = await looking.names(tx, [packet.member_id for packet in drafts.values()])
    for place, packet in drafts.items():
        moving = Moving(Status.OPEN, 0, 0, 0, None)
        who = looking.Viewer(packet.member_id, requests[place].by.is_operator)
        view = results[place] = looking.view(packet, moving, None, who, names, now)
        await _audit(tx, requests[place], view, now)
    return [result for result in results if result is not None]


def _judge(request: SendPacket, limits: Mapping[str, SendLimit], known: Mapping[str, str]) -> Refusal | None:
    body = request.body
    if request.by.member_id is not None:
        limit = limits.get(body.currency)
        if limit is None:
            return PacketCurrency(currency=body.currency)
        if (refusal := rules.over_limit(body, limit)) is not None:
            return refusal
    unknown = [member_id for member_id in body.member_ids if member_id not in known]
    return InvitedUnknown(member_ids=unknown) if unknown else None


def _packet(request: SendPacket, now: datetime) -> Packet:
    body = request.body
    starts_at = body.starts_at if body.starts_at is not None and body.starts_at > now else now
    return Packet(
        secret_id("pkt"),
        request.by.member_id,
        body.budget,
        body.mode,
        body.message,
        body.currency,
        body.total_minor,
        body.shares_count,
        bool(body.member_ids),
        request.luckiest_place,
        starts_at,
        starts_at + TTL,
        now,
    )


async def _fund(
    tx: Tx, drafts: dict[int, Packet], results: list[PacketView | Refusal | None], now: datetime
) -> None:
    """Move each total from its source to its packet's account; what is not covered is refused and leaves `drafts`."""
    postings = [
        Posting(
            f"send:{packet.packet_id}",
            packet.packet_id,
            "red_packet_send",
            packet.currency,
            (
                TransferDraft(
                    rules.source_of(packet.member_id, packet.budget),
                    rules.account_of(packet.packet_id),
                    packet.total_minor,
                ),
            ),
        )
        for packet in drafts.values()
    ]
    answers = await ledger.post_planned(tx, ledger.plan(postings), now)
    for place, posted in zip(list(drafts), answers, strict=True):
        if isinstance(posted, InsufficientFunds):
            results[place] = PacketUnfunded(
                left_minor=posted.details["left_minor"], needed_minor=posted.details["needed_minor"]
            )
            del drafts[place]
        else:
            assert not isinstance(posted, Refusal), repr(posted)


async def _keep(
    tx: Tx,
    requests: Sequence[SendPacket],
    drafts: Mapping[int, Packet],
    limits: Mapping[str, SendLimit],
    now: datetime,
) -> None:
    made = list(drafts.values())
    await store.insert_packets(
        tx,
        made,
        [requests[place].by.account_id for place in drafts],
        [
            limits[packet.currency].total_max_minor if packet.member_id is not None else None
            for packet in made
        ],
        now,
    )
    await store.insert_shares(
        tx,
        (
            (packet.packet_id, share, amount, through)
            for place, packet in drafts.items()
            for share, (amount, through) in enumerate(
                zip(requests[place].amounts, rules.running_sums(requests[place].amounts), strict=True), 1
            )
        ),
    )
    invited = [
        (packet.packet_id, member_id)
        for place, packet in drafts.items()
        for member_id in requests[place].body.member_ids
    ]
    if invited:
        await store.insert_invited(tx, invited)
    await outbox.publish(
        tx,
        [
            Sent(
                packet_id=packet.packet_id,
                member_id=packet.member_id,
                budget=packet.budget,
                mode=packet.mode,
                currency=packet.currency,
                total_minor=packet.total_minor,
                shares_count=packet.shares_count,
                is_listed=packet.is_listed,
                starts_at=packet.starts_at,
                expires_at=packet.expires_at,
            )
            for packet in made
        ],
        now,
    )


async def _audit(tx: Tx, request: SendPacket, view: PacketView, now: datetime) -> None:
    """Keep what staff sent from a budget, as the kernel keeps their other writes; members' packets are in the log."""
    if request.by.role in audit.STAFF:
        await audit.append(
            tx, request.by, method="POST", route="/red-packets", path={}, body=request.raw_body, status=201,
            result=view, changes=None, now=now,
        )  # fmt: skip
