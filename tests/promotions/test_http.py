"""Offers over HTTP: written, approved by a second person, priced into quotes and orders, stopped; who may, what is refused."""

import uuid
from typing import Any

import msgspec
import pytest

from fairday.kernel.ids import new_id
from fairday.promotions import service as promotions
from fairday.promotions.types import PriceCart
from tests.client import problem_of, refused
from tests.promotions.conftest import Fair


async def test_an_offer_is_written_simulated_approved_by_another_and_priced_to_the_cent(fair: Fair) -> None:
    """The golden case of R20 through the API: shop offer, threshold across shops, coupon; each cent with its funder."""
    half = [{"funder": "platform", "share_bp": 6000}, {"funder": "merchant", "share_bp": 4000}]
    shop = fair.terms("shop", name="店铺满200减50", items={}, condition={"type": "amount", "min_minor": 20_000}, benefit={"type": "fixed", "amount_minor": 5_000})  # fmt: skip
    made = await fair.owners[0].post("/offers", {"terms": shop, "currency": "CNY", "reason": "shop day"})
    assert (made["status"], made["merchant_id"], made["live_version"]) == (
        "draft",
        fair.shops[0].merchant_id,
        None,
    )
    cart = fair.cart((0, 0, 1), (0, 1, 1), (1, 0, 1))
    assert (await fair.guest.post("/quotes", cart))["quote"]["total_minor"] == 60_000
    path = f"/offers/{made['offer_id']}/versions/1"
    assert await problem_of(fair.owners[1].post(f"{path}/approvals")) == (409, "not_simulated")
    simulated = await fair.owners[0].post(f"{path}/simulations", {})
    assert simulated["simulation"]["carts"] >= 1
    assert await problem_of(fair.owners[0].post(f"{path}/approvals")) == (409, "same_person")
    live = await fair.owners[1].post(f"{path}/approvals")
    assert (live["status"], live["live_version"], live["latest"]["approved_by_name"]) == (
        "live",
        1,
        "Manager",
    )
    assert await problem_of(fair.operators[0].post(f"{path}/approvals")) == (409, "already_approved")

    across = await fair.live(fair.terms(funders=half))
    view = await fair.member.post("/quotes", cart)
    assert [line["net_minor"] for line in view["quote"]["lines"]] == [6818, 13_637, 24_545]
    assert [one["name"] for one in view["offers"]] == ["店铺满200减50", "跨店每满300减50"]
    assert [(one["lane"], one["amount_minor"]) for one in view["steps"]] == [
        ("shop", 5_000),
        ("cross_shop", 10_000),
    ]
    with_coupon = cart | {"claim_ids": [fair.claim_id]}
    total = (await fair.member.post("/quotes", with_coupon))["quote"]["total_minor"]
    assert total == 43_000
    order = await fair.member.post(
        "/orders", with_coupon | {"expected_total_minor": total, "pay_with": "wallet"}
    )
    shares = [
        one for part in order["merchant_orders"] for line in part["lines"] for one in line["allocations"]
    ]
    mine = [one for one in shares if one["coupon_id"] == across["offer_id"]]
    assert {one["claim_id"] for one in shares} == {None, fair.claim_id}
    assert (sum(one["platform_minor"] for one in mine), sum(one["merchant_minor"] for one in mine)) == (
        6_000,
        4_000,
    )
    assert sum(one["amount_minor"] for one in shares) == 17_000
    assert (await fair.operators[0].get(f"/offers/{across['offer_id']}"))["taken_minor"] == 10_000


async def test_a_stored_trace_prices_to_the_same_total_for_ever(fair: Fair) -> None:
    """Also after the offer was changed and stopped: the order's own document is all that counts (R2, I24)."""
    live = await fair.live(fair.terms())
    cart = fair.cart((0, 1, 2), (1, 0, 1))
    total = (await fair.member.post("/quotes", cart))["quote"]["total_minor"]
    order = await fair.member.post("/orders", cart | {"expected_total_minor": total, "pay_with": "wallet"})
    await fair.operators[0].post(f"/offers/{live['offer_id']}/stops", {"reason": "over"})
    assert (await fair.member.post("/quotes", cart))["quote"]["total_minor"] == 70_000
    trace = await fair.member.get(f"/orders/{order['order_id']}/trace")
    again = promotions.price(msgspec.convert(trace["cart"], PriceCart))
    assert (total, again.total_minor, again.engine) == (60_000, 60_000, 2)
    nets = [line["net_minor"] for part in order["merchant_orders"] for line in part["lines"]]
    assert [line.net_minor for line in again.lines] == nets


