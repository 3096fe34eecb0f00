"""Publish the demo's coupons: every kind, paid by the platform, by merchants and by both, tight and generous ones."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from fairday.coupons import service as coupons
from fairday.coupons.types import (
    Channel,
    CouponKind,
    Funder,
    FunderKind,
    ReturnPolicy,
    Scope,
    Terms,
    UsableHours,
)
from fairday.festivals.types import Festival, PhaseKind
from fairday.kernel.tx import Tx

_PLATFORM = (Funder(FunderKind.PLATFORM, 10_000),)
_MERCHANT = (Funder(FunderKind.MERCHANT, 10_000),)
_SHARED = (Funder(FunderKind.PLATFORM, 6_000), Funder(FunderKind.MERCHANT, 4_000))
_WITH_BRAND = (Funder(FunderKind.MERCHANT, 5_000), Funder(FunderKind.BRAND, 5_000, "星桥 StarBridge"))
_WORKDAYS = UsableHours((1, 2, 3, 4, 5), 660, 840)


class Offer(NamedTuple):
    """Hold a coupon of the story: its issuer's login (empty: the platform), names, kind, and its terms."""

    issuer: str
    name: str
    name_en: str
    kind: CouponKind
    terms: dict[str, Any]
    from_second_window: bool = False


OFFERS = (
    Offer("", "平台满300减50", "Platform: 50 off from 300", CouponKind.THRESHOLD, {
        "amount_minor": 5_000, "threshold_minor": 30_000, "quantity_max": 20_000, "budget_minor": 80_000_000,
        "over_issue_bp": 12_000, "per_member_max": 2, "per_person_max": 3, "funders": _SHARED,
    }),
    Offer("", "见面礼5元无门槛", "Welcome: 5 off anything", CouponKind.FIXED, {
        "amount_minor": 500, "quantity_max": 50_000, "per_day_max": 10_000, "per_person_max": 1, "funders": _PLATFORM,
    }),
    Offer("", "线上九折，最多减40元", "Online: 10 % off, up to 40", CouponKind.PERCENT, {
        "rate_bp": 1_000, "cap_minor": 4_000, "quantity_max": 8_000, "budget_minor": 20_000_000, "over_issue_bp": 20_000,
        "channels": (Channel.ONLINE,), "per_member_max": 3, "funders": _SHARED,
    }),
    Offer("", "到店满100减15", "In store: 15 off from 100", CouponKind.THRESHOLD, {
        "amount_minor": 1_500, "threshold_minor": 10_000, "quantity_max": 10_000, "channels": (Channel.IN_STORE,),
        "per_member_max": 5, "funders": _PLATFORM,
    }),
    Offer("camellia", "山茶里饮品立减3元", "Camellia Lane: 3 off a drink", CouponKind.FIXED, {
        "amount_minor": 300, "quantity_max": 6_000, "per_member_max": 4, "days_after_claim": 14, "funders": _MERCHANT,
        "scope": Scope(category_ids=("tea",)),
    }),
    Offer("quickstep", "快步满399减80", "QuickStep: 80 off from 399", CouponKind.THRESHOLD, {
        "amount_minor": 8_000, "threshold_minor": 39_900, "quantity_max": 3_000, "budget_minor": 20_000_000,
        "over_issue_bp": 15_000, "grace_days": 3, "funders": _MERCHANT,
    }),
    Offer("cloud", "云妆唇妆八折，最多减60元", "Cloud Beauty: lips 20 % off, up to 60", CouponKind.PERCENT, {
        "rate_bp": 2_000, "cap_minor": 6_000, "quantity_max": 2_000, "scope": Scope(category_ids=("lipstick",)),
        "return_policy": ReturnPolicy.FORFEIT, "funders": _MERCHANT,
    }),
    Offer("wheatfield", "加1元换购海盐牛角包", "Wheatfield: a croissant for 1 yuan", CouponKind.EXCHANGE, {
        "exchange_sku_id": ("wheatfield", "bread-0", 0), "exchange_price_minor": 100, "cap_minor": 1_100,
        "threshold_minor": 3_000, "quantity_max": 1_500, "funders": _MERCHANT,
    }),
    Offer("starbridge", "星桥手机满1999减200", "StarBridge phones: 200 off from 1,999", CouponKind.THRESHOLD, {
        "amount_minor": 20_000, "threshold_minor": 199_900, "quantity_max": 800, "scope": Scope(category_ids=("phone",)),
        "funders": _WITH_BRAND,
    }),
    Offer("oldlane", "老巷工作日午餐满40减12", "Old Lane weekday lunch: 12 off from 40", CouponKind.THRESHOLD, {
        "amount_minor": 1_200, "threshold_minor": 4_000, "quantity_max": 2_500, "hours": (_WORKDAYS,), "per_member_max": 5,
        "funders": _MERCHANT,
    }),
    Offer("", "返场秒券20元，限量100张", "Second window: 20 off, only 100", CouponKind.FIXED, {
        "amount_minor": 2_000, "quantity_max": 100, "per_person_max": 1, "min_payable_minor": 100, "funders": _PLATFORM,
    }, from_second_window=True),
)  # fmt: skip


async def publish_all(
    tx: Tx,
    merchant_ids: Mapping[str, str],
    sku_ids: Mapping[tuple[str, str, int], str],
    festival: Festival,
    now: datetime,
) -> list[str]:
    """Make and publish the coupons; return the ids of those that can be claimed at once."""
    ends_at = festival.phases[-1].ends_at
    second = [phase for phase in festival.phases if phase.kind is PhaseKind.SALE][-1]
    open_ids = []
    for offer in OFFERS:
        given = dict(offer.terms)
        if "exchange_sku_id" in given:
            given["exchange_sku_id"] = sku_ids[given["exchange_sku_id"]]
        terms = Terms(
            kind=offer.kind,
            currency="CNY",
            name=offer.name,
            name_en=offer.name_en,
            claim_starts_at=festival.phases[0].starts_at,
            claim_ends_at=ends_at,
            claim_phase_ids=(second.phase_id,) if offer.from_second_window else (),
            usable_until=ends_at + timedelta(days=7),
            **given,
        )
        merchant_id = merchant_ids[offer.issuer] if offer.issuer else None
        made = await coupons.create(tx, merchant_id, terms, by="demo", now=now)
        await coupons.publish(tx, made.coupon_id, now=now)
        if not offer.from_second_window:
            open_ids.append(made.coupon_id)
    return open_ids
