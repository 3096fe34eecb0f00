"""Price a whole campaign before it runs: carts of a file or real orders, against live offers, drafts and those of the file.

Guarantee: the engine's own prices of these carts, without and with what is tried; nothing is stored. Source: F21, R88.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.catalog import service as catalog
from fairday.kernel.errors import BadInput
from fairday.kernel.ids import Id
from fairday.kernel.money import Currency
from fairday.kernel.tx import Tx
from fairday.promotions import offer_rules, store, trying
from fairday.promotions.engine.offers import Lane, Offer
from fairday.promotions.engine.simulating import (
    CampaignConflict,
    Loss,
    MerchantResult,
    SimulateIn,
    SimulateOut,
    simulate,
)
from fairday.promotions.errors import NothingToSimulate, OfferUnknown
from fairday.promotions.live import live

CARTS_MAX = 5_000
"""Carts that one request may price; `fairday price` takes a million."""
RAISED_MAX = 200


class CampaignBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choose what is priced: a `document` of carts as `fairday price` reads it, or the last `orders` of a currency that were paid; and against
    what: the live offers when `with_live`, the latest versions of `draft_ids`, and the offers of the document.
    """

    document: SimulateIn | None = None
    orders: Annotated[int, msgspec.Meta(ge=1, le=500)] | None = None
    currency: Currency = "CNY"
    with_live: bool = True
    draft_ids: Annotated[tuple[Id, ...], msgspec.Meta(max_length=50)] = ()


class Origin(StrEnum):
    """Name where an offer of a campaign comes from."""

    LIVE = "live"
    DRAFT = "draft"
    DOCUMENT = "document"


class CampaignOffer(msgspec.Struct, frozen=True):
    """Tell of one offer how often it stood, what it gave, and how often it did not stand for which reason."""

    offer_id: str
    version: int
    name: str
    lane: Lane
    origin: Origin
    stood: int
    amount_minor: int
    refused: dict[str, int]


class RaisedPrice(msgspec.Struct, frozen=True):
    """Tell of goods whose price in the campaign is above their lowest regular one of the last 30 days."""

    sku_id: str
    name: str
    name_en: str | None
    price_minor: int
    lowest_minor: int


class SkuName(msgspec.Struct, frozen=True):
    """Hold what a SKU is called."""

    name: str
    name_en: str | None


class Campaign(msgspec.Struct, frozen=True):
    """Tell what a campaign does: sums and cost by funder without (`before`: the live offers alone) and with what is tried, by offer and by
    merchant, lines below cost, conflicts, offers that never fire, and prices that were raised within 30 days.

    `losses` holds the first hundred of `losses_count`; `sku_names` names their goods where the catalogue knows them.
    """

    currency: str
    carts: int
    subtotal_minor: int
    freight_minor: int
    discount_before_minor: int
    discount_minor: int
    total_before_minor: int
    total_minor: int
    funders_before: dict[str, int]
    funders: dict[str, int]
    offers: tuple[CampaignOffer, ...]
    merchants: tuple[MerchantResult, ...]
    losses_count: int
    losses: tuple[Loss, ...]
    conflicts: tuple[CampaignConflict, ...]
    never_fired: tuple[str, ...]
    raised: tuple[RaisedPrice, ...]
    sku_names: dict[str, SkuName]


async def run(tx: Tx, body: CampaignBody, now: datetime) -> Campaign:
    """Price a campaign without and with what is tried.

    Raises: BadInput, BadPriceDocument naming the cart, OfferUnknown for a draft, NothingToSimulate without real orders.
    """
    document = await _document(tx, body, now)
    standing = (await live(tx)).offers.get(document.currency, ()) if body.with_live else ()
    drafts = await _drafts(tx, body.draft_ids, document.currency)
    kept = [one for one in standing if one.offer_id not in body.draft_ids]
    origins = (
        dict.fromkeys([one.offer_id for one in kept], Origin.LIVE)
        | dict.fromkeys([one.offer_id for one in drafts], Origin.DRAFT)
        | dict.fromkeys([one.offer_id for one in document.offers], Origin.DOCUMENT)
    )
    offers = (*kept, *drafts, *document.offers)
    # Of the live offers alone, claims of the document's own are unknown.
    bare = tuple([msgspec.structs.replace(one, claims=()) for one in document.carts])
    without = msgspec.structs.replace(document, offers=tuple(standing), carts=bare)
    # Other requests of this process go on meanwhile.
    after = await asyncio.to_thread(simulate, msgspec.structs.replace(document, offers=offers))
    before = await asyncio.to_thread(simulate, without)
    return await _told(tx, document, before, after, _offers(offers, origins, after), now)


