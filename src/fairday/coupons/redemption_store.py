"""Run the queries of locking, redeeming and giving back claims, one thin typed function each."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from fairday.coupons.claims import Locked, LockRequest, RedeemRequest
from fairday.coupons.store import sql, walk_by_keys
from fairday.coupons.types import ClaimStatus
from fairday.kernel import arrays
from fairday.kernel.tx import Tx


class Redemption(msgspec.Struct, frozen=True, gc=False):
    """Hold a stored redemption."""

    redemption_id: str
    coupon_id: str
    claim_id: str
    version: int
    document_id: str
    order_id: str | None
    receipt_id: str | None
    store_id: str | None
    currency: str
    amount_minor: int
    platform_minor: int
    merchant_minor: int
    brand_minor: int
    redeemed_at: datetime
    status: str
    undone_at: datetime | None


_COLUMNS = (
    "redemption_id", "coupon_id", "claim_id", "version", "document_id", "order_id", "receipt_id", "merchant_id", "store_id",
    "till_id", "clerk_id", "channel", "currency", "face_minor", "amount_minor", "platform_minor", "merchant_minor",
    "brand_minor", "redeemed_at",
)  # fmt: skip


class RedemptionDraft(msgspec.Struct, frozen=True, gc=False):
    """Hold a redemption about to be inserted; `redeemed_at` is set when it happened before now (at an offline till)."""

    redemption_id: str
    coupon_id: str
    version: int
    currency: str
    face_minor: int
    platform_minor: int
    merchant_minor: int
    brand_minor: int
    request: RedeemRequest
    redeemed_at: datetime | None = None


class Freed(msgspec.Struct, frozen=True, gc=False):
    """Say what a redeemed claim becomes."""

    claim_id: str
    coupon_id: str
    status: ClaimStatus
    expires_at: datetime


class Spend(msgspec.Struct):
    """Sum what a batch spends, or gives back, of one coupon; `ended_minor` is commitment that ends with it."""

    count: int = 0
    amount_minor: int = 0
    ended_minor: int = 0


async def redeem_claims(tx: Tx, wanted: Sequence[tuple[str, str, str]], now: datetime) -> set[str]:
    """Use up claims given as (claim, coupon, owner) where they still may be, and return which were."""
    rows = sorted(wanted)
    await walk_by_keys(tx)
    columns = [arrays.texts(column) for column in zip(*rows, strict=True)]
    found = await tx.fetch(sql.redeem_claims, *columns, now)
    return {row[0] for row in found}


async def spend(tx: Tx, spends: Mapping[str, Spend]) -> set[str]:
    """Spend sums of coupons, each whole or not at all, and return which were spent."""
    keys = sorted(spends)
    rows = await tx.fetch(
        sql.spend_coupons,
        keys,
        [spends[key].count for key in keys],
        [spends[key].amount_minor for key in keys],
    )
    return {row[0] for row in rows}


async def unspend(tx: Tx, spends: Mapping[str, Spend]) -> None:
    """Give back sums of coupons."""
    keys = sorted(spends)
    await tx.execute(
        sql.unspend_coupons,
        keys,
        [spends[key].count for key in keys],
        [spends[key].amount_minor for key in keys],
        [spends[key].ended_minor for key in keys],
    )


async def unredeem_claims(tx: Tx, rows: Sequence[tuple[str, str, str, str | None, datetime | None]]) -> None:
    """Put claims back as they were before this transaction: (claim, coupon, status, owner, locked until)."""
    await tx.execute(sql.unredeem_claims, *(list(column) for column in zip(*rows, strict=True)))


async def insert_redemptions(tx: Tx, drafts: Sequence[RedemptionDraft], now: datetime) -> None:
    """Insert effective redemptions; the partial unique key of the claim is the second guard. Source: I4."""
    await tx.copy_records_to_table(
        "redemption",
        schema_name="coupons",
        columns=_COLUMNS,
        records=[
            (
                draft.redemption_id, draft.coupon_id, request.claim_id, draft.version, request.document_id,
                request.order_id, request.receipt_id, request.merchant_id, request.store_id, request.till_id,
                request.clerk_id, request.channel, draft.currency, draft.face_minor, request.amount_minor,
                draft.platform_minor, draft.merchant_minor, draft.brand_minor,
                draft.redeemed_at or now,
            )
            for draft in drafts
            for request in (draft.request,)
        ],
    )  # fmt: skip


async def effective(tx: Tx, claim_ids: Sequence[str]) -> dict[str, Redemption]:
    """Return the effective redemption of each claim that has one."""
    rows = await tx.fetch(sql.effective_redemptions, claim_ids)
    return {row["claim_id"]: msgspec.convert(dict(row), Redemption) for row in rows}


async def of_documents(tx: Tx, document_ids: Sequence[str]) -> list[Redemption]:
    """Return all redemptions of these documents, in claim order."""
    rows = await tx.fetch(sql.redemptions_of_documents, document_ids)
    found = [msgspec.convert(dict(row), Redemption) for row in rows]
    return sorted(found, key=lambda redemption: redemption.claim_id)


async def undo(tx: Tx, rows: Sequence[tuple[str, str, str, str, str]], now: datetime) -> set[str]:
    """Undo redemptions given as (claim, redemption, new status, who, reason); return the ids of those undone now."""
    columns = [list(column) for column in zip(*sorted(rows), strict=True)]
    await walk_by_keys(tx)
    found = await tx.fetch(sql.undo_redemptions, *columns, now)
    return {row[0] for row in found}


async def free_claims(tx: Tx, rows: Sequence[Freed]) -> None:
    """Set redeemed claims to what they become."""
    rows = sorted(rows, key=lambda row: row.claim_id)
    await tx.execute(
        sql.free_claims,
        [row.claim_id for row in rows],
        [row.coupon_id for row in rows],
        [row.status for row in rows],
        [row.expires_at for row in rows],
    )


async def lock_claims(tx: Tx, wanted: Sequence[tuple[LockRequest, str]], now: datetime) -> dict[str, Locked]:
    """Set claims aside, given with their coupons, where they are free; return which now are the asker's."""
    rows = sorted(wanted, key=lambda row: row[0].claim_id)
    await walk_by_keys(tx)
    found = await tx.fetch(
        sql.lock_claims,
        [request.claim_id for request, _ in rows],
        [coupon_id for _, coupon_id in rows],
        [request.owner for request, _ in rows],
        [request.locked_until for request, _ in rows],
        now,
    )
    owners = {request.claim_id: request.owner for request, _ in rows}
    return {row[0]: Locked(row[0], owners[row[0]], row[1]) for row in found}


