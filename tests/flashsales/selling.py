"""Open small flash sales and let people in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from fairday.flashsales import service, store
from fairday.flashsales.invariants import INVARIANTS
from fairday.flashsales.rules import SaleRow
from fairday.flashsales.types import EnterRequest, FlashEntry, FlashSaleBody
from fairday.kernel.errors import Refusal
from fairday.kernel.lanes import Replay
from fairday.kernel.tx import Tx
from fairday.members.types import Member
from tests.checkout.city import Shop

Now = datetime


async def opened(tx: Tx, now: Now, shop: Shop, **change: Any) -> SaleRow:
    """Open a sale of the shop's first SKU at half price, three places, running since a second."""
    fields: dict[str, Any] = {
        "name": "前三名半价", "name_en": "First three at half price", "sku_id": shop.sku_ids[0], "store_id": shop.store_id,
        "places": 3, "price_minor": 5_000, "starts_at": now - timedelta(seconds=1), "ends_at": now + timedelta(hours=2),
    }  # fmt: skip
    return await service.create(tx, FlashSaleBody(**(fields | change)), None, "acc_1", now)


async def entered(
    tx: Tx, now: Now, sale: SaleRow, people: Sequence[Member]
) -> list[FlashEntry | Replay | Refusal]:
    return await service.enter(tx, [EnterRequest(sale.sale_id, one.member_id) for one in people], now)


def states(answers: Sequence[FlashEntry | Replay | Refusal]) -> list[str]:
    return [
        one.code
        if isinstance(one, Refusal)
        else (f"again {one.result.state}" if isinstance(one, Replay) else str(one.state))
        for one in answers
    ]


async def published(tx: Tx, sale: SaleRow) -> list[str]:
    return [one.published for one in await store.log_links(tx, sale.sale_id, 0, 1_000_000)]


async def holds(tx: Tx) -> None:
    for invariant in INVARIANTS:
        rows = await tx.fetch(invariant.query)
        assert not rows, (invariant.promise, rows[:3])
