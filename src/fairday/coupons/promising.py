"""Tell what coupons would do for baskets of people who have none of them yet: those that anyone can claim now."""

from collections.abc import Sequence
from datetime import datetime

from fairday.coupons.browsing import Wanted, offers
from fairday.coupons.claims import ClaimRow, CouponEffect, CouponUse, UseLine
from fairday.coupons.rules import using
from fairday.coupons.rules.terms import face_minor
from fairday.coupons.types import Channel, ClaimStatus, Template
from fairday.festivals import service as festivals
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx


async def promised(
    tx: Tx,
    baskets: Sequence[tuple[UseLine, ...]],
    channel: Channel,
    *,
    phase_ids: frozenset[str],
    now: datetime,
) -> list[list[CouponEffect]]:
    """Return for each basket what every claimable coupon would take off it now, the largest first; nothing is taken.

    Whether one person may still claim a copy, and a coupon that becomes usable only later, is not looked at. The effect's
    claim id is the coupon's: there is no claim.
    """
    found = await offers(tx, Wanted(channel=channel), now)
    wanted = {phase_id for offer in found for phase_id in offer.template.terms.use_phase_ids}
    windows = await festivals.windows(tx, sorted(wanted)) if wanted else {}
    usable = [
        offer.template
        for offer in found
        if using.judge_place(
            offer.template, offer.counters, channel=channel, store_id=None, merchant_id=None,
            phase_ids=phase_ids, windows=windows, now=now,
        ) is None
    ]  # fmt: skip
    answers = []
    for basket in baskets:
        judged = [_judge(template, basket, channel, now) for template in usable]
        effects = [one for one in judged if isinstance(one, CouponEffect)]
        answers.append(sorted(effects, key=lambda one: (-one.discount_minor, one.coupon_id)))
    return answers


def _judge(
    template: Template, basket: tuple[UseLine, ...], channel: Channel, now: datetime
) -> CouponEffect | Refusal:
    coupon_id, version, face = template.coupon_id, template.version, face_minor(template.terms)
    row = ClaimRow(coupon_id, coupon_id, "", version, channel, ClaimStatus.CLAIMED, face, now, now, now)
    return using.judge_basket(template, row, CouponUse(coupon_id, basket, channel))
