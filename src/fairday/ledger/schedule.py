"""Free the money of holds whose time is over."""

from fairday.kernel.tx import Database
from fairday.ledger import service


async def expire_holds(database: Database) -> int:
    """Expire one batch of holds and return how many."""
    return await database.run(service.expire)


JOBS = [("ledger.expire_holds", 1.0, expire_holds)]
