"""Free late locks, end claims and offers, and sweep codes, each in batches until nothing is left."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from fairday.coupons import expiring, recalling
from fairday.kernel.tx import Database, Tx

_ROUNDS_MAX = 100


def _job(step: Callable[[Tx, datetime], Awaitable[int]], batch: int) -> Callable[[Database], Awaitable[int]]:
    async def run(database: Database) -> int:
        settled = 0
        for _ in range(_ROUNDS_MAX):
            async with database.transaction() as (tx, now):
                count = await step(tx, now)
            settled += count
            if count < batch:
                break
        return settled

    return run


JOBS = [
    ("coupons.release_late_locks", 5.0, _job(expiring.release_late_locks, expiring.BATCH)),
    ("coupons.expire_claims", 10.0, _job(expiring.expire_claims, expiring.BATCH)),
    ("coupons.end_offers", 30.0, _job(expiring.end_offers, 1)),
    ("coupons.void_recalled", 2.0, _job(recalling.void_recalled, 1)),
    ("coupons.sweep_codes", 60.0, _job(expiring.sweep_codes, 1)),
]
