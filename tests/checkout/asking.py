"""Ask checkout for things and look at what it left behind."""

from datetime import datetime
from typing import Any

from fairday.checkout import service
from fairday.checkout.types import (
    PlaceLine,
    PlaceOrder,
)
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.members.types import Member
from fairday.orders.types import Channel, Order
from fairday.stock import service as stock
from tests.checkout.city import Shop

Now = datetime


def asked(member: Member | None, *lines: tuple[Shop, int, int], **change: Any) -> PlaceOrder:
    """Ask for lines (shop, index of its SKU, quantity), paid from the wallet unless changed."""
    fields: dict[str, Any] = {"currency": "CNY", "pay_with": "wallet"}
    fields |= {"member_id": member.member_id if member else None} | change
    return PlaceOrder(
        lines=tuple(
            PlaceLine(shop.sku_ids[number], quantity, shop.store_id) for shop, number, quantity in lines
        ),
        **fields,
    )


def at_till(
    shop: Shop, receipt_id: str, quantity: int = 1, member: Member | None = None, **change: Any
) -> PlaceOrder:
    """Ask for a sale at the shop's till, paid in cash unless changed."""
    fields: dict[str, Any] = {
        "channel": Channel.IN_STORE, "store_id": shop.store_id, "till_id": f"til_{shop.store_id[4:]}",
        "clerk_id": "acc_1", "receipt_id": receipt_id, "pay_with": None,
    } | change  # fmt: skip
    return asked(member, (shop, 0, quantity), **fields)


async def placed(tx: Tx, now: Now, *requests: PlaceOrder) -> list[Order]:
    answers = await service.place(tx, requests, now)
    assert not [one for one in answers if isinstance(one, Refusal)], answers
    return [one for one in answers if isinstance(one, Order)]


async def refused(tx: Tx, now: Now, request: PlaceOrder) -> Refusal:
    """Place one order that must be refused, and check that nothing at all was left behind."""
    before = await footprint(tx)
    answer = (await service.place(tx, [request], now))[0]
    assert isinstance(answer, Refusal), answer
    assert await footprint(tx) == before
    return answer


async def footprint(tx: Tx) -> tuple[Any, ...]:
    queries = (
        "SELECT count(*) FROM orders.purchase",
        "SELECT count(*) FROM orders.line",
        "SELECT sum(reserved) FROM stock.level",
        "SELECT count(*) FROM stock.reservation",
        "SELECT count(*) FROM coupons.redemption",
        "SELECT count(*) FROM ledger.transfer",
        "SELECT count(*) FROM kernel.event WHERE type LIKE 'orders.%'",
    )
    return tuple([await tx.fetchval(query) for query in queries])


async def wallet(tx: Tx, member: Member) -> int:
    account = f"wallet:{member.member_id}"
    return (await ledger.balances(tx, [account], "CNY"))[account].posted_minor


async def free(tx: Tx, shop: Shop, number: int = 0) -> int:
    return (await stock.atp(tx, [shop.sku_ids[number]]))[shop.sku_ids[number], shop.store_id]


async def events(tx: Tx, order_id: str) -> list[str]:
    rows = await tx.fetch("SELECT type FROM kernel.event WHERE subject = $1 ORDER BY xid, id", order_id)
    return [row["type"] for row in rows]


async def claim_status(tx: Tx, claim_id: str) -> str:
    status: str = await tx.fetchval("SELECT status FROM coupons.claim WHERE claim_id = $1", claim_id)
    return status


async def balance(tx: Tx, account: str) -> int:
    return (await ledger.balances(tx, [account], "CNY"))[account].posted_minor
