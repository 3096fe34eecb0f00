"""Tell which requests are answered directly, and run them: decode, enqueue, answer when the lane has committed.

Everything that could be refused before the lane is looked at in the header; what would be refused there, or needs the
database first, is left to the usual way.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from fairday.kernel.errors import Refusal
from fairday.kernel.http import answers, reading
from fairday.kernel.http.direct import Reply, Run
from fairday.kernel.http.principal import Principal
from fairday.kernel.http.routes import Call, Route
from fairday.kernel.http.tree import Ready, Tree
from fairday.kernel.idempotency import Answer
from fairday.kernel.lanes import Outcome
from fairday.kernel.metrics import timings

Peek = Callable[[str], Principal | None]
"""Tells who holds a token if that is in memory."""

Found = tuple[Ready, dict[str, str], str]
"""A route, its parameters (shared: nobody writes them) and the path."""

KNOWN_MAX = 10_000
"""Targets that are remembered."""

log = structlog.get_logger(__name__)


class Direct:
    """Find the direct way of a request in the route table."""

    def __init__(self, tree: Tree, services: Any, peek: Peek) -> None:
        self._tree = tree
        self._services = services
        self._peek = peek
        self._known: dict[bytes, Found] = {}

    def find(
        self, method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], client_ip: str
    ) -> Run | None:
        """Return how to answer a plain request for a lane without a task, or None when it must go the usual way."""
        started = time.perf_counter()
        if method != b"POST":
            return None
        found = self._known.get(target) or self._look_up(target)
        if found is None:
            return None
        ready, parameters, path = found
        named = dict(headers)
        if not _is_plain(ready, named):
            return None
        call = Call(self._services, parameters, named)
        if not self._may(ready.route, call):
            return None
        call.client_ip = client_ip
        return DirectCall(ready, call, path, started).run

    def _look_up(self, target: bytes) -> Found | None:
        """Find the lane's route of a target and remember it: a crowd asks for few things."""
        if b"?" in target or b"%" in target:
            return None
        try:
            path = target.decode("ascii")
            found = self._tree.find("POST", path) if path.startswith(self._tree.prefix) else None
        except (Refusal, ValueError):
            return None
        if found is None or not found[0].route.lane:
            return None
        if len(self._known) >= KNOWN_MAX:
            self._known.clear()
        known = self._known[target] = (*found, path)
        return known

    def _may(self, route: Route, call: Call) -> bool:
        """Note on `call` who asks, if that is in memory, and tell whether they may."""
        try:
            token = reading.token(route, call, "POST", b"")
        except Refusal:
            return False
        principal = self._peek(token) if token else None
        if principal is None or route.who is None or principal.role not in route.who:
            return False
        call.principal = principal
        return principal.scopes is None or route.scope in principal.scopes


def _is_plain(ready: Ready, headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether it is a lane's route, and the body is announced to be small and of the right kind."""
    route = ready.route
    length = headers.get(b"content-length", b"")
    return (
        not route.needs_sandbox
        and length.isdigit()
        and int(length) <= route.body_max
        and b"transfer-encoding" not in headers
        and (route.body is None or length == b"0" or headers.get(b"content-type") == ready.media)
    )


class DirectCall:
    """Be one request on its direct way."""

    __slots__ = ("_call", "_path", "_ready", "_reply", "_started")

    def __init__(self, ready: Ready, call: Call, path: str, started: float) -> None:
        self._ready = ready
        self._call = call
        self._path = path
        self._started = started
        self._reply: Reply = _nowhere

    def run(self, body: bytes, reply: Reply) -> None:
        """Decode the body and queue the request; `reply` hears the answer."""
        self._reply = reply
        ready, call = self._ready, self._call
        route = ready.route
        try:
            arguments = reading.arguments(ready, body)
            call.raw_body = body
            if route.needs_key:
                call.key = reading.key(route, call, self._path)
            lane = call.services.lanes[route.lane]
            lane.enqueue(route.handler(call, *arguments), call.key, self._done)
        except Exception as error:
            self._done(error)

    def _done(self, outcome: Outcome) -> None:
        """Render what became of it; as a lane's callback it lets nothing escape."""
        try:
            if isinstance(outcome, Answer):
                headers = answers.REPLAYED if outcome.is_replay else answers.JSON
                status, body = outcome.status, outcome.body
            elif isinstance(outcome, Refusal):
                status, body, headers = answers.refused(outcome, reading.language(self._call.headers))
            else:
                log.error("request broke", path=self._path, method="POST", exc_info=outcome)
                status, body, headers = answers.broken()
            if self._call.out_headers is not None and isinstance(outcome, Answer):
                headers = (*headers, *self._call.out_headers)
            self._reply(status, headers, body)
            timings.observe(self._ready.label, status, time.perf_counter() - self._started)
        except Exception:
            log.exception("an answer could not be written", path=self._path)


def _nowhere(status: int, headers: Any, body: bytes) -> None:
    """Stand for the reply until there is one."""
