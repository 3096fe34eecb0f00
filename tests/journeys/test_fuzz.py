"""Schemathesis asks every operation of the API for what its description allows and forbids, as each kind of principal.

Whatever comes: never a 5xx, only the statuses, types and shapes that the description names, nothing that it forbids is
taken, nothing that it allows is unreadable, and all invariants hold afterwards. Source: F100, S53.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fairday.app.checks import all_invariants
from fairday.app.commands.describe import openapi_text
from fairday.kernel.invariants import check
from fairday.kernel.tx import Database
from tests.client import Client
from tests.conftest import Server, make_database
from tests.journeys.people import City, claim

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "unsupported_method", "allow_header_conformance",
    "ignored_auth", "schema_tells_what_is_readable",
)  # fmt: skip
NEVER = {
    ("get", "/v1/screen/stream"): "does not end",
    ("post", "/v1/sandbox/clock"): "would end every coupon and festival",
} | dict.fromkeys(
    [
        ("post", "/v1/offers"), ("post", "/v1/offers/{offer_id}/versions"), ("post", "/v1/offers/previews"),
        ("post", "/v1/price-documents"), ("post", "/v1/price-simulations"), ("post", "/v1/campaign-simulations"),
    ],
    "conditions hold conditions: the tool needs minutes for one body; tests/promotions tries random documents instead",
)  # fmt: skip
# What signs the asker out (or closes its account) is tried by itself at the end, by one role each.
LAST = {
    ("delete", "/v1/sessions/current"): "member",
    ("post", "/v1/shifts/{shift_id}/closings"): "clerk",
    ("patch", "/v1/accounts/{account_id}"): "operator",
}
# Who tries what in the short run: each operation once, by the first of these who may. Operators come last, for they can
# close the others' accounts.
ROLES = ("member", "clerk", "device", "merchant", "operator")


@dataclass
class Place:
    """Hold a server with one of everything, the clients of its people, and the ids that exist."""

    server: Server
    database: Database
    clients: dict[str, Client]
    ids: dict[str, list[str]]


@pytest.fixture(scope="module")
async def place(postgres_url: str) -> AsyncIterator[Place]:
    """Return a server of the fuzz's own."""
    url = await make_database(postgres_url, f"fairday_fuzz_{os.getpid()}")
    server = await asyncio.to_thread(Server, url)
    database = await Database.connect(url, size=2)
    city = City(server.url, database)
    try:
        clients, ids = await furnish(city)
        yield Place(server, database, clients, ids)
    finally:
        await city.close()
        await database.close()
        await asyncio.to_thread(server.stop)


async def furnish(city: City) -> tuple[dict[str, Client], dict[str, list[str]]]:
    """Make one of everything, so that valid requests reach it."""
    boss, shop = await city.operator(), await city.shop([1_000, 12_000], on_hand=500)
    till = await city.till(shop)
    first, other = await city.members(2, wallet_minor=1_000_000)
    coupons = [
        await city.coupon(shop.client, per_member_max=60),
        await city.coupon(boss, is_platform=True, per_member_max=60),
    ]
    claims = [await claim(first, coupon_id) for coupon_id in coupons for _ in range(4)]
    lines = [{"sku_id": sku_id, "quantity": 1, "store_id": shop.store_id} for sku_id in shop.sku_ids]
    cart = {"lines": lines, "currency": "CNY", "expected_total_minor": 13_000}
    orders = [await first.client.post("/orders", cart) for _ in range(3)]
    product = (await shop.client.get(f"/skus/{shop.sku_ids[0]}"))["product_id"]
    merchant_orders = [one["merchant_orders"][0]["merchant_order_id"] for one in orders]
    clients = {
        "member": first.client, "clerk": till.clerk, "device": till.device, "merchant": shop.client, "operator": boss,
    }  # fmt: skip
    ids = {
        "coupon_id": coupons, "claim_id": claims, "sku_id": shop.sku_ids, "store_id": [shop.store_id],
        "product_id": [product], "merchant_id": [shop.merchant_id], "till_id": [till.till_id],
        "shift_id": [till.shift_id], "member_id": [first.member_id, other.member_id],
        "order_id": [one["order_id"] for one in orders], "merchant_order_id": merchant_orders,
        "gtin": shop.gtins, "currency": ["CNY"],
    }  # fmt: skip
    return clients, ids


