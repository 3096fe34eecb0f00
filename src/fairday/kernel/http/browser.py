"""Keep the sessions of pages in cookies that no script can read: one for each app that a browser may hold at once.

A page names its app in the header `Fairday-App`; sign-in then sets that app's cookie, and a request with the header is
its session's. Guards against other sites (X27): the cookie is SameSite=Strict; it counts only beside the header, which a
foreign page cannot send without a preflight that nobody answers; and a write must say that it comes from our own origin,
for a neighbour port is the same site. Why so: docs/adr/0088. Source: ASVS 3.3, 3.5.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from fairday.kernel.errors import BadInput, NotAllowed
from fairday.kernel.http.routes import Call


class App(StrEnum):
    """Name the apps of a browser; a till holds two identities: its device's and its clerk's shift."""

    SHOP = "shop"
    TILL = "till"
    TILL_DEVICE = "till-device"
    CONSOLE = "console"


_APPS = {app.encode(): app for app in App}
_COOKIES = {app: f"__Host-fairday-{app}" for app in App}


def app_of(headers: Mapping[bytes, bytes], method: str) -> App | None:
    """Return the app that the request names, or None.

    Raises: BadInput for an unknown app; NotAllowed for a write that does not say it comes from our own origin.
    """
    named = headers.get(b"fairday-app")
    if named is None:
        return None
    app = _APPS.get(named)
    if app is None:
        raise BadInput(errors=[f"Fairday-App: one of {', '.join(App)}"])
    if method not in ("GET", "HEAD") and not is_own_page(headers):
        raise NotAllowed(role="a page of another site")
    return app


def app_of_stream(headers: Mapping[bytes, bytes], query: bytes) -> App | None:
    """Return the app named by `?app=`: an EventSource cannot send headers. It only reads, and only for our own pages."""
    if headers.get(b"sec-fetch-site", b"same-origin") != b"same-origin":
        return None
    for part in query.split(b"&"):
        name, _, value = part.partition(b"=")
        if name == b"app":
            return _APPS.get(value)
    return None


def token_of(headers: Mapping[bytes, bytes], app: App) -> str | None:
    """Return the token in the app's cookie, or None."""
    cookie = headers.get(b"cookie")
    if cookie is None:
        return None
    wanted = _COOKIES[app]
    for part in cookie.decode("latin-1").split(";"):
        name, _, value = part.strip().partition("=")
        if name == wanted:
            return value or None
    return None


def is_own_page(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a request says that it comes from a page of this very origin."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site == b"same-origin"
    origin = headers.get(b"origin")
    return origin is not None and origin.partition(b"//")[2] == headers.get(b"host")


def keep(call: Call, token: str, expires_at: datetime, app: App | None = None) -> str | None:
    """Put a new session's token where its asker keeps it and return what stands in the answer's body.

    A page gets the cookie of its app (`app` where it is another than the page named) and no token that scripts could
    steal; everyone else gets the token.
    """
    if call.app is None:
        return token
    left_s = max(0, int((expires_at - datetime.now(UTC)).total_seconds()))
    _set(call, app or call.app, token, left_s)
    return None


def forget(call: Call) -> None:
    """Take the cookie of the request's app out of the browser."""
    if call.app is not None:
        _set(call, call.app, "", 0)


def _set(call: Call, app: App, token: str, max_age_s: int) -> None:
    text = f"{_COOKIES[app]}={token}; Max-Age={max_age_s}; Path=/; Secure; HttpOnly; SameSite=Strict"
    call.set_header("set-cookie", text)