async def test_cancelling_gives_the_budget_back_and_an_exhausted_one_stops_the_offer(fair: Fair) -> None:
    live = await fair.live(fair.terms(), budget_minor=12_000)
    offer = f"/offers/{live['offer_id']}"
    cart = fair.cart((0, 1, 1), (1, 0, 1))

    async def buy(expected: int) -> Any:
        return await fair.member.post(
            "/orders", cart | {"expected_total_minor": expected, "pay_with": "wallet"}
        )

    first = await buy(45_000)
    assert (await fair.operators[0].get(offer))["taken_minor"] == 5_000
    await fair.member.post(f"/orders/{first['order_id']}/cancellations")
    assert (await fair.operators[0].get(offer))["taken_minor"] == 0
    await buy(45_000)
    await buy(45_000)
    problem = await refused(buy(45_000), 409, "offer_used_up")
    assert problem.document["details"]["offer_id"] == live["offer_id"]
    now = await fair.operators[0].get(offer)
    assert (now["status"], now["stop_reason"], now["taken_minor"]) == ("stopped", "budget", 10_000)
    assert (await fair.member.post("/quotes", cart))["quote"]["total_minor"] == 50_000
    assert (await buy(50_000))["total_minor"] == 50_000


async def test_a_new_version_waits_while_the_old_one_lowers_prices(fair: Fair) -> None:
    live = await fair.live(fair.terms())
    offer = f"/offers/{live['offer_id']}"
    benefit = {"type": "every", "every_minor": 30_000, "off_minor": 9_000}
    second = await fair.operators[1].post(
        f"{offer}/versions", {"terms": fair.terms(benefit=benefit), "reason": "more"}
    )
    assert (second["live_version"], second["latest_version"]) == (1, 2)
    cart = fair.cart((1, 0, 1))
    assert (await fair.guest.post("/quotes", cart))["quote"]["total_minor"] == 25_000
    assert await problem_of(fair.operators[0].post(f"{offer}/versions/1/approvals")) == (409, "superseded")
    await fair.operators[1].post(f"{offer}/versions/2/simulations", {})
    await fair.operators[0].post(f"{offer}/versions/2/approvals")
    assert (await fair.guest.post("/quotes", cart))["quote"]["total_minor"] == 21_000
    versions = (await fair.operators[0].get(f"{offer}/versions"))["items"]
    assert [(one["version"], one["created_by_name"], one["approved_by_name"]) for one in versions] == [
        (2, "Two", "One"), (1, "One", "Two"),
    ]  # fmt: skip


async def test_a_quote_tells_what_to_add_and_why_an_offer_does_not_stand(fair: Fair) -> None:
    await fair.live(fair.terms())
    await fair.live(fair.terms(name="仅门店", benefit={"type": "percent", "rate_bp": 1000}, condition={"type": "channel", "channels": ["in_store"]}))  # fmt: skip
    view = await fair.guest.post("/quotes", fair.cart((0, 1, 1)))
    assert view["quote"]["total_minor"] == 20_000
    assert [(one["add_minor"], one["saves_minor"], one["name"]) for one in view["hints"]] == [
        (10_000, 5_000, "跨店每满300减50")
    ]
    assert ("仅门店", "wrong_channel") in [(one["name"], one["reason"]) for one in view["passed"]]
    assert all(one["why_not_zh"] for one in view["passed"])


async def test_a_code_lowers_the_price_only_for_those_who_know_it(fair: Fair) -> None:
    code = f"D{uuid.uuid4().hex[:8]}"
    await fair.live(fair.terms(name="暗号", lane="platform", trigger="code", codes=[code], benefit={"type": "fixed", "amount_minor": 700}))  # fmt: skip
    cart = fair.cart((0, 0, 1))
    plain = await fair.guest.post("/quotes", cart)
    assert plain["quote"]["total_minor"] == 10_000
    assert "暗号" not in str(plain)
    assert (await fair.guest.post("/quotes", cart | {"codes": [f" {code.lower()} "]}))["quote"][
        "total_minor"
    ] == 9_300
    body = cart | {"codes": [code], "expected_total_minor": 9_300, "pay_with": "wallet"}
    assert (await fair.member.post("/orders", body))["total_minor"] == 9_300


