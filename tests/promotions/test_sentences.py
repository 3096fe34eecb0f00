"""Every kind of rule has its sentence in Chinese and English, as a shop would write it."""

from typing import Any

import msgspec
import pytest

from fairday.promotions.engine import benefit_types, condition_types
from fairday.promotions.engine.benefit_types import Benefit
from fairday.promotions.engine.condition_types import Condition
from fairday.promotions.engine.offers import Lane, Offer, OnReturn, Trigger
from fairday.promotions.engine.sentences import sentence
from tests.promotions.table_builders import Doc, shares

NAMES = {
    "TEA": "春茶", "CUP": "茶杯", "BOX": "礼盒", "tea": "茶叶", "m1": "茶山集", "store1": "春熙路店", "pre": "预售", "vip": "老客", "cpn": "满百减十",
    "alipay": "支付宝", "cn-51": "四川",
}  # fmt: skip
NAMES_EN = {
    "TEA": "Spring Tea", "CUP": "Tea Cup", "BOX": "Gift Box", "tea": "Tea", "m1": "Tea Hill", "store1": "Chunxi Road", "pre": "Presale",
    "vip": "Regulars", "cpn": "10 off 100", "alipay": "Alipay", "cn-51": "Sichuan",
}  # fmt: skip
TEA: Doc = {"items": {"skus": ["TEA"]}}
HALF: Doc = {"type": "nth_item", "n": 2, "rate_bp": 5000}
OFF: Doc = {"type": "fixed", "amount_minor": 5000}
FROM_300: Doc = {"type": "amount", "min_minor": 30_000}

