"""Decide what is booked: who may go below zero, what a posting takes from each account, and which postings fit.

A credit raises an account, a debit lowers it. Pure functions of the postings and the accounts as they are locked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec

from fairday.kernel.errors import Refusal
from fairday.kernel.money import MINOR_MAX
from fairday.ledger.errors import BadPosting, CaptureTooLarge, HoldOver, InsufficientFunds
from fairday.ledger.types import Account, Hold, HoldState, Posting, TransferDraft

Key = tuple[str, str]
"""An account's key: (account_id, currency)."""

ACCOUNT_ID_MAX = 160
TRANSFERS_MAX = 500
"""Most transfers of one posting; an order over a hundred merchants needs fewer."""

MAY_GO_NEGATIVE = {
    "wallet": False,
    "card": False,
    "packet": False,
    "campaign": False,
    "merchant": True,
    "platform": True,
    "order": True,
    "cash": True,
}
"""Account kinds by prefix. People's money never falls below zero, nor does what was set aside for them (a red packet's account, a
campaign's budget); the books of the house and of the outside world may. Source: R64, R92, I39."""


def kind_of(account_id: str) -> str:
    """Return the kind of an account: what stands before its first colon."""
    return account_id.partition(":")[0]


@lru_cache(maxsize=10_000)
def is_account(account_id: str) -> bool:
    """Tell whether the text names an account: a known kind, a colon, and something behind it."""
    kind, _, rest = account_id.partition(":")
    return kind in MAY_GO_NEGATIVE and rest != "" and len(account_id) <= ACCOUNT_ID_MAX


def may_go_negative(account_id: str) -> bool:
    """Tell whether an account may fall below zero; its kind must be known (`defect` checks it)."""
    return MAY_GO_NEGATIVE[kind_of(account_id)]


def wallet_of(member_id: str) -> str:
    """Return the account of a member's wallet."""
    return f"wallet:{member_id}"


def campaign_of(budget: str) -> str:
    """Return the account of a campaign's budget."""
    return f"campaign:{budget}"


def defect(posting: Posting) -> BadPosting | None:
    """Return why a posting makes no sense, or None. Amounts are bounded, accounts differ and have a known kind."""
    if not 1 <= len(posting.transfers) <= TRANSFERS_MAX:
        return BadPosting(reason=f"it needs 1 to {TRANSFERS_MAX} transfers")
    if not posting.posting_id or not posting.document_id or len(posting.currency) != 3:
        return BadPosting(reason="it needs an id, a document and a currency")
    for transfer in posting.transfers:
        if not 1 <= transfer.amount_minor <= MINOR_MAX:
            return BadPosting(reason=f"an amount must be from 1 to {MINOR_MAX} minor units")
        if transfer.debit_account == transfer.credit_account:
            return BadPosting(reason=f"both sides are {transfer.debit_account}")
        for account_id in (transfer.debit_account, transfer.credit_account):
            if not is_account(account_id):
                return BadPosting(reason=f"{account_id!r} is not an account")
    return None


def nets_of(posting: Posting) -> dict[str, int]:
    """Return what a posting changes per account, leaving out accounts that only pass money on."""
    nets: dict[str, int] = {}
    for transfer in posting.transfers:
        amount_minor = transfer.amount_minor
        nets[transfer.debit_account] = nets.get(transfer.debit_account, 0) - amount_minor
        nets[transfer.credit_account] = nets.get(transfer.credit_account, 0) + amount_minor
    if 0 in nets.values():
        return {account_id: net for account_id, net in nets.items() if net}
    return nets


class Need:
    """Sum what a batch takes from one account: its net, its lowest point on the way (at most 0), its entries."""

    __slots__ = ("entries", "low_minor", "net_minor")

    def __init__(self) -> None:
        self.net_minor = 0
        self.low_minor = 0
        self.entries = 0


def needs_of(postings: Sequence[Posting], nets: Sequence[Mapping[str, int]]) -> dict[Key, Need]:
    """Sum the needs of `postings` in arrival order, so that an account fits only if it fits at every step."""
    by_currency: dict[str, dict[str, Need]] = {}
    for posting, net in zip(postings, nets, strict=True):
        needs = by_currency.get(posting.currency)
        if needs is None:
            needs = by_currency[posting.currency] = {}
        for account_id, net_minor in net.items():
            need = needs.get(account_id)
            if need is None:
                need = needs[account_id] = Need()
            need.net_minor = sum_minor = need.net_minor + net_minor
            need.low_minor = min(need.low_minor, sum_minor)
        for transfer in posting.transfers:
            if transfer.debit_account in net:
                needs[transfer.debit_account].entries += 1
            if transfer.credit_account in net:
                needs[transfer.credit_account].entries += 1
    return {
        (account_id, currency): need
        for currency, needs in by_currency.items()
        for account_id, need in needs.items()
    }


