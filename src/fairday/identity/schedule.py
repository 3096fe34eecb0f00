"""Sweep what is long over: counted attempts, used codes, expired sessions."""

from fairday.identity import own_store, store
from fairday.kernel.tx import Database


async def sweep(database: Database) -> int:
    """Delete what nobody can use any more; return how many rows."""
    async with database.transaction() as (tx, _):
        return await store.sweep(tx) + await own_store.sweep_challenges(tx)


JOBS = [("identity.sweep", 3600.0, sweep)]
