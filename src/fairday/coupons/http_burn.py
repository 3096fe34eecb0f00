"""Serve what an issuer watches and does at midnight: how a budget burns, its alerts, its versions, the recall."""

from fairday.coupons import errors, service
from fairday.coupons.burn_types import (
    AlertsQuery,
    BudgetAlert,
    Burn,
    BurnQuery,
    Recall,
    RecallBody,
    Versions,
)
from fairday.coupons.types import Counters, Template
from fairday.kernel.errors import BadInput, NotFound
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, Router
from fairday.kernel.tx import Tx

router = Router("coupons")
ISSUERS = frozenset({Role.OPERATOR, Role.MERCHANT})


@router.read(
    "/coupons/{coupon_id}/burn",
    who=ISSUERS,
    query=BurnQuery,
    returns=Burn,
    summary="See how a budget burns",
    refusals=(errors.CouponUnknown, BadInput),
)
async def coupon_burn(call: Call, tx: Tx) -> Burn:
    """Issued, committed and spent over time, when each runs out at the pace of the last hour, and the alerts raised."""
    counters, template = await own(call, tx)
    return await service.burn(tx, counters, template, call.query or BurnQuery(), call.now)


@router.read(
    "/coupons/{coupon_id}/versions",
    who=ISSUERS,
    returns=Versions,
    summary="Read the versions of a coupon",
    refusals=(errors.CouponUnknown,),
)
async def coupon_versions(call: Call, tx: Tx) -> Versions:
    """The newest first, each with the terms that differ from the version before."""
    counters, _ = await own(call, tx)
    return Versions(await service.versions(tx, counters.coupon_id))


@router.read(
    "/budget-alerts",
    who=ISSUERS,
    query=AlertsQuery,
    returns=Page[BudgetAlert],
    summary="List budget alerts",
)
async def list_budget_alerts(call: Call, tx: Tx) -> Page[BudgetAlert]:
    """At 80, 95 and 100 % committed and spent, once each; the newest first. A merchant sees its own, an operator all."""
    query: AlertsQuery = call.query
    is_all = call.principal.is_operator and query.merchant_id is None
    after = paging.read(query.cursor, [str])
    found = await service.alerts(
        tx,
        None if is_all else call.principal.own_merchant(query.merchant_id),
        query.coupon_id,
        after[0] if after else None,
        query.limit + 1,
    )
    items = found[: query.limit]
    return Page(items, paging.make(items[-1].alert_id) if len(found) > query.limit else None)


@router.write(
    "POST",
    "/coupons/{coupon_id}/recalls",
    who=ISSUERS,
    body=RecallBody,
    returns=Recall,
    status=202,
    summary="Recall a coupon",
    refusals=(errors.CouponUnknown, errors.WrongStatus),
    example={"reason": "printed with a wrong amount"},
)
async def recall_coupon(call: Call, tx: Tx, body: RecallBody) -> Recall:
    """End it and void every claim that was not used; their money goes back to the budget, and each member's event tells
    why. What an order or a till has set aside stays theirs until it is used or let go. Asked again, it tells how far it is.
    """
    counters, _ = await own(call, tx)
    call.changes = {"status": (counters.status, "ended"), "recall_reason": (None, body.reason)}
    return await service.recall(
        tx, counters.coupon_id, body.reason, by=call.principal.account_id, now=call.now
    )


@router.read(
    "/coupons/{coupon_id}/recalls",
    who=ISSUERS,
    returns=Recall,
    summary="See how a recall goes",
    refusals=(errors.CouponUnknown, NotFound),
)
async def coupon_recall(call: Call, tx: Tx) -> Recall:
    """How many claims were voided so far, and when it finished."""
    counters, _ = await own(call, tx)
    found = await service.recall_of(tx, counters.coupon_id)
    if found is None:
        raise NotFound(what="recall")
    return found


async def own(call: Call, tx: Tx) -> tuple[Counters, Template]:
    """Return the coupon of the path if the asker issues it. Raises: CouponUnknown, also for a stranger's."""
    counters, template = await service.read_one(tx, call.path["coupon_id"])
    if not call.principal.may_see(counters.merchant_id):
        raise errors.CouponUnknown()
    return counters, template
