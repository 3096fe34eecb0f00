"""Make, publish, widen, pause and stop offers. Source: R29, R31, F21."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.catalog import service as catalog
from fairday.coupons import browsing, small_shops, store
from fairday.coupons.errors import BadTerms, CouponUnknown, NotEnrolled, OnlyWiden, WrongStatus
from fairday.coupons.events import Published, Stopped
from fairday.coupons.rules import terms as rules
from fairday.coupons.types import Counters, Coupon, CouponStatus, FunderKind, Template, Terms
from fairday.festivals import service as festivals
from fairday.kernel import outbox
from fairday.kernel.ids import new_id
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.places import service as places


async def create(tx: Tx, merchant_id: str | None, terms: Terms, *, by: str, now: datetime) -> Coupon:
    """Make a draft of a merchant's coupon, or with None of the platform's; words are made where none are given.

    Raises: BadTerms listing everything wrong at once; SmallShopLimit, SmallShopFull.
    """
    terms = rules.named(await _checked(tx, merchant_id, terms, set()))
    template = Template(new_id("cpn"), 1, merchant_id, terms)
    await store.insert_coupon(tx, template, rules.budget_minor(terms), rules.commit_max_minor(terms), by, now)
    await small_shops.take_slot(tx, merchant_id, template.coupon_id, terms)
    return await get(tx, template.coupon_id, now)


async def edit(tx: Tx, coupon_id: str, terms: Terms, *, by: str, now: datetime) -> Coupon:
    """Set new terms as a new version: of a draft any, of a published coupon only wider ones (R29).

    Raises: CouponUnknown, WrongStatus when it is over, BadTerms, OnlyWiden naming the fields, SmallShopLimit.
    """
    counters, old = await read_one(tx, coupon_id)
    if counters.status is CouponStatus.ENDED:
        raise WrongStatus(coupon_status=counters.status, expected="draft, live, paused")
    known = {*old.terms.scope.store_ids, *old.terms.scope.sku_ids, old.terms.exchange_sku_id}
    terms = rules.named(await _checked(tx, counters.merchant_id, terms, known))
    if counters.status is not CouponStatus.DRAFT and (fields := rules.narrowed(old.terms, terms)):
        raise OnlyWiden(fields=fields)
    template = Template(coupon_id, counters.version + 1, counters.merchant_id, terms)
    caps = rules.budget_minor(terms), rules.commit_max_minor(terms)
    if not await store.edit_coupon(tx, template, *caps, by, now):
        # Another edit was faster: judge again against its terms.
        raise RetryTransaction
    await small_shops.change_slot(tx, counters.merchant_id, coupon_id, terms)
    return await get(tx, coupon_id, now)


async def _checked(tx: Tx, merchant_id: str | None, terms: Terms, known: set[str | None]) -> Terms:
    """Return `terms` if they fit together and name only what exists and is the issuer's own. Raises: BadTerms."""
    errors = rules.errors_of(terms)
    scope = terms.scope
    if merchant_id is not None:
        if any(funder.kind is FunderKind.PLATFORM for funder in terms.funders):
            errors.append("funders: only the operator may let the platform pay")
        if any(other != merchant_id for other in scope.merchant_ids):
            errors.append("scope.merchant_ids: not yours")
    owners = {one.store_id: one.merchant_id for one in (await places.stores(tx, scope.store_ids)).values()}
    skus = [*scope.sku_ids, *([terms.exchange_sku_id] if terms.exchange_sku_id else [])]
    owners |= {one.sku_id: one.merchant_id for one in (await catalog.skus(tx, skus)).values()}
    for named in (*scope.store_ids, *skus):
        # A stranger's thing and an unknown one are told alike (I61); what an edit keeps was checked before.
        if named not in known and (named not in owners or merchant_id not in (None, owners[named])):
            errors.append(f"scope: there is no {named} here")
    if errors:
        raise BadTerms(errors=errors[:50])
    return terms


async def publish(tx: Tx, coupon_id: str, now: datetime) -> Coupon:
    """Make a draft live; it opens and closes by its windows.

    Raises: CouponUnknown, WrongStatus, BadTerms when claiming is already over, NotEnrolled.
    """
    counters, template = await read_one(tx, coupon_id)
    if template.terms.claim_ends_at <= now:
        raise BadTerms(errors=["claim_ends_at: already past"])
    await _check_enrolment(tx, template)
    await _move(tx, counters, CouponStatus.LIVE, [CouponStatus.DRAFT])
    await outbox.publish(tx, [Published(coupon_id=coupon_id, merchant_id=counters.merchant_id)], now)
    return await get(tx, coupon_id, now)


