"""Build the ASGI application of one web worker: the API, the pages, health, metrics."""

import asyncio
import contextlib
import gc
from collections.abc import Callable, MutableMapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import fairday
from fairday.app import domains, pages
from fairday.app.services import Services
from fairday.app.settings import Settings
from fairday.catalog.http_finding import TO_BE_HAD
from fairday.catalog.showing import PHASES, WINDOWS
from fairday.festivals import service as festivals
from fairday.identity.sessions import Sessions
from fairday.kernel import ids, logs
from fairday.kernel.clock import Clock
from fairday.kernel.http import openapi
from fairday.kernel.http.api import Api, Receive, Send
from fairday.kernel.http.direct import Run
from fairday.kernel.migrate import folder
from fairday.kernel.tx import Database
from fairday.stock import service as stock


class Application:
    """Start with the first lifespan event, serve, and close in reverse order."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._api: Api | None = None
        self._services: Services | None = None
        self._tasks: list[asyncio.Task[Any]] = []

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        assert self._api is not None, "the server must run lifespan events"
        await self._api(scope, receive, send)

    def direct(
        self, method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], client_ip: str
    ) -> Run | None:
        """Tell the protocol how to answer a plain request without a task; None: call the application."""
        return self._api.direct(method, target, headers, client_ip) if self._api is not None else None

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._start()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _start(self) -> None:
        ids.reseed()
        logs.configure(self._settings.log_level)
        database = await Database.connect(self._settings.database_url, size=self._settings.pool_size)
        services = Services(self._settings, database, Clock(), domains.lanes(database))
        sessions = Sessions(database)
        services.shared["sessions"] = sessions
        # Products are found on a floor below the calendar and the stock: the composition root hands their verbs down.
        services.shared[PHASES] = festivals.phase_ids_at
        services.shared[WINDOWS] = festivals.windows_since
        services.shared[TO_BE_HAD] = stock.to_be_had
        self._services = services
        self._api = Api(
            domains.routes(),
            services,
            sessions.authenticate,
            pages.secured(_site(services, lambda: self._api)),
            peek=sessions.peek,
        )
        self._tasks = [
            asyncio.create_task(services.clock.follow(database)),
            asyncio.create_task(sessions.follow()),
        ]
        for module in domains.modules("http"):
            if background := getattr(module, "background", None):
                self._tasks.append(asyncio.create_task(background(services)))

        calm_collector()

    async def _stop(self) -> None:
        assert self._services is not None
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
        for lane in self._services.lanes.values():
            await lane.close()
        await self._services.database.close()


def calm_collector() -> None:
    """Let the cycle collector pass over what lives as long as the process, and look less often at the rest.

    Requests leave hardly any cycles; the default collector cost up to 18 % of a placed order.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


def create_app() -> Application:
    """Build the application from the environment; the factory that the server calls in each web worker."""
    return Application(Settings.from_env())


def _site(services: Services, api: Callable[[], Api | None]) -> Starlette:
    described = openapi.document(domains.routes(), version=fairday.__version__)

    async def healthz(_: Request) -> Response:
        return Response("alive", media_type="text/plain")

    async def readyz(_: Request) -> Response:
        return await _readiness(services)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def openapi_json(_: Request) -> Response:
        return JSONResponse(described)

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Route("/openapi.json", openapi_json),
            *pages.routes(services.settings.home / "pictures", api),
        ]
    )


async def _readiness(services: Services) -> Response:
    """Tell whether this worker can do its work now: the database answers and writes, and the schema is the newest."""
    newest = sorted(path.name for path in folder().glob("*.sql"))[-1]
    try:
        async with services.database.transaction() as (tx, _):
            await tx.execute("UPDATE kernel.clock SET jump = jump")
            applied = await tx.fetchval("SELECT max(name) FROM kernel.migration")
    except Exception as error:
        return JSONResponse({"ready": False, "reason": type(error).__name__}, 503)
    if applied != newest:
        return JSONResponse(
            {"ready": False, "reason": f"the schema is at {applied}, run `fairday migrate`"}, 503
        )
    return JSONResponse({"ready": True})
