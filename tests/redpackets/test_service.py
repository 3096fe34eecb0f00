"""Packets in the database: the money's way, each refusal, repeats, the end."""

from datetime import datetime, timedelta

import asyncpg
import pytest

from fairday.kernel.errors import IdempotencyConflict
from fairday.kernel.keys import Key
from fairday.kernel.lanes import Replay
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import TopUp
from fairday.members import service as members
from fairday.members.types import Member, MemberDraft
from fairday.redpackets import crediting, errors, service
from fairday.redpackets.types import TTL, Grab, GrabRequest, Mode, SendLimit, State
from tests.checkout import city
from tests.redpackets.builders import (
    OPERATOR,
    as_asker,
    balance,
    body,
    grab_one,
    packets_hold,
    recorded,
    send_by,
    sent,
    sent_by_campaign,
)

Now = datetime
MICRO = timedelta(microseconds=1)


async def people(tx: Tx, now: Now, count: int, minor: int = 100_000) -> list[Member]:
    return await city.shoppers(tx, now, count, minor)


def wallet(member: Member) -> str:
    return f"wallet:{member.member_id}"


async def test_a_packet_goes_from_one_wallet_to_others_exactly(tx: Tx, now: Now) -> None:
    sender, *others = await people(tx, now, 4, 2_000)
    packet = await sent(tx, sender, now, total_minor=1_001, shares_count=3, message="恭喜发财")
    assert (packet.state, packet.is_mine, packet.total_minor, packet.taken_count) == (
        State.OPEN,
        True,
        1_001,
        0,
    )
    assert packet.expires_at == now + TTL
    assert await balance(tx, wallet(sender)) == 999
    assert await balance(tx, f"packet:{packet.packet_id}") == 1_001
    had = []
    for member in others:
        grab = await grab_one(tx, packet.packet_id, member, now)
        assert isinstance(grab, Grab)
        had.append(grab.amount_minor)
        assert await balance(tx, wallet(member)) == 2_000 + grab.amount_minor
    assert sum(had) == 1_001
    assert await balance(tx, f"packet:{packet.packet_id}") == 0
    seen = await service.see(tx, packet.packet_id, service.Viewer(others[0].member_id), now)
    assert (seen.state, seen.taken_minor, seen.mine and seen.mine.amount_minor) == (State.GONE, 1_001, had[0])
    lines = await service.grabs(tx, packet.packet_id, service.Viewer(others[0].member_id), None, 10)
    assert [line.place for line in lines] == [3, 2, 1]
    [best] = [line for line in lines if line.is_luckiest]
    assert best.amount_minor == max(had)
    assert [line.is_mine for line in lines] == [False, False, True]
    assert isinstance(await grab_one(tx, packet.packet_id, sender, now), errors.AllGone)
    events = await tx.fetch(
        "SELECT type FROM kernel.event WHERE subject = $1 ORDER BY xid, id", packet.packet_id
    )
    assert [row["type"].partition(".")[2] for row in events] == [
        "Sent", "Grabbed", "Grabbed", "Grabbed", "Ended",
    ]  # fmt: skip
    await packets_hold(tx)


async def test_sums_are_told_only_to_those_they_concern(tx: Tx, now: Now) -> None:
    sender, friend, stranger = await people(tx, now, 3)
    packet = await sent(tx, sender, now)
    grab = await grab_one(tx, packet.packet_id, friend, now)
    assert isinstance(grab, Grab)
    for member, is_told in ((sender, True), (friend, True), (stranger, False)):
        seen = await service.see(tx, packet.packet_id, service.Viewer(member.member_id), now)
        assert (seen.total_minor is not None, seen.taken_minor is not None) == (is_told, is_told)
        assert seen.sender_name == sender.nickname
    assert (await service.see(tx, packet.packet_id, service.Viewer(None, True), now)).total_minor == 1_000


