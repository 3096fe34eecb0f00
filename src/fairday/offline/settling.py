"""Settle one run of records that may be applied together: judge, take coupons, book sales, book breaks.

Guarantee: each record is applied whole or flagged whole; of its coupons each is effective, or a break with one posting.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.checkout import service as checkout
from fairday.checkout.types import PlaceLine
from fairday.coupons import service as coupons
from fairday.coupons.service import CodeContent, LateUse, Redeemed
from fairday.coupons.types import CouponKind
from fairday.kernel.errors import Refusal
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.offline import rules
from fairday.offline.booking import Breaks
from fairday.offline.log_types import (
    CodeUse,
    LogRecord,
    Outcome,
    RecordBody,
    RecordKind,
    RecordResult,
    RecordState,
    UseResult,
)
from fairday.offline.rules import LeaseBook
from fairday.promotions.types import Funder
from fairday.tills import service as tills
from fairday.tills.service import LateRedemption, LateSale
from fairday.tills.types import PairedDevice


class Item(msgspec.Struct):
    """Carry one record through its run, with what was found out about it.

    `at` is when it happened as far as it can be believed. `reason` is set when the record is flagged, `supervisor_id` when
    the PIN of one came with it.
    """

    device: PairedDevice
    record: LogRecord
    body: RecordBody | None
    book: LeaseBook | None
    lease_id: str
    at: datetime
    is_clock_wrong: bool = False
    reason: str | None = None
    flags: list[str] = []
    uses: list["Use"] = []
    order_id: str = ""
    sale_id: str | None = None
    receipt_number: int | None = None
    supervisor_id: str | None = None

    @property
    def what(self) -> RecordBody:
        """Return what the record says, where it could be read."""
        assert self.body is not None
        return self.body

    def is_sale(self) -> bool:
        """Tell whether this is a sale to be booked."""
        return self.reason is None and self.what.kind is RecordKind.SALE

    def result(self) -> RecordResult:
        """Return what became of it."""
        return RecordResult(
            self.record.seq,
            self.body.kind if self.body else RecordKind.NOTE,
            RecordState.APPLIED if self.reason is None else RecordState.FLAGGED,
            self.at,
            self.body.receipt_id if self.body else None,
            self.reason,
            self.sale_id,
            self.receipt_number,
            tuple(self.flags),
            tuple(use.result() for use in self.uses),
        )


class Use(msgspec.Struct):
    """Carry one coupon of a record: what its code says, why it does not count, or its redemption."""

    place: int
    told: CodeUse
    content: CodeContent | None
    reason: str | None = None
    leased_minor: int = 0
    redemption_id: str | None = None
    break_id: str | None = None
    is_counted: bool = False
    is_overridden: bool = False

    def result(self) -> UseResult:
        """Return what became of it."""
        outcome = Outcome.EFFECTIVE if self.reason is None else Outcome(rules.kind_of(self.reason).value)
        return UseResult(
            self.place,
            outcome,
            self.told.amount_minor,
            self.content.claim_id if self.content else None,
            self.content.coupon_id if self.content else None,
            self.redemption_id,
            self.reason,
            self.break_id,
            self.is_counted,
            self.is_overridden,
        )


async def apply(tx: Tx, items: Sequence[Item], breaks: Breaks, now: datetime) -> None:
    """Apply sales, redemptions and notes, given in arrival order; what became of them is written on the items."""
    await judge_records(tx, items)
    await _read_codes(tx, items)
    await _known_receipts(tx, [item for item in items if item.is_sale()])
    known = await coupons.read_known(
        tx, [use.content.claim_id for item in items for use in item.uses if use.content]
    )
    fresh = [item for item in items if item.is_sale() and not item.sale_id]
    facts = {item.record.hash: _fact(item, known) for item in fresh}
    world = await _weigh(tx, fresh, facts, now)
    await _redeem(tx, _accept(items), known, now)
    for item in items:
        if item.reason is not None:
            for use in item.uses:
                use.reason = item.reason
    await breaks.add(tx, items)
    sold = [item for item in fresh if item.reason is None]
    final = [_final(facts[item.record.hash], item, known) for item in sold]
    booked = await checkout.record(tx, final, world, breaks.postings(), now)
    sales = await tills.record_sales(
        tx,
        [
            LateSale(one.order, item.what.shift_id or "", item.what.tendered_minor, item.at)
            for item, one in zip(sold, booked, strict=True)
        ],
    )
    for item, one, sale in zip(sold, booked, sales, strict=True):
        item.sale_id, item.receipt_number = sale.sale_id, sale.receipt_number
        if one.short_count:
            item.flags.append("stock_short")
    await tills.record_redemptions(tx, [_redemption(item) for item in items if _is_redeemed(item)], now)


async def judge_records(tx: Tx, items: Sequence[Item]) -> None:
    """Flag records that cannot be read, lack something, came from a revoked device or name a shift that was not there."""
    shifts = await tills.shifts_by_id(
        tx, [item.body.shift_id for item in items if item.body is not None and item.body.shift_id]
    )
    for item in items:
        body = item.body
        if body is None or not rules.is_complete(body):
            item.reason = "bad_record"
        elif item.device.revoked_at is not None and body.happened_at >= item.device.revoked_at:
            item.reason = "device_revoked"
        elif body.shift_id is not None and shifts.get(body.shift_id) != (item.device.till_id, body.clerk_id):
            item.reason = "unknown_shift"


async def _read_codes(tx: Tx, items: Sequence[Item]) -> None:
    """Read every code, and say of each why it does not count as far as the till could have known. Source: R37, R39."""
    shown = [(item, code) for item in items if item.body is not None for code in item.body.codes]
    read = await coupons.read_codes_late(tx, [(code.code, item.what.happened_at) for item, code in shown])
    for (item, told), (content, refusal) in zip(shown, read, strict=True):
        reason: str | None = refusal.code if refusal is not None else None
        if item.is_clock_wrong:
            reason = "wrong_clock"
        elif item.book is None:
            reason = "not_leased"
        elif not item.book.holds(item.what.happened_at):
            reason = "lease_over"
        item.uses.append(Use(len(item.uses), told, content, reason))


async def _known_receipts(tx: Tx, sales: Sequence[Item]) -> None:
    """Answer sales whose receipt stands at this till: the same sale, sent before the network went, or another. Source: R35."""
    receipts = [(item.device.till_id, item.what.receipt_id or "") for item in sales]
    found = await tills.sales_of_receipts(tx, receipts)
    if not found:
        return
    redeemed = await coupons.redemptions_of(tx, [sale.order_id for sale in found.values()])
    ids = {(one.document_id, one.claim_id): one.redemption_id for one in redeemed}
    for item, receipt in zip(sales, receipts, strict=True):
        sale = found.get(receipt)
        if sale is None:
            continue
        told = sorted((line.sku_id, line.quantity) for line in item.what.lines)
        stands = sorted((str(line["sku_id"]), int(line["quantity"])) for line in sale.lines)
        if (told, item.what.total_minor) != (stands, sale.total_minor):
            item.reason = "receipt_conflict"
            continue
        item.sale_id, item.receipt_number = sale.sale_id, sale.receipt_number
        item.flags.append("known_receipt")
        for use in item.uses:
            use.redemption_id = ids.get((sale.order_id, use.content.claim_id)) if use.content else None
            use.reason = None if use.redemption_id else "receipt_conflict"


async def _weigh(
    tx: Tx, fresh: Sequence[Item], facts: dict[str, checkout.SaleFact], now: datetime
) -> checkout.World:
    """Flag sales that do not add up. Where only the lines of a coupon do not fit, it is spread over all of them."""
    world, refusals = await checkout.weigh(tx, [facts[item.record.hash] for item in fresh], now)
    again = [item for item, refusal in zip(fresh, refusals, strict=True) if refusal is not None]
    for item in again:
        fact = facts[item.record.hash]
        spread = tuple(msgspec.structs.replace(one, eligible=()) for one in fact.discounts)
        facts[item.record.hash] = msgspec.structs.replace(fact, discounts=spread)
    if again:
        _, refusals = await checkout.weigh(tx, [facts[item.record.hash] for item in again], now)
        for item, refusal in zip(again, refusals, strict=True):
            if refusal is not None:
                item.reason = "bad_record"
    return world


def _accept(items: Sequence[Item]) -> list[tuple[Item, Use]]:
    """Count what tills took against their leases, in order, and return what is to be redeemed."""
    taken = []
    for item in items:
        if item.reason is not None or item.book is None:
            continue
        if not item.book.is_open:
            item.flags.append("late")
        for use in item.uses:
            if use.reason is not None or use.redemption_id is not None or use.content is None:
                continue
            use.reason = item.book.accept(use.content.coupon_id, use.told.amount_minor)
            if use.reason == "over_limit" and item.supervisor_id is not None:
                # Beyond the limits nothing was set aside: the coupon's free budget decides, as it does online (R41).
                use.reason, use.is_overridden = None, True
                taken.append((item, use))
            elif use.reason is None:
                use.is_counted = True
                use.leased_minor = item.book.escrow(use.content.coupon_id, use.told.amount_minor)
                taken.append((item, use))
    return taken


async def _redeem(tx: Tx, taken: Sequence[tuple[Item, Use]], known: coupons.Known, now: datetime) -> None:
    if not taken:
        return
    answers = await coupons.redeem_late(tx, [_late(item, use) for item, use in taken], known, now)
    for (item, use), answer in zip(taken, answers, strict=True):
        assert use.content is not None
        assert item.book is not None
        is_effective = isinstance(answer, Redeemed)
        item.book.spent(use.content.coupon_id, use.leased_minor, is_effective=is_effective)
        if isinstance(answer, Redeemed):
            use.redemption_id = answer.redemption_id
            if known.counters[answer.coupon_id].redeem_stopped and "coupon_stopped" not in item.flags:
                item.flags.append("coupon_stopped")
        elif isinstance(answer, Refusal):
            use.reason = answer.code


def _late(item: Item, use: Use) -> LateUse:
    device, body = item.device, item.what
    assert use.content is not None
    is_sale = body.kind is RecordKind.SALE
    return LateUse(
        use.content.claim_id,
        item.order_id if is_sale else f"{device.store_id}/{device.till_id}/{body.receipt_id}",
        use.told.amount_minor,
        body.happened_at,
        device.merchant_id,
        device.store_id,
        device.till_id,
        body.clerk_id,
        body.receipt_id if is_sale else f"{device.till_id}/{body.receipt_id}",
        item.order_id if is_sale else None,
        use.leased_minor,
    )


def _fact(item: Item, known: coupons.Known) -> checkout.SaleFact:
    device, body = item.device, item.what
    item.order_id = new_id("ord")
    return checkout.SaleFact(
        item.order_id,
        body.receipt_id or "",
        device.merchant_id,
        device.store_id,
        device.till_id,
        body.clerk_id or "",
        device.currency,
        tuple(
            PlaceLine(line.sku_id, line.quantity, device.store_id, line.gross_minor) for line in body.lines
        ),
        tuple(_discount(item, use, known) for use in item.uses),
        body.total_minor,
        item.at,
    )


def _discount(item: Item, use: Use, known: coupons.Known) -> checkout.FactDiscount:
    content = use.content
    template = known.templates.get(content.coupon_id) if content else None
    return checkout.FactDiscount(
        content.claim_id if content else f"{item.device.device_id}:{item.record.seq}:{use.place}",
        content.coupon_id if content else "",
        template.version if template else 1,
        template is not None and template.merchant_id is None,
        template.terms.kind if template else CouponKind.FIXED,
        use.told.amount_minor,
        rules.places_of(use.told),
    )


def _final(fact: checkout.SaleFact, item: Item, known: coupons.Known) -> checkout.SaleFact:
    """Say who pays for each coupon of a sale: its funders where it is effective, the merchant where it is a break."""
    discounts = []
    member_id: str | None = None
    for one, use in zip(fact.discounts, item.uses, strict=True):
        if use.redemption_id is None or use.content is None:
            discounts.append(one)
            continue
        template = known.templates[use.content.coupon_id]
        member_id = member_id or known.claims[use.content.claim_id].member_id
        funders = tuple(Funder(each.kind, each.share_bp, each.brand) for each in template.terms.funders)
        discounts.append(msgspec.structs.replace(one, funders=funders, is_effective=True))
    return msgspec.structs.replace(fact, discounts=tuple(discounts), member_id=member_id)


def _is_redeemed(item: Item) -> bool:
    return (
        item.body is not None
        and item.body.kind is RecordKind.REDEMPTION
        and item.reason is None
        and item.uses[0].redemption_id is not None
    )


def _redemption(item: Item) -> LateRedemption:
    device, body, use = item.device, item.what, item.uses[0]
    assert use.content is not None
    return LateRedemption(
        use.redemption_id or "", use.content.claim_id, use.content.coupon_id, device.merchant_id, device.store_id,
        device.till_id, body.shift_id or "", body.clerk_id or "", body.receipt_id or "", device.currency,
        use.told.amount_minor, use.told.code, item.at,
    )  # fmt: skip
