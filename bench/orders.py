"""Place orders over HTTP and as a batch verb: two lines, a coupon, wallet payment, stock, ledger, outbox; all durable."""

import asyncio
import random
import uuid
from collections.abc import Sequence

import msgspec

from bench import load, orders_batch, stage
from bench.results import Row
from fairday.checkout.types import PlaceOrder
from fairday.identity import service as identity
from fairday.kernel.tx import Database

ORDERS = 20_000
CONNECTIONS = 64


def measure() -> list[Row]:
    """Measure HTTP with 64 connections beside the raw echo, then the verb beside copying the same rows."""
    with stage.database() as url:
        placed, tokens = asyncio.run(_set_up(url))
        with stage.web(url) as port, stage.web(url, "bench.echo:create_app") as echo_port:
            requests = [_request(order, token) for order, token in zip(placed, tokens, strict=True)]
            warm, rest = requests[:2_000], requests[2_000:]
            load.run(port, warm, connections=CONNECTIONS)
            echo = load.run(echo_port, rest, connections=CONNECTIONS)
            run = load.run(port, rest, connections=CONNECTIONS)
    assert not [status for status in run.statuses if status >= 400], (run.statuses, run.sample)
    note = (
        f"p50 {run.quantile_ms(0.5):.1f} ms, p99 {run.quantile_ms(0.99):.1f} ms at {CONNECTIONS} connections"
    )
    rows = [
        Row("orders_http", round(run.per_second, 1), "orders/s", "raw echo", round(echo.per_second, 1), note),
        Row("orders_http_p99", round(run.quantile_ms(0.99), 2), "ms", "asked for", 250.0),
    ]
    with stage.database() as url:
        batch = asyncio.run(orders_batch.run(url))
    note = f"CPU {batch['python_us_per_order']} us Python + {batch['postgres_us_per_order']} us PostgreSQL an order"
    limit = batch["limit_orders_per_s"]
    rows.append(Row("orders_batch", batch["orders_per_s"], "orders/s", "COPY of the same rows", limit, note))
    return rows


async def _set_up(url: str) -> tuple[Sequence[PlaceOrder], list[str]]:
    database = await Database.connect(url, size=4)
    try:
        placed = await orders_batch._city(database, ORDERS, random.Random(5))
        members = [order.member_id for order in placed]
        rows = await database.pool.fetch(
            "SELECT member_id, account_id FROM members.member WHERE member_id = ANY($1)", members
        )
        accounts = {row["member_id"]: row["account_id"] for row in rows}
        async with database.transaction() as (tx, now):
            opened = await identity.open_sessions(
                tx, [accounts[str(m)] for m in members], ttl_s=3600, now=now
            )
        return placed, [token for token, _ in opened]
    finally:
        await database.close()


def _request(order: PlaceOrder, token: str) -> bytes:
    body = {
        "lines": [{"sku_id": line.sku_id, "quantity": line.quantity, "store_id": line.store_id} for line in order.lines],
        "claim_ids": list(order.claim_ids), "currency": order.currency, "pay_with": "wallet",
        "expected_total_minor": order.expected_total_minor,
    }  # fmt: skip
    return load.request(
        "POST", "/v1/orders", token=token, key=uuid.uuid4().hex, body=msgspec.json.encode(body)
    )
