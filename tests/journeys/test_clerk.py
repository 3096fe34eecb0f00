"""Journey 4: a clerk at a paired till prepares, checks the basket, uses the coupon up, undoes; sells for wallet and cash."""

import asyncio
from datetime import timedelta
from typing import Any

from tests.client import is_nobody
from tests.journeys.people import PIN, City, Member, Shop, Till, claim, instant, refused


def basket(shop: Shop, *quantities: int) -> list[dict[str, Any]]:
    """Return basket lines by barcode; zero leaves one out."""
    return [
        {"gtin": gtin, "quantity": quantity}
        for gtin, quantity in zip(shop.gtins, quantities, strict=False)
        if quantity
    ]


async def code_of(member: Member, claim_id: str) -> str:
    """Return the text that the member shows now."""
    return str((await member.client.post(f"/claims/{claim_id}/codes"))["text"])


async def prepare(till: Till, code: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Scan a code with a basket."""
    told: dict[str, Any] = await till.clerk.post("/redemptions/preparations", {"code": code, "lines": lines})
    return told


async def test_prepare_check_consume_reverse(city: City) -> None:
    shop, [member] = await city.shop([6_000, 500]), await city.members(1)
    till = await city.till(shop)
    scope = {"sku_ids": shop.sku_ids[:1]}
    claim_id = await claim(member, await city.coupon(shop.client, scope=scope, channels=["in_store"]))
    code = await code_of(member, claim_id)
    # Not enough of what counts: the clerk is told what is missing, the coupon is set aside all the same.
    short = await prepare(till, code, basket(shop, 1, 1))
    assert (short["refusal_code"], short["discount_minor"]) == ("below_threshold", None)
    assert short["rule"]["threshold_minor"] == 10_000
    # One more: the lines that bear the discount are named.
    ready = await prepare(till, code, basket(shop, 2, 1))
    assert (ready["line_numbers"], ready["discount_minor"]) == ([1], 2_000)
    assert instant(ready["locked_until"]) > await city.now()
    body = {"claim_id": claim_id, "receipt_id": "r-1", "lines": basket(shop, 2, 1)}
    used = await till.clerk.post("/redemptions", body)
    assert (used["amount_minor"], used["receipt_id"], used["till_id"]) == (2_000, "r-1", till.till_id)
    assert (await till.clerk.post("/redemptions", body))["redemption_id"] == used["redemption_id"]
    assert (await member.client.get(f"/claims/{claim_id}"))["used"]["store_id"] == shop.store_id
    path = f"/redemptions/{used['redemption_id']}/reversals"
    undone = await till.clerk.post(path, {"reason": "changed her mind"})
    assert undone["reversed_at"]
    assert (await till.clerk.post(path, {"reason": "changed her mind"}))["reversed_at"] == undone[
        "reversed_at"
    ]
    assert (await member.client.get(f"/claims/{claim_id}"))["status"] == "claimed"
    again = {"code": await code_of(member, claim_id), "receipt_id": "r-2", "lines": basket(shop, 2)}
    assert (await till.clerk.post("/redemptions", again))["amount_minor"] == 2_000
    log = (await shop.client.get("/redemptions"))["items"]
    assert [one["receipt_id"] for one in log] == ["r-2", "r-1"]


async def test_a_used_code_is_told_where_and_when(city: City) -> None:
    shop, [member] = await city.shop([10_000]), await city.members(1)
    here, there = await city.till(shop), await city.till(shop, name="2 号收银台")
    claim_id = await claim(member, await city.coupon(shop.client))
    code = await code_of(member, claim_id)
    body = {"code": code, "receipt_id": "r-1", "lines": basket(shop, 1)}
    used = await here.clerk.post("/redemptions", body)
    # Replayed: a screenshot at the next till, another receipt at this one, a preparation.
    for clerk, receipt_id in ((there.clerk, "r-1"), (here.clerk, "r-2")):
        async with refused("already_used", 409) as told:
            await clerk.post("/redemptions", body | {"receipt_id": receipt_id})
        assert told["store_id"] == shop.store_id
        assert told["store_name_en"] == "First Store"
        assert abs(instant(told["used_at"]) - instant(used["redeemed_at"])) < timedelta(seconds=1)
        assert told["used_at_local"]
    async with refused("already_used"):
        await prepare(there, code, basket(shop, 1))
    # The same receipt with another basket is not the same sale.
    async with refused("receipt_conflict", 422):
        await here.clerk.post("/redemptions", body | {"lines": basket(shop, 2)})


async def test_one_code_at_several_tills_is_used_once(city: City) -> None:
    shop, [member] = await city.shop([10_000]), await city.members(1)
    tills = [await city.till(shop, name=f"{number} 号") for number in range(3)]
    code = await code_of(member, await claim(member, await city.coupon(shop.client)))

    async def use(till: Till, number: int) -> str:
        body = {"code": code, "receipt_id": f"r-{number}", "lines": basket(shop, 1)}
        try:
            await till.clerk.post("/redemptions", body)
        except Exception as problem:
            return str(getattr(problem, "code", problem))
        return "used"

    told = await asyncio.gather(*(use(till, number) for number in range(4) for till in tills))
    assert told.count("used") == 1
    assert set(told) == {"used", "already_used"}


async def test_forged_and_foreign_codes_are_refused(city: City) -> None:
    shop, [member] = await city.shop([10_000]), await city.members(1, wallet_minor=50_000)
    till, claim_id = (await city.till(shop)), await claim(member, await city.coupon(shop.client))
    shown = await member.client.post(f"/claims/{claim_id}/codes")
    text = shown["text"]
    changed = text[:-3] + ("0" if text[-3] != "0" else "1") + text[-2:]
    wrong_digits = str((int(shown["digits"].replace(" ", "")) + 1) % 10**12).rjust(12, "0")
    pay_code = (await member.client.post("/pay-codes"))["text"]
    for bad in (changed, wrong_digits, "12345678", "no code at all", text + text, pay_code):
        async with refused("code_invalid"):
            await prepare(till, bad, basket(shop, 1))
    # A coupon's code is no money.
    sale = {
        "receipt_id": "r-1", "lines": basket(shop, 1), "expected_total_minor": 10_000, "pay_code": text,
        "wallet_minor": 10_000,
    }  # fmt: skip
    async with refused("code_invalid"):
        await till.clerk.post("/till-sales", sale)
    # Typing the digits is as good as scanning.
    assert (await prepare(till, shown["digits"], basket(shop, 1)))["discount_minor"] == 2_000


async def test_an_expired_code_is_refused(clock_city: City) -> None:
    shop, [member] = await clock_city.shop([10_000]), await clock_city.members(1)
    till = await clock_city.till(shop)
    claim_id = await claim(member, await clock_city.coupon(shop.client))
    code = await code_of(member, claim_id)
    later = await clock_city.now() + timedelta(seconds=125)
    await (await clock_city.operator()).post("/sandbox/clock", {"to": later.isoformat()})
    async with refused("code_expired"):
        await prepare(till, code, basket(shop, 1))
    assert (await prepare(till, await code_of(member, claim_id), basket(shop, 1)))["discount_minor"] == 2_000


async def test_coupons_out_of_scope_are_refused(city: City) -> None:
    shop, other, [member] = await city.shop([10_000, 10_000]), await city.shop([1_000]), await city.members(1)
    till = await city.till(shop)
    elsewhere = await claim(member, await city.coupon(other.client))
    async with refused("wrong_store"):
        await prepare(till, await code_of(member, elsewhere), basket(shop, 1))
    online = await claim(member, await city.coupon(shop.client, channels=["online"]))
    async with refused("wrong_channel"):
        await prepare(till, await code_of(member, online), basket(shop, 1))
    narrow = await claim(member, await city.coupon(shop.client, scope={"sku_ids": shop.sku_ids[:1]}))
    told = await prepare(till, await code_of(member, narrow), basket(shop, 0, 2))
    assert (told["refusal_code"], told["discount_minor"]) == ("nothing_eligible", None)
    minute = [{"weekdays": [(await city.now()).isoweekday() % 7 + 1], "from_minute": 0, "to_minute": 1}]
    hours = await claim(member, await city.coupon(shop.client, hours=minute, time_zone="UTC"))
    async with refused("outside_hours"):
        await prepare(till, await code_of(member, hours), basket(shop, 1))
    async with refused("bad_basket", 422):
        await prepare(till, await code_of(member, narrow), basket(other, 1))
    async with refused("not_prepared"):
        await (await city.till(shop, name="2 号")).clerk.post(
            "/redemptions", {"claim_id": narrow, "receipt_id": "r-9", "lines": basket(shop, 1)}
        )
    async with refused("claim_locked", 409):
        await prepare(await city.till(shop, name="3 号"), await code_of(member, narrow), basket(shop, 1))


async def test_only_a_paired_till_with_an_open_shift_works(city: City) -> None:
    shop, stranger = await city.shop([10_000]), await city.shop([10_000])
    till_id = (await shop.client.post("/tills", {"store_id": shop.store_id, "name": "1"}))["till_id"]
    async with refused("setup_code_invalid", 422):
        await city.client().post("/tills/pairings", {"setup_code": "AAAA-AAAA"})
    old = (await shop.client.post(f"/tills/{till_id}/setup-codes"))["code"]
    code = (await shop.client.post(f"/tills/{till_id}/setup-codes"))["code"]
    async with refused("setup_code_invalid"):
        await city.client().post("/tills/pairings", {"setup_code": old})
    paired = await city.client().post("/tills/pairings", {"setup_code": code.lower()})
    async with refused("setup_code_invalid"):
        await city.client().post("/tills/pairings", {"setup_code": code})
    device, login = city.client(paired["token"]), await city.clerk(shop)
    async with refused("wrong_pin"):
        await device.post("/shifts", {"clerk": login, "pin": "000001"})
    async with refused("wrong_pin"):
        await device.post("/shifts", {"clerk": await city.clerk(stranger), "pin": PIN})
    async with refused("not_allowed", 403):
        await device.post("/till-sales", {})
    opened = await device.post("/shifts", {"clerk": login, "pin": PIN})
    clerk = city.client(opened["token"])
    async with refused("shift_open", 409):
        await device.post("/shifts", {"clerk": await city.clerk(shop), "pin": PIN})
    async with refused("not_found", 404):
        await stranger.client.get(f"/tills/{till_id}")
    async with refused("not_found", 404):
        await stranger.client.post(f"/tills/{till_id}/setup-codes")
    await clerk.post(f"/shifts/{opened['shift']['shift_id']}/closings", {"counted_cash_minor": 0})
    await is_nobody(clerk, "/tills/current")
    # The merchant takes the device away: it is nobody at once.
    await shop.client.delete(f"/tills/{till_id}/devices/{paired['device_id']}")
    await is_nobody(device, "/tills/current")


async def test_guessing_pins_ends_soon(city: City) -> None:
    shop = await city.shop([1_000])
    till = await city.till(shop)
    codes = []
    for number in range(7):
        try:
            await till.device.post("/shifts", {"clerk": till.clerk_login, "pin": f"{number:06}"})
        except Exception as problem:
            codes.append(getattr(problem, "code", str(problem)))
    assert codes[0] == "wrong_pin"
    assert codes[-1] == "too_many_requests"


async def test_a_sale_takes_wallet_coupon_and_cash(city: City) -> None:
    shop, [member] = await city.shop([6_000, 500]), await city.members(1, wallet_minor=5_000)
    till = await city.till(shop, opening_cash_minor=20_000)
    claim_id = await claim(member, await city.coupon(shop.client))
    asked = {
        "lines": basket(shop, 2, 1), "coupon_codes": [await code_of(member, claim_id)],
        "pay_code": (await member.client.post("/pay-codes"))["text"],
    }  # fmt: skip
    quote = await till.clerk.post("/till-sales/quotes", asked)
    assert (quote["gross_minor"], quote["discount_minor"], quote["total_minor"]) == (12_500, 2_000, 10_500)
    sale = {
        "receipt_id": "r-1", "lines": asked["lines"], "claim_ids": quote["claim_ids"], "pay_code": asked["pay_code"],
        "expected_total_minor": 10_500, "wallet_minor": 5_000, "cash_tendered_minor": 6_000,
    }  # fmt: skip
    for change, code in (
        ({"expected_total_minor": 10_499}, "price_changed"),
        ({"cash_tendered_minor": 5_499}, "too_little_cash"),
        ({"pay_code": None}, "pay_code_needed"),
        ({"wallet_minor": 5_001}, "wallet_too_low"),
        ({"wallet_minor": 10_501}, "tenders_mismatch"),
    ):
        async with refused(code):
            await till.clerk.post("/till-sales", sale | {"receipt_id": f"r-{code}"} | change)
    sold = await till.clerk.post("/till-sales", sale)
    assert (sold["wallet_minor"], sold["cash_minor"], sold["change_minor"]) == (5_000, 5_500, 500)
    assert (sold["member_id"], sold["claim_ids"]) == (member.member_id, [claim_id])
    assert (await till.clerk.post("/till-sales", sale))["sale_id"] == sold["sale_id"]
    async with refused("receipt_conflict", 422):
        await till.clerk.post("/till-sales", sale | {"lines": basket(shop, 3)})
    [balance] = (await member.client.get("/wallet"))["balances"]
    assert balance["free_minor"] == 0
    levels = {
        one["sku_id"]: one for one in (await shop.client.get("/stock", store_id=shop.store_id))["items"]
    }
    assert [levels[sku_id]["on_hand"] for sku_id in shop.sku_ids] == [98, 99]
    placed = await member.client.get(f"/orders/{sold['order_id']}")
    assert (placed["channel"], placed["status"]) == ("in_store", "paid") or placed["status"] == "fulfilled"
    desk = await till.device.get("/tills/current")
    assert desk["shift"]["expected_cash_minor"] == 25_500
    undone = await till.clerk.post(f"/till-sales/{sold['sale_id']}/undos")
    assert undone["undone_at"]
    [balance] = (await member.client.get("/wallet"))["balances"]
    assert balance["free_minor"] == 5_000
    assert (await member.client.get(f"/claims/{claim_id}"))["status"] == "claimed"
    assert (await till.device.get("/tills/current"))["shift"]["expected_cash_minor"] == 20_000
    levels = {
        one["sku_id"]: one for one in (await shop.client.get("/stock", store_id=shop.store_id))["items"]
    }
    assert [levels[sku_id]["on_hand"] for sku_id in shop.sku_ids] == [100, 100]
    closed = await till.clerk.post(f"/shifts/{till.shift_id}/closings", {"counted_cash_minor": 19_990})
    assert (closed["expected_cash_minor"], closed["counted_cash_minor"]) == (20_000, 19_990)


async def test_a_till_cannot_sell_what_it_does_not_have(city: City) -> None:
    shop = await city.shop([1_000], on_hand=1)
    till = await city.till(shop)
    body = {
        "receipt_id": "r-1",
        "lines": basket(shop, 2),
        "expected_total_minor": 2_000,
        "cash_tendered_minor": 2_000,
    }
    async with refused("out_of_stock", 409) as told:
        await till.clerk.post("/till-sales", body)
    assert told["left"] == 1
    one = body | {"lines": basket(shop, 1), "expected_total_minor": 1_000}
    assert (await till.clerk.post("/till-sales", one))["change_minor"] == 1_000
    stranger = await city.till(await city.shop([1_000]))
    sales = (await shop.client.get("/till-sales"))["items"]
    async with refused("not_found", 404):
        await stranger.clerk.get(f"/till-sales/{sales[0]['sale_id']}")
    async with refused("not_found", 404):
        await stranger.clerk.post(f"/till-sales/{sales[0]['sale_id']}/undos")
