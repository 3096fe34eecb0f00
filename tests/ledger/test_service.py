"""The verbs of the books: postings, reversals, statements, holds; each refusal and each replay."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import asyncpg
import pytest

from fairday.kernel.errors import Refusal
from fairday.kernel.http.routes import PageQuery
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.ledger import service
from fairday.ledger.errors import (
    AlreadyReversed,
    BadPosting,
    CaptureTooLarge,
    HoldOver,
    InsufficientFunds,
    PostingConflict,
    UnknownHold,
    UnknownPosting,
)
from fairday.ledger.invariants import INVARIANTS
from fairday.ledger.types import Balance, CaptureRequest, HoldRequest, HoldState, Posted, Posting, Reversal
from tests.ledger.builders import CNY, posting, top_up, wallet

COMMISSION = "platform:commission"


async def balance(tx: Tx, account_id: str) -> int:
    return (await service.balances(tx, [account_id], CNY))[account_id].posted_minor


async def funded(tx: Tx, now: datetime, amount_minor: int) -> str:
    account_id = wallet()
    assert isinstance((await service.post(tx, [top_up(account_id, amount_minor)], now))[0], Posted)
    return account_id


@pytest.fixture(autouse=True)
async def books_hold(tx: Tx) -> AsyncIterator[None]:
    """After each test every invariant of the ledger holds in its transaction."""
    yield
    for invariant in INVARIANTS:
        if "after its time" in invariant.promise:
            continue  # the worker's promise; here other tests' holds may be waiting for it
        assert await tx.fetch(invariant.query) == [], invariant.promise


def kinds(answers: "Sequence[Posted | Refusal]") -> list[str]:
    return [type(answer).__name__ for answer in answers]


async def test_a_top_up_moves_money_in_from_outside(tx: Tx, now: datetime) -> None:
    before = await balance(tx, "platform:topup")
    account_id = await funded(tx, now, 500)
    assert await balance(tx, account_id) == 500
    assert await balance(tx, "platform:topup") == before - 500


async def test_arrival_order_decides_inside_a_batch(tx: Tx, now: datetime) -> None:
    a, b, c = await funded(tx, now, 100), wallet(), wallet()
    answers = await service.post(
        tx,
        [
            posting((a, b, 60)),
            posting((a, c, 60)),  # 40 left: refused
            posting((a, c, 40)),
            posting((b, a, 61)),  # 60 there: refused
            posting((b, a, 60)),
            posting((a, c, 60)),
        ],
        now,
    )
    assert kinds(answers) == [
        "Posted",
        "InsufficientFunds",
        "Posted",
        "InsufficientFunds",
        "Posted",
        "Posted",
    ]
    assert [await balance(tx, account) for account in (a, b, c)] == [0, 0, 100]
    refused = answers[1]
    assert isinstance(refused, InsufficientFunds)
    assert (refused.details["left_minor"], refused.details["needed_minor"]) == (40, 60)


async def test_money_that_comes_later_does_not_help_earlier(tx: Tx, now: datetime) -> None:
    a, b = wallet(), await funded(tx, now, 50)
    answers = await service.post(tx, [posting((a, b, 50)), posting((b, a, 50)), posting((a, b, 50))], now)
    assert kinds(answers) == ["InsufficientFunds", "Posted", "Posted"]
    assert await balance(tx, b) == 50


async def test_a_refused_posting_leaves_its_other_accounts_alone(tx: Tx, now: datetime) -> None:
    a, b, c = await funded(tx, now, 10), wallet(), wallet()
    answers = await service.post(
        tx,
        [
            posting((a, b, 11), ("platform:marketing", c, 5)),
            posting((c, b, 5)),  # c got nothing, so it cannot pay
            posting((a, b, 10), ("platform:marketing", c, 5)),
        ],
        now,
    )
    assert kinds(answers) == ["InsufficientFunds", "InsufficientFunds", "Posted"]
    assert [await balance(tx, account) for account in (a, b, c)] == [0, 10, 5]


async def test_the_same_posting_posts_once(tx: Tx, now: datetime) -> None:
    a, b = await funded(tx, now, 100), wallet()
    once = posting((a, b, 60))
    other = Posting(once.posting_id, once.document_id, once.kind, CNY, posting((a, b, 61)).transfers)
    answers = await service.post(tx, [once, once, other], now)
    assert answers[:2] == [Posted(once.posting_id), Posted(once.posting_id, True)]
    assert isinstance(answers[2], PostingConflict)
    assert kinds(await service.post(tx, [once, other], now)) == ["Posted", "PostingConflict"]
    assert await balance(tx, b) == 60


async def test_a_refused_id_may_be_tried_again(tx: Tx, now: datetime) -> None:
    a, b = wallet(), wallet()
    wish = posting((a, b, 5))
    assert kinds(await service.post(tx, [wish, wish], now)) == ["InsufficientFunds"] * 2
    assert kinds(await service.post(tx, [top_up(a, 5), wish], now)) == ["Posted", "Posted"]


async def test_bad_postings_are_refused_beside_good_ones(tx: Tx, now: datetime) -> None:
    a = await funded(tx, now, 5)
    answers = await service.post(
        tx, [posting((a, a, 1)), posting((a, "purse:x", 1)), posting((a, COMMISSION, 5)), posting()], now
    )
    assert kinds(answers) == ["BadPosting", "BadPosting", "Posted", "BadPosting"]


async def test_currencies_do_not_mix(tx: Tx, now: datetime) -> None:
    a = await funded(tx, now, 100)
    answers = await service.post(tx, [posting((a, COMMISSION, 1), currency="USD")], now)
    assert kinds(answers) == ["InsufficientFunds"]
    assert await service.currencies(tx, a) == {"CNY": Balance(100, 0), "USD": Balance(0, 0)}


async def test_a_statement_reads_newest_first_with_balances(tx: Tx, now: datetime) -> None:
    a, b = await funded(tx, now, 100), wallet()
    clearing = posting((a, "order:clearing", 30), ("order:clearing", b, 20), ("order:clearing", a, 10))
    await service.post(tx, [posting((a, b, 50)), clearing], now)
    lines, cursor = [], None
    while True:
        page = await service.statement(tx, a, CNY, PageQuery(limit=2, cursor=cursor))
        lines += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [(e.number, e.amount_minor, e.previous_minor, e.balance_minor) for e in lines] == [
        (4, 10, 20, 30),
        (3, -30, 50, 20),
        (2, -50, 100, 50),
        (1, 100, 0, 100),
    ]
    assert lines[1].other_account == "order:clearing"


async def test_what_passes_through_is_not_on_the_statement(tx: Tx, now: datetime) -> None:
    a = await funded(tx, now, 100)
    transit = f"order:{new_id('ord')}"
    await service.post(tx, [posting((a, transit, 30), (transit, COMMISSION, 30))], now)
    assert await service.currencies(tx, transit) == {}
    assert (await service.statement(tx, transit, CNY, PageQuery())).items == []


async def test_a_posting_is_reversed_once(tx: Tx, now: datetime) -> None:
    a, b = await funded(tx, now, 100), wallet()
    sale = posting((a, b, 60))
    await service.post(tx, [sale], now)
    undo = Reversal(new_id("trf"), sale.posting_id, "ref_1")
    assert await service.reverse(tx, [undo], now) == [Posted(undo.posting_id)]
    assert (await balance(tx, a), await balance(tx, b)) == (100, 0)
    assert await service.reverse(tx, [undo], now) == [Posted(undo.posting_id, True)]
    again = await service.reverse(
        tx, [Reversal(new_id("trf"), sale.posting_id, "ref_2"), Reversal("trf_1", "trf_none", "ref_3")], now
    )
    assert isinstance(again[0], AlreadyReversed)
    assert isinstance(again[1], UnknownPosting)


async def test_money_that_was_spent_cannot_be_taken_back(tx: Tx, now: datetime) -> None:
    a, b = await funded(tx, now, 60), wallet()
    sale = posting((a, b, 60))
    await service.post(tx, [sale, posting((b, COMMISSION, 1))], now)
    answers = await service.reverse(tx, [Reversal(new_id("trf"), sale.posting_id, "ref_1")], now)
    assert isinstance(answers[0], InsufficientFunds)


@pytest.mark.parametrize(
    "change",
    ["UPDATE ledger.transfer SET kind = 'x'", "DELETE FROM ledger.transfer", "TRUNCATE ledger.transfer"],
)
async def test_the_books_are_append_only(tx: Tx, now: datetime, change: str) -> None:
    await funded(tx, now, 1)
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        async with tx.transaction():
            await tx.execute(change)


async def test_the_database_refuses_what_the_rules_missed(tx: Tx, now: datetime) -> None:
    a = await funded(tx, now, 1)
    with pytest.raises(asyncpg.CheckViolationError):
        async with tx.transaction():
            await tx.execute("UPDATE ledger.account SET posted_minor = -1 WHERE account_id = $1", a)


async def test_the_books_sum_to_zero(tx: Tx, now: datetime) -> None:
    await funded(tx, now, 123)
    assert all(trial.difference_minor == 0 for trial in await service.trial_balance(tx))


def hold_of(account_id: str, amount_minor: int, now: datetime, *, seconds: float = 60) -> HoldRequest:
    return HoldRequest(
        new_id("hol"), "ord_1", account_id, CNY, amount_minor, now + timedelta(seconds=seconds)
    )


async def test_held_money_cannot_be_spent(tx: Tx, now: datetime) -> None:
    a = await funded(tx, now, 100)
    first, second, third = hold_of(a, 60, now), hold_of(a, 41, now), hold_of(a, 40, now)
    answers = await service.hold(tx, [first, second, third, first], now)
    assert [type(answer).__name__ for answer in answers] == ["Hold", "InsufficientFunds", "Hold", "Hold"]
    assert (await service.balances(tx, [a], CNY))[a] == Balance(100, 100)
    assert kinds(await service.post(tx, [posting((a, COMMISSION, 1))], now)) == ["InsufficientFunds"]


async def test_a_hold_is_captured_once_and_the_rest_is_free(tx: Tx, now: datetime) -> None:
    a, b = await funded(tx, now, 100), wallet()
    held = hold_of(a, 60, now)
    await service.hold(tx, [held], now)
    part = CaptureRequest(held.hold_id, b, 45)
    assert await service.capture(tx, [part, part], now) == [
        Posted(held.hold_id),
        Posted(held.hold_id, True),
    ]
    assert (await service.balances(tx, [a, b], CNY)) == {a: Balance(55, 0), b: Balance(45, 0)}
    assert await service.capture(tx, [part], now) == [Posted(held.hold_id, True)]
    other = await service.capture(tx, [CaptureRequest(held.hold_id, b, 44)], now)
    assert isinstance(other[0], PostingConflict)
    assert isinstance((await service.void(tx, [held.hold_id], now))[0], HoldOver)


async def test_several_holds_of_one_account_in_one_batch(tx: Tx, now: datetime) -> None:
    a, b = await funded(tx, now, 100), wallet()
    holds = [hold_of(a, 30, now) for _ in range(3)]
    await service.hold(tx, holds, now)
    await service.capture(tx, [CaptureRequest(h.hold_id, b) for h in holds[:2]], now)
    (voided,) = await service.void(tx, [holds[2].hold_id], now)
    assert getattr(voided, "state", None) is HoldState.VOIDED
    assert await service.void(tx, [holds[2].hold_id], now) == [voided]
    assert (await service.balances(tx, [a, b], CNY)) == {a: Balance(40, 0), b: Balance(60, 0)}


async def test_a_hold_expires_and_then_nothing_else(tx: Tx, now: datetime) -> None:
    a, b = await funded(tx, now, 100), wallet()
    held = hold_of(a, 60, now)
    while await service.expire(tx, held.expires_at):
        pass  # what other tests left open
    await service.hold(tx, [held], now)
    assert await service.expire(tx, held.expires_at - timedelta(microseconds=1)) == 0
    late = await service.capture(tx, [CaptureRequest(held.hold_id, b)], held.expires_at)
    assert isinstance(late[0], HoldOver)
    assert await service.expire(tx, held.expires_at) == 1
    assert await service.expire(tx, held.expires_at) == 0
    assert (await service.balances(tx, [a], CNY))[a] == Balance(100, 0)
    after = await service.capture(tx, [CaptureRequest(held.hold_id, b)], now)
    assert isinstance(after[0], HoldOver)


async def test_holds_that_are_refused(tx: Tx, now: datetime) -> None:
    a = await funded(tx, now, 100)
    held = hold_of(a, 60, now)
    await service.hold(tx, [held], now)
    changed = HoldRequest(held.hold_id, "ord_2", a, CNY, 60, held.expires_at)
    answers = await service.hold(
        tx, [changed, hold_of(a, 0, now), hold_of("purse:x", 1, now), hold_of(a, 1, now, seconds=0)], now
    )
    assert [type(answer) for answer in answers] == [PostingConflict, BadPosting, BadPosting, BadPosting]
    answers_2 = await service.capture(
        tx,
        [
            CaptureRequest("hol_none", COMMISSION),
            CaptureRequest(held.hold_id, COMMISSION, 61),
            CaptureRequest(held.hold_id, COMMISSION, 0),
            CaptureRequest(held.hold_id, a),
        ],
        now,
    )
    assert [type(answer) for answer in answers_2] == [UnknownHold, CaptureTooLarge, BadPosting, BadPosting]
    assert [type(answer) for answer in await service.void(tx, ["hol_none"], now)] == [UnknownHold]


async def test_empty_batches_do_nothing(tx: Tx, now: datetime) -> None:
    assert await service.post(tx, [], now) == []
    assert await service.reverse(tx, [], now) == []
    assert await service.hold(tx, [], now) == []
    assert await service.capture(tx, [], now) == []
    assert await service.void(tx, [], now) == []
