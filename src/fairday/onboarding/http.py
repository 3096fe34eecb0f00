"""Serve the opening of shops and the operator's queue. The answer that holds a session takes no Idempotency-Key: none is stored."""

from datetime import datetime

import msgspec

from fairday.coupons.errors import BadTerms, SmallShopLimit
from fairday.identity import service as identity
from fairday.identity.errors import BadPhone, WrongCode
from fairday.identity.types import Session
from fairday.kernel import strict_json
from fairday.kernel.errors import NotFound, TooManyRequests
from fairday.kernel.http import browser, paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Page, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.tx import Tx
from fairday.onboarding import errors, rules, service
from fairday.onboarding.types import (
    Application,
    ApplicationsQuery,
    LimitsDecision,
    LimitsRequest,
    ShopDraft,
    ShopOpened,
)
from fairday.places.errors import NoCoordinates, UnknownRegion

router = Router("onboarding")
OPERATORS = frozenset({Role.OPERATOR})
MERCHANTS = frozenset({Role.MERCHANT})


@router.lane(
    "/merchant-applications",
    who=PUBLIC,
    body=ShopDraft,
    returns=ShopOpened,
    status=201,
    needs_key=False,
    summary="Open a shop of one's own",
    refusals=(
        BadPhone,
        WrongCode,
        TooManyRequests,
        errors.PhoneHasShop,
        errors.BadLicence,
        errors.LicenceTaken,
        UnknownRegion,
        NoCoordinates,
        BadTerms,
        SmallShopLimit,
    ),
    body_max=16_384,
    example={
        "phone": "+8613800138000",
        "code": "274913",
        "name": "阿婆面馆",
        "kind": "restaurant",
        "region_id": "CN-SH",
        "latitude": 31.2304,
        "longitude": 121.4737,
        "story": "三代人的面馆，汤每天四点开始熬。",
        "coupon": {"template": "spend_more", "amount_minor": 1000, "threshold_minor": 5000},
    },
)
async def open_shop(call: Call, body: ShopDraft) -> Answer:
    """Open a shop by phone: merchant, owner, store and a live first coupon at once, within a small shop's limits, and
    sign its owner in. With a licence the operator is asked to lift the limits."""
    database = call.services.database
    await identity.count_attempts(database, [(f"shop-ip:{call.client_ip}", rules.OPENED_LIMIT)])
    proof = await identity.try_phone_code(database, body.phone, body.code)

    async def work(tx: Tx, now: datetime) -> tuple[ShopOpened, str, Session]:
        return await service.open_shop(tx, body, proof, now)

    opened, token, session = await database.run(work)
    if call.app is not None:
        await identity.end_replaced(database, call.principal)
    kept = browser.keep(call, token, session.expires_at)
    return Answer(201, strict_json.encode(msgspec.structs.replace(opened, token=kept)))


@router.read(
    "/merchant-applications",
    who=OPERATORS,
    query=ApplicationsQuery,
    returns=Page[Application],
    summary="List applications of shops",
)
async def list_applications(call: Call, tx: Tx) -> Page[Application]:
    """The newest first; `status=requested` is the queue of those that ask for more."""
    query: ApplicationsQuery = call.query
    before = paging.read(query.cursor, [str])
    found = await service.applications(
        tx, query.status, before_id=before[0] if before else None, limit=query.limit + 1
    )
    items = list(found[: query.limit])
    return Page(items, paging.make(items[-1].application_id) if len(found) > len(items) else None)


@router.read(
    "/merchant-applications/mine",
    who=MERCHANTS,
    returns=Application,
    summary="Read my shop's application",
    refusals=(NotFound,),
)
async def my_application(call: Call, tx: Tx) -> Application:
    """Where one's own shop stands; shops that the operator made have none."""
    return await service.application_of(tx, call.principal.own_merchant(None))


@router.write(
    "POST",
    "/merchant-applications/mine/requests",
    who=MERCHANTS,
    body=LimitsRequest,
    returns=Application,
    summary="Ask for higher limits",
    refusals=(NotFound, errors.BadLicence, errors.LicenceTaken, errors.NothingToDecide),
    example={"licence": "individual", "licence_number": "92310000MA1FL8TQ33"},
)
async def request_limits(call: Call, tx: Tx, body: LimitsRequest) -> Application:
    """Ask the operator to lift a small shop's limits on the ground of a licence."""
    return await service.request_limits(tx, call.principal.own_merchant(None), body, call.now)


@router.write(
    "POST",
    "/merchant-applications/{application_id}/decisions",
    who=OPERATORS,
    body=LimitsDecision,
    returns=Application,
    summary="Decide on a shop's limits",
    refusals=(NotFound, errors.NothingToDecide),
    example={"is_approved": True},
)
async def decide(call: Call, tx: Tx, body: LimitsDecision) -> Application:
    """Lift the limits or refuse, once for each request; the shop works on within its limits either way."""
    application = await service.decide(
        tx, call.path["application_id"], body, by=call.principal.account_id, now=call.now
    )
    call.changes = {"status": ("requested", application.status)}
    return application
