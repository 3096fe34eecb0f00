"""Claim coupons over HTTP: all on one hot coupon, and spread over 1,000, beside the raw echo of the same server."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import load, stage
from bench.results import Row

CLAIMS = 30_000
SPREAD = 1_000
CONNECTIONS = 64


def measure() -> list[Row]:
    """Measure three runs in one: echo, hot, spread; the sessions are warm, as those of people who wait are."""
    with (
        stage.database() as url,
        stage.web(url) as port,
        stage.web(url, stage.ECHO_PORT, "bench.echo:create_app") as echo_port,
    ):
        operator = stage.operator(url, port)
        tokens = members(port, operator, CLAIMS)
        hot = [coupon(port, operator, "hot")]
        spread = [coupon(port, operator, f"spread {n}") for n in range(SPREAD)]
        _warm(port, tokens)
        echo = load.run(echo_port, claims(tokens, hot), connections=CONNECTIONS)
        hot_run = load.run(port, claims(tokens, hot), connections=CONNECTIONS)
        spread_run = load.run(port, claims(tokens, spread), connections=CONNECTIONS)
        echo_again = load.run(echo_port, claims(tokens, hot), connections=CONNECTIONS)
    limit = (echo.per_second + echo_again.per_second) / 2
    return [
        _row("claims_http_hot", hot_run, limit),
        _row("claims_http_spread", spread_run, limit),
    ]


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
    # Each worker has its own cache of sessions; two rounds over fresh connections reach nearly all of both.
    for _ in range(2):
        load.run(
            port, [load.request("GET", "/v1/me", token=token) for token in tokens], connections=CONNECTIONS
        )


def _row(name: str, run: load.Result, limit: float) -> Row:
    assert not [status for status in run.statuses if status >= 400], (run.statuses, run.sample)
    return Row(
        name,
        round(run.per_second, 1),
        "claims/s",
        "raw echo",
        round(limit, 1),
        f"p99 {run.quantile_ms(0.99):.1f} ms",
    )
