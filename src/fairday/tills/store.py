"""Run the queries of `store.sql`, one thin function each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from fairday.identity.types import Account
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.tills.sale_types import Redemption, TillSale
from fairday.tills.types import Device, OpenDesk, PairedDevice, Shift, Till, TillDraft

sql = Queries("fairday.tills")


class OpenShift(NamedTuple):
    """Hold a shift with the session that works for it."""

    shift: Shift
    session_id: str


class NewRedemption(NamedTuple):
    """Carry one row of the till's log; `basket` is JSON text; `redeemed_at` is set when it happened before now."""

    redemption_id: str
    claim_id: str
    coupon_id: str
    desk: OpenDesk
    receipt_id: str
    currency: str
    amount_minor: int
    basket: str
    code_hash: bytes | None
    redeemed_at: datetime | None = None


class NewSale(NamedTuple):
    """Carry one sale to insert; `lines` is JSON text, `body_hash` tells another request under the same receipt."""

    sale: TillSale
    body_hash: bytes
    lines: str


def _till(row: Any) -> Till:
    return msgspec.convert(dict(row), Till)


def _shift(row: Any) -> OpenShift:
    return OpenShift(msgspec.convert(dict(row), Shift), row["session_id"])


async def insert_till(tx: Tx, till_id: str, merchant_id: str, draft: TillDraft, now: datetime) -> Till | None:
    """Insert a till, or return None when its external id is taken."""
    row = await tx.fetchrow(
        sql.insert_till,
        till_id,
        merchant_id,
        draft.store_id,
        draft.external_id,
        draft.name,
        draft.currency,
        draft.pos_prices,
        now,
    )
    return _till(row) if row else None


async def tills(tx: Tx, till_ids: Sequence[str]) -> dict[str, Till]:
    """Return the tills among `till_ids` by id."""
    return {row["till_id"]: _till(row) for row in await tx.fetch(sql.find_tills, till_ids)}


async def list_tills(
    tx: Tx, merchant_id: str | None, store_id: str | None, after: str, limit: int
) -> list[Till]:
    """Return at most `limit` tills after the id `after`."""
    return [_till(row) for row in await tx.fetch(sql.list_tills, merchant_id, store_id, after, limit)]


async def change_till(
    tx: Tx, till_id: str, name: str | None, pos_prices: bool | None, status: str | None
) -> Till:
    """Change what is not None."""
    return _till(await tx.fetchrow(sql.change_till, till_id, name, pos_prices, status))


async def insert_setup_code(tx: Tx, code_hash: bytes, till_id: str, made_by: str, ttl: timedelta) -> datetime:
    """Insert a code and return when it ends, on the real clock."""
    expires_at: datetime = await tx.fetchval(sql.insert_setup_code, code_hash, till_id, made_by, ttl)
    return expires_at


async def spend_setup_codes(tx: Tx, till_id: str) -> None:
    """End the codes of a till."""
    await tx.execute(sql.spend_setup_codes, till_id)


async def use_setup_code(tx: Tx, code_hash: bytes) -> str | None:
    """Use a live code up and return its till, or None."""
    till_id: str | None = await tx.fetchval(sql.use_setup_code, code_hash)
    return till_id


async def take_attempt(tx: Tx, subject: str, window: timedelta) -> tuple[int, float]:
    """Count a try and return (tries in this window, seconds left of it)."""
    row = await tx.fetchrow(sql.take_attempt, subject, window)
    assert row is not None
    return row["attempt_count"], row["left_s"]


async def give_attempt_back(tx: Tx, subject: str, window: timedelta) -> None:
    """Uncount a try that was right."""
    await tx.execute(sql.give_attempt_back, subject, window)


async def sweep(tx: Tx) -> None:
    """Delete old setup codes, counts of tries and shown claims."""
    await tx.execute(sql.sweep_setup_codes)
    await tx.execute(sql.sweep_attempts)
    await tx.execute(sql.sweep_prepared)
    await tx.execute(sql.sweep_pay_codes)


async def insert_device(
    tx: Tx, device_id: str, till_id: str, account_id: str, name: str, now: datetime
) -> None:
    """Insert a device."""
    await tx.execute(sql.insert_device, device_id, till_id, account_id, name, now)


async def list_devices(tx: Tx, till_id: str, before: str, limit: int) -> list[Device]:
    """Return a till's devices before the id `before`, the newest first."""
    rows = await tx.fetch(sql.list_devices, till_id, before, limit)
    return [msgspec.convert(dict(row), Device) for row in rows]


async def revoke_devices(tx: Tx, till_id: str, device_id: str | None, now: datetime) -> list[tuple[str, str]]:
    """Revoke one live device of a till, or all; return (device, account) of each."""
    rows = await tx.fetch(sql.revoke_devices, till_id, device_id, now)
    return [(row["device_id"], row["account_id"]) for row in rows]


