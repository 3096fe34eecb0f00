"""What is generated is in step with the code: openapi.json, the map, schemas; each check can turn red."""

from pathlib import Path

import pytest

from fairday.app import domains
from fairday.app.commands.describe import SCHEMAS, map_text, openapi_text, schema_text
from fairday.kernel.http.routes import Kind

ROOT = Path(__file__).resolve().parents[2]


KEYLESS = {
    # what these answer is a secret, which must not be stored beside a key
    "/sessions", "/sessions/current", "/sessions/phone-codes", "/sessions/phone", "/members", "/sandbox/members",
    "/tills/pairings", "/tills/{till_id}/setup-codes", "/shifts", "/api-keys", "/api-keys/{key_id}",
    "/sessions/phone-password", "/sessions/passkeys/options", "/sessions/passkeys", "/me/passkeys/options", "/me/passkeys",
    "/claims/{claim_id}/codes", "/pay-codes", "/merchant-applications",
    "/webhook-endpoints", "/webhook-endpoints/{endpoint_id}/secret-rotations",
    # what these are told is a secret, whose fast hash must not be kept
    "/me/password", "/me/payment-pin", "/me/payment-pin/limit", "/till-sales/{sale_id}/refunds",
    # these take nothing: asked twice, they answer twice
    "/merchant-orders/{merchant_order_id}/return-previews", "/quotes", "/till-sales/quotes", "/offers/previews", "/price-documents", "/price-simulations", "/campaign-simulations",
    # each record's number and hash are its key
    "/till-leases/{lease_id}/records",
}  # fmt: skip
"""Writes without an Idempotency-Key, each with its reason."""


def in_step(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


def test_openapi_json_is_in_step() -> None:
    assert in_step(ROOT / "openapi.json", openapi_text()), "run `make map`"


def test_the_map_is_in_step() -> None:
    assert in_step(ROOT / "docs" / "map.md", map_text()), "run `make map`"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_of_documents_are_in_step(name: str) -> None:
    assert in_step(ROOT / "docs" / "schemas" / f"{name}.json", schema_text(name)), "run `make map`"


def test_a_drift_is_seen(tmp_path: Path) -> None:
    stale = tmp_path / "openapi.json"
    stale.write_text(openapi_text().replace("3.1.0", "3.0.0"))
    assert not in_step(stale, openapi_text())
    assert not in_step(tmp_path / "missing.json", "")


@pytest.mark.parametrize("route", domains.routes(), ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_described(route: object) -> None:
    assert route.summary.endswith(".") or route.summary
    assert route.description, "the handler has no docstring"
    if route.kind in (Kind.WRITE, Kind.LANE) and route.path not in KEYLESS:
        assert route.needs_key, "a write needs an Idempotency-Key"


def test_operation_names_are_unique() -> None:
    names = [route.handler.__name__ for route in domains.routes()]
    assert sorted(set(names)) == sorted(names)
