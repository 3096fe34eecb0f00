"""Write into the tills' books what happened there before now, and say whose a device, a shift and a receipt are.

For the room that settles the logs of tills which worked without network: it judged; here nothing is refused.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

import msgspec

from fairday.checkout import service as checkout
from fairday.checkout.types import CancelOrder
from fairday.coupons import service as coupons
from fairday.coupons.service import ReverseRequest
from fairday.kernel.errors import Refusal
from fairday.kernel.ids import new_id
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.orders.types import CloseReason, Order
from fairday.tills import rules, store
from fairday.tills.sale_types import Redemption, TillSale
from fairday.tills.store import NewRedemption, NewSale
from fairday.tills.types import OpenDesk, PairedDevice


class LateSale(msgspec.Struct, frozen=True):
    """Carry an order that a till sold for cash at `sold_at`, with what was tendered."""

    order: Order
    shift_id: str
    tendered_minor: int
    sold_at: datetime


class LateRedemption(msgspec.Struct, frozen=True):
    """Carry a redemption that a till made at `redeemed_at` for a receipt of the shop's own POS."""

    redemption_id: str
    claim_id: str
    coupon_id: str
    merchant_id: str
    store_id: str
    till_id: str
    shift_id: str
    clerk_id: str
    receipt_id: str
    currency: str
    amount_minor: int
    code: str
    redeemed_at: datetime


async def device_of_account(tx: Tx, account_id: str) -> PairedDevice | None:
    """Return the device that signs in as this account."""
    return await store.device_of_account(tx, account_id)


async def devices_by_id(tx: Tx, device_ids: Sequence[str]) -> dict[str, PairedDevice]:
    """Return the devices among the ids, also revoked ones."""
    return await store.devices_by_id(tx, device_ids) if device_ids else {}


async def shifts_by_id(tx: Tx, shift_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return (till, clerk) of the shifts among the ids, also closed ones."""
    return await store.shifts_by_id(tx, shift_ids) if shift_ids else {}


async def sales_of_receipts(tx: Tx, receipts: Sequence[tuple[str, str]]) -> dict[tuple[str, str], TillSale]:
    """Return the sales of receipts given as (till, receipt id)."""
    found = await store.sales_by_receipt(tx, receipts) if receipts else {}
    return {key: sale for key, (sale, _) in found.items()}


async def redemptions_of_receipts(
    tx: Tx, receipts: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[Redemption]]:
    """Return the redemptions of receipts given as (till, receipt id)."""
    found: dict[tuple[str, str], list[Redemption]] = {}
    for redemption, _, _ in await store.redemptions_by_receipt(tx, receipts) if receipts else []:
        found.setdefault((redemption.till_id, redemption.receipt_id), []).append(redemption)
    return found


async def record_sales(tx: Tx, sales: Sequence[LateSale]) -> list[TillSale]:
    """Number the receipts, write the sales and the cash of their shifts, open or closed.

    Raises: RetryTransaction when a receipt was taken at this moment.
    """
    if not sales:
        return []
    numbers = await store.take_numbers(tx, dict(Counter(one.order.till_id or "" for one in sales)))
    rows: list[NewSale] = []
    cash: Counter[str] = Counter()
    for one in sales:
        till_id = one.order.till_id or ""
        numbers[till_id] += 1
        sale = _sale(one, numbers[till_id])
        digest = blake2b(msgspec.json.encode(sale), digest_size=16).digest()
        rows.append(NewSale(sale, digest, msgspec.json.encode(sale.lines).decode()))
        cash[sale.shift_id] += sale.cash_minor
    if await store.insert_sales(tx, rows) != len(rows):
        raise RetryTransaction
    await store.add_shift_cash(tx, cash)
    return [row.sale for row in rows]


def _sale(one: LateSale, number: int) -> TillSale:
    order = one.order
    return TillSale(
        sale_id=new_id("sal"),
        till_id=order.till_id or "",
        receipt_id=order.receipt_id or "",
        receipt_number=number,
        merchant_id=order.merchant_orders[0].merchant_id,
        store_id=order.store_id or "",
        shift_id=one.shift_id,
        clerk_id=order.clerk_id or "",
        order_id=order.order_id,
        member_id=order.member_id,
        claim_ids=order.claim_ids,
        currency=order.currency,
        gross_minor=order.gross_minor,
        discount_minor=order.discount_minor,
        total_minor=order.total_minor,
        wallet_minor=0,
        cash_minor=order.total_minor,
        tendered_minor=one.tendered_minor,
        change_minor=rules.change_of(order.total_minor, 0, one.tendered_minor),
        lines=[
            {
                "sku_id": line.sku_id,
                "name": line.name,
                "quantity": line.quantity,
                "unit_minor": line.unit_minor,
                "gross_minor": line.gross_minor,
                "net_minor": line.net_minor,
            }
            for part in order.merchant_orders
            for line in part.lines
        ],
        sold_at=one.sold_at,
    )


async def record_redemptions(tx: Tx, made: Sequence[LateRedemption], now: datetime) -> None:
    """Write redemptions into the tills' log; those that stand there already stay as they are."""
    rows = [
        NewRedemption(
            one.redemption_id, one.claim_id, one.coupon_id,
            OpenDesk(one.till_id, one.merchant_id, one.store_id, one.currency, True, one.shift_id, one.clerk_id),
            one.receipt_id, one.currency, one.amount_minor, "[]", rules.hash_code(one.code), one.redeemed_at,
        )
        for one in made
    ]  # fmt: skip
    await store.insert_redemptions(tx, rows, now)


async def record_undos(
    tx: Tx,
    undone: Sequence[tuple[TillSale, str, str]],
    reversed_: Sequence[tuple[Redemption, str]],
    now: datetime,
) -> list[Refusal | None]:
    """Undo sales given as (sale, clerk, shift) and redemptions as (redemption, clerk); one answer each, sales first.

    The till kept the time limits. Refusals: those of checkout.cancel and coupons.reverse.
    """
    answers: list[Refusal | None] = []
    cancelled = (
        await checkout.cancel(
            tx,
            [
                CancelOrder(sale.order_id, reason=CloseReason.TILL, till_id=sale.till_id)
                for sale, _, _ in undone
            ],
            now,
        )
        if undone
        else []
    )
    done = []
    for (sale, clerk_id, shift_id), answer in zip(undone, cancelled, strict=True):
        answers.append(answer if isinstance(answer, Refusal) else None)
        if not isinstance(answer, Refusal):
            done.append((sale.sale_id, clerk_id, shift_id))
    changed = await store.undo_sales(tx, done, now)
    if len(changed) != len(done):
        raise RetryTransaction  # another page undid one of them at this moment
    cash: Counter[str] = Counter()
    for sale_id, _, shift_id in done:
        cash[shift_id] -= changed[sale_id].cash_minor
    await store.add_shift_cash(tx, cash)
    wanted = [
        ReverseRequest(
            one.claim_id,
            f"{one.till_id}/{one.receipt_id}",
            one.merchant_id,
            one.store_id,
            one.till_id,
            clerk_id,
            "undone offline",
        )
        for one, clerk_id in reversed_
    ]
    back = await coupons.reverse(tx, wanted, now, is_late=True) if wanted else []
    marks = []
    for (one, clerk_id), reversal in zip(reversed_, back, strict=True):
        answers.append(reversal if isinstance(reversal, Refusal) else None)
        if not isinstance(reversal, Refusal):
            marks.append((one.redemption_id, clerk_id, "undone offline"))
    await store.reverse_redemptions(tx, marks, now)
    return answers
