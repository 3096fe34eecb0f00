"""Apply undos: a till took back, within its minute, what it had sold or redeemed. Source: R32, R41."""

from collections.abc import Sequence
from datetime import datetime

from fairday.kernel.tx import Tx
from fairday.offline import booking
from fairday.offline.booking import Breaks
from fairday.offline.settling import Item, judge_records
from fairday.tills import service as tills
from fairday.tills.service import Redemption, TillSale


async def undo(tx: Tx, items: Sequence[Item], breaks: Breaks, now: datetime) -> None:
    """Undo sales and redemptions by their receipts, given in arrival order, each receipt once in `items`.

    Goods, coupons, money and breaks of the receipt go back. What cannot be undone is flagged.
    """
    await judge_records(tx, items)
    wanted = [item for item in items if item.reason is None]
    # A break of this batch must stand before it can be voided.
    await breaks.store(tx)
    receipts = [(item.device.till_id, item.what.receipt_id or "") for item in wanted]
    sales = await tills.sales_of_receipts(tx, receipts)
    redemptions = await tills.redemptions_of_receipts(tx, receipts)
    undone: list[tuple[TillSale, str, str]] = []
    reversed_: list[tuple[Redemption, str]] = []
    owners: list[Item] = []
    for item, receipt in zip(wanted, receipts, strict=True):
        sale = sales.get(receipt)
        if sale is not None and sale.undone_at is None:
            undone.append((sale, item.what.clerk_id or "", item.what.shift_id or ""))
            owners.append(item)
        if sale is not None:
            item.sale_id = sale.sale_id
    for item, receipt in zip(wanted, receipts, strict=True):
        alive = [one for one in redemptions.get(receipt, []) if one.reversed_at is None]
        if receipt not in sales:
            reversed_ += [(one, item.what.clerk_id or "") for one in alive]
            owners += [item] * len(alive)
    answers = await tills.record_undos(tx, undone, reversed_, now)
    for item, refusal in zip(owners, answers, strict=True):
        if refusal is not None:
            item.reason = refusal.code
    good = [(item, receipt) for item, receipt in zip(wanted, receipts, strict=True) if item.reason is None]
    for item, receipt in good:
        voided_count = await booking.void(tx, [receipt], now)
        if receipt not in sales and receipt not in redemptions and not voided_count:
            item.reason = "nothing_to_undo"
    await breaks.add(tx, items)
