"""Serve flash sales: open, look, enter, prove."""

from fairday.flashsales import errors, service
from fairday.flashsales.types import (
    EnterRequest,
    FlashEntry,
    FlashLogPage,
    FlashLogQuery,
    FlashSale,
    FlashSaleBody,
    FlashSalesQuery,
)
from fairday.kernel.errors import NotFound
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Router
from fairday.kernel.tx import Tx
from fairday.stock.errors import OutOfStock

router = Router("flashsales")
LANES = {"flashsales.enter": (service.enter, {"status": 201, "verb_keeps_keys": True, "batch_max": 1000})}
_ISSUERS = frozenset({Role.MERCHANT, Role.OPERATOR})
_MEMBERS = frozenset({Role.MEMBER})


@router.write(
    "POST",
    "/flash-sales",
    who=_ISSUERS,
    body=FlashSaleBody,
    returns=FlashSale,
    status=201,
    summary="Open a flash sale",
    refusals=(errors.BadFlashSale, OutOfStock),
    example={
        "name": "前100名半价", "name_en": "First 100 at half price", "sku_id": "sku_019a3f6c2d10000000000000001",
        "store_id": "sto_019a3f6c2d10000000000000001", "places": 100, "price_minor": 4950, "waitlist_max": 200,
        "starts_at": "2026-11-11T00:00:00+08:00", "ends_at": "2026-11-11T02:00:00+08:00",
    },
)  # fmt: skip
async def create_flash_sale(call: Call, tx: Tx, body: FlashSaleBody) -> FlashSale:
    """The first `places` people get the SKU at `price_minor`; the goods are set aside now, and the log begins."""
    who = call.principal
    merchant_id = None if who.is_operator else who.own_merchant(None)
    row = await service.create(tx, body, merchant_id, who.account_id, call.now)
    return service.seen([row], call.now)[0]


@router.read(
    "/flash-sales",
    who=PUBLIC,
    query=FlashSalesQuery,
    returns=list[FlashSale],
    summary="List flash sales",
)
async def list_flash_sales(call: Call, tx: Tx) -> list[FlashSale]:
    """Those that run or come, the next first; with `merchant_id` all of a merchant's, the newest first."""
    query: FlashSalesQuery = call.query or FlashSalesQuery()
    return service.seen(await service.find(tx, query, call.now), call.now)


@router.read(
    "/flash-sales/{sale_id}", who=PUBLIC, returns=FlashSale, summary="Show a flash sale", refusals=(NotFound,)
)
async def get_flash_sale(call: Call, tx: Tx) -> FlashSale:
    """With what the button says now: soon, go, a chance left (the waitlist), sold out, over."""
    return service.seen([await service.get(tx, call.path["sale_id"])], call.now)[0]


@router.lane(
    "/flash-sales/{sale_id}/entries",
    who=_MEMBERS,
    returns=FlashEntry,
    status=201,
    summary="Enter a flash sale",
    refusals=(
        NotFound,
        errors.FlashSaleStopped,
        errors.FlashSaleNotStarted,
        errors.FlashSaleOver,
        errors.FlashSoldOut,
    ),
    lane="flashsales.enter",
)
def enter_flash_sale(call: Call) -> EnterRequest:
    """The order in which the server accepts people decides, one place a natural person. A won place is held until `holds_until`: order
    by then. Entering again tells the same place."""
    request = EnterRequest(call.path["sale_id"], call.principal.own_member())
    refusal = service.sold_out(request)
    if refusal is not None:
        raise refusal
    return request


@router.read(
    "/flash-sales/{sale_id}/entries/mine",
    who=_MEMBERS,
    returns=FlashEntry,
    summary="Show my place in a flash sale",
    refusals=(NotFound,),
)
async def get_my_entry(call: Call, tx: Tx) -> FlashEntry:
    """Where it stands, how many wait before, and until when it is held."""
    return await service.mine(tx, call.path["sale_id"], call.principal.own_member())


@router.write(
    "POST",
    "/flash-sales/{sale_id}/stops",
    who=_ISSUERS,
    returns=FlashSale,
    status=201,
    summary="Stop a flash sale",
    refusals=(NotFound,),
)
async def stop_flash_sale(call: Call, tx: Tx) -> FlashSale:
    """At once: nobody enters or pays any more, what was bought stays bought, the rest of the goods is sold as before."""
    who = call.principal
    merchant_id = None if who.is_operator else who.own_merchant(None)
    return service.seen([await service.stop(tx, call.path["sale_id"], merchant_id, call.now)], call.now)[0]


@router.read(
    "/flash-sales/{sale_id}/log",
    who=PUBLIC,
    query=FlashLogQuery,
    returns=FlashLogPage,
    summary="Read the log of a flash sale",
    refusals=(NotFound,),
)
async def get_flash_sale_log(call: Call, tx: Tx) -> FlashLogPage:
    """Every place in order, with keyed names, each line ending with its hash: `fairday verify` proves it. Anybody may read it when the sale
    is over, its issuer always."""
    sale = await service.get(tx, call.path["sale_id"])
    is_issuer = call.principal is not None and call.principal.may_see(sale.merchant_id)
    if not (service.is_public(sale) or is_issuer):
        raise NotFound(what="log")
    return await service.log_page(tx, sale.sale_id, call.query or FlashLogQuery())
