"""Grab shares in batches: the next share and the person's only one of a packet, in one statement, and the money with it.

Guarantee: in any number of processes each share is had once, each natural person has at most one, and the wallet has what was
answered, at once or, in a rush, a moment later; see docs/algorithms/red-packets.md.
"""

from collections.abc import Sequence
from datetime import datetime

from fairday.kernel import outbox
from fairday.kernel.errors import IdempotencyConflict, Refusal
from fairday.kernel.lanes import Replay
from fairday.kernel.tx import Tx
from fairday.members import service as members
from fairday.redpackets import crediting, rules, store
from fairday.redpackets.ending import ended_event
from fairday.redpackets.errors import AllGone, PacketOver
from fairday.redpackets.events import Grabbed
from fairday.redpackets.gone import ended
from fairday.redpackets.types import Grab, GrabRequest, Held, Moving, Packet, Status

Results = list[Grab | Replay | Refusal | None]
Pair = tuple[str, str]
"""A packet and a person, or a packet and a member."""


async def grab(tx: Tx, requests: Sequence[GrabRequest], now: datetime) -> list[Grab | Refusal]:
    """Give each request the next share of its packet; results and refusals stand in request order.

    Refusals, in order of precedence: PacketUnknown, NotInvited, AlreadyGrabbed (with what they had), PacketNotStarted, AllGone,
    PacketOver. A request whose key got a share before is answered by it. Source: R61, R62, I43.
    """
    results = await grab_once(tx, requests, now)
    return [result.result if isinstance(result, Replay) else result for result in results]


async def grab_once(tx: Tx, requests: Sequence[GrabRequest], now: datetime) -> list[Grab | Replay | Refusal]:
    """Grab as `grab` does, telling repeats apart: a Replay, or IdempotencyConflict for another body. Source: R96, I58."""
    packet_ids = sorted({request.packet_id for request in requests})
    statuses = await store.statuses(tx, packet_ids)
    packets = await store.packets(tx, [one for one in packet_ids if one in statuses])
    persons = await members.person_ids(tx, [request.member_id for request in requests])
    results: Results = [None] * len(requests)
    invited = await _invited(tx, requests, packets)
    wanted: dict[Pair, int] = {}
    for place, request in enumerate(requests):
        packet = packets.get(request.packet_id)
        if packet is None or request.member_id not in persons:
            results[place] = rules.judge(None, Status.OPEN, None, "", False, now)
            continue
        is_invited = (request.packet_id, request.member_id) in invited
        status = statuses[request.packet_id]
        if rules.judge(packet, status, None, request.member_id, is_invited, now) is None:
            wanted.setdefault((request.packet_id, persons[request.member_id]), place)
    if wanted:
        await _take(tx, requests, wanted, packets, persons, results, now)
    left = [place for place, result in enumerate(results) if result is None]
    if left:
        await _answer_others(tx, requests, left, packets, persons, invited, results, now)
    await _remember(tx, packets, statuses)
    done = [result for result in results if result is not None]
    assert len(done) == len(results), "a request was left without an answer"
    return done


async def _invited(tx: Tx, requests: Sequence[GrabRequest], packets: dict[str, Packet]) -> set[Pair]:
    """Return who of the askers is invited, of packets that are not for anybody."""
    listed = {packet_id for packet_id, packet in packets.items() if packet.is_listed}
    pairs = sorted({(one.packet_id, one.member_id) for one in requests if one.packet_id in listed})
    return await store.invitations(tx, pairs) if pairs else set()


async def _take(
    tx: Tx,
    requests: Sequence[GrabRequest],
    wanted: dict[Pair, int],
    packets: dict[str, Packet],
    persons: dict[str, str],
    results: Results,
    now: datetime,
) -> None:
    """Pop shares for those who are first of their person in the batch, announce it, and credit their wallets when they are few."""
    is_late = len(wanted) > crediting.AT_ONCE_MAX
    asked = [requests[place] for place in wanted.values()]
    made = await store.grab(tx, asked, persons, now, is_late=is_late)
    if not made:
        return
    events: list[Grabbed] = []
    full: set[str] = set()
    for pair, (share, amount_minor) in made.items():
        place = wanted[pair]
        packet_id = pair[0]
        packet = packets[packet_id]
        results[place] = Grab(packet_id, share, amount_minor, packet.currency, now)
        events.append(
            Grabbed(
                packet_id=packet_id,
                place=share,
                member_id=requests[place].member_id,
                currency=packet.currency,
                amount_minor=amount_minor,
                is_late=is_late,
            )
        )
        if share == packet.shares_count:
            full.add(packet_id)
    if not is_late:
        await crediting.credit_now(tx, events, now)
    ended_now = [
        ended_event(
            packets[packet_id],
            Moving(Status.GONE, packets[packet_id].shares_count, packets[packet_id].total_minor, 0, now),
        )
        for packet_id in sorted(full)
    ]
    await outbox.publish(tx, [*events, *ended_now], now)


async def _answer_others(
    tx: Tx,
    requests: Sequence[GrabRequest],
    places: Sequence[int],
    packets: dict[str, Packet],
    persons: dict[str, str],
    invited: set[Pair],
    results: Results,
    now: datetime,
) -> None:
    """Say why the others have no share, or that this very request had one. Packets are as this transaction left them."""
    packet_ids = sorted({requests[place].packet_id for place in places})
    statuses = await store.statuses(tx, packet_ids)
    pairs = sorted({(requests[place].packet_id, persons[requests[place].member_id]) for place in places})
    held = await store.held(tx, pairs)
    for place in places:
        request = requests[place]
        packet = packets[request.packet_id]
        mine = held.get((request.packet_id, persons[request.member_id]))
        results[place] = _repeat(request, mine, packet) or rules.judge(
            packet,
            statuses[request.packet_id],
            mine,
            request.member_id,
            (request.packet_id, request.member_id) in invited,
            now,
        )


def _repeat(request: GrabRequest, mine: Held | None, packet: Packet) -> Replay | Refusal | None:
    """Return the answer again when this key got the share, a conflict when it came with another body."""
    if mine is None or mine.intent is None or request.key is None:
        return None
    if mine.intent == request.key.intent:
        return Replay(rules.as_grab(mine, packet.currency))
    return IdempotencyConflict() if mine.intent[:16] == request.key.digest else None


async def _remember(tx: Tx, packets: dict[str, Packet], statuses: dict[str, Status]) -> None:
    """Remember packets that were seen ended by others' commits, so that who comes next is refused without a look.

    Packets for listed members are not: no crowd comes to them, and who was not invited should hear that first.
    """
    for packet_id, status in statuses.items():
        packet = packets[packet_id]
        if status is Status.OPEN or packet.is_listed or packet_id in ended:
            continue
        refusal = AllGone() if status is Status.GONE else PacketOver(expires_at=packet.expires_at)
        ended.remember(packet_id, refusal, await store.members_with_shares(tx, packet_id))
