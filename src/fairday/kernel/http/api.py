"""Serve the route table over ASGI: find, authorise, decode, run, encode. Anything else falls through.

The hot path is short on purpose: a walk down a small tree of path segments, one lookup of the session in memory, one
decode into the wanted type, one await, one encode.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import structlog

from fairday.kernel import audit, idempotency, strict_json
from fairday.kernel.errors import (
    BadInput,
    BodyTooLarge,
    Busy,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refusal,
    SandboxOnly,
    SessionEnded,
    WrongMediaType,
)
from fairday.kernel.http import browser, problems
from fairday.kernel.http.principal import Principal
from fairday.kernel.http.routes import Call, Kind, NoQuery, Route
from fairday.kernel.idempotency import Answer, key_of
from fairday.kernel.metrics import timings
from fairday.kernel.tx import TRANSIENT, Tx

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Authenticate = Callable[[str], Awaitable[Principal | None]]

log = structlog.get_logger(__name__)

JSON_HEADERS = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
REPLAYED = [*JSON_HEADERS, (b"idempotency-replayed", b"true")]
_NO_BODY = msgspec.json.Decoder(type=msgspec.defstruct("Empty", [], forbid_unknown_fields=True))


class _Node:
    __slots__ = ("children", "names", "parameter", "routes")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.routes: dict[str, _Ready] = {}
        self.names: tuple[str, ...] = ()


class _Ready:
    """Hold a route with its decoder made once and its label for metrics."""

    __slots__ = ("decoder", "label", "route")

    def __init__(self, route: Route) -> None:
        self.route = route
        is_json = route.media == "application/json"
        self.decoder = msgspec.json.Decoder(type=route.body) if route.body is not None and is_json else None
        self.label = f"{route.method} {route.path}"


class Api:
    """Serve `routes` below `prefix`; hand every other path to `fallback`."""

    def __init__(
        self,
        routes: Iterable[Route],
        services: Any,
        authenticate: Authenticate,
        fallback: App,
        prefix: str = "/v1",
    ) -> None:
        self._services = services
        self._authenticate = authenticate
        self._fallback = fallback
        self._prefix = prefix + "/"
        self._root = _Node()
        for route in routes:
            self._insert(route)

    def _insert(self, route: Route) -> None:
        node, names = self._root, []
        for segment in route.path.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.children.setdefault(segment, _Node())
        assert route.method not in node.routes, f"{route.method} {route.path} stands twice"
        assert not node.names or node.names == tuple(names), (
            f"{route.path}: parameters are named differently elsewhere"
        )
        node.names = tuple(names)
        node.routes[route.method] = _Ready(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(self._prefix):
            await self._fallback(scope, receive, send)
            return
        started = time.perf_counter()
        ready: _Ready | None = None
        language = "en"
        try:
            headers = dict(scope["headers"])
            language = "zh" if headers.get(b"accept-language", b"").startswith(b"zh") else "en"
            ready, parameters = self._find(scope["method"], path)
            call = Call(self._services, parameters, headers)
            call.language = language
            client = scope.get("client")
            call.client_ip = client[0] if client else ""
            await self._authorise(ready.route, call, scope)
            if ready.route.kind is Kind.STREAM:
                call.query = _query(ready.route, scope)
                await ready.route.handler(call, receive, send)
                return
            status, body, out = await self._answer(ready, call, scope, receive)
            if call.out_headers is not None:
                out = [*out, *call.out_headers]
        except Refusal as refusal:
            status, body, out = problems.render(refusal, language)
        except Exception:
            log.exception("request broke", path=path, method=scope["method"])
            status, body, out = 500, problems.BROKEN, [(b"content-type", b"application/problem+json")]
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [*out, (b"content-length", b"%d" % len(body))],
            }
        )
        await send({"type": "http.response.body", "body": body})
        if ready is not None:
            timings.observe(ready.label, status, time.perf_counter() - started)

    def _find(self, method: str, path: str) -> tuple[_Ready, dict[str, str]]:
        node, values = self._root, []
        for segment in path[len(self._prefix) :].rstrip("/").split("/"):
            child = node.children.get(segment)
            if child is None:
                child = node.parameter
                if child is None or not (
                    segment.isascii() and segment.isprintable() and 0 < len(segment) <= 120
                ):
                    raise NotFound(what="address")
                values.append(segment)
            node = child
        ready = node.routes.get(method)
        if ready is None:
            if not node.routes:
                raise NotFound(what="address")
            raise MethodNotAllowed(allowed=sorted(node.routes))
        return ready, dict(zip(node.names, values, strict=True))

    async def _authorise(self, route: Route, call: Call, scope: Scope) -> None:
        if route.needs_sandbox and not self._services.settings.sandbox:
            raise SandboxOnly()
        bearer = call.headers.get(b"authorization")
        token = _page_token(route, call, scope) if bearer is None else _bearer_token(bearer)
        principal = await self._authenticate(token) if token else None
        if principal is not None:
            call.principal = principal
        if route.who is None:
            return
        if principal is None:
            raise NotSignedIn() if token is None or bearer is not None else SessionEnded()
        if principal.role not in route.who:
            raise NotAllowed(role=principal.role)
        if principal.scopes is not None and route.scope not in principal.scopes:
            raise NotAllowed(role=f"key without {route.scope}")

    async def _answer(
        self, ready: _Ready, call: Call, scope: Scope, receive: Receive
    ) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
        route = ready.route
        query_text = scope["query_string"]
        call.query = _query(route, scope) if query_text or route.query is not NoQuery else None
        if route.kind is Kind.READ:
            try:
                async with self._services.database.transaction(read_only=True) as (tx, call.now):
                    result = await route.handler(call, tx)
            except TRANSIENT as error:
                log.warning("read refused as busy", route=ready.label, error=repr(error))
                raise Busy(retry_after_s=1) from None
            if isinstance(result, Answer):
                return (
                    result.status,
                    result.body,
                    [(b"content-type", route.returns_media.encode()), JSON_HEADERS[1]],
                )
            return route.status, strict_json.encode(result), JSON_HEADERS
        call.raw_body = await _body(route, call.headers, receive)
        arguments = self._decode(ready, call)
        if route.needs_key:
            who = call.principal.account_id if call.principal is not None else call.client_ip
            # The concrete path, not its pattern: the same key on another thing is another intent.
            call.key = key_of(
                who, f"{route.method} {scope['path']}", _text(call.headers, b"idempotency-key"), call.raw_body
            )
        if route.kind is Kind.LANE:
            answer: Answer = await route.handler(call, *arguments)
        else:
            answer = await self._write(route, call, arguments)
        return answer.status, answer.body, REPLAYED if answer.is_replay else JSON_HEADERS

    def _decode(self, ready: _Ready, call: Call) -> tuple[Any, ...]:
        route = ready.route
        if ready.decoder is None:
            if route.body is None:
                if call.raw_body.strip():
                    strict_json.decode(call.raw_body, _NO_BODY)
                return ()
            return (call.raw_body,)
        return (strict_json.decode(call.raw_body, ready.decoder),)

    async def _write(self, route: Route, call: Call, arguments: tuple[Any, ...]) -> Answer:
        async def work(tx: Tx, now: Any) -> Answer:
            call.now = now
            if route.needs_key:
                place = call.key.digest
                stored = (await idempotency.find(tx, [call.key])).get(place)
                if isinstance(stored, Refusal):
                    raise stored
                if stored is not None:
                    return stored
            result = await route.handler(call, tx, *arguments)
            if route.who is not None and call.principal.role in audit.STAFF:
                await audit.append(
                    tx,
                    call.principal,
                    method=route.method,
                    route=route.path,
                    path=call.path,
                    body=call.raw_body,
                    status=route.status,
                    result=result,
                    changes=call.changes,
                    now=now,
                )
            answer = Answer(route.status, b"" if result is None else strict_json.encode(result))
            if route.needs_key:
                await idempotency.store(tx, [(call.key, answer)], now)
            return answer

        database = self._services.database
        try:
            answer: Answer = await database.run(work)
        except Refusal:
            # A twin with this key may have committed meanwhile and be the very cause of the refusal.
            stored = await self._stored(call) if route.needs_key else None
            if stored is None:
                raise
            return stored
        return answer

    async def _stored(self, call: Call) -> Answer | None:
        async with self._services.database.transaction(read_only=True) as (tx, _):
            stored = (await idempotency.find(tx, [call.key])).get(call.key.digest)
        return stored if isinstance(stored, Answer) else None


class MethodNotAllowed(Refusal):
    """Refuse a method that this address does not have."""

    code = "method_not_allowed"
    status = 405
    en = "This address takes {allowed}."
    zh = "该地址仅支持 {allowed}。"


def _bearer_token(header: bytes) -> str | None:
    return header[7:].decode("latin-1").strip() or None if header[:7].lower() == b"bearer " else None


def _page_token(route: Route, call: Call, scope: Scope) -> str | None:
    call.app = browser.app_of(call.headers, scope["method"])
    if call.app is None and route.kind is Kind.STREAM:
        call.app = browser.app_of_stream(call.headers, scope["query_string"])
    return None if call.app is None else browser.token_of(call.headers, call.app)


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _query(route: Route, scope: Scope) -> Any:
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
        return msgspec.convert(values, route.query, strict=False)
    except msgspec.ValidationError as error:
        raise BadInput(errors=[f"query: {error}"]) from None


async def _body(route: Route, headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
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
