"""Run the ledger's queries; one thin typed function each."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg

from fairday.kernel import arrays
from fairday.kernel.sql import Queries
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.ledger.rules import Key, Need, Row, may_go_negative
from fairday.ledger.types import (
    Account,
    CampaignBudget,
    Entry,
    Hold,
    HoldRequest,
    HoldState,
    Posting,
    TransferDraft,
)

sql = Queries("fairday.ledger")

TRANSFER_COLUMNS = (
    "posting_id", "place", "document_id", "kind", "currency", "debit_account", "credit_account", "amount_minor",
    "debit_number", "debit_after_minor", "credit_number", "credit_after_minor", "reverses", "posted_at",
)  # fmt: skip


class Moved:
    """Hold an account as a set update left it, and how many entries of the batch it took (0: it did not fit)."""

    __slots__ = ("account", "count")

    def __init__(self, row: "asyncpg.Record") -> None:
        account_id, currency, posted, held, entries, self.count, may = row
        self.account = Account(account_id, currency, posted, held, entries, may)


def _split(keys: Sequence[Key]) -> tuple[list[str], list[str]]:
    return [account_id for account_id, _ in keys], [currency for _, currency in keys]


async def move_accounts(tx: Tx, needs: Mapping[Key, Need]) -> dict[Key, Moved]:
    """Let each existing account take its need or nothing; return them all as they are now, locked."""
    keys = sorted(needs)
    ordered = [needs[key] for key in keys]
    rows = await tx.fetch(
        sql.move_accounts,
        arrays.texts([account_id for account_id, _ in keys]),
        arrays.texts([currency for _, currency in keys]),
        arrays.numbers([need.net_minor for need in ordered]),
        arrays.numbers([need.low_minor for need in ordered]),
        arrays.numbers([need.entries for need in ordered]),
    )
    return {(row[0], row[1]): Moved(row) for row in rows}


async def correct_accounts(tx: Tx, deltas: Mapping[Key, tuple[int, int]]) -> None:
    """Add (minor units, entries) to locked accounts; either may be negative."""
    keys = sorted(deltas)
    await tx.execute(
        sql.correct_accounts,
        *_split(keys),
        [deltas[key][0] for key in keys],
        [deltas[key][1] for key in keys],
    )


async def open_accounts(tx: Tx, keys: Sequence[Key], now: datetime) -> None:
    """Open accounts that do not exist yet, empty."""
    await tx.execute(
        sql.open_accounts, *_split(keys), [may_go_negative(account_id) for account_id, _ in keys], now
    )


async def insert_transfers(tx: Tx, rows: Sequence[Row]) -> None:
    """Append transfers. Raises: RetryTransaction when another transaction just used one of the posting ids."""
    try:
        await tx.copy_records_to_table(
            "transfer", schema_name="ledger", columns=TRANSFER_COLUMNS, records=rows
        )
    except asyncpg.UniqueViolationError:
        raise RetryTransaction from None


async def posted_ids(tx: Tx, posting_ids: Sequence[str]) -> list[str]:
    """Return those of `posting_ids` that stand in the books."""
    return [row[0] for row in await tx.fetch(sql.posted_ids, posting_ids)]


async def postings(tx: Tx, posting_ids: Sequence[str]) -> dict[str, Posting]:
    """Return postings as they stand in the books."""
    found: dict[str, Posting] = {}
    for row in await tx.fetch(sql.transfers_of, posting_ids):
        transfer = TransferDraft(row["debit_account"], row["credit_account"], row["amount_minor"])
        earlier = found.get(row["posting_id"])
        transfers = (*earlier.transfers, transfer) if earlier else (transfer,)
        found[row["posting_id"]] = Posting(
            row["posting_id"], row["document_id"], row["kind"], row["currency"], transfers
        )
    return found


async def reversals_of(tx: Tx, posting_ids: Sequence[str]) -> dict[str, str]:
    """Return for postings that were reversed the id of their reversal."""
    rows = await tx.fetch(sql.reversals_of, posting_ids)
    return {row["reverses"]: row["posting_id"] for row in rows}


async def accounts(tx: Tx, account_ids: Sequence[str]) -> list[Account]:
    """Return the accounts of `account_ids` in all their currencies."""
    return [Account(*row) for row in await tx.fetch(sql.accounts, account_ids)]


async def campaign_budgets(tx: Tx) -> list[CampaignBudget]:
    """Return the budgets of campaigns, by name and currency."""
    return [
        CampaignBudget(row["account_id"].partition(":")[2], *row)
        for row in await tx.fetch(sql.campaign_budgets)
    ]


async def all_have(tx: Tx, needs: Mapping[str, int], currency: str) -> bool:
    """Tell whether every account has its need free now."""
    return bool(
        await tx.fetchval(
            sql.all_have,
            arrays.texts(list(needs)),
            arrays.numbers(list(needs.values())),
            currency,
            len(needs),
        )
    )


async def statement(tx: Tx, account_id: str, currency: str, before: int, limit: int) -> list[Entry]:
    """Return at most `limit` entries numbered below `before`, newest first."""
    rows = await tx.fetch(sql.statement, account_id, currency, before, limit)
    return [
        Entry(
            row["number"],
            row["posting_id"],
            row["document_id"],
            row["kind"],
            row["other_account"],
            row["amount_minor"],
            row["balance_minor"] - row["amount_minor"],
            row["balance_minor"],
            row["posted_at"],
        )
        for row in rows
    ]


async def trial_balance(tx: Tx) -> list[tuple[str, str, int, int, int]]:
    """Return (currency, kind, accounts, posted, held) of all accounts."""
    return [tuple(row) for row in await tx.fetch(sql.trial_balance)]


async def take_holds(tx: Tx, amounts: Mapping[Key, int]) -> dict[Key, Moved]:
    """Let each existing account set its whole amount aside or nothing; return them all as they are now, locked."""
    keys = sorted(amounts)
    rows = await tx.fetch(sql.take_holds, *_split(keys), [amounts[key] for key in keys])
    return {(row[0], row[1]): Moved(row) for row in rows}


async def change_held(tx: Tx, deltas: Mapping[Key, int]) -> None:
    """Add to what is held on accounts; a delta may be negative."""
    keys = sorted(deltas)
    rows = await tx.fetch(sql.change_held, *_split(keys), [deltas[key] for key in keys])
    assert len(rows) == len(keys), "a held account is gone"


async def insert_holds(tx: Tx, requests: Sequence[HoldRequest], now: datetime) -> None:
    """Append active holds. Raises: RetryTransaction when another transaction just used one of the ids."""
    try:
        await tx.copy_records_to_table(
            "hold",
            schema_name="ledger",
            columns=(
                "hold_id", "document_id", "account_id", "currency", "amount_minor", "expires_at", "state", "placed_at",
            ),
            records=[
                (r.hold_id, r.document_id, r.account_id, r.currency, r.amount_minor, r.expires_at, "active", now)
                for r in requests
            ],
        )  # fmt: skip
    except asyncpg.UniqueViolationError:
        raise RetryTransaction from None


def _hold(row: "asyncpg.Record") -> Hold:
    hold_id, document_id, account_id, currency, amount, captured, state, expires_at = row
    return Hold(hold_id, document_id, account_id, currency, amount, captured, HoldState(state), expires_at)


async def holds(tx: Tx, hold_ids: Sequence[str]) -> dict[str, Hold]:
    """Return holds by id."""
    return {row["hold_id"]: _hold(row) for row in await tx.fetch(sql.holds, hold_ids)}


async def settle_holds(
    tx: Tx, hold_ids: Sequence[str], state: HoldState, captured: Mapping[str, int], now: datetime
) -> list[Hold]:
    """Resolve those of `hold_ids` that are active (and in time, or for EXPIRED past it); return them."""
    ordered = sorted(hold_ids)
    rows = await tx.fetch(
        sql.settle_holds, ordered, state.value, [captured.get(hold_id, 0) for hold_id in ordered], now
    )
    return [_hold(row) for row in rows]


async def due_holds(tx: Tx, now: datetime, limit: int) -> list[str]:
    """Return active holds past their time."""
    return [row[0] for row in await tx.fetch(sql.due_holds, now, limit)]
