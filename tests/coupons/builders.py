"""Build valid coupons and claims with one change each."""

from datetime import datetime, timedelta
from typing import Any

from fairday.coupons import service
from fairday.coupons.claims import Claim, ClaimRequest
from fairday.coupons.types import CouponKind, Funder, FunderKind, Terms
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx

MERCHANT = (Funder(FunderKind.MERCHANT, 10_000),)
PLATFORM = (Funder(FunderKind.PLATFORM, 10_000),)


def terms(now: datetime, **changes: Any) -> Terms:
    """Return terms of a coupon of 5.00 off, 100 copies, one each, open from an hour ago for a day."""
    given: dict[str, Any] = {
        "kind": CouponKind.FIXED,
        "currency": "CNY",
        "amount_minor": 500,
        "funders": PLATFORM,
        "claim_starts_at": now - timedelta(hours=1),
        "claim_ends_at": now + timedelta(days=1),
        "days_after_claim": 7,
        "quantity_max": 100,
    }
    return Terms(**(given | changes))


async def offered(tx: Tx, now: datetime, merchant_id: str | None = None, **changes: Any) -> str:
    """Return a new live coupon."""
    coupon = await service.create(tx, merchant_id, terms(now, **changes), by="acc_test", now=now)
    await service.publish(tx, coupon.coupon_id, now)
    return coupon.coupon_id


async def claimed(tx: Tx, now: datetime, coupon_id: str, member_id: str | None = None) -> Claim:
    """Return a new claim of a coupon."""
    [claim] = await service.claim(tx, [ClaimRequest(coupon_id, member_id or new_id("mem"))], now)
    assert isinstance(claim, Claim), claim
    return claim


def wishes(coupon_id: str, count: int) -> list[ClaimRequest]:
    """Return requests of `count` different members."""
    return [ClaimRequest(coupon_id, new_id("mem")) for _ in range(count)]
