"""Serve offers: write, try, approve, stop; and price documents for operators."""

from fairday.kernel.errors import BadInput
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Page, Router
from fairday.kernel.tx import Tx
from fairday.promotions import errors, http_campaigns, offering, saying, trying
from fairday.promotions.engine import price
from fairday.promotions.engine.checking import BadPriceDocument
from fairday.promotions.engine.document import PriceIn, PriceOut
from fairday.promotions.engine.offers import OfferTerms
from fairday.promotions.engine.simulating import SimulateIn, SimulateOut, simulate
from fairday.promotions.live import live
from fairday.promotions.offer_types import (
    LiveOffer,
    LiveOffers,
    LiveQuery,
    OfferAsk,
    OfferBody,
    OfferKey,
    OfferListQuery,
    OfferVersions,
    OfferView,
    Preview,
    PreviewBody,
    SimulationBody,
    StopBody,
    VersionBody,
    VersionView,
)

router = Router("promotions")
router.routes += http_campaigns.router.routes
ISSUERS = frozenset({Role.OPERATOR, Role.MERCHANT})
OPERATOR = frozenset({Role.OPERATOR})
_TERMS = {
    "name": "跨店每满300减50",
    "lane": "cross_shop",
    "benefit": {"type": "every", "every_minor": 30000, "off_minor": 5000, "cap_minor": 20000},
}


@router.read(
    "/offers/live", who=PUBLIC, query=LiveQuery, returns=LiveOffers, summary="See the offers that are live"
)
async def list_live_offers(call: Call, tx: Tx) -> LiveOffers:
    """What lowers prices now, or will by its own time; of one merchant with the platform's, or all."""
    query: LiveQuery = call.query
    found = (await live(tx)).offers
    shown = [
        LiveOffer(one.offer_id, one.merchant_id, currency, _terms(one))
        for currency, offers in sorted(found.items())
        for one in offers
        if query.merchant_id is None or one.merchant_id in (None, query.merchant_id)
    ]
    return LiveOffers(await saying.live(tx, shown))


def _terms(offer: OfferTerms) -> OfferTerms:
    return OfferTerms(**{name: getattr(offer, name) for name in OfferTerms.__struct_fields__})


@router.read("/offers", who=ISSUERS, query=OfferListQuery, returns=Page[OfferView], summary="List offers")
async def list_offers(call: Call, tx: Tx) -> Page[OfferView]:
    """The newest first, or as `sort` says. A merchant sees its own, an operator all or those of the merchant named."""
    query: OfferListQuery = call.query
    sees_all = call.principal.is_operator and query.merchant_id is None
    ask = OfferAsk(
        merchant_id=None if sees_all else call.principal.own_merchant(query.merchant_id),
        status=query.status,
        q=query.q or None,
        lane=query.lane,
        waits_for=call.principal.account_id if query.awaiting else None,
        sort=query.sort,
    )
    after = paging.read(query.cursor, [int, str, str])
    found, last = await offering.find(tx, ask, OfferKey(*after) if after else None, query.limit)
    return Page(found, paging.make(*last) if last else None)


@router.read(
    "/offers/{offer_id}",
    who=ISSUERS,
    returns=OfferView,
    summary="Read an offer",
    refusals=(errors.OfferUnknown,),
)
async def get_offer(call: Call, tx: Tx) -> OfferView:
    """With its latest version, live or not."""
    return await _own(call, tx)


@router.read(
    "/offers/{offer_id}/versions",
    who=ISSUERS,
    returns=OfferVersions,
    summary="Read the versions of an offer",
    refusals=(errors.OfferUnknown,),
)
async def list_offer_versions(call: Call, tx: Tx) -> OfferVersions:
    """The newest first, each with who wrote it, who approved it, and what it was simulated to."""
    return OfferVersions(await offering.versions(tx, await _own(call, tx)))


@router.write(
    "POST",
    "/offers",
    who=ISSUERS,
    body=OfferBody,
    returns=OfferView,
    status=201,
    summary="Write an offer",
    refusals=(errors.BadOffer,),
    example={
        "terms": _TERMS,
        "currency": "CNY",
        "reason": "Double 11, main venue",
        "budget_minor": 100000000,
    },
)
async def create_offer(call: Call, tx: Tx, body: OfferBody) -> OfferView:
    """It lowers no price before it was simulated and a second person approved it."""
    is_platform = call.principal.is_operator and body.merchant_id is None
    merchant_id = None if is_platform else call.principal.own_merchant(body.merchant_id)
    return await offering.create(tx, body, merchant_id, call.principal, call.now)


@router.write(
    "POST",
    "/offers/{offer_id}/versions",
    who=ISSUERS,
    body=VersionBody,
    returns=OfferView,
    status=201,
    summary="Write a new version of an offer",
    refusals=(errors.OfferUnknown, errors.BadOffer),
    example={"terms": _TERMS, "reason": "Cap raised"},
)
async def create_offer_version(call: Call, tx: Tx, body: VersionBody) -> OfferView:
    """The live version goes on until this one is approved; orders keep the version that priced them."""
    offer = await _own(call, tx)
    made = await offering.add_version(tx, offer.offer_id, body, call.principal, call.now)
    call.changes = {"version": (offer.latest_version, made.latest_version)}
    return made


