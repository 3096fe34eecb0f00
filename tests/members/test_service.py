"""Register shoppers, count persons, keep consents."""

from datetime import datetime, timedelta

import asyncpg
import pytest

from fairday.identity import service as identity
from fairday.identity import store as identity_store
from fairday.identity.errors import BadPhone, WrongCode
from fairday.kernel.errors import NotFound
from fairday.kernel.tx import Tx
from fairday.members import service
from fairday.members.errors import AlreadyRegistered
from fairday.members.types import MemberDraft, Purpose, SandboxMembers, SignUp


async def test_members_with_one_phone_are_one_person(tx: Tx, now: datetime) -> None:
    drafts = [
        MemberDraft(nickname="小满", phone="+8613900001111"),
        MemberDraft(nickname="谷雨", phone="139 0000 1111"),
        MemberDraft(nickname="立秋", phone="+8613900002222"),
    ]
    first, second, third = await service.register_all(tx, drafts, now)
    assert first.person_id == second.person_id != third.person_id
    later = await service.register(tx, MemberDraft(nickname="again", phone="+8613900001111"), now)
    assert later.person_id == first.person_id
    ids = [first.member_id, third.member_id, "mem_none"]
    assert await service.person_ids(tx, ids) == {
        first.member_id: first.person_id,
        third.member_id: third.person_id,
    }
    assert (await service.members(tx, ids))[first.member_id] == first
    account = await identity.get_account(tx, first.account_id)
    assert (account.role, account.member_id) == ("member", first.member_id)
    rows = await tx.fetch("SELECT * FROM members.person WHERE person_id = $1", first.person_id)
    assert "13900001111" not in str(rows)
    kinds = await tx.fetch("SELECT type FROM kernel.event WHERE subject = $1", first.member_id)
    assert [row["type"] for row in kinds] == ["members.Registered"]


async def test_a_bad_phone_registers_nobody(tx: Tx, now: datetime) -> None:
    with pytest.raises(BadPhone):
        await service.register(tx, MemberDraft(nickname="n", phone="123"), now)


async def test_sign_up_takes_one_code_and_one_phone(tx: Tx, now: datetime) -> None:
    [phone_hash] = await identity.phone_hashes(tx, ["+8613900003333"])
    await identity_store.put_phone_code(tx, phone_hash, b"c" * 32, 600, 60)
    wanted = SignUp(phone="+8613900003333", code="123456", nickname="小满", consents=[Purpose.MARKETING])
    with pytest.raises(WrongCode):
        await service.sign_up(tx, wanted, (phone_hash, b"d" * 32), now)
    member, token, session = await service.sign_up(tx, wanted, (phone_hash, b"c" * 32), now)
    assert session.account_id == member.account_id
    assert token.startswith("fds_")
    [consent] = await service.consents(tx, member.member_id)
    assert (consent.purpose, consent.is_given) == (Purpose.MARKETING, True)
    with pytest.raises(AlreadyRegistered):
        await service.sign_up(tx, wanted, (phone_hash, b"c" * 32), now)


async def test_a_sandbox_makes_a_thousand_members_at_once(tx: Tx, now: datetime) -> None:
    made = await service.sandbox(tx, SandboxMembers(count=1000, per_person=4), now)
    assert len({member.member_id for member, _, _ in made}) == len({token for _, token, _ in made}) == 1000
    assert len({member.person_id for member, _, _ in made}) == 250
    for member, _, session in made:
        assert session.account_id == member.account_id


async def test_a_nickname_changes_everywhere(tx: Tx, now: datetime) -> None:
    member = await service.register(tx, MemberDraft(nickname="n", phone="+8613900004444"), now)
    changed = await service.rename(tx, member.member_id, "谷雨", now)
    assert changed.nickname == (await identity.get_account(tx, member.account_id)).name == "谷雨"
    with pytest.raises(NotFound):
        await service.rename(tx, "mem_none", "x", now)


async def test_consent_is_a_log_and_the_newest_stands(tx: Tx, now: datetime) -> None:
    member = await service.register(tx, MemberDraft(nickname="n", phone="+8613900005555"), now)
    member_id = member.member_id
    assert await service.change_consent(tx, member_id, Purpose.LOCATION, False, "1", now) == []
    await service.change_consent(tx, member_id, Purpose.LOCATION, True, "1", now)
    await service.change_consent(tx, member_id, Purpose.LOCATION, True, "1", now)
    later = now + timedelta(days=1)
    [standing] = await service.change_consent(tx, member_id, Purpose.LOCATION, False, "1", later)
    assert (standing.is_given, standing.changed_at) == (False, later)
    assert await tx.fetchval("SELECT count(*) FROM members.consent WHERE member_id = $1", member_id) == 2
    with pytest.raises(asyncpg.RaiseError):
        await tx.execute("UPDATE members.consent SET is_given = true WHERE member_id = $1", member_id)
