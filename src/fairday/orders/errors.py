"""Say why an order cannot be moved, in order of precedence."""

from fairday.kernel.errors import Refusal


class OrderNotOpen(Refusal):
    """Refuse a step that this order's status does not allow. Source: I23."""

    code = "order_not_open"
    status = 409
    en = "The order is {status}; this step is not possible any more. Reload it to see where it stands."
    zh = "订单当前状态为 {status}，无法执行该操作，请刷新后查看。"


class AlreadyFulfilled(Refusal):
    """Refuse to fulfil twice, or to cancel what has left."""

    code = "already_fulfilled"
    status = 409
    en = "The goods of {merchant_order_id} have left. Ask for a return instead."
    zh = "{merchant_order_id} 的商品已交付，请改为申请退货。"


class BadDays(Refusal):
    """Refuse a range of days that is empty, too long, or in an unknown time zone."""

    code = "bad_days"
    status = 422
    en = "Ask for 1 to 31 days in an IANA time zone such as Asia/Shanghai: {reason}"
    zh = "请查询 1～31 天，并使用 IANA 时区（如 Asia/Shanghai）：{reason}"
