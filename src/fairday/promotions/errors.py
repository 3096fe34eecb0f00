"""Say why a cart cannot be priced as asked, in order of precedence."""

from fairday.kernel.errors import Refusal
from fairday.promotions.engine.faults import Faulty


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


class BadOffer(Faulty):
    """Refuse terms that contradict themselves, or that cannot be live yet; everything wrong is told at once."""

    code = "bad_offer"
    status = 422
    en = "The offer cannot work as written: {errors}"
    zh = "活动规则有误：{errors}"


class OfferUnknown(Refusal):
    """Refuse because there is no such offer, or it is another's (never told apart: I61)."""

    code = "offer_unknown"
    status = 404
    en = "There is no such offer here. Check the id."
    zh = "没有找到该活动，请核对编号。"


class SamePerson(Refusal):
    """Refuse that somebody approves what they wrote (four eyes)."""

    code = "same_person"
    status = 409
    en = "You wrote this version. Ask a second person to approve it."
    zh = "不能审批自己编写的版本，请由另一位同事审批。"


class NotSimulated(Refusal):
    """Refuse to approve what nobody has priced on real carts."""

    code = "not_simulated"
    status = 409
    en = "Simulate this version first, so that its cost is known."
    zh = "请先试算该版本，了解成本后再审批。"


class AlreadyApproved(Refusal):
    """Refuse to approve twice."""

    code = "already_approved"
    status = 409
    en = "This version is approved already."
    zh = "该版本已审批通过。"


class Superseded(Refusal):
    """Refuse to approve a version that a newer one replaces."""

    code = "superseded"
    status = 409
    en = "Version {latest} is newer. Look at that one."
    zh = "已有更新的版本 {latest}，请查看最新版本。"


class WrongOfferStatus(Refusal):
    """Refuse to stop what is not live, or to resume what is not stopped."""

    code = "wrong_offer_status"
    status = 409
    en = "The offer is {offer_status}. Load the page again."
    zh = "该活动当前状态为 {offer_status}，请刷新页面。"


class NothingToSimulate(Refusal):
    """Refuse to simulate real orders where there are none."""

    code = "nothing_to_simulate"
    status = 409
    en = "There are no paid orders in {currency} yet. Upload a file of carts instead."
    zh = "还没有 {currency} 的已付款订单，请上传购物车文件。"


class OrderNumberTaken(Refusal):
    """Refuse an order priced as the member's nth that another of theirs is by now: the price that was shown no longer stands."""

    code = "order_number_taken"
    status = 409
    en = "Another order of yours has just had this offer. Look at the new price and order again."
    zh = "您的另一笔订单刚刚享受了该优惠，请查看新价格后重新下单。"


class OfferUsedUp(Refusal):
    """Refuse an order whose offer ended, or ran out of budget, in this moment: the price that was shown no longer stands."""

    code = "offer_used_up"
    status = 409
    en = "The offer {offer_id} has just run out. Look at the new price and order again."
    zh = "优惠活动（{offer_id}）刚刚结束或已抢完，请查看新价格后重新下单。"
