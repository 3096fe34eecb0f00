"""Take offers' budgets for whole batches of orders, and give them back.

Guarantee: what orders took of an offer never exceeds its budget (the statement and a CHECK), also when several processes take
at once; the first order that a budget does not hold ends the offer. Source: R31, F17, F21.
"""

from collections.abc import Mapping, Sequence

from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.promotions import store
from fairday.promotions.errors import OfferUsedUp


async def take(tx: Tx, orders: Sequence[Mapping[str, int]]) -> list[Refusal | None]:
    """Take each order's amounts by offer, for the whole batch; return per order None, or why not.

    When any is refused, the caller undoes the transaction's part: what others took is then taken back too.
    Refusals: OfferUsedUp, for the first offer by id that does not hold.
    """
    needs: dict[str, int] = {}
    for amounts in orders:
        for offer_id, amount in amounts.items():
            needs[offer_id] = needs.get(offer_id, 0) + amount
    if not needs:
        return [None] * len(orders)
    short = sorted(set(needs) - await store.take_all(tx, needs))
    if not short:
        return [None] * len(orders)
    left = await store.left(tx, short)
    answers: list[Refusal | None] = []
    for amounts in orders:
        lacking = [one for one in short if one in amounts and not _holds(left.get(one, 0), amounts[one])]
        answers.append(OfferUsedUp(offer_id=lacking[0]) if lacking else None)
        if not lacking:
            for one in short:
                rest = left.get(one, 0)
                left[one] = None if rest is None else rest - amounts.get(one, 0)
    return answers


def _holds(left: int | None, amount: int) -> bool:
    return left is None or amount <= left


async def give_back(tx: Tx, orders: Sequence[Mapping[str, int]]) -> None:
    """Give back what cancelled orders had taken of each offer; an offer that was stopped stays so."""
    amounts: dict[str, int] = {}
    for taken in orders:
        for offer_id, amount in taken.items():
            amounts[offer_id] = amounts.get(offer_id, 0) + amount
    if amounts:
        await store.give_back(tx, amounts)


async def use_up(tx: Tx, refusals: Sequence[Refusal]) -> None:
    """End the offers that some of these refusals name, for everybody at once."""
    ids = sorted({str(one.details["offer_id"]) for one in refusals if isinstance(one, OfferUsedUp)})
    if ids:
        await store.use_up(tx, ids)
        await store.new_revision(tx)
