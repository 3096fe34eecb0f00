"""Place orders: judge and price a whole batch, then take coupons, goods and money for all of it at once.

Guarantee: an order that is answered has its goods, its coupons and its money, and all of them stand in the books; an
order that is refused has none. Who asked first is served first. How: docs/algorithms/place-order.md.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.checkout import covering, pricing, rules
from fairday.checkout.carts import World
from fairday.checkout.errors import ReceiptConflict
from fairday.checkout.pricing import Priced
from fairday.checkout.taking import Draft, write_and_take
from fairday.checkout.types import PlaceOrder
from fairday.coupons import service as coupons
from fairday.kernel.errors import Refusal
from fairday.kernel.ids import new_ids
from fairday.kernel.tx import Tx
from fairday.orders import service as orders
from fairday.orders.types import Order, ReceiptKey
from fairday.promotions import service as promotions

Answers = list[Order | Refusal | None]


async def place(tx: Tx, requests: Sequence[PlaceOrder], now: datetime) -> list[Order | Refusal]:
    """Place orders, online and at tills, in arrival order; each gets its order or a refusal and nothing half done.

    Refusals: BadLines, WrongCurrency, CouponsNeedMember, CouponTwice, those of coupons and of the price engine,
    PriceChanged, TendersMismatch, ReceiptConflict, OutOfStock, OfferUsedUp, OrderNumberTaken, WalletTooLow.
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
    """Settle all but those that hang on an earlier one of the batch, and return these.

    The earlier ones got what they asked for, so the next round only reads and says no, or replays a receipt: a batch
    locks claims, shelves and accounts in one pass, and batches cannot deadlock.
    """
    places = await _replay(tx, requests, waiting, answers)
    chosen = [requests[place] for place in places]
    world = await pricing.read_world(tx, chosen, now)
    drafts: list[Draft] = []
    # Read once, judged and redeemed from: the guarded updates decide in any case.
    claims = [claim_id for request in chosen for claim_id in request.claim_ids]
    known = await coupons.read_known(tx, claims) if claims else None
    prices = await pricing.price_all(tx, chosen, world, now, known=known)
    for place, priced, order_id in zip(places, prices, new_ids("ord", len(places)), strict=True):
        if len(drafts) % pricing.STRIDE == 0:
            await asyncio.sleep(0)
        request = requests[place]
        refusal = priced if isinstance(priced, Refusal) else rules.disagree(request, priced.quote)
        if refusal is not None:
            answers[place] = refusal
        elif isinstance(priced, Priced):
            number = promotions.number_of(priced.cart, priced.quote)
            drafts.append(
                Draft(place, request, priced, _compose(order_id, request, priced, world, now), number)
            )
    trusting = covering.is_calm()
    while True:
        covered, later, refused = await covering.cover(tx, drafts, trusting=trusting)
        late = await write_and_take(tx, covered, known, now)
        if not late:
            break
        if trusting:
            # Nobody is refused on trust: all was undone, so look at shelves and wallets and judge everyone.
            trusting = False
            covering.stay_careful()
            continue
        # Rare, and all was undone: judge everyone again without those, whom another process was faster than.
        gone = {draft.place for draft, _ in late}
        drafts = [draft for draft in drafts if draft.place not in gone]
        for draft, why in late:
            answers[draft.place] = why
    for draft, why in refused:
        answers[draft.place] = why
    for draft in covered:
        answers[draft.place] = draft.order
    # After those that still fitted have their part.
    said = [answers[place] for place in places]
    await promotions.use_up(tx, [one for one in said if isinstance(one, Refusal)])
    return later


async def _replay(
    tx: Tx, requests: Sequence[PlaceOrder], places: Sequence[int], answers: Answers
) -> Sequence[int]:
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


def _compose(order_id: str, request: PlaceOrder, priced: Priced, world: World, now: datetime) -> Order:
    store = world.stores[request.store_id or request.lines[0].store_id]
    return rules.compose(order_id, request, priced.quote, world.skus, world.terms, store.region_id, now)