async def test_a_first_order_offer_counts_the_orders_that_stand(fair: Fair) -> None:
    await fair.live(fair.terms(lane="platform", condition={"type": "new_member"}, benefit={"type": "fixed", "amount_minor": 100}))  # fmt: skip
    cart = fair.cart((0, 0, 1))
    assert (await fair.guest.post("/quotes", cart))["quote"]["total_minor"] == 10_000
    order = await fair.member.post("/orders", cart | {"expected_total_minor": 9_900, "pay_with": "wallet"})
    assert (await fair.member.post("/quotes", cart))["quote"]["total_minor"] == 10_000
    await fair.member.post(f"/orders/{order['order_id']}/cancellations")
    assert (await fair.member.post("/quotes", cart))["quote"]["total_minor"] == 9_900


async def test_the_best_coupons_are_chosen_beside_offers(fair: Fair) -> None:
    await fair.live(fair.terms(lane="item", benefit={"type": "percent", "rate_bp": 1000}))
    view = await fair.member.post("/quotes", fair.cart((0, 1, 1), choosing="best"))
    assert view["quote"]["total_minor"] == 18_000 - 2_000
    assert [(one["is_chosen"], one["saves_minor"]) for one in view["choices"]] == [(True, 2_000)]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": " "}, "say what shoppers will read"),
    ({"lane": "freight", "benefit": {"type": "freight"}}, "not sold yet"),
    ({"lane": "payment", "benefit": {"type": "tender", "amount_minor": 1}}, "not sold yet"),
    ({"benefit": {"type": "points", "multiplier_bp": 20_000}}, "not sold yet"),
    ({"trigger": "claim"}, "make one under coupons"),
    ({"condition": {"type": "not", "of": {"type": "tier", "tiers": ["gold"]}}}, "tier can be simulated"),
    ({"funders": [{"funder": "platform", "share_bp": 1}]}, "sum to 10000"),
    (
        {"items": {"skus": ["sku_019a3f6c2d10000000000000001"]}},
        "there is no sku_019a3f6c2d10000000000000001 here",
    ),
]


@pytest.mark.parametrize(("change", "says"), BAD)
async def test_terms_that_cannot_work_are_refused_with_what_to_do(
    fair: Fair, change: dict[str, Any], says: str
) -> None:
    body = {"terms": fair.terms(**change), "currency": "CNY", "reason": "x"}
    problem = await refused(fair.operators[0].post("/offers", body), 422, "bad_offer")
    assert says in problem.document["detail"]


async def test_who_may_not(fair: Fair) -> None:
    terms = fair.terms("shop", items={}, benefit={"type": "fixed", "amount_minor": 100})
    made = await fair.owners[0].post("/offers", {"terms": terms, "currency": "CNY", "reason": "mine"})
    offer = f"/offers/{made['offer_id']}"
    stranger = fair.owners[2]
    for path, body in ((f"{offer}/stops", {"reason": "x"}), (f"{offer}/versions/1/approvals", None), (f"{offer}/versions", {"terms": terms, "reason": "x"})):  # fmt: skip
        assert await problem_of(stranger.post(path, body)) == (404, "offer_unknown")
        assert (await problem_of(fair.member.post(path, body)))[0] == 403
        assert (await problem_of(fair.guest.post(path, body)))[0] == 401
    assert await problem_of(stranger.get(offer)) == (404, "offer_unknown")
    assert made["offer_id"] not in str(await stranger.get("/offers"))
    across = {"terms": fair.terms(), "currency": "CNY", "reason": "x"}
    assert await problem_of(fair.owners[0].post("/offers", across)) == (422, "bad_offer")
    assert await problem_of(fair.owners[0].post("/price-documents", {})) == (403, "not_allowed")
    foreign = fair.terms(
        "item", items={"skus": [fair.shops[1].sku_ids[0]]}, benefit={"type": "fixed", "amount_minor": 1}
    )
    assert await problem_of(fair.owners[0].post("/offers", across | {"terms": foreign})) == (422, "bad_offer")
    assert await problem_of(fair.operators[0].post(f"{offer}/stops", {"reason": "x"})) == (
        409,
        "wrong_offer_status",
    )
    assert await problem_of(fair.operators[0].post(f"{offer}/versions/x/approvals")) == (404, "offer_unknown")
    assert await problem_of(fair.operators[0].get(f"/offers/{new_id('ofr')}")) == (404, "offer_unknown")


