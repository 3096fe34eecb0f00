"""Serve reports over time to operators and merchants."""

from fairday.kernel.errors import NotFound
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, Router
from fairday.kernel.tx import Tx
from fairday.orders.types import OrderSummary
from fairday.reports import service
from fairday.reports.errors import BadWindow
from fairday.reports.types import BehindQuery, Series, SeriesQuery

router = Router("reports")
READERS = frozenset({Role.OPERATOR, Role.MERCHANT})


def _whose(call: Call, merchant_id: str | None) -> str | None:
    """Return the merchant that is asked about; None is an operator's look at all."""
    if call.principal.is_operator and merchant_id is None:
        return None
    return call.principal.own_merchant(merchant_id)


@router.read(
    "/reports/series",
    who=READERS,
    query=SeriesQuery,
    returns=Series,
    summary="Report sales by hour or day against the period before",
    refusals=(BadWindow, NotFound),
)
async def report_series(call: Call, tx: Tx) -> Series:
    """A merchant sees its own sales, an operator all or those of one merchant; a few seconds behind the log."""
    query: SeriesQuery = call.query or SeriesQuery()
    return await service.series(tx, _whose(call, query.merchant_id), query, call.now)


@router.read(
    "/reports/orders",
    who=READERS,
    query=BehindQuery,
    returns=Page[OrderSummary],
    summary="List the orders behind a report",
    refusals=(NotFound,),
)
async def orders_behind(call: Call, tx: Tx) -> Page[OrderSummary]:
    """Orders paid in the window, refunded ones too, the newest payment first."""
    query: BehindQuery = call.query
    return await service.behind(tx, _whose(call, query.merchant_id), query)