async def _check_enrolment(tx: Tx, template: Template) -> None:
    """Let a merchant publish in a festival's phases only when it takes part."""
    terms = template.terms
    phase_ids = sorted({*terms.claim_phase_ids, *terms.use_phase_ids})
    windows = await festivals.windows(tx, phase_ids) if phase_ids else {}
    if unknown := [phase_id for phase_id in phase_ids if phase_id not in windows]:
        raise BadTerms(errors=[f"claim_phase_ids, use_phase_ids: there is no {one}" for one in unknown])
    if template.merchant_id is None:
        return
    for festival_id in sorted({window.festival_id for window in windows.values()}):
        if not await festivals.is_enrolled(tx, festival_id, template.merchant_id):
            raise NotEnrolled()


async def pause(tx: Tx, coupon_id: str, now: datetime) -> Coupon:
    """Stop showing and claiming until resumed; claims stay usable. Raises: CouponUnknown, WrongStatus."""
    counters, _ = await read_one(tx, coupon_id)
    await _move(tx, counters, CouponStatus.PAUSED, [CouponStatus.LIVE])
    return await get(tx, coupon_id, now)


async def resume(tx: Tx, coupon_id: str, now: datetime) -> Coupon:
    """Make a paused coupon live again. Raises: CouponUnknown, WrongStatus."""
    counters, _ = await read_one(tx, coupon_id)
    await _move(tx, counters, CouponStatus.LIVE, [CouponStatus.PAUSED])
    return await get(tx, coupon_id, now)


async def end(tx: Tx, coupon_id: str, now: datetime) -> Coupon:
    """End an offer for good; claims stay usable. Raises: CouponUnknown, WrongStatus."""
    counters, _ = await read_one(tx, coupon_id)
    await _move(tx, counters, CouponStatus.ENDED, [CouponStatus.LIVE, CouponStatus.PAUSED])
    return await get(tx, coupon_id, now)


async def _move(tx: Tx, counters: Counters, new: CouponStatus, old: Sequence[CouponStatus]) -> None:
    assert all(new in rules.TRANSITIONS[status] for status in old), (old, new)
    if not await store.move_coupon(tx, counters.coupon_id, old, new):
        raise WrongStatus(coupon_status=counters.status, expected=", ".join(old))


async def switch(
    tx: Tx,
    coupon_id: str,
    *,
    issue_stopped: bool | None,
    redeem_stopped: bool | None,
    reason: str,
    by: str,
    now: datetime,
) -> Coupon:
    """Move the kill switches, apart from each other; None leaves one as it is. Raises: CouponUnknown. Source: F21."""
    counters, _ = await read_one(tx, coupon_id)
    issue, use = await store.switch_coupon(tx, coupon_id, issue_stopped, redeem_stopped)
    event = Stopped(
        coupon_id=coupon_id,
        merchant_id=counters.merchant_id,
        issue_stopped=issue,
        redeem_stopped=use,
        reason=reason,
        by=by,
    )
    await outbox.publish(tx, [event], now)
    return await get(tx, coupon_id, now)


async def read_one(tx: Tx, coupon_id: str) -> tuple[Counters, Template]:
    """Return counters and newest terms of a coupon. Raises: CouponUnknown."""
    counters = (await store.counters(tx, [coupon_id])).get(coupon_id)
    if counters is None:
        raise CouponUnknown()
    # Not from memory: this transaction may have made the version, and may still be rolled back.
    [template] = await store.read_templates(tx, [(coupon_id, counters.version)])
    return counters, template


async def get(tx: Tx, coupon_id: str, now: datetime) -> Coupon:
    """Return a coupon in full. Raises: CouponUnknown."""
    counters, template = await read_one(tx, coupon_id)
    return await browsing.view(tx, counters, template, now)


def merged(old: Terms, patch: msgspec.Struct) -> Terms:
    """Return `old` with the fields that `patch` sets."""
    changes = {
        name: value
        for name in patch.__struct_fields__
        if (value := getattr(patch, name)) is not msgspec.UNSET
    }
    return msgspec.structs.replace(old, **changes)
