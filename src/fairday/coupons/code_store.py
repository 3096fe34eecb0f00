"""Run the queries of codes and their keys, one thin typed function each."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fairday.coupons.codes import SigningKey
from fairday.coupons.store import sql
from fairday.coupons.types import CodeKey
from fairday.kernel.tx import Tx


async def publish_key(tx: Tx, kid: str, public: bytes, now: datetime) -> None:
    """Make a public key known; once it is, this writes nothing."""
    await tx.execute(sql.insert_code_key, kid, public, now)


async def keys(tx: Tx) -> list[CodeKey]:
    """Return all keys, oldest first."""
    return [_key(row) for row in await tx.fetch(sql.code_keys)]


async def public_keys(tx: Tx, own: SigningKey) -> dict[str, bytes]:
    """Return the keys that verify codes, by kid: those published and not retired, and `own` when not yet published."""
    rows = await tx.fetch(sql.code_keys)
    living = {row["kid"]: row["public_key"] for row in rows if row["retired_at"] is None}
    return living if any(row["kid"] == own.kid for row in rows) else living | {own.kid: own.public}


async def keys_of_time(tx: Tx, own: SigningKey) -> list[tuple[str, bytes, datetime | None]]:
    """Return (kid, public key, when it was retired) of all keys, `own` too: for codes that were shown in the past."""
    rows = [(row["kid"], row["public_key"], row["retired_at"]) for row in await tx.fetch(sql.code_keys)]
    return rows if any(kid == own.kid for kid, _, _ in rows) else [*rows, (own.kid, own.public, None)]


async def retire_key(tx: Tx, kid: str, now: datetime) -> CodeKey | None:
    """Retire a key: codes signed by it are refused from now on. None when there is no such key."""
    row = await tx.fetchrow(sql.retire_code_key, kid, now)
    return None if row is None else _key(row)


async def keep_typed(tx: Tx, code_hash: bytes, claim_id: str, expires_at: datetime) -> bool:
    """Keep a code to type; False when another claim has the same digits."""
    return await tx.fetchval(sql.insert_typed_code, code_hash, claim_id, expires_at) is not None


async def typed(tx: Tx, hashes: Sequence[bytes]) -> dict[bytes, tuple[str, datetime]]:
    """Return claim and end of typed codes by hash."""
    rows = await tx.fetch(sql.typed_codes, hashes)
    return {row["code_hash"]: (row["claim_id"], row["expires_at"]) for row in rows}


async def count_tries(tx: Tx, tries: Mapping[str, int], now: datetime) -> dict[str, int]:
    """Count typed codes of tills in this minute and return each till's count."""
    tills = sorted(tries)
    minute = now.replace(second=0, microsecond=0)
    rows = await tx.fetch(sql.count_tries, tills, minute, [tries[till] for till in tills])
    return {row["till_id"]: row["try_count"] for row in rows}


async def sweep(tx: Tx, now: datetime) -> int:
    """Delete what is past its time."""
    return int(await tx.fetchval(sql.sweep_typed, now))


def _key(row: Any) -> CodeKey:
    public = base64.urlsafe_b64encode(row["public_key"]).decode().rstrip("=")
    return CodeKey(row["kid"], "Ed25519", public, row["created_at"], row["retired_at"])
