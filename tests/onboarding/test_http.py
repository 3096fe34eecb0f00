"""Open a shop by phone as its owner does, meet its limits, and let the operator lift them."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database
from tests.client import Client, Problem, problem_of

LICENCES = iter(("91110000600037341L", "92310000MA1FL8TQ33"))


@pytest.fixture
async def visitor(server_url: str) -> AsyncIterator[Client]:
    """Return somebody who has no account."""
    client = Client(server_url)
    yield client
    await client.close()


@pytest.fixture
async def operator(database: Database, server_url: str) -> AsyncIterator[Client]:
    """Return an operator."""
    async with database.transaction() as (tx, now):
        account = await identity.create_account(tx, AccountDraft(role=Role.OPERATOR, name="o"), now)
        token, _ = await identity.open_session(tx, account.account_id, ttl_s=600, now=now)
    client = Client(server_url, token)
    yield client
    await client.close()


async def code_for(visitor: Client, phone: str) -> str:
    """Ask for a code and read it from the sandbox's messages."""
    await visitor.post("/sessions/phone-codes", {"phone": phone})
    messages = (await visitor.get("/sandbox/messages"))["items"]
    text = next(one["text"] for one in messages if one["phone"] == phone)
    return text.split()[1]


def new_phone() -> str:
    """Return a phone of nobody."""
    return f"+86137{uuid.uuid4().int % 10**8:08}"


def draft(phone: str, code: str, **changes: Any) -> dict[str, Any]:
    """Return what the owner of a noodle shop without a licence sends."""
    return {
        "phone": phone,
        "code": code,
        "name": "阿婆面馆",
        "kind": "restaurant",
        "region_id": "CN-SH",
        "latitude": 31.23,
        "longitude": 121.47,
        "story": "三代人的面馆。",
        "coupon": {"template": "spend_more", "amount_minor": 1000, "threshold_minor": 5000},
    } | changes


async def opened(visitor: Client, **changes: Any) -> tuple[dict[str, Any], Client]:
    """Open a shop and return it with its owner."""
    phone = new_phone()
    shop = await visitor.post(
        "/merchant-applications", draft(phone, await code_for(visitor, phone), **changes)
    )
    return shop, Client(str(visitor.http.base_url), shop["token"])


def terms(face_minor: int = 500, quantity_max: int = 100) -> dict[str, Any]:
    """Return the terms of a coupon of a small shop."""
    return {
        "kind": "fixed",
        "currency": "CNY",
        "amount_minor": face_minor,
        "funders": [{"kind": "merchant", "share_bp": 10000}],
        "claim_starts_at": "2020-01-01T00:00:00Z",
        "claim_ends_at": "2100-01-01T00:00:00Z",
        "days_after_claim": 7,
        "quantity_max": quantity_max,
    }


async def code_of(call: Awaitable[object]) -> str | None:
    """Return the code of the problem that `call` ends in."""
    return (await problem_of(call))[1]


async def test_one_request_opens_shop_store_and_live_coupon(visitor: Client) -> None:
    """See the store, the story and the coupon as a shopper the moment the shop is opened."""
    shop, owner = await opened(visitor)
    store_id, merchant_id = shop["store"]["store_id"], shop["merchant"]["merchant_id"]
    assert (await visitor.get(f"/stores/{store_id}"))["store"]["name"] == "阿婆面馆"
    assert (await visitor.get(f"/merchants/{merchant_id}/profile"))["story"] == "三代人的面馆。"
    offers = (await visitor.get("/coupons", store_id=store_id, merchant_id=merchant_id))["items"]
    assert shop["coupon_id"] in [one["coupon_id"] for one in offers]
    me = await owner.get("/me")
    assert (me["role"], me["merchant"]["tier"]) == ("merchant", "small")
    assert (await owner.get("/merchant-applications/mine"))["status"] == "limited"
    await owner.close()


async def test_phone_opens_one_shop(visitor: Client) -> None:
    """Refuse the second shop of a phone, and a code that was used."""
    phone = new_phone()
    code = await code_for(visitor, phone)
    await visitor.post("/merchant-applications", draft(phone, code))
    assert await code_of(visitor.post("/merchant-applications", draft(phone, code))) == "wrong_code"
    again = await code_for(visitor, phone)
    assert await code_of(visitor.post("/merchant-applications", draft(phone, again))) == "phone_has_shop"


