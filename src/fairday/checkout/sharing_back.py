"""Share what returns give back among those who paid and were paid: pure, exact. Source: R19, R80, R88, R89, I25.

Guarantee: the postings of an order's returns are differences between two states of its money, so any sequence of returns that
brings everything back leaves every account where it stood before the sale.
"""

from collections.abc import Mapping

import msgspec

from fairday.checkout.rules import CLEARING, COMMISSION, MARKETING
from fairday.kernel.money import first_shares, split
from fairday.ledger.types import Posting, TransferDraft
from fairday.orders.types import Line, LineAllocation, Order


class PartMoney(msgspec.Struct, frozen=True):
    """Hold what one merchant's part is worth with the pieces that stay. net + platform + brands = payable + commission."""

    net_minor: int
    platform_minor: int
    brands: dict[str, int]
    payable_minor: int
    commission_minor: int


class Standing(msgspec.Struct, frozen=True):
    """Hold an order's money with the pieces that stay: by part, and what each offer still takes off."""

    parts: tuple[PartMoney, ...]
    offers: dict[str, int]

    @property
    def net_minor(self) -> int:
        """Return what the member paid for what stays."""
        return sum([part.net_minor for part in self.parts])


class _Share(msgspec.Struct):
    """Hold what one discount still takes off one line, by who pays for it."""

    part: int
    offer_id: str | None
    brand: str
    funded: list[int]
    """Platform, merchant, brand."""


def paid_for(line: Line, before: int, count: int) -> int:
    """Return what was paid for `count` pieces of a line when `before` are back already. Source: R19."""
    return first_shares(line.net_minor, line.quantity, before + count) - first_shares(
        line.net_minor, line.quantity, before
    )


def standing(order: Order, back: Mapping[str, int], claws: Mapping[str, int]) -> Standing:
    """Return an order's money when `back` pieces (by line id) are back and offers took `claws` again from what stays.

    `claws` of an offer is at most what it still takes off. Two calls with everything back are equal: all zero.
    """
    net = [0] * len(order.merchant_orders)
    shares: list[_Share] = []
    for number, part in enumerate(order.merchant_orders):
        for line in part.lines:
            count = back.get(line.line_id, 0)
            net[number] += _kept(line.net_minor, line, count)
            shares += [_share(number, line, one, count) for one in line.allocations]
    for offer_id, amount in claws.items():
        mine = [one for one in shares if one.offer_id == offer_id]
        for one, taken in zip(mine, split(amount, [sum(one.funded) for one in mine]), strict=True):
            net[one.part] += taken
            if taken:
                parts = split(taken, one.funded)
                one.funded = [had - less for had, less in zip(one.funded, parts, strict=True)]
    offers: dict[str, int] = {}
    for one in shares:
        if one.offer_id is not None:
            offers[one.offer_id] = offers.get(one.offer_id, 0) + sum(one.funded)
    return Standing(tuple([_money(order, number, net[number], shares) for number in range(len(net))]), offers)


def _kept(amount: int, line: Line, count: int) -> int:
    return amount - first_shares(amount, line.quantity, count)


def _share(part: int, line: Line, one: LineAllocation, count: int) -> _Share:
    funded = [
        _kept(minor, line, count) for minor in (one.platform_minor, one.merchant_minor, one.brand_minor)
    ]
    return _Share(part, one.coupon_id if one.claim_id is None else None, one.brand or "", funded)


def _money(order: Order, number: int, net_minor: int, shares: list[_Share]) -> PartMoney:
    """Share what stays of a part as it was shared when it was placed: the commission in proportion, rounded down."""
    mine = [one for one in shares if one.part == number]
    platform_minor = sum([one.funded[0] for one in mine])
    brands: dict[str, int] = {}
    for one in mine:
        if one.funded[2]:
            brands[one.brand] = brands.get(one.brand, 0) + one.funded[2]
    part = order.merchant_orders[number]
    base, whole = (
        net_minor + platform_minor + sum(brands.values()),
        part.payable_minor + part.commission_minor,
    )
    commission_minor = part.commission_minor * base // whole if whole else 0
    return PartMoney(net_minor, platform_minor, brands, base - commission_minor, commission_minor)


def posting_back(
    order: Order, return_id: str, before: Standing, after: Standing, *, wallet_minor: int, cash_minor: int
) -> Posting | None:
    """Return the posting that takes an order's money from one state to the next; None when no money moves.

    Merchants and commission pay into clearing, the member and who funded the discounts are paid out of it. A small amount may run
    the other way, where an offer's share falls on other lines than before.
    """
    assert before.net_minor - after.net_minor == wallet_minor + cash_minor, (
        "the refund is what the member's goods are worth less"
    )
    moves: dict[str, int] = {f"wallet:{order.member_id}": wallet_minor, f"cash:{order.till_id}": cash_minor}
    for part, was, now in zip(order.merchant_orders, before.parts, after.parts, strict=True):
        _add(moves, MARKETING, was.platform_minor - now.platform_minor)
        for brand in sorted({*was.brands, *now.brands}):
            _add(moves, f"platform:brand:{brand}", was.brands.get(brand, 0) - now.brands.get(brand, 0))
        _add(moves, f"merchant:{part.merchant_id}:payable", now.payable_minor - was.payable_minor)
        _add(moves, COMMISSION, now.commission_minor - was.commission_minor)
    assert sum(moves.values()) == 0, "clearing must end at zero"
    transfers = [TransferDraft(account, CLEARING, -minor) for account, minor in moves.items() if minor < 0]
    transfers += [TransferDraft(CLEARING, account, minor) for account, minor in moves.items() if minor > 0]
    if not transfers:
        return None
    return Posting(f"return:{return_id}", order.order_id, "return", order.currency, tuple(transfers))


def _add(moves: dict[str, int], account: str, minor: int) -> None:
    moves[account] = moves.get(account, 0) + minor
