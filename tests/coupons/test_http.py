"""Coupons over HTTP as a merchant, an operator, members and a stranger see them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database
from fairday.places import service as places
from fairday.places.types import StoreDraft
from tests.client import Client, Problem, refused
from tests.coupons import people


@dataclass
class Town:
    """Hold clients of the people in these tests."""

    operator: Client
    merchant: Client
    stranger: Client
    member: Client
    other: Client
    anyone: Client
    merchant_id: str
    store_id: str


@pytest.fixture
async def town(server_url: str, database: Database) -> AsyncIterator[Town]:
    """Return a town with one merchant, one store, another merchant and two members."""
    async with database.transaction() as (tx, now):
        merchants = [
            (await identity.create_merchant(tx, MerchantDraft(name=name, name_en="Tea"), now)).merchant_id
            for name in ("茶店", "别家")
        ]
        merchant_id = merchants[0]
        draft = StoreDraft(
            external_id="1", name="外滩店", region_id="CN-SH", latitude=31.24, longitude=121.49
        )
        store_id = (await places.create_store(tx, merchant_id, draft, now)).store_id
        tokens = [
            await people.token(tx, AccountDraft(role=role, name="x", **more), now)
            for role, more in (
                (Role.OPERATOR, {}),
                (Role.MERCHANT, {"merchant_id": merchant_id}),
                (Role.MERCHANT, {"merchant_id": merchants[1]}),
                (Role.MEMBER, {"member_id": new_id("mem")}),
                (Role.MEMBER, {"member_id": new_id("mem")}),
            )
        ]
    clients = [Client(server_url, token) for token in (*tokens, None)]
    yield Town(*clients, merchant_id, store_id)
    for client in clients:
        await client.close()


def terms(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    given: dict[str, Any] = {
        "kind": "fixed",
        "currency": "CNY",
        "amount_minor": 500,
        "funders": [{"kind": "merchant", "share_bp": 10000}],
        "claim_starts_at": (now - timedelta(hours=1)).isoformat(),
        "claim_ends_at": (now + timedelta(days=1)).isoformat(),
        "days_after_claim": 7,
        "quantity_max": 100,
    }
    return given | changes


async def live(town: Town, **changes: Any) -> str:
    made = await town.merchant.post("/coupons", {"terms": terms(**changes)})
    await town.merchant.post(f"/coupons/{made['coupon_id']}/publish")
    return str(made["coupon_id"])


async def test_make_publish_claim_list_and_show(town: Town) -> None:
    made = await town.merchant.post("/coupons", {"terms": terms(threshold_minor=5000)})
    assert (made["status"], made["issuer"], made["merchant_id"]) == ("draft", "merchant", town.merchant_id)
    assert made["terms"]["name"] == "满50元减5元"
    assert made["terms"]["name_en"] == "CNY 5 off from CNY 50"
    coupon_id = made["coupon_id"]
    await refused(town.anyone.get(f"/coupons/{coupon_id}"), 404, "coupon_unknown")
    await refused(town.member.post(f"/coupons/{coupon_id}/claims", {}), 404, "coupon_unknown")
    await town.merchant.post(f"/coupons/{coupon_id}/publish")
    assert (await town.anyone.get(f"/coupons/{coupon_id}"))["claimable"]
    claim = await town.member.post(f"/coupons/{coupon_id}/claims", {}, key="k1")
    assert await town.member.post(f"/coupons/{coupon_id}/claims", {}, key="k1") == claim
    await refused(town.member.post(f"/coupons/{coupon_id}/claims", {}, key="k2"), 409, "member_limit_reached")
    await refused(
        town.member.post(f"/coupons/{coupon_id}/claims", {"channel": "in_store"}, key="k1"),
        422,
        "idempotency_conflict",
    )
    mine = await town.member.get("/claims", state="unused")
    assert [one["claim_id"] for one in mine["items"]] == [claim["claim_id"]]
    assert (await town.other.get("/claims"))["items"] == []
    code = await town.member.post(f"/claims/{claim['claim_id']}/codes")
    assert len(code["digits"]) == 14
    assert code["step_s"] == 60
    await refused(town.other.post(f"/claims/{claim['claim_id']}/codes"), 404, "claim_unknown")
    await refused(town.other.get(f"/claims/{claim['claim_id']}"), 404, "claim_unknown")
    keys = await town.anyone.get("/code-keys")
    assert keys["keys"][-1]["algorithm"] == "Ed25519"
    figures = await town.merchant.get(f"/coupons/{coupon_id}/figures")
    assert (figures["issued_count"], figures["committed_minor"], figures["burn_bp"]) == (1, 500, 0)


async def test_coupons_near_a_point_come_with_their_nearest_store(town: Town) -> None:
    coupon_id = await live(town, scope={"store_ids": [town.store_id]})
    await live(town, channels=["online"])

    async def seen(**query: str) -> list[dict[str, Any]]:
        page = await town.anyone.get("/coupons", merchant_id=town.merchant_id, limit=100, **query)
        # The platform's coupons of other tests are good at this store, too.
        return [item for item in page["items"] if item["merchant_id"] == town.merchant_id]

    near = await seen(near="31.24,121.49")
    nearest = near[0]["nearest"]
    assert near[0]["coupon_id"] == coupon_id
    assert (nearest["store_id"], nearest["name"], nearest["distance_m"]) == (town.store_id, "外滩店", 0)
    assert near[1]["nearest"] is None
    assert [item["coupon_id"] for item in await seen(store_id=town.store_id)] == [coupon_id]
    assert await seen(store_id="sto_none") == []
    for near in ("", "31", "91,0", "0,181", "nan,1", "1e1,2", "31.2,121.4,1"):
        await refused(town.anyone.get("/coupons", near=near), 422, "bad_input")


async def test_pages_go_on_where_they_stopped(town: Town) -> None:
    made = [await live(town) for _ in range(3)]
    for more in ({}, {"near": "31.24,121.49"}):
        seen, cursor = [], None
        while True:
            page = await town.anyone.get(
                "/coupons",
                limit=2,
                merchant_id=town.merchant_id,
                **more,
                **({"cursor": cursor} if cursor else {}),
            )
            seen += [item["coupon_id"] for item in page["items"] if item["issuer"] == "merchant"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert sorted(seen) == sorted(made)
    issued = await town.merchant.get("/coupons/issued", status="live")
    assert {item["coupon"]["coupon_id"] for item in issued["items"]} == set(made)
    assert (await town.stranger.get("/coupons/issued"))["items"] == []
    await refused(town.anyone.get("/coupons", cursor="WzFd"), 422, "bad_input")


async def test_a_strangers_coupon_does_not_exist(town: Town) -> None:
    coupon_id = await live(town)
    for verb in ("publish", "pause", "resume", "end"):
        await refused(town.stranger.post(f"/coupons/{coupon_id}/{verb}"), 404, "coupon_unknown")
    await refused(town.stranger.patch(f"/coupons/{coupon_id}", {"quantity_max": 200}), 404, "coupon_unknown")
    await refused(town.stranger.post(f"/coupons/{coupon_id}/switches", {}), 404, "coupon_unknown")
    await refused(town.stranger.get(f"/coupons/{coupon_id}/figures"), 404, "coupon_unknown")
    await refused(
        town.stranger.post("/coupons", {"terms": terms(), "merchant_id": town.merchant_id}), 404, "not_found"
    )
    await refused(town.member.post("/coupons", {"terms": terms()}), 403, "not_allowed")
    await refused(town.anyone.post(f"/coupons/{coupon_id}/claims", {}), 401, "not_signed_in")
    await refused(town.merchant.post(f"/coupons/{coupon_id}/claims", {}), 403, "not_allowed")


async def test_widen_stop_and_pause(town: Town) -> None:
    coupon_id = await live(town)
    problem = await refused(
        town.merchant.patch(f"/coupons/{coupon_id}", {"quantity_max": 50}), 409, "only_widen"
    )
    assert problem.document["details"] == {"fields": ["quantity_max"]}
    wider = await town.merchant.patch(f"/coupons/{coupon_id}", {"quantity_max": 200, "per_member_max": 2})
    assert (wider["version"], wider["left_count"]) == (2, 200)
    stopped = await town.operator.post(
        f"/coupons/{coupon_id}/switches", {"issue_stopped": True, "reason": "bots"}
    )
    assert (stopped["issue_stopped"], stopped["redeem_stopped"], stopped["claimable"]) == (True, False, False)
    await refused(town.member.post(f"/coupons/{coupon_id}/claims", {}), 409, "issue_stopped")
    await town.operator.post(f"/coupons/{coupon_id}/switches", {"issue_stopped": False})
    await town.merchant.post(f"/coupons/{coupon_id}/pause")
    await refused(town.merchant.post(f"/coupons/{coupon_id}/pause"), 409, "wrong_status")
    await town.merchant.post(f"/coupons/{coupon_id}/resume")
    assert (await town.member.post(f"/coupons/{coupon_id}/claims", {}))["version"] == 2
    await town.merchant.post(f"/coupons/{coupon_id}/end")
    await refused(town.other.post(f"/coupons/{coupon_id}/claims", {}), 409, "coupon_not_live")


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_minor": -1},
        {"amount_minor": 10**18},
        {"currency": "XXX1"},
        {"currency": "ZZZ"},
        {"kind": "percent"},
        {"funders": []},
        {"funders": [{"kind": "merchant", "share_bp": 9999}]},
        {"funders": [{"kind": "platform", "share_bp": 10000}]},
        {"claim_ends_at": "2020-01-01T00:00:00Z"},
        {"claim_ends_at": "2026-01-01T00:00:00"},
        {"claim_ends_at": "9999-12-31T23:59:59Z"},
        {"time_zone": "Mars/Olympus"},
        {"days_after_claim": None},
        {"scope": {"store_ids": ["sto_none"]}},
        {"quantity_max": 0},
        {"hours": [{"from_minute": 60, "to_minute": 60}]},
        {"unknown": 1},
        {"name": "x" * 121},
    ],
)
async def test_bad_terms_are_refused(town: Town, changes: dict[str, Any]) -> None:
    with pytest.raises(Problem) as caught:
        await town.merchant.post("/coupons", {"terms": terms(**changes)})
    assert caught.value.status == 422
    assert caught.value.code in ("bad_terms", "bad_input")


async def test_strange_ids_and_bodies_are_refused(town: Town) -> None:
    for coupon_id in ("cpn_none", "x", "%00", "a" * 120, "cpn_%22%2C%7B"):
        with pytest.raises(Problem) as caught:
            await town.member.post(f"/coupons/{coupon_id}/claims", {})
        assert caught.value.status == 404
    coupon_id = await live(town)
    await refused(town.member.post(f"/coupons/{coupon_id}/claims", {"x": 1}), 422, "bad_input")
    await refused(town.member.post(f"/coupons/{coupon_id}/claims", raw=b'{"channel":NaN}'), 400, "bad_json")
    await refused(town.member.post("/claims/clm_none/codes"), 404, "claim_unknown")
    await refused(town.operator.post("/code-keys/00000000/retirement"), 404, "not_found")


async def test_head_answers_as_get_without_a_body(town: Town) -> None:
    for path in ("/v1/coupons", "/v1/coupons/cpn_none"):
        got, headed = await town.anyone.http.get(path), await town.anyone.http.head(path)
        assert headed.status_code == got.status_code
        assert headed.content == b""
        for name in ("content-type", "content-length", "cache-control"):
            assert headed.headers[name] == got.headers[name], name
    assert (await town.anyone.http.head("/v1/screen/stream")).status_code in (404, 405)
    assert (await town.operator.http.head("/v1/sandbox/members")).status_code == 405


async def test_the_direct_way_refuses_as_the_usual_one(town: Town) -> None:
    """A session in memory makes the second request direct; what it hears must not tell which way it went."""
    made = await town.operator.post("/coupons", {"terms": terms()})
    await town.operator.post(f"/coupons/{made['coupon_id']}/publish")
    path = f"/v1/coupons/{made['coupon_id']}/claims"
    cases: list[tuple[bytes, dict[str, str], int, str]] = [
        (b"{}", {"idempotency-key": "a b"}, 400, "idempotency_key_required"),
        (b"{", {"idempotency-key": "k"}, 400, "bad_json"),
        (b'{"channel": "moon"}', {"idempotency-key": "k"}, 422, "bad_input"),
        (b'{"a": 1, "a": 1}', {"idempotency-key": "k"}, 400, "bad_json"),
        (b"{}", {"idempotency-key": "k", "content-type": "text/plain"}, 415, "wrong_media_type"),
        (b"{}" + b" " * 70_000, {"idempotency-key": "k"}, 413, "body_too_large"),
    ]
    await town.member.get("/me")
    for body, headers, status, code in cases:
        for language in ("en", "zh"):
            seen = []
            for target in (
                path,
                f"{path}/"[:-1],
                path.replace("claims", "%63laims"),
            ):  # an escape goes the usual way
                answer = await town.member.http.post(
                    target, content=body, headers={"content-type": "application/json", "accept-language": language} | headers
                )  # fmt: skip
                assert (answer.status_code, answer.json()["code"]) == (status, code), (body, headers)
                seen.append((answer.content, answer.headers["content-type"]))
            assert len(set(seen)) == 1
    other = await town.member.http.post(path + "?x=1", json={}, headers={"idempotency-key": "k"})
    assert other.status_code == 422
    await refused(town.merchant.post(path.removeprefix("/v1"), {}), 403, "not_allowed")
    await refused(town.anyone.post(path.removeprefix("/v1"), {}), 401, "not_signed_in")
