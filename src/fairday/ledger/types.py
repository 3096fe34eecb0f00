"""Shape the books: transfers, postings, balances, holds, statements."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.ids import Id
from fairday.kernel.money import Currency, Minor, PositiveMinor

AccountId = Annotated[
    str,
    msgspec.Meta(
        min_length=3,
        max_length=160,
        description="Account, kind first: `wallet:{member_id}`, `merchant:{merchant_id}:payable`, `platform:commission`.",
    ),
]


class TransferDraft(msgspec.Struct, frozen=True, gc=False):
    """Move `amount_minor` (above zero) from `debit_account` to `credit_account`."""

    debit_account: AccountId
    credit_account: AccountId
    amount_minor: PositiveMinor


class Posting(msgspec.Struct, frozen=True, gc=False):
    """Ask for linked transfers of one business document: all of them succeed or none.

    `posting_id` is chosen by the caller and posts once. `kind` says what happened (`sale`, `refund`, `top_up`).
    """

    posting_id: str
    document_id: str
    kind: str
    currency: str
    transfers: tuple[TransferDraft, ...]


class Reversal(msgspec.Struct, frozen=True):
    """Ask for the transfers of `reverses` backwards, under the new id `posting_id`."""

    posting_id: str
    reverses: str
    document_id: str


class Posted(msgspec.Struct, frozen=True, gc=False):
    """Tell that the posting stands in the books; `is_replay` when it already did."""

    posting_id: str
    is_replay: bool = False


class Balance(msgspec.Struct, frozen=True):
    """Hold what an account has; `held_minor` of `posted_minor` is set aside by holds."""

    posted_minor: int = 0
    held_minor: int = 0

    @property
    def free_minor(self) -> int:
        """Return what may be spent."""
        return self.posted_minor - self.held_minor


class Account(msgspec.Struct, frozen=True):
    """Hold an account's row: one currency, its balance, how many entries its statement has."""

    account_id: str
    currency: str
    posted_minor: int
    held_minor: int
    entries_count: int
    may_go_negative: bool


class Entry(msgspec.Struct, frozen=True):
    """Hold one line of a statement: `amount_minor` is signed, positive when the account received it."""

    number: int
    posting_id: str
    document_id: str
    kind: str
    other_account: str
    amount_minor: int
    previous_minor: int
    balance_minor: int
    posted_at: datetime


class HoldState(StrEnum):
    """Name the states of a hold; all but ACTIVE are final."""

    ACTIVE = "active"
    CAPTURED = "captured"
    VOIDED = "voided"
    EXPIRED = "expired"


class HoldRequest(msgspec.Struct, frozen=True):
    """Ask to set `amount_minor` of an account aside until `expires_at`."""

    hold_id: str
    document_id: str
    account_id: str
    currency: str
    amount_minor: int
    expires_at: datetime


class CaptureRequest(msgspec.Struct, frozen=True):
    """Ask to pay a hold to `credit_account`: `amount_minor` of it, or all when None. What is left becomes free."""

    hold_id: str
    credit_account: str
    amount_minor: int | None = None


class Hold(msgspec.Struct, frozen=True):
    """Hold money set aside and how it ended. A captured hold has the posting whose id is the hold's."""

    hold_id: str
    document_id: str
    account_id: str
    currency: str
    amount_minor: int
    captured_minor: int
    state: HoldState
    expires_at: datetime


class WalletBalance(msgspec.Struct, frozen=True):
    """Tell what a wallet holds in one currency."""

    currency: Currency
    posted_minor: Minor
    held_minor: Minor
    free_minor: Minor


class Wallet(msgspec.Struct, frozen=True):
    """Tell what a member's wallet holds, one line per currency; no line means it was never used."""

    account_id: AccountId
    balances: list[WalletBalance]


class TopUp(msgspec.Struct, frozen=True):
    """Ask to credit a member's wallet from outside."""

    posting_id: str
    member_id: str
    currency: str
    amount_minor: int


class TopUpDone(msgspec.Struct, frozen=True):
    """Tell that a wallet was credited."""

    posting_id: Id
    account_id: AccountId
    currency: Currency
    amount_minor: PositiveMinor


BudgetName = Annotated[
    str,
    msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$", description="Name of a campaign's budget."),
]


class Allotment(msgspec.Struct, frozen=True):
    """Ask to set money of the platform's marketing aside for a campaign."""

    posting_id: str
    budget: str
    currency: str
    amount_minor: int


class CampaignBudget(msgspec.Struct, frozen=True):
    """Tell what a campaign's budget holds in one currency; what it pays leaves it, what comes back of that returns."""

    budget: str
    account_id: AccountId
    currency: Currency
    left_minor: int


class KindTotal(msgspec.Struct, frozen=True):
    """Sum the accounts of one kind in one currency; credit balances are positive."""

    kind: str
    accounts_count: int
    posted_minor: int
    held_minor: int


class TrialBalance(msgspec.Struct, frozen=True):
    """Show one currency's books; `difference_minor` is the sum of all accounts and must be zero. Source: I38."""

    currency: Currency
    kinds: list[KindTotal]
    difference_minor: int
