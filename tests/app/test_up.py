"""`fairday up` starts, says where to look, keeps data, survives being killed, and leaves nothing running."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import psutil
import pytest

from fairday.app.processes import still_running

HERE = Path(__file__).parent
WAIT_S = 40.0


@pytest.fixture
def home() -> Iterator[Path]:
    """Give a home of its own; end what a failed test left running in it."""
    with tempfile.TemporaryDirectory(prefix="fairday-test-") as folder:
        os.chmod(folder, 0o711)  # root's server runs as another user
        home = (Path(folder) / "home").resolve()
        yield home
        for up in Up.running:
            up.close()
        Up.running.clear()
        for process in processes_of(home):
            process.kill()


@pytest.fixture
def port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Up:
    """Hold a running `fairday up` and what it said."""

    running: ClassVar[list["Up"]] = []

    def __init__(self, home: Path, port: int, *arguments: str, **env: str) -> None:
        variables = {"FAIRDAY_HOME": str(home), "FAIRDAY_PORT": str(port), "PYTHONPATH": str(HERE), **env}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("FAIRDAY_")}
        self.home, self.port = home, port
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "run_up.py"), *arguments],
            env={**inherited, **{name: value for name, value in variables.items() if value}},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.running.append(self)

    def close(self) -> None:
        """Let go of it whatever the test did."""
        self.process.kill()
        self.process.communicate()

    def wait_for(self, words: str) -> str:
        """Read until a line has `words`; return that line."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return line
        raise AssertionError(f"{words!r} was never said:\n{self.said}")

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal, read the rest, and return the exit code."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Read to the end and return the exit code."""
        assert self.process.stdout is not None
        self.said += self.process.stdout.read()
        return self.process.wait(WAIT_S)

    def get(self, path: str = "/") -> bytes:
        """Return the body of a page."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return bytes(answer.read())


def processes_of(home: Path) -> list[psutil.Process]:
    """Return the processes that work for this home, told by their environment or their folder."""
    found = []
    for process in psutil.process_iter(["cwd"]):
        try:
            is_child = process.environ().get("FAIRDAY_HOME") == str(home)
            if is_child or process.info["cwd"] == str(home / "postgres"):
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_until_gone(home: Path, within_s: float = 5) -> list[psutil.Process]:
    """Return what still runs for this home after a while."""
    deadline = time.monotonic() + within_s
    while (left := processes_of(home)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_starts_answers_and_leaves_nothing_running(home: Path, port: int, number: int) -> None:
    up = Up(home, port)
    assert f"http://127.0.0.1:{port}/screen" in up.wait_for("/screen")
    up.wait_for("Ctrl-C stops everything")
    assert json.loads(up.get())["pid"]
    assert up.end(number) == 0
    assert "Your data is kept" in up.said
    assert wait_until_gone(home) == []
    assert list((home / "run").glob("*.json")) == []


def test_second_start_keeps_the_data_and_is_quick(home: Path, port: int) -> None:
    first = Up(home, port)
    first.wait_for("Ctrl-C")
    assert "up to date" not in first.said
    first.end()
    began = time.monotonic()
    second = Up(home, port)
    second.wait_for("Ctrl-C")
    assert time.monotonic() - began < 20  # 2 s on an idle machine; `make bench` holds it to 8 s
    assert "up to date" in second.said
    assert second.end() == 0


def test_killed_run_blocks_nothing(home: Path, port: int) -> None:
    first = Up(home, port)
    first.wait_for("Ctrl-C")
    first.end(signal.SIGKILL)
    second = Up(home, port)
    second.wait_for("Ctrl-C")
    assert second.get()
    assert second.end() == 0
    assert wait_until_gone(home) == []


def test_stale_children_that_hang_are_ended_at_the_next_start(home: Path, port: int) -> None:
    first = Up(home, port)
    first.wait_for("Ctrl-C")
    children = [process for process in processes_of(home) if process.pid != first.process.pid]
    hanging = [process for process in children if "fairday.app.web" in process.cmdline()]
    for process in hanging:
        process.suspend()  # does not notice that its parent is gone
    first.end(signal.SIGKILL)
    time.sleep(0.5)
    second = Up(home, port)
    second.wait_for("Ctrl-C")
    assert "left by a run that crashed" in second.said
    assert still_running(hanging, 5.0) == []
    assert second.end() == 0


def test_two_at_once_in_one_home_is_told_plainly(home: Path, port: int) -> None:
    first = Up(home, port)
    first.wait_for("Ctrl-C")
    second = Up(home, port)
    assert f"http://127.0.0.1:{port}" in second.wait_for("already runs from")
    assert second.wait() == 1
    assert first.get()
    assert first.end() == 0


def test_taken_port_is_told_plainly_when_it_was_asked_for(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        up = Up(home, other.getsockname()[1])
        up.wait_for("is taken by another program")
        up.wait_for("FAIRDAY_PORT=")
        assert up.wait() == 1
    assert wait_until_gone(home) == []


def test_dead_web_worker_is_replaced_within_two_seconds(home: Path, port: int) -> None:
    up = Up(home, port)
    up.wait_for("Ctrl-C")
    pids = seen_pids(up, 2, set(), 20)
    victim = pids.pop()
    os.kill(victim, signal.SIGKILL)
    assert seen_pids(
        up, 1, pids | {victim}, 2
    )  # what comes to the dead one's queue waits, and is never refused
    assert up.end() == 0


def seen_pids(up: Up, count: int, known: set[int], within_s: float) -> set[int]:
    """Return `count` pids of web workers that are not yet known, as soon as they answered."""
    found: set[int] = set()
    deadline = time.monotonic() + within_s
    while len(found) < count:
        assert time.monotonic() < deadline, f"only {found} answered"
        found |= {json.loads(up.get())["pid"]} - known
    return found


def test_request_at_work_is_finished_and_a_stream_is_let_go_at_the_end(home: Path, port: int) -> None:
    up = Up(home, port)
    up.wait_for("Ctrl-C")

    async def story() -> tuple[bytes, bytes, float]:
        streaming, to_stream = await asyncio.open_connection("127.0.0.1", port)
        to_stream.write(b"GET /stream HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n")
        await streaming.readuntil(b"data: 1\n\n")
        slow, to_slow = await asyncio.open_connection("127.0.0.1", port)
        to_slow.write(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.sleep(0.3)
        began = time.monotonic()
        up.process.send_signal(signal.SIGTERM)
        answers = await asyncio.gather(slow.read(), streaming.read())
        to_slow.close()
        to_stream.close()
        return *answers, time.monotonic() - began

    answer, _, took_s = asyncio.run(story())
    assert answer.startswith(b"HTTP/1.1 200")
    assert took_s < 5
    assert up.end() == 0


def test_application_that_cannot_start_is_told_with_its_error(home: Path, port: int) -> None:
    up = Up(home, port, "tiny_app:create_broken_app")
    up.wait_for("not ready")
    assert up.wait() == 1
    assert "the tiny application is broken" in up.said
    assert wait_until_gone(home) == []


def test_database_that_does_not_answer_is_told_plainly(home: Path, port: int) -> None:
    up = Up(home, port, FAIRDAY_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    up.wait_for("FAIRDAY_DATABASE_URL does not answer")
    assert up.wait() == 1
