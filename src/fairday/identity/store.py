"""Run identity's queries: one thin typed function each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from fairday.identity.types import (
    Account,
    ApiKey,
    Merchant,
    MerchantProfile,
    Message,
    Session,
    Shop,
    Status,
    Tier,
)
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.identity")


class NewAccount(msgspec.Struct, frozen=True):
    """Hold the row of a new account."""

    account_id: str
    role: str
    name: str
    login: str | None
    password_hash: str | None
    pin_hash: str | None
    phone_hash: bytes | None
    merchant_id: str | None
    store_id: str | None
    member_id: str | None


async def principals(tx: Tx, hashes: Sequence[bytes]) -> list[tuple[bytes, Principal, float]]:
    """Return (token hash, principal, seconds left) of the tokens that are good now."""
    rows = await tx.fetch(sql.find_principals, hashes)
    return [
        (
            row["token_hash"],
            Principal(
                account_id=row["account_id"],
                role=Role(row["role"]),
                session_id=row["session_id"],
                merchant_id=row["merchant_id"],
                store_id=row["store_id"],
                till_id=row["till_id"],
                member_id=row["member_id"],
                name=row["name"],
                scopes=None if row["scopes"] is None else frozenset(row["scopes"]),
                needs_pin=row["needs_pin"],
                pin_free_minor=row["pin_free_minor"],
                pin_free_currency=row["pin_free_currency"],
            ),
            row["left_s"],
        )
        for row in rows
    ]


async def insert_merchant(tx: Tx, merchant: Merchant, now: datetime) -> bool:
    """Insert; False when the external id is taken."""
    made = await tx.fetchval(
        sql.insert_merchant,
        merchant.merchant_id,
        merchant.external_id,
        merchant.name,
        merchant.name_en,
        merchant.tier,
        now,
    )
    return made is not None


async def merchants(tx: Tx, ids: Sequence[str]) -> list[Merchant]:
    """Return the merchants among `ids`."""
    return [_merchant(row) for row in await tx.fetch(sql.find_merchants, ids)]


async def merchant_by_external_id(tx: Tx, external_id: str) -> Merchant | None:
    """Return the merchant with that external id."""
    row = await tx.fetchrow(sql.find_merchant_by_external_id, external_id)
    return None if row is None else _merchant(row)


async def profile(tx: Tx, merchant_id: str) -> MerchantProfile | None:
    """Return what shoppers read of an active merchant."""
    row = await tx.fetchrow(sql.find_profile, merchant_id)
    return None if row is None else MerchantProfile(**dict(row))


async def change_merchant(
    tx: Tx,
    merchant_id: str,
    texts: Sequence[str | None],
    logo: tuple[bool, str | None],
) -> None:
    """Set what is not None of (name, name_en, story, story_en); `logo` is (whether to set it, value)."""
    await tx.execute(sql.change_merchant, merchant_id, *texts, *logo)


async def set_tier(tx: Tx, merchant_id: str, tier: Tier) -> None:
    """Set how much a merchant may do."""
    await tx.execute(sql.set_tier, merchant_id, tier)


async def owners_by_phone(tx: Tx, phone_hash: bytes) -> list[str]:
    """Return the active owner's account of a phone's shop: none or one."""
    return [row["account_id"] for row in await tx.fetch(sql.find_owner_by_phone, phone_hash)]


async def list_shops(tx: Tx, after: str, limit: int) -> list[Shop]:
    """Return active merchants as shoppers see them, by id."""
    return [Shop(**row) for row in await tx.fetch(sql.list_shops, after, limit)]


async def list_merchants(tx: Tx, after: str, limit: int) -> list[Merchant]:
    """Return merchants in id order after `after`."""
    return [_merchant(row) for row in await tx.fetch(sql.list_merchants, after, limit)]


async def insert_accounts(tx: Tx, accounts: Sequence[NewAccount], now: datetime) -> set[str]:
    """Insert and return the ids made; one whose login is taken is left out."""
    columns = [[getattr(account, name) for account in accounts] for name in NewAccount.__struct_fields__]
    return {row["account_id"] for row in await tx.fetch(sql.insert_accounts, *columns, now)}


async def accounts(tx: Tx, ids: Sequence[str]) -> list[Account]:
    """Return the accounts among `ids`."""
    return [_account(row) for row in await tx.fetch(sql.find_accounts, ids)]


async def list_accounts(tx: Tx, merchant_id: str, after: str, limit: int) -> list[Account]:
    """Return a merchant's staff in id order after `after`."""
    return [_account(row) for row in await tx.fetch(sql.list_accounts, merchant_id, after, limit)]


async def by_login(tx: Tx, login: str) -> tuple[str, Role, str | None, Status] | None:
    """Return (account id, role, password hash, status) of a login."""
    row = await tx.fetchrow(sql.find_by_login, login)
    return (
        None
        if row is None
        else (row["account_id"], Role(row["role"]), row["password_hash"], Status(row["status"]))
    )


async def members_by_phone(tx: Tx, phone_hash: bytes) -> list[str]:
    """Return the active member accounts of a phone, the oldest first."""
    return [row["account_id"] for row in await tx.fetch(sql.find_members_by_phone, phone_hash)]


async def count_operators(tx: Tx) -> int:
    """Return how many active operators there are, holding the bootstrap lock until the transaction ends."""
    await tx.execute(sql.lock_bootstrap)
    return int(await tx.fetchval(sql.count_operators))


async def change_account(
    tx: Tx,
    account_id: str,
    name: str | None,
    status: str | None,
    store_id: tuple[bool, str | None],
    password_hash: str | None,
    pin_hash: str | None,
) -> Account | None:
    """Set what is not None; `store_id` is (whether to set it, value)."""
    row = await tx.fetchrow(
        sql.change_account, account_id, name, status, store_id[0], store_id[1], password_hash, pin_hash
    )
    return None if row is None else _account(row)


