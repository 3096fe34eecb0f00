"""Offer leases, the upload of logs, breaks and offline terms over HTTP."""

from typing import Any

from fairday.kernel.errors import NotAllowed, NotFound
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.tx import Tx
from fairday.offline import errors, service
from fairday.offline.log_types import Synced, Upload
from fairday.offline.types import (
    Break,
    BreaksQuery,
    CatalogueItem,
    CatalogueQuery,
    Lease,
    LeaseAt,
    LeaseBody,
    LeasesQuery,
    LeaseView,
    Limits,
    OfflineTerms,
    Override,
    OverridesQuery,
    ResolutionBody,
    TermsBody,
)

router = Router("offline")
OWNERS = frozenset({Role.OPERATOR, Role.MERCHANT})
DEVICES = frozenset({Role.DEVICE})
LAST_ID = "~"
"""Sorts after every id: where a list that shows the newest first begins."""
LANES = {
    "offline.grant": (service.grant, {"status": 201, "batch_max": 20}),
    "offline.give_back": (service.give_back, {"batch_max": 20}),
    # A request is up to 500 records: a few of them are a batch.
    "offline.sync": (
        service.sync,
        {"batch_max": 4, "queue_max": 400, "in_flight_max": 2, "deadline_s": 20.0},
    ),
}
_HASH = "537373ccf43d52fc939a3c01285c52388ddcf7224bd44eb4a5282e8b24b30973"
_NEXT = "020f3c0a5372d7e82433c0f3a94246c9c22bf9172f06a9a5dd6f605a871f6f57"
_RECORD: dict[str, Any] = {
    "seq": 1,
    "prev_hash": _HASH,
    "hash": _NEXT,
    "body": '{"v":1,"device_id":"dev_019a70b1c2d0123456789abcdef","seq":1,"kind":"note","lease_id":"lea_019a70b1c2d0123456789abcdef","happened_at":"2026-11-11T04:03:04.123Z","clock":{"server_at":"2026-11-11T04:00:00.000Z","elapsed_ms":184123,"device_at":"2026-11-11T04:03:04.500Z"},"text":"offline: no answer for 5 s"}',
}


def _scope(call: Call, merchant_id: str | None) -> str | None:
    """Return the merchant whose things the asker lists: its own, for an operator the one named or all (None)."""
    if call.principal.is_operator and merchant_id is None:
        return None
    return call.principal.own_merchant(merchant_id)


@router.lane(
    "/till-leases",
    who=DEVICES,
    body=LeaseBody,
    returns=Lease,
    status=201,
    summary="Lend a till what it may take offline",
    refusals=(NotFound, errors.LogForked, errors.LogBehind, errors.OfflineNotAllowed),
    body_max=4096,
    example={"head": {"seq": 0, "hash": _HASH}},
)
async def grant(call: Call, body: LeaseBody) -> Answer:
    """Ask for a lease: coupons with their terms and slices, floor limits, keys, phases. The one before is given back.

    Send the log first. A device whose own log is empty goes on from `head`.
    """
    answer: Answer = await call.services.lanes["offline.grant"].submit(
        LeaseAt(call.principal.account_id, body.head), call.key
    )
    return answer


@router.read(
    "/till-leases", who=OWNERS, query=LeasesQuery, returns=Page[LeaseView], summary="List leases of tills"
)
async def leases(call: Call, tx: Tx) -> Page[LeaseView]:
    """List leases, the newest first: which till may take what offline, and what it used."""
    query: LeasesQuery = call.query
    start = paging.read(query.cursor, [str])
    found = await service.leases(
        tx,
        _scope(call, query.merchant_id),
        query.store_id,
        query.state,
        before=start[0] if start else LAST_ID,
        limit=query.limit + 1,
    )
    more = paging.make(found[query.limit - 1].lease_id) if len(found) > query.limit else None
    return Page(found[: query.limit], more)


@router.read(
    "/till-leases/{lease_id}",
    who=OWNERS | DEVICES,
    returns=Lease,
    summary="Show a lease",
    refusals=(NotFound,),
)
async def lease(call: Call, tx: Tx) -> Lease:
    """Show a lease in full: a device its own, a merchant its own."""
    return await service.show(tx, call.principal, call.path["lease_id"], call.now)


@router.read(
    "/till-leases/{lease_id}/catalogue",
    who=OWNERS | DEVICES,
    query=CatalogueQuery,
    returns=Page[CatalogueItem],
    summary="Read what a till sells offline",
    refusals=(NotFound,),
)
async def catalogue(call: Call, tx: Tx) -> Page[CatalogueItem]:
    """Read barcodes, names and prices by phase of all that the merchant sells, to keep until the lease ends."""
    query: CatalogueQuery = call.query
    return await service.catalogue(
        tx, call.principal, call.path["lease_id"], limit=query.limit, cursor=query.cursor
    )


@router.lane(
    "/till-leases/{lease_id}/returns",
    who=DEVICES,
    body=LeaseBody,
    returns=LeaseView,
    summary="Give a lease back",
    refusals=(NotFound, errors.LogForked, errors.LogBehind),
    body_max=4096,
    example={"head": {"seq": 1, "hash": _NEXT}},
)
async def give_back(call: Call, body: LeaseBody) -> Answer:
    """Give back what was not used, at the end of the day; the whole log must have been sent."""
    answer: Answer = await call.services.lanes["offline.give_back"].submit(
        LeaseAt(call.principal.account_id, body.head, call.path["lease_id"]), call.key
    )
    return answer


