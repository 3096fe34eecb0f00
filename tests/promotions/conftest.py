"""Open a small fair for tests of offers over HTTP: two shops, two operators, a shop's people, a member with a wallet and a coupon."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database, Tx
from tests.checkout import city
from tests.checkout.city import Shop
from tests.client import Client


@dataclass
class Fair:
    """Hold two shops, two operators, a shop's owner and its manager, a member with a wallet and a coupon, and a guest."""

    shops: list[Shop]
    operators: list[Client]
    owners: list[Client]
    member: Client
    guest: Client
    claim_id: str

    def cart(self, *lines: tuple[int, int, int], **more: Any) -> dict[str, Any]:
        return {
            "lines": [
                {"sku_id": self.shops[s].sku_ids[n], "quantity": q, "store_id": self.shops[s].store_id}
                for s, n, q in lines
            ],
            "currency": "CNY",
        } | more

    def terms(self, lane: str = "cross_shop", **more: Any) -> dict[str, Any]:
        """Return 50 off every 300 across the two shops, as changed."""
        items = {"merchant_ids": [shop.merchant_id for shop in self.shops]}
        benefit = {"type": "every", "every_minor": 30_000, "off_minor": 5_000}
        return {"name": "跨店每满300减50", "lane": lane, "items": items, "benefit": benefit} | more

    async def live(self, terms: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Write, simulate and approve an offer of the platform."""
        made = await self.operators[0].post(
            "/offers", {"terms": terms, "currency": "CNY", "reason": "test"} | more
        )
        path = f"/offers/{made['offer_id']}/versions/1"
        await self.operators[0].post(f"{path}/simulations", {})
        return await self.operators[1].post(f"{path}/approvals")


@pytest.fixture
async def fair(server_url: str, database: Database) -> AsyncIterator[Fair]:
    """Return a fair of this test's own; its offers are stopped afterwards."""

    async def build(tx: Tx, now: datetime) -> tuple[list[Shop], list[str], str]:
        shops = [await city.shop(tx, now, [10_000, 20_000]), await city.shop(tx, now, [30_000])]
        merchant_id = shops[0].merchant_id
        drafts = [
            AccountDraft(role=Role.OPERATOR, name="One"),
            AccountDraft(role=Role.OPERATOR, name="Two"),
            AccountDraft(role=Role.MERCHANT, name="Owner", merchant_id=merchant_id),
            AccountDraft(role=Role.MERCHANT, name="Manager", merchant_id=merchant_id),
            AccountDraft(role=Role.MERCHANT, name="Stranger", merchant_id=shops[1].merchant_id),
        ]
        tokens = []
        for draft in drafts:
            account = await identity.create_account(tx, draft, now)
            tokens.append((await identity.open_session(tx, account.account_id, ttl_s=600, now=now))[0])
        [person] = await city.shoppers(tx, now, 1, 1_000_000)
        tokens.append((await identity.open_session(tx, person.account_id, ttl_s=600, now=now))[0])
        return shops, tokens, await city.claim(tx, now, await city.coupon(tx, now, *shops), person)

    shops, tokens, claim_id = await database.run(build)
    clients = [Client(server_url, token) for token in tokens]
    guest = Client(server_url)
    yield Fair(shops, clients[:2], clients[2:5], clients[5], guest, claim_id)
    for one in (await clients[0].get("/offers", status="live"))["items"]:
        await clients[0].post(f"/offers/{one['offer_id']}/stops", {"reason": "the test is over"})
    for client in (*clients, guest):
        await client.close()
