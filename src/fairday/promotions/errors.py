"""Say why a cart cannot be priced as asked, in order of precedence."""

from fairday.kernel.errors import Refusal


class AmountTooLarge(Refusal):
    """Refuse a cart whose sum no bank could book."""

    code = "amount_too_large"
    status = 422
    en = "The order is too large. Split it into several orders."
    zh = "订单金额过大，请拆分为多个订单。"


class CouponsExclude(Refusal):
    """Refuse two coupons that may not stand on one order. Source: R13 combination_disallowed."""

    code = "coupons_exclude"
    status = 409
    en = "Coupons {claim_id} and {other_claim_id} cannot be used together. Take one of them off."
    zh = "优惠券 {claim_id} 与 {other_claim_id} 不可同时使用，请去掉其中一张。"


class CouponBelowThreshold(Refusal):
    """Refuse a coupon whose threshold the eligible lines do not reach. Source: R9, R13 minimum_not_met."""

    code = "below_threshold"
    status = 409
    en = "Coupon {claim_id} needs {threshold_minor} of eligible goods, the cart has {eligible_minor} (minor units). Add goods or take it off."
    zh = "优惠券 {claim_id} 需满 {threshold_minor}（最小货币单位），当前可用商品仅 {eligible_minor}，请凑单或取消使用。"


class CouponNoEffect(Refusal):
    """Refuse a coupon that would change nothing, so that it is not used up for nothing. Source: R12."""

    code = "no_effect"
    status = 409
    en = "Coupon {claim_id} would take nothing off this cart. Keep it for another order."
    zh = "优惠券 {claim_id} 对当前商品没有优惠，请留到下次使用。"
