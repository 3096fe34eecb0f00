"""Send a page with its first answers: what it asks the API first stands in it already, and its code and picture are named ahead.

A phone far away pays for every round trip: page, script, question, picture are four. The server knows from the address what
the page will ask, so it asks itself, in this process, as the very reader (with their cookies), and puts the answers into the
page as data that no browser runs. It can only save time: an answer that is refused, late or missing is left out, and the page
asks for it as ever. Why so: docs/adr/0094-first-answers.md.
"""

import asyncio
import json
import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import structlog

from fairday.kernel.http import browser
from fairday.kernel.http.api import App as Asgi
from fairday.kernel.http.browser import App

LATE_S = 0.6
"""Longest time a page waits for its answers, in seconds."""
ANSWERS_BYTES_MAX = 96 * 1024
_HEADERS = (b"cookie", b"accept-language", b"host", b"user-agent")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Opening:
    """Name what a page begins with: its address below its app, its source, what it asks first; `{0}` is the address's id.

    `private` is asked only for a reader whose cookie says that they may be signed in.
    """

    address: re.Pattern[str]
    source: str | None
    asks: tuple[tuple[App, str], ...]
    private: tuple[tuple[App, str], ...] = ()
    picture: str = ""


def _shop(*targets: str) -> tuple[tuple[App, str], ...]:
    return tuple((App.SHOP, target) for target in targets)


_ID = r"([a-z]{3}_[0-9a-z]{10,40})"
_FESTIVAL, _SHOPS, _ME = "/v1/festivals/current", "/v1/shops?limit=100", "/v1/members/me"
_UNUSED = "/v1/claims?state=unused&limit=100"
_FEED = "/v1/products?limit=40"
_PRODUCT = "/v1/products/{0}"
_DESK = "/v1/tills/current"
OPENINGS: dict[str, tuple[Opening, ...]] = {
    "shop": (
        Opening(
            re.compile(""),
            None,
            _shop(_FESTIVAL, "/v1/clock", _SHOPS, "/v1/coupons?claimable=false&limit=12", _FEED),
            _shop(_ME, _UNUSED),
            picture=_FEED,
        ),
        Opening(
            re.compile(f"products/{_ID}"),
            "shop/pages/ProductPage.vue",
            _shop(_FESTIVAL, "/v1/clock", _SHOPS, _PRODUCT),
            _shop(_ME, _UNUSED),
            picture=_PRODUCT,
        ),
        Opening(
            re.compile(f"my-coupons/{_ID}"),
            "shop/pages/CodePage.vue",
            _shop(_FESTIVAL, "/v1/clock", _SHOPS),
            _shop(_ME, "/v1/claims/{0}"),
        ),
    ),
    "till": (
        Opening(
            re.compile(""),
            None,
            ((App.TILL_DEVICE, _DESK), (App.TILL, _DESK)),
        ),
    ),
}
"""The pages that people open first. A page that is not here begins with nothing."""


def opening(app: str, path: str) -> tuple[Opening, tuple[str, ...]] | None:
    """Return what the page at `path` below `app` begins with, and the ids in its address."""
    for one in OPENINGS.get(app, ()):
        if found := one.address.fullmatch(path):
            return one, found.groups()
    return None


async def page(
    html: str, found: tuple[Opening, tuple[str, ...]], api: Asgi, scope: MutableMapping[str, Any], built: Path
) -> str:
    """Return the page with its first answers, and with links to the code and the pictures that it will need."""
    one, ids = found
    headers = dict(scope["headers"])
    asks = [*one.asks, *(ask for ask in one.private if browser.token_of(headers, ask[0]))]
    asks = [(app, target.format(*ids)) for app, target in asks if _may_ask(app, headers)]
    answers = await _answers(api, scope, asks)
    links = [*_code(built, one.source), *_pictures(answers.get(f"{App.SHOP} {one.picture.format(*ids)}"))]
    data = "{" + ",".join(f"{json.dumps(key)}:{body}" for key, body in answers.items()) + "}"
    if len(data) <= ANSWERS_BYTES_MAX and answers:
        html = html.replace(
            "</body>", f'<script type="application/json" id="first-answers">{_inert(data)}</script></body>', 1
        )
    return _spoken(html, scope, headers).replace("</head>", "".join(links) + "</head>", 1)


