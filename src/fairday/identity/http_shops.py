"""Serve what shoppers may know of merchants: their names and signs."""

from fairday.identity import store
from fairday.identity.types import Shop
from fairday.kernel.http import paging
from fairday.kernel.http.routes import PUBLIC, Call, Page, PageQuery, Router
from fairday.kernel.tx import Tx

router = Router("identity")


@router.read("/shops", who=PUBLIC, query=PageQuery, returns=Page[Shop], summary="List shops")
async def list_shops(call: Call, tx: Tx) -> Page[Shop]:
    """Name the merchants that sell here, in the order they were made; closed ones are left out."""
    after = paging.read(call.query.cursor, [str]) or [""]
    found = await store.list_shops(tx, after[0], call.query.limit + 1)
    items = found[: call.query.limit]
    return Page(items, paging.make(items[-1].merchant_id) if len(found) > len(items) else None)
