"""Find coupons, list claims, and tell issuers how their coupons go."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.coupons import judging, redemption_store, store
from fairday.coupons.claims import ClaimRow, ClaimView, CouponEffect, CouponUse, Usable, UsedAt, UseLine
from fairday.coupons.errors import ClaimUnknown
from fairday.coupons.rules import claiming as rules
from fairday.coupons.rules import terms as words
from fairday.coupons.rules import using
from fairday.coupons.types import (
    Channel,
    ClaimStatus,
    Counters,
    Coupon,
    CouponItem,
    CouponKind,
    Figures,
    IssuedCoupon,
    Nearest,
    Template,
)
from fairday.festivals import service as festivals
from fairday.kernel.tx import Tx
from fairday.places import service as places
from fairday.places.types import NearStore

OPEN_MAX = 2_000
"""Offers looked at for one list: the newest that are live."""
FAR = 10**9
"""Metres that stand for "no store near", behind every real distance."""
NEAR_MAX = 200
"""Stores around a point among which usable ones are looked for."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Say which coupons to list. `near` is (latitude, longitude); within `radius_m` metres."""

    near: tuple[float, float] | None = None
    radius_m: int = 20_000
    kind: CouponKind | None = None
    channel: Channel | None = None
    merchant_id: str | None = None
    store_id: str | None = None
    only_claimable: bool = True


class Offer(msgspec.Struct, frozen=True):
    """Hold a coupon that is on a list, before it is put in words."""

    template: Template
    counters: Counters
    claimable: bool
    nearest: Nearest | None
    opens_at: datetime | None = None
    why_not: str | None = None

    @property
    def place(self) -> tuple[int, str]:
        """Return where it stands in a list by distance: metres, then the id."""
        return (self.nearest.distance_m if self.nearest else FAR), self.template.coupon_id


async def offers(tx: Tx, wanted: Wanted, now: datetime) -> list[Offer]:
    """Return live coupons: with a point those usable nearest first, else the newest first.

    With `only_claimable` those that can be claimed now; else also those that open later or are gone.
    """
    rows = await store.open_coupons(tx, now, wanted.merchant_id, OPEN_MAX)
    templates = await store.templates(tx, {row.coupon_id: row.version for row in rows})
    store_merchant = await _merchant_of(tx, wanted.store_id)
    near = await _near(tx, wanted, now)
    phase_ids = sorted({one for item in templates.values() for one in item.terms.claim_phase_ids})
    windows = await festivals.windows(tx, phase_ids) if phase_ids else {}
    days = {key: rules.day_of(one.terms, now) for key, one in templates.items() if one.terms.per_day_max}
    day_counts = await store.day_counts(tx, days) if days else {}
    found = []
    for row in rows:
        template = templates[row.coupon_id]
        if not _matches(template, wanted, store_merchant):
            continue
        refusal = rules.judge(template, row, windows, day_counts.get(row.coupon_id, 0), now)
        if refusal is None or not wanted.only_claimable:
            opens_at = rules.next_opening(template.terms, windows, now) if refusal else None
            why_not = refusal.code if refusal else None
            found.append(Offer(template, row, refusal is None, _nearest(template, near), opens_at, why_not))
    return found if wanted.near is None else sorted(found, key=lambda offer: offer.place)


async def _merchant_of(tx: Tx, store_id: str | None) -> str | None:
    if store_id is None:
        return None
    found = (await places.stores(tx, [store_id])).get(store_id)
    # A store that is not there has no coupons: no merchant is called so.
    return found.merchant_id if found is not None else "-"


async def _near(tx: Tx, wanted: Wanted, now: datetime) -> list[NearStore]:
    if wanted.near is None:
        return []
    return await places.nearest(tx, *wanted.near, limit=NEAR_MAX, radius_m=wanted.radius_m, now=now)


def _matches(template: Template, wanted: Wanted, store_merchant: str | None) -> bool:
    terms = template.terms
    if wanted.kind is not None and terms.kind is not wanted.kind:
        return False
    if wanted.channel is not None and wanted.channel not in terms.channels:
        return False
    if wanted.merchant_id is not None and not using.covers_merchant(template, wanted.merchant_id):
        return False
    return wanted.store_id is None or (
        Channel.IN_STORE in terms.channels
        and (not terms.scope.store_ids or wanted.store_id in terms.scope.store_ids)
        and store_merchant is not None
        and using.covers_merchant(template, store_merchant)
    )


