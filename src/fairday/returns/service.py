"""Preview, ask for, receive, reject and withdraw returns; each step locks the order first, so that one at a time is reckoned.

What has not left is given back at once; what has left is paid when the goods are back at the shop.
"""

from datetime import datetime

import msgspec

from fairday.checkout import service as checkout
from fairday.coupons import service as coupons
from fairday.kernel import outbox
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.http import paging
from fairday.kernel.http.routes import Page
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.orders import service as orders
from fairday.orders.types import MerchantOrder, Order, ReturnedLine, Status, TakenBack
from fairday.promotions import service as promotions
from fairday.promotions.types import PriceCart
from fairday.returns import rules, store
from fairday.returns.errors import RefundChanged, ReturnClosed
from fairday.returns.events import Rejected, Requested, Withdrawn
from fairday.returns.types import AskReturn, ClawBack, GoodsReturn, ReturnPreview, ReturnsQuery, ReturnStatus
from fairday.stock import service as stock
from fairday.stock.types import MoveRequest, StockLine

_LAST_ID = "ret_~"


class _Case(msgspec.Struct, frozen=True):
    """Hold an order with all its returns, to reckon one of them."""

    order: Order
    part_no: int
    known: list[GoodsReturn]
    reckoning: rules.Reckoning

    @property
    def part(self) -> MerchantOrder:
        return self.order.merchant_orders[self.part_no - 1]

    @property
    def done(self) -> dict[str, int]:
        """Return the pieces that are back."""
        lines = [line for part in self.order.merchant_orders for line in part.lines]
        return {line.line_id: line.returned_quantity for line in lines if line.returned_quantity}

    @property
    def claws(self) -> dict[str, int]:
        """Return what offers took back by the returns that are done."""
        paid = [one for one in self.known if one.status is ReturnStatus.REFUNDED]
        return rules.together([{claw.offer_id: claw.amount_minor for claw in one.claw_backs} for one in paid])

    def with_(self, more: rules.Pieces) -> rules.Reckoned:
        """Return the order's money when `more` is back too."""
        return self.reckoning.after(rules.together([self.done, more]), self.order.refunded_minor, self.claws)

    def claw_backs(self, after: rules.Reckoned) -> tuple[ClawBack, ...]:
        """Return what offers take back by the step to `after`."""
        before = self.claws
        changes = {one: after.claws.get(one, 0) - before.get(one, 0) for one in {*after.claws, *before}}
        names = {one.offer_id: one.name for one in self.reckoning.cart.offers}
        return tuple(
            [ClawBack(one, changes[one], names.get(one, "")) for one in sorted(changes) if changes[one]]
        )


async def _case(tx: Tx, order_id: str, part_no: int) -> _Case:
    """Lock and read an order. Raises: NotFound."""
    if not await orders.lock(tx, order_id):
        raise NotFound(what="order")
    order = await orders.get(tx, order_id)
    if not 1 <= part_no <= len(order.merchant_orders):
        raise NotFound(what="merchant order")
    cart = msgspec.convert((await orders.trace(tx, order_id)).cart, PriceCart)
    return _Case(order, part_no, await store.of_order(tx, order_id), rules.Reckoning(order, cart))


async def _asked(tx: Tx, ask: AskReturn, now: datetime) -> tuple[_Case, ReturnPreview]:
    """Reckon what is asked for. Raises: NotFound, and why it is not taken back (see `rules.judge`), ReturnWaits."""
    order_id, part_no = orders.read_part_id(ask.merchant_order_id)
    case = await _case(tx, order_id, part_no)
    order, part = case.order, case.part
    if ask.member_id is not None and order.member_id != ask.member_id:
        raise NotFound(what="merchant order")
    if ask.merchant_id is not None and part.merchant_id != ask.merchant_id:
        raise NotFound(what="merchant order")
    waiting = [one for one in case.known if one.status is ReturnStatus.REQUESTED]
    refusal = rules.judge(order, part, ask, now) or rules.judge_open(len(waiting))
    if refusal is not None:
        raise refusal
    more = {line.line_id: line.quantity for line in ask.lines}
    open_ = [({line.line_id: line.quantity for line in one.lines}, one.refund_minor) for one in waiting]
    refund_minor = case.reckoning.promise(case.done, order.refunded_minor, open_, more)
    wallet_minor, cash_minor = rules.tenders(order, refund_minor)
    lines = [line for one in order.merchant_orders for line in one.lines]
    is_handed_over = part.status is Status.FULFILLED
    return case, ReturnPreview(
        ask.merchant_order_id,
        order.currency,
        rules.back_lines(part, case.done, more, refund_minor),
        case.claw_backs(case.with_(more)),
        refund_minor,
        wallet_minor,
        cash_minor,
        not is_handed_over,
        rules.is_all_back(lines, more),
        rules.returnable_until(order, part) if ask.member_id is not None else None,
    )


