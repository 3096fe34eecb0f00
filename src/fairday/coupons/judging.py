"""Read claims with their coupons and judge whether they can be used; nothing is taken."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from fairday.coupons import redemption_store, store
from fairday.coupons.claims import ClaimRow, CouponEffect, CouponUse, UsedAt
from fairday.coupons.errors import AlreadyUsed, ClaimUnknown
from fairday.coupons.rules import using as rules
from fairday.coupons.types import Counters, Template
from fairday.festivals import service as festivals
from fairday.festivals.types import PhaseWindow
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.places import service as places

T = TypeVar("T")


class Known(msgspec.Struct, frozen=True):
    """Hold what a batch read: claims by id, their coupons' newest terms and counters by coupon."""

    claims: dict[str, ClaimRow]
    templates: dict[str, Template]
    counters: dict[str, Counters]


async def read(tx: Tx, claim_ids: Sequence[str]) -> Known:
    """Read claims with their coupons; unknown ids are left out."""
    claims = await store.claims(tx, sorted(set(claim_ids)))
    counters = await store.counters(tx, sorted({claim.coupon_id for claim in claims.values()}))
    # The newest terms, not those of the claim: an edit only widens, and widening is for everyone (R29).
    templates = await store.templates(tx, {key: row.version for key, row in counters.items()})
    return Known(claims, templates, counters)


async def use_windows(tx: Tx, known: Known) -> dict[str, PhaseWindow]:
    """Return the windows of the phases that these coupons are usable in."""
    ids = {phase_id for template in known.templates.values() for phase_id in template.terms.use_phase_ids}
    return await festivals.windows(tx, sorted(ids)) if ids else {}


async def judge(
    tx: Tx, uses: Sequence[CouponUse], now: datetime, *, known: Known | None = None
) -> list[CouponEffect | Refusal]:
    """Tell for each use what the claim does to the basket, or why it cannot be used; nothing is taken.

    `known` is what `read_known` found in this transaction, when the caller goes on to `redeem` with it.

    Refusals in order: ClaimUnknown, ClaimVoided, AlreadyUsed, ClaimExpired, ClaimLocked, NotYetUsable, RedeemStopped,
    PhaseNotOpen, OutsideHours, WrongChannel, WrongStore, WrongCurrency, NothingEligible, BelowThreshold, NoEffect.
    """
    if known is None:
        known = await read(tx, [use.claim_id for use in uses])
    windows = await use_windows(tx, known)
    results: list[CouponEffect | Refusal] = []
    # Where and when is the same for all baskets of a place: judged once a coupon.
    fates: dict[tuple[str, str, str | None, frozenset[str]], Refusal | None] = {}
    for use in uses:
        claim = known.claims.get(use.claim_id)
        refusal = rules.judge_state(claim, use.member_id, use.owner, now)
        if refusal is not None or claim is None:
            results.append(refusal or ClaimUnknown())
            continue
        template = known.templates[claim.coupon_id]
        key = (claim.coupon_id, use.channel, use.store_id, use.phase_ids)
        if key not in fates:
            fates[key] = rules.judge_place(
                template,
                known.counters[claim.coupon_id],
                channel=use.channel,
                store_id=use.store_id,
                merchant_id=None,
                phase_ids=use.phase_ids,
                windows=windows,
                now=now,
            )
        results.append(fates[key] or rules.judge_basket(template, claim, use))
    return await with_places(tx, results, [use.claim_id for use in uses])


async def with_places(tx: Tx, results: Sequence[T], claim_ids: Sequence[str]) -> list[T]:
    """Let every AlreadyUsed say where and when: at which store, or in an order. Source: R35."""
    used = [
        claim_id
        for claim_id, result in zip(claim_ids, results, strict=True)
        if isinstance(result, AlreadyUsed)
    ]
    if not used:
        return list(results)
    found = await used_at(tx, used)
    known = await read(tx, used)
    named: list[T] = []
    for claim_id, result in zip(claim_ids, results, strict=True):
        if isinstance(result, AlreadyUsed) and claim_id in found:
            zone = known.templates[known.claims[claim_id].coupon_id].terms.time_zone
            named.append(rules.used_refusal(found[claim_id], zone))  # type: ignore[arg-type]  # a Refusal for a Refusal
        else:
            named.append(result)
    return named


async def used_at(tx: Tx, claim_ids: Sequence[str]) -> dict[str, UsedAt]:
    """Return where and when claims were used, for those with an effective redemption."""
    stored = await redemption_store.effective(tx, sorted(set(claim_ids)))
    stores = await places.stores(tx, sorted({one.store_id for one in stored.values() if one.store_id}))
    return {
        claim_id: UsedAt(
            one.redeemed_at,
            one.store_id,
            stores[one.store_id].name if one.store_id in stores else None,
            one.amount_minor,
            one.order_id,
        )
        for claim_id, one in stored.items()
    }
