"""Offer what a counter does beside selling: look goods up, refund with a supervisor's PIN."""

from datetime import datetime

from fairday.checkout import errors as checkout_errors
from fairday.identity.errors import WrongPin
from fairday.kernel import strict_json
from fairday.kernel.errors import NotFound, TooManyRequests
from fairday.kernel.http.routes import Call, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.tx import Tx
from fairday.tills import errors, service
from fairday.tills.http_sale import CLERKS, at
from fairday.tills.sale_types import GoodsQuery, RefundBody, TillGoods, TillSale

router = Router("tills")


@router.read(
    "/till-goods",
    who=CLERKS,
    query=GoodsQuery,
    returns=TillGoods,
    summary="Look goods up at this till",
    refusals=(errors.NoOpenShift,),
)
async def goods(call: Call, tx: Tx) -> TillGoods:
    """Find what the till's merchant sells by words or barcode: price now, and what this store has free. At most 30."""
    return TillGoods(await service.find_goods(tx, at(call), call.query.q, call.now))


@router.lane(
    "/till-sales/{sale_id}/refunds",
    who=CLERKS,
    body=RefundBody,
    returns=TillSale,
    needs_key=False,
    summary="Refund a sale with a supervisor's PIN",
    refusals=(
        TooManyRequests,
        WrongPin,
        errors.NoOpenShift,
        NotFound,
        checkout_errors.NotCancellable,
    ),
    body_max=4096,
    example={"supervisor": "quickstep", "pin": "482915", "reason": "The shopper brought the goods back."},
)
async def refund(call: Call, body: RefundBody) -> Answer:
    """Refund a whole sale of this store at any time: goods, coupons, wallet and cash go back by the stored shares.

    The sale itself is the key: sent again, it answers as it stands. No Idempotency-Key, so no PIN is kept, not even hashed.
    """
    asker, database = at(call), call.services.database
    supervisor = await service.known_supervisor(database, call.principal.merchant_id, body)

    async def work(tx: Tx, now: datetime) -> TillSale:
        return await service.refund(tx, asker, call.path["sale_id"], supervisor, body.reason, now)

    return Answer(200, strict_json.encode(await database.run(work)))
