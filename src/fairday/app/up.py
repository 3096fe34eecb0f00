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
from fairday.app.lan import Lan, must_find
from fairday.app.processes import Child, end_leftovers, keep
from fairday.app.settings import Settings, SetUpError
from fairday.app.tls import Tls, ensure
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
    has_lan: bool = False


async def run(settings: Settings, plan: Plan, say: Say) -> None:
    """Start all, keep it running until Ctrl-C or SIGTERM, stop all. Raises: SetUpError with what to do."""
    say(f"Fairday starts. Its data is in {settings.home}")
    stop = serve.stop_on_signals()
    with _only_one(settings) as told:
        end_leftovers(settings.home / "run", say)
        settings = _with_free_port(settings, say)
        lan = _with_free_lan_ports(must_find(settings)) if plan.has_lan else None
        async with _database(settings, say) as settings:
            await _unless(stop, _prepare(settings, plan, say))
            if not stop.is_set():
                told(settings)
                await _serve(settings, plan, lan, stop, say)
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


async def _serve(settings: Settings, plan: Plan, lan: Lan | None, stop: asyncio.Event, say: Say) -> None:
    """Run the processes until `stop`: the pages first, then the worker, then the crowd."""
    tls = None if lan is None else await asyncio.to_thread(_certify, settings, lan, say)
    children = _children(settings, plan, lan, tls)
    web, *others = children
    try:
        with _step(say, f"Web: starting {settings.workers} workers on port {settings.port}"):
            web.start()
            await _until_ready(settings, web, stop)
        for child in others:
            say(f"• {_WHAT[child.name]}: starting")
            child.start()
        if not stop.is_set():
            if lan is not None:
                for child, port in zip(others[-2:], (lan.port, lan.trust_port), strict=True):
                    await _until_listening(replace(settings, host=lan.host, port=port), child, stop)
            welcome.show(settings, has_crowd=plan.has_crowd, lan=lan, tls=tls)
        broken = await keep(children, stop, say)
        if broken is not None:
            raise SetUpError(f"{broken.name} does not stay up:\n{broken.tail()}", f"Its log is {broken.log}.")
    finally:
        stop.set()
        with _step(say, "Stopping: " + ", ".join(child.name for child in reversed(children)), "stopped"):
            for child in reversed(children):
                await child.stop()


_WHAT = {
    "worker": "Worker",
    "crowd": "Crowd (a few members, clerks and merchants at play)",
    "lan": "Network: HTTPS for phones and tills",
    "trust": "Network: the page that helps to trust it",
}


def _certify(settings: Settings, lan: Lan, say: Say) -> Tls:
    """Return certificates for the network's addresses and say when phones must trust anew."""
    made = ensure(settings.home / "tls", lan.addresses, [lan.name])
    if made.is_new_ca:
        say("• Network: made a certificate authority of our own; phones trust it once")
    return made


def _children(settings: Settings, plan: Plan, lan: Lan | None, tls: Tls | None) -> list[Child]:
    run_folder, logs = settings.home / "run", settings.home / "logs"
    env = {
        "FAIRDAY_HOME": str(settings.home),
        "FAIRDAY_DATABASE_URL": settings.database_url,
        "FAIRDAY_HOST": settings.host,
        "FAIRDAY_PORT": str(settings.port),
        "FAIRDAY_WORKERS": str(settings.workers),
        "FAIRDAY_SANDBOX": "1" if settings.sandbox else "0",
        "FAIRDAY_TLS_CERT": "",
        "FAIRDAY_TLS_KEY": "",
        "FAIRDAY_ORIGINS": ",".join(_origins(settings, lan)),
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
    if lan is not None and tls is not None:
        children += _lan_children(lan, tls, [*fairday, "serve"], factory, (run_folder, logs), env)
    return children


def _lan_children(
    lan: Lan,
    tls: Tls,
    command: list[str],
    factory: list[str],
    folders: tuple[Path, Path],
    env: dict[str, str],
) -> list[Child]:
    """Return the server for the network, with one worker, and the page of the certificate, which is last."""
    run_folder, logs = folders
    network = {"FAIRDAY_HOST": lan.host, "FAIRDAY_WORKERS": "1"}
    https = {
        "FAIRDAY_PORT": str(lan.port),
        "FAIRDAY_TLS_CERT": str(tls.chain),
        "FAIRDAY_TLS_KEY": str(tls.key),
    }
    plain = {
        "FAIRDAY_PORT": str(lan.trust_port),
        "FAIRDAY_LAN_URL": f"{lan.url}/shop/",
        "FAIRDAY_LAN_NAMED_URL": f"{lan.named_url}/shop/",
    }
    trust = [*command, "--factory", "fairday.app.trust:create_app"]
    return [
        Child(
            "lan", [*command, *factory], run_folder, env | network | https, logs / "lan.log", patience_s=16
        ),
        Child("trust", trust, run_folder, env | network | plain, logs / "trust.log", patience_s=16),
    ]


def _origins(settings: Settings, lan: Lan | None) -> list[str]:
    """Return the named addresses that passkeys work on: those that were set, else localhost, and the network's name."""
    named = os.environ.get("FAIRDAY_ORIGINS")
    own = list(settings.origins) if named else [f"http://localhost:{settings.port}"]
    return own if lan is None else [*own, f"https://localhost:{lan.port}", lan.named_url]


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


def _with_free_lan_ports(lan: Lan) -> Lan:
    """Return the network's plan with the next two free ports. Raises: SetUpError."""
    for port in range(lan.port, lan.port + PORTS_TRIED):
        if all(serve.becomes_free(lan.host, one) for one in (port, port + 1)):
            return replace(lan, port=port, trust_port=port + 1)
    raise SetUpError(
        f"No two free ports from {lan.port} on {lan.host} for the network.",
        "Choose another: FAIRDAY_PORT=9000 fairday up --lan",
    )


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
    if plan.has_demo and settings.sandbox:
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


async def _until_listening(settings: Settings, child: Child, stop: asyncio.Event) -> None:
    """Wait until a server for the network takes connections. Raises: SetUpError with the end of its log."""
    deadline = time.monotonic() + READY_S
    while not stop.is_set():
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(2):
                _, writer = await asyncio.open_connection(welcome.local_host(settings), settings.port)
            writer.close()
            return
        if child.exit_code() is not None or time.monotonic() > deadline:
            raise SetUpError(f"{child.name} does not start:\n{child.tail()}", f"Its log is {child.log}.")
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
