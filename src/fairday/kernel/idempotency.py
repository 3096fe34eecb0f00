"""Answer the same request once: key, body hash and answer are stored in the transaction that did the work.

Guarantee: for one (scope, key) at most one effect commits. The same key with the same body gets the stored answer;
with another body it is refused; while the first is still at work the second waits for it, then gets its answer.
Refusals are not stored: nothing happened, so asking again judges again. Source: R96, I58.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import msgspec

from fairday.kernel.errors import IdempotencyConflict, IdempotencyKeyRequired
from fairday.kernel.keys import Key
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Database, RetryTransaction, Tx

__all__ = ["SMALL", "Answer", "Key", "find", "key_of", "sql", "store", "sweep"]

sql = Queries("fairday.kernel", "idempotency.sql")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Answer(msgspec.Struct, frozen=True):
    """Hold an answer as the client saw it: HTTP status and body bytes."""

    status: int
    body: bytes
    is_replay: bool = False


def key_of(principal_id: str, route: str, header: str | None, body: bytes) -> Key:
    """Make the key of a request.

    Raises: IdempotencyKeyRequired when the header is missing or has other characters.
    """
    if header is None or not _KEY.fullmatch(header):
        raise IdempotencyKeyRequired()
    name = f"{principal_id} {route} {header}".encode()
    return Key(_digest(name), _digest_of_small(body) if len(body) <= SMALL else _digest(body))


SMALL = 32
"""Bytes of a body that is likely to be said by many, such as `{}`: its hash is remembered."""


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


_digest_of_small = lru_cache(maxsize=1000)(_digest)


async def sweep(database: Database) -> int:
    """Forget answers older than 48 hours and return how many; a repeat after that is a new intent. Source: R96."""
    async with database.transaction() as (tx, _):
        status: str = await tx.execute(sql.sweep_answers)
    return int(status.rpartition(" ")[2])


async def find(tx: Tx, keys: Sequence[Key]) -> dict[bytes, Answer | IdempotencyConflict]:
    """Return by digest what is stored: the answer to replay, or the refusal of another body under the same key."""
    wanted = {key.digest: key.body_hash for key in keys}
    found: dict[bytes, Answer | IdempotencyConflict] = {}
    for row in await tx.fetch(sql.find_answers, list(wanted)):
        is_same = row["body_hash"] == wanted[row["digest"]]
        found[row["digest"]] = Answer(row["status"], row["body"], True) if is_same else IdempotencyConflict()
    return found


async def store(tx: Tx, answers: Sequence[tuple[Key, Answer]], now: datetime) -> None:
    """Store `answers` beside the work they tell of.

    Raises: RetryTransaction when another transaction stored one of the keys first; run again to replay it.
    """
    if not answers:
        return
    rows = sorted((key.digest, key.body_hash, answer.status, answer.body) for key, answer in answers)
    status: str = await tx.execute(sql.insert_answers, *map(list, zip(*rows, strict=True)), now)
    if int(status.rpartition(" ")[2]) != len(rows):
        raise RetryTransaction
