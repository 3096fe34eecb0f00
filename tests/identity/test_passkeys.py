"""Register passkeys and sign in with them over HTTP, with an authenticator in software that also misbehaves."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from fairday.identity import passkeys
from fairday.identity.errors import PasskeyNeedsName, UnknownOrigin
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Database
from tests.identity.authenticator import UP, Authenticator
from tests.identity.test_http import PASSWORD
from tests.identity.test_pages import Browser, a_member, an_operator


@pytest.fixture
async def browser(server_url: str) -> AsyncIterator[Browser]:
    """Return a browser on localhost, where passkeys work."""
    made = Browser(server_url)
    yield made
    await made.http.aclose()


@pytest.fixture
def origin(server_url: str) -> str:
    """Return the origin that the test server's settings name."""
    return f"http://localhost:{urlsplit(server_url).port}"


async def options(browser: Browser, path: str, origin: str, app: str = "shop") -> dict[str, Any]:
    """Ask for options and return them."""
    status, asked = await browser.ask(app, "POST", path + "/options", origin=origin)
    assert status == 200, asked
    return dict(asked["public_key"])


async def add(
    browser: Browser, origin: str, app: str = "shop", **more: Any
) -> tuple[Authenticator, int, Any]:
    """Register a new authenticator and return it with the answer."""
    key = Authenticator(origin, **more)
    made = key.create(await options(browser, "/me/passkeys", origin, app))
    status, told = await browser.ask(
        app, "POST", "/me/passkeys", {"credential": made, "name": "phone"}, origin=origin
    )
    return key, status, told


async def test_a_member_signs_in_with_a_passkey_of_its_own(browser: Browser, origin: str) -> None:
    await a_member(browser)
    me = (await browser.ask("shop", "GET", "/me"))[1]["account_id"]
    key, status, made = await add(browser, origin)
    assert (status, made["rp_id"], made["used_at"]) == (201, "localhost", None)
    excluded = (await options(browser, "/me/passkeys", origin))["excludeCredentials"]
    assert len(excluded) == 1
    await browser.ask("shop", "DELETE", "/sessions/current")
    asked = await options(browser, "/sessions/passkeys", origin)
    assert asked.get("allowCredentials", []) == []
    body = {"credential": key.get(asked)}
    status, told = await browser.ask("shop", "POST", "/sessions/passkeys", body, origin=origin)
    assert (status, told["token"], told["account_id"]) == (201, None, me)
    assert (await browser.ask("shop", "GET", "/me"))[0] == 200
    [listed] = (await browser.ask("shop", "GET", "/me/passkeys"))[1]["items"]
    assert listed["used_at"] is not None
    path = f"/me/passkeys/{listed['passkey_id']}"
    assert (await browser.ask("shop", "DELETE", path))[0] == 204
    again = {"credential": key.get(await options(browser, "/sessions/passkeys", origin))}
    status, problem = await browser.ask("shop", "POST", "/sessions/passkeys", again, origin=origin)
    assert (status, problem["code"]) == (401, "wrong_passkey")


async def test_staff_sign_in_with_a_passkey(browser: Browser, origin: str, database: Database) -> None:
    login = await an_operator(database)
    await browser.ask("console", "POST", "/sessions", {"login": login, "password": PASSWORD})
    key, status, _ = await add(browser, origin, "console")
    assert status == 201
    body = {"credential": key.get(await options(browser, "/sessions/passkeys", origin, "console"))}
    browser.jar.clear()
    assert (await browser.ask("console", "POST", "/sessions/passkeys", body, origin=origin))[0] == 201
    assert (await browser.ask("console", "GET", "/me"))[1]["role"] == "operator"


async def test_a_challenge_is_answered_once(browser: Browser, origin: str) -> None:
    await a_member(browser)
    key, _, _ = await add(browser, origin)
    body = {"credential": key.get(await options(browser, "/sessions/passkeys", origin))}
    assert (await browser.ask("shop", "POST", "/sessions/passkeys", body, origin=origin))[0] == 201
    status, problem = await browser.ask("shop", "POST", "/sessions/passkeys", body, origin=origin)
    assert (status, problem["code"]) == (401, "wrong_passkey")


