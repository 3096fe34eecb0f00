"""Reckon what returns of one order give back, so that a promise stays true: pure. Source: R80-R83, I25.

All returns of an order give back together what the last of them would give at once. A return's refund may depend on which others
are done before it; `promise` is given only where it does not, for every order in which the open ones can end.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations

import msgspec

from fairday.checkout import service as checkout
from fairday.kernel.errors import Refusal
from fairday.kernel.money import split
from fairday.orders.types import Channel, Line, MerchantOrder, Order, Status
from fairday.promotions import service as promotions
from fairday.promotions.types import PriceCart
from fairday.returns.errors import (
    BadReturnLines,
    NotReturnable,
    ReturnWaits,
    ReturnWindowOver,
    SoldAtTill,
    TooManyReturns,
)
from fairday.returns.types import OPEN_MAX, RETURN_WINDOW, AskReturn, BackLine, ReturnLine

Pieces = Mapping[str, int]
"""Line ids to pieces."""


class Reckoned(msgspec.Struct, frozen=True):
    """Hold an order's money after some returns: `given_minor` in all, `claws` that offers took, and how the shares stand."""

    given_minor: int
    claws: dict[str, int]
    standing: checkout.Standing


class Reckoning:
    """Reckon with one order, the cart that it was priced from, and what was given back so far."""

    def __init__(self, order: Order, cart: PriceCart) -> None:
        self.order = order
        self.cart = cart
        self.lines = {line.line_id: line for part in order.merchant_orders for line in part.lines}

    def after(self, back: Pieces, given_minor: int, before: Mapping[str, int] | None = None) -> Reckoned:
        """Return the money when `back` is back in all and `given_minor` was given for earlier returns at least.

        What offers take back never asks the member for money: then nothing is given now, and offers take less; none less than
        `before`, what they took by the returns that are done.
        """
        paid = sum([checkout.paid_for(self.lines[one], 0, count) for one, count in back.items()])
        carried = checkout.standing(self.order, back, {}).offers
        numbers = {one.rpartition("_")[2]: count for one, count in back.items()}
        claws = {
            one: min(minor, carried.get(one, 0))
            for one, minor in promotions.claw_backs(self.cart, numbers).items()
        }
        lacking = max(given_minor - (paid - sum(claws.values())), 0)
        for floor in (before or {}, {}):
            for offer_id in sorted(claws, reverse=True):
                less = min(lacking, max(claws[offer_id] - floor.get(offer_id, 0), 0))
                claws[offer_id] -= less
                lacking -= less
        assert lacking == 0, "more was given back than was paid for what is back"
        claws = {one: minor for one, minor in claws.items() if minor}
        return Reckoned(paid - sum(claws.values()), claws, checkout.standing(self.order, back, claws))

    def due(self, done: Pieces, given_minor: int, more: Pieces) -> int:
        """Return what `more` gives back when `done` is back already."""
        return self.after(together([done, more]), given_minor).given_minor - given_minor

    def promise(
        self, done: Pieces, given_minor: int, open_: Sequence[tuple[Pieces, int]], more: Pieces
    ) -> int:
        """Return what `more` gives back, whichever of the `open_` returns (pieces, promised) end before it, and in which order.

        Raises: ReturnWaits where that is not certain, for this return or for one of the open ones.
        """
        promised = self.due(done, given_minor, more)
        returns = [*open_, (more, promised)]
        for size in range(len(returns)):
            for before in combinations(range(len(returns)), size):
                earlier = together([done, *[returns[one][0] for one in before]])
                given = given_minor + sum([returns[one][1] for one in before])
                for number, (pieces, minor) in enumerate(returns):
                    if number not in before and self.due(earlier, given, pieces) != minor:
                        raise ReturnWaits()
        return promised


def together(all_: Iterable[Pieces]) -> dict[str, int]:
    """Return pieces added up."""
    found: dict[str, int] = {}
    for pieces in all_:
        for line_id, count in pieces.items():
            found[line_id] = found.get(line_id, 0) + count
    return found


def judge(order: Order, part: MerchantOrder, ask: AskReturn, now: datetime) -> Refusal | None:
    """Judge whether the part takes anything back now, and these pieces. Source: R87."""
    if order.channel is Channel.IN_STORE:
        return SoldAtTill()
    if part.status not in (Status.PAID, Status.FULFILLED):
        return NotReturnable(status=part.status)
    until = returnable_until(order, part)
    if ask.member_id is not None and until is not None and until <= now:
        return ReturnWindowOver(until=until)
    errors = _bad_lines(part, ask.lines)
    return BadReturnLines(errors=errors) if errors else None


def returnable_until(order: Order, part: MerchantOrder) -> datetime | None:
    """Return until when a member may return the part's goods; None while they have not left. Source: R87."""
    if part.status is not Status.FULFILLED:
        return None
    return (part.fulfilled_at or order.placed_at) + RETURN_WINDOW


def _bad_lines(part: MerchantOrder, wanted: Sequence[ReturnLine]) -> list[str]:
    lines: dict[str, Line] = {line.line_id: line for line in part.lines}
    errors: list[str] = []
    seen: set[str] = set()
    for one in wanted:
        line = lines.get(one.line_id)
        left = 0 if line is None else line.quantity - line.returned_quantity - line.asked_back_quantity
        if one.line_id in seen:
            errors.append(f"{one.line_id} stands twice; add its pieces up")
        elif line is None:
            errors.append(f"{one.line_id} is no line of this part")
        elif one.quantity > left:
            errors.append(f"{one.line_id} has {left} pieces left to return")
        seen.add(one.line_id)
    return errors


def judge_open(count: int) -> Refusal | None:
    """Bound how many returns of an order wait at once, as each more doubles what a promise must hold for."""
    return TooManyReturns(count=count) if count >= OPEN_MAX else None


def back_lines(part: MerchantOrder, done: Pieces, wanted: Pieces, refund_minor: int) -> tuple[BackLine, ...]:
    """Return the lines of a return with what was paid for their pieces, and the refund shared over them in proportion."""
    lines = [line for line in part.lines if line.line_id in wanted]
    paid = [checkout.paid_for(line, done.get(line.line_id, 0), wanted[line.line_id]) for line in lines]
    weights = paid if sum(paid) else [1] * len(paid)
    return tuple(
        [
            BackLine(line.line_id, line.name, line.name_en, wanted[line.line_id], minor, share)
            for line, minor, share in zip(lines, paid, split(refund_minor, weights), strict=True)
        ]
    )


def tenders(order: Order, refund_minor: int) -> tuple[int, int]:
    """Return how a refund goes back to (wallet, cash): to the wallet what it paid and did not get back yet, the rest in cash. Source: R82."""
    wallet_left = max(order.wallet_minor - order.refunded_minor, 0)
    wallet_minor = min(refund_minor, wallet_left)
    return wallet_minor, refund_minor - wallet_minor


def is_all_back(lines: Iterable[Line], more: Pieces) -> bool:
    """Tell whether nothing of these lines stays once `more` is back."""
    return all(line.returned_quantity + more.get(line.line_id, 0) >= line.quantity for line in lines)
