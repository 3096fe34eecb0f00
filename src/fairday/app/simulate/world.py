"""Get a crowd ready: sign in, look at what is sold where, make members, tills, clerks and merchants' accounts.

Run again on the same Fairday, it uses the same tills and staff; members are new each time.
"""

import asyncio
import hmac
import random
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fairday.app.simulate.asking import Asker, Refused

STORES_MAX = 500
MERCHANTS_MAX = 24
PAGE = 100
CURRENCY = "CNY"


class NotReadyError(Exception):
    """Say what the crowd lacks to play, for a person."""


@dataclass
class Goods:
    """Hold what a merchant sells and where."""

    merchant_id: str
    store_ids: list[str] = field(default_factory=list)
    skus: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Member:
    """Hold a member and what it has: claims (id, merchant or None) and orders by id."""

    member_id: str
    token: str
    claims: list[tuple[str, str | None]] = field(default_factory=list)
    unpaid: list[str] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)


@dataclass
class Clerk:
    """Hold a clerk at a till: the device's token, the clerk's, and what can still be undone."""

    login: str
    device_token: str
    token: str
    till_id: str
    store_id: str
    goods: Goods
    sale_ids: list[str] = field(default_factory=list)
    redemption_ids: list[str] = field(default_factory=list)


@dataclass
class Merchant:
    """Hold a merchant's own account."""

    token: str
    goods: Goods


class Point(NamedTuple):
    """Hold where somebody stands, and the region that is theirs."""

    latitude: float
    longitude: float
    region_id: str


@dataclass
class World:
    """Hold everyone and everything that the crowd plays with."""

    points: list[Point]
    goods: list[Goods]
    coupons: list[dict[str, Any]]
    members: list[Member]
    clerks: list[Clerk]
    merchants: list[Merchant]
    packet_ids: list[str] = field(default_factory=list)


async def sign_in(ask: Asker, login: str | None, password: str | None) -> str:
    """Return the operator's token: with the login given, else with the sandbox's demo login.

    The crowd's own passwords are made from the operator's, so that a later run knows them and nobody else does.

    Raises: NotReadyError.
    """
    if login is None:
        rows = (await ask.ask("set-up", "GET", "/sandbox/logins"))["items"]
        found = next((row for row in rows if row["role"] == "operator"), None)
        if found is None:
            raise NotReadyError("There is no demo operator: give --login and --password of an operator.")
        login, password = found["login"], found["secret"]
    try:
        session = await ask.ask(
            "set-up", "POST", "/sessions", body={"login": login, "password": password or ""}
        )
    except Refused as refused:
        raise NotReadyError(f"The operator {login} cannot sign in: {refused.code}.") from None
    ask.key = hmac.digest((password or "").encode(), b"fairday crowd", "sha256")
    return str(session["token"])


def _tag(ask: Asker) -> str:
    """Return what tells this key's accounts from those of another."""
    return hmac.digest(ask.key, b"tag", "sha256").hex()[:6]


def _secret(ask: Asker, login: str) -> str:
    return hmac.digest(ask.key, login.encode(), "sha256").hex()[:32]


def _pin(ask: Asker, login: str) -> str:
    return f"{int.from_bytes(hmac.digest(ask.key, login.encode(), 'sha256')[:6]) % 1_000_000:06d}"


