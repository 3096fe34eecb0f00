"""A till's hour without network over HTTP: lease, log, sync, breaks; who may, repeats, bad input."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import pytest

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.tx import Database
from tests.checkout import city as world
from tests.client import Client, Problem, is_nobody
from tests.offline import till as tills
from tests.offline.till import OfflineTill
from tests.tills.city import PIN


@dataclass
class Booth:
    """Hold a store's people as API clients, and two tills with a lease each."""

    merchant: Client
    stranger: Client
    operator: Client
    member: Client
    devices: list[Client]
    tills: list[OfflineTill]
    claim_id: str

    async def code(self) -> dict[str, Any]:
        """Return a use of the coupon, with its code as the member's phone shows it now."""
        return {
            "code": (await self.member.post(f"/claims/{self.claim_id}/codes"))["text"],
            "amount_minor": 2000,
        }

    async def send(self, number: int, records: Any = None, **more: Any) -> Any:
        """Send a till's log."""
        till = self.tills[number]
        body = {"records": [msgspec.to_builtins(one) for one in (till.log if records is None else records)]}
        return await self.devices[number].post(f"/till-leases/{till.lease_id}/records", body, **more)


@pytest.fixture
async def booth(server_url: str, database: Database) -> AsyncIterator[Booth]:
    """Return a store with two paired tills, a shift on each, and a lease for each."""
    tokens: dict[str, str] = {}
    async with database.transaction() as (tx, now):
        shop, other = await world.shop(tx, now, [12_000]), await world.shop(tx, now, [100])
        logins = [f"w{uuid.uuid4().hex[:12]}" for _ in range(2)]
        for login in logins:
            draft = AccountDraft(
                role=Role.CLERK, name="王丽", login=login, pin=PIN, merchant_id=shop.merchant_id
            )
            await identity.create_account(tx, draft, now)
        for name, role, merchant_id in (
            ("merchant", Role.MERCHANT, shop.merchant_id),
            ("stranger", Role.MERCHANT, other.merchant_id),
            ("operator", Role.OPERATOR, None),
        ):
            account = await identity.create_account(
                tx, AccountDraft(role=role, name="m", merchant_id=merchant_id), now
            )
            tokens[name], _ = await identity.open_session(tx, account.account_id, ttl_s=3600, now=now)
        coupon_id = await world.coupon(tx, now, merchant_id=shop.merchant_id, platform_bp=0)
        (member,) = await world.shoppers(tx, now, 1, 0)
        claim_id = await world.claim(tx, now, coupon_id, member)
        tokens["member"], _ = await identity.open_session(tx, member.account_id, ttl_s=3600, now=now)
    clients = {name: Client(server_url, token) for name, token in tokens.items()}
    made = Booth(**clients, devices=[], tills=[], claim_id=claim_id)
    for login in logins:
        till = await made.merchant.post("/tills", {"store_id": shop.store_id, "name": "1 号台"})
        code = await made.merchant.post(f"/tills/{till['till_id']}/setup-codes")
        paired = await made.stranger.post(
            "/tills/pairings", {"setup_code": code["code"], "device_name": "Booth"}
        )
        device = Client(server_url, paired["token"])
        opened = await device.post("/shifts", {"clerk": login, "pin": PIN, "opening_cash_minor": 0})
        shift = opened["shift"]
        none = Principal("", Role.DEVICE, "")
        one = OfflineTill(
            shop, till["till_id"], paired["device_id"], none, shift["clerk_id"], shift["shift_id"], now, now
        )
        head = msgspec.to_builtins(one.log_head())
        lease = await device.post("/till-leases", {"head": head})
        assert lease["head"] == head
        one.lease_id = lease["lease_id"]
        one.at = one.server_at = datetime.fromisoformat(lease["server_now"])
        made.devices.append(device)
        made.tills.append(one)
    yield made
    for client in (*clients.values(), *made.devices):
        await client.close()


async def refused(call: Any) -> tuple[int, str, dict[str, Any]]:
    """Return how a call is refused."""
    with pytest.raises(Problem) as problem:
        await call
    return problem.value.status, str(problem.value.code), problem.value.document


