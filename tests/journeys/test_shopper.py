"""Journey 3: a shopper finds and claims coupons, shows a code, fills a cart over merchants, pays, cancels."""

from datetime import timedelta
from typing import Any

from tests.journeys.people import City, Shop, claim, everything, instant, lines, order, refused


async def test_coupons_near_a_point_come_with_distance_and_open_now(city: City) -> None:
    # Far from every other test's shop, so that the order of the list is this test's own.
    here = (-45.0 - (hash(city) % 1000) / 1000, 60.0)
    near = await city.shop([1_000], near=(here[0] + 0.01, here[1]))
    far = await city.shop([1_000], near=(here[0] + 0.05, here[1]))
    monday_only = [{"weekday": (await city.now()).isoweekday() % 7 + 1, "opens": "10:00", "closes": "10:01"}]
    await far.client.patch(f"/stores/{far.store_id}", {"hours": monday_only, "time_zone": "UTC"})
    far_id, near_id = await city.coupon(far.client), await city.coupon(near.client)
    [member] = await city.members(1)
    found = await everything(member.client, "/coupons", near=f"{here[0]:.6f},{here[1]}", radius_m=20_000)
    mine = [one for one in found if one["coupon_id"] in (far_id, near_id)]
    assert [one["coupon_id"] for one in mine] == [near_id, far_id]
    assert [one["nearest"]["store_id"] for one in mine] == [near.store_id, far.store_id]
    assert abs(mine[0]["nearest"]["distance_m"] - 1_112) < 10
    assert abs(mine[1]["nearest"]["distance_m"] - 5_560) < 30
    assert [one["nearest"]["is_open_now"] for one in mine] == [True, False]
    assert mine[0]["claimable"]
    assert mine[0]["summary"]
    assert mine[0]["summary_en"]
    stores = await member.client.get("/stores", near=f"{here[0]:.6f},{here[1]}", radius_m=2_000)
    assert [one["store"]["store_id"] for one in stores["items"]] == [near.store_id]
    async with refused("bad_input"):
        await member.client.get("/coupons", near="here")


async def test_claims_are_refused_for_typed_reasons(city: City) -> None:
    boss = await city.operator()
    first, second, twin, double = [*(await city.members(2)), *(await city.members(2, per_person=2))]
    scarce = await city.coupon(boss, is_platform=True, quantity_max=1)
    await claim(first, scarce)
    async with refused("sold_out", 409):
        await claim(second, scarce)
    async with refused("sold_out"):
        await claim(first, scarce)
    own = await city.coupon(boss, is_platform=True, per_member_max=2)
    await claim(first, own)
    await claim(first, own)
    async with refused("member_limit_reached", 409) as told:
        await claim(first, own)
    assert told["per_member_max"] == 2
    person = await city.coupon(boss, is_platform=True, per_person_max=1)
    await claim(twin, person)
    async with refused("person_limit_reached", 409):
        await claim(double, person)
    budget = await city.coupon(boss, is_platform=True, quantity_max=10, budget_minor=3_999)
    await claim(first, budget)
    async with refused("budget_spent", 409):
        await claim(second, budget)
    daily = await city.coupon(boss, is_platform=True, per_day_max=1)
    await claim(first, daily)
    async with refused("day_cap_reached", 409) as told:
        await claim(second, daily)
    assert instant(told["opens_at"]) > await city.now()
    later = (await city.now() + timedelta(hours=1)).replace(microsecond=0).isoformat()
    soon = await city.coupon(boss, is_platform=True, claim_starts_at=later)
    async with refused("phase_not_open", 409) as told:
        await claim(first, soon)
    assert instant(told["opens_at"]) == instant(later)
    await boss.post(f"/coupons/{own}/pause")
    async with refused("coupon_not_live", 409):
        await claim(second, own)
    async with refused("coupon_unknown", 404):
        await claim(first, "cpn_unknown")
    async with refused("not_allowed", 403):
        await boss.post(f"/coupons/{own}/claims", {})
    async with refused("not_signed_in", 401):
        await city.client().post(f"/coupons/{own}/claims", {})


async def test_the_same_intent_claims_once(city: City) -> None:
    boss, [member] = await city.operator(), await city.members(1)
    coupon_id = await city.coupon(boss, is_platform=True, per_member_max=60)
    path = f"/coupons/{coupon_id}/claims"
    first = await member.client.post(path, {}, key="intent-1")
    assert await member.client.post(path, {}, key="intent-1") == first
    async with refused("idempotency_conflict"):
        await member.client.post(path, {"channel": "in_store"}, key="intent-1")
    assert len((await member.client.get("/claims"))["items"]) == 1


