"""List the domains, lowest floor first; what each offers is found by its file names."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from fairday.kernel.http.routes import Route
from fairday.kernel.lanes import Lane
from fairday.kernel.tx import Database

DOMAINS = (
    "identity", "places", "catalog",
    "festivals", "members", "ledger", "stock", "orders",
    "coupons", "promotions", "flashsales", "redpackets",
    "checkout", "returns",
    "tills", "receipts", "onboarding",
    "offline",
    "screen", "webhooks", "audit", "reports", "inbox", "imports",
)  # fmt: skip


def modules(filename: str) -> Iterable[Any]:
    """Yield the module `fairday.<domain>.<filename>` of each domain that has one."""
    for domain in DOMAINS:
        if find_spec(f"fairday.{domain}") and find_spec(f"fairday.{domain}.{filename}"):
            yield import_module(f"fairday.{domain}.{filename}")


def routes() -> list[Route]:
    """Return every route of the API."""
    return [route for module in modules("http") for route in module.router.routes]


def lanes(database: Database) -> dict[str, Lane[Any]]:
    """Build this process's lanes: each domain's `http.LANES` maps a name to (batch verb, options)."""
    return {
        name: Lane(name, database, verb, **options)
        for module in modules("http")
        for name, (verb, options) in getattr(module, "LANES", {}).items()
    }
