"""Share a total, and decide who may have a share: pure functions of what was read, the instant and a source of chance."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime

from fairday.kernel.errors import Refusal
from fairday.redpackets.errors import (
    AllGone,
    AlreadyGrabbed,
    NotInvited,
    PacketNotStarted,
    PacketOver,
    PacketTooLarge,
    PacketUnknown,
)
from fairday.redpackets.types import (
    STARTS_WITHIN,
    Grab,
    Held,
    Mode,
    Packet,
    PacketBody,
    SendLimit,
    State,
    Status,
)

TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.OPEN: frozenset({Status.GONE, Status.EXPIRED}),
    Status.GONE: frozenset(),
    Status.EXPIRED: frozenset(),
}
"""Which status follows which; the statements `grab` and `expire` move from OPEN only."""


def account_of(packet_id: str) -> str:
    """Return the account that holds a packet's money between send and grab."""
    return f"packet:{packet_id}"


def source_of(member_id: str | None, budget: str | None) -> str:
    """Return the account that a packet is paid from, and that its rest goes back to. Source: R63, R64."""
    return f"wallet:{member_id}" if member_id is not None else f"campaign:{budget}"


def input_errors(body: PacketBody, is_member: bool, now: datetime) -> list[str]:
    """Return everything that contradicts itself in what is asked; empty when nothing does."""
    errors = []
    if body.total_minor < body.shares_count:
        errors.append(f"total_minor: {body.shares_count} shares need at least as many minor units")
    if is_member and body.budget is not None:
        errors.append("budget: members pay from their wallets")
    if not is_member and body.budget is None:
        errors.append("budget: name the campaign's budget that pays")
    if len(set(body.member_ids)) != len(body.member_ids):
        errors.append("member_ids: somebody stands twice")
    if body.starts_at is not None:
        if body.starts_at.tzinfo is None:
            errors.append("starts_at: needs a time zone")
        elif not now <= body.starts_at <= now + STARTS_WITHIN:
            errors.append(f"starts_at: must be within {STARTS_WITHIN.days} days from now")
    return errors


def over_limit(body: PacketBody, limit: SendLimit) -> PacketTooLarge | None:
    """Return the refusal of a member's packet that is larger than allowed. Source: R63."""
    if body.total_minor <= limit.total_max_minor and body.shares_count <= limit.shares_max:
        return None
    return PacketTooLarge(
        total_max_minor=limit.total_max_minor, shares_max=limit.shares_max, currency=limit.currency
    )


def equal_shares(total_minor: int, count: int) -> list[int]:
    """Floor each share and give the rest one minor unit each, the first ones first. Source: R60."""
    share, larger = divmod(total_minor, count)
    return [share + 1] * larger + [share] * (count - larger)


def lucky_shares(total_minor: int, count: int, chance: random.Random) -> list[int]:
    """Draw each share up to twice the average of what is left, leaving one minor unit for each that follows. Source: R60.

    In the order of drawing, where the last ones are the luckiest more often (R61): give them out by `shares`.
    """
    amounts = []
    left_minor = total_minor
    for others in range(count - 1, 0, -1):
        most = min(2 * left_minor // (others + 1), left_minor - others)
        amount = chance.randint(1, most)
        amounts.append(amount)
        left_minor -= amount
    amounts.append(left_minor)
    return amounts


def shares(mode: Mode, total_minor: int, count: int, chance: random.Random) -> tuple[list[int], int]:
    """Make the shares of a packet, shuffled so that no place is better, and return them with the luckiest's place.

    Places count from 1; of several equal largest ones chance names the luckiest. Source: R60-R62, I43.
    """
    assert 1 <= count <= total_minor, (count, total_minor)
    if mode is Mode.LUCKY:
        amounts = lucky_shares(total_minor, count, chance)
    else:
        amounts = equal_shares(total_minor, count)
    chance.shuffle(amounts)
    assert sum(amounts) == total_minor, "shares do not sum to the total"
    assert min(amounts) >= 1, "a share is nothing"
    most = max(amounts)
    luckiest = chance.choice([place for place, amount in enumerate(amounts, 1) if amount == most])
    return amounts, luckiest


def state_of(packet: Packet, status: Status, now: datetime) -> State:
    """Return what a person finds now; time decides, whether or not the rest has gone back already."""
    if status is Status.GONE:
        return State.GONE
    if status is Status.EXPIRED or now >= packet.expires_at:
        return State.OVER
    return State.WAITING if now < packet.starts_at else State.OPEN


def judge(
    packet: Packet | None, status: Status, held: Held | None, member_id: str, is_invited: bool, now: datetime
) -> Refusal | None:
    """Return why a member has no share, in the order of `errors`, or None.

    `held` is what their person had. Once all is gone, an account of theirs that had nothing hears that it is gone: so says
    the process that remembers only the accounts that had something.
    """
    if packet is None:
        return PacketUnknown()
    if packet.is_listed and not is_invited:
        return NotInvited()
    state = state_of(packet, status, now)
    if held is not None and (held.member_id == member_id or state in (State.OPEN, State.WAITING)):
        return AlreadyGrabbed(
            amount_minor=held.amount_minor,
            currency=packet.currency,
            place=held.place,
            grabbed_at=held.grabbed_at,
        )
    if state is State.WAITING:
        return PacketNotStarted(starts_at=packet.starts_at)
    if state is State.GONE:
        return AllGone()
    return PacketOver(expires_at=packet.expires_at) if state is State.OVER else None


def as_grab(held: Held, currency: str) -> Grab:
    """Return a grab as it was answered when it was made."""
    return Grab(held.packet_id, held.place, held.amount_minor, currency, held.grabbed_at)


def luckiest_shown(packet: Packet, status: Status) -> int | None:
    """Return the luckiest's place once it may be told: all shares of a lucky packet were had."""
    is_told = packet.mode is Mode.LUCKY and status is Status.GONE and packet.shares_count > 1
    return packet.luckiest_place if is_told else None


def running_sums(amounts: Sequence[int]) -> list[int]:
    """Return for each place what the shares up to it come to."""
    sums, sum_minor = [], 0
    for amount in amounts:
        sum_minor += amount
        sums.append(sum_minor)
    return sums