async def test_a_rule_is_said_in_plain_words_wherever_it_is_shown(fair: Fair) -> None:
    """With the names of goods and shops; nothing of it is stored, so a renamed shop is said by its new name."""
    sku = fair.shops[0].sku_ids[0]
    named = (await fair.guest.get(f"/skus/{sku}"))["name"]
    terms = fair.terms(
        "item",
        name="第二件半价",
        items={"skus": [sku]},
        benefit={"type": "nth_item", "n": 2, "rate_bp": 5_000},
    )
    asked = {"terms": terms, "currency": "CNY"}
    zh, en = (
        f"单品：{named}第二件半价；平台承担",
        f"Every second piece of {named} at half price; platform pays",
    )

    def said(view: dict[str, Any]) -> tuple[str, str]:
        return view["sentence_zh"], view["sentence"]

    assert said(await fair.operators[0].post("/offers/previews", asked)) == (zh, en)
    made = await fair.operators[0].post("/offers", asked | {"reason": "x"})
    assert said(made["latest"]) == (zh, en)
    path = f"/offers/{made['offer_id']}"
    assert said(await fair.operators[0].post(f"{path}/versions/1/simulations", {})) == (zh, en)
    await fair.operators[1].post(f"{path}/versions/1/approvals")
    assert said((await fair.operators[0].get(f"{path}/versions"))["items"][0]) == (zh, en)
    assert said(await fair.operators[0].get(path)) == (zh, en)
    other = {"terms": terms | {"benefit": {"type": "percent", "rate_bp": 1_000}}, "reason": "less"}
    changed = await fair.operators[0].post(f"{path}/versions", other)
    assert (said(changed), changed["latest"]["sentence_zh"]) == ((zh, en), f"单品：{named}打9折；平台承担")
    listed = (await fair.guest.get("/offers/live"))["items"]
    assert (zh, en) in [said(one) for one in listed]
    wrong = await fair.operators[0].post("/offers/previews", asked | {"terms": terms | {"name": ""}})
    assert (said(wrong), wrong["errors"], wrong["before"]) == (
        (zh, en),
        ["name: say what shoppers will read"],
        None,
    )


async def test_offers_are_listed_by_lane_and_in_each_order_page_by_page(fair: Fair) -> None:
    """Sorted both ways and read one by one, every order holds the same offers once, the reverse of its opposite."""
    mark = uuid.uuid4().hex[:8]
    made = [
        await fair.live(fair.terms(lane, name=f"{letter}{mark}", **more), budget_minor=budget)
        for lane, letter, budget, more in (
            ("cross_shop", "b", 20_000, {}),
            ("platform", "a", 1_000_000, {"benefit": {"type": "percent", "rate_bp": 1_000}}),
            ("cross_shop", "c", 500_000, {"condition": {"type": "amount", "min_minor": 90_000_000}}),
        )
    ]
    cart = fair.cart((1, 0, 1))
    total = (await fair.member.post("/quotes", cart))["quote"]["total_minor"]
    await fair.member.post("/orders", cart | {"expected_total_minor": total, "pay_with": "wallet"})
    ids = [one["offer_id"] for one in made]

    async def listed(**query: str) -> list[str]:
        found, cursor = list[str](), dict[str, str]()
        while True:
            page = await fair.operators[0].get("/offers", q=mark, limit=1, **query, **cursor)
            found += [one["offer_id"] for one in page["items"]]
            if not page["next_cursor"]:
                return found
            cursor = {"cursor": page["next_cursor"]}

    b, a, c = ids
    assert await listed() == [c, a, b]
    assert await listed(sort="name") == [a, b, c]
    # 50.00 of the threshold, then a tenth of 250.00; the third never stood.
    assert await listed(sort="-taken") == [b, a, c]
    assert await listed(sort="-share") == [b, a, c]
    for order in ("created", "name", "taken", "share"):
        assert await listed(sort=order) == (await listed(sort=f"-{order}"))[::-1]
    assert await listed(lane="platform") == [a]
    assert set(await listed(lane="cross_shop")) == {b, c}
    assert await listed(lane="item") == []


