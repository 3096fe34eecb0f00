"""Register shoppers and keep what they agreed to: the door for everyone else."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, Session
from fairday.kernel import outbox
from fairday.kernel.errors import NotFound
from fairday.kernel.http.principal import Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.members import store
from fairday.members.addresses import owned as owned_addresses
from fairday.members.errors import AlreadyRegistered
from fairday.members.events import ConsentChanged, Registered
from fairday.members.types import Consent, Member, MemberDraft, Purpose, SandboxMembers, SignUp

__all__ = [
    "change_consent", "consents", "get", "members", "owned_addresses", "person_ids", "register", "register_all", "rename", "sandbox", "sign_up",
]  # fmt: skip

SESSION_TTL_S = 30 * 24 * 3600


async def register(tx: Tx, draft: MemberDraft, now: datetime) -> Member:
    """Make a member, its account and, for a phone not seen before, its person. Raises: BadPhone."""
    [member] = await register_all(tx, [draft], now)
    return member


async def register_all(tx: Tx, drafts: Sequence[MemberDraft], now: datetime) -> list[Member]:
    """Make many members in a few statements, in the same order; drafts with one phone share one person.

    Raises: BadPhone.
    """
    hashes = await identity.phone_hashes(tx, [draft.phone for draft in drafts])
    persons = await store.persons(tx, {one: new_id("per") for one in hashes}, now)
    member_ids = [new_id("mem") for _ in drafts]
    accounts = await identity.create_accounts(
        tx,
        [
            AccountDraft(role=Role.MEMBER, name=draft.nickname, phone=draft.phone, member_id=member_id)
            for draft, member_id in zip(drafts, member_ids, strict=True)
        ],
        now,
    )
    made = [
        Member(member_id, account.account_id, persons[phone_hash], draft.nickname, phone_hash)
        for member_id, account, draft, phone_hash in zip(member_ids, accounts, drafts, hashes, strict=True)
    ]
    await store.insert_members(tx, made, now)
    agreed = [
        (member.member_id, purpose, draft.wording)
        for member, draft in zip(made, drafts, strict=True)
        for purpose in sorted(set(draft.consents))
    ]
    if agreed:
        await store.add_consents(tx, agreed, True, now)
    events = [Registered(member_id=member.member_id, person_id=member.person_id) for member in made]
    await outbox.publish(tx, events, now)
    return made


async def sign_up(
    tx: Tx, draft: SignUp, proof: tuple[bytes, bytes], now: datetime
) -> tuple[Member, str, Session]:
    """Register by a phone code that `identity.try_phone_code` judged right; return (member, token, session).

    Raises: AlreadyRegistered (the code stays good), WrongCode when it was used meanwhile.
    """
    phone_hash, code_hash = proof
    await store.persons(tx, {phone_hash: new_id("per")}, now)
    person_id = await store.lock_person(tx, phone_hash)
    if await store.count_members(tx, person_id):
        raise AlreadyRegistered()
    await identity.use_phone_code(tx, phone_hash, code_hash)
    member = await register(
        tx,
        MemberDraft(
            nickname=draft.nickname,
            phone=draft.phone,
            consents=tuple(draft.consents),
            wording=draft.wording,
        ),
        now,
    )
    token, session = await identity.open_session(tx, member.account_id, ttl_s=SESSION_TTL_S, now=now)
    return member, token, session


async def sandbox(tx: Tx, wanted: SandboxMembers, now: datetime) -> list[tuple[Member, str, Session]]:
    """Make members with sessions for a drill: phones in a range that no operator gives out."""
    phones = [f"+999{secrets.randbelow(10**11):011d}" for _ in range(-(-wanted.count // wanted.per_person))]
    drafts = [
        MemberDraft(nickname=f"{wanted.nickname} {place + 1}", phone=phones[place // wanted.per_person])
        for place in range(wanted.count)
    ]
    made = await register_all(tx, drafts, now)
    opened = await identity.open_sessions(
        tx, [member.account_id for member in made], ttl_s=SESSION_TTL_S, now=now
    )
    return [(member, *pair) for member, pair in zip(made, opened, strict=True)]


async def members(tx: Tx, ids: Sequence[str]) -> dict[str, Member]:
    """Return the members among `ids` by id."""
    return {member.member_id: member for member in await store.members(tx, sorted(set(ids)))}


async def get(tx: Tx, member_id: str) -> Member:
    """Return a member. Raises: NotFound."""
    found = await store.members(tx, [member_id])
    if not found:
        raise NotFound(what="member")
    return found[0]


async def person_ids(tx: Tx, member_ids: Sequence[str]) -> dict[str, str]:
    """Return the natural person of each member; unknown members are left out."""
    return await store.person_ids(tx, sorted(set(member_ids)))


async def rename(tx: Tx, member_id: str, nickname: str, now: datetime) -> Member:
    """Change a member's nickname. Raises: NotFound."""
    account_id = await store.set_nickname(tx, member_id, nickname)
    if account_id is None:
        raise NotFound(what="member")
    await identity.rename(tx, account_id, nickname)
    return await get(tx, member_id)


async def consents(tx: Tx, member_id: str) -> list[Consent]:
    """Return what stands for each purpose; a purpose that was never asked about is not there: no consent."""
    return await store.consents(tx, member_id)


async def change_consent(
    tx: Tx, member_id: str, purpose: Purpose, is_given: bool, wording: str, now: datetime
) -> list[Consent]:
    """Give or withdraw consent; what stands already adds nothing to the log."""
    before = {consent.purpose: consent for consent in await store.consents(tx, member_id)}
    last = before.get(purpose)
    is_same = last is not None and (last.is_given, last.wording) == (is_given, wording)
    if is_same or (last is None and not is_given):
        return list(before.values())
    await store.add_consents(tx, [(member_id, purpose, wording)], is_given, now)
    event = ConsentChanged(member_id=member_id, purpose=purpose, is_given=is_given)
    await outbox.publish(tx, [event], now)
    return await store.consents(tx, member_id)
