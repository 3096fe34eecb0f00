"""Serve one plain page to phones in the network: our authority's certificate, and how to trust it. Nothing else.

It is plain HTTP because it comes before trust. Whoever sits between could change it, so page and terminal both show the
fingerprint to compare.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from fairday.app.settings import Settings

CERTIFICATE = "/fairday-ca.crt"
_PAGE = Template(files("fairday.app").joinpath("trust.html").read_text(encoding="utf-8"))
_HEADERS = [
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]  # fmt: skip
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Trust:
    """Answer `/trust` and the certificate; 404 for everything else."""

    def __init__(self, ca: Path, shop_url: str, named_url: str) -> None:
        self._certificate = ca.read_bytes()
        loaded = x509.load_pem_x509_certificate(self._certificate)
        digest = loaded.fingerprint(hashes.SHA256()).hex(":").upper()
        name = loaded.subject.rfc4514_string().removeprefix("CN=")
        words = {
            "shop": escape(shop_url),
            "named": escape(named_url),
            "name": escape(name),
            "fingerprint": escape(digest),
            "certificate": CERTIFICATE,
            "qr": qr_data(shop_url),
        }
        self._pages = {
            language: _PAGE.substitute(
                words, lang=language, other=other, other_name=name, title=title
            ).encode()
            for language, other, name, title in (
                ("zh", "en", "English", "信任此电脑"),
                ("en", "zh", "中文", "Trust this computer"),
            )
        }

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        status, media, body = self._answer(scope)
        headers = [(b"content-type", media), (b"content-length", b"%d" % len(body)), *_HEADERS]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _answer(self, scope: MutableMapping[str, Any]) -> tuple[int, bytes, bytes]:
        if scope["method"] not in ("GET", "HEAD"):
            return 405, b"text/plain", b"Only GET."
        if scope["path"] in ("/", "/trust"):
            return 200, b"text/html; charset=utf-8", self._pages[_language(scope)]
        if scope["path"] == CERTIFICATE:
            return 200, b"application/x-x509-ca-cert", self._certificate
        if scope["path"] == "/readyz":
            return 200, b"application/json", b'{"ready":true}'
        return 404, b"text/plain", b"There is only /trust here."


def _language(scope: MutableMapping[str, Any]) -> str:
    asked: bytes = scope["query_string"]
    if asked in (b"lang=zh", b"lang=en"):
        return asked[5:].decode()
    return "zh" if dict(scope["headers"]).get(b"accept-language", b"")[:2].lower() == b"zh" else "en"


def qr_data(text: str) -> str:
    """Return a QR code of `text` as a data URL."""
    uri: str = segno.make(text, error="m").svg_data_uri(scale=6, border=2, dark="#1c1a17", light="#ffffff")
    return escape(uri)


def create_app() -> Trust:
    """Build the application from the environment, for `fairday serve`."""
    settings = Settings.from_env()
    return Trust(
        settings.home / "tls" / "ca.crt", os.environ["FAIRDAY_LAN_URL"], os.environ["FAIRDAY_LAN_NAMED_URL"]
    )
