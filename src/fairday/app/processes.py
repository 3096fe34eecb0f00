"""Start, watch, restart and end child processes: by pid and start time, never by name.

Three nets catch a crash. A *lifeline*: each child holds the read end of a pipe whose other end only its parent has,
and ends itself when that closes. A *record* in `home/run` by which the next start finds and ends what still runs.
And a restart of a child that died, at once and then with growing pauses.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

LIFELINE = "FAIRDAY_LIFELINE_FD"
STEADY_S = 10.0  # who lived so long is healthy: its next death starts the pauses anew
DEATHS_MAX = 3  # of a child that never stayed up: it cannot live
PAUSES_S = (0.0, 0.25, 0.5, 1.0, 1.5)
LOG_MAX = 10_000_000

_lifeline: tuple[int, int] | None = None


def watch_lifeline() -> None:
    """End this process as SIGTERM does when its parent dies; call early in a child's main."""
    number = os.environ.pop(LIFELINE, None)
    if number is None:
        return

    def wait() -> None:
        try:
            os.read(int(number), 1)
        except OSError:
            return
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


@dataclass
class Child:
    """Keep one child process; `run` is the folder of records, `log` where its output goes (None: to ours)."""

    name: str
    command: Sequence[str]
    run: Path
    env: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    inherit: tuple[int, ...] = ()
    patience_s: float = 14.0
    is_optional: bool = False
    deaths: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    due_at: float = 0.0

    def start(self) -> None:
        """Start the process in a session of its own (the terminal's Ctrl-C reaches only us) and record it."""
        global _lifeline  # noqa: PLW0603 - one pipe for all children, closed by the death of this process
        if _lifeline is None:
            _lifeline = os.pipe()
        out = self._open_log()
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own words only
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **self.env, LIFELINE: str(_lifeline[0])},
                pass_fds=(_lifeline[0], *self.inherit),
                start_new_session=True,
            )
        finally:
            if out is not None:
                os.close(out)
        self.started_at = time.monotonic()
        _write_record(self._record, self.name, self.process.pid)

    def exit_code(self) -> int | None:
        """Return how it ended, or None while it runs."""
        return None if self.process is None else self.process.poll()

    def tail(self, lines: int = 15) -> str:
        """Return the last lines of its log, for a person who must find out why it died."""
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def signal(self, number: int) -> None:
        """Send a signal when it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    async def stop(self, patience_s: float | None = None) -> None:
        """End it with SIGTERM, and with SIGKILL when it has not gone after its patience."""
        self.signal(signal.SIGTERM)
        deadline = time.monotonic() + (self.patience_s if patience_s is None else patience_s)
        while self.process is not None and self.process.poll() is None:
            if time.monotonic() > deadline:
                self.process.kill()
            await asyncio.sleep(0.02)
        self._record.unlink(missing_ok=True)

    @property
    def _record(self) -> Path:
        return self.run / f"{self.name}.{os.getpid()}.json"

    def _open_log(self) -> int | None:
        if self.log is None:
            return None
        if self.log.exists() and self.log.stat().st_size > LOG_MAX:
            self.log.replace(self.log.with_name(self.log.name + ".1"))
        return os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


async def keep(children: Sequence[Child], stop: asyncio.Event, say: Callable[[str], None]) -> Child | None:
    """Restart children that die until `stop` is set.

    Returns the child that cannot live (it died three times and never stayed up), None after `stop`. An optional one
    is left out instead.
    """
    steady: set[str] = set()
    kept = list(children)
    while not stop.is_set():
        now = time.monotonic()
        for child in list(kept):
            if child.due_at:
                if now >= child.due_at:
                    child.due_at = 0.0
                    child.start()
                continue
            if now - child.started_at > STEADY_S:
                steady.add(child.name)
                child.deaths = 0
            code = child.exit_code()
            if code is None:
                continue
            child.deaths += 1
            if child.deaths >= DEATHS_MAX and child.name not in steady:
                if not child.is_optional:
                    return child
                say(f"{child.name} does not stay up and is left out; its log is {child.log}")
                kept.remove(child)
                continue
            pause_s = PAUSES_S[min(child.deaths, len(PAUSES_S)) - 1]
            child.due_at = now + pause_s
            say(
                f"{child.name} ended ({_how(code)}); starting it again"
                + (f" in {pause_s} s" if pause_s else "")
            )
        try:
            await asyncio.wait_for(stop.wait(), 0.1)
        except TimeoutError:
            continue
    return None


def end_leftovers(run: Path, say: Callable[[str], None], patience_s: float = 3.0) -> int:
    """End recorded children whose parent died, and return how many; a pid that is a stranger's now is left alone."""
    count = 0
    while leftovers := _orphans(run):  # ending one may orphan its own children
        for name, process in leftovers:
            say(f"  Ending {name} (process {process.pid}), left by a run that crashed.")
            _signal(process, signal.SIGTERM)
        stubborn = still_running([process for _, process in leftovers], patience_s)
        for process in stubborn:
            _signal(process, signal.SIGKILL)
        still_running(stubborn, patience_s)
        count += len(leftovers)
    return count


def still_running(processes: Sequence[psutil.Process], within_s: float) -> list[psutil.Process]:
    """Wait until all have ended and return those that have not.

    A zombie has ended: an orphan's new parent may take its time to bury it (psutil's own wait would wait for that).
    """
    deadline = time.monotonic() + within_s
    left = list(processes)
    while left := [process for process in left if _runs(process)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    return left


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _orphans(run: Path) -> list[tuple[str, psutil.Process]]:
    """Return the live children of dead parents and forget their records."""
    found = []
    for path in sorted(run.glob("*.json")):
        record = _read_record(path)
        if record is None or _alive(record.get("parent")) is not None:
            continue
        process = _alive(record.get("child"))
        if process is not None:
            found.append((str(record["name"]), process))
        path.unlink(missing_ok=True)
    return found


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _identity(pid: int) -> dict[str, Any]:
    process = psutil.Process(pid)
    return {"pid": pid, "created_at": process.create_time(), "command": process.cmdline()}


def _write_record(path: Path, name: str, pid: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        child = _identity(pid)
    except psutil.Error:  # it died at once: `keep` will notice
        return
    making = path.with_suffix(".making")
    making.write_text(json.dumps({"name": name, "child": child, "parent": _identity(os.getpid())}))
    making.replace(path)


def _read_record(path: Path) -> dict[str, Any] | None:
    try:
        record = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and "child" in record else None


def _alive(identity: dict[str, Any] | None) -> psutil.Process | None:
    """Return the process when it is still the one recorded, told by its start time and its command line."""
    try:
        assert identity is not None
        process = psutil.Process(int(identity["pid"]))
        is_same = abs(process.create_time() - identity["created_at"]) < 2
        if is_same and process.status() != psutil.STATUS_ZOMBIE and process.cmdline() == identity["command"]:
            return process
    except (psutil.Error, KeyError, ValueError, AssertionError):
        pass
    return None


def _signal(process: psutil.Process, number: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)
