"""Spread events over endpoints, lease, record and replay, in a transaction that is rolled back."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest

from fairday.kernel import ids
from fairday.kernel.errors import NotFound
from fairday.kernel.events import Recorded
from fairday.kernel.tx import Tx
from fairday.webhooks import rules, service
from fairday.webhooks.errors import NothingToReplay, TooManyEndpoints, UnknownEventType
from fairday.webhooks.invariants import INVARIANTS
from fairday.webhooks.types import (
    Attempt,
    DeliveryStatus,
    EndpointDraft,
    EndpointWithSecret,
    RegisterRequest,
    Replay,
    Verdict,
)

KNOWN = "tills.Paired"
REAL_KNOWN_TYPES = rules.known_types


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bind the known types to one, so that this test needs no other room."""
    monkeypatch.setattr(rules, "known_types", lambda: [KNOWN])


async def made(
    tx: Tx, now: datetime, merchant_id: str | None = "mer_a", kind: str = "*"
) -> EndpointWithSecret:
    """Register an endpoint."""
    draft = EndpointDraft(url="https://shop.example.com/h", event_types=(kind,))
    (result,) = await service.register(tx, [RegisterRequest(draft, merchant_id)], now)
    assert isinstance(result, EndpointWithSecret)
    return result


def events(now: datetime, count: int, merchant_id: str | None = "mer_a") -> list[Recorded]:
    """Build events as read from the log."""
    return [
        Recorded(1, n, ids.new_id("evt"), KNOWN, "x", merchant_id, now, now, {"n": n}) for n in range(count)
    ]


async def log(tx: Tx, endpoint_id: str) -> list[tuple[int, str]]:
    """Return (sequence, status) in order."""
    found = await service.deliveries(tx, endpoint_id, None, 2**53, None, 100)
    return [(one.sequence, one.status.value) for one in reversed(found)]


def result(sequence: int, status: DeliveryStatus, **more: Any) -> tuple[int, Attempt, Verdict]:
    """Build what the sender records."""
    code = 200 if status is DeliveryStatus.DELIVERED else 500
    failures = 0 if status is DeliveryStatus.DELIVERED else 1
    return sequence, Attempt(code, None, 3), Verdict(status, failures, timedelta(0), **more)


async def test_fan_out_numbers_each_endpoint_and_keeps_merchants_apart(tx: Tx, now: datetime) -> None:
    a, b = await made(tx, now), await made(tx, now, "mer_b")
    operator = await made(tx, now, None)
    other = await made(tx, now, "mer_a", KNOWN)
    batch = [*events(now, 3), *events(now, 1, "mer_b"), *events(now, 1, None)]
    await service.fan_out(tx, batch, now)
    await service.fan_out(tx, batch[:1], now)  # the same event again is one delivery
    assert [place for place, _ in await log(tx, a.endpoint.endpoint_id)] == [1, 2, 3]
    assert len(await log(tx, b.endpoint.endpoint_id)) == 1
    assert len(await log(tx, operator.endpoint.endpoint_id)) == 5
    assert len(await log(tx, other.endpoint.endpoint_id)) == 3


async def test_strangers_endpoint_does_not_exist(tx: Tx, now: datetime) -> None:
    a = await made(tx, now)
    for call in (
        service.endpoint(tx, a.endpoint.endpoint_id, "mer_b"),
        service.delete(tx, a.endpoint.endpoint_id, "mer_b", now),
        service.rotate_secret(tx, a.endpoint.endpoint_id, "mer_b", 0, now),
        service.deliveries(tx, a.endpoint.endpoint_id, "mer_b", 9, None, 9),
        service.replay(tx, a.endpoint.endpoint_id, "mer_b", Replay(from_sequence=1), now),
    ):
        with pytest.raises(NotFound):
            await call


async def test_unknown_types_and_too_many_are_refused(tx: Tx, now: datetime) -> None:
    draft = EndpointDraft(url="https://shop.example.com/h", event_types=("tills.Pared",))
    (refusal,) = await service.register(tx, [RegisterRequest(draft, "mer_a")], now)
    assert isinstance(refusal, UnknownEventType)
    assert refusal.details["event_types"] == ["tills.Pared"]
    for _ in range(service.ENDPOINTS_MAX):
        last = await made(tx, now)
    good = EndpointDraft(url="https://shop.example.com/h", event_types=(KNOWN,))
    (refusal,) = await service.register(tx, [RegisterRequest(good, "mer_a")], now)
    assert isinstance(refusal, TooManyEndpoints)
    await service.delete(tx, last.endpoint.endpoint_id, "mer_a", now)
    assert isinstance(
        (await service.register(tx, [RegisterRequest(good, "mer_a")], now))[0], EndpointWithSecret
    )