BENEFITS: list[tuple[str, Doc, str, str]] = [
    ("item", {**TEA, "benefit": {"type": "fixed", "amount_minor": 550}}, "5.50 CNY off each piece of Spring Tea", "单品：春茶每件减¥5.50"),
    ("cross_shop", {"benefit": OFF}, "Across shops: 50 CNY off", "跨店立减¥50"),
    ("cross_shop", {"benefit": OFF, "condition": FROM_300}, "Across shops: 50 CNY off from 300 CNY", "跨店满300减50"),
    ("shop", {"benefit": OFF, "condition": FROM_300, "merchant_id": "m1"}, "At Tea Hill: 50 CNY off from 300 CNY", "茶山集店铺：满300减50"),
    ("platform", {"benefit": {"type": "percent", "rate_bp": 1500, "cap_minor": 10_000}, "condition": FROM_300},
     "Platform-wide: 15 % off from 300 CNY, at most 100 CNY", "平台满300打8.5折，最高减100"),
    ("platform", {"benefit": {"type": "percent", "rate_bp": 1000}, "condition": {"type": "quantity", "min": 3}},
     "Platform-wide: 10 % off from 3 pieces", "平台满3件打9折"),
    ("item", {**TEA, "benefit": {"type": "percent", "rate_bp": 2000, "cap_minor": 500}}, "20 % off Spring Tea, at most 5 CNY a piece",
     "单品：春茶打8折，每件最高减5"),
    ("item", {"benefit": {"type": "percent", "rate_bp": 10_000}}, "100 % off all goods", "单品：全部商品免费"),
    ("item", {**TEA, "benefit": {"type": "fixed_price", "price_minor": 990}}, "Spring Tea for 9.90 CNY each", "单品：春茶每件¥9.90"),
    ("platform", {"items": {"category_ids": ["tea"]}, "benefit": {"type": "fixed_price", "price_minor": 9900}, "condition": {"type": "quantity", "min": 3}},
     "Platform-wide: Tea together for 99 CNY from 3 pieces", "平台：茶叶类商品满3件共¥99"),
    ("cross_shop", {"benefit": {"type": "tiered", "by": "amount", "steps": [{"from": 50_000, "amount_minor": 6000}, {"from": 30_000, "amount_minor": 3000}]}},
     "Across shops: 30 CNY off from 300 CNY, 60 CNY off from 500 CNY", "跨店满300减30、满500减60"),
    ("shop", {"merchant_id": "m1", "benefit": {"type": "tiered", "by": "quantity", "steps": [{"from": 2, "rate_bp": 1000}, {"from": 3, "rate_bp": 2000}], "cap_minor": 8000}},
     "At Tea Hill: 10 % off from 2 pieces, 20 % off from 3 pieces, at most 80 CNY", "茶山集店铺：满2件打9折、满3件打8折，最高减80"),
    ("cross_shop", {"benefit": {"type": "every", "every_minor": 30_000, "off_minor": 5000, "cap_minor": 20_000}},
     "Across shops: 50 CNY off every 300 CNY, at most 200 CNY", "跨店每满300减50，最高减200"),
    ("item", {**TEA, "benefit": HALF}, "Every second piece of Spring Tea at half price", "单品：春茶第二件半价"),
    ("item", {"benefit": {"type": "nth_item", "n": 3, "rate_bp": 10_000, "of": "cheapest", "times_max": 1}},
     "Every third piece of all goods for free, in any mix, the cheapest pieces, once an order", "单品：全部商品任选第三件免费（低价商品享优惠），每单限享1次"),
    ("item", {"items": {"category_ids": ["tea"]}, "benefit": {"type": "nth_item", "n": 2, "price_minor": 100, "times_max": 3}},
     "Every second piece of Tea for 1 CNY, of the same kind, at most 3 times an order", "单品：茶叶类商品同款第二件¥1，每单最多享3次"),
    ("item", {**TEA, "benefit": {"type": "buy_get", "buy": 2, "get": 1}}, "Buy 2 of Spring Tea, get 1 more for free", "单品：春茶买二送一"),
    ("item", {"items": {"skus": ["TEA", "CUP"]}, "benefit": {"type": "buy_get", "buy": 3, "get": 1, "of": "cheapest", "rate_bp": 5000}},
     "Buy 3 of Spring Tea and Tea Cup, get 1 more, the cheapest pieces at half price", "单品：春茶、茶杯任选买3件，再买1件半价（低价商品享优惠）"),
    ("item", {**TEA, "benefit": {"type": "buy_get", "buy": 2, "get": 1, "of": "listed", "get_items": {"skus": ["CUP"]}}},
     "Buy 2 of Spring Tea, get 1 of Tea Cup for free", "单品：买2件春茶，送1件茶杯"),
    ("item", {**TEA, "benefit": {"type": "buy_get", "buy": 2, "get": 1, "of": "listed", "get_items": {"skus": ["CUP"]}, "rate_bp": 3000}},
     "Buy 2 of Spring Tea, get 1 of Tea Cup at 30 % off", "单品：买2件春茶，可7折购1件茶杯"),
    ("item", {"benefit": {"type": "bundle", "price_minor": 9900, "parts": [{"items": {"skus": ["TEA"]}}, {"items": {"skus": ["CUP"]}, "quantity": 2}]}},
     "Spring Tea + 2 × Tea Cup together for 99 CNY", "单品：套装 春茶 + 茶杯 ×2 共¥99"),
    ("shop", {"merchant_id": "m1", "condition": FROM_300, "benefit": {"type": "gift", "sku": "CUP", "quantity": 2}},
     "At Tea Hill: 2 × Tea Cup as a gift from 300 CNY, while stocks last", "茶山集店铺：满300赠茶杯 ×2，赠完即止"),
    ("platform", {"benefit": {"type": "gift", "sku": "CUP", "fallback": "other_sku", "fallback_sku": "BOX"}},
     "Platform-wide: Tea Cup as a gift, then Gift Box", "平台：下单赠茶杯，赠完换赠礼盒"),
    ("platform", {"benefit": {"type": "gift", "sku": "CUP", "fallback": "amount", "fallback_minor": 500}},
     "Platform-wide: Tea Cup as a gift, then 5 CNY off", "平台：下单赠茶杯，赠完改减¥5"),
    ("freight", {"condition": {"type": "amount", "min_minor": 9900}, "benefit": {"type": "freight"}}, "Free delivery from 99 CNY", "满99包邮"),
    ("freight", {"benefit": {"type": "freight", "rate_bp": 5000, "cap_minor": 800}}, "50 % off delivery, at most 8 CNY", "运费半价，最高减8"),
    ("platform", {"benefit": {"type": "points", "multiplier_bp": 20_000}}, "Platform-wide: double points", "平台享双倍积分"),
    ("platform", {"items": {"category_ids": ["tea"]}, "benefit": {"type": "points", "multiplier_bp": 15_000}},
     "Platform-wide: 1.5 times the points on Tea", "平台：茶叶类商品享1.5倍积分"),
    ("item", {**TEA, "benefit": {"type": "deposit", "deposit_minor": 5000, "counts_as_minor": 10_000}},
     "A deposit of 50 CNY counts as 100 CNY on each piece of Spring Tea", "单品：春茶定金¥50抵¥100"),
    ("payment", {"benefit": {"type": "tender", "amount_minor": 2000, "limit_bp": 5000}},
     "At payment: pays up to 20 CNY, at most 50 % of the goods", "支付可抵¥20，最多抵商品金额的50%"),
]  # fmt: skip