async def test_one_share_a_natural_person_not_an_account(tx: Tx, now: Now) -> None:
    [sender] = await people(tx, now, 1)
    first, second = await members.register_all(
        tx, [MemberDraft(nickname=name, phone="+8613912345678") for name in ("a", "b")], now
    )
    packet = await sent(tx, sender, now)
    asked = [GrabRequest(packet.packet_id, one.member_id) for one in (first, second, first)]
    grab, *refused = await service.grab(tx, asked, now)
    assert isinstance(grab, Grab)
    for refusal in refused:
        assert isinstance(refusal, errors.AlreadyGrabbed)
        assert refusal.details["amount_minor"] == grab.amount_minor
    assert (await service.see(tx, packet.packet_id, service.Viewer(sender.member_id), now)).taken_count == 1
    await packets_hold(tx)


async def test_a_repeat_is_answered_by_what_it_got(tx: Tx, now: Now) -> None:
    sender, friend = await people(tx, now, 2)
    packet = await sent(tx, sender, now, shares_count=1)
    key = Key(b"d" * 16, b"b" * 16)
    request = GrabRequest(packet.packet_id, friend.member_id, key)
    [grab] = await service.grab_once(tx, [request], now)
    [again] = await service.grab_once(tx, [request], now + TTL)
    assert again == Replay(grab)
    other = GrabRequest(packet.packet_id, friend.member_id, Key(b"d" * 16, b"x" * 16))
    [conflict] = await service.grab_once(tx, [other], now)
    assert isinstance(conflict, IdempotencyConflict)
    new = GrabRequest(packet.packet_id, friend.member_id, Key(b"e" * 16, b"b" * 16))
    [had] = await service.grab_once(tx, [new], now)
    assert isinstance(had, errors.AlreadyGrabbed)


async def test_a_batch_gives_in_order_of_arrival_until_nothing_is_left(tx: Tx, now: Now) -> None:
    sender, *crowd = await people(tx, now, 6)
    one = await sent(tx, sender, now, total_minor=30, shares_count=3, mode=Mode.EQUAL)
    two = await sent(tx, sender, now, total_minor=100, shares_count=2, mode=Mode.EQUAL)
    asked = [GrabRequest(packet.packet_id, member.member_id) for member in crowd for packet in (one, two)]
    asked.append(GrabRequest("pkt_none", crowd[0].member_id))
    answers = await service.grab(tx, asked, now)
    assert [a.place for a in answers[0:10:2] if isinstance(a, Grab)] == [1, 2, 3]
    assert [a.place for a in answers[1:10:2] if isinstance(a, Grab)] == [1, 2]
    assert [type(a) for a in answers[6:10]] == [errors.AllGone] * 4
    assert isinstance(answers[10], errors.PacketUnknown)
    await packets_hold(tx)


async def test_only_the_listed_grab_and_see(tx: Tx, now: Now) -> None:
    sender, friend, stranger = await people(tx, now, 3)
    packet = await sent(tx, sender, now, member_ids=[friend.member_id])
    assert isinstance(await grab_one(tx, packet.packet_id, stranger, now), errors.NotInvited)
    with pytest.raises(errors.PacketUnknown):
        await service.see(tx, packet.packet_id, service.Viewer(stranger.member_id), now)
    with pytest.raises(errors.PacketUnknown):
        await service.grabs(tx, packet.packet_id, service.Viewer(stranger.member_id), None, 10)
    assert isinstance(await grab_one(tx, packet.packet_id, friend, now), Grab)
    assert await service.invited(tx, [packet.packet_id]) == [(packet.packet_id, friend.member_id)]
    refusal = await send_by(tx, as_asker(sender), now, member_ids=["mem_none", friend.member_id])
    assert isinstance(refusal, errors.InvitedUnknown)
    assert refusal.details["member_ids"] == ["mem_none"]
    await packets_hold(tx)


async def test_a_rain_game_opens_at_its_instant(tx: Tx, now: Now) -> None:
    [sender, friend] = await people(tx, now, 2)
    starts_at = now + timedelta(hours=1)
    packet = await sent(tx, sender, now, starts_at=starts_at)
    assert (packet.state, packet.expires_at) == (State.WAITING, starts_at + TTL)
    early = await grab_one(tx, packet.packet_id, friend, starts_at - MICRO)
    assert isinstance(early, errors.PacketNotStarted)
    assert early.details["starts_at"] == starts_at
    assert isinstance(await grab_one(tx, packet.packet_id, friend, starts_at), Grab)


