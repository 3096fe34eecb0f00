"""What members do: look around, search, claim, ask the price, order with a coupon, pay, cancel.

Each act gets the asker, the world, its member and its own chance; it may end early by a refusal, as people's acts do.
"""

import random
from typing import Any

from fairday.app.simulate.asking import Asker, Refused
from fairday.app.simulate.world import CURRENCY, Goods, Member, World

WORDS = (
    "茶",
    "跑鞋",
    "口红",
    "月饼",
    "手机",
    "牛奶",
    "耳机",
    "tea",
    "shoes",
    "lipstick",
    "phone",
    "milk",
    "台灯",
    "bread",
)
CLAIMS_MAX = 12
REFILL_MINOR = 500_000

DELIVERED_SHARE = 0.6
"""How many of the online orders are sent; the others are picked up."""


async def browse(ask: Asker, world: World, member: Member, rng: random.Random) -> None:
    """Look at stores and coupons near a point."""
    latitude, longitude, _ = rng.choice(world.points)
    near = f"{latitude + rng.uniform(-0.02, 0.02):.5f},{longitude + rng.uniform(-0.02, 0.02):.5f}"
    await ask.ask("stores near", "GET", "/stores", near=near, limit=20)
    page = await ask.ask("coupons near", "GET", "/coupons", token=member.token, near=near, limit=20)
    if page["items"]:
        world.coupons = page["items"] if len(page["items"]) > len(world.coupons) else world.coupons


async def search(ask: Asker, world: World, member: Member, rng: random.Random) -> None:
    """Search in Chinese or English and look at a product."""
    word = rng.choice(WORDS)
    language = "en" if word.isascii() else "zh"
    page = await ask.ask("search", "GET", "/products", q=word, limit=20, language=language)
    if page["items"]:
        product = rng.choice(page["items"])
        await ask.ask("product", "GET", f"/products/{product['product_id']}", language=language)


async def claim(ask: Asker, world: World, member: Member, rng: random.Random) -> None:
    """Claim a coupon, now and then one that is gone or had before."""
    if not world.coupons:
        return
    coupon = rng.choice(world.coupons)
    made = await ask.ask(
        "claim", "POST", f"/coupons/{coupon['coupon_id']}/claims", token=member.token, body={}
    )
    if len(member.claims) < CLAIMS_MAX:
        member.claims.append((made["claim_id"], coupon["merchant_id"]))


async def my_things(ask: Asker, world: World, member: Member, rng: random.Random) -> None:
    """Look at one's coupons, wallet and orders."""
    await ask.ask("my coupons", "GET", "/claims", token=member.token, limit=20)
    await ask.ask("wallet", "GET", "/wallet", token=member.token)
    await ask.ask("my orders", "GET", "/orders", token=member.token, limit=10)


async def order(ask: Asker, world: World, member: Member, rng: random.Random) -> None:
    """Fill a cart over one or two merchants, see the price, order and pay at once; try a coupon if there is one."""
    made = await _place(ask, world, member, rng, pay_with="wallet")
    if made is not None and len(member.paid) < CLAIMS_MAX:
        member.paid.append(made["order_id"])


async def order_later(ask: Asker, world: World, member: Member, rng: random.Random) -> None:
    """Order without paying; most pay a moment later, the others forget it or change their mind."""
    made = await _place(ask, world, member, rng, pay_with=None)
    if made is None or made["status"] != "pending_payment":
        return
    chance = rng.random()
    if chance < 0.7:
        await _refilling(ask, member, "pay", f"/orders/{made['order_id']}/payments", {"pay_with": "wallet"})
        member.paid.append(made["order_id"])
    elif chance < 0.9:
        await ask.ask("cancel", "POST", f"/orders/{made['order_id']}/cancellations", token=member.token)


async def cancel(ask: Asker, world: World, member: Member, rng: random.Random) -> None:
    """Cancel a paid order; its goods, coupon and money go back."""
    if not member.paid:
        await order(ask, world, member, rng)
        return
    order_id = member.paid.pop(rng.randrange(len(member.paid)))
    await ask.ask("cancel", "POST", f"/orders/{order_id}/cancellations", token=member.token)


