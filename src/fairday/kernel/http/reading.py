"""Read what a request says besides its route: who asks, its query, its body."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from fairday.kernel import strict_json
from fairday.kernel.errors import BadInput, BodyTooLarge, WrongMediaType
from fairday.kernel.http import browser
from fairday.kernel.http.routes import Call, Kind, Route
from fairday.kernel.http.tree import Ready
from fairday.kernel.idempotency import Key, key_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_NO_BODY = msgspec.json.Decoder(type=msgspec.defstruct("Empty", [], forbid_unknown_fields=True))


def token(route: Route, call: Call, method: str, query_string: bytes) -> str | None:
    """Return the token of the session or key, and note on `call` the app of ours that asks.

    Raises: BadInput, NotAllowed for a page that may not ask so.
    """
    bearer = call.headers.get(b"authorization")
    if bearer is not None:
        if bearer.startswith(b"Bearer ") and not bearer.endswith(b" "):
            return bearer[7:].decode("latin-1").lstrip() or None
        return bearer[7:].decode("latin-1").strip() or None if bearer[:7].lower() == b"bearer " else None
    call.app = browser.app_of(call.headers, method)
    if call.app is None and route.kind is Kind.STREAM:
        call.app = browser.app_of_stream(call.headers, query_string)
    return None if call.app is None else browser.token_of(call.headers, call.app)


def text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    """Return a header as text."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def language(headers: Mapping[bytes, bytes]) -> str:
    """Return the language that the reader prefers: "zh" or "en"."""
    return "zh" if headers.get(b"accept-language", b"").startswith(b"zh") else "en"


def query(route: Route, scope: Scope) -> Any:
    """Return the query in the route's type. Raises: BadInput."""
    text = scope["query_string"].decode("latin-1")
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=50, errors="strict"
        )
    except (ValueError, UnicodeDecodeError) as error:
        raise BadInput(errors=[f"query: {error}"]) from None
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values or "\x00" in value:
            raise BadInput(errors=[f"query parameter {name!r} stands twice or holds a NUL"])
        values[name] = value
    if route.kind is Kind.STREAM:
        values.pop("app", None)
    try:
        found = msgspec.convert(values, route.query, strict=False)
    except msgspec.ValidationError as error:
        raise BadInput(errors=[f"query: {error}"]) from None
    odd = [name for name, value in values.items() if not _is_plain(value, getattr(found, name))]
    if odd:
        raise BadInput(errors=[f"query parameter {name!r} has a value of another kind" for name in odd])
    return found


def _is_plain(text: str, value: Any) -> bool:
    """Tell whether a value came from what an address may say: the lax conversion also takes null, and numbers as instants."""
    return value is not None and not (isinstance(value, datetime) and text[4:5] != "-")


def arguments(ready: Ready, body: bytes) -> tuple[Any, ...]:
    """Return what the handler gets after its call: the decoded body, the raw one, or nothing.

    Raises: BadJson, BadInput.
    """
    if body == b"{}" and ready.defaults is not None:
        return ready.defaults
    if ready.decoder is not None:
        return (strict_json.decode(body, ready.decoder),)
    if ready.route.body is not None:
        return (body,)
    if body.strip():
        strict_json.decode(body, _NO_BODY)
    return ()


def key(route: Route, call: Call, path: str) -> Key:
    """Return the intent's key; of the concrete path, not its pattern: the same key on another thing is another intent.

    Raises: IdempotencyKeyRequired.
    """
    who = call.principal.account_id if call.principal is not None else call.client_ip
    return key_of(who, f"{route.method} {path}", text(call.headers, b"idempotency-key"), call.raw_body)


async def body(route: Route, headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    """Receive the body. Raises: BodyTooLarge, WrongMediaType."""
    declared = headers.get(b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > route.body_max:
        raise BodyTooLarge(bytes_max=route.body_max)
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        parts, size = [body], len(body)
        while message.get("more_body"):
            message = await receive()
            part = message.get("body", b"")
            size += len(part)
            if size > route.body_max:
                raise BodyTooLarge(bytes_max=route.body_max)
            parts.append(part)
        body = b"".join(parts)
    if len(body) > route.body_max:
        raise BodyTooLarge(bytes_max=route.body_max)
    if body and route.body is not None:
        given = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if given != route.media.encode() and given.decode("latin-1") not in route.media_also:
            raise WrongMediaType(expected=route.media)
    return body
