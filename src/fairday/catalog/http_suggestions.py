"""Suggest what people may mean while they type: names and brands of what is on sale, the best match first."""

from typing import Annotated

import msgspec

from fairday.catalog import service
from fairday.catalog.types import Status
from fairday.kernel.http.routes import PUBLIC, Call, Page, Router
from fairday.kernel.tx import Tx

router = Router("catalog")
READ_MAX = 30
"""Products looked at for one list of suggestions."""


class SuggestionQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask what begins or contains `q`."""

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    limit: Annotated[int, msgspec.Meta(ge=1, le=20)] = 10


class Suggestion(msgspec.Struct, frozen=True):
    """Hold words to search for, in the product's own language and in English where it has that."""

    words: str
    words_en: str | None = None


@router.read(
    "/suggestions",
    who=PUBLIC,
    query=SuggestionQuery,
    returns=Page[Suggestion],
    summary="Suggest words to search for",
)
async def list_suggestions(call: Call, tx: Tx) -> Page[Suggestion]:
    """Brands first that hold the words, then names of products on sale; each once. Every suggestion finds something."""
    query: SuggestionQuery = call.query
    found = await service.find(
        tx,
        text=query.q,
        merchant_id=None,
        category_id=None,
        status=Status.LIVE,
        after=None,
        limit=READ_MAX,
    )
    products = await service.products(tx, [product_id for _, product_id in found])
    asked = query.q.strip().casefold()
    told: dict[str, Suggestion] = {}
    for product in products.values():
        if product.brand and asked in product.brand.casefold():
            told.setdefault(product.brand, Suggestion(product.brand))
    for _, product_id in found:
        product = products[product_id]
        told.setdefault(product.name, Suggestion(product.name, product.name_en))
    return Page(list(told.values())[: query.limit])
