"""Bring the people and shops of a journey to life through the public API of a sandbox."""

import itertools
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database
from tests.client import Client, Problem

PIN = "274913"
_gtins = itertools.count(uuid.uuid4().int % 10**8 * 1000)


async def operator(url: str, database: Database) -> Client:
    """Return a client of a new operator, who is made beside the API, as `fairday up` does."""
    login, password = f"op-{uuid.uuid4().hex[:12]}", uuid.uuid4().hex
    draft = AccountDraft(role=Role.OPERATOR, name="Operator", login=login, password=password)
    async with database.transaction() as (tx, now):
        await identity.create_account(tx, draft, now)
    return await sign_in(url, login, password)


async def sign_in(url: str, login: str, password: str) -> Client:
    """Return a client with a session."""
    client = Client(url)
    session = await client.post("/sessions", {"login": login, "password": password})
    await client.close()
    return Client(url, session["token"])


def instant(text: str) -> datetime:
    """Read an RFC 3339 instant of the API."""
    value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    assert value.tzinfo is not None
    return value.astimezone(UTC)


def gtin() -> str:
    """Return an EAN-13 that no other test of this run uses."""
    digits = f"20{next(_gtins) % 10**10:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


@asynccontextmanager
async def refused(code: str, status: int | None = None) -> AsyncIterator[dict[str, Any]]:
    """Expect the block to be refused with `code`; its details are filled into what is yielded."""
    told: dict[str, Any] = {}
    with pytest.raises(Problem) as caught:
        yield told
    problem = caught.value
    assert problem.code == code, problem
    assert status in (None, problem.status), problem
    assert len(problem.document["detail"]) > 10, problem
    told.update(problem.document["details"])


@dataclass
class Shop:
    """Hold a merchant with its client, a store, and SKUs in the order of the prices they were asked with."""

    client: Client
    merchant_id: str
    login: str
    password: str
    store_id: str = ""
    sku_ids: list[str] = field(default_factory=list)
    gtins: list[str] = field(default_factory=list)


@dataclass
class Member:
    """Hold a member with its client."""

    client: Client
    member_id: str


@dataclass
class Till:
    """Hold a paired till: the device's client, and the clerk's once a shift is open."""

    till_id: str
    device: Client
    clerk: Client
    clerk_login: str
    shift_id: str


