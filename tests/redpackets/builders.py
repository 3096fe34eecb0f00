"""Send and grab packets through the room's own verbs, and look at what the books say afterwards."""

import json
from datetime import datetime
from typing import Any

from fairday.kernel.errors import Refusal
from fairday.kernel.events import Recorded
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import Allotment
from fairday.members.types import Member
from fairday.redpackets import service
from fairday.redpackets.invariants import INVARIANTS
from fairday.redpackets.types import Grab, GrabRequest, Mode, PacketBody, PacketView

OPERATOR = Principal("acc_operator", Role.OPERATOR, "ses_operator")


def as_asker(member: Member) -> Principal:
    """Return a member as who asks."""
    return Principal(member.account_id, Role.MEMBER, "ses_x", member_id=member.member_id)


def body(total_minor: int = 1_000, shares_count: int = 10, **more: Any) -> PacketBody:
    """Return a lucky packet in yuan."""
    return PacketBody(
        **({"total_minor": total_minor, "shares_count": shares_count, "mode": Mode.LUCKY} | more)
    )


async def send_by(
    tx: Tx, by: Principal, now: datetime, wanted: PacketBody | None = None, **more: Any
) -> PacketView | Refusal:
    """Send one packet and return what was answered."""
    [answer] = await service.send(tx, [service.prepare(wanted or body(**more), by)], now)
    return answer


async def sent(tx: Tx, member: Member, now: datetime, **more: Any) -> PacketView:
    """Send a member's packet, which must be funded."""
    answer = await send_by(tx, as_asker(member), now, **more)
    assert isinstance(answer, PacketView), answer
    return answer


async def sent_by_campaign(tx: Tx, now: datetime, **more: Any) -> PacketView:
    """Send a packet from a campaign's budget that holds just its total."""
    budget = new_id("bud").replace("_", "-")
    wanted = body(**more, budget=budget)
    await ledger.allot(tx, Allotment(new_id("trf"), budget, wanted.currency, wanted.total_minor), now)
    answer = await send_by(tx, OPERATOR, now, wanted)
    assert isinstance(answer, PacketView), answer
    return answer


async def grab_one(tx: Tx, packet_id: str, member: Member, now: datetime, **more: Any) -> Grab | Refusal:
    """Ask for one share."""
    [answer] = await service.grab(tx, [GrabRequest(packet_id, member.member_id, **more)], now)
    return answer


async def balance(tx: Tx, account_id: str) -> int:
    """Return what an account holds in yuan."""
    return (await ledger.balances(tx, [account_id], "CNY"))[account_id].posted_minor


async def recorded(tx: Tx, packet_id: str, *types: str) -> list[Recorded]:
    """Return the events of a packet as a reaction reads them."""
    rows = await tx.fetch(
        "SELECT event_id, type, happened_at, data::text FROM kernel.event WHERE subject = $1 ORDER BY xid, id",
        packet_id,
    )
    return [
        Recorded(
            1, 1, row["event_id"], row["type"], packet_id, None, row["happened_at"], row["happened_at"],
            json.loads(row["data"]),
        )
        for row in rows
        if not types or row["type"] in types
    ]  # fmt: skip


async def packets_hold(tx: Any) -> None:
    """Check every invariant of packets on everything that is there."""
    for invariant in INVARIANTS:
        assert await tx.fetch(invariant.query) == [], invariant.promise