def _spoken(html: str, scope: MutableMapping[str, Any], headers: dict[bytes, bytes]) -> str:
    """Return the page in the language that it will find the reader wants: a change would make the browser lay it out again."""
    wish = next(
        (value for name, value in parse_qsl(scope["query_string"].decode("latin-1")) if name == "lang"), ""
    )
    wish = wish or headers.get(b"accept-language", b"zh").decode("latin-1")
    return (
        html if wish.lower().startswith("zh") else html.replace('<html lang="zh-CN">', '<html lang="en">', 1)
    )


def _may_ask(app: App, headers: dict[bytes, bytes]) -> bool:
    return app is App.SHOP or browser.token_of(headers, app) is not None


def _inert(data: str) -> str:
    """Return JSON that cannot end the element that it stands in."""
    return data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


async def _answers(api: Asgi, scope: MutableMapping[str, Any], asks: list[tuple[App, str]]) -> dict[str, str]:
    """Ask all at once; keep what came whole and in time, in the order asked."""
    tasks = [asyncio.create_task(_ask(api, scope, app, target)) for app, target in asks]
    if tasks:
        await asyncio.wait(tasks, timeout=LATE_S)
    kept: dict[str, str] = {}
    for (app, target), task in zip(asks, tasks, strict=True):
        if not task.done():
            task.cancel()
        elif (error := task.exception()) is not None:
            log.warning("first answer broke", target=target, error=repr(error))
        elif (body := task.result()) is not None:
            kept[f"{app} {target}"] = body
    return kept


async def _ask(api: Asgi, scope: MutableMapping[str, Any], app: App, target: str) -> str | None:
    """Return the body of the answer to the page's reader, or None when it is no plain success."""
    path, _, query = target.partition("?")
    asked = {
        **scope,
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [
            *(pair for pair in scope["headers"] if pair[0] in _HEADERS),
            (b"fairday-app", app.encode()),
        ],
    }
    status, parts = 0, []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.append(message.get("body", b""))

    await api(asked, receive, send)
    return b"".join(parts).decode() if status == 200 else None


def _pictures(body: str | None) -> list[str]:
    """Return links to the first pictures that the answer names: they are the largest thing on the page."""
    if body is None:
        return []
    document = json.loads(body)
    cards = document["items"][:1] if "items" in document else [document]
    images = [card["image"] for card in cards if isinstance(card.get("image"), str)]
    return [
        f'<link rel="preload" as="image" fetchpriority="high" href="{escape(image)}">'
        for image in images
        if image.startswith("/")
    ]


def _code(built: Path, source: str | None) -> list[str]:
    """Return links to the code and the style of the page `source`, which its app would only find when it runs."""
    path = built / ".vite" / "manifest.json"
    if source is None or not path.is_file():
        return []
    return list(_links(path, path.stat().st_mtime_ns, source))


@lru_cache(maxsize=64)
def _links(path: Path, _mtime_ns: int, source: str) -> tuple[str, ...]:
    manifest = json.loads(path.read_text(encoding="utf-8"))
    scripts: dict[str, None] = {}
    styles: dict[str, None] = {}

    def visit(key: str) -> None:
        chunk = manifest.get(key)
        if chunk is None or chunk["file"] in scripts:
            return
        scripts[chunk["file"]] = None
        styles.update(dict.fromkeys(chunk.get("css", ())))
        for below in chunk.get("imports", ()):
            visit(below)

    visit(source)
    return (
        *(f'<link rel="modulepreload" crossorigin href="/{file}">' for file in scripts),
        *(f'<link rel="preload" as="style" crossorigin href="/{file}">' for file in styles),
    )
