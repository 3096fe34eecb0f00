"""Say no about coupons; when several apply, the order of this file decides (claim first, then use)."""

from fairday.kernel.errors import Refusal


class CouponUnknown(Refusal):
    """Refuse an id that no visible coupon has."""

    code = "coupon_unknown"
    status = 404
    en = "There is no such coupon. Look at the coupons on offer."
    zh = "没有这张优惠券，请查看可领取的优惠券。"


class CouponNotLive(Refusal):
    """Refuse because the offer is a draft, paused or over."""

    code = "coupon_not_live"
    en = "This coupon cannot be claimed now: it is {coupon_status}. Look for another one."
    zh = "该优惠券当前不可领取（{coupon_status}），请看看其他优惠券。"


class IssueStopped(Refusal):
    """Refuse because issuing was stopped by switch. Source: F21."""

    code = "issue_stopped"
    en = "Claiming this coupon was stopped. Copies already claimed stay valid."
    zh = "该优惠券已停止领取，已领取的仍然有效。"


class PhaseNotOpen(Refusal):
    """Refuse outside the window or phase; `opens_at` says when it opens, if it will."""

    code = "phase_not_open"
    en = "It is not open at this moment. It opens at {opens_at}; come back then."
    zh = "当前不在开放时间内，开放时间：{opens_at}，请届时再来。"


class SoldOut(Refusal):
    """Refuse because the last copy is gone."""

    code = "sold_out"
    en = "All copies of this coupon are gone. Look for another one."
    zh = "优惠券已领完，请看看其他优惠券。"


class BudgetSpent(Refusal):
    """Refuse because what is left of the budget does not cover one more."""

    code = "budget_spent"
    en = "The budget of this coupon is used up. Look for another one."
    zh = "优惠券预算已用完，请看看其他优惠券。"


class DayCapReached(Refusal):
    """Refuse because today's copies are gone; `opens_at` is the next local midnight."""

    code = "day_cap_reached"
    en = "Today's copies are gone. The next ones come at {opens_at}."
    zh = "今日份额已领完，{opens_at} 开始新的一天，请届时再来。"


class MemberLimitReached(Refusal):
    """Refuse because the member has as many as one may."""

    code = "member_limit_reached"
    en = "You already have this coupon as often as allowed ({per_member_max}). Use it first under My coupons."
    zh = "您已领取过该优惠券（每人限领 {per_member_max} 张），请到“我的优惠券”中使用。"


class PersonLimitReached(Refusal):
    """Refuse because the same natural person has as many as one may, over all accounts. Source: R24."""

    code = "person_limit_reached"
    en = (
        "This coupon is limited to {per_person_max} for each person, over all accounts. Use the one you have."
    )
    zh = "该优惠券每个自然人限领 {per_person_max} 张（多个账号合并计算），请使用已领取的券。"


class CodeInvalid(Refusal):
    """Refuse a code that is not ours, was changed, or is of another kind."""

    code = "code_invalid"
    status = 422
    en = "This is not a valid coupon code. Ask the shopper to open the coupon again and scan it anew."
    zh = "券码无效，请顾客重新打开优惠券后再扫一次。"


class CodeExpired(Refusal):
    """Refuse a code of an earlier minute: a screenshot, or a slow hand."""

    code = "code_expired"
    en = "This code has expired. Ask the shopper to show the code that is on the screen now."
    zh = "券码已过期，请顾客出示屏幕上最新的券码。"


class TooManyCodes(Refusal):
    """Refuse typed codes above the till's rate."""

    code = "too_many_codes"
    status = 429
    en = "Too many codes were typed at this till. Scan the code, or try again in {retry_after_s} s."
    zh = "该收银台输入券码过于频繁，请改用扫码，或 {retry_after_s} 秒后再试。"


class ClaimUnknown(Refusal):
    """Refuse an id that no claim of this asker has."""

    code = "claim_unknown"
    status = 404
    en = "There is no such coupon among yours. Look under My coupons."
    zh = "没有找到这张券，请在“我的优惠券”中查看。"


class AlreadyUsed(Refusal):
    """Refuse a claim that was used, and say where and when. Source: R35."""

    code = "already_used"
    en = "This coupon was already used at {store_name}, {used_at}. Choose another coupon."
    zh = "该券已于 {used_at} 在{store_name}使用，请选择其他优惠券。"


class ClaimVoided(Refusal):
    """Refuse a claim that was recalled or given back without return."""

    code = "claim_voided"
    en = "This coupon is no longer valid. Choose another one."
    zh = "该券已失效，请选择其他优惠券。"


class ClaimExpired(Refusal):
    """Refuse a claim after its end."""

    code = "claim_expired"
    en = "This coupon expired at {expired_at}. Choose another one."
    zh = "该券已于 {expired_at} 过期，请选择其他优惠券。"


class NotYetUsable(Refusal):
    """Refuse a claim before its start."""

    code = "not_yet_usable"
    en = "This coupon can be used from {usable_from}. Keep it until then."
    zh = "该券自 {usable_from} 起可用，请届时使用。"


class ClaimLocked(Refusal):
    """Refuse a claim that another till or unpaid order holds."""

    code = "claim_locked"
    en = "This coupon is in use elsewhere until {locked_until}. Cancel there, or try again after that."
    zh = "该券正在其他订单或收银台使用中（至 {locked_until}），请取消后或届时再试。"


