"""Start everything on this machine with one command, say each step, and stop it all in reverse order."""

import asyncio
import contextlib
import fcntl
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import asyncpg

from fairday.app import postgres, serve, welcome
from fairday.app.processes import Child, end_leftovers, keep
from fairday.app.settings import Settings, SetUpError
from fairday.kernel.migrate import migrate

READY_S = 60.0
PORTS_TRIED = 20
Say = Callable[[str], None]
Seed = Callable[[str, Path], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold what `fairday up` starts besides the database; tests start less."""

    has_worker: bool = True
    has_crowd: bool = True
    has_demo: bool = True
    factory: str = serve.FACTORY


async def run(settings: Settings, plan: Plan, say: Say) -> None:
    """Start all, keep it running until Ctrl-C or SIGTERM, stop all. Raises: SetUpError with what to do."""
    say(f"Fairday starts. Its data is in {settings.home}")
    stop = serve.stop_on_signals()
    with _only_one(settings) as told:
        end_leftovers(settings.home / "run", say)
        settings = _with_free_port(settings, say)
        async with _database(settings, say) as settings:
            await _unless(stop, _prepare(settings, plan, say))
            if not stop.is_set():
                told(settings)
                await _serve(settings, plan, stop, say)
    say("Fairday has stopped. Your data is kept; `fairday up` goes on from here.")


async def _unless(stop: asyncio.Event, work: Coroutine[object, object, None]) -> None:
    """Do the work, or leave it when the person wants to stop."""
    doing, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait((doing, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if doing.done():
        await doing
        return
    doing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await doing


async def _serve(settings: Settings, plan: Plan, stop: asyncio.Event, say: Say) -> None:
    """Run the processes until `stop`: the pages first, then the worker, then the crowd."""
    children = _children(settings, plan)
    web, *others = children
    try:
        with _step(say, f"Web: starting {settings.workers} workers on port {settings.port}"):
            web.start()
            await _until_ready(settings, web, stop)
        for child in others:
            say(f"• {_WHAT[child.name]}: starting")
            child.start()
        if not stop.is_set():
            welcome.show(settings, has_crowd=plan.has_crowd)
        broken = await keep(children, stop, say)
        if broken is not None:
            raise SetUpError(f"{broken.name} does not stay up:\n{broken.tail()}", f"Its log is {broken.log}.")
    finally:
        stop.set()
        with _step(say, "Stopping: " + ", ".join(child.name for child in reversed(children)), "stopped"):
            for child in reversed(children):
                await child.stop()


_WHAT = {"worker": "Worker", "crowd": "Crowd (a few members, clerks and merchants at play)"}


def _children(settings: Settings, plan: Plan) -> list[Child]:
    run_folder, logs = settings.home / "run", settings.home / "logs"
    env = {
        "FAIRDAY_HOME": str(settings.home),
        "FAIRDAY_DATABASE_URL": settings.database_url,
        "FAIRDAY_HOST": settings.host,
        "FAIRDAY_PORT": str(settings.port),
        "FAIRDAY_WORKERS": str(settings.workers),
        "FAIRDAY_SANDBOX": "1" if settings.sandbox else "0",
        "PYTHONUNBUFFERED": "1",
    }
    fairday = [sys.executable, "-m", "fairday"]
    factory = [] if plan.factory == serve.FACTORY else ["--factory", plan.factory]
    children = [Child("web", [*fairday, "serve", *factory], run_folder, env, logs / "web.log", patience_s=16)]
    if plan.has_worker:
        children.append(Child("worker", [*fairday, "worker"], run_folder, env, logs / "worker.log"))
    if plan.has_crowd:
        crowd = [*fairday, "simulate", "--gentle", "--forever", "--url", welcome.local_url(settings)]
        children.append(
            Child("crowd", crowd, run_folder, env, logs / "crowd.log", patience_s=5, is_optional=True)
        )
    return children


@contextmanager
def _step(say: Say, doing: str, done: str = "ready") -> Iterator[None]:
    say(f"• {doing}")
    began = time.monotonic()
    yield
    say(f"  {done} in {time.monotonic() - began:.1f} s")


@contextmanager
def _only_one(settings: Settings) -> Iterator[Callable[[Settings], None]]:
    """Hold the lock of `home`; gives a function that notes where this Fairday can be reached."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("run", "logs"):
        (settings.home / name).mkdir(exist_ok=True)
    with (settings.home / "run" / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise SetUpError(
                f"Fairday already runs from {settings.home}: {lock.read().strip() or 'it is just starting'}.",
                "Use that one, stop it with Ctrl-C, or start another with FAIRDAY_HOME=/another/folder.",
            ) from None
        lock.truncate(0)

        def told(reachable: Settings) -> None:
            lock.write(f"process {os.getpid()}, {welcome.local_url(reachable)}")
            lock.flush()

        yield told
        lock.truncate(0)


def _with_free_port(settings: Settings, say: Say) -> Settings:
    """Return settings with a port nobody uses: the asked one, or a neighbour of the default one."""
    if serve.becomes_free(settings.host, settings.port):
        return settings
    # A supervisor that died meanwhile may have left its workers behind only now.
    if end_leftovers(settings.home / "run", say) and serve.becomes_free(settings.host, settings.port):
        return settings
    taken = f"Port {settings.port} on {settings.host} is taken by another program."
    if settings.port_is_default:
        for port in range(settings.port + 1, settings.port + 1 + PORTS_TRIED):
            if serve.is_free(settings.host, port):
                say(f"  {taken} Using {port} instead.")
                return replace(settings, port=port)
    raise SetUpError(taken, "Stop that program, or choose another port: FAIRDAY_PORT=9000 fairday up")


@asynccontextmanager
async def _database(settings: Settings, say: Say) -> AsyncIterator[Settings]:
    """Give settings with the database's address, and stop the database in the end when it is ours."""
    if settings.external_url is not None:
        say("• Database: the one of FAIRDAY_DATABASE_URL")
        await _check_reachable(settings.external_url)
        yield settings
        return
    with _step(say, f"Database: starting PostgreSQL 18 in {settings.home / 'postgres'}"):
        server = await asyncio.to_thread(postgres.ensure_running, settings.home, say)
    try:
        yield replace(settings, external_url=server.url)
    finally:
        with _step(say, "Stopping: database", "stopped"):
            await asyncio.to_thread(server.stop)


async def _check_reachable(url: str) -> None:
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, ValueError) as error:
        raise SetUpError(
            f"FAIRDAY_DATABASE_URL does not answer: {error or type(error).__name__}",
            "Check the address, the user and the password; or unset it to use the embedded PostgreSQL.",
        ) from error
    version = connection.get_server_version()
    await connection.close()
    if version.major < 15:
        raise SetUpError(
            f"That is PostgreSQL {version.major}; Fairday needs 15 or newer.", "Name a newer server."
        )


async def _prepare(settings: Settings, plan: Plan, say: Say) -> None:
    """Bring the schema up to date and load the demo city into an empty database."""
    with _step(say, "Schema: applying migrations"):
        try:
            applied = await migrate(settings.database_url)
        except RuntimeError as error:  # a migration that already ran was edited
            raise SetUpError(
                str(error), "Undo the edit; on a developer's machine a new FAIRDAY_HOME does too."
            ) from error
        say(f"  {len(applied)} applied now" if applied else "  up to date")
    if plan.has_demo and settings.sandbox:  # its passwords are no secret
        seed: Seed = import_module("fairday.app.demo").seed
        await _seed_once(settings, seed, say)


async def _seed_once(settings: Settings, seed: Seed, say: Say) -> None:
    """Load the demo city when the database is empty.

    A note beside the data tells a later start that loading was cut off; half a city is thrown away, but only in our
    own server: a database of someone else's is never emptied.
    """
    loading = settings.home / "run" / "demo-city.loading"
    is_ours = settings.database_url == postgres.running_url(settings.home)
    if loading.exists() and is_ours:
        say(
            "  The last start was cut off while it loaded the demo city: beginning again with an empty database."
        )
        await postgres.recreate(settings.database_url)
        await migrate(settings.database_url)
    if not await _is_empty(settings.database_url):
        loading.unlink(missing_ok=True)
        return
    with _step(say, "Demo city: malls, stores, goods, members and a festival; only the first time"):
        if is_ours:
            loading.touch()
        await seed(settings.database_url, settings.home)
        loading.unlink(missing_ok=True)


async def _is_empty(url: str) -> bool:
    """Tell whether there is no festival yet."""
    connection = await asyncpg.connect(url)
    try:
        return not await connection.fetchval("SELECT EXISTS (SELECT FROM festivals.festival)")
    finally:
        await connection.close()


async def _until_ready(settings: Settings, web: Child, stop: asyncio.Event) -> None:
    """Wait for `/readyz`. Raises: SetUpError with the end of the log when the web workers die or stay unready."""
    host = welcome.local_host(settings)
    deadline = time.monotonic() + READY_S
    said = ""
    while not stop.is_set():
        if web.exit_code() is not None or time.monotonic() > deadline:
            tail = web.tail()
            raise SetUpError(f"The web workers are not ready. {said}\n{tail}", f"Their log is {web.log}.")
        status, said = await _get(host, settings.port, "/readyz")
        if status == 200:
            return
        await asyncio.sleep(0.05)


async def _get(host: str, port: int, path: str) -> tuple[int, str]:
    """Return status and body of a small GET; status 0 when nobody answers."""
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET {path} HTTP/1.0\r\nhost: {host}\r\n\r\n".encode())
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
            finally:
                writer.close()
        return int(head.split()[1]), body.decode(errors="replace")
    except (OSError, TimeoutError, IndexError, ValueError):
        return 0, ""