async def test_an_hour_without_network(booth: Booth) -> None:
    lease = await booth.devices[0].get(f"/till-leases/{booth.tills[0].lease_id}")
    assert [one["face_minor"] for one in lease["coupons"] if one["terms"]["name_en"] == "20 off 100"][:1] == [
        2000
    ]
    page = await booth.devices[0].get(f"/till-leases/{booth.tills[0].lease_id}/catalogue", limit=500)
    assert [one["price_minor"] for one in page["items"]] == [12_000]
    code = await booth.code()
    sku = page["items"][0]["sku_id"]
    booth.tills[0].sell([(sku, 1, 12_000)], codes=[code], total_minor=10_000, tendered_minor=10_000)
    booth.tills[1].record("redemption", receipt_id="R1", codes=[code])
    first = await booth.send(0)
    assert (first["next_seq"], first["effective_count"], first["results"][0]["receipt_number"]) == (2, 1, 1)
    again = await booth.send(0)
    assert (again["applied_count"], again["duplicate_count"], again["results"]) == (0, 1, first["results"])
    second = await booth.send(1)
    assert (second["conflict_count"], second["results"][0]["uses"][0]["reason"]) == (1, "already_used")
    breaks = await booth.merchant.get("/redemption-breaks", state="open", kind="conflict")
    [found] = breaks["items"]
    assert (found["amount_minor"], found["claim_id"], found["bearer"]) == (2000, booth.claim_id, "merchant")
    assert (await booth.stranger.get("/redemption-breaks"))["items"] == []
    assert found["break_id"] in {
        one["break_id"] for one in (await booth.operator.get("/redemption-breaks", limit=100))["items"]
    }
    path = f"/redemption-breaks/{found['break_id']}"
    assert await booth.merchant.get(path) == found
    closing = {"decision": "write_off", "note": "shown at two counters"}
    assert (await refused(booth.merchant.post(f"{path}/resolutions", closing)))[:2] == (403, "not_allowed")
    done = await booth.operator.post(f"{path}/resolutions", closing)
    assert (done["state"], done["bearer"]) == ("resolved", "platform")
    assert (await refused(booth.operator.post(f"{path}/resolutions", closing)))[:2] == (409, "break_closed")
    head = msgspec.to_builtins(booth.tills[0].log_head())
    returned = await booth.devices[0].post(f"/till-leases/{booth.tills[0].lease_id}/returns", {"head": head})
    assert (returned["state"], returned["used_count"]) == ("returned", 1)
    states = {one["lease_id"]: one["state"] for one in (await booth.merchant.get("/till-leases"))["items"]}
    assert states == {booth.tills[0].lease_id: "returned", booth.tills[1].lease_id: "open"}


async def test_a_tampered_log_is_named(booth: Booth) -> None:
    till = booth.tills[0]
    till.record("note", text="off")
    till.record("note", text="on again")
    bad = tills.changed(till.log[1], "on again", "never off")
    status, code, document = await refused(booth.send(0, [till.log[0], bad]))
    assert (status, code, document["details"]["device_id"], document["details"]["seq"]) == (
        422,
        "log_tampered",
        till.device_id,
        2,
    )
    assert (await booth.send(0))["next_seq"] == 3


async def test_who_may_not(booth: Booth) -> None:
    till, other = booth.tills
    till.record("note", text="off")
    body = {"records": [msgspec.to_builtins(till.log[0])]}
    path = f"/till-leases/{till.lease_id}"
    for client in (booth.devices[1], booth.stranger):
        assert (await refused(client.post(f"{path}/records", body)))[:2] == (404, "not_found")
        assert (await refused(client.get(path)))[:2] == (404, "not_found")
    assert (await refused(booth.member.post(f"{path}/records", body)))[:2] == (403, "not_allowed")
    assert (await refused(booth.merchant.post("/till-leases", {"head": {"seq": 0, "hash": "0" * 64}})))[
        0
    ] == 403
    status, code, document = await refused(
        booth.devices[0].post("/till-leases", {"head": msgspec.to_builtins(till.log_head())})
    )
    assert (status, code, document["details"]["next_seq"]) == (409, "log_behind", 1)
    # The merchant sends the log of a device that is out.
    device_path = f"/tills/{till.till_id}/devices/{till.device_id}"
    await booth.merchant.delete(device_path)
    await is_nobody(booth.devices[0], path)
    assert (await refused(booth.devices[0].post(f"{path}/records", body)))[0] == 401
    assert (await booth.merchant.post(f"{path}/records", body))["applied_count"] == 1
    limits = {"face_max_minor": 100, "count_max": 3, "value_max_minor": 300, "lease_s": 600}
    assert await booth.merchant.put(f"/tills/{other.till_id}/offline-limits", limits) == limits
    assert (await refused(booth.stranger.put(f"/tills/{other.till_id}/offline-limits", limits)))[0] == 404
    terms = f"/merchants/{till.shop.merchant_id}/offline-terms"
    assert (await booth.merchant.get(terms))["bearer"] == "merchant"
    assert (await refused(booth.merchant.put(terms, {"bearer": "platform"})))[0] == 403
    assert (await booth.operator.put(terms, {"bearer": "platform"}))["bearer"] == "platform"


@pytest.mark.parametrize(
    "records",
    [
        [],
        [{"seq": 0, "prev_hash": "0" * 64, "hash": "0" * 64, "body": "{}"}],
        [{"seq": 1, "prev_hash": "0" * 63, "hash": "0" * 64, "body": "{}"}],
        [{"seq": 1, "prev_hash": "0" * 64, "hash": "G" * 64, "body": "{}"}],
        [{"seq": 1, "prev_hash": "0" * 64, "hash": "0" * 64, "body": "{}", "more": 1}],
        [{"seq": 1, "prev_hash": "0" * 64, "hash": "0" * 64, "body": "x" * 16_001}],
    ],
)
async def test_bad_uploads(booth: Booth, records: list[Any]) -> None:
    path = f"/till-leases/{booth.tills[0].lease_id}/records"
    assert (await refused(booth.devices[0].post(path, {"records": records})))[:2] == (422, "bad_input")
