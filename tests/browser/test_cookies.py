"""See with a real browser that page sessions work on plain loopback, stay out of scripts, and of other sites' reach."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import WatchedPage

ASK = """async ([app, method, path, body]) => {
  const headers = {'Idempotency-Key': crypto.randomUUID()};
  if (app) headers['Fairday-App'] = app;
  if (body) headers['Content-Type'] = 'application/json';
  const answer = await fetch('/v1' + path, {method, headers, body: body && JSON.stringify(body)});
  return [answer.status, await answer.json()];
}"""


async def ask(page: Any, app: str | None, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Let the page's own script ask the API."""
    status, document = await page.evaluate(ASK, [app, method, path, body])
    return status, document


async def sign_up(page: Any) -> None:
    """Sign a new member up from the page."""
    phone = f"+99977{uuid.uuid4().int % 10**8:08d}"
    assert (await ask(page, None, "POST", "/sessions/phone-codes", {"phone": phone}))[0] == 202
    _, messages = await ask(page, None, "GET", "/sandbox/messages")
    code = next(one["text"].split()[1] for one in messages["items"] if one["phone"] == phone)
    body = {"phone": phone, "code": code, "nickname": "小满"}
    assert (await ask(page, "shop", "POST", "/members", body))[0] == 201


@pytest.fixture
async def neighbour() -> AsyncIterator[str]:
    """Return the address of another program on this machine: the same site, another origin."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    server.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_the_session_is_in_a_cookie_that_no_script_reads(
    browser_page: WatchedPage, server_url: str, host: str
) -> None:
    page = browser_page.page
    await page.goto(f"http://{host}:{urlsplit(server_url).port}/healthz")
    await sign_up(page)
    [cookie] = await page.context.cookies()
    assert cookie["name"] == "__Host-fairday-shop"
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Strict")
    assert await page.evaluate("document.cookie") == ""
    await page.reload()
    status, me = await ask(page, "shop", "GET", "/members/me")
    assert (status, me["nickname"]) == (200, "小满")
    assert (await ask(page, "console", "GET", "/me"))[0] == 401
    assert (await ask(page, "shop", "DELETE", "/sessions/current"))[0] == 200
    assert await page.context.cookies() == []


async def test_a_page_of_a_neighbour_port_can_do_nothing_with_the_cookie(
    browser_page: WatchedPage, server_url: str, neighbour: str
) -> None:
    page = browser_page.page
    await page.goto(f"{server_url}/healthz")
    await sign_up(page)
    foreign = await page.context.new_page()
    await foreign.goto(neighbour)
    seen = []
    foreign.on("response", lambda answer: seen.append((answer.request.method, answer.status)))
    for options in (
        {"method": "DELETE", "headers": {"Fairday-App": "shop"}},
        {"method": "POST", "mode": "no-cors", "body": json.dumps({"nickname": "mallory"})},
    ):
        await foreign.evaluate(
            "async ([url, options]) => { try { await fetch(url, {...options, credentials: 'include'}) } catch {} }",
            [f"{server_url}/v1/sessions/current", options],
        )
    assert all(status >= 400 for _, status in seen), seen
    assert (await ask(page, "shop", "GET", "/members/me"))[0] == 200
