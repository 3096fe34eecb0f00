"""Say why goods cannot be taken back, in order of precedence."""

from fairday.kernel.errors import Refusal


class NotReturnable(Refusal):
    """Refuse to take back what was not paid, or is closed already."""

    code = "not_returnable"
    status = 409
    en = "The order is {status}: nothing of it can be returned. An unpaid order is cancelled instead."
    zh = "订单当前状态为 {status}，无法退货；未付款的订单请直接取消。"


class SoldAtTill(Refusal):
    """Refuse to take back by post what a till sold: goods and money change hands at its counter."""

    code = "sold_at_till"
    status = 409
    en = "These goods were sold at a till. Bring them to the store with the receipt."
    zh = "该商品在门店收银台购买，请携带小票到门店退货。"


class ReturnWindowOver(Refusal):
    """Refuse a member's return after its time. Source: R87."""

    code = "return_window_over"
    status = 409
    en = "These goods could be returned until {until}. Ask the shop whether it takes them back all the same."
    zh = "该商品的退货期已于 {until} 截止，如需退货请联系商家协商。"


class BadReturnLines(Refusal):
    """Refuse to take back what the part does not have; `errors` lists every bad line at once."""

    code = "bad_return_lines"
    status = 422
    en = "These pieces cannot be returned: {errors}"
    zh = "以下商品无法退货：{errors}"


class TooManyReturns(Refusal):
    """Refuse one more return while many of the order wait for their goods."""

    code = "too_many_returns"
    status = 409
    en = "{count} returns of this order wait for their goods. Finish or withdraw one of them first."
    zh = "该订单已有 {count} 个退货申请处理中，请先完成或撤回其中一个。"


class ReturnWaits(Refusal):
    """Refuse a return whose refund depends on one that is not finished: what was promised must stay true. Source: R81."""

    code = "return_waits"
    status = 409
    en = "Another return of this order is under way and decides what this one gives back. Ask again when it is done, or withdraw it."
    zh = "该订单另一个退货申请处理中，会影响本次退款金额；请待其完成后再申请，或先撤回它。"


class RefundChanged(Refusal):
    """Refuse a return whose refund is not the one that was shown."""

    code = "refund_changed"
    status = 409
    en = "This return gives back {refund_minor} {currency} minor units now, not {expected_minor}. Look at it again, then confirm."
    zh = "退款金额已变为 {refund_minor}（最小货币单位，{currency}），不再是 {expected_minor}，请重新确认。"


class ReturnClosed(Refusal):
    """Refuse a step for a return that is over."""

    code = "return_closed"
    status = 409
    en = "The return is {status} already. Reload it to see how it ended."
    zh = "该退货申请状态为 {status}，无法再操作，请刷新后查看。"