@router.write(
    "POST",
    "/offers/{offer_id}/versions/{version}/simulations",
    who=ISSUERS,
    body=SimulationBody,
    returns=VersionView,
    status=201,
    summary="Simulate a version",
    refusals=(errors.OfferUnknown, errors.AlreadyApproved, BadPriceDocument),
    body_max=4 * 1024 * 1024,
    example={},
)
async def simulate_offer_version(call: Call, tx: Tx, body: SimulationBody) -> VersionView:
    """Prices the last real orders, or the given carts, without and with the version beside all live offers, and keeps the outcome."""
    offer = await _own(call, tx)
    return await trying.simulate_version(tx, offer.offer_id, _version(call), body.carts, call.now)


@router.write(
    "POST",
    "/offers/{offer_id}/versions/{version}/approvals",
    who=ISSUERS,
    returns=OfferView,
    status=201,
    summary="Approve a version",
    refusals=(
        errors.OfferUnknown, errors.Superseded, errors.AlreadyApproved, errors.SamePerson, errors.NotSimulated, errors.BadOffer,
    ),
)  # fmt: skip
async def approve_offer_version(call: Call, tx: Tx) -> OfferView:
    """A second person makes it live, at once for everybody; it opens and closes by its own time."""
    before = await _own(call, tx)
    offer = await offering.approve(tx, before.offer_id, _version(call), call.principal, call.now)
    call.changes = {"live_version": (before.live_version, offer.live_version)}
    return offer


@router.write(
    "POST",
    "/offers/{offer_id}/stops",
    who=ISSUERS,
    body=StopBody,
    returns=OfferView,
    status=201,
    summary="Stop an offer at once",
    refusals=(errors.OfferUnknown, errors.WrongOfferStatus),
    example={"reason": "Wrong price at the supplier"},
)
async def stop_offer(call: Call, tx: Tx, body: StopBody) -> OfferView:
    """The next price of anybody is without it; orders that were placed keep theirs."""
    offer = await _own(call, tx)
    stopped = await offering.stop(tx, offer.offer_id, body.reason, call.now)
    call.changes = {"status": (offer.status, stopped.status)}
    return stopped


@router.write(
    "POST",
    "/offers/{offer_id}/resumptions",
    who=ISSUERS,
    body=StopBody,
    returns=OfferView,
    status=201,
    summary="Let a stopped offer go on",
    refusals=(errors.OfferUnknown, errors.WrongOfferStatus),
    example={"reason": "Price confirmed"},
)
async def resume_offer(call: Call, tx: Tx, body: StopBody) -> OfferView:
    """It goes on in the version that was live."""
    offer = await _own(call, tx)
    resumed = await offering.resume(tx, offer.offer_id, call.now)
    call.changes = {"status": (offer.status, resumed.status)}
    return resumed


@router.write(
    "POST",
    "/offers/previews",
    who=ISSUERS,
    body=PreviewBody,
    returns=Preview,
    summary="Try terms on a sample cart",
    example={"terms": _TERMS, "currency": "CNY"},
    needs_key=False,
)
async def preview_offer(call: Call, tx: Tx, body: PreviewBody) -> Preview:
    """What they would do beside all live offers, step by step; nothing is stored."""
    is_platform = call.principal.is_operator and body.merchant_id is None
    merchant_id = None if is_platform else call.principal.own_merchant(body.merchant_id)
    return await trying.preview(tx, body, merchant_id, call.now, call.language)


@router.write(
    "POST",
    "/price-documents",
    who=OPERATOR,
    body=PriceIn,
    returns=PriceOut,
    summary="Price a document",
    refusals=(BadPriceDocument, BadInput),
    body_max=4 * 1024 * 1024,
    needs_key=False,
    example={
        "now": "2026-11-11T00:00:00+08:00",
        "currency": "CNY",
        "products": [{"sku": "A", "price_minor": 10000}],
        "lines": [{"line_id": "1", "sku": "A", "quantity": 3}],
    },
)
async def price_document(call: Call, tx: Tx, body: PriceIn) -> PriceOut:
    """What `fairday price` does, over HTTP: the document alone says the price; nothing is read or stored."""
    return price(body)


@router.write(
    "POST",
    "/price-simulations",
    who=OPERATOR,
    body=SimulateIn,
    returns=SimulateOut,
    summary="Simulate a campaign",
    refusals=(BadPriceDocument, BadInput),
    body_max=16 * 1024 * 1024,
    needs_key=False,
    example={
        "now": "2026-11-11T00:00:00+08:00",
        "currency": "CNY",
        "products": [{"sku": "A", "price_minor": 10000}],
        "carts": [{"cart_id": "1", "lines": [{"line_id": "1", "sku": "A", "quantity": 3}]}],
    },
)
async def simulate_campaign(call: Call, tx: Tx, body: SimulateIn) -> SimulateOut:
    """Many carts against the same offers: what it costs whom, what conflicts, what never fires; nothing is read or stored."""
    return simulate(body)


async def _own(call: Call, tx: Tx) -> OfferView:
    offer = await offering.get(tx, call.path["offer_id"])
    if not call.principal.may_see(offer.merchant_id):
        raise errors.OfferUnknown()
    return offer


def _version(call: Call) -> int:
    text = call.path["version"]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise errors.OfferUnknown()
    return int(text)
