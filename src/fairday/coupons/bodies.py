"""Shape what coupon routes read: bodies and queries."""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from fairday.coupons.types import (
    Channel,
    Count,
    CouponKind,
    CouponStatus,
    Funder,
    Instant,
    MemberMax,
    Name,
    ReturnPolicy,
    Scope,
    Terms,
    UsableHours,
)
from fairday.kernel.http.routes import PageQuery
from fairday.kernel.ids import Id
from fairday.kernel.money import Currency, Minor, PositiveMinor


class CouponBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Make a coupon: `merchant_id` is for operators who make one for a merchant; merchants make their own."""

    terms: Terms
    merchant_id: Id | None = None


class TermsPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Change the fields that are sent; null takes a bound away where it may be missing."""

    kind: CouponKind | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    name_en: Name | UnsetType = UNSET
    amount_minor: PositiveMinor | UnsetType | None = UNSET
    rate_bp: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | UnsetType | None = UNSET
    cap_minor: PositiveMinor | UnsetType | None = UNSET
    threshold_minor: Minor | UnsetType = UNSET
    exchange_sku_id: Id | UnsetType | None = UNSET
    exchange_price_minor: Minor | UnsetType | None = UNSET
    min_payable_minor: Minor | UnsetType = UNSET
    funders: Annotated[tuple[Funder, ...], msgspec.Meta(min_length=1, max_length=3)] | UnsetType = UNSET
    scope: Scope | UnsetType = UNSET
    channels: Annotated[tuple[Channel, ...], msgspec.Meta(min_length=1, max_length=2)] | UnsetType = UNSET
    claim_starts_at: Instant | UnsetType = UNSET
    claim_ends_at: Instant | UnsetType = UNSET
    claim_phase_ids: Annotated[tuple[Id, ...], msgspec.Meta(max_length=40)] | UnsetType = UNSET
    use_phase_ids: Annotated[tuple[Id, ...], msgspec.Meta(max_length=40)] | UnsetType = UNSET
    usable_from: Instant | UnsetType | None = UNSET
    usable_until: Instant | UnsetType | None = UNSET
    days_after_claim: Annotated[int, msgspec.Meta(ge=1, le=90)] | UnsetType | None = UNSET
    time_zone: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] | UnsetType = UNSET
    hours: Annotated[tuple[UsableHours, ...], msgspec.Meta(max_length=7)] | UnsetType = UNSET
    quantity_max: Count | UnsetType = UNSET
    budget_minor: PositiveMinor | UnsetType | None = UNSET
    over_issue_bp: Annotated[int, msgspec.Meta(ge=10_000, le=100_000)] | UnsetType = UNSET
    per_day_max: Count | UnsetType | None = UNSET
    per_member_max: MemberMax | UnsetType = UNSET
    per_person_max: MemberMax | UnsetType | None = UNSET
    return_policy: ReturnPolicy | UnsetType = UNSET
    grace_days: Annotated[int, msgspec.Meta(ge=0, le=30)] | UnsetType = UNSET


class SwitchBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Move the kill switches; what is not sent stays. The reason is kept in the log."""

    issue_stopped: bool | None = None
    redeem_stopped: bool | None = None
    reason: Annotated[str, msgspec.Meta(max_length=300)] = ""


class ClaimBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say where the coupon is claimed; `{}` is online."""

    channel: Channel = Channel.ONLINE


class OffersQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filter coupons; `near` is "latitude,longitude" in degrees (WGS-84)."""

    near: Annotated[str, msgspec.Meta(max_length=60, examples=["31.2304,121.4737"])] | None = None
    radius_m: Annotated[int, msgspec.Meta(ge=100, le=200_000)] = 20_000
    kind: CouponKind | None = None
    channel: Channel | None = None
    merchant_id: Id | None = None
    store_id: Id | None = None
    claimable: bool = True


class IssuedQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filter an issuer's coupons; `merchant_id` is for operators."""

    status: CouponStatus | None = None
    merchant_id: Id | None = None


class ClaimsQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filter a member's claims."""

    state: Annotated[str, msgspec.Meta(pattern="^(unused|used|expired)$")] | None = None
