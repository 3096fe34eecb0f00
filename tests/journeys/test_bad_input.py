"""Bad input meets every route of the table: a typed refusal with a way out, never a 500, nothing half done (X24, X28)."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from fairday.app import domains
from fairday.kernel.http.routes import Kind, Route
from fairday.kernel.tx import Database
from tests.journeys import people

ROUTES = domains.routes()
WRITES = [route for route in ROUTES if route.body is not None and route.media == "application/json"]
BODIES: dict[str, bytes] = {
    "empty": b"",
    "not json": b"{",
    "nan": b'{"x": NaN}',
    "infinite": b'{"x": 1e999}',
    "duplicate keys": b'{"x": 1, "x": 2}',
    "too deep": b"[" * 5000 + b"]" * 5000,
    "lone surrogate": b'{"x": "\\ud800"}',
    "nul": b'{"x": "\\u0000"}',
    "overlong utf-8": b'{"x": "\xc0\xaf"}',
    "unknown field": b'{"surely_unknown": 1}',
    "array": b"[]",
    "null": b"null",
    "number": b"9223372036854775808",
    "huge": b'{"x": "' + b"a" * 70_000 + b'"}',
}


def address(route: Route) -> str:
    return "/v1" + re.sub(r"{\w+}", "xxx_unknown", route.path)


@pytest.fixture(scope="module")
async def http(server_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=server_url, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
async def operator_token(server_url: str, database: Database) -> str:
    client = await people.operator(server_url, database)
    token = client.http.headers["authorization"]
    await client.close()
    return str(token)


def refused(answer: httpx2.Response) -> dict[str, Any]:
    """Assert that the answer is a problem document that helps, and return it."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == "application/problem+json", answer.text[:200]
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert re.fullmatch(r"[a-z][a-z0-9_]+", problem["code"])
    assert len(problem["detail"]) > 10
    assert "Traceback" not in answer.text
    return problem


@pytest.mark.parametrize("route", WRITES, ids=lambda route: f"{route.method} {route.path}")
async def test_malformed_bodies_are_refused(
    route: Route, http: httpx2.AsyncClient, operator_token: str
) -> None:
    for name, body in BODIES.items():
        if name == "huge" and route.body_max > 70_000:
            continue
        headers = {
            "content-type": "application/json", "idempotency-key": f"bad-{abs(hash((route.path, name)))}", "authorization": operator_token,
        }  # fmt: skip
        answer = await http.request(route.method, address(route), content=body, headers=headers)
        problem = refused(answer)
        if answer.status_code not in (401, 403, 404, 429):
            assert problem["code"] in {"bad_json", "bad_input", "body_too_large"}, (name, problem)


@pytest.mark.parametrize("route", WRITES[:5], ids=lambda route: f"{route.method} {route.path}")
async def test_another_media_type_is_refused(
    route: Route, http: httpx2.AsyncClient, operator_token: str
) -> None:
    headers = {"content-type": "text/plain", "idempotency-key": "media", "authorization": operator_token}
    answer = await http.request(route.method, address(route), content=b"{}", headers=headers)
    assert answer.status_code in (403, 415), answer.text


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if route.who is not None],
    ids=lambda route: f"{route.method} {route.path}",
)
async def test_strangers_are_refused_where_a_role_is_needed(route: Route, http: httpx2.AsyncClient) -> None:
    for headers in (
        {},
        {"authorization": "Bearer nobody"},
        {"authorization": "Basic eA=="},
        {"cookie": "fairday=x"},
    ):
        answer = await http.request(route.method, address(route), headers=headers)
        assert answer.status_code == 401, (headers, answer.text[:200])
        assert refused(answer)["code"] == "not_signed_in"


@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if route.who is not None and "operator" not in route.who],
    ids=lambda route: f"{route.method} {route.path}",
)
async def test_a_role_that_may_not_is_refused(
    route: Route, http: httpx2.AsyncClient, operator_token: str
) -> None:
    answer = await http.request(route.method, address(route), headers={"authorization": operator_token})
    assert answer.status_code == 403, answer.text[:200]
    assert refused(answer)["code"] == "not_allowed"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=1&limit=2",
        "unknown=1",
        "cursor=%00",
        "cursor=AAAA",
        "limit=%ff",
        "a;b",
    ],
)
async def test_bad_queries_are_refused(query: str, http: httpx2.AsyncClient) -> None:
    answer = await http.get(f"/v1/coupons?{query}")
    assert refused(answer)["code"] == "bad_input"


async def test_writes_need_an_idempotency_key(http: httpx2.AsyncClient, operator_token: str) -> None:
    for key in (None, "", "a b", "x" * 65, "ключ".encode().decode("latin-1")):
        headers = {"content-type": "application/json", "authorization": operator_token}
        raw = [
            (k.encode(), v.encode("latin-1"))
            for k, v in (headers | ({} if key is None else {"idempotency-key": key})).items()
        ]
        body = json.dumps({"name": "Key test"}).encode()
        answer = await http.post("/v1/merchants", content=body, headers=raw)
        assert refused(answer)["code"] == "idempotency_key_required", key


async def test_unknown_addresses_and_methods_are_refused(http: httpx2.AsyncClient) -> None:
    for path in (
        "/v1/nothing",
        "/v1/coupons/../../etc",
        "/v1/coupons/%00",
        "/v1/coupons/" + "x" * 500,
        "/v1/",
    ):
        assert (await http.get(path)).status_code == 404
    assert refused(await http.request("TRACE", "/v1/coupons"))["code"] == "method_not_allowed"


async def test_refusals_speak_the_reader_s_language(http: httpx2.AsyncClient) -> None:
    zh = (await http.get("/v1/me", headers={"accept-language": "zh-CN,zh;q=0.9"})).json()["detail"]
    en = (await http.get("/v1/me", headers={"accept-language": "en"})).json()["detail"]
    assert re.search("[\u4e00-\u9fff]", zh)
    assert not re.search("[\u4e00-\u9fff]", en)


def test_hot_routes_go_through_lanes() -> None:
    lanes = {route.path for route in ROUTES if route.kind is Kind.LANE}
    assert {"/orders", "/coupons/{coupon_id}/claims", "/redemptions", "/redemptions/preparations"} <= lanes
