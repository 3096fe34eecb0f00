"""Play shoppers who never give up: each write is journalled before it is sent and sent with one key until answered."""

import asyncio
import json
import random
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

PATIENCE_S = 60.0


class Journal:
    """Keep one JSON document a line, written before the next step is taken."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("x", buffering=1, encoding="utf-8")
        self.path = path

    def write(self, document: dict[str, Any]) -> None:
        """Write one document."""
        self._file.write(json.dumps(document) + "\n")

    def read(self) -> list[dict[str, Any]]:
        """Return all documents."""
        return [json.loads(line) for line in self.path.read_text("utf-8").splitlines()]

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@dataclass
class Shopper:
    """Hold a member and the address of its session."""

    member_id: str
    token: str
    orders: list[str] = field(default_factory=list)


@dataclass
class Load:
    """Send mixed writes of many shoppers at once; `intents` says what was asked, `acks` what was answered."""

    url: str
    intents: Journal
    acks: Journal
    coupon_ids: list[str]
    cart_lines: list[dict[str, Any]]
    price_minor: int
    off_minor: int
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    broken: list[str] = field(default_factory=list)
    retries: int = 0

    async def play(self, shoppers: list[Shopper], seed: int) -> None:
        """Let all shoppers act until `stopping` is set and their last write is answered."""
        limits = httpx2.Limits(max_connections=len(shoppers))
        async with (
            httpx2.AsyncClient(base_url=self.url, timeout=10, limits=limits) as http,
            asyncio.TaskGroup() as group,
        ):
            for number, shopper in enumerate(shoppers):
                group.create_task(self._shop(http, shopper, random.Random(seed * 1000 + number)))

    async def _shop(self, http: httpx2.AsyncClient, shopper: Shopper, chance: random.Random) -> None:
        while not self.stopping.is_set():
            act = chance.random()
            if act < 0.4:
                await self._claim_and_order(http, shopper, chance)
            elif act < 0.6:
                await self._order(http, shopper, (), pay=False)
            elif act < 0.75:
                await self.ask(http, shopper, "/sandbox/top-ups", {"amount_minor": 777, "currency": "CNY"})
            elif shopper.orders:
                order_id = shopper.orders.pop(chance.randrange(len(shopper.orders)))
                verb, body = ("payments", {}) if chance.random() < 0.5 else ("cancellations", None)
                await self.ask(http, shopper, f"/orders/{order_id}/{verb}", body)

    async def _claim_and_order(
        self, http: httpx2.AsyncClient, shopper: Shopper, chance: random.Random
    ) -> None:
        claim = await self.ask(http, shopper, f"/coupons/{chance.choice(self.coupon_ids)}/claims", {})
        await self._order(http, shopper, (claim["claim_id"],) if claim else (), pay=True)

    async def _order(
        self, http: httpx2.AsyncClient, shopper: Shopper, claim_ids: tuple[str, ...], *, pay: bool
    ) -> None:
        body = {
            "lines": self.cart_lines, "currency": "CNY", "claim_ids": claim_ids,
            "expected_total_minor": self.price_minor - (self.off_minor if claim_ids else 0),
        } | ({"pay_with": "wallet"} if pay else {})  # fmt: skip
        placed = await self.ask(http, shopper, "/orders", body)
        if placed:
            shopper.orders.append(placed["order_id"])

    async def ask(
        self, http: httpx2.AsyncClient, shopper: Shopper, path: str, body: Any
    ) -> dict[str, Any] | None:
        """Send one write until it is answered; return what was made, None when it was refused."""
        intent = {"key": uuid.uuid4().hex, "member_id": shopper.member_id, "path": path, "body": body}
        self.intents.write(intent)
        status, answer = await asyncio.wait_for(self.until_answered(http, shopper, intent), PATIENCE_S)
        self.acks.write(intent | {"status": status, "answer": answer})
        return answer if status < 300 else None

    async def until_answered(
        self, http: httpx2.AsyncClient, shopper: Shopper, intent: dict[str, Any]
    ) -> tuple[int, Any]:
        """Send an intent with its key again and again until the answer is final: done, or refused for good."""
        headers = {"authorization": f"Bearer {shopper.token}", "idempotency-key": intent["key"]}
        content = b"" if intent["body"] is None else json.dumps(intent["body"]).encode()
        if content:
            headers["content-type"] = "application/json"
        while True:
            try:
                answer = await http.post("/v1" + intent["path"], content=content, headers=headers)
                document = answer.json()
                if answer.status_code < 500 and document.get("code") not in (
                    "in_flight",
                    "too_many_requests",
                ):
                    return answer.status_code, document
                if answer.status_code != 503:
                    self.broken.append(f"{intent['path']}: {answer.status_code} {document}")
            except (httpx2.TransportError, json.JSONDecodeError):
                pass
            self.retries += 1
            await asyncio.sleep(0.05)
