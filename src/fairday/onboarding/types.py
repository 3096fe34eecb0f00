"""Shape applications of new shops and what is opened for them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.identity.types import Merchant, Phone, Story
from fairday.kernel.http.routes import PageQuery
from fairday.places.types import Hours, Latitude, Longitude, RegionId, ShortText, Store, StoreKind

LicenceNumber = Annotated[
    str,
    msgspec.Meta(
        pattern="^[0-9A-Z]{18}$", description="Unified Social Credit Code (统一社会信用代码), GB 32100-2015."
    ),
]
Reason = Annotated[str, msgspec.Meta(max_length=300)]


class Licence(StrEnum):
    """Name the classes of licence: none (小额零星), an individual business (个体工商户), a company. Source: S19."""

    NONE = "none"
    INDIVIDUAL = "individual"
    COMPANY = "company"


class ApplicationStatus(StrEnum):
    """Name where a shop stands: small as it is, asking for more, lifted, or refused (and still small)."""

    LIMITED = "limited"
    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"


class CouponTemplate(StrEnum):
    """Name the first coupons that a shop chooses from."""

    WELCOME = "welcome"
    SPEND_MORE = "spend_more"
    PERCENT = "percent"


class FirstCoupon(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Choose the first coupon: `amount_minor` off (welcome), off from `threshold_minor` on (spend_more), or `percent`
    per cent off at most `amount_minor`; `quantity_max` copies, one for each member."""

    template: CouponTemplate
    amount_minor: Annotated[int, msgspec.Meta(ge=1, le=20_000)]
    threshold_minor: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    percent: Annotated[int, msgspec.Meta(ge=1, le=90)] = 20
    quantity_max: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100


class ShopDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Open a shop with a phone and the code that came by text message (POST /v1/sessions/phone-codes)."""

    phone: Phone
    code: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    name_en: Annotated[str, msgspec.Meta(max_length=60)] = ""
    licence: Licence = Licence.NONE
    licence_number: LicenceNumber | None = None
    kind: StoreKind = StoreKind.OTHER
    region_id: RegionId
    address: ShortText = ""
    latitude: Latitude
    longitude: Longitude
    hours: Hours = ()
    story: Story = ""
    coupon: FirstCoupon


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """Hold an application; the number of the licence is for the shop itself and the operator."""

    application_id: str
    merchant_id: str
    shop_name: str
    region_id: str
    licence: Licence
    licence_number: str | None
    status: ApplicationStatus
    applied_at: datetime
    requested_at: datetime | None
    decided_at: datetime | None
    reason: str


class ShopOpened(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what was opened; `token` is null for pages, whose session is in a cookie."""

    token: str | None
    expires_at: datetime
    account_id: str
    merchant: Merchant
    store: Store
    coupon_id: str
    application: Application


class LimitsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for the limits of a small shop to be lifted, on the ground of a licence."""

    licence: Licence
    licence_number: LicenceNumber


class LimitsDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Lift a shop's limits, or not, and say why."""

    is_approved: bool
    reason: Reason = ""


class ApplicationsQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filter applications by status."""

    status: ApplicationStatus | None = None
