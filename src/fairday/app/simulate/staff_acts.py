"""What clerks and merchants do: sell, redeem, reverse, undo; look at stock and figures, count shelves again."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from fairday.app.simulate.asking import Asker, Refused
from fairday.app.simulate.member_acts import basket
from fairday.app.simulate.world import Clerk, Member, Merchant, World, open_shift

UNDO_MAX = 5
_SIGN_IN_AGAIN = ("not_signed_in", "no_open_shift")


async def _at_till(ask: Asker, clerk: Clerk, name: str, path: str, body: Any = None) -> dict[str, Any]:
    """Ask as the clerk; when the session ended meanwhile, open the shift again by PIN and ask once more."""
    try:
        answer: dict[str, Any] = await ask.ask(name, "POST", path, token=clerk.token, body=body)
    except Refused as refused:
        if refused.code not in _SIGN_IN_AGAIN:
            raise
        await open_shift(ask, clerk)
        answer = await ask.ask(name, "POST", path, token=clerk.token, body=body)
    return answer


async def sell(ask: Asker, world: World, clerk: Clerk, rng: random.Random) -> None:
    """Sell a basket for cash, or from the wallet of a member who shows a pay code, sometimes with a coupon."""
    lines = [
        {"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in basket(clerk.goods, rng, lines_max=5)
    ]
    cart: dict[str, Any] = {"lines": lines}
    member = rng.choice(world.members)
    fitting = [one for one in member.claims if one[1] in (None, clerk.goods.merchant_id)]
    if fitting and rng.random() < 0.5:
        claim_id = rng.choice(fitting)[0]
        cart["coupon_codes"] = [await _code(ask, member, claim_id)]
        member.claims = [one for one in member.claims if one[0] != claim_id]
    try:
        quoted = await _at_till(ask, clerk, "till quote", "/till-sales/quotes", cart)
    except Refused:
        if "coupon_codes" not in cart:
            raise
        quoted = await _at_till(ask, clerk, "till quote", "/till-sales/quotes", {"lines": lines})
    total = quoted["total_minor"]
    body: dict[str, Any] = {
        "lines": lines,
        "claim_ids": quoted["claim_ids"],
        "receipt_id": ask.new_key(),
        "expected_total_minor": total,
    }
    if quoted["claim_ids"] or rng.random() < 0.5:
        code = await ask.ask("pay code", "POST", "/pay-codes", token=member.token)
        wallet = await ask.ask("wallet", "GET", "/wallet", token=member.token)
        free = next(
            (one["free_minor"] for one in wallet["balances"] if one["currency"] == quoted["currency"]), 0
        )
        body["pay_code"] = code["text"]
        body["wallet_minor"] = min(total, free)
    body["cash_tendered_minor"] = -(-(total - body.get("wallet_minor", 0)) // 5000) * 5000
    made = await _at_till(ask, clerk, "sell", "/till-sales", body)
    clerk.sale_ids = [*clerk.sale_ids[-UNDO_MAX:], made["sale_id"]]


async def undo(ask: Asker, world: World, clerk: Clerk, rng: random.Random) -> None:
    """Sell and undo at once, as after a slip of the finger."""
    await sell(ask, world, clerk, rng)
    if clerk.sale_ids:
        await _at_till(ask, clerk, "undo", f"/till-sales/{clerk.sale_ids.pop()}/undos")


async def redeem(ask: Asker, world: World, clerk: Clerk, rng: random.Random) -> None:
    """Scan a coupon that a member shows, check the basket, use it up for the POS's receipt; now and then twice."""
    member, claim_id = await _holder(ask, world, clerk, rng)
    if member is None:
        return
    code = await _code(ask, member, claim_id)
    lines = [
        {"sku_id": sku_id, "quantity": quantity + 2}
        for sku_id, quantity in basket(clerk.goods, rng, lines_max=5)
    ]
    prepared = await _at_till(
        ask, clerk, "prepare", "/redemptions/preparations", {"code": code, "lines": lines}
    )
    if not prepared["discount_minor"]:
        return
    body = {"claim_id": prepared["claim_id"], "receipt_id": ask.new_key(), "lines": lines}
    used = await _at_till(ask, clerk, "consume", "/redemptions", body)
    member.claims = [one for one in member.claims if one[0] != claim_id]
    clerk.redemption_ids = [*clerk.redemption_ids[-UNDO_MAX:], used["redemption_id"]]
    if rng.random() < 0.1:
        await _at_till(ask, clerk, "prepare", "/redemptions/preparations", {"code": code})


