"""Decide whether a claim can be used: state, time, place, basket; and what it takes off."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from fairday.coupons.claims import ClaimRow, CouponEffect, CouponUse, UsedAt, UseLine
from fairday.coupons.errors import (
    AlreadyUsed,
    BelowThreshold,
    ClaimExpired,
    ClaimLocked,
    ClaimUnknown,
    ClaimVoided,
    NoEffect,
    NothingEligible,
    NotYetUsable,
    OutsideHours,
    PhaseNotOpen,
    RedeemStopped,
    WrongChannel,
    WrongCurrency,
    WrongStore,
)
from fairday.coupons.rules.claiming import Windows, local
from fairday.coupons.types import (
    Channel,
    ClaimStatus,
    Counters,
    CouponKind,
    FunderKind,
    ReturnPolicy,
    Template,
    Terms,
    UsableHours,
)
from fairday.kernel import money
from fairday.kernel.errors import Refusal

TRANSITIONS: dict[ClaimStatus, frozenset[ClaimStatus]] = {
    ClaimStatus.CLAIMED: frozenset(
        {ClaimStatus.LOCKED, ClaimStatus.REDEEMED, ClaimStatus.EXPIRED, ClaimStatus.VOIDED}
    ),
    ClaimStatus.LOCKED: frozenset({ClaimStatus.CLAIMED, ClaimStatus.REDEEMED}),
    ClaimStatus.REDEEMED: frozenset({ClaimStatus.CLAIMED, ClaimStatus.EXPIRED, ClaimStatus.RETURNED}),
    ClaimStatus.RETURNED: frozenset(),
    ClaimStatus.EXPIRED: frozenset(),
    ClaimStatus.VOIDED: frozenset(),
}
LOCK_MAX = timedelta(hours=1)
"""Longest that a lock may last; a claim in a living lock can be used past its end by at most this (I6)."""
REVERSE_MAX = timedelta(minutes=60)
"""How long a till may undo a redemption: until the store's settlement, an hour in part A."""


def judge_state(  # noqa: PLR0911 - one return a reason, in order of precedence
    claim: ClaimRow | None, member_id: str | None, owner: str | None, now: datetime
) -> Refusal | None:
    """Tell why this claim cannot be taken by `owner` at `now`; a used one is told apart by the caller.

    A lock past its end binds nobody; a living lock of the asker is honoured even past the claim's end, because the
    price was agreed before it (R27). Source: I6, R32 (another member's claim does not exist).
    """
    if claim is None or (member_id is not None and claim.member_id != member_id):
        return ClaimUnknown()
    if claim.status in (ClaimStatus.RETURNED, ClaimStatus.VOIDED):
        return ClaimVoided()
    if claim.status is ClaimStatus.REDEEMED:
        return AlreadyUsed(store_id=None, store_name=None, used_at=None)
    is_locked = (
        claim.status is ClaimStatus.LOCKED and claim.locked_until is not None and now < claim.locked_until
    )
    if is_locked and claim.lock_owner == owner:
        return None
    if claim.status is ClaimStatus.EXPIRED or now >= claim.expires_at:
        return ClaimExpired(expired_at=_text(claim.expires_at))
    if is_locked:
        return ClaimLocked(locked_until=_text(claim.locked_until or now))
    if now < claim.usable_from:
        return NotYetUsable(usable_from=_text(claim.usable_from))
    return None


def judge_place(  # noqa: PLR0911 - one return a reason, in order of precedence
    template: Template,
    counters: Counters,
    *,
    channel: Channel,
    store_id: str | None,
    merchant_id: str | None,
    phase_ids: frozenset[str],
    windows: Windows,
    now: datetime,
) -> Refusal | None:
    """Tell why coupons of this template cannot be used here and now. `merchant_id` is the store's, when known.

    `phase_ids` are the phases that are on; `windows` tell when the coupon's own open next.
    """
    terms = template.terms
    if counters.redeem_stopped:
        return RedeemStopped()
    if terms.use_phase_ids and phase_ids.isdisjoint(terms.use_phase_ids):
        return PhaseNotOpen(opens_at=_next_use(terms, windows, now))
    if not is_inside_hours(terms, now):
        return OutsideHours(hours=hours_text(terms.hours))
    if channel not in terms.channels:
        return WrongChannel(channels=[str(channel) for channel in terms.channels])
    if merchant_id is not None and not covers_merchant(template, merchant_id):
        return WrongStore()
    if terms.scope.store_ids and store_id not in terms.scope.store_ids:
        return WrongStore()
    return None


def covers_merchant(template: Template, merchant_id: str) -> bool:
    """Tell whether the coupon is for things of this merchant."""
    scope = template.terms.scope.merchant_ids
    return template.merchant_id in (None, merchant_id) and (not scope or merchant_id in scope)


