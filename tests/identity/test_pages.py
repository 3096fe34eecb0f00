"""Keep the sessions of pages in cookies: several apps in one browser, no token for scripts, no writes from other sites."""

import asyncio
import secrets
import time
import uuid
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from typing import Any

import httpx2
import pytest

from fairday.identity import service
from fairday.identity.types import AccountDraft
from fairday.kernel.http import browser as pages
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database
from fairday.places import service as places
from fairday.places.types import StoreDraft
from tests.client import Client
from tests.identity.test_http import PASSWORD, a_login, a_shop, operator

__all__ = ["operator"]


class Browser:
    """Behave as a browser does: keep cookies, send them with the app's header and the origin."""

    def __init__(self, url: str) -> None:
        # An address of its own, so that what is limited by address is not shared between tests.
        own = ".".join(str(1 + secrets.randbelow(250)) for _ in range(3))
        transport = httpx2.AsyncHTTPTransport(local_address=f"127.{own}")
        self.http = httpx2.AsyncClient(base_url=url, timeout=30, transport=transport)
        self.url = url
        self.jar: dict[str, str] = {}
        self.told: list[str] = []

    async def ask(
        self, app: str | None, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any]:
        """Send one request and return (status, document); `headers` win over what a page of ours would send."""
        sent = {
            "idempotency-key": uuid.uuid4().hex,
            "sec-fetch-site": "same-origin",
            "cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items()),
        } | ({"fairday-app": app} if app else {})
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        request = self.http.build_request(
            method, "/v1" + path, json=body, headers={name: value for name, value in sent.items() if value}
        )
        answer = await self.http.send(request)
        self.told = answer.headers.get_list("set-cookie")
        for one in self.told:
            for name, morsel in SimpleCookie(one).items():
                self.jar[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.jar[name]
        return answer.status_code, answer.json() if answer.content else None

    async def ask_until_refused(self, app: str, method: str, path: str, **headers: str) -> tuple[int, Any]:
        """Ask until a worker refuses: that a session ended travels to the others in milliseconds, or more under load."""
        ends = time.monotonic() + 10
        while (told := await self.ask(app, method, path, **headers))[0] < 400:
            assert time.monotonic() < ends, told
            await asyncio.sleep(0.01)
        return told


@pytest.fixture
async def browser(server_url: str) -> AsyncIterator[Browser]:
    """Return a browser without cookies."""
    made = Browser(server_url)
    yield made
    await made.http.aclose()


async def an_operator(database: Database) -> str:
    """Return the login of a new operator."""
    login = a_login()
    draft = AccountDraft(role=Role.OPERATOR, name="op", login=login, password=PASSWORD)
    async with database.transaction() as (tx, now):
        await service.create_account(tx, draft, now)
    return login


async def a_code(browser: Browser, phone: str) -> str:
    """Ask for a phone code and read it where a sandbox shows it."""
    assert (await browser.ask(None, "POST", "/sessions/phone-codes", {"phone": phone}))[0] == 202
    _, messages = await browser.ask(None, "GET", "/sandbox/messages")
    return next(one["text"].split()[1] for one in messages["items"] if one["phone"] == phone)


async def a_member(browser: Browser) -> str:
    """Sign a new member up in the shop and return its phone."""
    phone = f"+99988{uuid.uuid4().int % 10**8:08d}"
    body = {"phone": phone, "code": await a_code(browser, phone), "nickname": "小满"}
    status, made = await browser.ask("shop", "POST", "/members", body)
    assert (status, made["token"]) == (201, None)
    return phone


async def test_a_page_gets_a_cookie_and_no_token(browser: Browser, database: Database) -> None:
    login = await an_operator(database)
    status, made = await browser.ask("console", "POST", "/sessions", {"login": login, "password": PASSWORD})
    assert (status, made["token"]) == (201, None)
    [told] = browser.told
    name, _, rest = told.partition("=")
    token, *attributes = rest.split("; ")
    assert name == "__Host-fairday-console"
    assert token.startswith("fds_")
    assert sorted(attributes)[1:] == ["Max-Age=" + attributes[0][8:], "Path=/", "SameSite=Strict", "Secure"]
    assert 11 * 3600 < int(attributes[0][8:]) <= 12 * 3600
    assert "HttpOnly" in attributes
    status, me = await browser.ask("console", "GET", "/me")
    assert (status, me["role"]) == (200, "operator")


async def test_without_the_header_a_token_comes_and_cookies_are_nothing(
    browser: Browser, database: Database
) -> None:
    login = await an_operator(database)
    _, made = await browser.ask(None, "POST", "/sessions", {"login": login, "password": PASSWORD})
    assert made["token"].startswith("fds_")
    assert browser.told == []
    browser.jar["__Host-fairday-console"] = made["token"]
    status, problem = await browser.ask(None, "GET", "/me")
    assert (status, problem["code"]) == (401, "not_signed_in")
    assert (await browser.ask("console", "GET", "/me"))[0] == 200
    status, problem = await browser.ask("shop", "GET", "/me")
    assert (status, problem["code"]) == (401, "not_signed_in")


async def test_one_browser_holds_a_shopper_a_device_a_clerk_and_a_console(
    browser: Browser, operator: Client, server_url: str, database: Database
) -> None:
    merchant_id, shop, login = await a_shop(operator, server_url)
    async with database.transaction() as (tx, now):
        place = StoreDraft(
            external_id="s1", name="灯笼店", region_id="CN-SH", latitude=31.23, longitude=121.47
        )
        store = await places.create_store(tx, merchant_id, place, now)
    till = await shop.post("/tills", {"store_id": store.store_id, "name": "Till 1"})
    setup = await shop.post(f"/tills/{till['till_id']}/setup-codes")
    clerk = await shop.post(
        f"/merchants/{merchant_id}/accounts", {"role": "clerk", "name": "Mei", "pin": "274913"}
    )
    await a_member(browser)
    status, paired = await browser.ask(
        "till-device",
        "POST",
        "/tills/pairings",
        {"setup_code": setup["code"]},
    )
    assert (status, paired["token"]) == (201, None)
    body = {"clerk": clerk["account_id"], "pin": "274913"}
    status, opened = await browser.ask("till-device", "POST", "/shifts", body)
    assert (status, opened["token"]) == (201, None)
    assert (
        await browser.ask("console", "POST", "/sessions", {"login": login.upper(), "password": PASSWORD})
    )[0] == 201
    roles = {
        app: (await browser.ask(app, "GET", "/me"))[1]["role"]
        for app in ("shop", "till-device", "till", "console")
    }
    assert roles == {"shop": "member", "till-device": "device", "till": "clerk", "console": "merchant"}
    closing = f"/shifts/{opened['shift']['shift_id']}/closings"
    assert (await browser.ask("till", "POST", closing, {"counted_cash_minor": 0}))[0] == 200
    assert sorted(browser.jar) == [f"__Host-fairday-{app}" for app in ("console", "shop", "till-device")]
    await shop.close()


async def test_signing_out_ends_the_session_and_takes_the_cookie(browser: Browser) -> None:
    await a_member(browser)
    kept = dict(browser.jar)
    assert (await browser.ask("shop", "DELETE", "/sessions/current"))[0] == 200
    assert browser.jar == {}
    status, problem = await browser.ask("shop", "GET", "/me")
    assert (status, problem["code"]) == (401, "not_signed_in")
    browser.jar = kept
    status, problem = await browser.ask_until_refused("shop", "GET", "/me", accept_language="zh-CN")
    assert (status, problem["code"]) == (401, "session_ended")
    assert "重新登录" in problem["detail"]


async def test_signing_in_again_ends_the_session_that_the_cookie_held(browser: Browser) -> None:
    phone = await a_member(browser)
    before = dict(browser.jar)
    body = {"phone": phone, "code": await a_code(browser, phone)}
    assert (await browser.ask("shop", "POST", "/sessions/phone", body))[0] == 201
    assert browser.jar != before
    assert (await browser.ask("shop", "GET", "/me"))[0] == 200
    browser.jar = before
    assert (await browser.ask_until_refused("shop", "GET", "/me"))[1]["code"] == "session_ended"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "", "origin": "http://evil.example"},
        {"sec_fetch_site": "", "origin": "null"},
        {"sec_fetch_site": ""},
    ],
)
async def test_a_write_of_another_site_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    await a_member(browser)
    change = {"nickname": "mallory"}
    status, problem = await browser.ask("shop", "PATCH", "/members/me", change, **headers)
    assert (status, problem["code"]) == (403, "not_allowed")
    assert (await browser.ask("shop", "GET", "/members/me"))[1]["nickname"] == "小满"


