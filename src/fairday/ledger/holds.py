"""Set money aside and resolve it exactly once: captured in part or whole, voided, or expired. Source: R92, I39, I40.

The verbs are offered by `service`; they stand apart because they are a machine of their own.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from fairday.kernel.errors import Refusal
from fairday.kernel.money import MINOR_MAX
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.ledger import rules, store
from fairday.ledger.booking import book_all, locked
from fairday.ledger.errors import BadPosting, InsufficientFunds, PostingConflict, UnknownHold
from fairday.ledger.rules import Book, Key
from fairday.ledger.types import (
    CaptureRequest,
    Hold,
    HoldRequest,
    HoldState,
    Posted,
    Posting,
    TransferDraft,
)

EXPIRE_MAX = 1000


async def hold(tx: Tx, requests: Sequence[HoldRequest], now: datetime) -> list[Hold | Refusal]:
    """Set money aside on accounts until each request's `expires_at`; the same id holds once.

    Refusals: BadPosting, PostingConflict (the id holds something else), InsufficientFunds.
    Raises: RetryTransaction when another transaction uses one of the ids at this moment.
    """
    standing = await store.holds(tx, [request.hold_id for request in requests])
    answers: list[Hold | Refusal | None] = [None] * len(requests)
    first: dict[str, int] = {}
    amounts: dict[Key, int] = {}
    fresh: list[int] = []
    for place, request in enumerate(requests):
        if request.hold_id in standing:
            answers[place] = _same(request, standing[request.hold_id])
        elif request.hold_id not in first:
            first[request.hold_id] = place
            answers[place] = _defect(request, now)
            if answers[place] is None:
                fresh.append(place)
                key = (request.account_id, request.currency)
                amounts[key] = amounts.get(key, 0) + request.amount_minor
    await _set_aside(tx, requests, fresh, amounts, answers, now)
    refused = [requests[place].hold_id for place in fresh if isinstance(answers[place], Refusal)]
    if refused and await store.holds(tx, refused):
        raise RetryTransaction  # its own twin took the money while this batch waited for the account
    for place, request in enumerate(requests):
        if answers[place] is None:
            earlier = answers[first[request.hold_id]]
            answers[place] = _same(request, earlier) if isinstance(earlier, Hold) else earlier
    return [answer for answer in answers if answer is not None]


async def capture(tx: Tx, requests: Sequence[CaptureRequest], now: datetime) -> list[Posted | Refusal]:
    """Pay holds to their credit accounts, in part or whole; what is left becomes free again.

    The posting's id is the hold's, so a second capture cannot be booked; the same capture again is a replay.
    Refusals: UnknownHold, HoldOver, BadPosting, CaptureTooLarge, PostingConflict (captured, but otherwise).
    Raises: RetryTransaction when another transaction resolves one of the holds at this moment.
    """
    found = await store.holds(tx, [request.hold_id for request in requests])
    captured = [hold.hold_id for hold in found.values() if hold.state is HoldState.CAPTURED]
    standing = await store.postings(tx, captured) if captured else {}
    answers: list[Posted | Refusal | None] = [None] * len(requests)
    taken: dict[str, int] = {}
    for place, request in enumerate(requests):
        known = found.get(request.hold_id)
        if known is None:
            answers[place] = UnknownHold(hold_id=request.hold_id)
            continue
        posting = _payment(known, request)
        if known.hold_id in standing:
            is_same = standing[known.hold_id] == posting
            answers[place] = (
                Posted(known.hold_id, True) if is_same else PostingConflict(posting_id=known.hold_id)
            )
            continue
        amount_minor = posting.transfers[0].amount_minor
        refusal = rules.capture_refusal(known, amount_minor, now) or rules.defect(posting)
        if refusal is not None:
            answers[place] = refusal
        else:
            standing[known.hold_id] = (
                posting  # the same hold again in this batch is judged as if it were booked
            )
            taken[known.hold_id] = amount_minor
            answers[place] = Posted(known.hold_id)
    if taken:
        await _release(tx, list(taken), HoldState.CAPTURED, taken, now)
        for booked in await book_all(tx, [(standing[hold_id], None) for hold_id in taken], now):
            assert isinstance(booked, Posted), f"held money did not fit: {booked}"
    return [answer for answer in answers if answer is not None]


async def void(tx: Tx, hold_ids: Sequence[str], now: datetime) -> list[Hold | Refusal]:
    """Free what holds set aside; voiding again answers the same.

    Refusals: UnknownHold, HoldOver. Raises: RetryTransaction when another transaction resolves one at this moment.
    """
    found = await store.holds(tx, hold_ids)
    active = [known.hold_id for known in found.values() if rules.over_refusal(known, now) is None]
    found |= {over.hold_id: over for over in await _release(tx, active, HoldState.VOIDED, {}, now)}
    answers: list[Hold | Refusal] = []
    for hold_id in hold_ids:
        known = found.get(hold_id)
        if known is None:
            answers.append(UnknownHold(hold_id=hold_id))
        elif known.state is HoldState.VOIDED:
            answers.append(known)
        else:
            over = rules.over_refusal(known, now)
            assert over is not None
            answers.append(over)
    return answers


async def expire(tx: Tx, now: datetime, limit: int = EXPIRE_MAX) -> int:
    """Free the money of at most `limit` holds past their time and return how many."""
    due = await store.due_holds(tx, now, limit)
    return len(await _release(tx, due, HoldState.EXPIRED, {}, now))


def _same(request: HoldRequest, known: Hold) -> Hold | Refusal:
    asked = (request.document_id, request.account_id, request.currency, request.amount_minor)
    stands = (known.document_id, known.account_id, known.currency, known.amount_minor)
    return known if asked == stands else PostingConflict(posting_id=request.hold_id)


def _defect(request: HoldRequest, now: datetime) -> BadPosting | None:
    if not 1 <= request.amount_minor <= MINOR_MAX:
        return BadPosting(reason=f"an amount must be from 1 to {MINOR_MAX} minor units")
    if not rules.is_account(request.account_id):
        return BadPosting(reason=f"{request.account_id!r} is not an account")
    if request.expires_at <= now:
        return BadPosting(reason="the hold would be over before it begins")
    return None


def _payment(known: Hold, request: CaptureRequest) -> Posting:
    amount_minor = known.amount_minor if request.amount_minor is None else request.amount_minor
    return Posting(
        known.hold_id,
        known.document_id,
        "capture",
        known.currency,
        (TransferDraft(known.account_id, request.credit_account, amount_minor),),
    )


async def _set_aside(
    tx: Tx,
    requests: Sequence[HoldRequest],
    fresh: Iterable[int],
    amounts: dict[Key, int],
    answers: list[Hold | Refusal | None],
    now: datetime,
) -> None:
    """Take the whole sums; where one did not fit, judge its requests in arrival order on the locked account."""
    moved = await locked(tx, amounts, store.take_holds, now)
    books = {key: Book(taken.account) for key, taken in moved.items() if not taken.count}
    corrections: dict[Key, int] = {}
    placed: list[HoldRequest] = []
    for place in fresh:
        request = requests[place]
        key = (request.account_id, request.currency)
        if (book := books.get(key)) is not None:
            left_minor = book.posted_minor - book.held_minor
            if left_minor < request.amount_minor:
                answers[place] = InsufficientFunds(
                    account_id=request.account_id,
                    left_minor=left_minor,
                    needed_minor=request.amount_minor,
                    currency=request.currency,
                )
                continue
            book.held_minor += request.amount_minor
            corrections[key] = corrections.get(key, 0) + request.amount_minor
        placed.append(request)
        answers[place] = Hold(
            request.hold_id,
            request.document_id,
            request.account_id,
            request.currency,
            request.amount_minor,
            0,
            HoldState.ACTIVE,
            request.expires_at,
        )
    if corrections:
        await store.change_held(tx, corrections)
    if placed:
        await store.insert_holds(tx, placed, now)


async def _release(
    tx: Tx, hold_ids: Sequence[str], state: HoldState, captured: dict[str, int], now: datetime
) -> list[Hold]:
    """Resolve active holds and free what they set aside."""
    if not hold_ids:
        return []
    over = await store.settle_holds(tx, hold_ids, state, captured, now)
    if len(over) != len(hold_ids):
        raise RetryTransaction
    deltas: dict[Key, int] = {}
    for settled in over:
        key = (settled.account_id, settled.currency)
        deltas[key] = deltas.get(key, 0) - settled.amount_minor
    await store.change_held(tx, deltas)
    return over
