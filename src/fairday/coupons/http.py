"""Serve coupons: find, claim, show; make, publish, widen, stop."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from fairday.coupons import errors, http_burn, offering, service
from fairday.coupons.bodies import (
    ClaimBody,
    ClaimsQuery,
    CouponBody,
    IssuedQuery,
    OffersQuery,
    SwitchBody,
    TermsPatch,
)
from fairday.coupons.browsing import Wanted, item
from fairday.coupons.claims import Claim, ClaimRequest, ClaimView, RotatingCode
from fairday.coupons.codes import STEP_S
from fairday.coupons.http_burn import own
from fairday.coupons.types import (
    CodeKey,
    Coupon,
    CouponItem,
    CouponStatus,
    Figures,
    IssuedCoupon,
    Terms,
)
from fairday.kernel.errors import BadInput, NotFound
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Page, Router
from fairday.kernel.tx import Tx

router = Router("coupons")
router.routes += http_burn.router.routes
LANES = {"coupons.claim": (service.claim_once, {"status": 201, "verb_keeps_keys": True})}
MEMBER = frozenset({Role.MEMBER})
_POINT = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,12})?), ?(-?[0-9]{1,3}(?:\.[0-9]{1,12})?)")
ISSUERS = frozenset({Role.OPERATOR, Role.MERCHANT})
TERMS_EXAMPLE = {
    "kind": "threshold",
    "currency": "CNY",
    "amount_minor": 2000,
    "threshold_minor": 10000,
    "funders": [{"kind": "merchant", "share_bp": 10000}],
    "channels": ["in_store"],
    "claim_starts_at": "2026-11-11T00:00:00+08:00",
    "claim_ends_at": "2026-11-12T00:00:00+08:00",
    "days_after_claim": 7,
    "quantity_max": 1000,
    "budget_minor": 2000000,
    "per_member_max": 1,
}


@router.read("/coupons", who=PUBLIC, query=OffersQuery, returns=Page[CouponItem], summary="Find coupons")
async def list_coupons(call: Call, tx: Tx) -> Page[CouponItem]:
    """What can be claimed now, newest first; with `near` what can be used nearest first, with distance and open now."""
    query: OffersQuery = call.query
    near = None if query.near is None else _point(query.near)
    wanted = Wanted(
        near=near,
        radius_m=query.radius_m,
        kind=query.kind,
        channel=query.channel,
        merchant_id=query.merchant_id,
        store_id=query.store_id,
        only_claimable=query.claimable,
    )
    found = await service.offers(tx, wanted, call.now)
    if near is None:
        after = paging.read(query.cursor, [str])
        rest = [offer for offer in found if after is None or offer.template.coupon_id < after[0]]
        page = _page(rest, query.limit, lambda offer: (offer.template.coupon_id,))
    else:
        after = paging.read(query.cursor, [int, str])
        rest = [offer for offer in found if after is None or offer.place > (after[0], after[1])]
        page = _page(rest, query.limit, lambda offer: offer.place)
    return Page([item(offer) for offer in page.items], page.next_cursor)


@router.read(
    "/coupons/issued",
    who=ISSUERS,
    query=IssuedQuery,
    returns=Page[IssuedCoupon],
    summary="List the coupons one issues",
)
async def list_issued_coupons(call: Call, tx: Tx) -> Page[IssuedCoupon]:
    """A merchant's own in every status, newest first, with their numbers; an operator sees every issuer's."""
    query: IssuedQuery = call.query
    after = paging.read(query.cursor, [str])
    is_all = call.principal.is_operator and query.merchant_id is None
    items = await service.issued(
        tx,
        None if is_all else call.principal.own_merchant(query.merchant_id),
        status=query.status,
        before_id=after[0] if after else None,
        limit=query.limit + 1,
        now=call.now,
    )
    return _page(items, query.limit, lambda item: (item.coupon.coupon_id,))


@router.read(
    "/coupons/{coupon_id}",
    who=PUBLIC,
    returns=Coupon,
    summary="Read a coupon",
    refusals=(errors.CouponUnknown,),
)
async def get_coupon(call: Call, tx: Tx) -> Coupon:
    """All its terms, and whether it can be claimed now. A draft exists for its issuer only."""
    counters, template = await service.read_one(tx, call.path["coupon_id"])
    is_issuer = call.principal is not None and call.principal.may_see(counters.merchant_id)
    if counters.status is CouponStatus.DRAFT and not is_issuer:
        raise errors.CouponUnknown()
    return await service.view(tx, counters, template, call.now)


@router.write(
    "POST",
    "/coupons",
    who=ISSUERS,
    body=CouponBody,
    returns=Coupon,
    status=201,
    summary="Make a coupon",
    refusals=(errors.BadTerms, errors.SmallShopLimit, errors.SmallShopFull),
    example={"terms": TERMS_EXAMPLE},
)
async def create_coupon(call: Call, tx: Tx, body: CouponBody) -> Coupon:
    """A draft. Operators make the platform's coupons, or a merchant's when they name it; merchants their own."""
    is_platform = call.principal.is_operator and body.merchant_id is None
    merchant_id = None if is_platform else call.principal.own_merchant(body.merchant_id)
    return await service.create(tx, merchant_id, body.terms, by=call.principal.account_id, now=call.now)


@router.write(
    "PATCH",
    "/coupons/{coupon_id}",
    who=ISSUERS,
    body=TermsPatch,
    returns=Coupon,
    summary="Change a coupon's terms",
    refusals=errors.EDIT_REFUSALS,
    example={"quantity_max": 2000, "budget_minor": 4000000},
)
async def edit_coupon(call: Call, tx: Tx, body: TermsPatch) -> Coupon:
    """A draft may change in any way; a published coupon only widens, and every version is kept."""
    _, template = await own(call, tx)
    terms = offering.merged(template.terms, body)
    call.changes = _changed(template.terms, terms)
    return await service.edit(tx, template.coupon_id, terms, by=call.principal.account_id, now=call.now)


@router.write(
    "POST",
    "/coupons/{coupon_id}/publish",
    who=ISSUERS,
    returns=Coupon,
    summary="Publish a coupon",
    refusals=(errors.CouponUnknown, errors.WrongStatus, errors.BadTerms, errors.NotEnrolled),
)
async def publish_coupon(call: Call, tx: Tx) -> Coupon:
    """From now on it is shown, and opens and closes by its windows."""
    before, _ = await own(call, tx)
    coupon = await service.publish(tx, call.path["coupon_id"], call.now)
    call.changes = {"status": (before.status, coupon.status)}
    return coupon


@router.write(
    "POST",
    "/coupons/{coupon_id}/pause",
    who=ISSUERS,
    returns=Coupon,
    summary="Pause a coupon",
    refusals=(errors.CouponUnknown, errors.WrongStatus),
)
async def pause_coupon(call: Call, tx: Tx) -> Coupon:
    """It is neither shown nor claimed until resumed; copies stay usable."""
    before, _ = await own(call, tx)
    coupon = await service.pause(tx, call.path["coupon_id"], call.now)
    call.changes = {"status": (before.status, coupon.status)}
    return coupon


@router.write(
    "POST",
    "/coupons/{coupon_id}/resume",
    who=ISSUERS,
    returns=Coupon,
    summary="Resume a coupon",
    refusals=(errors.CouponUnknown, errors.WrongStatus),
)
async def resume_coupon(call: Call, tx: Tx) -> Coupon:
    """A paused coupon is live again."""
    before, _ = await own(call, tx)
    coupon = await service.resume(tx, call.path["coupon_id"], call.now)
    call.changes = {"status": (before.status, coupon.status)}
    return coupon


@router.write(
    "POST",
    "/coupons/{coupon_id}/end",
    who=ISSUERS,
    returns=Coupon,
    summary="End a coupon for good",
    refusals=(errors.CouponUnknown, errors.WrongStatus),
)
async def end_coupon(call: Call, tx: Tx) -> Coupon:
    """It is never claimed again; copies stay usable until they end."""
    before, _ = await own(call, tx)
    coupon = await service.end(tx, call.path["coupon_id"], call.now)
    call.changes = {"status": (before.status, coupon.status)}
    return coupon


@router.write(
    "POST",
    "/coupons/{coupon_id}/switches",
    who=ISSUERS,
    body=SwitchBody,
    returns=Coupon,
    summary="Stop or allow issuing and redeeming",
    refusals=(errors.CouponUnknown,),
    example={"issue_stopped": True, "reason": "claimed by bots"},
)
async def switch_coupon(call: Call, tx: Tx, body: SwitchBody) -> Coupon:
    """Two kill switches, apart from each other; they bite on the very next claim or redemption."""
    before, _ = await own(call, tx)
    coupon = await service.switch(
        tx,
        call.path["coupon_id"],
        issue_stopped=body.issue_stopped,
        redeem_stopped=body.redeem_stopped,
        reason=body.reason,
        by=call.principal.account_id,
        now=call.now,
    )
    call.changes = {
        "issue_stopped": (before.issue_stopped, coupon.issue_stopped),
        "redeem_stopped": (before.redeem_stopped, coupon.redeem_stopped),
        "reason": (None, body.reason),
    }
    return coupon


@router.read(
    "/coupons/{coupon_id}/figures",
    who=ISSUERS,
    returns=Figures,
    summary="See how a coupon goes",
    refusals=(errors.CouponUnknown,),
)
async def coupon_figures(call: Call, tx: Tx) -> Figures:
    """Issued, locked, redeemed, and the burn of the budget."""
    return await service.figures(tx, *await own(call, tx))


@router.lane(
    "/coupons/{coupon_id}/claims",
    who=MEMBER,
    body=ClaimBody,
    returns=Claim,
    status=201,
    summary="Claim a coupon",
    refusals=(
        errors.CouponUnknown,
        errors.CouponNotLive,
        errors.IssueStopped,
        errors.PhaseNotOpen,
        errors.SoldOut,
        errors.BudgetSpent,
        errors.DayCapReached,
        errors.MemberLimitReached,
        errors.PersonLimitReached,
    ),
    example={},
    lane="coupons.claim",
)
def claim_coupon(call: Call, body: ClaimBody) -> ClaimRequest:
    """Take a copy; who comes first is served first. When several refusals apply, the first of this list tells."""
    return ClaimRequest(call.path["coupon_id"], call.principal.own_member(), None, body.channel, call.key)


@router.read("/claims", who=MEMBER, query=ClaimsQuery, returns=Page[ClaimView], summary="List my coupons")
async def list_claims(call: Call, tx: Tx) -> Page[ClaimView]:
    """Those that end soonest first; `state` is unused, used or expired."""
    query: ClaimsQuery = call.query
    after = paging.read(query.cursor, [int, str])
    views = await service.claims_of(tx, call.principal.own_member(), query.state, call.now)
    rest = [view for view in views if after is None or _ending(view) > (after[0], after[1])]
    return _page(rest, query.limit, _ending)


@router.read(
    "/claims/{claim_id}",
    who=MEMBER,
    returns=ClaimView,
    summary="Read one of my coupons",
    refusals=(errors.ClaimUnknown,),
)
async def get_claim(call: Call, tx: Tx) -> ClaimView:
    """With where and when it was used."""
    return await service.claim_of(tx, call.path["claim_id"], call.principal.own_member(), call.now)


@router.write(
    "POST",
    "/claims/{claim_id}/codes",
    who=MEMBER,
    returns=RotatingCode,
    status=201,
    summary="Show a coupon at a till",
    refusals=(
        errors.ClaimUnknown,
        errors.ClaimVoided,
        errors.AlreadyUsed,
        errors.ClaimExpired,
        errors.NotYetUsable,
    ),
    needs_key=False,
)
async def issue_code(call: Call, tx: Tx) -> RotatingCode:
    """The code of this minute, for scanning and for typing; ask again at `renews_at`. The same minute, the same code."""
    return await service.issue_code(tx, call.path["claim_id"], call.principal.own_member(), call.now)


class CodeKeys(msgspec.Struct, frozen=True):
    """Hold the keys that verify codes; a till keeps those that are not retired."""

    step_s: int
    keys: list[CodeKey]


@router.read("/code-keys", who=PUBLIC, returns=CodeKeys, summary="Read the keys that verify codes offline")
async def list_code_keys(call: Call, tx: Tx) -> CodeKeys:
    """Public halves only. A code is valid one step around its own; one-time use is decided online, by the claim."""
    return CodeKeys(STEP_S, await service.keys(tx))


@router.write(
    "POST",
    "/code-keys/{kid}/retirement",
    who=frozenset({Role.OPERATOR}),
    returns=CodeKey,
    summary="Retire a key",
)
async def retire_code_key(call: Call, tx: Tx) -> CodeKey:
    """Codes signed by it are refused from now on: for a key that may be known to others."""
    key = await service.retire_key(tx, call.path["kid"], call.now)
    if key is None:
        raise NotFound(what="key")
    return key


def _changed(old: Terms, new: Terms) -> dict[str, tuple[Any, Any]]:
    """Return the terms that an edit changes, for the audit."""
    return {
        name: (getattr(old, name), getattr(new, name))
        for name in Terms.__struct_fields__
        if getattr(old, name) != getattr(new, name)
    }


def _point(text: str) -> tuple[float, float]:
    match = _POINT.fullmatch(text)
    latitude, longitude = (float(match[1]), float(match[2])) if match else (91.0, 0.0)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise BadInput(errors=["near: write latitude,longitude in degrees, such as 31.2304,121.4737"])
    return latitude, longitude


def _ending(view: ClaimView) -> tuple[int, str]:
    return int(view.expires_at.timestamp() * 1_000_000), view.claim_id


def _page(items: Sequence[Any], limit: int, key: Callable[[Any], tuple[Any, ...]]) -> Page[Any]:
    shown = list(items[:limit])
    return Page(shown, paging.make(*key(shown[-1])) if len(items) > limit else None)
