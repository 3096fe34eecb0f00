"""Make merchants and accounts; sessions, keys, codes and PINs in a rolled-back transaction."""

from datetime import datetime

import pytest

from fairday.identity import rules, service, store
from fairday.identity.errors import (
    BadPhone,
    ExternalIdTaken,
    LoginTaken,
    MerchantClosed,
    ScopeNotYours,
    WeakPassword,
    WrongCode,
    WrongPin,
)
from fairday.identity.types import AccountChange, AccountDraft, Merchant, MerchantDraft, Status
from fairday.kernel.errors import NotFound, TooManyRequests
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from tests.identity.windows import begin_in_one_window


async def a_merchant(tx: Tx, now: datetime) -> Merchant:
    """Return a merchant of its own."""
    return await service.create_merchant(tx, MerchantDraft(name="灯笼百货", external_id=new_id("ext")), now)


async def principal_of(tx: Tx, token: str) -> Principal | None:
    """Return who holds a token now."""
    found = await store.principals(tx, [rules.hash_token(token)])
    return found[0][1] if found else None


async def events(tx: Tx, subject: str) -> list[str]:
    """Return the types of events of a subject."""
    rows = await tx.fetch("SELECT type FROM kernel.event WHERE subject = $1 ORDER BY id", subject)
    return [row["type"] for row in rows]


async def test_a_merchant_is_found_by_both_ids(tx: Tx, now: datetime) -> None:
    made = await a_merchant(tx, now)
    assert made.name_en == "灯笼百货"
    assert (await service.merchants(tx, [made.merchant_id, "mer_none"])) == {made.merchant_id: made}
    assert made.external_id is not None
    assert await service.merchant_by_external_id(tx, made.external_id) == made
    assert await events(tx, made.merchant_id) == ["identity.MerchantCreated"]
    with pytest.raises(ExternalIdTaken):
        await service.create_merchant(tx, MerchantDraft(name="x", external_id=made.external_id), now)


async def test_a_login_is_taken_once_whatever_its_case(tx: Tx, now: datetime) -> None:
    merchant = await a_merchant(tx, now)
    login = f"Shop.{merchant.merchant_id}"[:60]
    draft = AccountDraft(
        role=Role.MERCHANT,
        name="n",
        login=login,
        password="paper lamp river",
        merchant_id=merchant.merchant_id,
    )
    account = await service.create_account(tx, draft, now)
    assert account.login == login.lower()
    assert await events(tx, account.account_id) == ["identity.AccountCreated"]
    with pytest.raises(LoginTaken):
        await service.create_account(tx, draft, now)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"merchant_id": "mer_none"}, NotFound),
        ({"password": "password1"}, WeakPassword),
        ({"phone": "12"}, BadPhone),
    ],
)
async def test_bad_accounts_are_refused(
    tx: Tx, now: datetime, change: dict[str, str], refusal: type[Exception]
) -> None:
    merchant = await a_merchant(tx, now)
    fields: dict[str, object] = {
        "role": Role.MERCHANT,
        "name": "n",
        "merchant_id": merchant.merchant_id,
    } | change
    with pytest.raises(refusal):
        await service.create_account(tx, AccountDraft(**fields), now)


async def test_a_closed_merchant_takes_no_staff_and_signs_nobody_in(tx: Tx, now: datetime) -> None:
    merchant = await a_merchant(tx, now)
    draft = AccountDraft(role=Role.CLERK, name="Mei", merchant_id=merchant.merchant_id)
    account = await service.create_account(tx, draft, now)
    token, _ = await service.open_session(tx, account.account_id, ttl_s=60, now=now)
    assert await principal_of(tx, token) is not None
    await tx.execute(
        "UPDATE identity.merchant SET status = 'closed' WHERE merchant_id = $1", merchant.merchant_id
    )
    assert await principal_of(tx, token) is None
    with pytest.raises(MerchantClosed):
        await service.create_account(tx, draft, now)


async def test_a_session_carries_what_its_account_is_bound_to(tx: Tx, now: datetime) -> None:
    merchant = await a_merchant(tx, now)
    draft = AccountDraft(role=Role.CLERK, name="Mei", merchant_id=merchant.merchant_id, store_id="sto_1")
    account = await service.create_account(tx, draft, now)
    token, session = await service.open_session(tx, account.account_id, till_id="til_1", ttl_s=60, now=now)
    who = await principal_of(tx, token)
    assert who == Principal(
        account_id=account.account_id,
        role=Role.CLERK,
        session_id=session.session_id,
        merchant_id=merchant.merchant_id,
        store_id="sto_1",
        till_id="til_1",
        name="Mei",
    )
    assert token not in str(
        await tx.fetch("SELECT * FROM identity.session WHERE session_id = $1", session.session_id)
    )