def _nearest(template: Template, near: Sequence[NearStore]) -> Nearest | None:
    if Channel.IN_STORE not in template.terms.channels:
        return None
    store_ids = template.terms.scope.store_ids
    for one in near:
        place = one.store
        if using.covers_merchant(template, place.merchant_id) and (
            not store_ids or place.store_id in store_ids
        ):
            return Nearest(place.store_id, place.name, one.distance_m, one.is_open_now)
    return None


def item(offer: Offer) -> CouponItem:
    """Put an offer in words for a list."""
    template, terms = offer.template, offer.template.terms
    zh, en = words.summary(terms)
    return CouponItem(
        coupon_id=template.coupon_id,
        name=terms.name,
        name_en=terms.name_en,
        summary=zh,
        summary_en=en,
        kind=terms.kind,
        currency=terms.currency,
        face_minor=template.face_minor,
        threshold_minor=terms.threshold_minor,
        claimable=offer.claimable,
        left_count=rules.left_count(template, offer.counters),
        starts_at=terms.claim_starts_at,
        ends_at=terms.claim_ends_at,
        issuer=_issuer(template),
        merchant_id=template.merchant_id,
        channels=terms.channels,
        quantity_max=offer.counters.quantity_max,
        per_member_max=terms.per_member_max,
        rate_bp=terms.rate_bp,
        opens_at=offer.opens_at,
        why_not=offer.why_not,
        nearest=offer.nearest,
    )


def _issuer(template: Template) -> str:
    return "platform" if template.merchant_id is None else "merchant"


async def view(tx: Tx, counters: Counters, template: Template, now: datetime) -> Coupon:
    """Return a coupon in full, with whether it can be claimed at `now`."""
    terms = template.terms
    windows = await festivals.windows(tx, list(terms.claim_phase_ids)) if terms.claim_phase_ids else {}
    day = {template.coupon_id: rules.day_of(terms, now)} if terms.per_day_max is not None else {}
    day_counts = await store.day_counts(tx, day) if day else {}
    refusal = rules.judge(template, counters, windows, day_counts.get(template.coupon_id, 0), now)
    zh, en = words.summary(terms)
    return Coupon(
        coupon_id=template.coupon_id,
        version=template.version,
        status=counters.status,
        issuer=_issuer(template),
        merchant_id=template.merchant_id,
        summary=zh,
        summary_en=en,
        issue_stopped=counters.issue_stopped,
        redeem_stopped=counters.redeem_stopped,
        claimable=refusal is None,
        left_count=rules.left_count(template, counters),
        terms=terms,
    )


async def issued(
    tx: Tx, merchant_id: str | None, *, status: str | None, before_id: str | None, limit: int, now: datetime
) -> list[IssuedCoupon]:
    """Return an issuer's coupons with their numbers, newest first; every issuer's with `merchant_id` None."""
    rows = await store.issued_coupons(tx, merchant_id, status, before_id, limit)
    templates = await store.templates(tx, {row.coupon_id: row.version for row in rows})
    return [
        IssuedCoupon(
            coupon=await view(tx, row, templates[row.coupon_id], now),
            issued_count=row.issued_count,
            committed_minor=row.committed_minor,
            redeemed_count=row.redeemed_count,
            spent_minor=row.spent_minor,
        )
        for row in rows
    ]


async def figures(tx: Tx, counters: Counters, template: Template) -> Figures:
    """Tell how a coupon goes: issued, locked and redeemed are three numbers (R27), and the burn of its budget."""
    counted = await redemption_store.figures(tx, counters.coupon_id)
    return Figures(
        coupon_id=counters.coupon_id,
        currency=template.terms.currency,
        quantity_max=counters.quantity_max,
        issued_count=counters.issued_count,
        redeemed_count=counters.redeemed_count,
        budget_minor=counters.budget_minor,
        committed_minor=counters.committed_minor,
        spent_minor=counters.spent_minor,
        burn_bp=counters.spent_minor * 10_000 // counters.budget_minor,
        **counted,
    )


