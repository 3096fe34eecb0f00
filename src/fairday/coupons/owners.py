"""Tell others whose claims are whose, in the words of their coupons, and which end soon."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.coupons import store
from fairday.coupons.claims import ClaimRow
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.coupons", "owners.sql")


class OwnedClaim(msgspec.Struct, frozen=True):
    """Hold a claim with its member and its coupon's names."""

    claim_id: str
    coupon_id: str
    member_id: str
    name: str
    name_en: str
    expires_at: datetime


async def owned(tx: Tx, claim_ids: Sequence[str]) -> dict[str, OwnedClaim]:
    """Return the claims among `claim_ids` by id."""
    return {one.claim_id: one for one in await _named(tx, list((await store.claims(tx, claim_ids)).values()))}


async def ending(tx: Tx, after: tuple[datetime, str], until: datetime, limit: int) -> list[OwnedClaim]:
    """Return unused claims that end after `after` (instant, claim id) and before `until`, the earliest first."""
    ids = [row["claim_id"] for row in await tx.fetch(sql.ending_claims, *after, until, limit)]
    found = await owned(tx, ids)
    return [found[claim_id] for claim_id in ids]


async def _named(tx: Tx, rows: Sequence[ClaimRow]) -> list[OwnedClaim]:
    templates = await store.templates(tx, {row.coupon_id: row.version for row in rows})
    return [
        OwnedClaim(
            row.claim_id,
            row.coupon_id,
            row.member_id,
            templates[row.coupon_id].terms.name,
            templates[row.coupon_id].terms.name_en,
            row.expires_at,
        )
        for row in rows
    ]
