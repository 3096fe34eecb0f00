"""Run the queries of lending coupon money to tills and of settling what they used, one thin typed function each."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from fairday.coupons.redemption_store import Spend
from fairday.coupons.store import counters_of, walk_by_keys
from fairday.coupons.types import Counters
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.coupons", "lending.sql")


class LateSpend(Spend):
    """Sum what a batch spends of one coupon; `leased_minor` of it was set aside for the tills that did."""

    leased_minor: int = 0


class Late(msgspec.Struct, frozen=True, gc=False):
    """Name a claim that was used at `happened_at` by `owner`, a till."""

    claim_id: str
    coupon_id: str
    owner: str
    happened_at: datetime


async def lendable(
    tx: Tx, merchant_id: str, currency: str, face_max_minor: int, limit: int
) -> list[Counters]:
    """Return the newest coupons whose claims may be alive, of this merchant or of the platform."""
    rows = await tx.fetch(sql.lendable_coupons, merchant_id, currency, face_max_minor, limit)
    return [counters_of(row) for row in rows]


async def lend(tx: Tx, needs: Mapping[str, int], parts: int) -> dict[str, int]:
    """Set money of coupons aside, at most one part in `parts` of what is free of each, and return how much."""
    keys = sorted(needs)
    await walk_by_keys(tx)
    rows = await tx.fetch(sql.lend_coupons, keys, [needs[key] for key in keys], parts)
    return {row[0]: row[1] for row in rows}


async def take_back(tx: Tx, amounts: Mapping[str, int]) -> None:
    """Free money of coupons that was set aside."""
    keys = sorted(amounts)
    await walk_by_keys(tx)
    await tx.execute(sql.take_back_coupons, keys, [amounts[key] for key in keys])


async def redeem_claims_late(tx: Tx, wanted: Sequence[Late], now: datetime) -> set[str]:
    """Use up claims where they could be used when it happened and nobody holds them now; return which were."""
    rows = sorted(wanted, key=lambda row: row.claim_id)
    await walk_by_keys(tx)
    found = await tx.fetch(
        sql.redeem_claims_late,
        [row.claim_id for row in rows],
        [row.coupon_id for row in rows],
        [row.owner for row in rows],
        [row.happened_at for row in rows],
        now,
    )
    return {row[0] for row in found}


async def revive_claims(tx: Tx, wanted: Sequence[Late]) -> set[str]:
    """Let claims live again that ended after they had been used; return which do."""
    rows = sorted(wanted, key=lambda row: row.claim_id)
    await walk_by_keys(tx)
    found = await tx.fetch(
        sql.revive_claims,
        [row.claim_id for row in rows],
        [row.coupon_id for row in rows],
        [row.happened_at for row in rows],
    )
    return {row[0] for row in found}


async def end_again(tx: Tx, claims: Sequence[tuple[str, str]]) -> None:
    """End revived claims, given as (claim, coupon), that the budget does not cover."""
    rows = sorted(claims)
    await tx.execute(sql.end_claims_again, [row[0] for row in rows], [row[1] for row in rows])


async def commit_again(tx: Tx, amounts: Mapping[str, int]) -> set[str]:
    """Commit faces of revived claims, each coupon's sum whole or not at all; return which coupons did."""
    keys = sorted(amounts)
    rows = await tx.fetch(sql.commit_again, keys, [amounts[key] for key in keys])
    return {row[0] for row in rows}


async def spend_late(tx: Tx, spends: Mapping[str, LateSpend]) -> set[str]:
    """Spend sums of coupons, each whole or not at all, first what was set aside; return which were spent."""
    keys = sorted(spends)
    rows = await tx.fetch(
        sql.spend_coupons_late,
        keys,
        [spends[key].count for key in keys],
        [spends[key].amount_minor for key in keys],
        [spends[key].leased_minor for key in keys],
    )
    return {row[0] for row in rows}
