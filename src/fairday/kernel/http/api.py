"""Serve the route table over ASGI: find, authorise, decode, run, encode. Anything else falls through.

The hot path is short on purpose: a walk down a small tree of path segments, one lookup of the session in memory, one
decode into the wanted type, one await, one encode. Plain requests for a lane take a shorter one: `direct_calls`.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import structlog

from fairday.kernel import audit, idempotency, strict_json
from fairday.kernel.errors import Busy, NotAllowed, NotSignedIn, Refusal, SandboxOnly, SessionEnded
from fairday.kernel.http import answers, reading
from fairday.kernel.http.direct_calls import Direct, Peek
from fairday.kernel.http.principal import Principal
from fairday.kernel.http.reading import Receive, Scope
from fairday.kernel.http.routes import Call, Kind, NoQuery, Route
from fairday.kernel.http.tree import Ready, Tree
from fairday.kernel.idempotency import Answer
from fairday.kernel.metrics import timings
from fairday.kernel.tx import TRANSIENT, Tx

__all__ = ["Api", "App", "Authenticate", "Receive", "Scope", "Send"]

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Authenticate = Callable[[str], Awaitable[Principal | None]]
log = structlog.get_logger(__name__)


class Api:
    """Serve `routes` below `prefix`; hand every other path to `fallback`."""

    def __init__(
        self,
        routes: Iterable[Route],
        services: Any,
        authenticate: Authenticate,
        fallback: App,
        prefix: str = "/v1",
        peek: Peek = lambda _: None,
    ) -> None:
        self._services = services
        self._authenticate = authenticate
        self._fallback = fallback
        self._tree = Tree(routes, prefix + "/")
        self.direct = Direct(self._tree, services, peek).find

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(self._tree.prefix):
            await self._fallback(scope, receive, send)
            return
        started = time.perf_counter()
        ready: Ready | None = None
        language = "en"
        try:
            headers = dict(scope["headers"])
            language = reading.language(headers)
            ready, parameters = self._tree.find(scope["method"], path)
            call = Call(self._services, parameters, headers)
            call.language = language
            client = scope.get("client")
            call.client_ip = client[0] if client else ""
            await self._authorise(ready.route, call, scope)
            if ready.route.kind is Kind.STREAM:
                call.query = reading.query(ready.route, scope)
                await ready.route.handler(call, receive, send)
                return
            status, body, out = await self._answer(ready, call, scope, receive)
            if call.out_headers is not None:
                out = (*out, *call.out_headers)
        except Refusal as refusal:
            status, body, out = answers.refused(refusal, language)
        except Exception:
            log.exception("request broke", path=path, method=scope["method"])
            status, body, out = answers.broken()
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [*out, (b"content-length", b"%d" % len(body))],
            }
        )
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
        if ready is not None:
            timings.observe(ready.label, status, time.perf_counter() - started)

    async def _authorise(self, route: Route, call: Call, scope: Scope) -> None:
        if route.needs_sandbox and not self._services.settings.sandbox:
            raise SandboxOnly()
        token = reading.token(route, call, scope["method"], scope["query_string"])
        principal = await self._authenticate(token) if token else None
        if principal is not None:
            call.principal = principal
        if route.who is None:
            return
        if principal is None:
            raise NotSignedIn() if token is None or b"authorization" in call.headers else SessionEnded()
        if principal.role not in route.who:
            raise NotAllowed(role=principal.role)
        if principal.scopes is not None and route.scope not in principal.scopes:
            raise NotAllowed(role=f"key without {route.scope}")

    async def _answer(
        self, ready: Ready, call: Call, scope: Scope, receive: Receive
    ) -> tuple[int, bytes, answers.Headers]:
        query_text = scope["query_string"]
        call.query = (
            reading.query(ready.route, scope) if query_text or ready.route.query is not NoQuery else None
        )
        try:
            return await self._handled(ready, call, scope, receive)
        except TRANSIENT as error:
            # A read did nothing, a write is sent again with its key: either way asking again is safe.
            log.warning("refused as busy", route=ready.label, error=repr(error))
            raise Busy(retry_after_s=1) from None

    async def _handled(
        self, ready: Ready, call: Call, scope: Scope, receive: Receive
    ) -> tuple[int, bytes, answers.Headers]:
        route = ready.route
        if route.kind is Kind.READ:
            async with self._services.database.transaction(read_only=True) as (tx, call.now):
                result = await route.handler(call, tx)
            if isinstance(result, Answer):
                return (
                    result.status,
                    result.body,
                    ((b"content-type", route.returns_media.encode()), answers.NO_STORE),
                )
            return route.status, strict_json.encode(result), answers.JSON
        call.raw_body = await reading.body(route, call.headers, receive)
        arguments = reading.arguments(ready, call.raw_body)
        if route.needs_key:
            call.key = reading.key(route, call, scope["path"])
        answer: Answer
        if route.lane:
            answer = await self._services.lanes[route.lane].submit(route.handler(call, *arguments), call.key)
        elif route.kind is Kind.LANE:
            answer = await route.handler(call, *arguments)
        else:
            answer = await self._write(route, call, arguments)
        return answer.status, answer.body, answers.REPLAYED if answer.is_replay else answers.JSON

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
