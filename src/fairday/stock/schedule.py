"""Free reservations whose time is over."""

from fairday.kernel.tx import Database
from fairday.stock import service


async def expire_reservations(database: Database) -> int:
    """Expire one batch of reservations and return how many lines."""
    return await database.run(service.expire)


JOBS = [("stock.expire_reservations", 1.0, expire_reservations)]
