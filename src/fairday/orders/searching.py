"""Find a merchant's orders by what a person at a counter has in hand: an order's number or its end, a receipt, a phone.

Bounded: at most `FOUND_MAX` orders, and the end of a number is looked for among the newest `LOOKED_MAX` of the merchant.
A phone is only kept as a keyed hash, so a whole number finds its member and the last digits of one find nobody. Source: S56.
"""

import re
from collections.abc import Sequence

from fairday.identity import service as identity
from fairday.identity.errors import BadPhone
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.orders import rules
from fairday.orders.types import Channel, OrderSummary, Status

sql = Queries("fairday.orders", "searching.sql")
FOUND_MAX = 50
LOOKED_MAX = 200_000
_ENDING = re.compile("[0-9a-f]{4,32}")


async def search(tx: Tx, merchant_id: str, words: str) -> list[OrderSummary]:
    """Return the merchant's parts of the orders that `words` name, the newest first."""
    wanted = words.strip().removeprefix("#")
    ids = {wanted} if wanted.startswith("ord_") else await _ids(tx, merchant_id, wanted)
    rows = await tx.fetch(sql.parts_of_orders, merchant_id, sorted(ids), FOUND_MAX) if ids else []
    return [
        OrderSummary(
            row["order_id"], rules.part_id(row["order_id"], row["part_no"]), Channel(row["channel"]),
            Status(row["status"]), row["currency"], row["total_minor"], row["placed_at"], row["member_id"], row["store_id"],
        )
        for row in rows
    ]  # fmt: skip


async def _ids(tx: Tx, merchant_id: str, wanted: str) -> set[str]:
    rows = await tx.fetch(sql.ids_by_receipt, merchant_id, wanted, FOUND_MAX)
    if _ENDING.fullmatch(wanted.lower()):
        rows += await tx.fetch(sql.ids_by_ending, merchant_id, wanted.lower(), LOOKED_MAX, FOUND_MAX)
    members = await _members(tx, wanted)
    if members:
        rows += await tx.fetch(sql.ids_by_members, merchant_id, members, FOUND_MAX)
    return {row["order_id"] for row in rows}


async def _members(tx: Tx, wanted: str) -> Sequence[str]:
    try:
        return await identity.members_of_phone(tx, wanted)
    except BadPhone:
        return ()