async def test_my_coupons_are_unused_used_and_mine_alone(city: City) -> None:
    shop = await city.shop([10_000])
    first, other = await city.members(2, wallet_minor=50_000)
    coupon_id = await city.coupon(shop.client, per_member_max=2)
    used, kept = await claim(first, coupon_id), await claim(first, coupon_id)
    placed = await order(first, lines(shop, 1), [used])
    states = {
        state: [one["claim_id"] for one in (await first.client.get("/claims", state=state))["items"]]
        for state in ("unused", "used", "expired")
    }
    assert states == {"unused": [kept], "used": [used], "expired": []}
    seen = await first.client.get(f"/claims/{used}")
    assert seen["used"]["order_id"] == placed["order_id"]
    assert seen["used"]["amount_minor"] == 2_000
    code = await first.client.post(f"/claims/{kept}/codes")
    assert 30 <= code["step_s"] <= 60
    assert code["text"] != code["digits"].replace(" ", "")
    async with refused("already_used", 409):
        await first.client.post(f"/claims/{used}/codes")
    for path in (f"/claims/{kept}", f"/orders/{placed['order_id']}", f"/orders/{placed['order_id']}/trace"):
        async with refused("claim_unknown" if "claims" in path else "not_found", 404):
            await other.client.get(path)
    async with refused("claim_unknown", 404):
        await other.client.post(f"/claims/{kept}/codes")
    async with refused("not_found", 404):
        await other.client.post(f"/orders/{placed['order_id']}/cancellations")
    cart = {"lines": lines(shop, 1), "currency": "CNY", "claim_ids": [kept]}
    async with refused("claim_unknown", 404):
        await other.client.post("/quotes", cart)


async def test_expired_coupons_are_told_so(clock_city: City) -> None:
    boss, [member] = await clock_city.operator(), await clock_city.members(1)
    shop = await clock_city.shop([10_000])
    claim_id = await claim(member, await clock_city.coupon(boss, is_platform=True, days_after_claim=1))
    now = await clock_city.now()
    await boss.post("/sandbox/clock", {"to": (now + timedelta(days=2, hours=1)).isoformat()})
    assert [one["claim_id"] for one in (await member.client.get("/claims", state="expired"))["items"]] == [
        claim_id
    ]
    async with refused("claim_expired", 409):
        await member.client.post(f"/claims/{claim_id}/codes")
    async with refused("claim_expired"):
        await member.client.post(
            "/quotes", {"lines": lines(shop, 1), "currency": "CNY", "claim_ids": [claim_id]}
        )


async def test_products_are_found_in_chinese_and_english(city: City) -> None:
    shop, guest = await city.shop([1_000, 2_000]), city.client()
    for text in ("茉莉花茶", "茉莉", "jasmine tea", "JASMINE"):
        cards = await everything(guest, "/products", q=text, merchant_id=shop.merchant_id)
        assert len(cards) == 2, text
    [card] = (await guest.get("/products", q=shop.gtins[1]))["items"]
    assert card["sku_id"] == shop.sku_ids[1]
    found = await everything(guest, "/products", q="冰淇淋", merchant_id=shop.merchant_id)
    assert found == []


async def _two_shops(city: City) -> tuple[Shop, Shop]:
    tea = await city.shop([6_000, 4_001], on_hand=5, region_id="CN-ZJ", name="山茶里")
    shoe = await city.shop([30_000], on_hand=5, region_id="CN-SH", name="快步")
    return tea, shoe


async def _on_hand(shop: Shop) -> list[tuple[int, int]]:
    levels = (await shop.client.get("/stock", store_id=shop.store_id))["items"]
    by_sku = {level["sku_id"]: level for level in levels}
    return [(by_sku[sku_id]["on_hand"], by_sku[sku_id]["free_online"]) for sku_id in shop.sku_ids]


