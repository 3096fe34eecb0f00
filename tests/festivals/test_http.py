"""Festivals over HTTP as an operator, a merchant and anyone see them. The clock itself is jumped in the journeys."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database
from tests.client import Client, refused
from tests.coupons import people


@dataclass
class Town:
    """Hold clients of the people in these tests."""

    operator: Client
    merchant: Client
    anyone: Client
    merchant_id: str


@pytest.fixture
async def town(server_url: str, database: Database) -> AsyncIterator[Town]:
    async with database.transaction() as (tx, now):
        merchant = await identity.create_merchant(tx, MerchantDraft(name="茶店", name_en="Tea"), now)
        tokens = [
            await people.token(tx, AccountDraft(role=Role.OPERATOR, name="x"), now),
            await people.token(
                tx, AccountDraft(role=Role.MERCHANT, name="x", merchant_id=merchant.merchant_id), now
            ),
        ]
    clients = [Client(server_url, token) for token in (*tokens, None)]
    yield Town(*clients, merchant.merchant_id)
    for client in clients:
        await client.close()


def phase(starts: float, ends: float, **changes: Any) -> dict[str, Any]:
    """Return a sale from and to so many hours from now."""
    now = datetime.now(UTC)
    given = {
        "kind": "sale", "name": "正日", "name_en": "The day",
        "starts_at": (now + timedelta(hours=starts)).isoformat(), "ends_at": (now + timedelta(hours=ends)).isoformat(),
    }  # fmt: skip
    return given | changes


def festival(*phases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"name": "双十一", "name_en": "Double Eleven", "phases": list(phases)} | changes


async def test_make_publish_see_and_enrol(town: Town) -> None:
    made = await town.operator.post("/festivals", festival(phase(-1, 1, kind="warm_up"), phase(2, 3)))
    path = f"/festivals/{made['festival_id']}"
    await refused(town.anyone.get(path), 404, "festival_unknown")
    await refused(town.merchant.post(f"{path}/enrolments", {}), 404, "festival_unknown")
    await town.operator.post(f"{path}/publish")
    assert (await town.anyone.get(path))["status"] == "live"
    now = await town.anyone.get("/festivals/current")
    assert now["phase"]["kind"] == "warm_up"
    assert now["now"] < now["next_change_at"]
    listed = await town.anyone.get("/festivals", limit=100)
    assert made["festival_id"] in [one["festival_id"] for one in listed["items"]]
    asked = await town.merchant.post(f"{path}/enrolments", {})
    assert asked["status"] == "requested"
    body = {"merchant_ids": [town.merchant_id, "mer_none"]}
    await refused(town.merchant.post(f"{path}/enrolments/approvals", body), 403, "not_allowed")
    decisions = (await town.operator.post(f"{path}/enrolments/approvals", body))["decisions"]
    assert [one["refusal_code"] for one in decisions] == [None, "enrolment_unknown"]
    assert decisions[0]["enrolment"]["status"] == "approved"
    mine = await town.merchant.get(f"{path}/enrolments")
    assert [one["merchant_id"] for one in mine["items"]] == [town.merchant_id]


async def test_phases_are_edited_by_the_operator_only(town: Town) -> None:
    made = await town.operator.post("/festivals", festival(phase(1, 2)))
    path = f"/festivals/{made['festival_id']}/phases"
    kept = made["phases"][0]["phase_id"]
    changed = await town.operator.put(path, {"phases": [phase(1, 3, phase_id=kept), phase(4, 5)]})
    assert [one["phase_id"] for one in changed["phases"]][:1] == [kept]
    await refused(town.operator.put(path, {"phases": [phase(1, 3), phase(2, 5)]}), 422, "bad_phases")
    await refused(town.merchant.put(path, {"phases": []}), 403, "not_allowed")
    await refused(town.anyone.put(path, {"phases": []}), 401, "not_signed_in")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"time_zone": "Mars/Base"}, "bad_time_zone"),
        ({"name": ""}, "bad_input"),
        ({"phases": [phase(1, 2) | {"starts_at": "2026-11-11T00:00:00"}]}, "bad_input"),
        ({"phases": [phase(1, 2) | {"kind": "party"}]}, "bad_input"),
        ({"phases": [phase(1, 2) | {"ends_at": "0001-01-01T00:00:00+08:00"}]}, "bad_phases"),
        ({"phases": [phase(1, 2)] * 41}, "bad_input"),
        ({"extra": 1}, "bad_input"),
    ],
)
async def test_bad_festivals_are_refused(town: Town, changes: dict[str, Any], code: str) -> None:
    await refused(town.operator.post("/festivals", festival(**changes)), 422, code)


async def test_the_clock_is_public_and_jumps_for_operators_only(town: Town) -> None:
    clock = await town.anyone.get("/clock")
    assert clock["is_sandbox"]
    assert datetime.fromisoformat(clock["now"]).tzinfo is not None
    to = {"to": "2026-11-10T23:59:55+08:00"}
    await refused(town.merchant.post("/sandbox/clock", to), 403, "not_allowed")
    for bad in ("1999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        await refused(town.operator.post("/sandbox/clock", {"to": bad}), 422, "bad_clock")
    await refused(town.operator.post("/sandbox/clock", {"to": "tomorrow"}), 422, "bad_input")
