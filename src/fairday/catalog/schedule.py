"""Let old days fall out of what counts as sold lately."""

from fairday.catalog import selling
from fairday.kernel.tx import Database


async def forget_sold(database: Database) -> int:
    """Take days past their time off the counts; return how many products they had."""
    return await database.run(selling.forget)


JOBS = [("catalog.forget_sold", 600.0, forget_sold)]
