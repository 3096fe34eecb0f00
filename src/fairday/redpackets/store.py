"""Run the queries of red packets; one thin typed function each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg

from fairday.kernel import arrays
from fairday.kernel.sql import Queries
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.redpackets.types import GrabRequest, Held, Mode, Moving, Packet, SendLimit, Status

sql = Queries("fairday.redpackets")
_NO_INTENT = bytes(32)
KNOWN_MAX = 10_000
_known: dict[str, Packet] = {}
"""Packets by id: what never changes of them is read once a process."""


async def send_limits(tx: Tx) -> dict[str, SendLimit]:
    """Return what members may send, by currency."""
    rows = await tx.fetch(sql.send_limits)
    return {
        row["currency"]: SendLimit(
            currency=row["currency"], total_max_minor=row["total_max_minor"], shares_max=row["shares_max"]
        )
        for row in rows
    }


async def put_send_limit(tx: Tx, limit: SendLimit) -> None:
    """Set what members may send in one currency; packets that were sent stay."""
    await tx.execute(sql.put_send_limit, limit.currency, limit.total_max_minor, limit.shares_max)


async def insert_packets(
    tx: Tx, made: Sequence[Packet], sent_by: Sequence[str], totals_max: Sequence[int | None], now: datetime
) -> None:
    """Insert packets; each comes with who sent it and the limit it was sent under."""
    await tx.execute(
        sql.insert_packets,
        [one.packet_id for one in made],
        [one.shares_count for one in made],
        [one.total_minor for one in made],
        [one.starts_at for one in made],
        [one.expires_at for one in made],
        list(totals_max),
    )
    await tx.execute(
        sql.insert_terms,
        [one.packet_id for one in made],
        [one.member_id for one in made],
        [one.budget for one in made],
        list(sent_by),
        [one.mode.value for one in made],
        [one.message for one in made],
        [one.currency for one in made],
        [one.is_listed for one in made],
        [one.luckiest_place for one in made],
        now,
    )


async def insert_shares(tx: Tx, rows: Iterable[tuple[str, int, int, int]]) -> None:
    """Insert shares: (packet, place, amount, sum of the shares up to it)."""
    await tx.copy_records_to_table(
        "share",
        schema_name="redpackets",
        columns=("packet_id", "place", "amount_minor", "through_minor"),
        records=rows,
    )


async def insert_invited(tx: Tx, pairs: Sequence[tuple[str, str]]) -> None:
    """Insert who may grab: (packet, member)."""
    await tx.execute(sql.insert_invited, [one for one, _ in pairs], [one for _, one in pairs])


async def packets(tx: Tx, packet_ids: Sequence[str]) -> dict[str, Packet]:
    """Return packets by id; those that were read before are remembered."""
    missing = [packet_id for packet_id in packet_ids if packet_id not in _known]
    found = {packet_id: _known[packet_id] for packet_id in packet_ids if packet_id in _known}
    if missing:
        read = {row["packet_id"]: _packet(row) for row in await tx.fetch(sql.packets, missing)}
        if len(_known) + len(read) > KNOWN_MAX:
            _known.clear()
        _known.update(read)
        found |= read
    return found


def _packet(row: Any) -> Packet:
    values = dict(row)
    return Packet(**(values | {"mode": Mode(values["mode"])}))


async def statuses(tx: Tx, packet_ids: Sequence[str]) -> dict[str, Status]:
    """Return the status of packets; from here on the transaction walks by keys."""
    return {row[0]: Status(row[1]) for row in await tx.fetch(sql.statuses, packet_ids)}


async def moving(tx: Tx, packet_ids: Sequence[str]) -> dict[str, Moving]:
    """Return what moves of packets, by id."""
    return {row["packet_id"]: _moving(row) for row in await tx.fetch(sql.moving, packet_ids)}


def _moving(row: Any) -> Moving:
    return Moving(
        Status(row["status"]),
        row["taken_count"],
        row["taken_minor"],
        row["returned_minor"],
        row["ended_at"],
    )


async def invitations(tx: Tx, pairs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of (packet, member) that are invited."""
    rows = await tx.fetch(sql.invitations, [one for one, _ in pairs], [one for _, one in pairs])
    return {(row[0], row[1]) for row in rows}


async def invited(tx: Tx, packet_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return all (packet, member) that packets invite."""
    return [(row[0], row[1]) for row in await tx.fetch(sql.invited, packet_ids)]


async def grab(
    tx: Tx, requests: Sequence[GrabRequest], persons: Mapping[str, str], now: datetime, *, is_late: bool
) -> dict[tuple[str, str], tuple[int, int]]:
    """Give the next shares to those of `requests` whose persons have none; return (place, amount) by packet and person.

    A person stands at most once for a packet in `requests`. `is_late` is noted: the wallets are credited afterwards. Raises: RetryTransaction when a person got a share elsewhere meanwhile.
    """
    try:
        rows = await tx.fetch(
            sql.grab,
            arrays.texts([one.packet_id for one in requests]),
            arrays.texts([one.member_id for one in requests]),
            arrays.texts([persons[one.member_id] for one in requests]),
            now,
            b"".join([_NO_INTENT if one.key is None else one.key.intent for one in requests]),
            is_late,
        )
    except asyncpg.UniqueViolationError:
        raise RetryTransaction from None
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


async def held(tx: Tx, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Held]:
    """Return what persons had, by (packet, person)."""
    rows = await tx.fetch(sql.held, [one for one, _ in pairs], [one for _, one in pairs])
    return {(row["packet_id"], row["person_id"]): Held(*row) for row in rows}


async def members_with_shares(tx: Tx, packet_id: str) -> frozenset[str]:
    """Return the members that had a share of a packet."""
    text: str = await tx.fetchval(sql.members_with_shares, packet_id)
    return frozenset(text.split(",")) if text else frozenset()


async def expire(tx: Tx, now: datetime, limit: int) -> dict[str, Moving]:
    """End packets past their time and return them as they are now."""
    await tx.execute("SET LOCAL enable_seqscan = off")  # packets are locked in key order
    return {row["packet_id"]: _moving(row) for row in await tx.fetch(sql.expire, now, limit)}


async def grabs(tx: Tx, packet_id: str, before_place: int, limit: int) -> list[Held]:
    """Return the grabs of a packet, the last ones first."""
    return [Held(*row) for row in await tx.fetch(sql.grabs, packet_id, before_place, limit)]


async def sent(tx: Tx, member_id: str | None, before_id: str, limit: int) -> list[str]:
    """Return the packets that a member (None: campaigns) sent, the newest first."""
    if member_id is None:
        return [row[0] for row in await tx.fetch(sql.sent_of_campaigns, before_id, limit)]
    return [row[0] for row in await tx.fetch(sql.sent_of_member, member_id, before_id, limit)]


async def grabbed(tx: Tx, member_id: str, before_id: str, limit: int) -> list[Held]:
    """Return the grabs of a member, of the newest packets first."""
    return [Held(*row) for row in await tx.fetch(sql.grabbed_of_member, member_id, before_id, limit)]


async def held_by_member(tx: Tx, member_id: str, packet_ids: Sequence[str]) -> dict[str, Held]:
    """Return what a member had, by packet."""
    rows = await tx.fetch(sql.held_by_member, member_id, packet_ids)
    return {row["packet_id"]: Held(*row) for row in rows}
