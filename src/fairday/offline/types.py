"""Shape leases, what was agreed about working offline, and breaks. Amounts are minor units of the till's currency."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.coupons.types import CodeKey, Instant, Terms
from fairday.kernel.http.routes import PageQuery
from fairday.kernel.ids import Id
from fairday.kernel.money import Currency, Minor
from fairday.offline.log_types import LogHead

LEASE_S_MAX = 12 * 3600
Count = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
LeaseSeconds = Annotated[int, msgspec.Meta(ge=300, le=LEASE_S_MAX)]


class Bearer(StrEnum):
    """Name who bears the loss of a coupon that was taken offline and used elsewhere. Source: R37."""

    MERCHANT = "merchant"
    PLATFORM = "platform"


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Bound what a till may accept offline in one lease: the floor limit of R37. A count of 0 means: no coupons offline.

    `face_max_minor` a coupon, `count_max` coupons, `value_max_minor` in all; the lease lives `lease_s` seconds.
    """

    face_max_minor: Minor = 10_000
    count_max: Count = 200
    value_max_minor: Minor = 500_000
    lease_s: LeaseSeconds = 4 * 3600


class OfflineTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what the operator agreed with a merchant: floor limits for each of its tills, and who bears a conflict."""

    merchant_id: Id
    limits: Limits
    bearer: Bearer = Bearer.MERCHANT


class TermsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Agree with a merchant on working offline; holds for leases from now on, the bearer for conflicts from now on."""

    limits: Limits = Limits()
    bearer: Bearer = Bearer.MERCHANT


class LeaseState(StrEnum):
    """Name where a lease stands: open until it is given back, or ends a grace period after its time."""

    OPEN = "open"
    RETURNED = "returned"
    EXPIRED = "expired"


class LeaseBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a lease and say where the device's log ends; the lease before it is given back."""

    head: LogHead


class LeaseAt(msgspec.Struct, frozen=True):
    """Carry a wish for a lease, or its return, to the lane: the device's account, where its log ends."""

    account_id: str
    head: LogHead
    lease_id: str = ""


class Window(msgspec.Struct, frozen=True):
    """Hold a half-open window of time."""

    starts_at: datetime
    ends_at: datetime


class LeasedCoupon(msgspec.Struct, frozen=True):
    """Hold a coupon that the till may take offline, with all it needs to judge it.

    At most `count_max` of it and `value_max_minor` in all in this lease. `windows` are the phases in which it is usable;
    null means that no phase is asked for. `face_minor` is the most that one may take off.
    """

    coupon_id: Id
    version: int
    merchant_id: str | None
    face_minor: int
    summary: str
    summary_en: str
    terms: Terms
    count_max: int
    value_max_minor: int
    windows: tuple[Window, ...] | None = None


class LeasePhase(msgspec.Struct, frozen=True):
    """Hold a phase that is on during the lease; the catalogue's phase prices name it."""

    phase_id: Id
    starts_at: datetime
    ends_at: datetime


class Lease(msgspec.Struct, frozen=True):
    """Hold a lease as its device gets it. `genesis` and `head` are where the device's log begins and ends.

    A device whose own log is empty goes on from `head`. Codes are good at `happened_at` within one step of `code_step_s`;
    the device's clock may be `skew_s` off. A supervisor's PIN is sealed for `seal_key` (P-256, base64url). Everything here holds until `expires_at` and for this store only.
    """

    lease_id: Id
    device_id: Id
    till_id: Id
    store_id: Id
    merchant_id: Id
    currency: Currency
    state: LeaseState
    granted_at: datetime
    expires_at: datetime
    server_now: datetime
    time_zone: str
    limits: Limits
    skew_s: int
    code_step_s: int
    genesis: str
    head: LogHead
    used_count: int
    used_minor: int
    coupons: list[LeasedCoupon] = []
    phases: list[LeasePhase] = []
    keys: list[CodeKey] = []
    seal_key: str = ""


