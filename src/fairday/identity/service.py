"""Make merchants and accounts, open and end sessions, issue keys: identity's door for everyone else.

Sign-in by people (passwords, phone codes, PINs, limits) is in `sign_in`; what is here is done by those already trusted.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.identity import rules, store
from fairday.identity.errors import ExternalIdTaken, LoginTaken, MerchantClosed, ScopeNotYours
from fairday.identity.events import AccountChanged, AccountCreated, MerchantCreated
from fairday.identity.payment_pins import allow as allow_payment
from fairday.identity.payment_pins import allow_showing
from fairday.identity.rules import STAFF_TTL_S
from fairday.identity.sessions import EVERYONE
from fairday.identity.sign_in import check_pin, try_phone_code, use_phone_code, verify_pin
from fairday.identity.sign_in import count as count_attempts
from fairday.identity.slow_hash import slow_hash
from fairday.identity.types import (
    Account,
    AccountChange,
    AccountDraft,
    ApiKey,
    Merchant,
    MerchantChange,
    MerchantDraft,
    MerchantProfile,
    Session,
    Status,
    Tier,
)
from fairday.kernel import outbox
from fairday.kernel.errors import NotFound
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx

__all__ = [
    "STAFF_TTL_S",
    "account_by_login",
    "allow_payment",
    "allow_showing",
    "bootstrap_operator",
    "change_account",
    "change_merchant",
    "check_pin",
    "close_accounts",
    "count_attempts",
    "create_account",
    "create_accounts",
    "create_key",
    "create_merchant",
    "end_replaced",
    "end_sessions",
    "get_account",
    "members_of_phone",
    "merchant_by_external_id",
    "merchants",
    "names",
    "open_session",
    "open_sessions",
    "owner_of_phone",
    "phone_hashes",
    "profile",
    "rename",
    "revoke_key",
    "revoke_session",
    "set_tier",
    "try_phone_code",
    "use_phone_code",
    "verify_pin",
]  # fmt: skip

_ANNOUNCED_ONE_BY_ONE = 100


async def create_merchant(
    tx: Tx, draft: MerchantDraft, now: datetime, *, tier: Tier = Tier.STANDARD
) -> Merchant:
    """Make a merchant. Raises: ExternalIdTaken."""
    merchant = Merchant(
        new_id("mer"), draft.name, draft.name_en or draft.name, Status.ACTIVE, draft.external_id, tier
    )
    if not await store.insert_merchant(tx, merchant, now):
        raise ExternalIdTaken(external_id=draft.external_id)
    event = MerchantCreated(merchant_id=merchant.merchant_id, name=merchant.name, name_en=merchant.name_en)
    await outbox.publish(tx, [event], now)
    return merchant


async def merchants(tx: Tx, ids: Sequence[str]) -> dict[str, Merchant]:
    """Return the merchants among `ids` by id."""
    return {merchant.merchant_id: merchant for merchant in await store.merchants(tx, sorted(set(ids)))}


async def merchant_by_external_id(tx: Tx, external_id: str) -> Merchant | None:
    """Return the merchant with that external id, or None."""
    return await store.merchant_by_external_id(tx, external_id)


async def profile(tx: Tx, merchant_id: str) -> MerchantProfile:
    """Return what shoppers read of an active merchant. Raises: NotFound."""
    found = await store.profile(tx, merchant_id)
    if found is None:
        raise NotFound(what="merchant")
    return found


async def change_merchant(tx: Tx, merchant_id: str, change: MerchantChange) -> MerchantProfile:
    """Change what shoppers read of a merchant. Raises: NotFound."""
    texts = [
        None if (value := getattr(change, name)) is msgspec.UNSET else value
        for name in ("name", "name_en", "story", "story_en")
    ]
    logo = (False, None) if change.logo is msgspec.UNSET else (True, change.logo)
    await store.change_merchant(tx, merchant_id, texts, logo)
    return await profile(tx, merchant_id)


async def set_tier(tx: Tx, merchant_id: str, tier: Tier) -> None:
    """Set how much a merchant may do; its coupons are judged by it from the next change on."""
    await store.set_tier(tx, merchant_id, tier)


async def owner_of_phone(tx: Tx, phone_hash: bytes) -> str | None:
    """Return the account of the owner whose shop was opened with this phone, or None."""
    found = await store.owners_by_phone(tx, phone_hash)
    return found[0] if found else None


async def create_account(tx: Tx, draft: AccountDraft, now: datetime) -> Account:
    """Make an account of any role; a password or PIN is hashed in a thread (about 30 ms each).

    Raises: BadPhone, WeakPassword, LoginTaken, NotFound or MerchantClosed for its merchant.
    """
    if draft.merchant_id is not None:
        merchant = (await merchants(tx, [draft.merchant_id])).get(draft.merchant_id)
        if merchant is None:
            raise NotFound(what="merchant")
        if merchant.status is not Status.ACTIVE:
            raise MerchantClosed()
    login = None if draft.login is None else draft.login.lower()
    password_hash = pin_hash = None
    if draft.password is not None:
        rules.check_password(draft.password, login)
        password_hash = await slow_hash.make(draft.password)
    if draft.pin is not None:
        pin_hash = await slow_hash.make(draft.pin)
    [row] = await _rows(tx, [draft])
    row = msgspec.structs.replace(row, password_hash=password_hash, pin_hash=pin_hash)
    if not await store.insert_accounts(tx, [row], now):
        raise LoginTaken(login=login)
    if draft.role is not Role.MEMBER:
        event = AccountCreated(account_id=row.account_id, role=draft.role, merchant_id=draft.merchant_id)
        await outbox.publish(tx, [event], now)
    return _account(row)


async def create_accounts(tx: Tx, drafts: Sequence[AccountDraft], now: datetime) -> list[Account]:
    """Make many accounts in one statement, in the same order; for those without login, password and PIN."""
    assert all(draft.login is draft.password is draft.pin is None for draft in drafts), "bulk has no secrets"
    rows = await _rows(tx, drafts)
    made = await store.insert_accounts(tx, rows, now)
    assert len(made) == len(rows)
    return [_account(row) for row in rows]


async def get_account(tx: Tx, account_id: str) -> Account:
    """Return an account. Raises: NotFound."""
    found = await store.accounts(tx, [account_id])
    if not found:
        raise NotFound(what="account")
    return found[0]


async def names(tx: Tx, account_ids: Sequence[str]) -> dict[str, str]:
    """Return the names of those accounts that there are."""
    found = await store.accounts(tx, sorted(set(account_ids))) if account_ids else []
    return {one.account_id: one.name for one in found}


async def account_by_login(tx: Tx, login: str) -> Account | None:
    """Return the account with that login, or None; for trusted callers, who do not tell a guesser which it was."""
    found = await store.by_login(tx, login.lower())
    return None if found is None else await get_account(tx, found[0])


async def change_account(tx: Tx, account_id: str, change: AccountChange, now: datetime) -> Account:
    """Change staff. Closing, another store or a new secret ends the account's sessions at once (ASVS 8.3.2).

    Raises: NotFound, WeakPassword.
    """
    before = await get_account(tx, account_id)
    password_hash = pin_hash = None
    if change.password is not msgspec.UNSET:
        rules.check_password(change.password, before.login)
        password_hash = await slow_hash.make(change.password)
    if change.pin is not msgspec.UNSET:
        pin_hash = await slow_hash.make(change.pin)
    after = await store.change_account(
        tx,
        account_id,
        None if change.name is msgspec.UNSET else change.name,
        None if change.status is msgspec.UNSET else change.status,
        (False, None) if change.store_id is msgspec.UNSET else (True, change.store_id),
        password_hash,
        pin_hash,
    )
    assert after is not None
    if password_hash or pin_hash or after.status != before.status or after.store_id != before.store_id:
        await end_sessions(tx, [account_id])
        event = AccountChanged(
            account_id=account_id, role=after.role, merchant_id=after.merchant_id, status=after.status
        )
        await outbox.publish(tx, [event], now)
    return after


async def rename(tx: Tx, account_id: str, name: str) -> None:
    """Change only the name of an account; its sessions stay. Raises: NotFound."""
    if not await store.change_name(tx, account_id, name):
        raise NotFound(what="account")
    await store.announce_revoked(tx, [account_id])


async def close_accounts(tx: Tx, account_ids: Sequence[str], now: datetime) -> None:
    """Close accounts and end their sessions and keys at once."""
    await store.close_accounts(tx, sorted(set(account_ids)))
    await end_sessions(tx, account_ids)


async def open_session(
    tx: Tx, account_id: str, *, till_id: str | None = None, ttl_s: float, now: datetime
) -> tuple[str, Session]:
    """Open a session of `ttl_s` real seconds and return (token, session); the token is not stored and not shown again."""
    token = rules.new_token(rules.SESSION_PREFIX)
    row = (rules.hash_token(token), new_id("ses"), account_id)
    [session] = await store.insert_sessions(tx, [row], ttl_s, till_id)
    return token, session


async def open_sessions(
    tx: Tx, account_ids: Sequence[str], *, ttl_s: float, now: datetime
) -> list[tuple[str, Session]]:
    """Open one session for each account in one statement, in the same order."""
    tokens = [rules.new_token(rules.SESSION_PREFIX) for _ in account_ids]
    rows = [
        (rules.hash_token(token), new_id("ses"), account_id)
        for token, account_id in zip(tokens, account_ids, strict=True)
    ]
    made = {session.session_id: session for session in await store.insert_sessions(tx, rows, ttl_s)}
    return [(token, made[row[1]]) for token, row in zip(tokens, rows, strict=True)]


async def revoke_session(tx: Tx, session_id: str) -> bool:
    """End a session or key at once in every process; False when it was not live."""
    account_id = await store.revoke_session(tx, session_id)
    if account_id is not None:
        await store.announce_revoked(tx, [account_id])
    return account_id is not None


async def end_replaced(database: Database, before: Principal | None) -> None:
    """End the session that a page held until it signed in anew: its cookie is gone, so nobody else should hold it (ASVS 7.2.4)."""

    if before is not None:
        async with database.transaction() as (tx, _):
            await revoke_session(tx, before.session_id)


async def end_sessions(tx: Tx, account_ids: Sequence[str]) -> None:
    """End all sessions of accounts at once in every process (for example a till that is unpaired)."""
    ids = sorted(set(account_ids))
    await store.end_sessions(tx, ids)
    await store.announce_revoked(tx, ids if len(ids) <= _ANNOUNCED_ONE_BY_ONE else [EVERYONE])


async def create_key(
    tx: Tx, by: Principal, name: str, scopes: Sequence[str], ttl_days: int, now: datetime
) -> tuple[str, ApiKey]:
    """Issue an API key that acts as the asker's account within `scopes`; its secret is given once.

    Raises: ScopeNotYours when a key asks for more than it has.
    """
    wanted = sorted(set(scopes))
    if by.scopes is not None and not by.scopes.issuperset(wanted):
        raise ScopeNotYours(scopes=", ".join(sorted(by.scopes)))
    secret = rules.new_token(rules.KEY_PREFIX)
    account = await get_account(tx, by.account_id)
    key = await store.insert_key(
        tx, rules.hash_token(secret), new_id("key"), account, name, wanted, ttl_days * 86_400
    )
    return secret, key


async def revoke_key(tx: Tx, by: Principal, key_id: str) -> None:
    """Revoke a key of the asker's merchant (operators: any). Raises: NotFound for unknown ones and other people's."""
    found = await store.find_key(tx, key_id)
    if found is None or not (by.is_operator or (found[0] is not None and found[0] == by.merchant_id)):
        raise NotFound(what="key")
    await revoke_session(tx, key_id)


async def phone_hashes(tx: Tx, phones: Sequence[str]) -> list[bytes]:
    """Return the keyed hashes of phones, in the same order. Raises: BadPhone."""
    key = await store.secret(tx, "phone")
    return [rules.hash_phone(key, rules.normal_phone(phone)) for phone in phones]


async def members_of_phone(tx: Tx, phone: str) -> list[str]:
    """Return the ids of the active members with this phone. Raises: BadPhone."""
    [phone_hash] = await phone_hashes(tx, [phone])
    found = await store.accounts(tx, await store.members_by_phone(tx, phone_hash))
    return [one.member_id for one in found if one.member_id is not None]


async def bootstrap_operator(tx: Tx, login: str, password: str, now: datetime) -> Account | None:
    """Make the first operator; None when there is one already, so that it is safe at every start."""
    if await store.count_operators(tx):
        return None
    return await create_account(
        tx, AccountDraft(role=Role.OPERATOR, name=login, login=login, password=password), now
    )


async def _rows(tx: Tx, drafts: Sequence[AccountDraft]) -> list[store.NewAccount]:
    phones = [draft.phone for draft in drafts if draft.phone is not None]
    hashes = iter(await phone_hashes(tx, phones) if phones else ())
    return [
        store.NewAccount(
            account_id=new_id("acc"),
            role=draft.role,
            name=draft.name,
            login=None if draft.login is None else draft.login.lower(),
            password_hash=None,
            pin_hash=None,
            phone_hash=None if draft.phone is None else next(hashes),
            merchant_id=draft.merchant_id,
            store_id=draft.store_id,
            member_id=draft.member_id,
        )
        for draft in drafts
    ]


def _account(row: store.NewAccount) -> Account:
    return Account(
        row.account_id, Role(row.role), row.name, row.login, row.merchant_id, row.store_id, row.member_id
    )
