"""Say in a sentence what an offer gave or why it does not stand, in English and Chinese, as a shop would write it."""

from fairday.kernel.money import decimal_text
from fairday.promotions.engine.conditions import Reason

REASONS: dict[str, tuple[str, str]] = {
    "not_started": ("It has not begun yet.", "活动尚未开始。"),
    "ended": ("It is over.", "活动已结束。"),
    "coupon_needed": ("It needs a coupon that you have not claimed.", "需先领取优惠券。"),
    "code_needed": ("It needs a code.", "需输入优惠码。"),
    "no_eligible_items": ("Nothing in the cart belongs to it.", "购物车中没有适用商品。"),
    "excluded_by_condition": ("Something in the cart or the order rules it out.", "当前订单不符合活动条件。"),
    "phase_not_open": ("It is for another phase of the festival.", "当前不在活动阶段内。"),
    "outside_hours": ("It is for other hours of the day.", "当前不在活动时段内。"),
    "wrong_weekday": ("It is for other days of the week.", "今天不是活动日。"),
    "wrong_place": ("It is for other stores.", "不适用于本门店。"),
    "wrong_channel": ("It is for another way of buying.", "不适用于当前购买渠道。"),
    "wrong_region": ("It is not for where the goods go.", "不适用于该收货地区。"),
    "wrong_payment_method": ("It is for another way of paying.", "不适用于当前支付方式。"),
    "member_needed": ("Sign in to get it.", "登录后可享。"),
    "wrong_tier": ("It is for another member tier.", "不适用于您的会员等级。"),
    "wrong_segment": ("It is for other members.", "不在活动人群内。"),
    "not_new_member": ("It is for new members.", "仅限新会员。"),
    "wrong_order_number": ("It is for another order of yours.", "不适用于本次下单。"),
    "used_up": ("All of them are taken.", "名额已用完。"),
    "below_amount": ("Add {amount} more.", "还差 {amount}。"),
    "below_quantity": ("Add {count} more.", "还差 {count} 件。"),
    "below_weight": ("Add {count} g more.", "还差 {count} 克。"),
    "above_amount": ("The goods come to too much for it.", "金额超出活动范围。"),
    "above_quantity": ("There are too many pieces for it.", "件数超出活动范围。"),
    "above_weight": ("The goods are too heavy for it.", "重量超出活动范围。"),
    "out_of_stock": ("The gift is out of stock.", "赠品已送完。"),
    "no_effect": ("It would take nothing off.", "对当前商品没有优惠。"),
    "floor_price": ("The goods are at their lowest price already.", "商品已是最低价。"),
    "excluded": ("It cannot be combined with {by}.", "不可与“{by}”同享。"),
    "group_taken": ("One of its kind is used already: {by}.", "同类优惠已使用“{by}”。"),
    "claims_max": ("No more of these on one order.", "单笔订单可用张数已达上限。"),
    "better_without": ("You pay less without it.", "不使用更优惠。"),
    "not_chosen": ("You left it out.", "您未选择使用。"),
}
"""Every reason why an offer does not stand, with its sentence in English and Chinese."""


def refusal(reason: Reason, by_name: str | None, currency: str) -> tuple[str, str]:
    """Return the sentence of a reason in English and Chinese."""
    en, zh = REASONS[reason.code]
    if reason.code in ("excluded", "group_taken") and by_name is None:
        return "It cannot be combined with what is used.", "不可与已用优惠同享。"
    missing = reason.missing or 0
    words = {"amount": f"{decimal_text(missing, currency)} {currency}", "count": missing, "by": by_name}
    return en.format(**words), zh.format(**words)


def applied(name: str, amount_minor: int, currency: str, gift_sku: str | None) -> tuple[str, str]:
    """Return what an applied offer gave in English and Chinese."""
    if gift_sku is not None:
        return f"{name}: {gift_sku} as a gift", f"{name}：赠 {gift_sku}"
    amount = f"{decimal_text(amount_minor, currency)} {currency}"
    return (f"{name}: {amount} off", f"{name}：减 {amount}") if amount_minor else (name, name)
