"""Serve the prices on cards: with the best coupons that anyone can claim now."""

from typing import Annotated

import msgspec

from fairday.checkout import estimating
from fairday.checkout.estimating import Estimate
from fairday.kernel.http.routes import PUBLIC, Call, Page, Router
from fairday.kernel.tx import Tx

router = Router("checkout")


class EstimateQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Name up to 50 SKUs, with commas between them."""

    sku_ids: Annotated[
        str, msgspec.Meta(pattern="^[a-z0-9_]{4,64}(,[a-z0-9_]{4,64}){0,49}$", max_length=3250)
    ]


@router.read(
    "/estimates",
    who=PUBLIC,
    query=EstimateQuery,
    returns=Page[Estimate],
    summary="Estimate prices with coupons",
)
async def list_estimates(call: Call, tx: Tx) -> Page[Estimate]:
    """Tell for one piece of each SKU its price now, and what it costs with the best coupons that anyone can claim now and
    use online. Nothing is promised: the quote of a cart decides. SKUs that are not on sale are left out."""
    return Page(await estimating.estimate(tx, tuple(dict.fromkeys(call.query.sku_ids.split(","))), call.now))
