"""Say why money does not move, in order of precedence."""

from fairday.kernel.errors import Refusal


class BadPosting(Refusal):
    """Refuse a posting that makes no sense; a caller's mistake, said plainly."""

    code = "bad_posting"
    status = 422
    en = "This posting cannot be booked: {reason}"
    zh = "该笔记账无法入账：{reason}"


class PostingConflict(Refusal):
    """Refuse an id under which other transfers stand in the books. Source: R96."""

    code = "posting_conflict"
    status = 422
    en = (
        "The id {posting_id} already stands in the books with other transfers. Use a new id for a new intent."
    )
    zh = "编号 {posting_id} 已用于另一笔账目，请为新的操作使用新的编号。"


class UnknownPosting(Refusal):
    """Refuse to reverse what does not stand in the books."""

    code = "unknown_posting"
    status = 404
    en = "There is no posting {posting_id}. Check the id."
    zh = "没有找到账目 {posting_id}，请核对编号。"


class AlreadyReversed(Refusal):
    """Refuse to reverse a posting twice."""

    code = "already_reversed"
    status = 409
    en = "The posting {posting_id} was already reversed by {by}."
    zh = "账目 {posting_id} 已由 {by} 冲正，无需重复操作。"


class UnknownHold(Refusal):
    """Refuse a hold that does not exist."""

    code = "unknown_hold"
    status = 404
    en = "There is no hold {hold_id}. Check the id."
    zh = "没有找到冻结单 {hold_id}，请核对编号。"


class HoldOver(Refusal):
    """Refuse to resolve a hold a second time. Source: I40."""

    code = "hold_over"
    status = 409
    en = "The hold {hold_id} is over: it was {state}. Place a new one if money is still to be set aside."
    zh = "冻结单 {hold_id} 已结束（{state}），如仍需冻结请重新发起。"


class CaptureTooLarge(Refusal):
    """Refuse to take more than was set aside. Source: I40."""

    code = "capture_too_large"
    status = 422
    en = "The hold covers {held_minor} minor units, not {amount_minor}. Capture at most what is held."
    zh = "冻结金额为 {held_minor}（最小货币单位），不足 {amount_minor}，扣款不能超过冻结金额。"


class InsufficientFunds(Refusal):
    """Refuse a debit that would bring an account below zero, held money counted. Source: I39."""

    code = "insufficient_funds"
    status = 409
    en = "The balance is not enough: {left_minor} left, {needed_minor} needed (minor units). Top up or pay another way."
    zh = "余额不足：可用 {left_minor}，需要 {needed_minor}（最小货币单位）。请充值或更换支付方式。"


class UnknownCurrency(Refusal):
    """Refuse a currency code that ISO 4217 does not have."""

    code = "unknown_currency"
    status = 422
    en = "{currency} is not a currency of ISO 4217. Use a code such as CNY."
    zh = "{currency} 不是有效的币种代码，请使用 CNY 等 ISO 4217 代码。"
