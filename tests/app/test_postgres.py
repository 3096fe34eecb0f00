"""The embedded PostgreSQL starts, is as durable as we promise, and comes back after every kind of crash."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from fairday.app import postgres
from fairday.app.settings import Settings, SetUpError


@pytest.fixture
def home() -> Iterator[Path]:
    """Give a short-lived home and leave no server behind."""
    with tempfile.TemporaryDirectory(prefix="fairday-test-") as folder:
        os.chmod(folder, 0o711)  # root's server runs as another user
        home = Path(folder) / "home"
        yield home
        end(home)


def end(home: Path) -> None:
    """Stop whatever server still runs in `home`."""
    data = (home / "postgres").resolve()
    for process in psutil.process_iter(["cwd"]):
        if process.info["cwd"] == str(data):
            process.kill()


def quiet(_: str) -> None:
    """Say nothing."""


async def ask(url: str, sql: str) -> list[str]:
    """Return the first row's values as text."""
    connection = await asyncpg.connect(url)
    try:
        return [str(value) for value in await connection.fetchrow(sql) or ()]
    finally:
        await connection.close()


async def test_it_is_durable_private_and_speaks_utf8(home: Path) -> None:
    began = time.monotonic()
    server = postgres.ensure_running(home, quiet)
    assert time.monotonic() - began < 10  # 0.6 s on an idle machine
    sql = "SELECT " + ", ".join(
        f"current_setting('{name}')"
        for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums", "listen_addresses")
    )
    assert await ask(server.url, sql) == ["on", "on", "on", "on", ""]
    sql = "SELECT datlocprovider::text, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'fairday'"
    assert await ask(server.url, sql) == ["b", "C.UTF-8", "UTF8"]
    assert (home / "run" / "postgres").stat().st_mode & 0o077 == 0
    assert b"ready to accept connections" in (home / "logs" / "postgres.log").read_bytes()


async def test_second_start_attaches_and_third_keeps_the_data(home: Path) -> None:
    first = postgres.ensure_running(home, quiet)
    await ask(first.url, "CREATE TABLE kept AS SELECT 7 AS n")
    second = postgres.ensure_running(home, quiet)
    assert (second.attached, second.pid, second.url) == (True, first.pid, first.url)
    second.stop()
    assert postgres.running_url(home) is None
    third = postgres.ensure_running(home, quiet)
    assert not third.attached
    assert await ask(third.url, "SELECT n FROM kept") == ["7"]
    first.stop()  # names a server that is gone: does nothing to the one of now
    assert postgres.running_url(home) == third.url


def _wait_for_end(pid: int) -> None:
    """Wait until a killed process is gone: on a busy machine it lives on for a moment."""
    with contextlib.suppress(psutil.NoSuchProcess):
        while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)


async def test_killed_server_is_started_again_with_what_was_committed(home: Path) -> None:
    server = postgres.ensure_running(home, quiet)
    await ask(server.url, "CREATE TABLE kept AS SELECT 7 AS n")
    connection = await asyncpg.connect(server.url)
    busy = asyncio.create_task(connection.execute("SELECT count(*) FROM generate_series(1, 10^10::bigint)"))
    await asyncio.sleep(0.2)  # a backend at work outlives its postmaster
    os.kill(server.pid, signal.SIGKILL)
    await asyncio.to_thread(_wait_for_end, server.pid)
    again = await asyncio.to_thread(postgres.ensure_running, home, quiet)
    assert not again.attached
    assert await ask(again.url, "SELECT n FROM kept") == ["7"]
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await busy


def test_pid_file_that_names_a_stranger_does_not_block(home: Path) -> None:
    postgres.ensure_running(home, quiet).stop()
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        lines = f"{stranger.pid}\n{home}/postgres\n1\n5432\n{home}/run/postgres\n\n1 1\nready\n"
        (home / "postgres" / "postmaster.pid").write_text(lines)
        try:
            assert postgres.running_url(home) is None
            assert not postgres.ensure_running(home, quiet).attached
            assert stranger.poll() is None
        finally:
            stranger.kill()


async def test_first_start_that_was_cut_off_begins_again(home: Path) -> None:
    (home / "postgres.making" / "base").mkdir(parents=True)
    assert await ask(postgres.ensure_running(home, quiet).url, "SELECT 1") == ["1"]
    assert not (home / "postgres.making").exists()


async def test_server_with_other_settings_is_restarted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = postgres.ensure_running(home, quiet)
    monkeypatch.setitem(postgres.SETTINGS, "max_connections", "30")
    second = postgres.ensure_running(home, quiet)
    assert not second.attached
    assert second.pid != first.pid
    assert await ask(second.url, "SELECT current_setting('max_connections')") == ["30"]


def test_starter_killed_server_lives_and_is_attached(home: Path) -> None:
    code = f"from fairday.app import postgres; from pathlib import Path; postgres.ensure_running(Path({str(home)!r}));"
    starter = subprocess.Popen(
        [sys.executable, "-c", code + "print('up', flush=True); import time; time.sleep(60)"],
        stdout=subprocess.PIPE,
    )
    assert starter.stdout is not None
    while b"up" not in starter.stdout.readline():
        pass
    starter.kill()
    starter.wait()
    starter.stdout.close()
    assert postgres.ensure_running(home, quiet).attached


def test_many_processes_may_start_it_at_once(home: Path) -> None:
    code = f"from fairday.app import postgres; from pathlib import Path; s = postgres.ensure_running(Path({str(home)!r}));"
    starters = [
        subprocess.Popen([sys.executable, "-c", code + "print(s.pid)"], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    pids = {starter.communicate(timeout=60)[0].split()[-1] for starter in starters}
    assert len(pids) == 1


async def test_long_path_and_blanks_are_no_obstacle(home: Path) -> None:
    far = home / ("a long folder name " * 5) / "b"
    far.parent.mkdir(parents=True)
    server = postgres.ensure_running(far, quiet)
    try:
        assert await ask(server.url, "SELECT 1") == ["1"]
    finally:
        end(far)


def test_foreign_folder_and_other_version_are_refused_with_a_way_out(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    (home / "postgres" / "letters.txt").write_text("dear aunt")
    with pytest.raises(SetUpError, match="Move that folder away"):
        postgres.ensure_running(home, quiet)
    (home / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(SetUpError, match="made by PostgreSQL 14"):
        postgres.ensure_running(home, quiet)
    assert (home / "postgres" / "letters.txt").read_text() == "dear aunt"


def test_start_that_fails_shows_the_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgres.SETTINGS, "shared_buffers", "a lot")
    with pytest.raises(SetUpError, match="shared_buffers"):
        postgres.ensure_running(home, quiet)


async def test_found_names_the_running_server_only_when_none_was_set(home: Path) -> None:
    settings = Settings.from_env({"FAIRDAY_HOME": str(home)})
    with pytest.raises(SetUpError, match="fairday up"):
        _ = postgres.found(settings).database_url
    server = postgres.ensure_running(home, quiet)
    assert postgres.found(settings).database_url == server.url
    named = Settings.from_env({"FAIRDAY_HOME": str(home), "FAIRDAY_DATABASE_URL": "postgresql://db/x"})
    assert postgres.found(named).database_url == "postgresql://db/x"


async def test_recreate_empties_our_database(home: Path) -> None:
    server = postgres.ensure_running(home, quiet)
    await ask(server.url, "CREATE TABLE gone AS SELECT 7 AS n")
    await postgres.recreate(server.url)
    assert await ask(server.url, "SELECT to_regclass('gone')") == ["None"]
