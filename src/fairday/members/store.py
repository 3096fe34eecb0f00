"""Run the queries of members: one thin typed function each."""

from collections.abc import Sequence
from datetime import datetime

from fairday.kernel.sql import Queries
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.members.types import Consent, Member, Purpose

sql = Queries("fairday.members")


async def persons(tx: Tx, phones: dict[bytes, str], now: datetime) -> dict[bytes, str]:
    """Return the person id of each phone hash; a phone not seen before becomes the person proposed for it."""
    hashes = sorted(phones)
    await tx.execute(sql.insert_persons, [phones[one] for one in hashes], hashes, now)
    return {row["phone_hash"]: row["person_id"] for row in await tx.fetch(sql.find_persons, hashes)}


async def lock_person(tx: Tx, phone_hash: bytes) -> str:
    """Hold a person until the transaction ends and return its id."""
    person_id: str = await tx.fetchval(sql.lock_person, phone_hash)
    return person_id


async def count_members(tx: Tx, person_id: str) -> int:
    """Return how many members a person has."""
    return int(await tx.fetchval(sql.count_members, person_id))


async def insert_members(tx: Tx, members: Sequence[Member], now: datetime) -> None:
    """Insert members."""
    columns = [
        [getattr(member, name) for member in members]
        for name in ("member_id", "account_id", "person_id", "nickname")
    ]
    await tx.execute(sql.insert_members, *columns, now)


async def members(tx: Tx, ids: Sequence[str]) -> list[Member]:
    """Return the members among `ids`."""
    return [Member(**dict(row)) for row in await tx.fetch(sql.find_members, ids)]


async def person_ids(tx: Tx, ids: Sequence[str]) -> dict[str, str]:
    """Return the person of each member among `ids`."""
    return {row["member_id"]: row["person_id"] for row in await tx.fetch(sql.find_person_ids, ids)}


async def set_nickname(tx: Tx, member_id: str, nickname: str) -> str | None:
    """Set a nickname and return the member's account."""
    account_id: str | None = await tx.fetchval(sql.set_nickname, member_id, nickname)
    return account_id


async def add_consents(
    tx: Tx, rows: Sequence[tuple[str, Purpose, str]], is_given: bool, now: datetime
) -> None:
    """Append (member, purpose, wording) to the log. Raises: RetryTransaction when another one appended first."""
    made = await tx.fetch(
        sql.insert_consents,
        [row[0] for row in rows],
        [row[1] for row in rows],
        is_given,
        [row[2] for row in rows],
        now,
    )
    if len(made) != len(rows):
        raise RetryTransaction


async def consents(tx: Tx, member_id: str) -> list[Consent]:
    """Return what stands for each purpose the member was asked about."""
    rows = await tx.fetch(sql.standing_consents, member_id)
    return [
        Consent(Purpose(row["purpose"]), row["is_given"], row["wording"], row["changed_at"]) for row in rows
    ]
