"""Say why there is no place, in order of precedence."""

from fairday.kernel.errors import Refusal


class FlashSaleStopped(Refusal):
    """Refuse while the operator or the merchant has stopped the sale."""

    code = "flash_sale_stopped"
    status = 409
    en = "This flash sale was stopped. Nothing was charged."
    zh = "该秒杀活动已停止，未产生扣款。"


class FlashSaleNotStarted(Refusal):
    """Refuse before the start by the server's clock."""

    code = "flash_sale_not_started"
    status = 409
    en = "This flash sale starts at {starts_at}. Come back then."
    zh = "秒杀将于 {starts_at} 开始，请届时再来。"


class FlashSaleOver(Refusal):
    """Refuse after the end."""

    code = "flash_sale_over"
    status = 409
    en = "This flash sale ended at {ends_at}."
    zh = "秒杀已于 {ends_at} 结束。"


class FlashSoldOut(Refusal):
    """Refuse when every place is held or bought and the waitlist is full."""

    code = "flash_sold_out"
    status = 409
    en = "All {places} pieces are taken and the waitlist is full."
    zh = "{places} 件已抢光，候补名额也已满。"


class NoWin(Refusal):
    """Refuse to order without a place that is held now. Source: R44, R49."""

    code = "no_win"
    status = 409
    en = "You hold no place in this sale now (it is {state}). Nothing was charged."
    zh = "您当前没有可付款的秒杀名额（状态：{state}），未产生扣款。"


class BadFlashSale(Refusal):
    """Refuse a sale that contradicts itself; `errors` lists every fault at once."""

    code = "bad_flash_sale"
    status = 422
    en = "This flash sale cannot be made: {errors}"
    zh = "无法创建该秒杀活动：{errors}"
