"""Post, reverse and read the books. Batch verbs take requests in arrival order and answer in the same order."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fairday.kernel.errors import Refusal
from fairday.kernel.http import paging
from fairday.kernel.http.routes import Page, PageQuery
from fairday.kernel.tx import Tx
from fairday.ledger import rules, store
from fairday.ledger.booking import Draft, Plan, book_all, book_planned
from fairday.ledger.booking import plan as plan_all
from fairday.ledger.errors import AlreadyReversed, UnknownPosting
from fairday.ledger.holds import capture, expire, hold, void
from fairday.ledger.types import (
    Allotment,
    Balance,
    CampaignBudget,
    Entry,
    KindTotal,
    Posted,
    Posting,
    Reversal,
    TopUp,
    TopUpDone,
    TransferDraft,
    TrialBalance,
)

__all__ = [
    "Plan", "all_have", "allot", "balances", "campaign_budgets", "capture", "currencies", "expire", "hold", "plan", "post", "post_planned", "reverse",
    "statement", "top_up", "trial_balance", "void",
]  # fmt: skip


async def post(tx: Tx, postings: Sequence[Posting], now: datetime) -> list[Posted | Refusal]:
    """Book `postings`, each as a whole or not at all, judged in arrival order; the same id posts once.

    Refusals: BadPosting, PostingConflict (the id stands with other transfers), InsufficientFunds.
    Raises: RetryTransaction when another transaction posts one of the ids at this moment; run again to find it.
    Source: R89, R92, I37-I41, I44.
    """
    return await book_all(tx, [(posting, None) for posting in postings], now)


def plan(postings: Sequence[Posting]) -> Plan:
    """Work out what postings need of accounts, for `post_planned`. For ids that the caller makes in this transaction."""
    return plan_all([(posting, None) for posting in postings], {})


async def post_planned(tx: Tx, planned: Plan, now: datetime) -> list[Posted | Refusal]:
    """Book as `post` does what was planned before, once: for who has much to work out and should hold accounts shortly.

    Nothing is looked up first, as the ids are new; the primary key still guards. Refusals and errors: those of `post`.
    """
    return await book_planned(tx, planned, now, fresh=True)


async def reverse(tx: Tx, reversals: Sequence[Reversal], now: datetime) -> list[Posted | Refusal]:
    """Book the transfers of earlier postings backwards, once each. Source: R92 (corrections are new transfers).

    Refusals: UnknownPosting, AlreadyReversed, and those of `post` (a wallet may have spent the money since).
    """
    wanted = [reversal.reverses for reversal in reversals]
    originals = await store.postings(tx, wanted)
    reversed_by = await store.reversals_of(tx, wanted)
    drafts: list[Draft] = []
    places: list[int] = []
    answers: list[Posted | Refusal | None] = [None] * len(reversals)
    for place, reversal in enumerate(reversals):
        original = originals.get(reversal.reverses)
        by = reversed_by.setdefault(reversal.reverses, reversal.posting_id)
        if original is None:
            answers[place] = UnknownPosting(posting_id=reversal.reverses)
        elif by != reversal.posting_id:
            answers[place] = AlreadyReversed(posting_id=reversal.reverses, by=by)
        else:
            places.append(place)
            drafts.append(
                (rules.backwards(reversal.posting_id, reversal.document_id, original), reversal.reverses)
            )
    for place, answer in zip(places, await book_all(tx, drafts, now), strict=True):
        answers[place] = answer
    return [answer for answer in answers if answer is not None]


async def top_up(tx: Tx, top_ups: Sequence[TopUp], now: datetime) -> list[TopUpDone | Refusal]:
    """Credit wallets from outside (`platform:topup`)."""
    postings = [
        Posting(
            wish.posting_id,
            wish.posting_id,
            "top_up",
            wish.currency,
            (TransferDraft("platform:topup", rules.wallet_of(wish.member_id), wish.amount_minor),),
        )
        for wish in top_ups
    ]
    return [
        answer
        if isinstance(answer, Refusal)
        else TopUpDone(wish.posting_id, rules.wallet_of(wish.member_id), wish.currency, wish.amount_minor)
        for wish, answer in zip(top_ups, await post(tx, postings, now), strict=True)
    ]


async def allot(tx: Tx, allotment: Allotment, now: datetime) -> CampaignBudget:
    """Set money of `platform:marketing` aside in a campaign's budget, which is all that the campaign can give. Source: R64."""
    account_id = rules.campaign_of(allotment.budget)
    transfer = TransferDraft("platform:marketing", account_id, allotment.amount_minor)
    posting = Posting(
        allotment.posting_id, allotment.posting_id, "allotment", allotment.currency, (transfer,)
    )
    (posted,) = await post(tx, [posting], now)
    if isinstance(posted, Refusal):
        raise posted
    balance = (await balances(tx, [account_id], allotment.currency))[account_id]
    return CampaignBudget(allotment.budget, account_id, allotment.currency, balance.free_minor)


async def campaign_budgets(tx: Tx) -> list[CampaignBudget]:
    """Return every campaign's budget in each of its currencies."""
    return await store.campaign_budgets(tx)


async def balances(tx: Tx, account_ids: Sequence[str], currency: str) -> dict[str, Balance]:
    """Return the balance of each account; one that was never used has zero."""
    found = {account_id: Balance() for account_id in account_ids}
    for account in await store.accounts(tx, list(found)):
        if account.currency == currency:
            found[account.account_id] = Balance(account.posted_minor, account.held_minor)
    return found


async def all_have(tx: Tx, needs: Mapping[str, int], currency: str) -> bool:
    """Tell whether every account has its need free now; nothing is taken or locked."""
    return not needs or await store.all_have(tx, needs, currency)


async def currencies(tx: Tx, account_id: str) -> dict[str, Balance]:
    """Return an account's balance in each currency it was used in."""
    return {
        account.currency: Balance(account.posted_minor, account.held_minor)
        for account in await store.accounts(tx, [account_id])
    }


async def statement(tx: Tx, account_id: str, currency: str, page: PageQuery) -> Page[Entry]:
    """Return a page of an account's entries, newest first, each with the balance before and after it.

    A posting that leaves the account as it was (money only passing through) is not on its statement.
    """
    before = paging.read(page.cursor, [int])
    entries = await store.statement(tx, account_id, currency, before[0] if before else 2**62, page.limit + 1)
    more = len(entries) > page.limit
    entries = entries[: page.limit]
    return Page(entries, paging.make(entries[-1].number) if more else None)


async def trial_balance(tx: Tx) -> list[TrialBalance]:
    """Return the sum of every kind of account per currency; the differences are zero. Source: I38."""
    kinds: dict[str, list[KindTotal]] = {}
    for currency, kind, accounts_count, posted_minor, held_minor in await store.trial_balance(tx):
        kinds.setdefault(currency, []).append(KindTotal(kind, accounts_count, posted_minor, held_minor))
    return [
        TrialBalance(currency, totals, sum(total.posted_minor for total in totals))
        for currency, totals in kinds.items()
    ]
