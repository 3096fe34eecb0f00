"""Keep endpoints, spread events over them, and record what their receivers said."""

import base64
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.events import Recorded
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.webhooks import rules, store
from fairday.webhooks.errors import NothingToReplay, TooManyEndpoints, UnknownEventType
from fairday.webhooks.types import (
    Attempt,
    Delivery,
    DeliveryStatus,
    Due,
    Endpoint,
    EndpointWithSecret,
    Letter,
    RegisterRequest,
    Replay,
    Verdict,
)

ENDPOINTS_MAX = 20
LEASE = timedelta(seconds=15)
"""Longer than one attempt may take (ten seconds), so that no two senders ever work for one endpoint."""
KEPT = timedelta(days=30)


def new_secret() -> str:
    """Return a fresh signing secret of 32 random bytes. Source: Standard Webhooks 1.0 (24 to 64 bytes)."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


async def register(
    tx: Tx, requests: Sequence[RegisterRequest], now: datetime
) -> list[EndpointWithSecret | Refusal]:
    """Make endpoints, in order; the caller has checked their addresses. Returns a refusal in a request's place."""
    results: list[EndpointWithSecret | Refusal] = []
    known = rules.known_types()
    for request in requests:
        strange = rules.unknown_types(request.draft.event_types, known)
        if strange:
            results.append(UnknownEventType(event_types=strange, known=known))
            continue
        secret = new_secret()
        endpoint = await store.insert_endpoint(
            tx, new_id("whk"), request.merchant_id, request.draft, secret, ENDPOINTS_MAX, now
        )
        results.append(
            TooManyEndpoints(endpoints_max=ENDPOINTS_MAX)
            if endpoint is None
            else EndpointWithSecret(endpoint, secret)
        )
    return results


async def endpoint(tx: Tx, endpoint_id: str, merchant_id: str | None) -> Endpoint:
    """Return an endpoint that `merchant_id` (None: an operator) may see. Raises: NotFound."""
    found = await store.find_endpoint(tx, endpoint_id, merchant_id)
    if found is None:
        raise NotFound(what="webhook endpoint")
    return found


async def endpoints(tx: Tx, merchant_id: str | None, after: str, limit: int) -> list[Endpoint]:
    """Return at most `limit` endpoints after the id `after`, oldest first."""
    return await store.list_endpoints(tx, merchant_id, after, limit)


async def delete(tx: Tx, endpoint_id: str, merchant_id: str | None, now: datetime) -> None:
    """End an endpoint; what waits for it is cancelled. Raises: NotFound."""
    await endpoint(tx, endpoint_id, merchant_id)
    await store.delete_endpoint(tx, endpoint_id)


async def rotate_secret(
    tx: Tx, endpoint_id: str, merchant_id: str | None, overlap_s: int, now: datetime
) -> EndpointWithSecret:
    """Give an endpoint a new secret; for `overlap_s` seconds both sign every message. Raises: NotFound. Source: X37."""
    await endpoint(tx, endpoint_id, merchant_id)
    secret = new_secret()
    return EndpointWithSecret(
        await store.rotate_secret(tx, endpoint_id, secret, timedelta(seconds=overlap_s)), secret
    )


async def deliveries(
    tx: Tx, endpoint_id: str, merchant_id: str | None, before: int, status: str | None, limit: int
) -> list[Delivery]:
    """Return an endpoint's log below the sequence `before`, newest first. Raises: NotFound."""
    await endpoint(tx, endpoint_id, merchant_id)
    return await store.list_deliveries(tx, endpoint_id, before, status, limit)


async def replay(tx: Tx, endpoint_id: str, merchant_id: str | None, wanted: Replay, now: datetime) -> int:
    """Make settled deliveries wait again in their old order and return how many; wakes an endpoint that was gone.

    Raises: NothingToReplay, NotFound.
    """
    if not wanted.sequences and wanted.from_sequence is None:
        raise NothingToReplay()
    await endpoint(tx, endpoint_id, merchant_id)
    return await store.replay(
        tx,
        endpoint_id,
        sorted(set(wanted.sequences)),
        wanted.from_sequence,
        wanted.only_dead,
        rules.GIVE_UP_AFTER,
    )


async def fan_out(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
    """Write one delivery per event and endpoint that wants and may see it, in the log's order."""
    listening = await store.active_endpoints(tx)
    if not listening:
        return
    wanted: list[tuple[str, str, Recorded]] = []
    bodies: dict[tuple[str, str], tuple[Recorded, dict[str, Any]]] = {}
    for event in events:
        for endpoint_id, merchant_id, patterns in listening:
            if not rules.wants(patterns, event.type):
                continue
            seen = rules.seen_by(merchant_id, event)
            if seen is not None:
                audience, data = seen
                bodies[event.event_id, audience] = (event, data)
                wanted.append((endpoint_id, audience, event))
    if not wanted:
        return
    places = await store.take_sequences(tx, dict(Counter(endpoint_id for endpoint_id, _, _ in wanted)))
    rows = []
    for endpoint_id, audience, event in wanted:
        if endpoint_id in places:
            places[endpoint_id] += 1
            rows.append((endpoint_id, places[endpoint_id], event.event_id, audience, event.type))
    if rows:
        await store.insert_messages(
            tx,
            [
                (event_id, audience, event.type, rules.body_of(event, data))
                for (event_id, audience), (event, data) in bodies.items()
            ],
        )
        await store.insert_deliveries(tx, rows, rules.GIVE_UP_AFTER)


async def lease(tx: Tx, name: str, *, is_failing: bool, limit: int) -> list[Due]:
    """Lease at most `limit` endpoints with something to send for the sender `name`."""
    return await store.lease_due(tx, name, LEASE, is_failing=is_failing, limit=limit)


async def letters(tx: Tx, endpoint_id: str, limit: int) -> list[Letter]:
    """Return the next messages of an endpoint in order."""
    return await store.next_letters(tx, endpoint_id, limit)


async def record(
    tx: Tx, endpoint_id: str, name: str, results: Sequence[tuple[int, Attempt, Verdict]], *, goes_on: bool
) -> int:
    """Record attempts in order and return how many counted: none when the lease was lost.

    `goes_on` renews the lease, else it ends. A dead first in line takes with it what waited past its own term.
    """
    counted = await store.record_attempts(tx, endpoint_id, name, results, LEASE if goes_on else None)
    last = results[-1][2]
    if counted and last.status is DeliveryStatus.DEAD:
        await store.bury_late(tx, endpoint_id)
    if counted and last.is_gone:
        await store.cancel_pending(tx, endpoint_id)
    return counted


async def give_back(tx: Tx, endpoint_id: str, name: str) -> None:
    """End a lease when nothing waits any more."""
    await store.give_back(tx, endpoint_id, name)


async def sweep(tx: Tx, now: datetime) -> None:
    """Delete the settled log older than thirty days."""
    await store.sweep(tx, KEPT)