async def release(tx: Tx, owners: Sequence[str]) -> list[str]:
    """Free the claims that `owners` hold and return them."""
    held = [row[0] for row in await tx.fetch(sql.locked_by, owners)]
    if not held:
        return []
    await walk_by_keys(tx)
    return [row[0] for row in await tx.fetch(sql.release_claims, held, owners)]


async def release_late(tx: Tx, now: datetime, limit: int) -> int:
    """Free at most `limit` claims whose lock ended."""
    return len(await tx.fetch(sql.release_late_locks, now, limit))


async def expire(tx: Tx, now: datetime, limit: int) -> list[tuple[str, str, int]]:
    """End at most `limit` unused claims past their end; return (claim, coupon, face)."""
    return [(row[0], row[1], row[2]) for row in await tx.fetch(sql.expire_claims, now, limit)]


async def uncommit(tx: Tx, amounts: Mapping[str, int]) -> dict[str, str | None]:
    """Give commitments back to budgets; return the merchant of each coupon."""
    keys = sorted(amounts)
    await walk_by_keys(tx)
    rows = await tx.fetch(sql.uncommit_coupons, keys, [amounts[key] for key in keys])
    return {row[0]: row[1] for row in rows}


async def figures(tx: Tx, coupon_id: str) -> dict[str, int]:
    """Count what the coupon's row does not hold: locked, returned and expired claims, and the face of locked ones."""
    row = await tx.fetchrow(sql.figures, coupon_id)
    assert row is not None
    return dict(row)