async def preview(tx: Tx, ask: AskReturn, now: datetime) -> ReturnPreview:
    """Return what a return would give back. Raises: as `ask`, but nothing is asked for."""
    return (await _asked(tx, ask, now))[1]


async def ask(tx: Tx, ask: AskReturn, now: datetime) -> GoodsReturn:
    """Ask to return pieces; those that have not left are given back at once.

    Raises: NotFound, SoldAtTill, NotReturnable, ReturnWindowOver, BadReturnLines, TooManyReturns, ReturnWaits, RefundChanged.
    """
    case, shown = await _asked(tx, ask, now)
    if ask.expected_refund_minor not in (None, shown.refund_minor):
        raise RefundChanged(
            refund_minor=shown.refund_minor, expected_minor=ask.expected_refund_minor, currency=shown.currency
        )
    order = case.order
    made = GoodsReturn(
        new_id("ret"), order.order_id, ask.merchant_order_id, case.part.merchant_id, ReturnStatus.REQUESTED,
        not shown.is_immediate, ask.reason, ask.note, order.currency, shown.lines, shown.claw_backs, shown.refund_minor, 0, 0,
        now, None, None,
    )  # fmt: skip
    await store.insert(tx, made, case.part_no, ask)
    await orders.count_return(tx, order.order_id)
    await orders.ask_back(tx, order.order_id, _numbered(made))
    if shown.is_immediate:
        return await _pay(tx, case, made, now, is_sellable=True)
    event = Requested(
        return_id=made.return_id, order_id=order.order_id, merchant_id=made.merchant_id, member_id=order.member_id,
        currency=made.currency, refund_minor=made.refund_minor, requested_at=now,
    )  # fmt: skip
    await outbox.publish(tx, [event], now)
    return made


async def receive(
    tx: Tx, return_id: str, merchant_id: str | None, now: datetime, *, is_sellable: bool
) -> GoodsReturn:
    """Note that the goods are back at the shop, and pay what was promised. `merchant_id` None may do so for every merchant.

    Raises: NotFound, ReturnClosed.
    """
    case, wanted = await _open(tx, return_id, merchant_id)
    return await _pay(tx, case, wanted, now, is_sellable=is_sellable)


async def reject(tx: Tx, return_id: str, merchant_id: str | None, answer: str, now: datetime) -> GoodsReturn:
    """Refuse the goods, with words for the member. Raises: NotFound, ReturnClosed."""
    case, wanted = await _open(tx, return_id, merchant_id)
    closed = await _give_up(tx, wanted, ReturnStatus.REJECTED, answer, now)
    event = Rejected(
        return_id=return_id, order_id=wanted.order_id, merchant_id=wanted.merchant_id, member_id=case.order.member_id,
        currency=wanted.currency, refund_minor=wanted.refund_minor, answer=answer, rejected_at=now,
    )  # fmt: skip
    await outbox.publish(tx, [event], now)
    return closed


async def withdraw(tx: Tx, return_id: str, member_id: str, now: datetime) -> GoodsReturn:
    """Keep the goods after all. Raises: NotFound, ReturnClosed."""
    case, wanted = await _open(tx, return_id, None, member_id=member_id)
    closed = await _give_up(tx, wanted, ReturnStatus.WITHDRAWN, None, now)
    event = Withdrawn(
        return_id=return_id, order_id=wanted.order_id, merchant_id=wanted.merchant_id, member_id=case.order.member_id,
        withdrawn_at=now,
    )  # fmt: skip
    await outbox.publish(tx, [event], now)
    return closed


async def of_order(tx: Tx, order_id: str) -> list[GoodsReturn]:
    """Return an order's returns, the oldest first."""
    return await store.of_order(tx, order_id)


async def page(tx: Tx, merchant_id: str, query: ReturnsQuery) -> Page[GoodsReturn]:
    """Return a page of a merchant's returns, the newest first."""
    after = paging.read(query.cursor, [str])
    found = await store.page_of_merchant(
        tx, merchant_id, after[0] if after else _LAST_ID, query.status, query.limit + 1
    )
    items = found[: query.limit]
    return Page(items, paging.make(items[-1].return_id) if len(found) > query.limit else None)


