"""Tell what happened to coupons."""

from typing import ClassVar

from fairday.kernel.events import Event


class Claimed(Event, frozen=True, kw_only=True):
    """Tell that a member took a copy."""

    SUBJECT: ClassVar[str] = "coupon_id"
    claim_id: str
    coupon_id: str
    merchant_id: str | None
    member_id: str
    channel: str


class Redeemed(Event, frozen=True, kw_only=True):
    """Tell that a claim was used for `amount_minor`."""

    SUBJECT: ClassVar[str] = "coupon_id"
    claim_id: str
    coupon_id: str
    merchant_id: str | None
    store_id: str | None
    channel: str
    amount_minor: int
    currency: str


class Returned(Event, frozen=True, kw_only=True):
    """Tell that a redemption was undone; `restored` says whether the member can use the claim again."""

    SUBJECT: ClassVar[str] = "coupon_id"
    claim_id: str
    coupon_id: str
    merchant_id: str | None
    amount_minor: int
    currency: str
    restored: bool


class Expired(Event, frozen=True, kw_only=True):
    """Tell that a claim ended unused and its money went back to the budget."""

    SUBJECT: ClassVar[str] = "coupon_id"
    claim_id: str
    coupon_id: str
    merchant_id: str | None


class Stopped(Event, frozen=True, kw_only=True):
    """Tell how the kill switches of a coupon stand after someone moved them."""

    SUBJECT: ClassVar[str] = "coupon_id"
    coupon_id: str
    merchant_id: str | None
    issue_stopped: bool
    redeem_stopped: bool
    reason: str
    by: str


class BudgetReached(Event, frozen=True, kw_only=True):
    """Tell that `percent` of a budget is committed by claims, or spent; once for each percent of each budget (S05)."""

    SUBJECT: ClassVar[str] = "coupon_id"
    coupon_id: str
    merchant_id: str | None
    measure: str
    percent: int
    currency: str
    value_minor: int
    cap_minor: int


class Recalled(Event, frozen=True, kw_only=True):
    """Tell that a coupon was taken back; each claim that ends by it announces `Voided`."""

    SUBJECT: ClassVar[str] = "coupon_id"
    coupon_id: str
    merchant_id: str | None
    reason: str
    by: str


class Voided(Event, frozen=True, kw_only=True):
    """Tell that a member's unused claim ended by a recall, and why."""

    SUBJECT: ClassVar[str] = "coupon_id"
    claim_id: str
    coupon_id: str
    merchant_id: str | None
    member_id: str
    reason: str


class Published(Event, frozen=True, kw_only=True):
    """Tell that a coupon went live."""

    SUBJECT: ClassVar[str] = "coupon_id"
    coupon_id: str
    merchant_id: str | None