async def insert_shift(
    tx: Tx, shift_id: str, till: Till, clerk: Account, session_id: str, cash_minor: int, now: datetime
) -> Shift | None:
    """Insert an open shift, or return None when another was opened on the till at this moment."""
    row = await tx.fetchrow(
        sql.insert_shift,
        shift_id,
        till.till_id,
        till.store_id,
        till.merchant_id,
        clerk.account_id,
        clerk.name,
        session_id,
        till.currency,
        cash_minor,
        now,
    )
    return _shift(row).shift if row else None


async def open_shift_of(tx: Tx, till_id: str) -> OpenShift | None:
    """Return the open shift of a till."""
    row = await tx.fetchrow(sql.open_shift_of, till_id)
    return _shift(row) if row else None


async def resume_shift(tx: Tx, shift_id: str, session_id: str) -> Shift | None:
    """Bind an open shift to a new session; None when it was closed at this moment."""
    row = await tx.fetchrow(sql.resume_shift, shift_id, session_id)
    return _shift(row).shift if row else None


async def find_shift(tx: Tx, shift_id: str) -> OpenShift | None:
    """Return a shift."""
    row = await tx.fetchrow(sql.find_shift, shift_id)
    return _shift(row) if row else None


async def list_shifts(
    tx: Tx, merchant_id: str | None, store_id: str | None, till_id: str | None, before: str, limit: int
) -> list[Shift]:
    """Return at most `limit` shifts before the id `before`, the newest first."""
    rows = await tx.fetch(sql.list_shifts, merchant_id, store_id, till_id, before, limit)
    return [_shift(row).shift for row in rows]


async def close_shift(tx: Tx, shift_id: str, counted_minor: int, by: str, now: datetime) -> Shift | None:
    """Close an open shift, or return None when it is closed."""
    row = await tx.fetchrow(sql.close_shift, shift_id, counted_minor, by, now)
    return _shift(row).shift if row else None


async def open_desks(tx: Tx, till_ids: Sequence[str]) -> dict[str, OpenDesk]:
    """Return the tills that have an open shift, by till."""
    rows = await tx.fetch(sql.open_desks, sorted(set(till_ids)))
    return {row["till_id"]: msgspec.convert(dict(row), OpenDesk) for row in rows}


async def insert_redemptions(tx: Tx, rows: Sequence[NewRedemption], now: datetime) -> None:
    """Insert rows of the log; those that stand there already stay as they are."""
    if not rows:
        return
    await tx.execute(
        sql.insert_redemptions,
        [row.redemption_id for row in rows],
        [row.claim_id for row in rows],
        [row.coupon_id for row in rows],
        [row.desk.merchant_id for row in rows],
        [row.desk.store_id for row in rows],
        [row.desk.till_id for row in rows],
        [row.desk.shift_id for row in rows],
        [row.desk.clerk_id for row in rows],
        [row.receipt_id for row in rows],
        [row.currency for row in rows],
        [row.amount_minor for row in rows],
        [row.basket for row in rows],
        [row.code_hash for row in rows],
        [row.redeemed_at or now for row in rows],
    )


async def note_prepared(tx: Tx, rows: Sequence[tuple[str, str, str]], now: datetime) -> None:
    """Note (till, claim, member) that were shown by their codes."""
    if rows:
        columns = zip(*sorted(set(rows)), strict=True)
        await tx.execute(sql.note_prepared, *(list(column) for column in columns), now)


async def prepared(tx: Tx, keys: Sequence[tuple[str, str]], since: datetime) -> dict[tuple[str, str], str]:
    """Return the member by (till, claim) of those shown after `since`."""
    if not keys:
        return {}
    columns = zip(*sorted(set(keys)), strict=True)
    rows = await tx.fetch(sql.find_prepared, *(list(column) for column in columns), since)
    return {(row["till_id"], row["claim_id"]): row["member_id"] for row in rows}


async def redemptions_by_receipt(
    tx: Tx, keys: Sequence[tuple[str, str]]
) -> list[tuple[Redemption, str, bytes | None]]:
    """Return (redemption, basket text, code hash) of the receipts (till, receipt id)."""
    rows = await tx.fetch(sql.find_receipts, [key[0] for key in keys], [key[1] for key in keys])
    return [(msgspec.convert(dict(row), Redemption), row["basket"], row["code_hash"]) for row in rows]


async def redemptions(tx: Tx, redemption_ids: Sequence[str]) -> dict[str, Redemption]:
    """Return the redemptions among the ids, by id."""
    rows = await tx.fetch(sql.find_redemptions, sorted(set(redemption_ids)))
    return {row["redemption_id"]: msgspec.convert(dict(row), Redemption) for row in rows}


async def list_redemptions(
    tx: Tx, merchant_id: str | None, store_id: str | None, till_id: str | None, before: str, limit: int
) -> list[Redemption]:
    """Return at most `limit` redemptions before the id `before`, the newest first."""
    rows = await tx.fetch(sql.list_redemptions, merchant_id, store_id, till_id, before, limit)
    return [msgspec.convert(dict(row), Redemption) for row in rows]


async def reverse_redemptions(tx: Tx, rows: Sequence[tuple[str, str, str]], now: datetime) -> None:
    """Mark (redemption, clerk, reason) reversed."""
    if rows:
        await tx.execute(
            sql.reverse_redemptions, *(list(column) for column in zip(*sorted(rows), strict=True)), now
        )