class City:
    """Make people and shops at one server; `close` ends their connections."""

    def __init__(self, url: str, database: Database) -> None:
        self.url, self.database = url, database
        self._clients: list[Client] = []
        self._operator: Client | None = None

    def client(self, token: str | None = None, language: str = "en") -> Client:
        """Return a client that is closed with the city."""
        client = Client(self.url, token, language)
        self._clients.append(client)
        return client

    async def close(self) -> None:
        """Close every client."""
        for client in self._clients:
            await client.close()

    async def operator(self) -> Client:
        """Return the city's operator."""
        if self._operator is None:
            self._operator = await operator(self.url, self.database)
            self._clients.append(self._operator)
        return self._operator

    async def now(self) -> datetime:
        """Return the festival's now."""
        return instant((await self.client().get("/clock"))["now"])

    async def merchant(self, name: str = "灯笼百货") -> Shop:
        """Have the operator add a merchant and its login; sign in as it."""
        boss = await self.operator()
        merchant_id = (await boss.post("/merchants", {"name": name, "name_en": "Lantern"}))["merchant_id"]
        login, password = f"m-{uuid.uuid4().hex[:12]}", uuid.uuid4().hex
        body = {"role": "merchant", "name": "Boss", "login": login, "password": password}
        await boss.post(f"/merchants/{merchant_id}/accounts", body)
        client = await sign_in(self.url, login, password)
        self._clients.append(client)
        return Shop(client, merchant_id, login, password)

    async def shop(
        self,
        prices: Sequence[int],
        *,
        on_hand: int = 100,
        region_id: str = "CN-SH",
        near: tuple[float, float] = (31.2304, 121.4737),
        currency: str = "CNY",
        name: str = "灯笼百货",
    ) -> Shop:
        """Open a merchant's store with one SKU at each price and `on_hand` pieces of it."""
        shop = await self.merchant(name)
        store = {
            "external_id": "s1", "name": f"{name} 一号店", "name_en": "First Store", "region_id": region_id,
            "latitude": near[0], "longitude": near[1],
        }  # fmt: skip
        shop.store_id = (await shop.client.post("/stores", store))["store_id"]
        for number, price in enumerate(prices, 1):
            shop.gtins.append(gtin())
            body = {
                "external_id": f"p{number}", "name": f"茉莉花茶 {number} 号", "name_en": f"Jasmine tea no. {number}",
                "category_id": "tea",
                "skus": [{"external_id": f"s{number}", "price_minor": price, "currency": currency, "gtin": shop.gtins[-1]}],
            }  # fmt: skip
            product = await shop.client.post("/products", body)
            shop.sku_ids.append(product["skus"][0]["sku_id"])
        await self.stock(shop, on_hand)
        return shop

    async def stock(self, shop: Shop, on_hand: int) -> None:
        """Set what was counted of all its SKUs."""
        rows = [{"sku_id": sku_id, "store_id": shop.store_id, "on_hand": on_hand} for sku_id in shop.sku_ids]
        if rows:
            await shop.client.put("/stock/levels", {"rows": rows})

    async def members(
        self, count: int, *, per_person: int = 1, wallet_minor: int = 0, currency: str = "CNY"
    ) -> list[Member]:
        """Sign up members with money in their wallets."""
        body = {"count": count, "per_person": per_person}
        made = (await self.client().post("/sandbox/members", body))["items"]
        if wallet_minor:
            items = [
                {"member_id": one["member_id"], "amount_minor": wallet_minor, "currency": currency}
                for one in made
            ]
            await (await self.operator()).post("/sandbox/top-ups/bulk", {"items": items})
        return [Member(self.client(one["token"]), one["member_id"]) for one in made]

    async def coupon(self, issuer: Client, *, is_platform: bool = False, **terms: Any) -> str:
        """Publish a coupon of the issuer; by default 20 off from 100, claimable now, one for each member."""
        now = await self.now()
        wanted: dict[str, Any] = {
            "kind": "threshold",
            "currency": "CNY",
            "amount_minor": 2000,
            "threshold_minor": 10_000,
            "funders": [{"kind": "platform" if is_platform else "merchant", "share_bp": 10_000}],
            "claim_starts_at": (now - timedelta(hours=1)).isoformat(),
            "claim_ends_at": (now + timedelta(days=2)).isoformat(),
            "usable_until": (now + timedelta(days=3)).isoformat(),
            "quantity_max": 1000,
        }
        made = await issuer.post("/coupons", {"terms": wanted | terms})
        await issuer.post(f"/coupons/{made['coupon_id']}/publish")
        return str(made["coupon_id"])

    async def clerk(self, shop: Shop, name: str = "Mei") -> str:
        """Have a merchant add a clerk of its store; return the login. The PIN is `PIN`."""
        login = f"c-{uuid.uuid4().hex[:12]}"
        body = {"role": "clerk", "name": name, "login": login, "pin": PIN, "store_id": shop.store_id}
        await shop.client.post(f"/merchants/{shop.merchant_id}/accounts", body)
        return login

    async def till(self, shop: Shop, *, opening_cash_minor: int = 0, **more: Any) -> Till:
        """Make a till, pair a device by its setup code, and open a clerk's shift by PIN."""
        body = {"store_id": shop.store_id, "name": "1 号收银台"} | more
        till_id = (await shop.client.post("/tills", body))["till_id"]
        code = (await shop.client.post(f"/tills/{till_id}/setup-codes"))["code"]
        paired = await self.client().post("/tills/pairings", {"setup_code": code})
        device, login = self.client(paired["token"]), await self.clerk(shop)
        opened = await device.post(
            "/shifts", {"clerk": login, "pin": PIN, "opening_cash_minor": opening_cash_minor}
        )
        return Till(till_id, device, self.client(opened["token"]), login, opened["shift"]["shift_id"])


async def everything(client: Client, path: str, **query: Any) -> list[Any]:
    """Return all items of a paged list."""
    items: list[Any] = []
    more: dict[str, str] = {}
    while True:
        page = await client.get(path, limit=100, **query, **more)
        items += page["items"]
        if not page.get("next_cursor"):
            return items
        more = {"cursor": page["next_cursor"]}


async def claim(member: Member, coupon_id: str, **body: Any) -> str:
    """Claim a coupon and return the claim's id."""
    return str((await member.client.post(f"/coupons/{coupon_id}/claims", body))["claim_id"])


def lines(shop: Shop, *quantities: int) -> list[dict[str, Any]]:
    """Return cart lines of a shop's first SKUs in these quantities; zero leaves one out."""
    return [
        {"sku_id": sku_id, "quantity": quantity, "store_id": shop.store_id}
        for sku_id, quantity in zip(shop.sku_ids, quantities, strict=False)
        if quantity
    ]


async def order(
    member: Member, wanted: list[dict[str, Any]], claim_ids: Sequence[str] = (), **more: Any
) -> dict[str, Any]:
    """Ask for a quote and order at its total from the wallet, as a shopper's page does."""
    cart = {"lines": wanted, "currency": "CNY", "claim_ids": list(claim_ids)}
    total = (await member.client.post("/quotes", cart))["quote"]["total_minor"]
    body = cart | {"expected_total_minor": total, "pay_with": "wallet"} | more
    placed: dict[str, Any] = await member.client.post("/orders", body)
    return placed