async def _open(
    tx: Tx, return_id: str, merchant_id: str | None, *, member_id: str | None = None
) -> tuple[_Case, GoodsReturn]:
    """Return an open return with its order. Raises: NotFound for others', ReturnClosed."""
    order_id = await store.order_of(tx, return_id)
    if order_id is None:
        raise NotFound(what="return")
    case = await _case(tx, order_id, 1)
    wanted = next(one for one in case.known if one.return_id == return_id)
    if merchant_id not in (None, wanted.merchant_id) or member_id not in (None, case.order.member_id):
        raise NotFound(what="return")
    if wanted.status is not ReturnStatus.REQUESTED:
        raise ReturnClosed(status=wanted.status)
    _, part_no = orders.read_part_id(wanted.merchant_order_id)
    return msgspec.structs.replace(case, part_no=part_no), wanted


async def _give_up(
    tx: Tx, wanted: GoodsReturn, status: ReturnStatus, answer: str | None, now: datetime
) -> GoodsReturn:
    assert await store.close(tx, wanted.return_id, status, answer, now), "it was open under its order's lock"
    await orders.ask_back(tx, wanted.order_id, [(number, -count) for number, count in _numbered(wanted)])
    return msgspec.structs.replace(wanted, status=status, closed_at=now, answer=answer)


def _numbered(wanted: GoodsReturn) -> list[tuple[int, int]]:
    return [(int(line.line_id.rpartition("_")[2]), line.quantity) for line in wanted.lines]


async def _pay(tx: Tx, case: _Case, wanted: GoodsReturn, now: datetime, *, is_sellable: bool) -> GoodsReturn:
    """Give back goods, budgets, coupons with the last piece, and money: in the order in which placing takes them. Source: R82-R85."""
    order, more = case.order, {line.line_id: line.quantity for line in wanted.lines}
    before, after = checkout.standing(order, case.done, case.claws), case.with_(more)
    refund_minor = after.given_minor - order.refunded_minor
    assert refund_minor == wanted.refund_minor, (refund_minor, wanted.refund_minor)
    tenders = rules.tenders(order, refund_minor)
    budgets = {one: minor - after.standing.offers.get(one, 0) for one, minor in before.offers.items()}
    budgets = {one: minor for one, minor in budgets.items() if minor}
    back = TakenBack(
        order.order_id, case.part_no, wanted.return_id,
        tuple([ReturnedLine(number, count, line.refund_minor) for (number, count), line in zip(_numbered(wanted), wanted.lines, strict=True)]),
        refund_minor, rules.is_all_back(case.part.lines, more),
    )  # fmt: skip
    paid = msgspec.structs.replace(
        wanted, status=ReturnStatus.REFUNDED, closed_at=now, claw_backs=case.claw_backs(after), wallet_minor=tenders[0],
        cash_minor=tenders[1],
    )  # fmt: skip
    status = await orders.take_back(tx, order, back, now)
    assert await store.refund(tx, paid, budgets), "it was open under its order's lock"
    if status is Status.REFUNDED and order.claim_ids:
        await coupons.give_back(tx, [order.order_id], now)
    await _put_back(tx, case, wanted, now, is_sellable=is_sellable)
    await promotions.give_back(tx, [budgets])
    posting = checkout.posting_back(
        order, wanted.return_id, before, after.standing, wallet_minor=tenders[0], cash_minor=tenders[1]
    )
    for posted in await ledger.post(tx, [posting], now) if posting is not None else []:
        # Only a wallet can be too low, and here wallets are paid: a refusal is a broken book, not a customer's mistake.
        assert not isinstance(posted, Refusal), posted
    return paid


async def _put_back(tx: Tx, case: _Case, wanted: GoodsReturn, now: datetime, *, is_sellable: bool) -> None:
    """Free what was kept and has not left; put what came back on its store's shelf again, where it can be sold."""
    counts = {line.line_id: line.quantity for line in wanted.lines}
    if not wanted.is_handed_over:
        await stock.drop(tx, wanted.order_id, counts, now)
    elif is_sellable:
        lines = [
            StockLine(line.line_id, line.sku_id, line.store_id, counts[line.line_id])
            for line in case.part.lines
            if line.line_id in counts
        ]
        for moved in await stock.put_back(tx, [MoveRequest(wanted.return_id, tuple(lines))], now):
            assert not isinstance(moved, Refusal), moved