async def _document(tx: Tx, body: CampaignBody, now: datetime) -> SimulateIn:
    if (body.document is None) == (body.orders is None):
        raise BadInput(errors=["document: give a document of carts, or a number of orders, and not both"])
    if body.document is not None:
        if len(body.document.carts) > CARTS_MAX:
            raise BadInput(
                errors=[f"document.carts: {CARTS_MAX} at most here; `fairday price FILE` takes a million"]
            )
        return body.document
    assert body.orders is not None, "one of the two is given"
    carts = await trying.real_carts(tx, body.currency, None, body.orders)
    products = await trying.products_of(tx, body.currency, carts, now)
    known = tuple([cart for cart in carts if all([line.sku in products for line in cart.lines])])
    if not known:
        raise NothingToSimulate(currency=body.currency)
    base = await trying.document_at(tx, body.currency, products, now)
    shared = {name: getattr(base, name) for name in ("now", "currency", "products", "phases", "zone")}
    return SimulateIn(**shared, carts=known)


async def _drafts(tx: Tx, offer_ids: Sequence[str], currency: str) -> list[Offer]:
    views = await store.views(tx, list(offer_ids))
    if len(views) < len(set(offer_ids)):
        raise OfferUnknown()
    other = [one.offer_id for one in views.values() if one.currency != currency]
    if other:
        raise BadInput(errors=[f"draft_ids: {one} is not in {currency}" for one in other])
    return [
        offer_rules.offer_of(one.latest.terms, one.offer_id, one.latest.version, one.merchant_id)
        for one in views.values()
    ]


def _offers(
    offers: Sequence[Offer], origins: dict[str, Origin], after: SimulateOut
) -> tuple[CampaignOffer, ...]:
    """Return what became of each offer, those that gave most first."""
    of = {one.offer_id: one for one in offers}
    told = [
        CampaignOffer(
            one.offer_id, of[one.offer_id].version, of[one.offer_id].name, of[one.offer_id].lane, origins[one.offer_id],
            one.stood, one.amount_minor, one.refused,
        )
        for one in after.offers
    ]  # fmt: skip
    return tuple(sorted(told, key=lambda one: (-one.amount_minor, -one.stood, one.offer_id)))


async def _told(
    tx: Tx,
    document: SimulateIn,
    before: SimulateOut,
    after: SimulateOut,
    offers: tuple[CampaignOffer, ...],
    now: datetime,
) -> Campaign:
    prices = {one.sku: one.price_minor for one in document.products}
    known = await catalog.skus(tx, sorted(prices))
    lowest = await catalog.reference_prices(tx, sorted(known), now)
    raised = [
        RaisedPrice(one, known[one].name, known[one].name_en, prices[one], low)
        for one, low in sorted(lowest.items())
        if known[one].currency == document.currency and prices[one] > low
    ]
    lost = {one.sku for one in after.losses}
    return Campaign(
        after.currency, after.carts, after.subtotal_minor, after.freight_minor, before.discount_minor, after.discount_minor,
        before.total_minor, after.total_minor, before.funders, after.funders, offers, after.merchants, after.losses_count,
        after.losses, after.conflicts, after.never_fired, tuple(raised[:RAISED_MAX]),
        {one: SkuName(known[one].name, known[one].name_en) for one in sorted(lost) if one in known},
    )  # fmt: skip