async def change_name(tx: Tx, account_id: str, name: str) -> bool:
    """Set an account's name; its sessions stay."""
    return await tx.fetchval(sql.change_name, account_id, name) is not None


async def close_accounts(tx: Tx, ids: Sequence[str]) -> None:
    """Close accounts."""
    await tx.execute(sql.close_accounts, ids)


async def pin_hash(tx: Tx, account_id: str) -> str | None:
    """Return the PIN hash of an active account."""
    row = await tx.fetchrow(sql.find_pin, account_id)
    return row["pin_hash"] if row is not None and row["status"] == Status.ACTIVE else None


async def insert_sessions(
    tx: Tx, rows: Sequence[tuple[bytes, str, str]], ttl_s: float, till_id: str | None = None
) -> list[Session]:
    """Insert sessions of (token hash, session id, account id), living `ttl_s` of real seconds, in the same order."""
    made = await tx.fetch(sql.insert_sessions, *_three(rows), till_id, None, None, float(ttl_s))
    return [Session(row["session_id"], row["account_id"], row["expires_at"]) for row in made]


async def insert_key(
    tx: Tx, token_hash: bytes, key_id: str, account: Account, name: str, scopes: list[str], ttl_s: float
) -> ApiKey:
    """Insert an API key."""
    row = await tx.fetchrow(
        sql.insert_sessions, [token_hash], [key_id], [account.account_id], None, name, scopes, float(ttl_s)
    )
    assert row is not None
    return ApiKey(
        key_id,
        name,
        scopes,
        account.account_id,
        account.merchant_id,
        row["created_at"],
        row["expires_at"],
        False,
    )


async def revoke_session(tx: Tx, session_id: str) -> str | None:
    """Revoke a session or key and return its account, or None when it was not live."""
    account_id: str | None = await tx.fetchval(sql.revoke_session, session_id)
    return account_id


async def end_sessions(tx: Tx, account_ids: Sequence[str]) -> None:
    """Revoke the sessions (not the keys) of accounts."""
    await tx.execute(sql.end_sessions, account_ids)


async def announce_revoked(tx: Tx, account_ids: Sequence[str]) -> None:
    """Tell every process, at commit, to forget what it knows of these accounts ("*" for all)."""
    await tx.execute(sql.announce_revoked, account_ids)


async def list_keys(tx: Tx, merchant_id: str | None, role: Role) -> list[ApiKey]:
    """Return the newest 200 keys of a merchant's accounts (None: operators')."""
    rows = await tx.fetch(sql.list_keys, merchant_id, role)
    return [ApiKey(**dict(row)) for row in rows]


async def find_key(tx: Tx, key_id: str) -> tuple[str | None, Role] | None:
    """Return (merchant id, role) of the account behind a key."""
    row = await tx.fetchrow(sql.find_key, key_id)
    return None if row is None else (row["merchant_id"], Role(row["role"]))


async def take_attempt(tx: Tx, subject: str, window_s: float) -> tuple[int, float]:
    """Count one more attempt on `subject` and return (attempts in this window, seconds left of it)."""
    row = await tx.fetchrow(sql.take_attempt, subject, float(window_s))
    assert row is not None
    return row["attempt_count"], row["left_s"]


async def give_attempt_back(tx: Tx, subject: str, window_s: float) -> None:
    """Uncount an attempt that was right."""
    await tx.execute(sql.give_attempt_back, subject, float(window_s))


async def sweep(tx: Tx) -> int:
    """Delete attempts, codes and sessions that are long over; return how many."""
    done = [await tx.execute(query) for query in (sql.sweep_attempts, sql.sweep_codes, sql.sweep_sessions)]
    return sum(int(text.rpartition(" ")[2]) for text in done)


async def secret(tx: Tx, name: str) -> bytes:
    """Return a key of this database."""
    value: bytes = await tx.fetchval(sql.get_secret, name)
    return value


async def put_phone_code(tx: Tx, phone_hash: bytes, code_hash: bytes, ttl_s: float, pause_s: float) -> bool:
    """Store a new code; False when the last one is younger than `pause_s`."""
    return (
        await tx.fetchval(sql.put_phone_code, phone_hash, code_hash, float(ttl_s), float(pause_s)) is not None
    )


async def take_code_try(tx: Tx, phone_hash: bytes, tries_max: int) -> bytes | None:
    """Count a try of a phone's live code and return its hash, or None when there is none or the tries are used up."""
    code_hash: bytes | None = await tx.fetchval(sql.take_code_try, phone_hash, tries_max)
    return code_hash


async def use_code(tx: Tx, phone_hash: bytes, code_hash: bytes) -> bool:
    """Use up a code; False when another request did."""
    return await tx.fetchval(sql.use_code, phone_hash, code_hash) is not None


async def insert_message(tx: Tx, phone: str, text: str) -> None:
    """Keep a message for the sandbox to show."""
    await tx.execute(sql.insert_message, phone, text)


async def messages(tx: Tx, limit: int) -> list[Message]:
    """Return the newest sandbox messages."""
    return [Message(**dict(row)) for row in await tx.fetch(sql.list_messages, limit)]


def _three(rows: Sequence[tuple[bytes, str, str]]) -> tuple[list[bytes], list[str], list[str]]:
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def _merchant(row: Any) -> Merchant:
    return Merchant(
        row["merchant_id"],
        row["name"],
        row["name_en"],
        Status(row["status"]),
        row["external_id"],
        Tier(row["tier"]),
    )


def _account(row: Any) -> Account:
    return Account(**(dict(row) | {"role": Role(row["role"]), "status": Status(row["status"])}))