@pytest.mark.parametrize("taken", [0, 2])
async def test_the_rest_goes_back_to_its_source_once(tx: Tx, now: Now, taken: int) -> None:
    sender, *others = await people(tx, now, 4, 5_000)
    packet = await sent(tx, sender, now, total_minor=900, shares_count=3)
    had = [await grab_one(tx, packet.packet_id, one, now) for one in others[:taken]]
    given = sum(one.amount_minor for one in had if isinstance(one, Grab))
    ends = now + TTL
    await service.expire(tx, ends - MICRO)
    mine = service.Viewer(sender.member_id)
    assert (await service.see(tx, packet.packet_id, mine, ends - MICRO)).ended_at is None
    assert isinstance(await grab_one(tx, packet.packet_id, others[2], ends), errors.PacketOver)
    assert await service.expire(tx, ends) >= 1
    assert await service.expire(tx, ends) == 0
    assert await balance(tx, wallet(sender)) == 5_000 - given
    assert await balance(tx, f"packet:{packet.packet_id}") == 0
    seen = await service.see(tx, packet.packet_id, mine, ends)
    assert (seen.state, seen.taken_minor, seen.returned_minor) == (State.OVER, given, 900 - given)
    assert isinstance(await grab_one(tx, packet.packet_id, others[2], ends), errors.PacketOver)
    lines = await service.grabs(tx, packet.packet_id, service.Viewer(sender.member_id), None, 10)
    assert not any(line.is_luckiest for line in lines)
    await packets_hold(tx)


async def test_a_campaign_gives_no_more_than_its_budget(tx: Tx, now: Now) -> None:
    [friend] = await people(tx, now, 1)
    marketing = await balance(tx, "platform:marketing")
    packet = await sent_by_campaign(tx, now, total_minor=500_000, shares_count=300)
    assert await balance(tx, "platform:marketing") == marketing - 500_000
    assert (packet.sender_name, packet.is_mine) == (None, True)
    refusal = await send_by(tx, OPERATOR, now, total_minor=10, budget=packet.budget)
    assert isinstance(refusal, errors.PacketUnfunded)
    assert (refusal.details["left_minor"], refusal.details["needed_minor"]) == (0, 10)
    assert isinstance(await grab_one(tx, packet.packet_id, friend, now), Grab)
    await service.expire(tx, now + TTL)
    seen = await service.see(tx, packet.packet_id, service.Viewer(None, True), now + TTL)
    assert await balance(tx, f"campaign:{packet.budget}") == seen.returned_minor
    [left] = [one for one in await ledger.campaign_budgets(tx) if one.budget == packet.budget]
    assert left.left_minor == seen.returned_minor
    assert (await service.sent(tx, service.Viewer(None, True), None, 1, now))[0].packet_id == packet.packet_id
    audited = await tx.fetchval(
        "SELECT count(*) FROM kernel.audit WHERE account_id = $1", OPERATOR.account_id
    )
    assert audited >= 1
    await packets_hold(tx)


async def test_members_send_within_limits_and_means(tx: Tx, now: Now) -> None:
    [sender] = await people(tx, now, 1, 15_000)
    asker = as_asker(sender)
    for wanted, refusal in (
        (body(currency="USD"), errors.PacketCurrency),
        (body(20_001), errors.PacketTooLarge),
        (body(1_000, 101), errors.PacketTooLarge),
        (body(20_000), errors.PacketUnfunded),
    ):
        assert isinstance(await send_by(tx, asker, now, wanted), refusal)
    # Two at once that the wallet covers only one by one: the first has it, and the second's shares are not kept.
    both = [service.prepare(body(9_000), asker) for _ in range(2)]
    first, second = await service.send(tx, both, now)
    assert isinstance(second, errors.PacketUnfunded)
    assert not isinstance(first, errors.PacketUnfunded)
    await service.set_limit(tx, SendLimit(currency="USD", total_max_minor=500, shares_max=5), now)
    await ledger.top_up(tx, [TopUp("trf_usd", sender.member_id, "USD", 500)], now)
    assert not isinstance(await send_by(tx, asker, now, body(500, 5, currency="USD")), Exception)
    await packets_hold(tx)


