"""Book a batch: sift what already stands, take every account's net in one guarded statement, append the rows.

The verbs are offered by `service`; this is how they are fast (docs/adr/0022-ledger-shape.md).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from fairday.kernel.errors import Refusal
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.ledger import rules, store
from fairday.ledger.errors import PostingConflict
from fairday.ledger.rules import Book, Key, Row
from fairday.ledger.types import Account, Posted, Posting

N = TypeVar("N")
Draft = tuple[Posting, str | None]
"""A posting and, when it is a reversal, the id of what it reverses."""


class Plan(msgspec.Struct, frozen=True, gc=False):
    """Hold what a batch of postings will do, worked out before any account is locked.

    `answers` has those that need no booking; `work` the others, each with its place and what it changes per account.
    """

    drafts: Sequence[Draft]
    answers: list[Posted | Refusal | None]
    work: Sequence[tuple[int, Posting, str | None, Mapping[str, int]]]
    twins: Mapping[int, int]
    needs: Mapping[Key, rules.Need]


def plan(drafts: Sequence[Draft], standing: Mapping[str, Posting]) -> Plan:
    """Judge what makes no sense or already stands in the books, and sum what the rest needs of each account."""
    answers: list[Posted | Refusal | None] = [None] * len(drafts)
    new, twins = _sift(drafts, standing, answers)
    work = [(place, *drafts[place], rules.nets_of(drafts[place][0])) for place in new]
    needs = rules.needs_of([posting for _, posting, _, _ in work], [net for *_, net in work])
    return Plan(drafts, answers, work, twins, needs)


async def book_all(tx: Tx, drafts: Sequence[Draft], now: datetime) -> list[Posted | Refusal]:
    """Book `drafts` in arrival order; `service.post` says what it promises."""
    return await book_planned(tx, plan(drafts, await _standing(tx, drafts)), now)


async def book_planned(
    tx: Tx, planned: Plan, now: datetime, *, fresh: bool = False
) -> list[Posted | Refusal]:
    """Book what was planned, in arrival order and once; `service.post_planned` says what `fresh` means."""
    drafts, answers = planned.drafts, planned.answers
    if planned.work:
        rows = await _settle(tx, planned, now)
        if not fresh:
            await _refused_for_good(
                tx, [drafts[place] for place, *_ in planned.work if isinstance(answers[place], Refusal)]
            )
        if rows:
            await store.insert_transfers(tx, rows)
    for place, earlier in planned.twins.items():
        posting, answer = drafts[place][0], answers[earlier]
        if posting != drafts[earlier][0]:
            answers[place] = PostingConflict(posting_id=posting.posting_id)
        else:
            answers[place] = answer if isinstance(answer, Refusal) else Posted(posting.posting_id, True)
    assert None not in answers
    return answers  # type: ignore[return-value]  # every place is answered


async def _refused_for_good(tx: Tx, drafts: Sequence[Draft]) -> None:
    """Make sure that what was refused did not fit because its own twin was booked while this batch waited for an account.

    Raises: RetryTransaction when so; the next run finds the twin and answers as it did.
    """
    if not drafts:
        return
    undone = [reverses for _, reverses in drafts if reverses is not None]
    if await store.posted_ids(tx, [posting.posting_id for posting, _ in drafts]) or (
        undone and await store.reversals_of(tx, undone)
    ):
        raise RetryTransaction


async def _standing(tx: Tx, drafts: Sequence[Draft]) -> dict[str, Posting]:
    """Return those of the postings that stand in the books already."""
    stored = await store.posted_ids(tx, [posting.posting_id for posting, _ in drafts])
    return await store.postings(tx, stored) if stored else {}


def _sift(
    drafts: Sequence[Draft], standing: Mapping[str, Posting], answers: list[Posted | Refusal | None]
) -> tuple[list[int], dict[int, int]]:
    """Answer what makes no sense or already stands in the books; return the places to book, and those that repeat an
    earlier place of the same batch."""
    first: dict[str, int] = {}
    new: list[int] = []
    twins: dict[int, int] = {}
    for place, (posting, _) in enumerate(drafts):
        posting_id = posting.posting_id
        if posting_id in standing:
            is_same = standing[posting_id] == posting
            answers[place] = Posted(posting_id, True) if is_same else PostingConflict(posting_id=posting_id)
        elif posting_id in first:
            twins[place] = first[posting_id]
        else:
            first[posting_id] = place
            answers[place] = rules.defect(posting)
            if answers[place] is None:
                new.append(place)
    return new, twins


async def _settle(tx: Tx, planned: Plan, now: datetime) -> list[Row]:
    """Take what the postings need from the accounts and return the rows of those that fit.

    One set update takes every account's whole need or leaves it; afterwards all accounts are locked and known, so
    the postings are judged one by one here, and a second update corrects what the first took too much or too little.
    """
    needs, answers = planned.needs, planned.answers
    moved = await locked(tx, needs, store.move_accounts, now)
    books: dict[Key, Book] = {}
    fits = True
    for key, need in needs.items():
        taken = moved[key]
        books[key] = start = Book(taken.account)
        if taken.count:
            start.posted_minor -= need.net_minor
            start.entries_count -= need.entries
        else:
            fits = False
    rows: list[Row] = []
    for place, posting, reverses, net in planned.work:
        refusal = None if fits else rules.judge(posting, net, books)
        answers[place] = refusal or Posted(posting.posting_id)
        if refusal is None:
            rows += rules.book(posting, net, books, reverses, now)
    if not fits:
        await _correct(tx, {key: taken.account for key, taken in moved.items()}, books)
    return rows


async def locked(
    tx: Tx,
    needs: Mapping[Key, N],
    take: Callable[[Tx, Mapping[Key, Any]], Awaitable[dict[Key, store.Moved]]],
    now: datetime,
) -> dict[Key, store.Moved]:
    """Let every account take its need, opening the accounts that are used for the first time."""
    moved = await take(tx, needs) if needs else {}
    if len(moved) < len(needs):
        missing = {key: need for key, need in needs.items() if key not in moved}
        await store.open_accounts(tx, sorted(missing), now)
        moved |= await take(tx, missing)
    return moved


async def _correct(tx: Tx, taken: Mapping[Key, Account], books: Mapping[Key, Book]) -> None:
    deltas = {
        key: (book.posted_minor - taken[key].posted_minor, book.entries_count - taken[key].entries_count)
        for key, book in books.items()
    }
    deltas = {key: delta for key, delta in deltas.items() if delta != (0, 0)}
    if deltas:
        await store.correct_accounts(tx, deltas)
