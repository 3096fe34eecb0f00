"""Run the web workers: one process each, one port for all, a dead one replaced, all drained on SIGTERM."""

import asyncio
import signal
import socket
import sys
import time
from collections.abc import Callable

from fairday.app.processes import Child, keep
from fairday.app.settings import Settings, SetUpError

FACTORY = "fairday.app.main:create_app"
BIND_S = 3.0


async def run(settings: Settings, say: Callable[[str], None] = print, factory: str = FACTORY) -> None:
    """Serve until SIGTERM or SIGINT. Raises: SetUpError when the port is taken or no worker can live."""
    sockets = _bind(settings.host, settings.port, settings.workers)
    run_folder = settings.home / "run"
    children = []
    for number, listening in enumerate(sockets, 1):
        command = [sys.executable, "-m", "fairday.app.web", str(listening.fileno()), factory]
        env = {"FAIRDAY_DATABASE_URL": settings.database_url}
        children.append(
            Child(f"web-{settings.port}-{number}", command, run_folder, env, inherit=(listening.fileno(),))
        )
    stop = stop_on_signals()
    for child in children:
        child.start()
    say(
        f"{len(children)} web workers listen on {'https' if settings.tls else 'http'}://{settings.host}:{settings.port}"
    )
    broken = await keep(children, stop, say)
    for listening in sockets:
        listening.close()
    await asyncio.gather(*(child.stop() for child in children))
    if broken is not None:
        raise SetUpError(f"The web worker {broken.name} cannot start.", "The lines above say why.")


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM, SIGINT and SIGHUP set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def is_free(host: str, port: int) -> bool:
    """Tell whether nobody listens on the port; a shared bind alone would silently join another program of ours."""
    family, address = _address(host, port)
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def becomes_free(host: str, port: int) -> bool:
    """Tell whether the port is free now or within 3 s: workers of a killed run need a moment to let go of it."""
    deadline = time.monotonic() + BIND_S
    while not is_free(host, port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _address(host: str, port: int) -> tuple[int, tuple[str, int]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise SetUpError(
            f"FAIRDAY_HOST={host!r} is no address of this machine ({error}).", "Try 127.0.0.1."
        ) from error
    return found[0], (str(found[4][0]), port)


def _bind(host: str, port: int, count: int) -> list[socket.socket]:
    """Return a socket for each worker.

    On Linux each worker has its own socket on the shared port (SO_REUSEPORT): the kernel spreads connections evenly.
    We keep a copy open, so that what comes while a worker is being replaced waits instead of being refused. Elsewhere
    the workers share one socket.
    """
    if not becomes_free(host, port):
        raise SetUpError(
            f"Port {port} on {host} is taken by another program.",
            f"Stop that program, or choose another port: FAIRDAY_PORT={port + 1 if port < 65535 else 8711}.",
        )
    family, address = _address(host, port)
    is_linux = sys.platform == "linux"
    sockets = []
    for _ in range(count if is_linux else 1):
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_linux:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listening.bind(address)
        listening.setblocking(False)
        listening.set_inheritable(True)
        sockets.append(listening)
    return sockets if is_linux else sockets * count
