"""Part off what shelves and wallets do not cover, before anything is taken.

What is read here may be stale a moment later; the guarded updates decide. Reading first keeps the common refusals
(sold out, too little money) away from the locked rows, and lets orders be written before anything is locked. While
nothing runs short nobody is refused, and even the reading is left out.
"""

import time
from collections.abc import Mapping, Sequence

from fairday.checkout.errors import WalletTooLow
from fairday.checkout.taking import Draft
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.orders.types import Channel, Order
from fairday.stock import service as stock
from fairday.stock.errors import OutOfStock
from fairday.stock.types import Level

Key = tuple[str, str]
"""A level's (sku_id, store_id), or a wallet's (account_id, currency)."""
NOTHING: Mapping[Key, int] = {}
CAREFUL_S = 10.0
"""How long batches look before they take, after something ran short: one needless rollback in that time at most."""
_careful_until = 0.0


async def cover(
    tx: Tx, drafts: Sequence[Draft], *, trusting: bool = False
) -> tuple[list[Draft], list[int], list[tuple[Draft, Refusal]]]:
    """Return the drafts that shelves and wallets cover in arrival order, the places of those that hang on an earlier
    one (they share a claim or a receipt with it, or alone they would be covered), and the refused.

    `trusting`: take it for granted that there is enough; whoever takes and is refused must ask again without it.
    Refusals: OutOfStock, WalletTooLow.
    """
    if _are_apart(drafts) and (trusting or await _all_covered(tx, drafts)):
        return list(drafts), [], []
    stay_careful()
    levels = await stock.levels_at(
        tx, sorted({key for draft in drafts for key in needs_of(draft.order)}) if drafts else []
    )
    free = await _wallets(tx, [draft.order for draft in drafts])
    used: dict[Key, int] = {}
    spent: dict[Key, int] = {}
    taken: set[str] = set()
    covered: list[Draft] = []
    later: list[int] = []
    refused: list[tuple[Draft, Refusal]] = []
    for draft in drafts:
        order = draft.order
        names = unique_names(draft)
        if taken.isdisjoint(names) and (short(order, levels, used) or poor(order, free, spent)) is None:
            covered.append(draft)
            taken.update(names)
            for key, need in needs_of(order).items():
                used[key] = used.get(key, 0) + need
            if order.wallet_minor:
                wallet = wallet_of(order)
                spent[wallet] = spent.get(wallet, 0) + order.wallet_minor
            continue
        refusal = short(order, levels, NOTHING) or poor(order, free, NOTHING)
        if refusal is None:
            later.append(draft.place)
        else:
            refused.append((draft, refusal))
    return covered, later, refused


def is_calm() -> bool:
    """Tell whether this process saw nothing run short for a while: then a batch may skip looking before it takes."""
    return time.monotonic() >= _careful_until


def stay_careful() -> None:
    """Note that something ran short: for the next seconds every batch looks before it takes."""
    global _careful_until  # noqa: PLW0603 - a hint of this process; what is taken is guarded in any case
    _careful_until = time.monotonic() + CAREFUL_S


def _are_apart(drafts: Sequence[Draft]) -> bool:
    """Tell whether no two of the drafts share a claim, a receipt, or a member's order number."""
    names: set[str] = set()
    count = 0
    for draft in drafts:
        unique = unique_names(draft)
        names.update(unique)
        count += len(unique)
    return len(names) == count


async def _all_covered(tx: Tx, drafts: Sequence[Draft]) -> bool:
    """Tell whether shelves and wallets cover the whole batch together, as they nearly always do: three questions with
    one answer each, instead of every level and every wallet."""
    needs: dict[Key, int] = {}
    needs_at_tills: dict[Key, int] = {}
    spent: dict[str, dict[str, int]] = {}
    for draft in drafts:
        order = draft.order
        sums = needs_at_tills if order.channel is Channel.IN_STORE else needs
        for part in order.merchant_orders:
            for line in part.lines:
                key = (line.sku_id, line.store_id)
                sums[key] = sums.get(key, 0) + line.quantity
        if order.wallet_minor:
            wallets = spent.setdefault(order.currency, {})
            wallet, _ = wallet_of(order)
            wallets[wallet] = wallets.get(wallet, 0) + order.wallet_minor
    for key in needs_at_tills.keys() & needs.keys():
        needs[key] += needs_at_tills[key]
    return (
        await stock.all_have(tx, needs)
        and await stock.all_have(tx, needs_at_tills, at_till=True)
        and all([await ledger.all_have(tx, wallets, currency) for currency, wallets in spent.items()])
    )


def unique_names(draft: Draft) -> tuple[str, ...]:
    """Return what only one order may have: its claims, for a till sale its receipt, and its place among its member's orders where an
    offer asked for it."""
    order, number = draft.order, draft.number
    names = order.claim_ids
    if order.receipt_id is not None:
        names = (*names, f"{order.till_id} {order.receipt_id}")
    return names if number is None else (*names, f"{order.member_id} {number}")


def needs_of(order: Order) -> dict[Key, int]:
    """Return how many of each SKU an order needs from each store."""
    needs: dict[Key, int] = {}
    for part in order.merchant_orders:
        for line in part.lines:
            key = (line.sku_id, line.store_id)
            needs[key] = needs.get(key, 0) + line.quantity
    return needs


def short(order: Order, levels: Mapping[Key, Level], used: Mapping[Key, int]) -> OutOfStock | None:
    """Return what shelves lack for `order` after `used` was taken, or None. A till may sell the safety stock (R71)."""
    in_store = order.channel is Channel.IN_STORE
    for key, need in needs_of(order).items():
        level = levels.get(key)
        left = 0 if level is None else (level.free if in_store else level.free_online) - used.get(key, 0)
        if left < need:
            return OutOfStock(sku_id=key[0], place_id=key[1], left=max(left, 0), needed=need)
    return None


def wallet_of(order: Order) -> Key:
    """Return the wallet that pays an order."""
    return f"wallet:{order.member_id}", order.currency


def poor(order: Order, free: Mapping[Key, int], spent: Mapping[Key, int]) -> WalletTooLow | None:
    """Return what the wallet lacks for `order` after `spent` was taken from it, or None."""
    if not order.wallet_minor:
        return None
    wallet = wallet_of(order)
    left = free[wallet] - spent.get(wallet, 0)
    return (
        WalletTooLow(left_minor=left, needed_minor=order.wallet_minor) if left < order.wallet_minor else None
    )


async def _wallets(tx: Tx, orders: Sequence[Order]) -> dict[Key, int]:
    wallets = {wallet_of(order) for order in orders if order.wallet_minor}
    free: dict[Key, int] = {}
    for currency in sorted({currency for _, currency in wallets}):
        accounts = sorted([account_id for account_id, of in wallets if of == currency])
        for account_id, balance in (await ledger.balances(tx, accounts, currency)).items():
            free[account_id, currency] = balance.free_minor
    return free
