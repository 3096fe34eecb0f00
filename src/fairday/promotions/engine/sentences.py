"""Say the rule of an offer in a sentence, in English and Chinese, as a shop would write it: what, for whom, when, who pays.

Nothing of the rule is left unsaid but its priority, which only decides what goes first.
"""

from collections.abc import Mapping, Sequence

from fairday.promotions.engine import condition_types as c
from fairday.promotions.engine.offers import Lane, Offer, OnReturn, Trigger
from fairday.promotions.engine.sentence_benefits import Given, gives
from fairday.promotions.engine.sentence_conditions import code, conditions, window
from fairday.promotions.engine.sentence_words import Said, Words, both, percent

ZONE = "Asia/Shanghai"
_LANES: dict[Lane, Said] = {
    Lane.ITEM: ("", "单品"),
    Lane.SHOP: ("in the shop", "店铺"),
    Lane.CROSS_SHOP: ("across shops", "跨店"),
    Lane.PLATFORM: ("platform-wide", "平台"),
    Lane.PAYMENT: ("at payment", "支付"),
    Lane.FREIGHT: ("", "运费"),
}


def sentence(
    offer: Offer,
    currency: str,
    names: Mapping[str, str] = {},
    names_en: Mapping[str, str] = {},
    *,
    zone: str = ZONE,
) -> Said:
    """Return the plain sentence of an offer's rule in English and in Chinese.

    `names` and `names_en`: what ids (SKUs, merchants, categories, places, phases, coupons) are called; an id without a name
    stands for itself. `zone`: the IANA zone on whose clock the window is told.
    """
    words = Words(currency, zone, names, names_en)
    given, rules = _threshold(offer)
    head = _headed(offer, gives(offer.benefit, given, words), words)
    limits = _limits(offer, rules, words)
    parts = [head]
    if limits:
        parts.append(both(limits, (", ", "，")))
    if stacking := _stacking(offer, words):
        parts.append(both(stacking, (", ", "，")))
    parts.append(_paying(offer))
    en, zh = both(parts, ("; ", "；"))
    return en[:1].upper() + en[1:], zh


def _threshold(offer: Offer) -> tuple[Given, list[c.Condition]]:
    """Take the plain threshold out of the condition, so that it is said with the benefit: 满300减50."""
    rules: list[c.Condition] = []
    if offer.condition is not None:
        rules = list(offer.condition.of) if isinstance(offer.condition, c.All) else [offer.condition]
    if offer.lane is Lane.ITEM:
        return Given(offer.lane, offer.items), rules
    for rule in rules:
        if isinstance(rule, c.Amount) and rule.items is None and rule.max_minor is None:
            left = [one for one in rules if one is not rule]
            return Given(offer.lane, offer.items, from_minor=rule.min_minor), left
        if isinstance(rule, c.Quantity) and rule.items is None and rule.max is None:
            left = [one for one in rules if one is not rule]
            return Given(offer.lane, offer.items, from_count=rule.min), left
    return Given(offer.lane, offer.items), rules


def _headed(offer: Offer, given: Said, words: Words) -> Said:
    """Put in front whose offer it is and in which lane."""
    en, zh = given
    lane_en, lane_zh = _LANES[offer.lane]
    if offer.merchant_id is not None:
        shop_en, shop_zh = words.name(offer.merchant_id)
        lane_en = f"at {shop_en}"
        lane_zh = f"{shop_zh}{lane_zh}"
    is_of_all = zh.startswith(("满", "每满", "立减", "打", "可抵", "包邮", "享"))
    joint = "" if is_of_all and offer.lane is not Lane.ITEM and offer.merchant_id is None else "："
    if offer.lane is Lane.FREIGHT and offer.merchant_id is None:
        lane_zh, joint = "", ""  # 包邮 and 运费 say it themselves
    return f"{lane_en}: {en}" if lane_en else en, f"{lane_zh}{joint}{zh}"


def _limits(offer: Offer, rules: Sequence[c.Condition], words: Words) -> list[Said]:
    """Say what puts it on a cart, for whom and when."""
    told: list[Said] = []
    if offer.trigger is Trigger.CLAIM:
        told.append(("with a claimed coupon", "需领券"))
    elif offer.trigger is Trigger.CODE:
        told.append(code(offer.codes) if offer.codes else ("with a code", "需输入优惠码"))
    told += conditions(rules, words)
    if (open_ := window(offer.starts_at, offer.ends_at, words)) is not None:
        told.append(open_)
    if offer.claims_max > 1:
        told.append((f"up to {offer.claims_max} on one order", f"每单最多用{offer.claims_max}张"))
    if offer.unit_floor_minor:
        en, zh = words.money(offer.unit_floor_minor)
        told.append((f"no piece below {en}", f"单件不低于{zh}"))
    if offer.payable_floor_minor:
        en, zh = words.money(offer.payable_floor_minor)
        told.append((f"at least {en} stays to pay", f"至少实付{zh}"))
    return told


def _stacking(offer: Offer, words: Words) -> list[Said]:
    """Say what it stands beside, and what becomes of it when goods come back."""
    told: list[Said] = []
    if offer.exclusive:
        told.append(("not with other offers of its kind", "不与其他同类优惠同享"))
    if offer.group is not None:
        en, zh = words.name(offer.group)
        told.append((f"one offer of the group {en}", f"“{zh}”组内优惠只享一个"))
    if offer.optional and offer.trigger is Trigger.AUTOMATIC:
        told.append(("the shopper may leave it out", "可选择不使用"))
    if offer.may_go_below_cost:
        told.append(("may go below cost", "可低于成本价"))
    if offer.on_return is OnReturn.KEEP:
        told.append(("kept when a part is returned", "部分退货仍保留优惠"))
    elif offer.on_return is OnReturn.CLAW_BACK:
        told.append(("taken back when a return breaks its terms", "退货后不满足条件的，优惠从退款中扣回"))
    return told


def _paying(offer: Offer) -> Said:
    """Say who pays for it. Source: R88."""
    if not offer.funders:
        return (
            ("merchant pays", "商家承担") if offer.merchant_id is not None else ("platform pays", "平台承担")
        )
    told = [(*_funder(one.funder), percent(one.share_bp)) for one in offer.funders]
    if len(told) == 1:
        return f"{told[0][0]} pays", f"{told[0][1]}承担"
    english = [f"{en} {share} %" if at else f"{en} pays {share} %" for at, (en, _, share) in enumerate(told)]
    return ", ".join(english), "，".join([f"{zh}承担{share}%" for _, zh, share in told])


def _funder(funder: str) -> Said:
    kind, _, name = funder.partition(":")
    return {"platform": ("platform", "平台"), "merchant": ("merchant", "商家")}.get(
        kind, (name, f"品牌“{name}”")
    )