class Book:
    """Hold a locked account while postings are judged one after another."""

    __slots__ = ("entries_count", "held_minor", "may_go_negative", "posted_minor")

    def __init__(self, account: Account) -> None:
        self.posted_minor = account.posted_minor
        self.held_minor = account.held_minor
        self.entries_count = account.entries_count
        self.may_go_negative = account.may_go_negative


Row = tuple[
    str,
    int,
    str,
    str,
    str,
    str,
    str,
    int,
    int | None,
    int | None,
    int | None,
    int | None,
    str | None,
    datetime,
]
"""A row of ledger.transfer in the order of `store.TRANSFER_COLUMNS`."""


def judge(posting: Posting, net: Mapping[str, int], books: Mapping[Key, Book]) -> InsufficientFunds | None:
    """Return why `posting` does not fit the books as they stand now, or None. Linked transfers count as one."""
    for account_id, net_minor in net.items():
        if net_minor < 0:
            book = books[account_id, posting.currency]
            left_minor = book.posted_minor - book.held_minor
            if left_minor + net_minor < 0 and not book.may_go_negative:
                return InsufficientFunds(
                    account_id=account_id,
                    left_minor=left_minor,
                    needed_minor=-net_minor,
                    currency=posting.currency,
                )
    return None


def book(
    posting: Posting, net: Mapping[str, int], books: Mapping[Key, Book], reverses: str | None, now: datetime
) -> list[Row]:
    """Enter `posting` in `books` and return its rows, each side with its statement number and balance after."""
    rows: list[Row] = []
    currency = posting.currency
    for place, transfer in enumerate(posting.transfers):
        debit_account, credit_account, amount_minor = (
            transfer.debit_account,
            transfer.credit_account,
            transfer.amount_minor,
        )
        debit_number = debit_after = credit_number = credit_after = None
        if debit_account in net:
            debited = books[debit_account, currency]
            debited.posted_minor = debit_after = debited.posted_minor - amount_minor
            debited.entries_count = debit_number = debited.entries_count + 1
        if credit_account in net:
            credited = books[credit_account, currency]
            credited.posted_minor = credit_after = credited.posted_minor + amount_minor
            credited.entries_count = credit_number = credited.entries_count + 1
        rows.append(
            (posting.posting_id, place, posting.document_id, posting.kind, currency, debit_account, credit_account,
             amount_minor, debit_number, debit_after, credit_number, credit_after, reverses, now)
        )  # fmt: skip
    return rows


def backwards(posting_id: str, document_id: str, original: Posting) -> Posting:
    """Return the posting that undoes `original`: each transfer the other way, last first. Source: R89, R92."""
    return Posting(
        posting_id,
        document_id,
        f"{original.kind}_reversed",
        original.currency,
        tuple(
            TransferDraft(transfer.credit_account, transfer.debit_account, transfer.amount_minor)
            for transfer in reversed(original.transfers)
        ),
    )


def capture_refusal(hold: Hold, amount_minor: int, now: datetime) -> Refusal | None:
    """Return why a capture of `amount_minor` of `hold` is refused, or None."""
    over = over_refusal(hold, now)
    if over is not None:
        return over
    if amount_minor < 1:
        return BadPosting(reason="capture at least one minor unit, or void the hold")
    if amount_minor > hold.amount_minor:
        return CaptureTooLarge(held_minor=hold.amount_minor, amount_minor=amount_minor)
    return None


def over_refusal(hold: Hold, now: datetime) -> HoldOver | None:
    """Return the refusal of a hold that is resolved or past its time, or None while it is active."""
    if hold.state is not HoldState.ACTIVE:
        return HoldOver(hold_id=hold.hold_id, state=hold.state)
    if now >= hold.expires_at:
        return HoldOver(hold_id=hold.hold_id, state=HoldState.EXPIRED)
    return None


class HoldNeed(msgspec.Struct):
    """Sum what a batch of holds sets aside on one account, with the places of its requests in arrival order."""

    amount_minor: int
    places: list[int]
