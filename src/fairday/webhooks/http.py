"""Offer webhook endpoints, their delivery log and replay over HTTP. Answers with a secret take no Idempotency-Key."""

from fairday.kernel.errors import NotFound
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, PageQuery, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.tx import Tx
from fairday.webhooks import rules, service, transport
from fairday.webhooks.errors import (
    HostNotFound,
    NothingToReplay,
    TooManyEndpoints,
    UnknownEventType,
    UrlNotAllowed,
)
from fairday.webhooks.schedule import loopback_allowed
from fairday.webhooks.types import (
    Delivery,
    DeliveryStatus,
    Endpoint,
    EndpointDraft,
    EndpointWithSecret,
    RegisterRequest,
    Replay,
    Replayed,
    Rotation,
)

router = Router("webhooks")
LANES = {"webhooks.register": (service.register, {"status": 201})}

OWNERS = frozenset({Role.OPERATOR, Role.MERCHANT})
_SEQUENCE_MAX = 2**53


class DeliveryQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Ask for a page of the log, of one status or all."""

    status: DeliveryStatus | None = None


def _owner(call: Call) -> str | None:
    """Return the merchant whose endpoints the asker may see; None for an operator, who sees all."""
    return None if call.principal.is_operator else call.principal.own_merchant(None)


@router.lane(
    "/webhook-endpoints",
    who=OWNERS,
    body=EndpointDraft,
    returns=EndpointWithSecret,
    status=201,
    needs_key=False,
    summary="Register a webhook endpoint",
    refusals=(UrlNotAllowed, HostNotFound, UnknownEventType, TooManyEndpoints),
    example={"url": "https://hooks.shop.example.com/fairday", "event_types": ["orders.Paid"]},
)
async def register(call: Call, body: EndpointDraft) -> Answer:
    """Make an endpoint. The signing secret is shown in this answer and never again: keep it.

    A merchant hears its own events, an operator all. Bodies are CloudEvents 1.0, signed as Standard Webhooks says.
    """
    loopback = loopback_allowed()
    target = rules.target_of(body.url, loopback=loopback)
    # Looked up here, before any transaction: no network call may wait inside one.
    await transport.checked_addresses(target, loopback=loopback)
    answer: Answer = await call.services.lanes["webhooks.register"].submit(
        RegisterRequest(body, _owner(call)), call.key
    )
    return answer


@router.read(
    "/webhook-endpoints",
    who=OWNERS,
    query=PageQuery,
    returns=Page[Endpoint],
    summary="List your webhook endpoints",
)
async def endpoints(call: Call, tx: Tx) -> Page[Endpoint]:
    """List endpoints, oldest first; secrets are not shown."""
    query: PageQuery = call.query
    start = paging.read(query.cursor, [str])
    found = await service.endpoints(tx, _owner(call), start[0] if start else "", query.limit + 1)
    more = paging.make(found[query.limit - 1].endpoint_id) if len(found) > query.limit else None
    return Page(found[: query.limit], more)


@router.read(
    "/webhook-endpoints/{endpoint_id}",
    who=OWNERS,
    returns=Endpoint,
    summary="Show a webhook endpoint",
    refusals=(NotFound,),
)
async def endpoint(call: Call, tx: Tx) -> Endpoint:
    """Show one endpoint with its failures in a row and when it is tried next."""
    return await service.endpoint(tx, call.path["endpoint_id"], _owner(call))


@router.write(
    "DELETE",
    "/webhook-endpoints/{endpoint_id}",
    who=OWNERS,
    returns=None,
    status=204,
    summary="Delete a webhook endpoint",
    refusals=(NotFound,),
)
async def delete(call: Call, tx: Tx) -> None:
    """End an endpoint; what waits for it is cancelled."""
    await service.delete(tx, call.path["endpoint_id"], _owner(call), call.now)


@router.write(
    "POST",
    "/webhook-endpoints/{endpoint_id}/secret-rotations",
    who=OWNERS,
    body=Rotation,
    returns=EndpointWithSecret,
    status=201,
    needs_key=False,
    summary="Rotate a signing secret",
    refusals=(NotFound,),
    example={"overlap_s": 86400},
)
async def rotate(call: Call, tx: Tx, body: Rotation) -> EndpointWithSecret:
    """Give the endpoint a new secret, shown once. Until the overlap ends, messages carry both signatures."""
    return await service.rotate_secret(tx, call.path["endpoint_id"], _owner(call), body.overlap_s, call.now)


@router.read(
    "/webhook-endpoints/{endpoint_id}/deliveries",
    who=OWNERS,
    query=DeliveryQuery,
    returns=Page[Delivery],
    summary="Read the delivery log",
    refusals=(NotFound,),
)
async def deliveries(call: Call, tx: Tx) -> Page[Delivery]:
    """Read an endpoint's log, newest first: attempts, last status, last error, when it gives up."""
    query: DeliveryQuery = call.query
    start = paging.read(query.cursor, [int])
    found = await service.deliveries(
        tx,
        call.path["endpoint_id"],
        _owner(call),
        start[0] if start else _SEQUENCE_MAX,
        query.status,
        query.limit + 1,
    )
    more = paging.make(found[query.limit - 1].sequence) if len(found) > query.limit else None
    return Page(found[: query.limit], more)


@router.write(
    "POST",
    "/webhook-endpoints/{endpoint_id}/replays",
    who=OWNERS,
    body=Replay,
    returns=Replayed,
    status=202,
    summary="Send messages again",
    refusals=(NothingToReplay, NotFound),
    example={"from_sequence": 1, "only_dead": True},
)
async def replay(call: Call, tx: Tx, body: Replay) -> Replayed:
    """Send settled messages again, in their order and under their ids; at most 10,000 at once."""
    return Replayed(await service.replay(tx, call.path["endpoint_id"], _owner(call), body, call.now))