class RedeemStopped(Refusal):
    """Refuse because redeeming was stopped by switch. Source: F21."""

    code = "redeem_stopped"
    en = "Using this coupon was stopped for now. It stays under My coupons; ask the store about it."
    zh = "该券暂停使用，券仍保留在“我的优惠券”中，可咨询门店。"


class OutsideHours(Refusal):
    """Refuse outside the usable hours or weekdays. Source: R28."""

    code = "outside_hours"
    en = "This coupon cannot be used at this hour. Usable: {hours}."
    zh = "当前时段不可使用该券，可用时段：{hours}。"


class WrongChannel(Refusal):
    """Refuse in a channel that the coupon is not for."""

    code = "wrong_channel"
    en = "This coupon is for: {channels}. Use it there."
    zh = "该券仅限以下渠道使用：{channels}。"


class WrongStore(Refusal):
    """Refuse in a store or at a merchant that the coupon is not for."""

    code = "wrong_store"
    en = "This coupon cannot be used in this store. The coupon's page lists the stores where it can."
    zh = "该券不适用于本店，请在券详情中查看适用门店。"


class WrongCurrency(Refusal):
    """Refuse a basket in another currency."""

    code = "wrong_currency"
    en = "This coupon is in {currency}, the basket is not. Choose another coupon."
    zh = "该券币种为 {currency}，与订单币种不一致，请选择其他优惠券。"


class NothingEligible(Refusal):
    """Refuse a basket without anything the coupon is for."""

    code = "nothing_eligible"
    en = "Nothing in the basket is covered by this coupon. Add a covered item."
    zh = "购物车中没有该券适用的商品，请加购适用商品。"


class BelowThreshold(Refusal):
    """Refuse a basket below the threshold. Source: R9."""

    code = "below_threshold"
    en = "Covered items must reach {threshold_minor} {currency} (minor units); {left_minor} more to go."
    zh = "适用商品需满 {threshold_minor}（最小货币单位，{currency}），还差 {left_minor}。"


class NoEffect(Refusal):
    """Refuse a use that would take nothing off. Source: R12, R32."""

    code = "no_effect"
    en = "This coupon would take nothing off this basket, so it is kept for later."
    zh = "该券对本单没有优惠效果，已为您保留。"


class AmountTooHigh(Refusal):
    """Refuse a discount above the claim's face. Source: I5."""

    code = "amount_too_high"
    status = 422
    en = "This coupon takes off at most {amount_max_minor} (minor units). Send the amount that prepare allowed."
    zh = "该券最多抵扣 {amount_max_minor}（最小货币单位），请按核销准备结果提交金额。"


class ReceiptConflict(Refusal):
    """Refuse a receipt that already used this claim with another amount, or was reversed. Source: R35."""

    code = "receipt_conflict"
    en = "This receipt already used this coupon with another result. Use a new receipt id."
    zh = "该小票已核销过此券且内容不同，请使用新的小票号。"


class RedemptionUnknown(Refusal):
    """Refuse to reverse what this store did not redeem."""

    code = "redemption_unknown"
    status = 404
    en = "This store has no such redemption. Check the claim and the receipt id."
    zh = "本店没有这笔核销，请核对券和小票号。"


class TooLateToReverse(Refusal):
    """Refuse to reverse after the window; then it is an after-sale case."""

    code = "too_late_to_reverse"
    en = "A redemption can be reversed for {minutes_max} minutes. Handle it as a refund."
    zh = "核销后 {minutes_max} 分钟内可撤销，请按退款流程处理。"


class BadTerms(Refusal):
    """Refuse terms that do not fit together; `errors` lists every bad one."""

    code = "bad_terms"
    status = 422
    en = "The coupon's terms do not fit together: {errors}"
    zh = "优惠券条款不正确：{errors}"


class OnlyWiden(Refusal):
    """Refuse an edit that takes away from those who hold a claim. Source: R29."""

    code = "only_widen"
    en = "A published coupon may only be widened. These fields would narrow it: {fields}. Make a new coupon."
    zh = "已发布的优惠券只能放宽条件，以下字段会收紧：{fields}，请新建优惠券。"


class WrongStatus(Refusal):
    """Refuse a change that this status does not allow."""

    code = "wrong_status"
    en = "The coupon is {coupon_status}; this is possible only when it is {expected}."
    zh = "优惠券状态为 {coupon_status}，仅在 {expected} 状态下可操作。"


class NotEnrolled(Refusal):
    """Refuse to publish in a festival's phases for a merchant that does not take part."""

    code = "not_enrolled"
    en = "Take part in the festival first: ask for enrolment and wait for the approval."
    zh = "请先报名参加活动并等待审核通过。"


class SmallShopLimit(Refusal):
    """Refuse a small shop's coupon above its caps. Source: S19."""

    code = "small_shop_limit"
    status = 409
    en = "A small shop's coupon may hold at most {quantity_max} copies and a budget of 1,000.00. Make it smaller, or ask for higher limits in the settings."
    zh = "小微店铺的单张优惠券最多 {quantity_max} 张、预算最高 1,000.00。请调低，或在店铺设置中申请提额。"


class SmallShopFull(Refusal):
    """Refuse a small shop's fourth open coupon. Source: S19."""

    code = "small_shop_full"
    status = 409
    en = "A small shop may have {open_max} coupons at a time. End one first, or ask for higher limits in the settings."
    zh = "小微店铺最多同时有 {open_max} 种优惠券。请先结束一种，或在店铺设置中申请提额。"


EDIT_REFUSALS = (CouponUnknown, WrongStatus, BadTerms, OnlyWiden, SmallShopLimit)
"""What an edit of terms may meet."""
