"""Give up orders that nobody paid, so that goods and coupons go back to those who want them."""

from fairday.checkout import service
from fairday.kernel.tx import Database

BATCHES_MAX = 20


async def give_up_unpaid(database: Database) -> int:
    """Cancel what is past its time to pay, in batches; return how many orders."""
    count = 0
    for _ in range(BATCHES_MAX):
        closed = await database.run(service.give_up_unpaid)
        count += closed
        if closed == 0:
            break
    return count


JOBS = [("checkout.give_up_unpaid", 5, give_up_unpaid)]