async def test_a_challenge_is_answered_in_time(browser: Browser, origin: str, database: Database) -> None:
    await a_member(browser)
    key, _, _ = await add(browser, origin)
    body = {"credential": key.get(await options(browser, "/sessions/passkeys", origin))}
    async with database.transaction() as (tx, _):
        await tx.execute("UPDATE identity.challenge SET expires_at = clock_timestamp()")
    assert (await browser.ask("shop", "POST", "/sessions/passkeys", body, origin=origin))[0] == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"type": "webauthn.create"},
        {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {"challenge": 7},
    ],
)
async def test_a_wrong_answer_is_refused(browser: Browser, origin: str, wrong: dict[str, Any]) -> None:
    await a_member(browser)
    key, _, _ = await add(browser, origin)
    body = {"credential": key.get(await options(browser, "/sessions/passkeys", origin), **wrong)}
    status, problem = await browser.ask("shop", "POST", "/sessions/passkeys", body, origin=origin)
    assert (status, problem["code"]) == (401, "wrong_passkey")


SPOILS: list[Callable[[dict[str, Any]], object]] = [
    lambda one: one["response"].pop("signature"),
    lambda one: one["response"].update(signature="AAAA"),
    lambda one: one["response"].update(authenticatorData="AAAA"),
    lambda one: one["response"].update(clientDataJSON="%%%"),
    lambda one: one.update(response=[]),
    lambda one: one.update(rawId="AAAA"),
    lambda one: one.pop("rawId"),
    lambda one: one.clear(),
]


@pytest.mark.parametrize("spoil", SPOILS)
async def test_a_spoilt_answer_is_refused(
    browser: Browser, origin: str, spoil: Callable[[dict[str, Any]], object]
) -> None:
    await a_member(browser)
    key, _, _ = await add(browser, origin)
    credential = key.get(await options(browser, "/sessions/passkeys", origin))
    spoil(credential)
    status, problem = await browser.ask(
        "shop", "POST", "/sessions/passkeys", {"credential": credential}, origin=origin
    )
    assert (status, problem["code"]) == (401, "wrong_passkey")


async def test_another_key_and_a_copied_authenticator_are_refused(browser: Browser, origin: str) -> None:
    await a_member(browser)
    key, _, _ = await add(browser, origin)
    key.counter = 9
    body = {"credential": key.get(await options(browser, "/sessions/passkeys", origin))}
    assert (await browser.ask("shop", "POST", "/sessions/passkeys", body, origin=origin))[0] == 201
    body = {"credential": key.get(await options(browser, "/sessions/passkeys", origin))}
    assert (await browser.ask("shop", "POST", "/sessions/passkeys", body, origin=origin))[0] == 401
    stranger = Authenticator(origin)
    stranger.credential_id, stranger.counter = key.credential_id, 10
    body = {"credential": stranger.get(await options(browser, "/sessions/passkeys", origin))}
    assert (await browser.ask("shop", "POST", "/sessions/passkeys", body, origin=origin))[0] == 401


async def test_the_person_must_be_verified(browser: Browser, origin: str) -> None:
    await a_member(browser)
    _, status, problem = await add(browser, origin, flags=UP)
    assert (status, problem["code"]) == (401, "wrong_passkey")


async def test_a_passkey_is_added_once_and_for_the_one_who_asked(browser: Browser, origin: str) -> None:
    await a_member(browser)
    key, _, _ = await add(browser, origin)
    asked = await options(browser, "/me/passkeys", origin)
    body = {"credential": key.create(asked), "name": "again"}
    status, problem = await browser.ask("shop", "POST", "/me/passkeys", body, origin=origin)
    assert (status, problem["code"]) == (409, "passkey_known")
    asked = await options(browser, "/me/passkeys", origin)
    await a_member(browser)
    body = {"credential": Authenticator(origin).create(asked), "name": "stolen"}
    status, problem = await browser.ask("shop", "POST", "/me/passkeys", body, origin=origin)
    assert (status, problem["code"]) == (401, "wrong_passkey")


async def test_an_ip_address_is_told_to_use_the_name(browser: Browser, origin: str) -> None:
    status, problem = await browser.ask(
        "shop", "POST", "/sessions/passkeys/options", origin=browser.url, accept_language="zh"
    )
    assert (status, problem["code"]) == (409, "passkey_needs_name")
    assert origin in problem["detail"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"http://192.168.1.7:8711", PasskeyNeedsName),
        (b"http://[fe80::1]:8711", PasskeyNeedsName),
        (b"https://evil.example", UnknownOrigin),
        (b"null", UnknownOrigin),
        (b"", UnknownOrigin),
        (None, UnknownOrigin),
        (b"http://[", PasskeyNeedsName),
    ],
)
def test_only_named_origins_have_passkeys(header: bytes | None, expected: type[Refusal]) -> None:
    with pytest.raises(expected):
        passkeys.origin_of(header, ("https://fair.local:8712",))
    assert passkeys.origin_of(b"https://fair.local:8712", ("https://fair.local:8712",))[1] == "fair.local"
