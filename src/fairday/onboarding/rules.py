"""Decide on licences, on where an application may go, and on the terms of a first coupon: pure functions."""

from datetime import datetime, timedelta

from stdnum.cn import uscc

from fairday.coupons.types import Channel, CouponKind, Funder, FunderKind, Scope, Terms
from fairday.onboarding.errors import BadLicence
from fairday.onboarding.types import ApplicationStatus, CouponTemplate, FirstCoupon, Licence

OPENED_LIMIT = (20, 86_400)
"""Shops that one address may try to open in a window of seconds."""
CLAIM_DAYS = 30
USE_DAYS = 14

TRANSITIONS: dict[ApplicationStatus, frozenset[ApplicationStatus]] = {
    ApplicationStatus.LIMITED: frozenset({ApplicationStatus.REQUESTED}),
    ApplicationStatus.REQUESTED: frozenset({ApplicationStatus.APPROVED, ApplicationStatus.REJECTED}),
    ApplicationStatus.REJECTED: frozenset({ApplicationStatus.REQUESTED}),
    ApplicationStatus.APPROVED: frozenset(),
}


def check_licence(licence: Licence, number: str | None) -> None:
    """Refuse a number without a licence, a licence without one, or a wrong check digit. Raises: BadLicence.

    Source: GB 32100-2015.
    """
    if (licence is Licence.NONE) != (number is None) or (number is not None and not uscc.is_valid(number)):
        raise BadLicence()


def first_status(licence: Licence) -> ApplicationStatus:
    """Return where an application begins: a shop with a licence asks for more at once."""
    return ApplicationStatus.LIMITED if licence is Licence.NONE else ApplicationStatus.REQUESTED


def first_terms(coupon: FirstCoupon, store_id: str, now: datetime) -> Terms:
    """Return the terms of a shop's first coupon: at its store's till, to be claimed for 30 days, used within 14, paid by
    the shop, one for each member."""
    is_percent = coupon.template is CouponTemplate.PERCENT
    has_threshold = coupon.template is CouponTemplate.SPEND_MORE
    kinds = {
        CouponTemplate.WELCOME: CouponKind.FIXED,
        CouponTemplate.SPEND_MORE: CouponKind.THRESHOLD,
        CouponTemplate.PERCENT: CouponKind.PERCENT,
    }
    return Terms(
        kind=kinds[coupon.template],
        currency="CNY",
        amount_minor=None if is_percent else coupon.amount_minor,
        rate_bp=coupon.percent * 100 if is_percent else None,
        cap_minor=coupon.amount_minor if is_percent else None,
        threshold_minor=coupon.threshold_minor if has_threshold else 0,
        funders=(Funder(FunderKind.MERCHANT, 10_000),),
        scope=Scope(store_ids=(store_id,)),
        channels=(Channel.IN_STORE,),
        claim_starts_at=now,
        claim_ends_at=now + timedelta(days=CLAIM_DAYS),
        days_after_claim=USE_DAYS,
        quantity_max=coupon.quantity_max,
    )
