"""Shape coupons (offers) and their terms."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.ids import Id
from fairday.kernel.money import BasisPoints, Currency, Minor, PositiveMinor

Name = Annotated[str, msgspec.Meta(max_length=120, description="Empty: made from the terms.")]
Instant = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339 with an offset; kept in UTC.")]
Ids = Annotated[tuple[Id, ...], msgspec.Meta(max_length=1000)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
MemberMax = Annotated[int, msgspec.Meta(ge=1, le=60, description="At most 60, as the trade does (R24).")]


class CouponKind(StrEnum):
    """Name how a coupon lowers a price: a fixed amount, a percentage with a cap, 满减 (from X minus Y), 换购."""

    FIXED = "fixed"
    PERCENT = "percent"
    THRESHOLD = "threshold"
    EXCHANGE = "exchange"


class CouponStatus(StrEnum):
    """Name where an offer stands."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


class ClaimStatus(StrEnum):
    """Name where a member's copy stands."""

    CLAIMED = "claimed"
    LOCKED = "locked"
    REDEEMED = "redeemed"
    RETURNED = "returned"
    EXPIRED = "expired"
    VOIDED = "voided"


class Channel(StrEnum):
    """Name where something happens."""

    ONLINE = "online"
    IN_STORE = "in_store"


class FunderKind(StrEnum):
    """Name who pays for a discount."""

    PLATFORM = "platform"
    MERCHANT = "merchant"
    BRAND = "brand"


class ReturnPolicy(StrEnum):
    """Name what becomes of a claim when its order is cancelled. Source: R30."""

    RESTORE = "restore"
    FORFEIT = "forfeit"