@router.lane(
    "/till-leases/{lease_id}/records",
    who=OWNERS | DEVICES,
    body=Upload,
    returns=Synced,
    summary="Send a till's log",
    needs_key=False,
    refusals=(NotFound, errors.LogTampered),
    body_max=10 * 1024 * 1024,
    example={"records": [_RECORD]},
)
async def sync(call: Call, body: Upload) -> Answer:
    """Send records of a device's log, in any order and as often as needed; each is applied once by its number and hash,
    and the answer says from which number to go on. A merchant sends the saved log of a device whose access has ended.

    The PINs of supervisors who let something pass the floor limits are checked here; a wrong one lets nothing pass.
    """
    lease_id = call.path["lease_id"]
    allowed = await service.allowed(call.services.database, call.principal, lease_id, body.records)
    answer: Answer = await call.services.lanes["offline.sync"].submit(
        service.SyncAt(call.principal, lease_id, body, allowed), None
    )
    return answer


@router.read(
    "/till-overrides",
    who=OWNERS,
    query=OverridesQuery,
    returns=Page[Override],
    summary="List what supervisors allowed offline",
)
async def overrides(call: Call, tx: Tx) -> Page[Override]:
    """List what was let pass the floor limits of tills without network, the newest first: who, why, how much; and what was
    refused because the PIN was not a supervisor's."""
    query: OverridesQuery = call.query or OverridesQuery()
    start = paging.read(query.cursor, [str])
    found = await service.overrides(
        tx,
        _scope(call, query.merchant_id),
        query.store_id,
        query.state,
        before=start[0] if start else LAST_ID,
        limit=query.limit + 1,
    )
    more = paging.make(found[query.limit - 1].override_id) if len(found) > query.limit else None
    return Page(found[: query.limit], more)


@router.read(
    "/redemption-breaks",
    who=OWNERS,
    query=BreaksQuery,
    returns=Page[Break],
    summary="List redemption breaks",
)
async def breaks(call: Call, tx: Tx) -> Page[Break]:
    """List coupons that tills took offline and that do not count, the newest first: where, why, how much, who bears it."""
    query: BreaksQuery = call.query
    start = paging.read(query.cursor, [str])
    found = await service.breaks(
        tx,
        _scope(call, query.merchant_id),
        query,
        before=start[0] if start else LAST_ID,
        limit=query.limit + 1,
    )
    more = paging.make(found[query.limit - 1].break_id) if len(found) > query.limit else None
    return Page(found[: query.limit], more)


@router.read(
    "/redemption-breaks/{break_id}",
    who=OWNERS,
    returns=Break,
    summary="Show a redemption break",
    refusals=(NotFound,),
)
async def one_break(call: Call, tx: Tx) -> Break:
    """Show one break."""
    return await service.one_break(tx, call.principal, call.path["break_id"])


@router.write(
    "POST",
    "/redemption-breaks/{break_id}/resolutions",
    who=OWNERS,
    body=ResolutionBody,
    returns=Break,
    summary="Close a redemption break",
    refusals=(NotFound, NotAllowed, errors.BreakClosed),
    example={"decision": "accept_loss", "note": "Shopper showed a screenshot at two counters"},
)
async def resolve(call: Call, tx: Tx, body: ResolutionBody) -> Break:
    """Close a break: a merchant accepts its own loss; an operator accepts, charges the merchant, or writes it off."""
    return await service.resolve(tx, call.principal, call.path["break_id"], body, call.now)


@router.read(
    "/merchants/{merchant_id}/offline-terms",
    who=OWNERS,
    returns=OfflineTerms,
    summary="Show a merchant's offline terms",
    refusals=(NotFound,),
)
async def terms(call: Call, tx: Tx) -> OfflineTerms:
    """Show the floor limits of a merchant's tills and who bears conflicts."""
    return await service.terms(tx, call.principal, call.path["merchant_id"])


@router.write(
    "PUT",
    "/merchants/{merchant_id}/offline-terms",
    who=frozenset({Role.OPERATOR}),
    body=TermsBody,
    returns=OfflineTerms,
    summary="Agree on offline terms",
    refusals=(NotFound,),
    example={"limits": {"face_max_minor": 5000, "count_max": 50}, "bearer": "merchant"},
)
async def set_terms(call: Call, tx: Tx, body: TermsBody) -> OfflineTerms:
    """Agree with a merchant on floor limits and on who bears conflicts; holds from now on."""
    return await service.set_terms(tx, call.principal, call.path["merchant_id"], body, call.now)


@router.read(
    "/tills/{till_id}/offline-limits",
    who=OWNERS,
    returns=Limits,
    summary="Show a till's offline limits",
    refusals=(NotFound,),
)
async def till_limits(call: Call, tx: Tx) -> Limits:
    """Show the floor limits in force at a till."""
    return await service.till_limits(tx, call.principal, call.path["till_id"])


@router.write(
    "PUT",
    "/tills/{till_id}/offline-limits",
    who=OWNERS,
    body=Limits,
    returns=Limits,
    summary="Set a till's offline limits",
    refusals=(NotFound,),
    example={"face_max_minor": 3000, "count_max": 30, "value_max_minor": 60000, "lease_s": 7200},
)
async def set_till_limits(call: Call, tx: Tx, body: Limits) -> Limits:
    """Set a till's own floor limits; where the merchant's are smaller, those hold."""
    return await service.set_till_limits(tx, call.principal, call.path["till_id"], body, call.now)