async def give_back(ask: Asker, world: World, member: Member, rng: random.Random) -> None:
    """Return a piece or two of a paid order; its refund must be what the preview said."""
    if not member.paid:
        await order(ask, world, member, rng)
        return
    found = await ask.ask("order", "GET", f"/orders/{rng.choice(member.paid)}", token=member.token)
    part = rng.choice(found["merchant_orders"])
    lines = [
        {"line_id": line["line_id"], "quantity": rng.randint(1, left)}
        for line in part["lines"]
        if (left := line["quantity"] - line["returned_quantity"] - line["asked_back_quantity"])
        and rng.random() < 0.7
    ]
    if not lines:
        return
    path, body = f"/merchant-orders/{part['merchant_order_id']}", {"lines": lines}
    shown = await ask.ask("return preview", "POST", f"{path}/return-previews", token=member.token, body=body)
    wanted = body | {"reason": "changed_mind", "expected_refund_minor": shown["refund_minor"]}
    made = await ask.ask("return", "POST", f"{path}/returns", token=member.token, body=wanted)
    assert made["refund_minor"] == shown["refund_minor"], (made, shown)


def basket(goods: Goods, rng: random.Random, lines_max: int = 3) -> list[tuple[str, int]]:
    """Choose a few different SKUs with small quantities."""
    chosen = rng.sample(goods.skus, min(len(goods.skus), rng.randint(1, lines_max)))
    return [(sku_id, rng.choice((1, 1, 1, 2, 3))) for sku_id, _ in chosen]


async def _place(
    ask: Asker, world: World, member: Member, rng: random.Random, *, pay_with: str | None
) -> dict[str, Any] | None:
    lines = [
        {"sku_id": sku_id, "quantity": quantity, "store_id": store_id}
        for goods in rng.sample(world.goods, min(len(world.goods), rng.choice((1, 1, 2))))
        for store_id in [rng.choice(goods.store_ids)]
        for sku_id, quantity in basket(goods, rng)
    ]
    cart: dict[str, Any] = {"lines": lines, "currency": CURRENCY}
    if rng.random() < DELIVERED_SHARE:
        cart["ship_to_region_id"] = rng.choice(world.points).region_id
    if member.claims and rng.random() < 0.6:
        cart["claim_ids"] = [rng.choice(member.claims)[0]]
    try:
        quoted = await ask.ask("quote", "POST", "/quotes", token=member.token, body=cart)
    except Refused as refused:
        if "claim_ids" not in cart:
            raise
        if refused.code in ("already_used", "claim_expired", "claim_voided"):
            member.claims = [one for one in member.claims if one[0] not in cart["claim_ids"]]
        del cart["claim_ids"]
        quoted = await ask.ask("quote", "POST", "/quotes", token=member.token, body=cart)
    if not all(quoted["is_available"]):
        return None
    body = cart | {"expected_total_minor": quoted["quote"]["total_minor"], "pay_with": pay_with}
    made = await _refilling(ask, member, "order", "/orders", body)
    if made is not None and "claim_ids" in cart:
        member.claims = [one for one in member.claims if one[0] not in cart["claim_ids"]]
    return made


async def _refilling(
    ask: Asker, member: Member, name: str, path: str, body: dict[str, Any]
) -> dict[str, Any] | None:
    """Ask, and when the wallet is too low top it up and ask once more."""
    try:
        answer: dict[str, Any] = await ask.ask(name, "POST", path, token=member.token, body=body)
    except Refused as refused:
        if refused.code != "wallet_too_low":
            raise
        await ask.ask(
            "top up", "POST", "/sandbox/top-ups", token=member.token, body={"amount_minor": REFILL_MINOR}
        )
        answer = await ask.ask(name, "POST", path, token=member.token, body=body)
    return answer
