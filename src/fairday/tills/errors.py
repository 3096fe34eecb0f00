"""Say no at tills; when several apply, the order of this file decides."""

from fairday.kernel.errors import Refusal


class SetupCodeInvalid(Refusal):
    """Refuse a setup code that is wrong, used or older than ten minutes; the three are not told apart."""

    code = "setup_code_invalid"
    status = 422
    en = "This setup code is wrong, used or older than 10 minutes. Make a new one in the console under Tills."
    zh = "配对码错误、已使用或已超过 10 分钟，请在商家后台“收银台”中重新生成。"


class TillClosed(Refusal):
    """Refuse a till that was closed."""

    code = "till_closed"
    en = "This till was closed by the merchant. Use another till."
    zh = "该收银台已被商家停用，请使用其他收银台。"


class TillNameTaken(Refusal):
    """Refuse a second till with the same external id."""

    code = "till_external_id_taken"
    en = "There is already a till with external id {external_id}. Use that one, or another id."
    zh = "外部编号 {external_id} 已有对应收银台，请使用该收银台或更换编号。"


class ShiftNotYours(Refusal):
    """Refuse a shift while another clerk's is open on the till."""

    code = "shift_open"
    en = "{clerk_name} has had a shift open on this till since {opened_at}. Close it first."
    zh = "{clerk_name} 自 {opened_at} 起在该收银台的班次尚未结束，请先交班。"


class WrongStoreForClerk(Refusal):
    """Refuse a clerk of another store."""

    code = "clerk_of_another_store"
    status = 403
    en = "This clerk works in another store. Sign in at a till of that store, or ask the merchant."
    zh = "该店员属于其他门店，请在所属门店的收银台登录，或联系商家调整。"


class NoOpenShift(Refusal):
    """Refuse work at a till without an open shift of this clerk."""

    code = "no_open_shift"
    status = 403
    en = "Your shift on this till is not open. Sign in with your PIN to open it."
    zh = "您在该收银台没有进行中的班次，请输入 PIN 开班。"


class ShiftIsClosed(Refusal):
    """Refuse to close a shift twice."""

    code = "shift_closed"
    en = "This shift was closed at {closed_at}. Nothing more is to do."
    zh = "该班次已于 {closed_at} 结束，无需再次交班。"


class AlreadyUsedAt(Refusal):
    """Refuse a coupon that was used, and say where and when on that store's clock. Source: R35."""

    code = "already_used"
    en = "This coupon was already used at {store_name_en}, {used_at_local}. Ask the shopper for another one."
    zh = "该券已于 {used_at_local} 在{store_name}使用，请顾客更换其他优惠券。"


class BadBasket(Refusal):
    """Refuse a basket; `errors` lists every bad line at once as (line, reason)."""

    code = "bad_basket"
    status = 422
    en = "Some lines cannot be sold here: {errors}. Correct them or take them off."
    zh = "以下商品行无法结算：{errors}，请更正或删除。"


class NotPrepared(Refusal):
    """Refuse a claim by its id that this till was not shown by its code. Source: R32, R34."""

    code = "not_prepared"
    en = "Scan the coupon's code at this till first; then use it within {minutes_max} minutes."
    zh = "请先在本收银台扫描该券的券码，并在 {minutes_max} 分钟内使用。"


class AmountNeeded(Refusal):
    """Refuse a redemption that says neither basket nor amount, or an amount that the basket does not give."""

    code = "amount_mismatch"
    status = 422
    en = "Send the basket, or the amount that the coupon took off. The basket gives {discount_minor} (minor units)."
    zh = "请提交商品明细或抵扣金额；按明细应抵扣 {discount_minor}（最小货币单位）。"


class PayCodeNeeded(Refusal):
    """Refuse a wallet part without the member's pay code."""

    code = "pay_code_needed"
    status = 422
    en = "Scan the member's pay code to take {wallet_minor} (minor units) from the wallet."
    zh = "从钱包支付 {wallet_minor}（最小货币单位）需先扫描会员付款码。"


class PayCodeUsed(Refusal):
    """Refuse a pay code that paid once."""

    code = "pay_code_used"
    en = "This pay code was used. Ask the member to wait for the next one and scan it anew."
    zh = "该付款码已使用，请会员等待刷新后重新出示。"


class TooLittleCash(Refusal):
    """Refuse tenders below the total."""

    code = "too_little_cash"
    status = 422
    en = "{due_minor} is due in cash, {tendered_minor} was given (minor units). Ask for the rest."
    zh = "应收现金 {due_minor}，实收 {tendered_minor}（最小货币单位），请补足。"


class SaleConflict(Refusal):
    """Refuse another sale under a receipt id that this till used. Source: R35, R96."""

    code = "receipt_conflict"
    status = 422
    en = "This till used receipt {receipt_id} for another sale. Use a new receipt id."
    zh = "该收银台的小票号 {receipt_id} 已用于另一笔交易，请使用新的小票号。"


class TooLateToUndo(Refusal):
    """Refuse to undo a sale after a minute."""

    code = "too_late_to_undo"
    en = "A sale can be undone for {seconds_max} s. Handle it as a return."
    zh = "收款后 {seconds_max} 秒内可撤销，请按退货流程处理。"