async def test_a_cart_over_two_merchants_is_quoted_to_the_line_and_splits(city: City) -> None:
    boss, (tea, shoe) = await city.operator(), await _two_shops(city)
    [member] = await city.members(1, wallet_minor=100_000)
    platform = await city.coupon(
        boss,
        is_platform=True,
        amount_minor=5_000,
        threshold_minor=30_000,
        funders=[{"kind": "platform", "share_bp": 6000}, {"kind": "merchant", "share_bp": 4000}],
    )
    own = await city.coupon(tea.client, amount_minor=1_000, threshold_minor=10_000)
    claims = [await claim(member, platform), await claim(member, own)]
    wanted = [*lines(tea, 1, 1), *lines(shoe, 1)]
    quote = (await member.client.post("/quotes", {"lines": wanted, "currency": "CNY", "claim_ids": claims}))[
        "quote"
    ]
    assert quote["gross_minor"] == 40_001
    assert quote["discount_minor"] == 6_000
    assert quote["total_minor"] == 34_001
    for line in quote["lines"]:
        off = sum(share["amount_minor"] for share in line["allocations"])
        assert line["gross_minor"] - off == line["net_minor"]
    by_coupon: dict[str, int] = {}
    for line in quote["lines"]:
        for share in line["allocations"]:
            by_coupon[share["claim_id"]] = by_coupon.get(share["claim_id"], 0) + share["amount_minor"]
    assert by_coupon == {claims[0]: 5_000, claims[1]: 1_000}
    placed = await order(member, wanted, claims)
    assert (placed["status"], placed["total_minor"], placed["wallet_minor"]) == ("paid", 34_001, 34_001)
    parts = {part["merchant_id"]: part for part in placed["merchant_orders"]}
    assert set(parts) == {tea.merchant_id, shoe.merchant_id}
    for part in parts.values():
        funded = part["merchant_funded_minor"] + part["platform_funded_minor"] + part["brand_funded_minor"]
        assert part["gross_minor"] == part["net_minor"] + funded
        assert (
            part["gross_minor"] - part["merchant_funded_minor"]
            == part["payable_minor"] + part["commission_minor"]
        )
    assert sum(part["net_minor"] for part in parts.values()) == 34_001
    assert sum(part["platform_funded_minor"] for part in parts.values()) == 3_000
    await _check_who_sees_what(tea, shoe, placed)
    trace = await member.client.get(f"/orders/{placed['order_id']}/trace")
    assert trace["total_minor"] == 34_001


async def _check_who_sees_what(tea: Shop, shoe: Shop, placed: dict[str, Any]) -> None:
    for shop in (tea, shoe):
        seen = await shop.client.get(f"/orders/{placed['order_id']}")
        assert [part["merchant_id"] for part in seen["merchant_orders"]] == [shop.merchant_id]
        listed = (await shop.client.get("/orders"))["items"]
        assert [one["order_id"] for one in listed] == [placed["order_id"]]


async def test_cancelling_gives_money_coupon_and_stock_back(city: City) -> None:
    boss, (tea, shoe) = await city.operator(), await _two_shops(city)
    [member] = await city.members(1, wallet_minor=100_000)
    kept = await city.coupon(boss, is_platform=True)
    lost = await city.coupon(tea.client, amount_minor=500, threshold_minor=1_000, return_policy="forfeit")
    claims = [await claim(member, kept), await claim(member, lost)]
    placed = await order(member, [*lines(tea, 2), *lines(shoe, 1)], claims)
    assert await _on_hand(tea) == [(5, 3), (5, 5)]
    [balance] = (await member.client.get("/wallet"))["balances"]
    assert balance["free_minor"] == 100_000 - placed["total_minor"]
    cancelled = await member.client.post(f"/orders/{placed['order_id']}/cancellations")
    assert cancelled["status"] == "refunded"
    [balance] = (await member.client.get("/wallet"))["balances"]
    assert balance["free_minor"] == 100_000
    assert await _on_hand(tea) == [(5, 5), (5, 5)]
    assert await _on_hand(shoe) == [(5, 5)]
    states = [(await member.client.get(f"/claims/{one}"))["status"] for one in claims]
    assert states[0] == "claimed"
    assert states[1] in ("redeemed", "returned")
    assert claims[1] not in [
        one["claim_id"] for one in (await member.client.get("/claims", state="unused"))["items"]
    ]
    async with refused("not_cancellable", 409):
        await member.client.post(f"/orders/{placed['order_id']}/cancellations")
    again = await order(member, lines(shoe, 1), claims[:1])
    assert again["discount_minor"] == 2_000
    trial = await boss.get("/ledger/trial-balance")
    assert all(row["difference_minor"] == 0 for row in trial)


