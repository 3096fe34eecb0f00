"""Count what the crowd met: how long each kind of request and act took, refusals by code, and what must not happen."""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

KEPT_MAX = 200_000
"""Times kept of one kind; of longer runs the last ones are shown."""
OUR_FAULT = frozenset(
    {"bad_json", "bad_input", "idempotency_key_required", "wrong_media_type", "not_allowed"}
)
"""Refusals that only a crowd with a bug of its own meets."""


class Tally:
    """Hold counts and times in seconds."""

    def __init__(self) -> None:
        self.requests: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=KEPT_MAX))
        self.acts: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=KEPT_MAX))
        self.act_count: Counter[str] = Counter()
        self.request_count: Counter[str] = Counter()
        self.refusals: Counter[tuple[str, str]] = Counter()
        self.unexpected: Counter[str] = Counter()
        self.begun_at = time.monotonic()

    def request(self, name: str, took_s: float, status: int, code: str | None) -> None:
        """Note one answer; `code` is the refusal's, None when it was granted."""
        self.requests[name].append(took_s)
        self.request_count[name] += 1
        if code is None:
            return
        self.refusals[name, code] += 1
        # 503 is how a full house says "later"; any other 5xx, or a request of ours that nobody could read, is a bug.
        if (status >= 500 and status != 503) or code in OUR_FAULT:
            self.unexpected[f"{name}: {status} {code}"] += 1

    def lost(self, name: str, why: str) -> None:
        """Note a request without an answer."""
        self.request_count[name] += 1
        self.unexpected[f"{name}: {why}"] += 1

    def act(self, name: str, took_s: float) -> None:
        """Note an act, from when it was due until it was over: waiting for a free place counts."""
        self.acts[name].append(took_s)
        self.act_count[name] += 1

    def broken(self, name: str, error: Exception) -> None:
        """Note an act that ended in an error of the crowd itself."""
        self.unexpected[f"{name}: {error!r}"] += 1

    @property
    def done(self) -> int:
        """Return how many acts are over."""
        return self.act_count.total()

    def show(self, console: Console) -> None:
        """Print the tables."""
        took_s = max(time.monotonic() - self.begun_at, 0.001)
        console.print(_times("What people did", self.acts, self.act_count, took_s))
        console.print(_times("What was asked over HTTP", self.requests, self.request_count, took_s))
        if self.refusals:
            table = Table(title="Refusals", title_justify="left", box=None, padding=(0, 2, 0, 0))
            for name, justify in (("code", "left"), ("asked", "left"), ("count", "right")):
                table.add_column(name, justify="right" if justify == "right" else "left")
            for (name, code), count in self.refusals.most_common():
                table.add_row(code, name, f"{count:,}")
            console.print(table)
        console.print(
            f"{self.done:,} acts, {self.request_count.total():,} requests in {took_s:.1f} s:"
            f" {self.done / took_s:,.0f} acts/s, {self.request_count.total() / took_s:,.0f} requests/s,"
            f" {self.refusals.total():,} refused."
        )
        for what, count in self.unexpected.most_common(20):
            console.print(f"[red]Unexpected:[/] {what} ({count:,} times)")


def percentile(times: Sequence[float], share: float) -> float:
    """Return the time below which `share` of `times` (sorted) lie, by the nearest rank; 0 for none."""
    if not times:
        return 0.0
    return times[min(len(times) - 1, max(0, -(-int(share * 1000) * len(times) // 1000) - 1))]


def _times(title: str, times: dict[str, deque[float]], counts: Counter[str], took_s: float) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("")
    for name in ("count", "per s", "p50 ms", "p95 ms", "p99 ms", "max ms"):
        table.add_column(name, justify="right")
    for name in sorted(times, key=lambda key: -counts[key]):
        ordered = sorted(times[name])
        cells = [percentile(ordered, share) for share in (0.5, 0.95, 0.99)] + [ordered[-1]]
        table.add_row(
            name,
            f"{counts[name]:,}",
            f"{counts[name] / took_s:,.1f}",
            *(f"{cell * 1000:,.1f}" for cell in cells),
        )
    return table
