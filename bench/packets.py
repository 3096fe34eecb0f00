"""Grab a red packet over HTTP: one packet of 100,000 shares, and one that is all gone, beside the raw echo of the same server."""

import uuid

from bench import cpu, load, stage
from bench.claims import CROWD, FEW, _warm, measured, members
from bench.results import Row

GRABS = 10_000
SHARES = 100_000
RUNS = 3
"""Each on a packet of its own: nobody grabs twice."""


def measure() -> list[Row]:
    """Measure echo, grabs, refusals of a packet that is gone, and echo again, with the same connections and warm sessions."""
    with (
        stage.database() as url,
        stage.web(url) as port,
        stage.web(url, "bench.echo:create_app") as echo_port,
    ):
        operator = stage.operator(url, port)
        tokens = members(port, operator, GRABS)
        _fund(port, operator, 200 * SHARES * 4 * RUNS)
        rows: list[Row] = []
        for connections, suffix in ((CROWD, ""), (FEW, "_64")):
            meters = cpu.Meter(url, port), cpu.Meter(url, echo_port)
            wide = [packet(port, operator, SHARES) for _ in range(RUNS)]
            gone = [_emptied(port, operator, tokens) for _ in range(RUNS)]
            echo, echo_cpu = _runs(meters[1], echo_port, tokens, wide, connections)
            _warm(port, tokens)
            grab_run, grab_cpu = _runs(meters[0], port, tokens, wide, connections)
            _warm(port, tokens)
            gone_run, gone_cpu = _runs(meters[0], port, tokens[1:], gone, connections)
            again, _ = _runs(meters[1], echo_port, tokens, wide, connections)
            limit = (echo.per_second + again.per_second) / 2
            assert set(grab_run.statuses) == {201}, (grab_run.statuses, grab_run.sample)
            assert set(gone_run.statuses) == {409}, (gone_run.statuses, gone_run.sample)
            assert b"packet_all_gone" in gone_run.sample[409]
            rows += [
                _row(f"packet_grab_http{suffix}", grab_run, limit, connections, grab_cpu, echo_cpu),
                _row(f"packet_gone_http{suffix}", gone_run, limit, connections, gone_cpu, echo_cpu),
            ]
    return rows


def _fund(port: int, operator: str, amount_minor: int) -> None:
    path = "/ledger/campaign-budgets/bench/allotments"
    stage.call(port, "POST", path, {"amount_minor": amount_minor}, operator)


def packet(port: int, operator: str, shares: int) -> str:
    """Return the id of a lucky packet of the campaign, of two yuan a share on average."""
    body = {"total_minor": 200 * shares, "shares_count": shares, "mode": "lucky", "budget": "bench"}
    made: str = stage.call(port, "POST", "/red-packets", body, operator)["packet_id"]
    return made


def _emptied(port: int, operator: str, tokens: list[str]) -> str:
    """Return a packet whose only share the first member has."""
    made = packet(port, operator, 1)
    stage.call(port, "POST", f"/red-packets/{made}/grabs", None, tokens[0])
    return made


def grabs(tokens: list[str], packet_id: str) -> list[bytes]:
    """Build a grab of each member."""
    path = f"/v1/red-packets/{packet_id}/grabs"
    return [load.request("POST", path, token=token, key=uuid.uuid4().hex) for token in tokens]


def _runs(
    meter: cpu.Meter, port: int, tokens: list[str], packets: list[str], connections: int
) -> tuple[load.Result, cpu.Split]:
    """Let every member grab once in each of several runs and return the sum of what was measured."""
    return measured(meter, port, [grabs(tokens, one) for one in packets], connections)


def _row(
    name: str, run: load.Result, limit: float, connections: int, split: cpu.Split, echo: cpu.Split
) -> Row:
    return Row(
        name,
        round(sum(run.statuses.values()) / run.seconds, 1),
        "answers/s",
        "raw echo",
        round(limit, 1),
        f"p99 {run.quantile_ms(0.99):.1f} ms at {connections} connections, as the echo; {split}; echo {echo.whole:.0f}",
    )
