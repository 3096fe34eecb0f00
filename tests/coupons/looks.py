"""Look at what stands after a verb."""

from typing import Any

from fairday.coupons import store
from fairday.kernel.tx import Tx


def codes(results: list[Any]) -> list[str]:
    """Return the code of each refusal, "ok" for each result."""
    return [getattr(result, "code", "ok") for result in results]


async def status(tx: Tx, claim_id: str) -> str:
    """Return the status of a claim."""
    return (await store.claims(tx, [claim_id]))[claim_id].status


async def counters(tx: Tx, coupon_id: str) -> dict[str, int]:
    """Return what was taken of a coupon."""
    row = (await store.counters(tx, [coupon_id]))[coupon_id]
    return {
        "issued": row.issued_count,
        "committed": row.committed_minor,
        "redeemed": row.redeemed_count,
        "spent": row.spent_minor,
    }