def operations(role: str, *, is_long: bool) -> list[str]:
    """Return the names of what `role` tries: all that it may, or its share of the short run."""
    found = []
    for place, operation in everything():
        roles = set(operation.get("x-roles", ["operator"]))  # the public's part is the operator's too
        first = next(one for one in ROLES if one in roles)
        if place not in NEVER and place not in LAST and (role in roles if is_long else role == first):
            found.append(operation["operationId"])
    return found


def everything() -> list[tuple[tuple[str, str], dict[str, Any]]]:
    """Return ((method, path), operation) of the whole API."""
    paths = json.loads(openapi_text())["paths"]
    return [((method, path), one) for path, methods in paths.items() for method, one in methods.items()]


async def fuzz(place: Place, folder: Path, role: str, names: list[str], examples: int) -> None:
    """Try the operations of these names as `role`; fail with what was found."""
    done = await schemathesis(place, folder, role, names, examples, without_tried_offers(openapi_text()))
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert await check(place.database, all_invariants()) == []


def without_tried_offers(description: str) -> str:
    """Return the description without the offers that operators may try in a quote, whose conditions hold conditions."""
    described = json.loads(description)
    [body] = [
        one
        for name, one in described["components"]["schemas"].items()
        if name.endswith("checkout.types.QuoteBody")
    ]
    body["properties"].pop("offers")
    return json.dumps(described)


async def schemathesis(
    place: Place, folder: Path, role: str, names: list[str], examples: int, description: str
) -> "subprocess.CompletedProcess[str]":
    """Run schemathesis by `description` of the API."""
    (folder / "openapi.json").write_text(description)
    (folder / "fuzz.toml").write_text(
        'hooks = "tests.journeys.fuzz_hooks"\n[phases.coverage]\nunexpected-methods = ["PATCH", "TRACE"]\n'
    )
    client = place.clients[role]
    command = [
        sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()",
        "--no-color", "--config-file", "fuzz.toml", "run", "openapi.json", "--url", place.server.url,
        "--header", f"Authorization: {client.http.headers['authorization']}",
        "--phases", "examples,coverage,fuzzing", "--max-examples", str(examples), "--seed", "1", "--no-shrink",
        "--generation-database", "none", "--continue-on-failure", "--warnings", "off", "--checks", ",".join(CHECKS),
    ]  # fmt: skip
    for name in names:
        command += ["--include-operation-id", name]
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "FAIRDAY_FUZZ_IDS": json.dumps(place.ids),
    }
    return await asyncio.to_thread(
        subprocess.run, command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


async def is_still_in(place: Place, role: str) -> None:
    """Check that the asker was not signed out on the way: what came after would prove nothing."""
    assert (await place.clients[role].get("/me"))["role"] == role


def test_every_operation_is_somebodys() -> None:
    tried = [name for role in ROLES for name in operations(role, is_long=False)]
    assert len(tried) == len(set(tried)) == len(everything()) - len(NEVER) - len(LAST)


async def test_a_description_that_lies_is_found(place: Place, tmp_path: Path) -> None:
    lying = json.loads(openapi_text())
    lying["components"]["schemas"]["ClockReading"]["required"].append("moon")
    lying["paths"]["/v1/malls"]["get"]["responses"].pop("422")
    names = [lying["paths"][path]["get"]["operationId"] for path in ("/v1/clock", "/v1/malls")]
    done = await schemathesis(place, tmp_path, "operator", names, 1, json.dumps(lying))
    assert done.returncode == 1, done.stdout
    assert '"moon" is a required property' in done.stdout
    assert "Undocumented status code: 1" in done.stdout, done.stdout


@pytest.mark.parametrize("role", ROLES)
async def test_nothing_breaks_in_a_short_run(place: Place, tmp_path: Path, role: str) -> None:
    await fuzz(place, tmp_path, role, operations(role, is_long=False), 2)
    await is_still_in(place, role)


@pytest.mark.prove
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("role", ROLES)
async def test_nothing_breaks_in_a_long_run(place: Place, tmp_path: Path, role: str) -> None:
    await fuzz(place, tmp_path, role, operations(role, is_long=True), 100)
    await is_still_in(place, role)


@pytest.mark.parametrize("role", sorted(set(LAST.values())))
async def test_nothing_breaks_when_the_asker_signs_itself_out(
    place: Place, tmp_path: Path, role: str
) -> None:
    names = [one["operationId"] for place_, one in everything() if LAST.get(place_) == role]
    await fuzz(place, tmp_path, role, names, 5)
