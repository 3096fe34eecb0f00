"""Every invariant is green on a fresh database and red on its seeded violation."""

import asyncpg
import pytest

from fairday.app.checks import all_invariants
from fairday.kernel.invariants import Invariant
from fairday.kernel.tx import Database

INVARIANTS = all_invariants()


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda i: f"{i.number} {i.promise}"[:70])
async def test_a_seeded_violation_turns_it_red(invariant: Invariant, database: Database) -> None:
    async with database.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute("SET LOCAL lock_timeout = '20s'")
            # Triggers keep the append-only tables; a violation stands for a superuser who goes around them.
            await connection.execute("SET LOCAL session_replication_role = replica")
            before = await connection.fetch(invariant.query)
            await connection.execute(invariant.violate)
            after = await connection.fetch(invariant.query)
        except asyncpg.PostgresError as error:
            raise AssertionError(f"{invariant.number}: {error}") from error
        finally:
            await transaction.rollback()
    assert len(after) > len(before), f"{invariant.number} stays green"


def test_numbers_and_promises_are_unique() -> None:
    names = [(invariant.number, invariant.promise) for invariant in INVARIANTS]
    assert len(set(names)) == len(names)
    assert len(names) >= 3