def judge_basket(template: Template, claim: ClaimRow, use: CouponUse) -> CouponEffect | Refusal:
    """Tell what the coupon takes off the basket, or why nothing. Source: R9, R12, R32."""
    terms = template.terms
    eligible: list[UseLine] = []
    base = total = 0
    for line in use.lines:
        if line.currency != terms.currency:
            return WrongCurrency(currency=terms.currency)
        total += line.amount_minor
        if _is_eligible(template, line):
            eligible.append(line)
            base += line.amount_minor
    target: UseLine | None = None
    if terms.kind is CouponKind.EXCHANGE:
        target = next(
            (line for line in use.lines if line.sku_id == terms.exchange_sku_id and line.quantity > 0), None
        )
        if target is None:
            return NothingEligible()
    elif not eligible:
        return NothingEligible()
    if target is not None and target in eligible:
        # The exchanged unit does not count toward the threshold that earns it.
        base -= target.amount_minor // target.quantity
    if base < terms.threshold_minor:
        return BelowThreshold(
            threshold_minor=terms.threshold_minor,
            currency=terms.currency,
            left_minor=terms.threshold_minor - base,
        )
    discount = discount_minor(terms, base, target, total)
    if discount <= 0:
        return NoEffect()
    ids = (target.line_id,) if target is not None else tuple([line.line_id for line in eligible])
    return effect(template, claim, ids, base, discount)


def discount_minor(terms: Terms, base_minor: int, target: UseLine | None, total_minor: int) -> int:
    """Return what the coupon takes off alone: rounded down, never above the eligible amount, its cap, or what must
    stay payable. Source: R32."""
    if terms.kind is CouponKind.PERCENT:
        discount = min(money.share_bp_floor(base_minor, terms.rate_bp or 0), terms.cap_minor or 0)
    elif terms.kind is CouponKind.EXCHANGE:
        assert target is not None
        unit = target.amount_minor // target.quantity
        discount = min(max(0, unit - (terms.exchange_price_minor or 0)), terms.cap_minor or 0)
    else:
        discount = min(terms.amount_minor or 0, base_minor)
    return max(0, min(discount, total_minor - terms.min_payable_minor))


def effect(
    template: Template, claim: ClaimRow, line_ids: tuple[str, ...], base_minor: int, discount: int
) -> CouponEffect:
    """Put together what a price engine needs to know of the claim."""
    terms = template.terms
    return CouponEffect(
        claim.claim_id,
        claim.coupon_id,
        template.version,
        terms.kind,
        terms.currency,
        template.merchant_id,
        terms.name,
        terms.name_en,
        terms.amount_minor or 0,
        terms.rate_bp or 0,
        terms.cap_minor or 0,
        terms.threshold_minor,
        terms.exchange_sku_id,
        terms.exchange_price_minor or 0,
        terms.min_payable_minor,
        claim.face_minor,
        terms.funders,
        line_ids,
        base_minor,
        discount,
    )


def funder_minor(terms: Terms, amount_minor: int) -> dict[FunderKind, int]:
    """Share a discount over its funders by largest remainder; the shares sum to the amount. Source: R18, R22."""
    parts = money.split(amount_minor, [funder.share_bp for funder in terms.funders])
    return {funder.kind: part for funder, part in zip(terms.funders, parts, strict=True)}


def after_return(terms: Terms, expires_at: datetime, now: datetime) -> tuple[ClaimStatus, datetime]:
    """Return status and end of a claim whose order was cancelled: by policy restored, or gone. Source: R30.

    A restored claim keeps its end, or gets at least `grace_days` from now; it never gets a shorter one (R28). One
    that is past its end all the same is expired.
    """
    if terms.return_policy is ReturnPolicy.FORFEIT:
        return ClaimStatus.RETURNED, expires_at
    return restored(
        max(expires_at, now + timedelta(days=terms.grace_days)) if terms.grace_days else expires_at, now
    )


def restored(expires_at: datetime, now: datetime) -> tuple[ClaimStatus, datetime]:
    """Return status and end of a claim that is free again at `now`."""
    return (ClaimStatus.CLAIMED if now < expires_at else ClaimStatus.EXPIRED), expires_at


def is_inside_hours(terms: Terms, now: datetime) -> bool:
    """Tell whether `now` lies in the usable hours of the coupon's zone; no hours means always. Source: R28."""
    if not terms.hours:
        return True
    here = now.astimezone(ZoneInfo(terms.time_zone))
    minute = here.hour * 60 + here.minute
    return any(
        here.isoweekday() in hours.weekdays and hours.from_minute <= minute < hours.to_minute
        for hours in terms.hours
    )


def hours_text(hours: Sequence[UsableHours]) -> str:
    """Write usable hours for a person: "1-5 10:00-14:00" with ISO weekdays."""
    return "; ".join(
        f"{','.join(str(day) for day in sorted(window.weekdays))} "
        f"{window.from_minute // 60:02}:{window.from_minute % 60:02}-"
        f"{window.to_minute // 60:02}:{window.to_minute % 60:02}"
        for window in hours
    )


def used_refusal(used: UsedAt, time_zone: str) -> AlreadyUsed:
    """Say where and when a claim was used. Source: R35."""
    return AlreadyUsed(
        store_id=used.store_id,
        store_name=used.store_name or ("an online order" if used.store_id is None else used.store_id),
        used_at=local(used.used_at, time_zone),
        order_id=used.order_id,
    )


def _is_eligible(template: Template, line: UseLine) -> bool:
    scope = template.terms.scope
    return (
        line.quantity > 0
        and covers_merchant(template, line.merchant_id)
        and (not scope.sku_ids or line.sku_id in scope.sku_ids)
        and (not scope.category_ids or line.category_id in scope.category_ids)
    )


def _next_use(terms: Terms, windows: Windows, now: datetime) -> str | None:
    starts = [
        window.starts_at
        for phase_id in terms.use_phase_ids
        if (window := windows.get(phase_id)) is not None and window.is_live and window.starts_at > now
    ]
    return local(min(starts), terms.time_zone) if starts else None


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds")
