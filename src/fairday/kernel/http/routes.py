"""Declare routes: what they read, what they answer, who may ask, and which refusals they give.

Four kinds. `read` runs in a read-only transaction; `write` in one transaction with an Idempotency-Key; `lane` hands
its request to a lane (and its key too); `stream` writes its own response. The kernel opens and commits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

import msgspec

from fairday.kernel.errors import BadInput, Refusal
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.idempotency import Key

if TYPE_CHECKING:
    from fairday.kernel.http.browser import App

T = TypeVar("T")
Handler = Callable[..., Any]
H = TypeVar("H", bound=Handler)
PUBLIC: frozenset[Role] | None = None
ANYONE_SIGNED_IN = frozenset(Role)


class Kind(StrEnum):
    """Name how a route runs."""

    READ = "read"
    WRITE = "write"
    LANE = "lane"
    STREAM = "stream"


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take no query parameters."""


class PageQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for a page: at most `limit` items after `cursor` (opaque, from the page before)."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Hold one page; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None = None


class Call:
    """Carry one request to its handler. `services` is the application's container (database, lanes, clock)."""

    __slots__ = (
        "app",
        "changes",
        "client_ip",
        "headers",
        "key",
        "language",
        "now",
        "out_headers",
        "path",
        "principal",
        "query",
        "raw_body",
        "services",
    )

    def __init__(self, services: Any, path: Mapping[str, str], headers: Mapping[bytes, bytes]) -> None:
        self.services = services
        self.path = path
        self.headers = headers
        self.query: Any = None
        self.changes: Mapping[str, tuple[Any, Any]] | None = (
            None  # {field: (old, new)} for the audit, set by handlers
        )
        self.raw_body = b""
        self.principal: Principal = None  # type: ignore[assignment]  # set before the handler unless the route is public
        self.key: Key = None  # type: ignore[assignment]  # set for writes and lanes
        self.language = "en"
        self.now: datetime = None  # type: ignore[assignment]  # set from the transaction or the clock
        self.client_ip = ""
        self.app: App | None = None  # set when a page of ours asks (`fairday.kernel.http.browser`)
        self.out_headers: list[tuple[bytes, bytes]] | None = None

    @property
    def pin(self) -> str | None:
        """Return the payment PIN sent in `Fairday-Pin`. A header, so that no hash of a body gives it away.

        Raises: BadInput when it is not six digits.
        """
        header = self.headers.get(b"fairday-pin")
        if header is None:
            return None
        if len(header) != 6 or not header.isdigit():  # of bytes: ASCII digits only
            raise BadInput(errors=["Fairday-Pin: six digits"])
        return header.decode()

    def set_header(self, name: str, value: str) -> None:
        """Add a header to the answer of this request; refusals and stored answers go without it."""
        self.out_headers = [*(self.out_headers or ()), (name.encode(), value.encode("latin-1"))]


@dataclass(frozen=True, slots=True)
class Route:
    """Describe one operation, for the server, for OpenAPI and for the tests that crawl it."""

    kind: Kind
    method: str
    path: str
    handler: Handler
    tag: str
    summary: str
    who: frozenset[Role] | None
    body: Any = None
    query: Any = NoQuery
    returns: Any = None
    status: int = 200
    refusals: tuple[type[Refusal], ...] = ()
    description: str = ""
    body_max: int = 64 * 1024
    media: str = "application/json"
    media_also: tuple[str, ...] = ()
    returns_media: str = "application/json"
    example: Any = None
    needs_key: bool = True
    needs_sandbox: bool = False
    takes_pin: bool = False
    lane: str = ""

    @property
    def scope(self) -> str:
        """Return the scope that an API key needs: `tag:read` or `tag:write`."""
        return f"{self.tag}:{'read' if self.method == 'GET' else 'write'}"


@dataclass
class Router:
    """Collect the routes of one domain under a tag."""

    tag: str
    routes: list[Route] = field(default_factory=list)

    def read(
        self, path: str, *, who: frozenset[Role] | None, returns: Any, summary: str, **more: Any
    ) -> Callable[[H], H]:
        """Declare a GET: `async def handler(call, tx) -> returns`."""
        return self._add(Kind.READ, "GET", path, who=who, returns=returns, summary=summary, **more)

    def write(
        self, method: str, path: str, *, who: frozenset[Role] | None, returns: Any, summary: str, **more: Any
    ) -> Callable[[H], H]:
        """Declare a write: `async def handler(call, tx, body) -> returns` (no `body` argument when there is none)."""
        return self._add(Kind.WRITE, method, path, who=who, returns=returns, summary=summary, **more)

    def lane(
        self, path: str, *, who: frozenset[Role] | None, returns: Any, summary: str, **more: Any
    ) -> Callable[[H], H]:
        """Declare a POST that goes through a lane.

        With `lane` its name, `def handler(call, body) -> request` makes the lane's request without waiting for anything,
        and the kernel may answer without a task; else `async def handler(call, body) -> Answer` submits it itself.
        """
        return self._add(Kind.LANE, "POST", path, who=who, returns=returns, summary=summary, **more)

    def stream(
        self, path: str, *, who: frozenset[Role] | None, summary: str, **more: Any
    ) -> Callable[[H], H]:
        """Declare a GET that writes its own response: `async def handler(call, receive, send) -> None`."""
        return self._add(Kind.STREAM, "GET", path, who=who, summary=summary, **more)

    def _add(self, kind: Kind, method: str, path: str, **more: Any) -> Callable[[H], H]:
        def register(handler: H) -> H:
            description = (handler.__doc__ or "").strip()
            self.routes.append(
                Route(
                    kind=kind,
                    method=method,
                    path=path,
                    handler=handler,
                    tag=self.tag,
                    description=description,
                    **more,
                )
            )
            return handler

        return register
