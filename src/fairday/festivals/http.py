"""Serve the calendar of festivals, the enrolment of merchants, and the festival clock."""

from typing import Annotated, Any

import msgspec

from fairday.festivals import errors, service
from fairday.festivals.types import (
    ClockReading,
    Enrolment,
    EnrolmentStatus,
    Festival,
    FestivalDraft,
    FestivalNow,
    FestivalStatus,
    Instant,
    PhaseDraft,
)
from fairday.kernel.errors import Refusal
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Page, PageQuery, Router
from fairday.kernel.ids import Id
from fairday.kernel.tx import Tx

router = Router("festivals")
OPERATOR = frozenset({Role.OPERATOR})
PHASE_EXAMPLE = {
    "kind": "sale",
    "name": "双十一正日",
    "name_en": "The day itself",
    "starts_at": "2026-11-11T00:00:00+08:00",
    "ends_at": "2026-11-12T00:00:00+08:00",
}


class PhasesBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Set all phases; name the `phase_id` of those to keep."""

    phases: Annotated[tuple[PhaseDraft, ...], msgspec.Meta(max_length=40)]


class EnrolmentBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask to take part."""


class DecisionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decide the requests of up to 1,000 merchants at once."""

    merchant_ids: Annotated[tuple[Id, ...], msgspec.Meta(min_length=1, max_length=1000)]
    is_approved: bool = True
    reason: Annotated[str, msgspec.Meta(max_length=300)] = ""


class Decision(msgspec.Struct, frozen=True):
    """Tell what became of one merchant's request: the enrolment, or why it was not decided."""

    merchant_id: str
    enrolment: Enrolment | None
    refusal_code: str | None = None
    refusal_detail: str | None = None


class Decisions(msgspec.Struct, frozen=True):
    """Hold one decision for each merchant named, in the same order."""

    decisions: list[Decision]


class EnrolmentQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filter enrolments by status."""

    status: EnrolmentStatus | None = None


class JumpBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Set the festival clock to an instant."""

    to: Instant


@router.read("/clock", who=PUBLIC, returns=ClockReading, summary="Read the festival clock")
async def read_clock(call: Call, tx: Tx) -> ClockReading:
    """Count down from this instant: the device's own clock may be wrong."""
    return ClockReading(call.now, call.services.settings.sandbox)


@router.write(
    "POST",
    "/sandbox/clock",
    who=OPERATOR,
    body=JumpBody,
    returns=ClockReading,
    summary="Jump the festival clock (sandbox)",
    refusals=(errors.BadClock,),
    needs_sandbox=True,
    example={"to": "2026-11-10T23:59:55+08:00"},
)
async def jump_clock(call: Call, tx: Tx, body: JumpBody) -> ClockReading:
    """All processes follow within a second; in a transaction the new time counts at once."""
    return ClockReading(await service.jump(tx, body.to, by=call.principal.account_id), True)


@router.read("/festivals", who=PUBLIC, query=PageQuery, returns=Page[Festival], summary="List festivals")
async def list_festivals(call: Call, tx: Tx) -> Page[Festival]:
    """Newest first; drafts are shown to operators only."""
    with_drafts = call.principal is not None and call.principal.is_operator
    key = paging.read(call.query.cursor, [str])
    before = key[0] if key else None
    found = await service.listing(tx, with_drafts=with_drafts, before_id=before, limit=call.query.limit + 1)
    return _page(found, call.query.limit, "festival_id")


@router.read(
    "/festivals/current",
    who=PUBLIC,
    returns=FestivalNow,
    summary="See what is on now",
    refusals=(errors.NoFestivalNow,),
)
async def current_festival(call: Call, tx: Tx) -> FestivalNow:
    """The phases, the server's now, and the next change; computed from the clock at this read."""
    found = await service.current(tx, call.now)
    if found is None:
        raise errors.NoFestivalNow()
    return found


@router.read(
    "/festivals/{festival_id}",
    who=PUBLIC,
    returns=Festival,
    summary="Read a festival",
    refusals=(errors.FestivalUnknown,),
)
async def get_festival(call: Call, tx: Tx) -> Festival:
    """A draft exists for operators only."""
    festival = await service.get(tx, call.path["festival_id"])
    is_operator = call.principal is not None and call.principal.is_operator
    if festival.status is FestivalStatus.DRAFT and not is_operator:
        raise errors.FestivalUnknown()
    return festival


