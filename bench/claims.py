"""Claim coupons over HTTP: all on one hot coupon, and spread over 1,000, beside the raw echo of the same server."""

import gc
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import cpu, load, stage
from bench.results import Row

CLAIMS = 10_000
RUNS = 3
"""So few that all sessions are still warm (a worker keeps them a minute), and often enough to be more than a blink."""

WARM_ROUNDS = 10
"""A member's connection may reach either worker; after ten, one session in a thousand is still unknown to one of them."""

SPREAD = 1_000
CROWD = 512
FEW = 64
"""Connections: a crowd on one hot coupon is hundreds of people at least; 64 is measured too, for comparison with other rows."""


def measure() -> list[Row]:
    """Measure echo, hot, spread and echo again, each with the same connections; the sessions are warm."""
    with (
        stage.database() as url,
        stage.web(url) as port,
        stage.web(url, "bench.echo:create_app") as echo_port,
    ):
        operator = stage.operator(url, port)
        tokens = members(port, operator, CLAIMS)
        spread = [coupon(port, operator, f"spread {n}") for n in range(SPREAD)]
        rows: list[Row] = []
        for connections, suffix in ((CROWD, ""), (FEW, "_64")):
            meters = cpu.Meter(url, port), cpu.Meter(url, echo_port)
            hot = [[coupon(port, operator, f"hot {n}")] for n in range(RUNS)]
            # Turned each time, so that nobody claims the same coupon twice.
            wide = [[*spread[n:], *spread[:n]] for n in range(RUNS)]
            spread = [*spread[RUNS:], *spread[:RUNS]]
            echo, echo_cpu = _runs(meters[1], echo_port, tokens, hot, connections)
            _warm(port, tokens)
            hot_run, hot_cpu = _runs(meters[0], port, tokens, hot, connections)
            _warm(port, tokens)
            wide_run, wide_cpu = _runs(meters[0], port, tokens, wide, connections)
            again, _ = _runs(meters[1], echo_port, tokens, hot, connections)
            limit = (echo.per_second + again.per_second) / 2
            rows += [
                _row(f"claims_http_hot{suffix}", hot_run, limit, connections, hot_cpu, echo_cpu),
                _row(f"claims_http_spread{suffix}", wide_run, limit, connections, wide_cpu, echo_cpu),
            ]
    return rows


def _runs(
    meter: cpu.Meter, port: int, tokens: list[str], coupons: list[list[str]], connections: int
) -> tuple[load.Result, cpu.Split]:
    """Let every member claim once in each of several runs and return the sum of what was measured."""
    return measured(meter, port, [claims(tokens, some) for some in coupons], connections)


def measured(
    meter: cpu.Meter, port: int, prepared: list[list[bytes]], connections: int
) -> tuple[load.Result, cpu.Split]:
    """Send prepared requests run after run; return the sum of what was measured, and the CPU of one request."""
    whole = load.Result()
    gc.collect()
    meter.start()
    for requests in prepared:
        one = load.run(port, requests, connections=connections)
        whole.seconds += one.seconds
        whole.statuses += one.statuses
        whole.latencies_s += one.latencies_s
        whole.sample |= one.sample
    return whole, meter.split(sum(len(requests) for requests in prepared))


def members(port: int, operator: str, count: int) -> list[str]:
    """Return the tokens of `count` new members."""
    tokens: list[str] = []
    for start in range(0, count, stage.BULK):
        size = min(stage.BULK, count - start)
        made = stage.call(port, "POST", "/sandbox/members", {"count": size}, operator)
        tokens += [member["token"] for member in made["items"]]
    return tokens


def coupon(port: int, operator: str, name: str, **terms: Any) -> str:
    """Return the id of a live coupon of the platform, large enough for the whole run."""
    today = datetime.now(UTC)
    draft: dict[str, Any] = {
        "kind": "fixed", "currency": "CNY", "name": name, "name_en": name, "amount_minor": 500, "quantity_max": 1_000_000,
        "budget_minor": 10**9, "per_member_max": 1, "funders": [{"kind": "platform", "share_bp": 10_000}],
        "claim_starts_at": (today - timedelta(days=1)).isoformat(), "claim_ends_at": (today + timedelta(days=9)).isoformat(),
        "usable_until": (today + timedelta(days=30)).isoformat(), **terms,
    }  # fmt: skip
    made: str = stage.call(port, "POST", "/coupons", {"terms": draft}, operator)["coupon_id"]
    stage.call(port, "POST", f"/coupons/{made}/publish", None, operator)
    return made


def claims(tokens: list[str], coupons: list[str]) -> list[bytes]:
    """Build a claim of each member, the coupons in turn."""
    return [
        load.request(
            "POST",
            f"/v1/coupons/{coupons[n % len(coupons)]}/claims",
            token=token,
            key=uuid.uuid4().hex,
            body=b"{}",
        )
        for n, token in enumerate(tokens)
    ]


def _warm(port: int, tokens: list[str]) -> None:
    # Each worker keeps the sessions it saw in the last minute; rounds over fresh connections reach nearly all of both.
    for _ in range(WARM_ROUNDS):
        load.run(port, [load.request("GET", "/v1/me", token=token) for token in tokens], connections=FEW)


def _row(
    name: str, run: load.Result, limit: float, connections: int, split: cpu.Split, echo: cpu.Split
) -> Row:
    assert not [status for status in run.statuses if status >= 400], (run.statuses, run.sample)
    return Row(
        name,
        round(run.per_second, 1),
        "claims/s",
        "raw echo",
        round(limit, 1),
        f"p99 {run.quantile_ms(0.99):.1f} ms at {connections} connections, as the echo; {split}; echo {echo.whole:.0f}",
    )
