"""Serve the built pages and pictures: compressed as they were built, kept for ever under hashed names, strict headers.

Three of the pages are applications with addresses of their own (`/shop/…`, `/till/…`, `/console/…`): an address of theirs
that is no file is answered with their page, and the page reads the address. Some come with their first answers (`first`).
"""

import gzip
from collections.abc import Callable, MutableMapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from fairday.app import first
from fairday.kernel.http.api import Api, Receive, Send

STATIC = Path(str(files("fairday").joinpath("app/static")))
APPS = ("shop", "till", "console")
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",  # the reader of QR codes is WebAssembly
        "worker-src 'self' blob:",  # the map draws in a worker
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "media-src 'self' blob:",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
SECURITY = [
    (b"content-security-policy", _POLICY.encode()),
    (
        b"permissions-policy",
        b"camera=(self), geolocation=(self), microphone=(), "
        b"publickey-credentials-get=(self), publickey-credentials-create=(self)",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_HSTS = (b"strict-transport-security", b"max-age=604800")
_NEVER_CHANGES = "public, max-age=31536000, immutable"
_MAY_CHANGE = "no-cache"
_PERSONAL = "private, no-cache"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


def routes(pictures: Path, api: Callable[[], Api | None]) -> list[BaseRoute]:
    """Return the routes of the pages; `pictures` is the folder of product pictures, `api` gives what answers pages first."""
    return [
        Route("/", _page("index.html")),
        Route("/screen", _page("screen/index.html")),
        Route("/docs", _page("docs/index.html")),
        *(Route(f"/{app}", _to_app) for app in APPS),
        *(Route(f"/{app}/{{path:path}}", _app(app, api)) for app in APPS),
        Mount("/pictures", StaticFiles(directory=pictures, check_dir=False)),
        Route("/{path:path}", _file),
    ]


def secured(app: Any) -> Any:
    """Add the security headers to every answer of `app`; what came over HTTPS by a name stays on HTTPS for a week.

    Not on localhost: its other ports are other programs, and our own plain one.
    """

    async def with_security(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        security = [*SECURITY, _HSTS] if scope.get("scheme") == "https" and _has_name(scope) else SECURITY

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *security]
            await send(message)

        await app(scope, receive, with_headers)

    return with_security


def _has_name(scope: MutableMapping[str, Any]) -> bool:
    host = dict(scope["headers"]).get(b"host", b"").rpartition(b":")[0]
    return not (host in (b"", b"localhost") or host.startswith(b"[") or host.replace(b".", b"").isdigit())


def _page(name: str) -> Any:
    async def serve(request: Request) -> Response:
        found = _built(request, name)
        if found is None:
            return Response("The pages are not built yet: run `make run`, or `sh scripts/web.sh`.", 503)
        return found

    return serve


async def _to_app(request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.url.path}/{query}", 308)


def _app(name: str, api: Callable[[], Api | None]) -> Any:
    plain = _page(f"{name}/index.html")

    async def serve(request: Request) -> Response:
        path: str = request.path_params["path"]
        found = _built(request, f"{name}/{path}") if path else None
        if found is None and "." in path.rpartition("/")[2]:  # a missing file is missing, not a page
            return Response("Not found", 404)
        return found or await _with_first(request, name, api()) or await plain(request)

    return serve


async def _with_first(request: Request, name: str, api: Api | None) -> Response | None:
    """Return the app's page with its first answers, or None for an address that has none."""
    opening = first.opening(name, request.path_params["path"])
    built = STATIC / name / "index.html"
    if api is None or opening is None or not built.is_file():
        return None
    html = await first.page(built.read_text(encoding="utf-8"), opening, api, request.scope, STATIC)
    body, headers = html.encode(), {"cache-control": _PERSONAL, "vary": "accept-encoding, cookie"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["content-encoding"] = gzip.compress(body, 5, mtime=0), "gzip"
    return Response(body, media_type="text/html", headers=headers)


async def _file(request: Request) -> Response:
    return _built(request, request.path_params["path"]) or Response("Not found", 404)


def _built(request: Request, name: str) -> Response | None:
    """Return a built file in the best encoding that the client takes, or None when there is none of that name."""
    path = STATIC / name
    if "\x00" in name or not path.resolve().is_relative_to(STATIC.resolve()) or not path.is_file():
        return None
    headers = {
        "cache-control": _NEVER_CHANGES if name.startswith("assets/") else _MAY_CHANGE,
        "vary": "accept-encoding",
    }
    media = "text/javascript" if path.suffix in (".js", ".mjs") else None
    media = "application/manifest+json" if path.suffix == ".webmanifest" else media
    accepted = request.headers.get("accept-encoding", "")
    for encoding, suffix in _ENCODINGS:
        packed = path.with_name(path.name + suffix)
        if encoding in accepted and packed.is_file():
            plain = FileResponse(path, media_type=media)  # for its guess of the media type
            media = plain.media_type
            return FileResponse(packed, media_type=media, headers=headers | {"content-encoding": encoding})
    return FileResponse(path, media_type=media, headers=headers)
