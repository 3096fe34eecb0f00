"""Read and write the platform's terms with merchants: one thin function a query."""

from collections.abc import Sequence

from fairday.checkout.types import MerchantTerms
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.checkout")


async def terms(tx: Tx, merchant_ids: Sequence[str]) -> dict[str, int]:
    """Return the commission in basis points of those merchants that have terms of their own."""
    return {row["merchant_id"]: row["commission_bp"] for row in await tx.fetch(sql.terms, list(merchant_ids))}


async def set_terms(tx: Tx, terms: Sequence[MerchantTerms]) -> None:
    """Write terms; they hold for orders from now on."""
    await tx.execute(sql.set_terms, [one.merchant_id for one in terms], [one.commission_bp for one in terms])