async def exhausted(tx: Tx, coupon_ids: Sequence[str]) -> list[str]:
    """Return which of the coupons are claimed to the last copy."""
    return await store.exhausted(tx, coupon_ids)


async def claims_of(tx: Tx, member_id: str, state: str | None, now: datetime) -> list[ClaimView]:
    """Return a member's claims, those that end soonest first; `state` is unused, used or expired.

    A claim past its end is expired from that instant, also before the job has marked it (R3).
    """
    rows = [row for row in await store.claims_of_member(tx, member_id) if state in (None, state_of(row, now))]
    rows.sort(key=lambda row: (row.expires_at, row.claim_id))
    return await _views(tx, rows, now)


async def claim_of(tx: Tx, claim_id: str, member_id: str, now: datetime) -> ClaimView:
    """Return one claim of a member. Raises: ClaimUnknown, also for another member's."""
    row = (await store.claims(tx, [claim_id])).get(claim_id)
    if row is None or row.member_id != member_id:
        raise ClaimUnknown()
    return (await _views(tx, [row], now))[0]


def state_of(row: ClaimRow, now: datetime) -> str:
    """Return unused, used or expired, as members sort their claims."""
    if row.status in (ClaimStatus.REDEEMED, ClaimStatus.RETURNED):
        return "used"
    if row.status in (ClaimStatus.EXPIRED, ClaimStatus.VOIDED) or (
        row.status is ClaimStatus.CLAIMED and now >= row.expires_at
    ):
        return "expired"
    return "unused"


async def _views(tx: Tx, rows: Sequence[ClaimRow], now: datetime) -> list[ClaimView]:
    counters = await store.counters(tx, sorted({row.coupon_id for row in rows}))
    templates = await store.templates(tx, {key: row.version for key, row in counters.items()})
    used = await judging.used_at(tx, [row.claim_id for row in rows if row.status is ClaimStatus.REDEEMED])
    return [_view(row, templates[row.coupon_id], used.get(row.claim_id), now) for row in rows]


def _view(row: ClaimRow, template: Template, used: UsedAt | None, now: datetime) -> ClaimView:
    terms = template.terms
    zh, en = words.summary(terms)
    is_over = row.status is ClaimStatus.CLAIMED and now >= row.expires_at
    return ClaimView(
        claim_id=row.claim_id,
        coupon_id=row.coupon_id,
        status=ClaimStatus.EXPIRED if is_over else row.status,
        name=terms.name,
        name_en=terms.name_en,
        summary=zh,
        summary_en=en,
        kind=terms.kind,
        currency=terms.currency,
        face_minor=row.face_minor,
        threshold_minor=terms.threshold_minor,
        channels=terms.channels,
        rate_bp=terms.rate_bp,
        merchant_id=template.merchant_id,
        claimed_at=row.claimed_at,
        usable_from=row.usable_from,
        expires_at=row.expires_at,
        used=used,
    )


async def usable(
    tx: Tx,
    member_id: str,
    lines: tuple[UseLine, ...],
    channel: Channel,
    *,
    store_id: str | None = None,
    phase_ids: frozenset[str] = frozenset(),
    now: datetime,
) -> list[Usable]:
    """Tell for each unused claim of a member what it does to the basket, the largest discount first, then why not."""
    views = await claims_of(tx, member_id, "unused", now)
    uses = [CouponUse(one.claim_id, lines, channel, member_id, store_id, phase_ids) for one in views]
    answers = []
    for one, judged in zip(views, await judging.judge(tx, uses, now), strict=True):
        if isinstance(judged, CouponEffect):
            answers.append(Usable(one, judged))
        else:
            left = judged.details.get("left_minor")
            left_minor = left if isinstance(left, int) else None
            answers.append(
                Usable(one, None, judged.code, judged.sentence("en"), judged.sentence("zh"), left_minor)
            )
    return sorted(
        answers,
        key=lambda answer: (
            answer.effect is None,
            -answer.effect.discount_minor if answer.effect else 0,
            answer.claim.expires_at,
            answer.claim.claim_id,
        ),
    )