CONDITIONS: list[tuple[Doc, str, str]] = [
    ({"type": "all", "of": [{"type": "tier", "tiers": ["gold"]}, {"type": "hours", "from": "18:00", "until": "22:00"}]},
     "gold members, daily 18:00–22:00", "限金卡会员，每天 18:00–22:00"),
    ({"type": "all", "of": [{"type": "hours", "from": "20:00", "until": "02:00"}, {"type": "new_member"}, {"type": "weekdays", "days": [7, 6]}]},
     "weekends 20:00–02:00, new members only", "每周末 20:00–次日02:00，仅限新会员"),
    ({"type": "any", "of": [{"type": "new_member"}, {"type": "tier", "tiers": ["gold", "platinum"]}]},
     "new members only or gold and platinum members", "仅限新会员或限金卡、白金会员"),
    ({"type": "not", "of": {"type": "channel", "channels": ["live"]}}, "not for: only in live rooms", "以下情况除外：仅限直播间"),
    ({"type": "window", "from": "2026-11-11T00:00:00+08:00", "until": "2026-11-11T16:00:00Z"},
     "11 Nov 2026 00:00 to 12 Nov 2026 00:00", "2026年11月11日 00:00 至 2026年11月12日 00:00"),
    ({"type": "window", "until": "2026-11-11T23:59:59+08:00"}, "until 11 Nov 2026 23:59:59", "2026年11月11日 23:59:59 止"),
    ({"type": "phase", "phase_ids": ["pre"]}, "during Presale", "限“预售”阶段"),
    ({"type": "hours", "from": "22:00", "until": "00:00"}, "daily 22:00–24:00", "每天 22:00–24:00"),
    ({"type": "weekdays", "days": [1, 2, 3, 4, 5]}, "Monday to Friday", "周一至周五"),
    ({"type": "weekdays", "days": [5, 3, 1]}, "Monday, Wednesday and Friday", "每周一、三、五"),
    ({"type": "place", "place_ids": ["store1"]}, "only at Chunxi Road", "仅限春熙路店"),
    ({"type": "channel", "channels": ["online", "in_store"]}, "only online or in stores", "仅限线上、门店"),
    ({"type": "region", "region_ids": ["cn-51"]}, "delivered to Sichuan", "限送四川"),
    ({"type": "payment_method", "methods": ["alipay"]}, "paid by Alipay", "限支付宝支付"),
    ({"type": "quantity", "min": 2}, "from 2 pieces", "满2件"),
    ({"type": "quantity", "min": 1, "max": 5, "items": {"skus": ["CUP"]}}, "at most 5 pieces of Tea Cup", "茶杯不超过5件"),
    ({"type": "quantity", "min": 2, "max": 2}, "exactly 2 pieces", "恰好2件"),
    ({"type": "amount", "min_minor": 20_000, "max_minor": 50_000}, "200 to 500 CNY", "200–500元"),
    ({"type": "amount", "min_minor": 9990, "items": {"brands": ["龙井"]}}, "from 99.90 CNY of goods by 龙井", "品牌“龙井”的商品满99.90元"),
    ({"type": "weight", "min_g": 500}, "from 500 g", "满500克"),
    ({"type": "weight", "max_g": 2500}, "at most 2.5 kg", "不超过2.5千克"),
    ({"type": "order_number"}, "first order only", "仅限首单"),
    ({"type": "order_number", "nth": 2}, "second order only", "仅限第二单"),
    ({"type": "order_number", "nth": 5, "every": True}, "every fifth order", "每5单享一次"),
    ({"type": "tier", "tiers": ["gold"]}, "gold members", "限金卡会员"),
    ({"type": "segment", "segments": ["vip"]}, "members in Regulars", "限“老客”人群"),
    ({"type": "new_member"}, "new members only", "仅限新会员"),
    ({"type": "coupon_held", "offer_id": "cpn"}, "for holders of the coupon 10 off 100", "持有优惠券“满百减十”可享"),
    ({"type": "code", "codes": ["TEA11", "CHA"]}, "with the code TEA11 or CHA", "输入优惠码TEA11或CHA"),
    ({"type": "first_n", "n": 100}, "the first 100 only", "限前100名"),
]  # fmt: skip

