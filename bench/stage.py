"""Set the stage of a benchmark: a fresh embedded PostgreSQL, two web workers as separate processes, an operator."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fairday.app import postgres
from fairday.identity import service as identity
from fairday.kernel.migrate import migrate
from fairday.kernel.tx import Database

WORKERS = 2
BULK = 1000
"""Most members or top-ups of one sandbox request."""


@contextmanager
def database() -> Iterator[str]:
    """Yield the URL of a fresh, migrated database; everything is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="fairday-bench-", ignore_cleanup_errors=True) as home:
        server = postgres.ensure_running(Path(home))
        try:
            asyncio.run(migrate(server.url))
            yield server.url
        finally:
            server.stop()


@contextmanager
def web(url: str, factory: str | None = None, home: Path | None = None) -> Iterator[int]:
    """Yield the port of a running server with two web workers; the port is one that was free. `home` holds a demo's files."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="fairday-bench-", ignore_cleanup_errors=True) as own_home:
        environment = os.environ | {
            "FAIRDAY_DATABASE_URL": url, "FAIRDAY_PORT": str(port), "FAIRDAY_WORKERS": str(WORKERS), "FAIRDAY_SANDBOX": "1",
            "FAIRDAY_LOG": "WARNING", "FAIRDAY_HOME": str(home or own_home), "PYTHONPATH": os.pathsep.join([str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")]),
        }  # fmt: skip
        command = [sys.executable, "-m", "fairday", "serve", *(["--factory", factory] if factory else [])]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            _wait(port, "/" if factory else "/readyz")
            yield port
        finally:
            process.terminate()
            process.wait(20)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(port: int, path: str) -> None:
    ends = time.monotonic() + 40
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}")


def call(port: int, method: str, path: str, body: Any = None, token: str = "") -> Any:
    """Call the API once and return its document."""
    headers = {"content-type": "application/json", "idempotency-key": uuid.uuid4().hex}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()[:500]}") from None


def operator(url: str, port: int) -> str:
    """Return the token of a new operator."""
    login, password = f"op-{uuid.uuid4().hex[:10]}", uuid.uuid4().hex

    async def make() -> None:
        database = await Database.connect(url, size=1)
        async with database.transaction() as (tx, now):
            await identity.bootstrap_operator(tx, login, password, now)
        await database.close()

    asyncio.run(make())
    token: str = call(port, "POST", "/sessions", {"login": login, "password": password})["token"]
    return token