async def test_what_waits_for_a_second_person_is_told_to_those_who_may_be_it(fair: Fair) -> None:
    """Not to its author, not to strangers; no more once it is approved; again when a new version is written."""
    mark = uuid.uuid4().hex[:8]
    terms = fair.terms("shop", name=mark, items={}, condition={"type": "amount", "min_minor": 20_000}, benefit={"type": "fixed", "amount_minor": 5_000})  # fmt: skip
    owner, manager, stranger = fair.owners
    made = await owner.post("/offers", {"terms": terms, "currency": "CNY", "reason": "mine"})

    async def waits_for() -> list[bool]:
        askers = (owner, manager, stranger, fair.operators[0])
        return [bool((await one.get("/offers", q=mark, awaiting="me"))["items"]) for one in askers]

    assert await waits_for() == [False, True, False, True]
    path = f"/offers/{made['offer_id']}/versions"
    await owner.post(f"{path}/1/simulations", {})
    await manager.post(f"{path}/1/approvals")
    assert await waits_for() == [False, False, False, False]
    await manager.post(path, {"terms": terms, "reason": "again"})
    assert await waits_for() == [True, False, False, True]


async def test_a_first_order_is_one_also_while_it_waits_for_its_payment(fair: Fair) -> None:
    """An unpaid order holds its place, so that nobody keeps several first ones open; cancelled it gives the place back."""
    first = fair.terms(condition={"type": "new_member"}, benefit={"type": "fixed", "amount_minor": 5_000})
    live = await fair.live(first | {"lane": "platform"})
    cart = fair.cart((1, 0, 1))

    async def total() -> int:
        minor: int = (await fair.member.post("/quotes", cart))["quote"]["total_minor"]
        return minor

    async def order(expected: int, pay_with: str | None) -> Any:
        return await fair.member.post(
            "/orders", cart | {"expected_total_minor": expected, "pay_with": pay_with}
        )

    assert await total() == 25_000
    waiting = await order(25_000, None)
    assert await total() == 30_000
    await refused(order(25_000, "wallet"), 409, "price_changed")
    await fair.member.post(f"/orders/{waiting['order_id']}/cancellations")
    assert await total() == 25_000
    paid = await order(25_000, "wallet")
    assert await total() == 30_000
    trace = await fair.member.get(f"/orders/{paid['order_id']}/trace")
    assert promotions.price(msgspec.convert(trace["cart"], PriceCart)).total_minor == 25_000
    await fair.operators[0].post(f"/offers/{live['offer_id']}/stops", {"reason": "over"})


async def test_orders_on_the_net_are_paid_from_the_wallet_and_no_other_way_is_asked_for(fair: Fair) -> None:
    by_wallet = fair.terms(condition={"type": "payment_method", "methods": ["wallet"]})
    await fair.live(by_wallet)
    cart = fair.cart((1, 0, 1))
    view = await fair.member.post("/quotes", cart)
    assert view["quote"]["total_minor"] == 25_000
    order = await fair.member.post("/orders", cart | {"expected_total_minor": 25_000, "pay_with": "wallet"})
    trace = await fair.member.get(f"/orders/{order['order_id']}/trace")
    assert trace["cart"]["scene"]["payment_method"] == "wallet"
    by_card = by_wallet | {"condition": {"type": "payment_method", "methods": ["wallet", "card"]}}
    body = {"terms": by_card, "currency": "CNY", "reason": "x"}
    problem = await refused(fair.operators[0].post("/offers", body), 422, "bad_offer")
    assert "wallet" in str(problem.document["details"]["errors"])


async def test_faults_are_told_in_the_askers_language(fair: Fair) -> None:
    """The texts for people differ, in sentence, details and preview; code and status do not."""
    points = {"type": "points", "multiplier_bp": 20_000}
    funders = [{"funder": "platform", "share_bp": 1}]
    terms = fair.terms(
        "shop", name="", benefit=points, funders=funders, condition={"type": "tier", "tiers": ["gold"]}
    )
    body = {"terms": terms, "currency": "CNY", "reason": "x"}
    chinese, english = [
        (await refused(one, 422, "bad_offer")).document
        for one in (
            fair.operators[0].call("POST", "/offers", body, language="zh-CN"),
            fair.operators[0].post("/offers", body),
        )
    ]
    assert len(chinese["details"]["errors"]) == len(english["details"]["errors"]) == 5
    for one in chinese["details"]["errors"]:
        assert any("\u4e00" <= char <= "\u9fff" for char in one), one
        assert one in chinese["detail"]
    for one in english["details"]["errors"]:
        assert one.isascii()
        assert one in english["detail"]
    preview = await fair.operators[0].call(
        "POST", "/offers/previews", {"terms": terms, "currency": "CNY"}, language="zh-CN"
    )
    assert preview["errors"] == chinese["details"]["errors"]
