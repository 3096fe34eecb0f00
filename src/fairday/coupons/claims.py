"""Shape claims, their codes and their use: what the verbs take and give."""

from datetime import datetime
from typing import Annotated

import msgspec

from fairday.coupons.types import Channel, ClaimStatus, CouponKind, Funder, Scope
from fairday.kernel.ids import Id
from fairday.kernel.keys import Key
from fairday.kernel.money import Currency


class ClaimRequest(msgspec.Struct, frozen=True, gc=False):
    """Ask for a copy of a coupon. `person_id` is looked up when a person's cap exists and it is not given.

    The claim that is made keeps `key`, so that the same request asked again is answered by it.
    """

    coupon_id: str
    member_id: str
    person_id: str | None = None
    channel: Channel = Channel.ONLINE
    key: Key | None = None


class Claim(msgspec.Struct, frozen=True, gc=False):
    """Hold a member's copy as answered when it was taken."""

    claim_id: Id
    coupon_id: Id
    version: int
    status: ClaimStatus
    currency: Currency
    face_minor: int
    claimed_at: datetime
    usable_from: datetime
    expires_at: datetime


class ClaimRow(msgspec.Struct, frozen=True, gc=False):
    """Hold a claim as it is stored."""

    claim_id: str
    coupon_id: str
    member_id: str
    version: int
    channel: Channel
    status: ClaimStatus
    face_minor: int
    claimed_at: datetime
    usable_from: datetime
    expires_at: datetime
    lock_owner: str | None = None
    locked_until: datetime | None = None


class Held(msgspec.Struct, frozen=True, gc=False):
    """Hold a copy that a member has: by which request (None: one that kept no key), and what its answer said."""

    ordinal: int
    intent: bytes | None
    claim_id: str
    version: int
    claimed_at: datetime


class UsedAt(msgspec.Struct, frozen=True):
    """Tell where and when a claim was used."""

    used_at: datetime
    store_id: str | None
    store_name: str | None
    amount_minor: int
    order_id: str | None


