"""End packets past their time: what was not had goes back to where it came from, once. Source: R63, I43."""

from datetime import datetime

from fairday.kernel import outbox
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import Posting, TransferDraft
from fairday.redpackets import rules, store
from fairday.redpackets.events import Ended
from fairday.redpackets.types import Moving, Packet

BATCH = 200


async def expire(tx: Tx, now: datetime) -> int:
    """End packets past their time and return their rest; return how many, at most `BATCH`.

    A grab and the end of its packet meet in the packet's row: whichever has it first is whole before the other.
    """
    ended = await store.expire(tx, now, BATCH)
    if not ended:
        return 0
    packets = await store.packets(tx, sorted(ended))
    postings = [
        Posting(
            f"return:{packet_id}",
            packet_id,
            "red_packet_return",
            packet.currency,
            (
                TransferDraft(
                    rules.account_of(packet_id),
                    rules.source_of(packet.member_id, packet.budget),
                    ended[packet_id].returned_minor,
                ),
            ),
        )
        for packet_id, packet in packets.items()
    ]
    for posted in await ledger.post(tx, postings, now):
        assert not isinstance(posted, Refusal), f"a packet does not hold its rest: {posted!r}"
    await outbox.publish(
        tx, [ended_event(packets[packet_id], ended[packet_id]) for packet_id in packets], now
    )
    return len(ended)


def ended_event(packet: Packet, moving: Moving) -> Ended:
    """Return the event that tells how a packet ended."""
    return Ended(
        packet_id=packet.packet_id,
        member_id=packet.member_id,
        status=moving.status,
        currency=packet.currency,
        total_minor=packet.total_minor,
        shares_count=packet.shares_count,
        taken_count=moving.taken_count,
        returned_minor=moving.returned_minor,
    )