async def test_a_foreign_page_cannot_sign_a_browser_in(browser: Browser, database: Database) -> None:
    body = {"login": await an_operator(database), "password": PASSWORD}
    status, problem = await browser.ask("console", "POST", "/sessions", body, sec_fetch_site="cross-site")
    assert (status, problem["code"], browser.told) == (403, "not_allowed", [])


async def test_a_browser_without_fetch_metadata_is_known_by_its_origin(browser: Browser) -> None:
    await a_member(browser)
    status, _ = await browser.ask(
        "shop", "PATCH", "/members/me", {"nickname": "小寒"}, sec_fetch_site="", origin=browser.url
    )
    assert status == 200


async def test_unknown_apps_are_refused_and_bearers_stay_themselves(browser: Browser) -> None:
    status, problem = await browser.ask("shopp", "GET", "/me")
    assert (status, problem["code"]) == (422, "bad_input")
    await a_member(browser)
    status, problem = await browser.ask("shop", "GET", "/me", authorization="Bearer fds_nobody")
    assert (status, problem["code"]) == (401, "not_signed_in")


async def test_only_event_streams_take_their_app_from_the_query(browser: Browser) -> None:
    await a_member(browser)
    assert (await browser.ask(None, "GET", "/me?app=shop"))[0] == 401
    headers = {b"cookie": b"__Host-fairday-shop=fds_x"}
    assert pages.app_of_stream(headers, b"a=1&app=shop") is pages.App.SHOP
    assert pages.app_of_stream(headers, b"a=1&app=other") is None
    assert pages.app_of_stream(headers | {b"sec-fetch-site": b"cross-site"}, b"app=shop") is None
    assert pages.token_of(headers, pages.App.SHOP) == "fds_x"
    assert pages.token_of(headers, pages.App.TILL) is None