def _sale(row: Any) -> TillSale:
    return msgspec.convert(dict(row), TillSale)


async def sales_by_receipt(
    tx: Tx, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[TillSale, bytes]]:
    """Return (sale, body hash) by (till, receipt id)."""
    rows = await tx.fetch(sql.find_sales, [key[0] for key in keys], [key[1] for key in keys])
    return {(row["till_id"], row["receipt_id"]): (_sale(row), row["body_hash"]) for row in rows}


async def sales(tx: Tx, sale_ids: Sequence[str]) -> dict[str, TillSale]:
    """Return the sales among the ids, by id."""
    rows = await tx.fetch(sql.find_sales_by_id, sorted(set(sale_ids)))
    return {row["sale_id"]: _sale(row) for row in rows}


async def list_sales(
    tx: Tx, merchant_id: str | None, store_id: str | None, till_id: str | None, before: str, limit: int
) -> list[TillSale]:
    """Return at most `limit` sales before the id `before`, the newest first."""
    return [
        _sale(row) for row in await tx.fetch(sql.list_sales, merchant_id, store_id, till_id, before, limit)
    ]


async def take_numbers(tx: Tx, counts: dict[str, int]) -> dict[str, int]:
    """Take a run of receipt numbers per till and return the number before each run."""
    keys = sorted(counts)
    rows = await tx.fetch(sql.take_numbers, keys, [counts[key] for key in keys])
    return {row["till_id"]: row["before"] for row in rows}


async def insert_sales(tx: Tx, rows: Sequence[NewSale]) -> int:
    """Insert sales and return how many; fewer than given when a receipt was taken at this moment."""
    names = [
        "sale_id",
        "till_id",
        "receipt_id",
        "receipt_number",
        "-",
        "merchant_id",
        "store_id",
        "shift_id",
        "clerk_id",
        "order_id",
        "member_id",
        "-",
        "currency",
        "gross_minor",
        "discount_minor",
        "total_minor",
        "wallet_minor",
        "cash_minor",
        "tendered_minor",
        "change_minor",
    ]
    columns: list[list[Any]] = [
        [getattr(row.sale, name) for row in rows] if name != "-" else [] for name in names
    ]
    columns[4] = [row.body_hash for row in rows]
    columns[11] = [",".join(row.sale.claim_ids) for row in rows]
    return len(
        await tx.fetch(
            sql.insert_sales, *columns, [row.lines for row in rows], [row.sale.sold_at for row in rows]
        )
    )


async def add_shift_cash(tx: Tx, amounts: dict[str, int]) -> None:
    """Add to what should be in the drawers, by shift."""
    keys = sorted(key for key, amount in amounts.items() if amount)
    if keys:
        await tx.execute(sql.add_shift_cash, keys, [amounts[key] for key in keys])


async def undo_sales(tx: Tx, rows: Sequence[tuple[str, str, str]], now: datetime) -> dict[str, TillSale]:
    """Mark (sale, clerk, shift) undone and return those that were not before."""
    if not rows:
        return {}
    sale_ids, clerk_ids, shift_ids = (list(column) for column in zip(*sorted(rows), strict=True))
    found = await tx.fetch(sql.undo_sales, sale_ids, clerk_ids, now, shift_ids)
    return {row["sale_id"]: _sale(row) for row in found}


async def approve_undo(tx: Tx, sale_id: str, supervisor_id: str, reason: str) -> TillSale:
    """Note on an undone sale who allowed it and why."""
    return _sale(await tx.fetchrow(sql.approve_undo, sale_id, supervisor_id, reason))


async def used_pay_codes(tx: Tx, keys: Sequence[tuple[str, int]]) -> set[tuple[str, int]]:
    """Return those (member, step) that paid before."""
    if not keys:
        return set()
    rows = await tx.fetch(sql.used_pay_codes, [key[0] for key in keys], [key[1] for key in keys])
    return {(row["member_id"], row["step"]) for row in rows}


async def use_pay_codes(tx: Tx, keys: Sequence[tuple[str, int]]) -> int:
    """Note (member, step) as used and return how many were not before."""
    return len(await tx.fetch(sql.use_pay_codes, [key[0] for key in keys], [key[1] for key in keys]))


async def device_of_account(tx: Tx, account_id: str) -> PairedDevice | None:
    """Return the device that signs in as this account."""
    row = await tx.fetchrow(sql.find_device_of_account, account_id)
    return msgspec.convert(dict(row), PairedDevice) if row else None


async def devices_by_id(tx: Tx, device_ids: Sequence[str]) -> dict[str, PairedDevice]:
    """Return the devices among the ids, by id."""
    rows = await tx.fetch(sql.find_devices, sorted(set(device_ids)))
    return {row["device_id"]: msgspec.convert(dict(row), PairedDevice) for row in rows}


async def shifts_by_id(tx: Tx, shift_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return (till, clerk) of the shifts among the ids."""
    rows = await tx.fetch(sql.find_shifts, sorted(set(shift_ids)))
    return {row["shift_id"]: (row["till_id"], row["clerk_id"]) for row in rows}
