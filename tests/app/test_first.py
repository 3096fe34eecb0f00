"""First answers: a page begins with what it asks first, as its reader, and nothing in it can run or break out."""

import asyncio
import json
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from fairday.app import first

HTML = '<html lang="zh-CN"><head></head><body></body></html>'
EVIL = {"name": "</script><script>alert(1)</script><!--", "items": [], "image": '/x"><script>'}


def opened(url: str, **headers: str) -> tuple[dict[str, str], str]:
    with urlopen(Request(url, headers=headers), timeout=5) as answer:
        return dict(answer.headers), answer.read().decode()


def answers_in(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="first-answers">(.*?)</script>', html, re.S)
    return json.loads(found[1]) if found else {}


def asked(url: str) -> Any:
    with urlopen(Request(url, headers={"fairday-app": "shop"}), timeout=5) as answer:
        return json.loads(answer.read())


def test_the_home_page_holds_what_the_api_answers(server_url: str) -> None:
    headers, html = opened(f"{server_url}/shop/")
    found = answers_in(html)
    for target in ("/v1/shops?limit=100", "/v1/coupons?claimable=false&limit=12", "/v1/products?limit=40"):
        assert found[f"shop {target}"] == asked(server_url + target)
    assert headers["cache-control"] == "private, no-cache"
    assert "cookie" in headers["vary"]


def test_a_guest_is_told_nothing_of_members_and_no_device_of_tills(server_url: str) -> None:
    assert not {"shop /v1/members/me", "shop /v1/claims?state=unused&limit=100"} & set(
        answers_in(opened(f"{server_url}/shop/")[1])
    )
    assert answers_in(opened(f"{server_url}/till/")[1]) == {}


def test_a_wrong_session_gets_no_personal_answer(server_url: str) -> None:
    _, html = opened(f"{server_url}/shop/", cookie="__Host-fairday-shop=fd_none")
    assert "shop /v1/members/me" not in answers_in(html)


def test_an_unknown_product_is_left_out(server_url: str) -> None:
    _, html = opened(f"{server_url}/shop/products/pro_00000000000000000000")
    assert not any(key.startswith("shop /v1/products/") for key in answers_in(html))


def test_the_page_that_the_service_worker_keeps_holds_no_answers(server_url: str) -> None:
    assert "first-answers" not in opened(f"{server_url}/shop/index.html")[1]
    assert "first-answers" not in opened(f"{server_url}/till/index.html")[1]


def test_the_page_names_the_code_of_its_route(server_url: str) -> None:
    _, html = opened(f"{server_url}/shop/my-coupons/clm_00000000000000000000")
    assert re.search(r'<link rel="modulepreload" crossorigin href="/assets/CodePage-', html)


@pytest.mark.parametrize(("wish", "lang"), [("en-GB,en", "en"), ("zh-CN", "zh-CN")])
def test_the_page_is_in_the_readers_language(server_url: str, wish: str, lang: str) -> None:
    assert f'<html lang="{lang}">' in opened(f"{server_url}/shop/", **{"accept-language": wish})[1]


async def answering(status: int, document: Any, wait_s: float = 0) -> str:
    """Return a page whose API answers everything so."""

    async def api(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        await asyncio.sleep(wait_s)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(document).encode()})

    scope = {"type": "http", "headers": [], "query_string": b""}
    found = first.opening("shop", "products/pro_00000000000000000000")
    assert found is not None
    return await first.page(HTML, found, api, scope, Path("/nowhere"))


async def test_data_cannot_end_its_element() -> None:
    html = await answering(200, EVIL)
    assert html.count("<script") == 1
    assert html.count("</script>") == 1
    assert answers_in(html)["shop /v1/clock"] == EVIL


async def test_a_picture_elsewhere_is_not_named() -> None:
    assert "preload" not in await answering(200, {"image": "https://elsewhere.example/x.png"})


@pytest.mark.parametrize("status", [204, 401, 404, 500, 503])
async def test_what_is_refused_is_left_out(status: int) -> None:
    assert answers_in(await answering(status, {"code": "no"})) == {}


async def test_what_is_late_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first, "LATE_S", 0.05)
    assert answers_in(await answering(200, {}, wait_s=5)) == {}


@pytest.mark.parametrize(
    "path", ["orders", "products/../../x", "products/pro_", "my-coupons/clm_00000000000000000000/x"]
)
def test_other_addresses_begin_with_nothing(path: str) -> None:
    assert first.opening("shop", path) is None