async def test_lists_of_what_one_sent_and_had(tx: Tx, now: Now) -> None:
    sender, friend = await people(tx, now, 2)
    sent_ids = [
        (await sent(tx, sender, now, total_minor=60, shares_count=n, message=f"m{n}")).packet_id
        for n in (1, 2, 3)
    ]
    for packet_id in sent_ids:
        await grab_one(tx, packet_id, friend, now)
    mine = await service.sent(tx, service.Viewer(sender.member_id), None, 10, now)
    assert {one.packet_id for one in mine} == set(sent_ids)
    assert {one.state for one in mine} == {State.GONE, State.OPEN}
    had = await service.grabbed(tx, friend.member_id, None, 2)
    more = await service.grabbed(tx, friend.member_id, had[-1].packet_id, 2)
    assert {one.packet_id for one in (*had, *more)} == set(sent_ids)
    assert had[0].sender_name == sender.nickname


async def test_in_a_rush_wallets_are_credited_a_moment_later_and_once(
    tx: Tx, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crediting, "AT_ONCE_MAX", 2)
    sender, *crowd = await people(tx, now, 5, 0)
    await ledger.top_up(tx, [TopUp("trf_rush", sender.member_id, "CNY", 1_000)], now)
    packet = await sent(tx, sender, now, shares_count=5)
    asked = [GrabRequest(packet.packet_id, one.member_id) for one in crowd]
    grabs = await service.grab(tx, asked[:3], now)
    assert [await balance(tx, wallet(one)) for one in crowd[:3]] == [0, 0, 0]
    assert isinstance(await grab_one(tx, packet.packet_id, crowd[3], now), Grab)
    assert await balance(tx, wallet(crowd[3])) > 0
    await packets_hold(tx)
    await service.expire(tx, now + TTL)
    log = await recorded(tx, packet.packet_id, "redpackets.Grabbed")
    for _ in range(2):
        await crediting.credit_late(tx, log, now)
    assert [await balance(tx, wallet(one)) for one in crowd[:3]] == [
        one.amount_minor for one in grabs if isinstance(one, Grab)
    ]
    assert await balance(tx, f"packet:{packet.packet_id}") == 0
    await packets_hold(tx)


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE redpackets.packet SET taken_count = shares_count + 1 WHERE packet_id = $1",
        "UPDATE redpackets.packet SET status = 'expired', ended_at = now(), returned_minor = 0 WHERE packet_id = $1",
        "UPDATE redpackets.packet SET total_max_minor = 1 WHERE packet_id = $1",
        "INSERT INTO redpackets.share VALUES ($1, 11, 0, 1000)",
        "INSERT INTO redpackets.grab (packet_id, place, person_id, member_id, amount_minor, grabbed_at, is_late)"
        " SELECT $1, 2, person_id, 'mem_other', 1, now(), false FROM redpackets.grab WHERE packet_id = $1",
        "INSERT INTO redpackets.grab (packet_id, place, person_id, member_id, amount_minor, grabbed_at, is_late)"
        " SELECT $1, 1, 'per_other', 'mem_other', 1, now(), false",
        "UPDATE redpackets.share SET amount_minor = amount_minor + 1 WHERE packet_id = $1",
        "DELETE FROM redpackets.grab WHERE packet_id = $1",
    ],
)
async def test_the_database_guards_what_the_rules_promise(tx: Tx, now: Now, wrong: str) -> None:
    sender, friend = await people(tx, now, 2)
    packet = await sent(tx, sender, now)
    await grab_one(tx, packet.packet_id, friend, now)
    with pytest.raises(asyncpg.PostgresError):
        await tx.execute(wrong, packet.packet_id)


async def test_the_packets_account_never_gives_what_it_has_not(tx: Tx, now: Now) -> None:
    """The books are the second guard of the shares: were these more than the total, the grab would not commit."""
    sender, friend = await people(tx, now, 2)
    packet = await sent(tx, sender, now, shares_count=1)
    await tx.execute("SET LOCAL session_replication_role = replica")
    await tx.execute(
        "UPDATE redpackets.share SET amount_minor = 1001, through_minor = 1001 WHERE packet_id = $1",
        packet.packet_id,
    )
    with pytest.raises(AssertionError, match="does not hold"):
        await grab_one(tx, packet.packet_id, friend, now)
