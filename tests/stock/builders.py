"""Build valid stock requests with one change each."""

from datetime import datetime

from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.stock import service
from fairday.stock.types import Counted, CountRow, Level, MoveRequest, ReserveRequest, StockLine

PLACE = "sto_test"


async def stocked(tx: Tx, now: datetime, on_hand: int, *, place_id: str = PLACE, **settings: object) -> str:
    """Return a new SKU with `on_hand` pieces at a place."""
    sku_id = new_id("sku")
    row = CountRow(sku_id, place_id, on_hand, **settings)
    assert isinstance((await service.set_levels(tx, [row], now))[0], Counted)
    return sku_id


async def level(tx: Tx, sku_id: str, place_id: str = PLACE) -> Level:
    """Return a level."""
    return (await service.levels(tx, [sku_id], [place_id]))[sku_id, place_id]


def lines(*wanted: tuple[str, int], place_id: str = PLACE) -> tuple[StockLine, ...]:
    """Return lines of (SKU, quantity)."""
    return tuple(StockLine(new_id("lin"), sku_id, place_id, quantity) for sku_id, quantity in wanted)


def order(*wanted: tuple[str, int], expires_at: datetime | None = None) -> ReserveRequest:
    """Return a request to reserve (SKU, quantity) lines."""
    return ReserveRequest(new_id("ord"), lines(*wanted), expires_at)


def receipt(*wanted: tuple[str, int]) -> MoveRequest:
    """Return a request to sell or put back (SKU, quantity) lines."""
    return MoveRequest(new_id("rct"), lines(*wanted))
