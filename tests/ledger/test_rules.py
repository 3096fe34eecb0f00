"""What a posting takes, which postings fit, what a hold allows; at exact boundaries."""

from datetime import UTC, datetime, timedelta

import pytest

from fairday.kernel.money import MINOR_MAX
from fairday.ledger import rules
from fairday.ledger.errors import BadPosting, CaptureTooLarge, HoldOver
from fairday.ledger.rules import Book
from fairday.ledger.types import Account, Hold, HoldState, TransferDraft
from tests.ledger.builders import posting

NOW = datetime(2026, 11, 11, tzinfo=UTC)
W, V, M = "wallet:a", "wallet:b", "merchant:m:payable"
CLEARING = "order:clearing"


def account(account_id: str, posted: int, held: int = 0) -> Account:
    return Account(account_id, "CNY", posted, held, 0, rules.may_go_negative(account_id))


@pytest.mark.parametrize(
    ("account_id", "may"),
    [
        (W, False),
        ("card:x", False),
        (M, True),
        ("merchant:m:marketing", True),
        ("platform:topup", True),
        ("platform:commission", True),
        (CLEARING, True),
        ("cash:til_1", True),
    ],
)
def test_only_the_house_may_go_below_zero(account_id: str, may: bool) -> None:
    assert rules.may_go_negative(account_id) is may


@pytest.mark.parametrize(
    ("transfers", "is_bad"),
    [
        ([(W, M, 1)], False),
        ([(W, M, MINOR_MAX)], False),
        ([(W, M, 0)], True),
        ([(W, M, -1)], True),
        ([(W, M, MINOR_MAX + 1)], True),
        ([(W, W, 1)], True),
        ([], True),
        ([(W, M, 1)] * rules.TRANSFERS_MAX, False),
        ([(W, M, 1)] * (rules.TRANSFERS_MAX + 1), True),
        ([("purse:a", M, 1)], True),
        ([("wallet:", M, 1)], True),
        ([("wallet", M, 1)], True),
        ([(W, "", 1)], True),
    ],
)
def test_postings_that_make_no_sense(transfers: list[tuple[str, str, int]], is_bad: bool) -> None:
    assert isinstance(rules.defect(posting(*transfers)), BadPosting) is is_bad


@pytest.mark.parametrize("change", [{"posting_id": ""}, {"currency": "YUAN"}])
def test_postings_need_an_id_and_a_currency(change: dict[str, str]) -> None:
    sound = posting((W, M, 1))
    fields = {name: getattr(sound, name) for name in sound.__struct_fields__}
    assert isinstance(rules.defect(type(sound)(**(fields | change))), BadPosting)


def test_money_that_passes_through_leaves_no_net() -> None:
    """R89: 100.00, a coupon of 20.00 (12 / 8), commission 4.60: clearing ends at zero."""
    nets = rules.nets_of(
        posting(
            (W, CLEARING, 8000),
            ("platform:marketing", CLEARING, 1200),
            (CLEARING, M, 8740),
            (CLEARING, "platform:commission", 460),
        )
    )
    assert nets == {W: -8000, "platform:marketing": -1200, M: 8740, "platform:commission": 460}
    assert sum(nets.values()) == 0


@pytest.mark.parametrize(
    ("amounts", "net", "low"),
    [
        ([5, -5], 0, 0),
        ([-5, 5], 0, -5),
        ([-3, -4, 10], 3, -7),
        ([10, -3, -8, 2], 1, -1),
        ([1], 1, 0),
    ],
)
def test_a_need_knows_its_lowest_point(amounts: list[int], net: int, low: int) -> None:
    postings = [posting((W, M, -amount)) if amount < 0 else posting((M, W, amount)) for amount in amounts]
    need = rules.needs_of(postings, [rules.nets_of(one) for one in postings])[W, "CNY"]
    assert (need.net_minor, need.low_minor, need.entries) == (net, low, len(amounts))


@pytest.mark.parametrize(
    ("posted", "held", "amount", "fits"),
    [(100, 0, 100, True), (100, 0, 101, False), (100, 1, 100, False), (100, 1, 99, True), (0, 0, 1, False)],
)
def test_a_wallet_gives_what_is_free_to_the_last_unit(
    posted: int, held: int, amount: int, fits: bool
) -> None:
    asked = posting((W, M, amount))
    books = {(W, "CNY"): Book(account(W, posted, held)), (M, "CNY"): Book(account(M, 0))}
    refusal = rules.judge(asked, rules.nets_of(asked), books)
    assert (refusal is None) is fits
    if refusal is not None:
        assert refusal.details["left_minor"] == posted - held


def test_linked_transfers_are_judged_together() -> None:
    """What a posting gives and takes counts at once: 5 in and 8 out of 3 fits."""
    asked = posting((W, M, 8), (V, W, 5))
    books = {
        (W, "CNY"): Book(account(W, 3)),
        (V, "CNY"): Book(account(V, 5)),
        (M, "CNY"): Book(account(M, 0)),
    }
    assert rules.judge(asked, rules.nets_of(asked), books) is None


def test_rows_carry_numbers_and_balances() -> None:
    asked = posting((W, CLEARING, 8), (CLEARING, M, 5), (CLEARING, V, 3))
    books = {
        (W, "CNY"): Book(account(W, 10)),
        (V, "CNY"): Book(account(V, 0)),
        (M, "CNY"): Book(account(M, -2)),
    }
    rows = rules.book(asked, rules.nets_of(asked), books, None, NOW)
    assert [row[5:12] for row in rows] == [
        (W, CLEARING, 8, 1, 2, None, None),
        (CLEARING, M, 5, None, None, 1, 3),
        (CLEARING, V, 3, None, None, 1, 3),
    ]


def test_a_reversal_is_the_same_backwards() -> None:
    original = posting((W, CLEARING, 8), (CLEARING, M, 8))
    undone = rules.backwards("trf_new", "ref_1", original)
    assert undone.transfers == (TransferDraft(M, CLEARING, 8), TransferDraft(CLEARING, W, 8))
    assert rules.nets_of(undone) == {account: -net for account, net in rules.nets_of(original).items()}


MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("state", "amount", "now", "refusal"),
    [
        (HoldState.ACTIVE, 10, NOW - MICROSECOND, None),
        (HoldState.ACTIVE, 1, NOW - MICROSECOND, None),
        (HoldState.ACTIVE, 11, NOW - MICROSECOND, CaptureTooLarge),
        (HoldState.ACTIVE, 0, NOW - MICROSECOND, BadPosting),
        (HoldState.ACTIVE, 10, NOW, HoldOver),
        (HoldState.VOIDED, 10, NOW - MICROSECOND, HoldOver),
        (HoldState.EXPIRED, 10, NOW - MICROSECOND, HoldOver),
        (HoldState.CAPTURED, 10, NOW - MICROSECOND, HoldOver),
        (HoldState.VOIDED, 11, NOW - MICROSECOND, HoldOver),  # over before too large
    ],
)
def test_captures_at_the_boundary(state: HoldState, amount: int, now: datetime, refusal: type | None) -> None:
    held = Hold("hol_1", "ord_1", W, "CNY", 10, 0, state, NOW)
    found = rules.capture_refusal(held, amount, now)
    assert (None if found is None else type(found)) is refusal
