"""Run the queries of messages: one thin typed function each."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.inbox.types import About, Draft, InboxMessage, Kind
from fairday.kernel.ids import new_ids
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.inbox")


async def insert(tx: Tx, drafts: Sequence[Draft]) -> None:
    """Write messages; a fact that was told to the member stays as it was told."""
    await tx.execute(
        sql.insert_messages,
        [one.member_id for one in drafts],
        new_ids("msg", len(drafts)),
        [one.fact for one in drafts],
        [one.kind.value for one in drafts],
        [msgspec.json.encode(one.about).decode() for one in drafts],
        [one.happened_at for one in drafts],
    )


async def messages(tx: Tx, member_id: str, before_id: str, limit: int) -> list[InboxMessage]:
    """Return a member's messages before `before_id`, the newest first."""
    return [
        InboxMessage(
            message_id=row["message_id"],
            kind=Kind(row["kind"]),
            about=msgspec.json.decode(row["about"], type=About),
            happened_at=row["happened_at"],
            is_read=row["is_read"],
        )
        for row in await tx.fetch(sql.messages, member_id, before_id, limit)
    ]


async def mark_read(tx: Tx, member_id: str, message_id: str, now: datetime) -> None:
    """Mark messages up to and with `message_id` as read."""
    await tx.execute(sql.mark_read, member_id, message_id, now)


async def count_unread(tx: Tx, member_id: str) -> int:
    """Return how many are unread, at most 100."""
    return int(await tx.fetchval(sql.count_unread, member_id))


async def delete_old(tx: Tx, before: datetime, limit: int) -> int:
    """Delete messages of facts before an instant; return how many."""
    return int((await tx.execute(sql.delete_old, before, limit)).rpartition(" ")[2])