@pytest.mark.parametrize("how", ["revoked", "ended", "closed", "new pin", "moved", "expired"])
async def test_a_session_ends_at_once(tx: Tx, now: datetime, how: str) -> None:
    merchant = await a_merchant(tx, now)
    account = await service.create_account(
        tx, AccountDraft(role=Role.CLERK, name="Mei", merchant_id=merchant.merchant_id), now
    )
    token, session = await service.open_session(tx, account.account_id, ttl_s=60, now=now)
    if how == "revoked":
        assert await service.revoke_session(tx, session.session_id)
        assert not await service.revoke_session(tx, session.session_id)
    elif how == "ended":
        await service.end_sessions(tx, [account.account_id])
    elif how == "closed":
        await service.change_account(tx, account.account_id, AccountChange(status=Status.CLOSED), now)
    elif how == "new pin":
        await service.change_account(tx, account.account_id, AccountChange(pin="274913"), now)
    elif how == "moved":
        await service.change_account(tx, account.account_id, AccountChange(store_id="sto_2"), now)
    else:
        await tx.execute(
            "UPDATE identity.session SET created_at = created_at - interval '1 hour', expires_at = clock_timestamp()"
            " WHERE session_id = $1",
            session.session_id,
        )
    assert await principal_of(tx, token) is None


async def test_a_new_name_ends_nothing(tx: Tx, now: datetime) -> None:
    merchant = await a_merchant(tx, now)
    account = await service.create_account(
        tx, AccountDraft(role=Role.CLERK, name="Mei", merchant_id=merchant.merchant_id), now
    )
    token, _ = await service.open_session(tx, account.account_id, ttl_s=60, now=now)
    await service.change_account(tx, account.account_id, AccountChange(name="Lin"), now)
    who = await principal_of(tx, token)
    assert who is not None
    assert who.name == "Lin"


async def test_a_key_acts_within_its_scopes_and_gives_no_more(tx: Tx, now: datetime) -> None:
    merchant = await a_merchant(tx, now)
    account = await service.create_account(
        tx, AccountDraft(role=Role.MERCHANT, name="n", merchant_id=merchant.merchant_id), now
    )
    token, _ = await service.open_session(tx, account.account_id, ttl_s=60, now=now)
    who = await principal_of(tx, token)
    assert who is not None
    secret, key = await service.create_key(
        tx, who, "ERP", ["stock:write", "identity:write", "stock:write"], 30, now
    )
    assert key.scopes == ["identity:write", "stock:write"]
    by_key = await principal_of(tx, secret)
    assert by_key is not None
    assert by_key.scopes == {"stock:write", "identity:write"}
    with pytest.raises(ScopeNotYours):
        await service.create_key(tx, by_key, "more", ["orders:read"], 30, now)
    stranger = Principal(account_id="acc_x", role=Role.MERCHANT, session_id="ses_x", merchant_id="mer_x")
    with pytest.raises(NotFound):
        await service.revoke_key(tx, stranger, key.key_id)
    await service.revoke_key(tx, who, key.key_id)
    assert await principal_of(tx, secret) is None


async def test_five_wrong_pins_and_the_clerk_waits(tx: Tx, now: datetime) -> None:
    await begin_in_one_window()
    merchant = await a_merchant(tx, now)
    draft = AccountDraft(role=Role.CLERK, name="Mei", pin="274913", merchant_id=merchant.merchant_id)
    account = await service.create_account(tx, draft, now)
    for _ in range(3):
        await service.check_pin(tx, account.account_id, "274913")
    for _ in range(5):
        with pytest.raises(WrongPin):
            await service.check_pin(tx, account.account_id, "000000")
    with pytest.raises(TooManyRequests):
        await service.check_pin(tx, account.account_id, "274913")


async def test_a_phone_code_is_used_once(tx: Tx, now: datetime) -> None:
    [phone_hash] = await service.phone_hashes(tx, ["13800138000"])
    assert await store.put_phone_code(tx, phone_hash, b"c" * 32, 600, 60)
    assert not await store.put_phone_code(tx, phone_hash, b"d" * 32, 600, 60), "one code a minute"
    for _ in range(5):
        assert await store.take_code_try(tx, phone_hash, 5) == b"c" * 32
    assert await store.take_code_try(tx, phone_hash, 5) is None
    await service.use_phone_code(tx, phone_hash, b"c" * 32)
    with pytest.raises(WrongCode):
        await service.use_phone_code(tx, phone_hash, b"c" * 32)
    assert await store.put_phone_code(tx, phone_hash, b"d" * 32, 600, 60), "a used code makes room"


async def test_bulk_accounts_and_sessions_keep_their_order(tx: Tx, now: datetime) -> None:
    drafts = [AccountDraft(role=Role.MEMBER, name=f"m{n}", member_id=new_id("mem")) for n in range(50)]
    accounts = await service.create_accounts(tx, drafts, now)
    assert [account.member_id for account in accounts] == [draft.member_id for draft in drafts]
    opened = await service.open_sessions(tx, [account.account_id for account in accounts], ttl_s=60, now=now)
    for account, (token, session) in zip(accounts, opened, strict=True):
        assert session.account_id == account.account_id
        who = await principal_of(tx, token)
        assert who is not None
        assert who.member_id == account.member_id


async def test_the_first_operator_is_made_once(tx: Tx, now: datetime) -> None:
    await tx.execute("UPDATE identity.account SET status = 'closed' WHERE role = 'operator'")
    made = await service.bootstrap_operator(tx, f"op-{new_id('x')}"[:40], "paper lamp river", now)
    assert made is not None
    assert made.role is Role.OPERATOR
    assert await service.bootstrap_operator(tx, "second", "paper lamp river", now) is None


async def test_what_is_over_is_swept(tx: Tx) -> None:
    await tx.execute("INSERT INTO identity.attempt VALUES ('old', clock_timestamp() - interval '3 days', 1)")
    assert await store.sweep(tx) >= 1