async def look(ask: Asker) -> tuple[list[Point], list[Goods]]:
    """Return where stores are, and the goods of up to 24 merchants. Raises: NotReadyError when nothing is sold."""
    stores: list[dict[str, Any]] = []
    cursor: str | None = None
    while len(stores) < STORES_MAX:
        page = await ask.ask("set-up", "GET", "/stores", limit=PAGE, **({"cursor": cursor} if cursor else {}))
        stores += [one["store"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    goods: dict[str, Goods] = {}
    for store in stores:
        if store["status"] == "open" and (store["merchant_id"] in goods or len(goods) < MERCHANTS_MAX):
            goods.setdefault(store["merchant_id"], Goods(store["merchant_id"])).store_ids.append(
                store["store_id"]
            )
    for one in goods.values():
        page = await ask.ask("set-up", "GET", "/products", merchant_id=one.merchant_id, limit=PAGE)
        one.skus = [
            (card["sku_id"], card["price_now_minor"])
            for card in page["items"]
            if card["sku_id"] and card["currency"] == CURRENCY
        ]
    sold = [one for one in goods.values() if one.skus]
    if not sold:
        raise NotReadyError("Nothing is sold here yet: load the demo with `fairday up`, or import a catalog.")
    return [Point(store["latitude"], store["longitude"], store["region_id"]) for store in stores], sold


async def make_members(ask: Asker, operator: str, count: int, wallet_minor: int) -> list[Member]:
    """Make new members and fill their wallets, a thousand at a time."""
    made: list[Member] = []
    while len(made) < count:
        batch = await ask.ask(
            "set-up",
            "POST",
            "/sandbox/members",
            body={"count": min(1000, count - len(made)), "nickname": "crowd"},
        )
        some = [Member(one["member_id"], one["token"]) for one in batch["items"]]
        await ask.ask(
            "set-up",
            "POST",
            "/sandbox/top-ups/bulk",
            token=operator,
            body={"items": [{"member_id": one.member_id, "amount_minor": wallet_minor} for one in some]},
        )
        made += some
    return made


async def make_clerk(ask: Asker, operator: str, goods: Goods, number: int) -> Clerk:
    """Return a clerk with an open shift at the crowd's own till of a store; both are made when they are missing."""
    store_id = goods.store_ids[number % len(goods.store_ids)]
    external_id = f"crowd-{store_id[-20:]}-{number}"
    till_id: str | None = None
    try:
        till = await ask.ask(
            "set-up",
            "POST",
            "/tills",
            token=operator,
            body={"store_id": store_id, "name": f"Crowd {number}", "external_id": external_id},
        )
        till_id = till["till_id"]
    except Refused as refused:
        if refused.code != "till_external_id_taken":
            raise
        page = await ask.ask(
            "set-up",
            "GET",
            "/tills",
            token=operator,
            merchant_id=goods.merchant_id,
            store_id=store_id,
            limit=PAGE,
        )
        till_id = next(one["till_id"] for one in page["items"] if one["external_id"] == external_id)
    code = await ask.ask("set-up", "POST", f"/tills/{till_id}/setup-codes", token=operator)
    paired = await ask.ask(
        "set-up", "POST", "/tills/pairings", body={"setup_code": code["qr_text"], "device_name": "Crowd"}
    )
    login = f"crowd.{_tag(ask)}.{store_id[-20:]}.{number}"
    await _hire(
        ask,
        operator,
        goods.merchant_id,
        {"role": "clerk", "name": f"Crowd {number}", "login": login, "pin": _pin(ask, login)},
    )
    clerk = Clerk(login, paired["token"], "", till_id or "", store_id, goods)
    await open_shift(ask, clerk)
    return clerk


async def open_shift(ask: Asker, clerk: Clerk) -> None:
    """Open the clerk's shift, or resume it when it is open or its session has ended."""
    opened = await ask.ask(
        "open shift",
        "POST",
        "/shifts",
        token=clerk.device_token,
        body={"clerk": clerk.login, "pin": _pin(ask, clerk.login), "opening_cash_minor": 50_000},
    )
    clerk.token = opened["token"]


async def make_merchant(ask: Asker, operator: str, goods: Goods) -> Merchant:
    """Return a signed-in account of a merchant, made when it is missing."""
    login = f"crowd.{_tag(ask)}.{goods.merchant_id[-24:]}"
    secret = _secret(ask, login)
    await _hire(
        ask,
        operator,
        goods.merchant_id,
        {"role": "merchant", "name": "Crowd", "login": login, "password": secret},
    )
    session = await ask.ask("set-up", "POST", "/sessions", body={"login": login, "password": secret})
    return Merchant(session["token"], goods)


async def make(
    ask: Asker,
    operator: str,
    rng: random.Random,
    *,
    members: int,
    clerks: int,
    merchants: int,
    wallet_minor: int,
) -> World:
    """Make the whole world of a run; what is chosen is chosen by `rng`. Raises: NotReadyError, Refused."""
    points, goods = await look(ask)
    rng.shuffle(goods)
    coupons = (await ask.ask("set-up", "GET", "/coupons", limit=PAGE))["items"]
    made_members = await make_members(ask, operator, members, wallet_minor)
    made_clerks = [
        await make_clerk(ask, operator, goods[number % len(goods)], number // len(goods))
        for number in range(clerks)
    ]
    made_merchants = await asyncio.gather(*(make_merchant(ask, operator, one) for one in goods[:merchants]))
    return World(points, goods, coupons, made_members, made_clerks, list(made_merchants))


async def _hire(ask: Asker, operator: str, merchant_id: str, draft: dict[str, str]) -> None:
    try:
        await ask.ask("set-up", "POST", f"/merchants/{merchant_id}/accounts", token=operator, body=draft)
    except Refused as refused:
        if refused.code != "login_taken":
            raise