ITEMS: list[tuple[Doc, str, str]] = [
    ({}, "all goods", "全部商品"),
    ({"merchant_ids": ["m1"]}, "goods from Tea Hill", "茶山集的商品"),
    ({"brands": ["龙井", "碧螺春"], "category_ids": ["tea"]}, "Tea by 龙井 or 碧螺春", "品牌“龙井”或“碧螺春”的茶叶类商品"),
    ({"tags": ["new"]}, "goods tagged new", "带“new”标签的商品"),
    ({"skus": ["TEA"], "category_ids": ["tea"]}, "Spring Tea in Tea", "茶叶类的春茶"),
    ({"skus": ["A", "B", "C", "D", "E", "F"]}, "A, B, C, D and 2 more", "A、B、C、D等6款"),
    ({"exclude": {"skus": ["CUP"]}}, "all goods except Tea Cup", "全部商品（不含茶杯）"),
    ({"price_min_minor": 1000, "price_max_minor": 5000}, "all goods priced 10 CNY to 50 CNY", "单价¥10–¥50的全部商品"),
    ({"price_min_minor": 1000}, "all goods priced 10 CNY or more", "单价¥10及以上的全部商品"),
    ({"price_max_minor": 5000}, "all goods priced 50 CNY or less", "单价¥50及以下的全部商品"),
    ({"category_ids": ["tea"], "not_discounted": True}, "Tea at the regular price", "原价的茶叶类商品"),
]  # fmt: skip

MORE: list[tuple[Doc, str, str]] = [
    ({"trigger": "claim", "claims_max": 3}, "; with a claimed coupon, up to 3 on one order; platform pays", "；需领券，每单最多用3张；平台承担"),
    ({"trigger": "code", "codes": ["DOUBLE11"]}, "; with the code DOUBLE11; platform pays", "；输入优惠码DOUBLE11；平台承担"),
    ({"starts_at": "2026-11-10T20:00:00+08:00"}, "; from 10 Nov 2026 20:00; platform pays", "；2026年11月10日 20:00 起；平台承担"),
    ({"unit_floor_minor": 990}, "; no piece below 9.90 CNY; platform pays", "；单件不低于¥9.90；平台承担"),
    ({"payable_floor_minor": 1}, "; at least 0.01 CNY stays to pay; platform pays", "；至少实付¥0.01；平台承担"),
    ({"exclusive": True}, "; not with other offers of its kind; platform pays", "；不与其他同类优惠同享；平台承担"),
    ({"group": "tea"}, "; one offer of the group Tea; platform pays", "；“茶叶”组内优惠只享一个；平台承担"),
    ({"optional": True, "may_go_below_cost": True}, "; the shopper may leave it out, may go below cost; platform pays", "；可选择不使用，可低于成本价；平台承担"),
    ({"on_return": "keep"}, "; kept when a part is returned; platform pays", "；部分退货仍保留优惠；平台承担"),
    ({"on_return": "claw_back"}, "; taken back when a return breaks its terms; platform pays", "；退货后不满足条件的，优惠从退款中扣回；平台承担"),
    ({"funders": shares(("merchant", 10_000))}, "; merchant pays", "；商家承担"),
    ({"funders": shares(("platform", 6000), ("merchant", 4000))}, "; platform pays 60 %, merchant 40 %", "；平台承担60%，商家承担40%"),
    ({"funders": shares(("brand:龙井", 3333), ("platform", 6667))}, "; 龙井 pays 33.33 %, platform 66.67 %", "；品牌“龙井”承担33.33%，平台承担66.67%"),
]  # fmt: skip


