"""Place orders: judge and price a whole batch, then take goods, coupons and money for all of it at once.

Guarantee: an order that is answered has its goods, its coupons and its money, and all of them stand in the books; an
order that is refused has none. Who asked first is served first. How: docs/algorithms/place-order.md.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.checkout import pricing, rules
from fairday.checkout.errors import ReceiptConflict, WalletTooLow
from fairday.checkout.pricing import Priced, World, coupons_channel
from fairday.checkout.types import RESERVATION_TTL, PlaceOrder
from fairday.coupons import service as coupons
from fairday.coupons.claims import LockRequest, RedeemRequest
from fairday.kernel.errors import Refusal
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.orders import service as orders
from fairday.orders.types import Channel, NewOrder, Order, ReceiptKey, Status
from fairday.stock import service as stock
from fairday.stock.types import MoveRequest, ReserveRequest, StockLine


class Draft:
    """Carry one order through the batch: its place in the request, what it was priced from, and the order itself."""

    __slots__ = ("order", "place", "priced", "request")

    def __init__(self, place: int, request: PlaceOrder, priced: Priced, order: Order) -> None:
        self.place = place
        self.request = request
        self.priced = priced
        self.order = order


Answers = list[Order | Refusal | None]


async def place(tx: Tx, requests: Sequence[PlaceOrder], now: datetime) -> list[Order | Refusal]:
    """Place orders, online and at tills, in arrival order; each gets its order or a refusal and nothing half done.

    Refusals: BadLines, WrongCurrency, CouponsNeedMember, CouponTwice, those of coupons and of the price engine,
    PriceChanged, TendersMismatch, ReceiptConflict, WalletTooLow, OutOfStock.
    Raises: RetryTransaction when another transaction took one of the receipts at this moment.
    """
    answers: Answers = [None] * len(requests)
    waiting: Sequence[int] = range(len(requests))
    while waiting:
        waiting = await _round(tx, requests, waiting, answers, now)
    return [answer for answer in answers if answer is not None]


async def _round(
    tx: Tx, requests: Sequence[PlaceOrder], waiting: Sequence[int], answers: Answers, now: datetime
) -> list[int]:
    """Settle those that do not depend on an earlier one of the batch; return the others."""
    places, later = independent(requests, waiting)
    places = await _replay(tx, requests, places, answers)
    chosen = [requests[place] for place in places]
    world = await pricing.read_world(tx, chosen, now)
    drafts: list[Draft] = []
    for place, priced in zip(places, await pricing.price_all(tx, chosen, world, now), strict=True):
        if isinstance(priced, Refusal):
            answers[place] = priced
            continue
        refusal = rules.disagree(requests[place], priced.quote)
        if refusal is not None:
            answers[place] = refusal
            continue
        drafts.append(Draft(place, requests[place], priced, _compose(requests[place], priced, world, now)))
    drafts, poor = await _covered(tx, drafts, answers)
    kept = await _take(tx, drafts, answers, now)
    await orders.insert(tx, [NewOrder(draft.order, draft.priced.cart) for draft in kept], now)
    for draft in kept:
        answers[draft.place] = draft.order
    return sorted(later + poor)


def independent(requests: Sequence[PlaceOrder], waiting: Sequence[int]) -> tuple[list[int], list[int]]:
    """Part the waiting into those that may go together and those that share a claim or a receipt with one before.

    The later of two can only be judged when the fate of the earlier is known.
    """
    taken: set[str] = set()
    places: list[int] = []
    later: list[int] = []
    for place in waiting:
        request = requests[place]
        keys = request.claim_ids
        if request.receipt_id is not None:
            keys = (*keys, f"{request.till_id} {request.receipt_id}")
        if taken.isdisjoint(keys):
            places.append(place)
        else:
            later.append(place)
        taken.update(keys)
    return places, later


async def _replay(tx: Tx, requests: Sequence[PlaceOrder], places: list[int], answers: Answers) -> list[int]:
    """Answer till sales whose receipt was sold before with the same order; refuse another basket. Source: R35."""
    keys = {
        place: ReceiptKey(request.till_id or "", request.receipt_id)
        for place in places
        if (request := requests[place]).receipt_id is not None
    }
    sold = await orders.by_receipts(tx, list(keys.values()))
    if not sold:
        return places
    found = await orders.get_many(tx, sorted(set(sold.values())))
    left: list[int] = []
    for place in places:
        key = keys.get(place)
        if key is None or key not in sold:
            left.append(place)
            continue
        order = found[sold[key]]
        answers[place] = (
            msgspec.structs.replace(order, is_replay=True)
            if rules.is_same_sale(requests[place], order)
            else ReceiptConflict(receipt_id=key.receipt_id, order_id=order.order_id)
        )
    return left


def _compose(request: PlaceOrder, priced: Priced, world: World, now: datetime) -> Order:
    store = world.stores[request.store_id or request.lines[0].store_id]
    return rules.compose(new_id("ord"), request, priced.quote, world.skus, world.terms, store.region_id, now)


async def _covered(tx: Tx, drafts: list[Draft], answers: Answers) -> tuple[list[Draft], list[int]]:
    """Part off those whose wallet does not cover them, before anything is taken.

    A wallet that covers an order alone, but not after an earlier one of the batch, waits for that one's fate.
    """
    payers = [draft for draft in drafts if draft.order.wallet_minor]
    if not payers:
        return drafts, []
    free: dict[tuple[str, str], int] = {}
    for currency in sorted({draft.order.currency for draft in payers}):
        wallets = sorted(
            {f"wallet:{draft.order.member_id}" for draft in payers if draft.order.currency == currency}
        )
        for account_id, balance in (await ledger.balances(tx, wallets, currency)).items():
            free[account_id, currency] = balance.posted_minor - balance.held_minor
    left = dict(free)
    covered: list[Draft] = []
    later: list[int] = []
    for draft in drafts:
        order = draft.order
        if order.wallet_minor:
            wallet = (f"wallet:{order.member_id}", order.currency)
            if order.wallet_minor > free[wallet]:
                answers[draft.place] = WalletTooLow(left_minor=free[wallet], needed_minor=order.wallet_minor)
                continue
            left[wallet] -= order.wallet_minor
            if left[wallet] < 0:
                later.append(draft.place)
                continue
        covered.append(draft)
    return covered, later


async def _take(tx: Tx, drafts: list[Draft], answers: Answers, now: datetime) -> list[Draft]:
    """Take goods, then coupons, then money; return the drafts that got all of it.

    Goods go first, so their refusals leave nothing to undo. A coupon or a wallet that another process emptied since it
    was read is rare: then this batch's takings are rolled back to a savepoint and taken again without the refused.
    """
    while drafts:
        savepoint = tx.transaction()
        await savepoint.start()
        kept, refused = await _take_goods(tx, drafts, now)
        late = await _take_coupons(tx, kept, now) or await _take_money(tx, kept, now)
        if not late:
            await savepoint.commit()
            for draft, refusal in refused:
                answers[draft.place] = refusal
            return kept
        await savepoint.rollback()
        for draft, refusal in late:
            answers[draft.place] = refusal
        gone = {draft.place for draft, _ in late}
        drafts = [draft for draft in drafts if draft.place not in gone]
    return drafts


Refused = list[tuple[Draft, Refusal]]


async def _take_goods(tx: Tx, drafts: list[Draft], now: datetime) -> tuple[list[Draft], Refused]:
    """Reserve online orders' goods and sell tills' goods at once; the shopper who stands at a till goes first."""
    until = now + RESERVATION_TTL
    fates: dict[int, object] = {}
    at_tills = [draft for draft in drafts if draft.order.channel is Channel.IN_STORE]
    online = [draft for draft in drafts if draft.order.channel is not Channel.IN_STORE]
    if at_tills:
        sales = [MoveRequest(draft.order.order_id, _stock_lines(draft.order)) for draft in at_tills]
        for draft, sold in zip(at_tills, await stock.sell(tx, sales, now), strict=True):
            fates[draft.place] = sold
    if online:
        wishes = [
            ReserveRequest(
                draft.order.order_id,
                _stock_lines(draft.order),
                None if draft.order.paid_at is not None else until,
            )
            for draft in online
        ]
        for draft, reserved in zip(online, await stock.reserve(tx, wishes, now), strict=True):
            fates[draft.place] = reserved
    kept: list[Draft] = []
    refused: Refused = []
    for draft in drafts:
        fate = fates[draft.place]
        if isinstance(fate, Refusal):
            refused.append((draft, fate))
        else:
            kept.append(draft)
    return kept, refused


def _stock_lines(order: Order) -> tuple[StockLine, ...]:
    return tuple(
        StockLine(line.line_id, line.sku_id, line.store_id, line.quantity)
        for part in order.merchant_orders
        for line in part.lines
    )


async def _take_coupons(tx: Tx, drafts: list[Draft], now: datetime) -> Refused:
    """Redeem the coupons of paid orders, lock those of waiting ones; return the refused."""
    redeeming: list[Draft] = []
    redeems: list[RedeemRequest] = []
    locking: list[Draft] = []
    locks: list[LockRequest] = []
    for draft in drafts:
        order = draft.order
        for applied in draft.priced.quote.discounts:
            member_id = order.member_id
            assert member_id is not None, "coupons need a member"
            if order.status is Status.PENDING_PAYMENT:
                locking.append(draft)
                locks.append(
                    LockRequest(
                        claim_id=applied.claim_id,
                        owner=order.order_id,
                        locked_until=now + RESERVATION_TTL,
                        member_id=member_id,
                    )
                )
            else:
                redeeming.append(draft)
                redeems.append(redemption(order, applied.claim_id, applied.amount_minor))
    refused: Refused = []
    if redeems:
        for draft, redeemed in zip(redeeming, await coupons.redeem(tx, redeems, now), strict=True):
            if isinstance(redeemed, Refusal):
                refused.append((draft, redeemed))
    if locks:
        for draft, locked in zip(locking, await coupons.lock(tx, locks, now), strict=True):
            if isinstance(locked, Refusal):
                refused.append((draft, locked))
    return refused


def redemption(order: Order, claim_id: str, amount_minor: int) -> RedeemRequest:
    """Return the request that uses a claim up for `order`."""
    assert order.member_id is not None, "coupons need a member"
    parts = order.merchant_orders
    return RedeemRequest(
        claim_id=claim_id,
        document_id=order.order_id,
        amount_minor=amount_minor,
        member_id=order.member_id,
        order_id=order.order_id,
        receipt_id=order.receipt_id,
        merchant_id=parts[0].merchant_id if len(parts) == 1 else None,
        store_id=order.store_id,
        till_id=order.till_id,
        clerk_id=order.clerk_id,
        channel=coupons_channel(order.channel),
        # A till may have set the claim aside before; an order sets it aside under its own id.
        owner=order.till_id or order.order_id,
    )


async def _take_money(tx: Tx, drafts: list[Draft], now: datetime) -> Refused:
    """Post the payments of paid orders; return the refused."""
    payers: list[Draft] = []
    postings = []
    for draft in drafts:
        order = draft.order
        if order.paid_at is not None:
            posting = rules.posting(order, order.wallet_minor, order.cash_minor)
            if posting is not None:
                payers.append(draft)
                postings.append(posting)
    if not postings:
        return []
    return [
        (draft, posted)
        for draft, posted in zip(payers, await ledger.post(tx, postings, now), strict=True)
        if isinstance(posted, Refusal)
    ]