async def test_lease_is_exclusive_and_guards_the_record(tx: Tx, now: datetime) -> None:
    a = (await made(tx, now)).endpoint.endpoint_id
    await service.fan_out(tx, events(now, 2), now)
    (due,) = await service.lease(tx, "one", is_failing=False, limit=9)
    assert due.endpoint_id == a
    assert await service.lease(tx, "two", is_failing=False, limit=9) == []
    assert [letter.sequence for letter in await service.letters(tx, a, 50)] == [1, 2]
    delivered = result(1, DeliveryStatus.DELIVERED)
    assert await service.record(tx, a, "two", [delivered], goes_on=True) == 0
    assert await service.record(tx, a, "one", [delivered], goes_on=True) == 1
    assert await service.record(tx, a, "one", [result(2, DeliveryStatus.PENDING)], goes_on=False) == 1
    assert await log(tx, a) == [(1, "delivered"), (2, "pending")]
    assert await service.lease(tx, "two", is_failing=False, limit=9) == []
    assert len(await service.lease(tx, "two", is_failing=True, limit=9)) == 1


async def test_dead_first_takes_the_late_with_it_and_replay_wakes_them(tx: Tx, now: datetime) -> None:
    a = (await made(tx, now)).endpoint.endpoint_id
    await service.fan_out(tx, events(now, 3), now)
    await tx.execute("UPDATE webhooks.delivery SET gives_up_at = clock_timestamp() WHERE sequence < 3")
    await service.lease(tx, "one", is_failing=False, limit=9)
    await service.record(tx, a, "one", [result(1, DeliveryStatus.DEAD)], goes_on=False)
    assert await log(tx, a) == [(1, "dead"), (2, "dead"), (3, "pending")]
    ids_before = [one.event_id for one in await service.deliveries(tx, a, "mer_a", 2**53, None, 9)]
    assert await service.replay(tx, a, "mer_a", Replay(from_sequence=1, only_dead=True), now) == 2
    assert await log(tx, a) == [(1, "pending"), (2, "pending"), (3, "pending")]
    assert [one.event_id for one in await service.deliveries(tx, a, "mer_a", 2**53, None, 9)] == ids_before
    with pytest.raises(NothingToReplay):
        await service.replay(tx, a, "mer_a", Replay(), now)


async def test_gone_endpoint_cancels_and_replay_brings_it_back(tx: Tx, now: datetime) -> None:
    a = (await made(tx, now)).endpoint.endpoint_id
    await service.fan_out(tx, events(now, 3), now)
    await service.lease(tx, "one", is_failing=False, limit=9)
    await service.record(tx, a, "one", [result(1, DeliveryStatus.DELIVERED)], goes_on=True)
    await service.record(tx, a, "one", [result(2, DeliveryStatus.CANCELLED, is_gone=True)], goes_on=False)
    assert (await service.endpoint(tx, a, None)).status == "gone"
    assert await log(tx, a) == [(1, "delivered"), (2, "cancelled"), (3, "cancelled")]
    assert await service.replay(tx, a, None, Replay(sequences=(1,)), now) == 1
    assert (await service.endpoint(tx, a, None)).status == "active"


async def test_rotation_overlaps(tx: Tx, now: datetime) -> None:
    first = await made(tx, now)
    a = first.endpoint.endpoint_id
    second = await service.rotate_secret(tx, a, "mer_a", 3600, now)
    await service.fan_out(tx, events(now, 1), now)
    (due,) = await service.lease(tx, "one", is_failing=False, limit=9)
    assert due.secrets == (second.secret, first.secret)
    await service.give_back(tx, a, "one")
    third = await service.rotate_secret(tx, a, "mer_a", 0, now)
    (due,) = await service.lease(tx, "one", is_failing=False, limit=9)
    assert due.secrets == (third.secret,)


async def test_sweep_keeps_what_waits(tx: Tx, now: datetime) -> None:
    a = (await made(tx, now)).endpoint.endpoint_id
    await service.fan_out(tx, events(now, 2), now)
    await service.lease(tx, "one", is_failing=False, limit=9)
    await service.record(tx, a, "one", [result(1, DeliveryStatus.DELIVERED)], goes_on=True)
    await tx.execute("UPDATE webhooks.delivery SET made_at = made_at - interval '31 days'")
    await tx.execute("UPDATE webhooks.message SET made_at = made_at - interval '31 days'")
    await service.sweep(tx, now)
    assert await log(tx, a) == [(2, "pending")]
    assert len(await service.letters(tx, a, 9)) == 1


@pytest.mark.parametrize("number", range(len(INVARIANTS)))
async def test_each_invariant_can_turn_red(tx: Tx, number: int) -> None:
    invariant = INVARIANTS[number]
    assert await tx.fetch(invariant.query) == []
    await tx.execute(invariant.violate)
    assert len(await tx.fetch(invariant.query)) > 0


def test_known_types_come_from_the_events_of_fairday() -> None:
    import_module("fairday.orders.events")
    assert {"orders.Paid", "orders.Refunded"} <= set(REAL_KNOWN_TYPES())
