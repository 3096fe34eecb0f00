"""Be one web worker process: `python -m fairday.app.web SOCKET_FD FACTORY`, started by `fairday serve`."""

import asyncio
import resource
import signal
import socket
import sys
from typing import Any

import uvicorn
import uvloop

from fairday.app.processes import watch_lifeline
from fairday.app.settings import Settings
from fairday.kernel.http.server import Limits, bounded_protocol

DRAIN_S = 10
HANDSHAKE_S = 5.0


class BoundedLoop(uvloop.Loop):
    """Give a client no longer for its TLS handshake than for its request header; the loop's own default is a minute."""

    async def create_server(  # type: ignore[override]  # takes all that the loop takes
        self, *arguments: Any, **more: Any
    ) -> asyncio.AbstractServer:
        """Listen as the loop does; with TLS the handshake and the goodbye have 5 s each."""
        if more.get("ssl") is not None:
            more |= {"ssl_handshake_timeout": HANDSHAKE_S, "ssl_shutdown_timeout": HANDSHAKE_S}
        return await super().create_server(*arguments, **more)


def run(listening: socket.socket, factory: str, settings: Settings) -> None:
    """Serve requests from the given socket until SIGTERM, finish those at work within 10 s, and return."""
    limits = Limits(connections_max=settings.connections_max, body_bytes=settings.body_max)
    _raise_file_limit(limits.connections_max * 5 // 4 + 256)
    config = uvicorn.Config(
        factory,
        factory=True,
        loop="fairday.app.web:BoundedLoop",
        http=bounded_protocol(limits),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=2048,
        timeout_graceful_shutdown=DRAIN_S,
        ssl_certfile=settings.tls[0] if settings.tls else None,
        ssl_keyfile=settings.tls[1] if settings.tls else None,
    )
    server = uvicorn.Server(config)
    for number in (
        signal.SIGTERM,
        signal.SIGINT,
    ):  # uvicorn raises them again when done: by then they mean nothing
        signal.signal(number, lambda *_: None)
    watch_lifeline()
    server.run(sockets=[listening])
    if not server.started:
        sys.exit(3)


def _raise_file_limit(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard) if hard > 0 else wanted, hard))


if __name__ == "__main__":
    run(socket.socket(fileno=int(sys.argv[1])), sys.argv[2], Settings.from_env())