async def test_an_order_waits_for_its_payment(city: City) -> None:
    shop, [member, other] = await city.shop([10_000], on_hand=1), await city.members(2)
    cart = {"lines": lines(shop, 1), "currency": "CNY", "expected_total_minor": 10_000}
    waiting = await member.client.post("/orders", cart)
    assert waiting["status"] == "pending_payment"
    async with refused("out_of_stock", 409) as told:
        await other.client.post("/orders", cart)
    assert told["left"] == 0
    path = f"/orders/{waiting['order_id']}"
    async with refused("wallet_too_low", 409) as told:
        await member.client.post(f"{path}/payments", {})
    assert told["needed_minor"] == 10_000
    async with refused("not_found", 404):
        await other.client.post(f"{path}/payments", {})
    await member.client.post("/sandbox/top-ups", {"amount_minor": 10_000, "currency": "CNY"})
    paid = await member.client.post(f"{path}/payments", {})
    assert paid["status"] == "paid"
    [part] = paid["merchant_orders"]
    async with refused("not_found", 404):
        await (await city.merchant()).client.post(f"/merchant-orders/{part['merchant_order_id']}/fulfilments")
    done = await shop.client.post(f"/merchant-orders/{part['merchant_order_id']}/fulfilments")
    assert done["status"] == "fulfilled"
    async with refused("not_cancellable", 409):
        await member.client.post(f"{path}/cancellations")
    assert await _on_hand(shop) == [(0, 0)]


async def test_orders_are_refused_for_typed_reasons(city: City) -> None:
    shop, [member] = await city.shop([10_000, 500]), await city.members(1, wallet_minor=9_999)
    other = await city.shop([10_000])
    cart = {"lines": lines(shop, 1), "currency": "CNY", "expected_total_minor": 10_000, "pay_with": "wallet"}
    async with refused("wallet_too_low", 409):
        await member.client.post("/orders", cart)
    async with refused("price_changed", 409) as told:
        await member.client.post("/orders", cart | {"expected_total_minor": 1})
    assert told["quote"]["total_minor"] == 10_000
    async with refused("wrong_currency", 422):
        await member.client.post("/orders", cart | {"currency": "USD"})
    for bad in (
        [{"sku_id": "sku_unknown", "quantity": 1, "store_id": shop.store_id}],
        [{"sku_id": shop.sku_ids[0], "quantity": 1, "store_id": other.store_id}],
        [{"sku_id": shop.sku_ids[0], "quantity": 1, "store_id": "sto_unknown"}],
    ):
        async with refused("bad_lines", 422):
            await member.client.post("/orders", cart | {"lines": bad})
    for quantity in (0, -1, 10_000, 2**70, 1.5, "1"):
        async with refused("bad_input"):
            await member.client.post(
                "/orders", cart | {"lines": [lines(shop, 1)[0] | {"quantity": quantity}]}
            )
    narrow = await city.coupon(
        shop.client, kind="fixed", amount_minor=100, threshold_minor=0, scope={"sku_ids": [shop.sku_ids[0]]}
    )
    claim_id = await claim(member, narrow)
    async with refused("nothing_eligible", 409):
        await member.client.post(
            "/quotes", {"lines": lines(shop, 0, 1), "currency": "CNY", "claim_ids": [claim_id]}
        )
    high = await claim(member, await city.coupon(shop.client))
    async with refused("below_threshold", 409):
        await member.client.post(
            "/quotes", {"lines": lines(shop, 0, 1), "currency": "CNY", "claim_ids": [high]}
        )
    async with refused("coupon_twice", 422):
        await member.client.post(
            "/quotes", {"lines": lines(shop, 1), "currency": "CNY", "claim_ids": [high, high]}
        )
    async with refused("coupons_need_member", 403):
        await city.client().post("/quotes", {"lines": lines(shop, 1), "currency": "CNY", "claim_ids": [high]})
    [balance] = (await member.client.get("/wallet"))["balances"]
    assert balance["free_minor"] == 9_999
    assert (await member.client.get("/orders"))["items"] == []


async def test_the_same_order_key_makes_one_order(city: City) -> None:
    shop, [member] = await city.shop([1_000]), await city.members(1, wallet_minor=9_999)
    cart = {"lines": lines(shop, 1), "currency": "CNY", "expected_total_minor": 1_000, "pay_with": "wallet"}
    first = await member.client.post("/orders", cart, key="once")
    assert (await member.client.post("/orders", cart, key="once"))["order_id"] == first["order_id"]
    async with refused("idempotency_conflict"):
        await member.client.post("/orders", cart | {"expected_total_minor": 2_000}, key="once")
    assert len((await member.client.get("/orders"))["items"]) == 1
