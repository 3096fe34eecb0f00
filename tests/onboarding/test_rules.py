"""Judge licences and first coupons at their edges, and reach every status."""

from datetime import UTC, datetime

import pytest

from fairday.coupons.rules import terms as coupon_rules
from fairday.coupons.types import CouponKind
from fairday.onboarding import rules
from fairday.onboarding.errors import BadLicence
from fairday.onboarding.types import ApplicationStatus, CouponTemplate, FirstCoupon, Licence

NOW = datetime(2026, 11, 10, tzinfo=UTC)
RIGHT = "91110000600037341L"


@pytest.mark.parametrize(
    ("licence", "number", "is_good"),
    [
        (Licence.NONE, None, True),
        (Licence.COMPANY, RIGHT, True),
        (Licence.INDIVIDUAL, RIGHT, True),
        (Licence.NONE, RIGHT, False),
        (Licence.COMPANY, None, False),
        (Licence.COMPANY, "91110000600037341M", False),
    ],
)
def test_licence_and_its_number_belong_together(licence: Licence, number: str | None, is_good: bool) -> None:
    """Refuse a number that is missing, not asked for, or wrong in its check digit."""
    if is_good:
        rules.check_licence(licence, number)
    else:
        with pytest.raises(BadLicence):
            rules.check_licence(licence, number)


@pytest.mark.parametrize(
    ("coupon", "kind", "face_minor", "threshold_minor"),
    [
        (FirstCoupon(template=CouponTemplate.WELCOME, amount_minor=500), CouponKind.FIXED, 500, 0),
        (
            FirstCoupon(template=CouponTemplate.SPEND_MORE, amount_minor=1000, threshold_minor=5000),
            CouponKind.THRESHOLD,
            1000,
            5000,
        ),
        (
            FirstCoupon(template=CouponTemplate.PERCENT, amount_minor=2000, percent=20),
            CouponKind.PERCENT,
            2000,
            0,
        ),
    ],
)
def test_each_template_makes_good_terms(
    coupon: FirstCoupon, kind: CouponKind, face_minor: int, threshold_minor: int
) -> None:
    """Make terms that the rules of coupons find nothing wrong with."""
    terms = rules.first_terms(coupon, "sto_1", NOW)
    assert coupon_rules.errors_of(terms) == []
    assert (terms.kind, coupon_rules.face_minor(terms), terms.threshold_minor) == (
        kind,
        face_minor,
        threshold_minor,
    )


def test_every_status_is_listed_and_reached() -> None:
    """Reach every status from where applications begin."""
    assert set(rules.TRANSITIONS) == set(ApplicationStatus)
    reached = {rules.first_status(licence) for licence in Licence}
    for _ in ApplicationStatus:
        reached |= {after for before in reached for after in rules.TRANSITIONS[before]}
    assert reached == set(ApplicationStatus)