async def test_refused_shop_leaves_nothing_and_the_code_good(visitor: Client) -> None:
    """Open nothing when one part is refused; the same code then opens the shop."""
    phone = new_phone()
    code = await code_for(visitor, phone)
    bad = draft(phone, code, coupon={"template": "spend_more", "amount_minor": 9000, "threshold_minor": 5000})
    assert await code_of(visitor.post("/merchant-applications", bad)) == "bad_terms"
    too_big = draft(phone, code, coupon={"template": "welcome", "amount_minor": 20000, "quantity_max": 500})
    assert await code_of(visitor.post("/merchant-applications", too_big)) == "small_shop_limit"
    assert (await visitor.post("/merchant-applications", draft(phone, code)))["coupon_id"]


async def test_small_shop_has_three_open_coupons_and_each_is_small(visitor: Client) -> None:
    """Refuse the fourth coupon, also when several are asked for at once, and one above the caps; ending one frees its place."""
    shop, owner = await opened(visitor)
    assert await code_of(owner.post("/coupons", {"terms": terms(500, 501)})) == "small_shop_limit"
    assert await code_of(owner.post("/coupons", {"terms": terms(20_000, 6)})) == "small_shop_limit"
    asked = await asyncio.gather(
        *(owner.post("/coupons", {"terms": terms()}) for _ in range(6)), return_exceptions=True
    )
    made = [one for one in asked if not isinstance(one, BaseException)]
    assert len(made) == 2
    assert {one.code for one in asked if isinstance(one, Problem)} == {"small_shop_full"}
    widened = owner.patch(f"/coupons/{made[0]['coupon_id']}", {"quantity_max": 501})
    assert await code_of(widened) == "small_shop_limit"
    await owner.post(f"/coupons/{shop['coupon_id']}/end")
    assert (await owner.post("/coupons", {"terms": terms()}))["coupon_id"]
    await owner.close()


async def test_operator_lifts_limits_once(visitor: Client, operator: Client) -> None:
    """Queue a shop with a licence, lift its limits, and refuse to decide twice."""
    shop, owner = await opened(visitor, licence="company", licence_number=next(LICENCES))
    application_id = shop["application"]["application_id"]
    queue = (await operator.get("/merchant-applications", status="requested", limit=100))["items"]
    assert application_id in [one["application_id"] for one in queue]
    path = f"/merchant-applications/{application_id}/decisions"
    assert (await operator.post(path, {"is_approved": True}))["status"] == "approved"
    assert await code_of(operator.post(path, {"is_approved": False})) == "application_status"
    assert (await owner.get("/me"))["merchant"]["tier"] == "standard"
    assert (await owner.post("/coupons", {"terms": terms(500, 5000)}))["coupon_id"]
    await owner.close()


async def test_shop_without_licence_asks_later_and_again_after_a_no(
    visitor: Client, operator: Client
) -> None:
    """Ask on a licence got later; after a refusal the shop works on and may ask again; a taken licence is refused."""
    shop, owner = await opened(visitor)
    number = next(LICENCES)
    ask = {"licence": "individual", "licence_number": number}
    assert (await owner.post("/merchant-applications/mine/requests", ask))["status"] == "requested"
    assert await code_of(owner.post("/merchant-applications/mine/requests", ask)) == "application_status"
    _, other = await opened(visitor)
    assert await code_of(other.post("/merchant-applications/mine/requests", ask)) == "licence_taken"
    path = f"/merchant-applications/{shop['application']['application_id']}/decisions"
    await operator.post(path, {"is_approved": False, "reason": "看不清"})
    assert (await owner.get("/merchant-applications/mine"))["reason"] == "看不清"
    assert (await owner.get("/me"))["merchant"]["tier"] == "small"
    assert (await owner.post("/merchant-applications/mine/requests", ask))["status"] == "requested"
    for client in (owner, other):
        await client.close()


async def test_owner_signs_in_again_by_phone(visitor: Client) -> None:
    """Open a session of the owner from the console, while the shop's sign-in knows no member of that phone."""
    phone = new_phone()
    await visitor.post("/merchant-applications", draft(phone, await code_for(visitor, phone)))
    code = await code_for(visitor, phone)
    assert await code_of(visitor.post("/sessions/phone", {"phone": phone, "code": code})) == "no_account"
    origin = str(visitor.http.base_url).rstrip("/")
    answer = await visitor.http.post(
        "/v1/sessions/phone",
        json={"phone": phone, "code": code},
        headers={"fairday-app": "console", "origin": origin},
    )
    assert answer.status_code == 201
    assert "__Host-fairday-console=" in answer.headers["set-cookie"]