def said(lane: str, currency: str = "CNY", **terms: Any) -> tuple[str, str]:
    offer = msgspec.convert({"offer_id": "o", "lane": lane, **terms}, Offer)
    return sentence(offer, currency, NAMES, NAMES_EN)


@pytest.mark.parametrize(("lane", "terms", "en", "zh"), BENEFITS, ids=[row[2] for row in BENEFITS])
def test_a_benefit_is_said(lane: str, terms: Doc, en: str, zh: str) -> None:
    who = ("merchant", "商家") if "merchant_id" in terms else ("platform", "平台")
    assert said(lane, **terms) == (f"{en}; {who[0]} pays", f"{zh}；{who[1]}承担")


@pytest.mark.parametrize(("condition", "en", "zh"), CONDITIONS, ids=[row[1] for row in CONDITIONS])
def test_a_condition_is_said(condition: Doc, en: str, zh: str) -> None:
    head = "Every second piece of Spring Tea at half price", "单品：春茶第二件半价"
    told = said("item", **TEA, benefit=HALF, condition=condition)
    assert told == (f"{head[0]}; {en}; platform pays", f"{head[1]}；{zh}；平台承担")


@pytest.mark.parametrize(("items", "en", "zh"), ITEMS, ids=[row[1] for row in ITEMS])
def test_goods_are_named(items: Doc, en: str, zh: str) -> None:
    told = said("item", items=items, benefit={"type": "fixed_price", "price_minor": 100})
    assert told == (f"{en[0].upper()}{en[1:]} for 1 CNY each; platform pays", f"单品：{zh}每件¥1；平台承担")


@pytest.mark.parametrize(("terms", "en", "zh"), MORE, ids=[row[1] for row in MORE])
def test_the_rest_of_a_rule_is_said(terms: Doc, en: str, zh: str) -> None:
    assert said("cross_shop", benefit=OFF, condition=FROM_300, **terms) == (
        f"Across shops: 50 CNY off from 300 CNY{en}",
        f"跨店满300减50{zh}",
    )


def test_a_whole_rule_reads_as_a_shop_would_write_it() -> None:
    told = said(
        "item",
        **TEA,
        benefit=HALF,
        condition=CONDITIONS[0][0],
        funders=shares(("platform", 6000), ("merchant", 4000)),
    )
    assert told == (
        "Every second piece of Spring Tea at half price; gold members, daily 18:00–22:00; platform pays 60 %, merchant 40 %",
        "单品：春茶第二件半价；限金卡会员，每天 18:00–22:00；平台承担60%，商家承担40%",
    )


@pytest.mark.parametrize(
    ("currency", "en", "zh"),
    [
        (
            "JPY",
            "Across shops: 5000 JPY off from 30000 JPY; platform pays",
            "跨店满JP¥30000减JP¥5000；平台承担",
        ),
        ("KWD", "Across shops: 5 KWD off from 30 KWD; platform pays", "跨店满KWD30减KWD5；平台承担"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(currency: str, en: str, zh: str) -> None:
    assert said("cross_shop", currency, benefit=OFF, condition=FROM_300) == (en, zh)


def test_every_kind_has_a_row() -> None:
    tags = {row[1]["benefit"]["type"] for row in BENEFITS}
    assert tags == {one.__struct_config__.tag for one in Benefit.__args__}
    assert {row[0]["type"] for row in CONDITIONS} == {one.__struct_config__.tag for one in Condition.__args__}
    assert {row[0] for row in BENEFITS} == set(Lane)
    told = [row[0] for row in MORE]
    assert {one["trigger"] for one in told if "trigger" in one} | {"automatic"} == set(Trigger)
    assert {one["on_return"] for one in told if "on_return" in one} | {"proportional"} == set(OnReturn)
    assert {value.value for value in benefit_types.Of} == {"same", "cheapest", "listed"}
    assert {value.value for value in condition_types.CartChannel} == {"online", "in_store", "live"}
