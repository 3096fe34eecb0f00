"""Run long work behind an Idempotency-Key: for handlers whose work spans several transactions, such as an import.

The answer is stored in a transaction after the work, so a crash between leaves work without an answer: the work itself
must be safe to do again (imports are, by external id).
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fairday.kernel import idempotency, strict_json
from fairday.kernel.errors import Refusal
from fairday.kernel.idempotency import Answer, Key
from fairday.kernel.tx import Database, Tx


async def once(
    database: Database, key: Key, work: Callable[[], Awaitable[Any]], *, status: int = 200
) -> Answer:
    """Return the stored answer of `key`, or do `work` and store its result as the answer.

    Raises: IdempotencyConflict; the work's own refusals, which are not stored.
    """

    async def find(tx: Tx, now: datetime) -> Answer | Refusal | None:
        return (await idempotency.find(tx, [key])).get(key.digest)

    stored = await database.run(find)
    if isinstance(stored, Refusal):
        raise stored
    if stored is not None:
        return stored
    answer = Answer(status, strict_json.encode(await work()))

    async def keep(tx: Tx, now: datetime) -> Answer | None:
        found = (await idempotency.find(tx, [key])).get(key.digest)
        if isinstance(found, Answer):
            return found
        await idempotency.store(tx, [(key, answer)], now)
        return None

    return await database.run(keep) or answer
