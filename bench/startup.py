"""Time `make run` from a fresh clone with a fresh HOME and a warm package cache, a second start, and the memory of it all."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

from bench.results import Row

ROOT = Path(__file__).resolve().parents[1]
PORT = 18_722
SETTLE_S = 30


def measure() -> list[Row]:
    """Measure first start, second start and resident memory of every process of the demo with its crowd."""
    with tempfile.TemporaryDirectory(prefix="fairday-start-", ignore_cleanup_errors=True) as folder:
        clone, home = Path(folder) / "fairday", Path(folder) / "home"
        home.mkdir()
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        caches = {"UV_CACHE_DIR": _uv_cache(), "npm_config_cache": str(Path("~/.npm").expanduser())}
        environment = {
            **os.environ,
            "HOME": str(home),
            "FAIRDAY_HOME": str(home / "fairday"),
            "FAIRDAY_PORT": str(PORT),
            **caches,
        }
        first_s, _ = _start(clone, environment, SETTLE_S)
        second_s, rss_mb = _start(clone, environment, SETTLE_S)
    return [
        Row("run_first_s", round(first_s, 1), "s", "asked for", 180.0),
        Row("run_second_s", round(second_s, 1), "s", "asked for", 8.0),
        Row("run_rss_mb", round(rss_mb), "MB", "asked for", 1200.0, "proportional set size of all processes"),
    ]


def _uv_cache() -> str:
    return os.environ.get("UV_CACHE_DIR") or str(Path("~/.cache/uv").expanduser())


def _start(clone: Path, environment: dict[str, str], settle_s: float) -> tuple[float, float]:
    said = clone.parent / "said.log"
    started = time.perf_counter()
    with said.open("wb") as out:
        process = subprocess.Popen(
            ["make", "run"], cwd=clone, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        while not _answers():
            if process.poll() is not None:
                sys.exit("make run ended:\n" + said.read_text(errors="replace")[-3000:])
            assert time.perf_counter() - started < 400, "make run took too long"
            time.sleep(0.1)
        seconds = time.perf_counter() - started
        time.sleep(settle_s)
        return seconds, _memory_mb(process.pid, Path(environment["FAIRDAY_HOME"]))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)


def _answers() -> bool:
    try:
        with (
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=1),
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/screen", timeout=1) as page,
        ):
            return bool(page.status == 200)
    except OSError:
        return False


def _memory_mb(pid: int, home: Path) -> float:
    """Return the proportional memory of the process tree and of the embedded PostgreSQL, shared pages counted once."""
    processes = psutil.Process(pid).children(recursive=True)
    for lock in home.rglob("postmaster.pid"):
        postmaster = psutil.Process(int(lock.read_text().splitlines()[0]))
        processes += [postmaster, *postmaster.children(recursive=True)]
    total_kb = 0
    for process in set(processes):
        try:
            text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        total_kb += int(found[1]) if found else 0
    return total_kb / 1024