class LeaseView(msgspec.Struct, frozen=True):
    """Show a lease in a list."""

    lease_id: Id
    device_id: Id
    till_id: Id
    store_id: Id
    merchant_id: Id
    currency: Currency
    state: LeaseState
    granted_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    face_max_minor: int
    count_max: int
    value_max_minor: int
    used_count: int
    used_minor: int


class LeasesQuery(PageQuery, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a page of leases, the newest first; operators may name a merchant."""

    state: LeaseState | None = None
    store_id: Id | None = None
    merchant_id: Id | None = None


class CatalogueQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a page of what the store sells, in the order of SKU ids."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 200
    cursor: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class PhasePrice(msgspec.Struct, frozen=True):
    """Hold the unit price while a phase is on."""

    phase_id: str
    price_minor: int


class CatalogueItem(msgspec.Struct, frozen=True):
    """Hold a SKU as a till needs it: the price now is the lowest of the regular and the open phases' prices."""

    sku_id: Id
    gtin: str | None
    sku: str
    name: str
    name_en: str | None
    category_id: str | None
    currency: Currency
    price_minor: int
    phase_prices: tuple[PhasePrice, ...]


class BreakKind(StrEnum):
    """Name why a use did not count: conflict (the till could not know), flagged (it could, or is not trusted)."""

    CONFLICT = "conflict"
    FLAGGED = "flagged"


class BreakState(StrEnum):
    """Name where a break stands; it is voided when the sale it belongs to was undone."""

    OPEN = "open"
    RESOLVED = "resolved"
    VOIDED = "voided"


class Decision(StrEnum):
    """Name how a break is closed: the bearer accepts it, the merchant is charged, or the platform writes it off."""

    ACCEPT_LOSS = "accept_loss"
    CHARGE = "charge"
    WRITE_OFF = "write_off"


class Break(msgspec.Struct, frozen=True):
    """Hold a coupon's use (or a whole record) that did not count: where, why, how much, who bears it, who was first.

    `receipt_total_minor` is what the receipt came to. `amount_minor` is the loss; the posting `posting_id` books it once.
    """

    break_id: Id
    device_id: Id
    seq: int
    place: int
    kind: BreakKind
    reason: str
    state: BreakState
    merchant_id: Id
    store_id: Id
    till_id: Id
    clerk_id: str | None
    receipt_id: str | None
    currency: Currency
    amount_minor: int
    receipt_total_minor: int
    bearer: Bearer
    claim_id: str | None
    coupon_id: str | None
    posting_id: str | None
    first_store_id: str | None
    first_order_id: str | None
    first_used_at: datetime | None
    happened_at: datetime
    booked_at: datetime
    decision: Decision | None
    note: str | None
    resolved_by: str | None
    resolved_at: datetime | None


class BreaksQuery(PageQuery, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a page of breaks, the newest first; `booked_before` finds old ones. Operators may name a merchant."""

    state: BreakState | None = None
    kind: BreakKind | None = None
    store_id: Id | None = None
    till_id: Id | None = None
    merchant_id: Id | None = None
    booked_before: Instant | msgspec.UnsetType = msgspec.UNSET


class ResolutionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Close a break and say why. Only operators charge and write off."""

    decision: Decision
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class OverrideState(StrEnum):
    """Name what became of an override: it let something pass, nothing needed it, or its PIN was not a supervisor's."""

    GRANTED = "granted"
    NOT_NEEDED = "not_needed"
    REFUSED = "refused"


class Override(msgspec.Struct, frozen=True):
    """Tell of what a supervisor allowed beyond a till's floor limits offline. `supervisor_id` is null when it was refused.

    `use_count` coupons of `amount_minor` in all went beyond the limits by it. Source: R41.
    """

    override_id: Id
    device_id: Id
    seq: int
    merchant_id: Id
    store_id: Id
    till_id: Id
    clerk_id: Id
    receipt_id: str
    supervisor_login: str
    supervisor_id: str | None
    reason: str
    state: OverrideState
    currency: Currency
    use_count: int
    amount_minor: int
    happened_at: datetime
    received_at: datetime


class OverridesQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for overrides, the newest first; operators may name the merchant."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    merchant_id: Id | None = None
    store_id: Id | None = None
    state: OverrideState | None = None