class ClaimView(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a claim as its member sees it: with the coupon's words and, when used, where."""

    claim_id: Id
    coupon_id: Id
    status: ClaimStatus
    name: str
    name_en: str
    summary: str
    summary_en: str
    kind: CouponKind
    currency: Currency
    face_minor: int
    threshold_minor: int
    channels: tuple[Channel, ...]
    merchant_id: str | None
    claimed_at: datetime
    usable_from: datetime
    expires_at: datetime
    rate_bp: int | None = None
    used: UsedAt | None = None


class UseLine(msgspec.Struct, frozen=True, gc=False):
    """Hold a basket line for judging a coupon; `amount_minor` is the line's net before coupons (R9)."""

    line_id: str
    sku_id: str
    merchant_id: str
    quantity: int
    amount_minor: int
    currency: str
    category_id: str | None = None


class CouponUse(msgspec.Struct, frozen=True, gc=False):
    """Ask whether a claim can be used for a basket. `owner` names the asker's own lock (a document id), if any."""

    claim_id: str
    lines: tuple[UseLine, ...]
    channel: Channel
    member_id: str | None = None
    store_id: str | None = None
    phase_ids: frozenset[str] = frozenset()
    owner: str | None = None


class CouponEffect(msgspec.Struct, frozen=True, gc=False):
    """Tell what a claim does for a basket: the version and amounts a price engine needs, and the discount alone.

    `discount_minor` is what the coupon takes off `eligible_minor` when it is the only one; a price engine that
    stacks offers computes its own from the other fields. Source: R2, R9, R32.
    """

    claim_id: str
    coupon_id: str
    version: int
    kind: CouponKind
    currency: str
    merchant_id: str | None
    name: str
    name_en: str
    amount_minor: int
    rate_bp: int
    cap_minor: int
    threshold_minor: int
    exchange_sku_id: str | None
    exchange_price_minor: int
    min_payable_minor: int
    face_minor: int
    funders: tuple[Funder, ...]
    eligible_line_ids: tuple[str, ...]
    eligible_minor: int
    discount_minor: int


class Usable(msgspec.Struct, frozen=True):
    """Tell of one of a member's claims whether it can be used now, and if not, why. Source: R15.

    `left_minor` is what eligible goods miss to the threshold, where that is the reason.
    """

    claim: ClaimView
    effect: CouponEffect | None
    refusal_code: str | None = None
    refusal: str | None = None
    refusal_zh: str | None = None
    left_minor: int | None = None


class LockRequest(msgspec.Struct, frozen=True, gc=False):
    """Set a claim aside for `owner` (an order or a till) until `locked_until`. Source: R27."""

    claim_id: str
    member_id: str | None
    owner: str
    locked_until: datetime


class Locked(msgspec.Struct, frozen=True, gc=False):
    """Tell that a claim is set aside."""

    claim_id: str
    owner: str
    locked_until: datetime


class RedeemRequest(msgspec.Struct, frozen=True, gc=False):
    """Use a claim up for a document (a merchant order or a receipt); `amount_minor` is the discount it gave.

    `owner` names the asker's own lock, by default the document. `member_id` must be the claim's when given (R32).
    """

    claim_id: str
    document_id: str
    amount_minor: int
    member_id: str | None = None
    order_id: str | None = None
    receipt_id: str | None = None
    merchant_id: str | None = None
    store_id: str | None = None
    till_id: str | None = None
    clerk_id: str | None = None
    channel: Channel = Channel.ONLINE
    owner: str | None = None


class Redeemed(msgspec.Struct, frozen=True, gc=False):
    """Tell that a claim was used up; the same document gets the same answer."""

    redemption_id: Id
    claim_id: Id
    coupon_id: Id
    document_id: str
    currency: Currency
    amount_minor: int
    platform_minor: int
    merchant_minor: int
    brand_minor: int
    redeemed_at: datetime


class GivenBack(msgspec.Struct, frozen=True):
    """Tell what became of a claim whose document was cancelled: `restored` means the member can use it again."""

    claim_id: str
    coupon_id: str
    document_id: str
    restored: bool
    expires_at: datetime


class PrepareRequest(msgspec.Struct, frozen=True):
    """Show a claim at a till: by its code (text or digits) or its id. The till owns the lock for `lock_s` seconds."""

    merchant_id: str
    store_id: str
    till_id: str
    clerk_id: str
    code: str | None = None
    claim_id: str | None = None
    lock_s: Annotated[int, msgspec.Meta(ge=10, le=900)] = 120


class BasketRule(msgspec.Struct, frozen=True):
    """Say what the basket must be for this coupon, so that the till can check and compute. Source: R34, R42."""

    kind: CouponKind
    currency: Currency
    amount_minor: int
    rate_bp: int
    cap_minor: int
    threshold_minor: int
    exchange_sku_id: str | None
    exchange_price_minor: int
    min_payable_minor: int
    scope: Scope


class Prepared(msgspec.Struct, frozen=True):
    """Tell the till that the claim is set aside for it, until when, and the rule of the basket."""

    claim_id: Id
    coupon_id: Id
    version: int
    name: str
    name_en: str
    summary: str
    summary_en: str
    locked_until: datetime
    expires_at: datetime
    rule: BasketRule
    member_id: Id


class ConsumeRequest(msgspec.Struct, frozen=True):
    """Use a prepared claim up for a receipt; the key is (claim, store, receipt). Source: R35, R41.

    `basket_minor` is what the eligible lines cost before the coupon; when given, threshold and least payable are
    checked against it.
    """

    claim_id: str
    receipt_id: str
    merchant_id: str
    store_id: str
    till_id: str
    clerk_id: str
    amount_minor: int
    basket_minor: int | None = None


class ReverseRequest(msgspec.Struct, frozen=True):
    """Undo a redemption of this store's receipt within the reversal window."""

    claim_id: str
    receipt_id: str
    merchant_id: str
    store_id: str
    till_id: str
    clerk_id: str
    reason: str = ""


class Reversed(msgspec.Struct, frozen=True):
    """Tell that a redemption was undone; the same reversal gets the same answer."""

    redemption_id: Id
    claim_id: Id
    coupon_id: Id
    receipt_id: str
    amount_minor: int
    reversed_at: datetime


class RotatingCode(msgspec.Struct, frozen=True):
    """Hold what a member shows at a till: `text` for the QR code (base45), `digits` in groups of four for typing.

    A new step begins every `step_s` seconds; the code is accepted until `expires_at`, one step longer, so that a
    clock may be a step off (R39). Screenshots die with it.
    """

    claim_id: Id
    text: str
    digits: str
    step_s: int
    renews_at: datetime
    expires_at: datetime


class CodeContent(msgspec.Struct, frozen=True):
    """Hold what a verified code says."""

    claim_id: str
    coupon_id: str
    kid: str
    step: int