@router.write(
    "POST",
    "/festivals",
    who=OPERATOR,
    body=FestivalDraft,
    returns=Festival,
    status=201,
    summary="Create a festival",
    refusals=(errors.BadTimeZone, errors.BadPhases),
    example={
        "name": "双十一",
        "name_en": "Double Eleven",
        "time_zone": "Asia/Shanghai",
        "phases": [PHASE_EXAMPLE],
    },
)
async def create_festival(call: Call, tx: Tx, body: FestivalDraft) -> Festival:
    """A draft, with or without its phases."""
    return await service.create(tx, body, call.now)


@router.write(
    "PUT",
    "/festivals/{festival_id}/phases",
    who=OPERATOR,
    body=PhasesBody,
    returns=Festival,
    summary="Set the phases",
    refusals=(
        errors.FestivalUnknown,
        errors.FestivalEnded,
        errors.BadPhases,
        errors.PhaseBegun,
        errors.NoPhases,
    ),
    example={"phases": [PHASE_EXAMPLE]},
)
async def set_phases(call: Call, tx: Tx, body: PhasesBody) -> Festival:
    """While a festival is live, what has begun stands; a running phase may be prolonged."""
    return await service.set_phases(tx, call.path["festival_id"], body.phases, call.now)


@router.write(
    "POST",
    "/festivals/{festival_id}/publish",
    who=OPERATOR,
    returns=Festival,
    summary="Make a festival live",
    refusals=(errors.FestivalUnknown, errors.FestivalNotDraft, errors.NoPhases),
)
async def publish_festival(call: Call, tx: Tx) -> Festival:
    """From now on it is shown, and its phases open and close by the clock."""
    return await service.publish(tx, call.path["festival_id"], call.now)


@router.write(
    "POST",
    "/festivals/{festival_id}/enrolments",
    who=frozenset({Role.MERCHANT}),
    body=EnrolmentBody,
    returns=Enrolment,
    status=201,
    summary="Ask to take part",
    refusals=(errors.FestivalUnknown, errors.FestivalEnded),
    example={},
)
async def enrol(call: Call, tx: Tx, body: EnrolmentBody) -> Enrolment:
    """Asking again answers the request as it stands; after a rejection it asks anew."""
    merchant_id = call.principal.own_merchant(None)
    return await service.enrol(tx, call.path["festival_id"], merchant_id, call.now)


@router.read(
    "/festivals/{festival_id}/enrolments",
    who=frozenset({Role.OPERATOR, Role.MERCHANT}),
    query=EnrolmentQuery,
    returns=Page[Enrolment],
    summary="List enrolments",
    refusals=(errors.FestivalUnknown,),
)
async def list_enrolments(call: Call, tx: Tx) -> Page[Enrolment]:
    """Operators see every merchant's, a merchant its own."""
    key = paging.read(call.query.cursor, [str])
    found = await service.enrolments_page(
        tx,
        call.path["festival_id"],
        merchant_id=None if call.principal.is_operator else call.principal.own_merchant(None),
        status=call.query.status,
        after=key[0] if key else None,
        limit=call.query.limit + 1,
    )
    return _page(found, call.query.limit, "merchant_id")


@router.write(
    "POST",
    "/festivals/{festival_id}/enrolments/approvals",
    who=OPERATOR,
    body=DecisionBody,
    returns=Decisions,
    summary="Approve or reject enrolments in bulk",
    refusals=(errors.FestivalUnknown, errors.FestivalNotLive),
    example={"merchant_ids": ["mer_019a3f6c2d1a1b2c3d4e5f60718"], "is_approved": True},
)
async def decide_enrolments(call: Call, tx: Tx, body: DecisionBody) -> Decisions:
    """Each merchant gets its own answer; one that did not ask or was decided otherwise stops none of the others."""
    results = await service.decide(
        tx,
        call.path["festival_id"],
        body.merchant_ids,
        EnrolmentStatus.APPROVED if body.is_approved else EnrolmentStatus.REJECTED,
        by=call.principal.account_id,
        reason=body.reason,
        now=call.now,
    )
    return Decisions(
        [
            Decision(merchant_id, None, result.code, result.sentence(call.language))
            if isinstance(result, Refusal)
            else Decision(merchant_id, result)
            for merchant_id, result in zip(body.merchant_ids, results, strict=True)
        ]
    )


def _page(found: list[Any], limit: int, key: str) -> Page[Any]:
    items = found[:limit]
    return Page(items, paging.make(getattr(items[-1], key)) if len(found) > limit else None)