class Funder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold one payer's share of the discount; shares of a coupon sum to 10000. Source: R22."""

    kind: FunderKind
    share_bp: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    brand: Annotated[str, msgspec.Meta(max_length=60)] = ""


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say what a coupon is for; an empty list means everything of the issuer. All non-empty lists must match."""

    merchant_ids: Ids = ()
    store_ids: Ids = ()
    sku_ids: Ids = ()
    category_ids: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=80)], ...], msgspec.Meta(max_length=200)
    ] = ()


class UsableHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold a daily window `[from_minute, to_minute)` of local minutes on ISO weekdays (1 is Monday). Source: R28."""

    weekdays: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...], msgspec.Meta(min_length=1, max_length=7)
    ] = (1, 2, 3, 4, 5, 6, 7)
    from_minute: Annotated[int, msgspec.Meta(ge=0, le=1439)] = 0
    to_minute: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 1440


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hold what a coupon promises; each edit makes a new version, and after publication terms only widen (R29).

    Money: `amount_minor` is the discount of a fixed or threshold coupon; `rate_bp` is what a percent coupon takes off
    (2000 is 20 % off, 八折) up to `cap_minor`; an exchange coupon sells one unit of `exchange_sku_id` for
    `exchange_price_minor`, giving at most `cap_minor`. `threshold_minor` is what eligible lines must reach.
    `min_payable_minor` is what the shopper always pays (R32).

    Time: claimable in `[claim_starts_at, claim_ends_at)` and, when `claim_phase_ids` is not empty, only while one of
    those phases is on; usable from `usable_from` (or at once) until `usable_until` or `days_after_claim` days after
    the claim, whichever is first, within `hours` of `time_zone` and within `use_phase_ids` (R28).

    Caps (R24): `quantity_max` claims; `budget_minor` of money (none: quantity times face), of which `over_issue_bp`
    may be committed because not every claim is used, while never more than the budget is spent (S05);
    `per_day_max` in days of `time_zone`; `per_member_max`; `per_person_max` over all accounts of a natural person.
    """

    kind: CouponKind
    currency: Currency
    name: Name = ""
    name_en: Name = ""
    amount_minor: PositiveMinor | None = None
    rate_bp: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None
    cap_minor: PositiveMinor | None = None
    threshold_minor: Minor = 0
    exchange_sku_id: Id | None = None
    exchange_price_minor: Minor | None = None
    min_payable_minor: Minor = 1
    funders: Annotated[tuple[Funder, ...], msgspec.Meta(min_length=1, max_length=3)]
    scope: Scope = Scope()
    channels: Annotated[tuple[Channel, ...], msgspec.Meta(min_length=1, max_length=2)] = (
        Channel.ONLINE,
        Channel.IN_STORE,
    )
    claim_starts_at: Instant
    claim_ends_at: Instant
    claim_phase_ids: Annotated[tuple[Id, ...], msgspec.Meta(max_length=40)] = ()
    use_phase_ids: Annotated[tuple[Id, ...], msgspec.Meta(max_length=40)] = ()
    usable_from: Instant | None = None
    usable_until: Instant | None = None
    days_after_claim: Annotated[int, msgspec.Meta(ge=1, le=90)] | None = None
    time_zone: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] = "Asia/Shanghai"
    hours: Annotated[tuple[UsableHours, ...], msgspec.Meta(max_length=7)] = ()
    quantity_max: Count
    budget_minor: PositiveMinor | None = None
    over_issue_bp: Annotated[int, msgspec.Meta(ge=10_000, le=100_000)] = 10_000
    per_day_max: Count | None = None
    per_member_max: MemberMax = 1
    per_person_max: MemberMax | None = None
    return_policy: ReturnPolicy = ReturnPolicy.RESTORE
    grace_days: Annotated[int, msgspec.Meta(ge=0, le=30)] = 0


class Template(msgspec.Struct, frozen=True):
    """Hold one immutable version of a coupon's terms. `merchant_id` is None for the platform's own coupons."""

    coupon_id: Id
    version: int
    merchant_id: str | None
    terms: Terms

    @property
    def face_minor(self) -> int:
        """Return the most that one claim can take off; this much of the budget a claim commits. Source: S05, I2."""
        return (self.terms.amount_minor if self.terms.cap_minor is None else self.terms.cap_minor) or 0


class Counters(msgspec.Struct, frozen=True, gc=False):
    """Hold the moving part of a coupon: status, switches, caps in force and what was taken of them."""

    coupon_id: Id
    version: int
    merchant_id: str | None
    status: CouponStatus
    issue_stopped: bool
    redeem_stopped: bool
    quantity_max: int
    budget_minor: int
    commit_max_minor: int
    issued_count: int
    committed_minor: int
    redeemed_count: int
    spent_minor: int


class Nearest(msgspec.Struct, frozen=True):
    """Hold the nearest store where a coupon can be used."""

    store_id: str
    name: str
    distance_m: int
    is_open_now: bool


class CouponItem(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a coupon as a shopper sees it in a list. `starts_at`/`ends_at` bound claiming; `left_count` may be 0.

    When it cannot be claimed, `why_not` is the refusal's code and `opens_at` the next instant at which claiming opens.
    """

    coupon_id: Id
    name: str
    name_en: str
    summary: str
    summary_en: str
    kind: CouponKind
    currency: Currency
    face_minor: int
    threshold_minor: int
    claimable: bool
    left_count: int
    starts_at: datetime
    ends_at: datetime
    issuer: str
    merchant_id: str | None
    channels: tuple[Channel, ...]
    quantity_max: int
    per_member_max: int
    rate_bp: int | None = None
    opens_at: datetime | None = None
    why_not: str | None = None
    nearest: Nearest | None = None


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a coupon in full."""

    coupon_id: Id
    version: int
    status: CouponStatus
    issuer: str
    merchant_id: str | None
    summary: str
    summary_en: str
    issue_stopped: bool
    redeem_stopped: bool
    claimable: bool
    left_count: int
    terms: Terms


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Tell an issuer how a coupon goes: the three different numbers of R27 and the burn of its budget (S05)."""

    coupon_id: Id
    currency: Currency
    quantity_max: int
    issued_count: int
    locked_count: int
    redeemed_count: int
    returned_count: int
    expired_count: int
    budget_minor: int
    committed_minor: int
    reserved_minor: int
    spent_minor: int
    burn_bp: BasisPoints


class IssuedCoupon(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a coupon as its issuer sees it in a list."""

    coupon: Coupon
    issued_count: int
    committed_minor: int
    redeemed_count: int
    spent_minor: int


class CodeKey(msgspec.Struct, frozen=True):
    """Publish a key that verifies codes offline: Ed25519, base64url of 32 bytes. `kid` is eight hex digits."""

    kid: str
    algorithm: str
    public_key: str
    created_at: datetime
    retired_at: datetime | None