async def reverse(ask: Asker, world: World, clerk: Clerk, rng: random.Random) -> None:
    """Take a redemption back; redeem one first when there is none."""
    if not clerk.redemption_ids:
        await redeem(ask, world, clerk, rng)
    if clerk.redemption_ids:
        redemption_id = clerk.redemption_ids.pop()
        await _at_till(
            ask, clerk, "reverse", f"/redemptions/{redemption_id}/reversals", {"reason": "wrong basket"}
        )


async def look_at_stock(ask: Asker, world: World, merchant: Merchant, rng: random.Random) -> None:
    """Look at what is on the shelves of a store."""
    store_id = rng.choice(merchant.goods.store_ids)
    await ask.ask("stock", "GET", "/stock", token=merchant.token, store_id=store_id, limit=50)


async def look_at_figures(ask: Asker, world: World, merchant: Merchant, rng: random.Random) -> None:
    """Look at sales, redemptions and issued coupons of the day."""
    clock = await ask.ask("clock", "GET", "/clock")
    today = datetime.fromisoformat(clock["now"].replace("Z", "+00:00")).astimezone(UTC).date()
    await ask.ask(
        "sales report",
        "GET",
        "/reports/sales",
        token=merchant.token,
        from_day=(today - timedelta(days=1)).isoformat(),
        to_day=(today + timedelta(days=1)).isoformat(),
    )
    await ask.ask("issued coupons", "GET", "/coupons/issued", token=merchant.token, limit=20)
    await ask.ask("redemptions", "GET", "/redemptions", token=merchant.token, limit=20)


async def count_shelf(ask: Asker, world: World, merchant: Merchant, rng: random.Random) -> None:
    """Import a file with a few counted rows, so that the shelves are full again."""
    store_id = rng.choice(merchant.goods.store_ids)
    rows = [
        f"{store_id},{sku_id},{rng.randint(100, 300)}"
        for sku_id, _ in rng.sample(merchant.goods.skus, min(8, len(merchant.goods.skus)))
    ]
    text = "\n".join(["store_id,sku_id,on_hand", *rows, ""])
    await ask.ask(
        "import stock", "POST", "/imports/stock", token=merchant.token, body=text.encode(), media="text/csv",
        file_name="evening-count.csv",
    )  # fmt: skip


async def hand_over(ask: Asker, world: World, merchant: Merchant, rng: random.Random) -> None:
    """Hand over or send a few of the merchant's parts that are paid."""
    page = await ask.ask("orders", "GET", "/orders", token=merchant.token, limit=20)
    for one in [order for order in page["items"] if order["status"] == "paid"][:3]:
        await ask.ask(
            "hand over",
            "POST",
            f"/merchant-orders/{one['merchant_order_id']}/fulfilments",
            token=merchant.token,
        )


async def take_in(ask: Asker, world: World, merchant: Merchant, rng: random.Random) -> None:
    """Take returned goods in, and reject one now and then."""
    page = await ask.ask("returns", "GET", "/returns", token=merchant.token, status="requested", limit=20)
    for one in page["items"][:3]:
        path = f"/returns/{one['return_id']}"
        if rng.random() < 0.2:
            answer = {"answer": "The seal is broken."}
            await ask.ask("reject return", "POST", f"{path}/rejections", token=merchant.token, body=answer)
        else:
            body = {"is_sellable": rng.random() < 0.8}
            await ask.ask("take in return", "POST", f"{path}/receptions", token=merchant.token, body=body)


async def _code(ask: Asker, member: Member, claim_id: str) -> str:
    shown = await ask.ask("show coupon", "POST", f"/claims/{claim_id}/codes", token=member.token)
    return str(shown["text"])


async def _holder(ask: Asker, world: World, clerk: Clerk, rng: random.Random) -> tuple[Member | None, str]:
    """Return a member with a claim for this store; one who claims now when nobody has any."""
    fits = (None, clerk.goods.merchant_id)
    for _ in range(8):
        member = rng.choice(world.members)
        fitting = [claim_id for claim_id, merchant_id in member.claims if merchant_id in fits]
        if fitting:
            return member, rng.choice(fitting)
    coupons = [one for one in world.coupons if one["merchant_id"] in fits and "in_store" in one["channels"]]
    if not coupons:
        return None, ""
    member, coupon = rng.choice(world.members), rng.choice(coupons)
    made = await ask.ask(
        "claim",
        "POST",
        f"/coupons/{coupon['coupon_id']}/claims",
        token=member.token,
        body={"channel": "in_store"},
    )
    member.claims.append((made["claim_id"], coupon["merchant_id"]))
    return member, made["claim_id"]
