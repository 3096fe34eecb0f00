"""Say why an order cannot be made, paid or cancelled, in order of precedence."""

from fairday.kernel.errors import Refusal


class BadLines(Refusal):
    """Refuse lines that cannot be sold here; `errors` lists every bad line at once."""

    code = "bad_lines"
    status = 422
    en = "Some lines cannot be ordered: {errors}. Take them off or correct them."
    zh = "以下商品行无法下单：{errors}，请删除或更正后再试。"


class WrongCurrency(Refusal):
    """Refuse a currency that is not the goods' own; nothing is converted. Source: R23, I24."""

    code = "wrong_currency"
    status = 422
    en = "These goods are sold in {currency}. Ask for that currency."
    zh = "这些商品以 {currency} 计价，请使用该币种。"


class CouponsNeedMember(Refusal):
    """Refuse coupons in a cart whose member is not known. Source: R13 user_not_logged_in."""

    code = "coupons_need_member"
    status = 403
    en = "Sign in as the member who claimed the coupons, or take them off."
    zh = "请先登录领取优惠券的账号，或取消使用优惠券。"


class CouponTwice(Refusal):
    """Refuse the same claim listed twice. Source: R13 already_applied."""

    code = "coupon_twice"
    status = 422
    en = "Coupon {claim_id} stands twice in the request. Send it once."
    zh = "优惠券 {claim_id} 重复提交，请只提交一次。"


class PriceChanged(Refusal):
    """Refuse a total that is not today's; `quote` is the new one. Source: R5."""

    code = "price_changed"
    status = 409
    en = "The total is now {total_minor}, not {expected_total_minor} (minor units). Show the new quote and ask again."
    zh = "当前应付金额为 {total_minor}，与 {expected_total_minor}（最小货币单位）不一致，请确认新价格后重新下单。"


class TendersMismatch(Refusal):
    """Refuse tenders that do not make up the total."""

    code = "tenders_mismatch"
    status = 422
    en = "The wallet part {wallet_minor} is more than the total {total_minor}, or there is no member to take it from."
    zh = "钱包支付 {wallet_minor} 超过应付 {total_minor}，或未识别会员，请更正支付方式。"


class WalletTooLow(Refusal):
    """Refuse a payment that the wallet does not cover."""

    code = "wallet_too_low"
    status = 409
    en = "The wallet has {left_minor}, the order needs {needed_minor} (minor units). Top it up, then try again."
    zh = "钱包余额 {left_minor} 不足以支付 {needed_minor}（最小货币单位），请充值后再试。"


class ReceiptConflict(Refusal):
    """Refuse another basket under a till's receipt number. Source: R35."""

    code = "receipt_conflict"
    status = 422
    en = "Receipt {receipt_id} of this till was sold as order {order_id} with another basket. Use a new receipt number."
    zh = "该收银台的小票 {receipt_id} 已对应订单 {order_id} 且内容不同，请使用新的小票号。"


class PaymentTooLate(Refusal):
    """Refuse to pay an order after its time; nothing was taken. Source: R69, R98."""

    code = "payment_too_late"
    status = 409
    en = "The order waited until {expires_at} and was given up. Nothing was charged; place it again."
    zh = "订单已于 {expires_at} 超时关闭，未扣款，请重新下单。"


class NotCancellable(Refusal):
    """Refuse to cancel what was closed, or whose goods have left."""

    code = "not_cancellable"
    status = 409
    en = "The order is {status} and cannot be cancelled any more. If the goods have left, ask for a return."
    zh = "订单当前状态为 {status}，无法取消；若商品已交付，请申请退货。"


class HasReturns(Refusal):
    """Refuse to undo an order as a whole when pieces of it came back, or are asked back: their money went its own way."""

    code = "has_returns"
    status = 409
    en = "Pieces of this order were returned already. Return the rest instead of cancelling the order."
    zh = "该订单已有退货记录，请对剩余商品申请退货退款，不能整单取消。"
