"""Decide whether terms fit together, whether an edit only widens, and how a coupon is put in words."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from zoneinfo import available_timezones

import msgspec

from fairday.coupons.types import (
    Channel,
    CouponKind,
    CouponStatus,
    FunderKind,
    ReturnPolicy,
    Scope,
    Terms,
    UsableHours,
)
from fairday.kernel import money

TRANSITIONS: dict[CouponStatus, frozenset[CouponStatus]] = {
    CouponStatus.DRAFT: frozenset({CouponStatus.LIVE}),
    CouponStatus.LIVE: frozenset({CouponStatus.PAUSED, CouponStatus.ENDED}),
    CouponStatus.PAUSED: frozenset({CouponStatus.LIVE, CouponStatus.ENDED}),
    CouponStatus.ENDED: frozenset(),
}
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_FIELDS_OF_KIND = {
    CouponKind.FIXED: ("amount_minor",),
    CouponKind.THRESHOLD: ("amount_minor",),
    CouponKind.PERCENT: ("rate_bp", "cap_minor"),
    CouponKind.EXCHANGE: ("exchange_sku_id", "exchange_price_minor", "cap_minor"),
}
_KIND_FIELDS = ("amount_minor", "rate_bp", "cap_minor", "exchange_sku_id", "exchange_price_minor")


def face_minor(terms: Terms) -> int:
    """Return the most that one claim can take off. Source: I2 (percentages count at their cap)."""
    return (terms.amount_minor if terms.cap_minor is None else terms.cap_minor) or 0


def budget_minor(terms: Terms) -> int:
    """Return the money that may be spent: the budget, else what the whole quantity may take off."""
    return terms.quantity_max * face_minor(terms) if terms.budget_minor is None else terms.budget_minor


def commit_max_minor(terms: Terms) -> int:
    """Return the money that may be committed by claims: the budget times the over-issue ratio. Source: S05."""
    return money.share_bp_floor(budget_minor(terms), terms.over_issue_bp)


def errors_of(terms: Terms) -> list[str]:
    """List everything that does not fit together in `terms`; empty when they are good. Source: R24, R28, R32."""
    errors = [*_kind_errors(terms), *_money_errors(terms), *_time_errors(terms)]
    for field in ("channels", "claim_phase_ids", "use_phase_ids"):
        values = getattr(terms, field)
        if len(set(values)) != len(values):
            errors.append(f"{field}: names one twice")
    return errors


def _kind_errors(terms: Terms) -> list[str]:
    needed = _FIELDS_OF_KIND[terms.kind]
    errors = [f"{field}: needed for {terms.kind}" for field in needed if getattr(terms, field) is None]
    errors += [
        f"{field}: not for {terms.kind}"
        for field in _KIND_FIELDS
        if field not in needed and getattr(terms, field) is not None
    ]
    if terms.kind is CouponKind.THRESHOLD and terms.threshold_minor == 0:
        errors.append("threshold_minor: needed for threshold")
    if terms.amount_minor is not None and 0 < terms.threshold_minor < terms.amount_minor:
        errors.append("threshold_minor: must reach amount_minor")
    if terms.threshold_minor == 0 and terms.min_payable_minor == 0:
        errors.append("min_payable_minor: at least 1 without a threshold")
    return errors


def _money_errors(terms: Terms) -> list[str]:
    errors = []
    if not money.is_currency(terms.currency):
        errors.append(f"currency: {terms.currency} is not in ISO 4217")
    if sum(funder.share_bp for funder in terms.funders) != 10_000:
        errors.append("funders: shares must sum to 10000")
    if len({funder.kind for funder in terms.funders}) != len(terms.funders):
        errors.append("funders: each kind once")
    errors += [
        "funders: name the brand"
        for funder in terms.funders
        if (funder.kind is FunderKind.BRAND) != bool(funder.brand)
    ]
    face = face_minor(terms)
    if terms.budget_minor is not None and terms.budget_minor < face:
        errors.append(f"budget_minor: one claim needs {face}")
    if budget_minor(terms) > money.MINOR_MAX:
        errors.append(f"budget_minor: set one of at most {money.MINOR_MAX}")
    return errors


def _time_errors(terms: Terms) -> list[str]:
    errors = []
    for field in ("claim_starts_at", "claim_ends_at", "usable_from", "usable_until"):
        instant = getattr(terms, field)
        if instant is not None and not EARLIEST <= instant < LATEST:
            errors.append(f"{field}: instants go from the year 2000 to 2199")
    if not terms.claim_starts_at < terms.claim_ends_at:
        errors.append("claim_ends_at: must be after claim_starts_at")
    if terms.usable_until is None and terms.days_after_claim is None:
        errors.append("usable_until: give it, or days_after_claim, or both")
    if terms.usable_until is not None and terms.usable_until < terms.claim_ends_at:
        errors.append("usable_until: not before claim_ends_at, or a copy could be dead when claimed")
    first, last = terms.usable_from, terms.usable_until
    if first is not None and last is not None and first >= last:
        errors.append("usable_until: must be after usable_from")
    if terms.usable_from is not None and terms.days_after_claim is not None and terms.usable_until is None:
        errors.append("usable_until: needed beside usable_from and days_after_claim")
    if not _is_time_zone(terms.time_zone):
        errors.append(f"time_zone: {terms.time_zone} is not an IANA name")
    errors += [
        f"hours[{place}]: must end after they start"
        for place, hours in enumerate(terms.hours)
        if hours.from_minute >= hours.to_minute
    ]
    return errors


@cache
def _is_time_zone(name: str) -> bool:
    return name in available_timezones()


def narrowed(old: Terms, new: Terms) -> list[str]:
    """List the fields in which `new` gives less than `old`; empty when the edit only widens. Source: R29."""
    same = (
        "kind",
        "currency",
        "amount_minor",
        "cap_minor",
        "exchange_sku_id",
        "time_zone",
        "funders",
    )
    fields = [field for field in same if getattr(old, field) != getattr(new, field)]
    fields += [
        field
        for field in ("threshold_minor", "min_payable_minor", "exchange_price_minor", "claim_starts_at")
        if _above(getattr(new, field), getattr(old, field))
    ]
    fields += [
        field
        for field in (
            "rate_bp",
            "claim_ends_at",
            "quantity_max",
            "over_issue_bp",
            "per_member_max",
            "grace_days",
        )
        if _above(getattr(old, field), getattr(new, field))
    ]
    # None means without a bound: it may come, never go.
    fields += [
        field
        for field in ("usable_until", "days_after_claim", "per_day_max", "per_person_max")
        if not _opens(getattr(old, field), getattr(new, field))
    ]
    if new.usable_from is not None and (old.usable_from is None or new.usable_from > old.usable_from):
        fields.append("usable_from")
    # Without a budget of its own on either side the quantity tells already.
    if (old.budget_minor or new.budget_minor) is not None and budget_minor(new) < budget_minor(old):
        fields.append("budget_minor")
    for name in Scope.__struct_fields__:
        if not _covers(getattr(old.scope, name), getattr(new.scope, name)):
            fields.append(f"scope.{name}")
    fields += [
        name
        for name in ("claim_phase_ids", "use_phase_ids")
        if not _covers(getattr(old, name), getattr(new, name))
    ]
    if not set(old.channels) <= set(new.channels):
        fields.append("channels")
    if not _covers_hours(old.hours, new.hours):
        fields.append("hours")
    if (old.return_policy, new.return_policy) == (ReturnPolicy.RESTORE, ReturnPolicy.FORFEIT):
        fields.append("return_policy")
    return fields


def _above(left: int | datetime | None, right: int | datetime | None) -> bool:
    return left is not None and right is not None and left > right  # type: ignore[operator]  # same field, same type


def _opens(old: int | datetime | None, new: int | datetime | None) -> bool:
    return new is None or (old is not None and new >= old)  # type: ignore[operator]  # same field, same type


def _covers(old: Sequence[str], new: Sequence[str]) -> bool:
    return not new or (bool(old) and set(old) <= set(new))


def _covers_hours(old: Sequence[UsableHours], new: Sequence[UsableHours]) -> bool:
    if not new:
        return True
    return bool(old) and all(
        any(
            set(was.weekdays) <= set(hours.weekdays)
            and hours.from_minute <= was.from_minute
            and was.to_minute <= hours.to_minute
            for hours in new
        )
        for was in old
    )


def named(terms: Terms) -> Terms:
    """Return `terms` with names made from them where none were given, and instants in UTC."""
    zh, en = headline(terms)
    instants = {
        field: instant.astimezone(UTC)
        for field in ("claim_starts_at", "claim_ends_at", "usable_from", "usable_until")
        if (instant := getattr(terms, field)) is not None
    }
    return msgspec.structs.replace(terms, name=terms.name or zh, name_en=terms.name_en or en, **instants)


def headline(terms: Terms) -> tuple[str, str]:
    """Say in Chinese and English what the coupon gives: "满100元减20元", "CNY 20 off from CNY 100"."""
    off_zh, off_en = _off(terms)
    if terms.threshold_minor == 0:
        return off_zh, off_en
    least_zh, least_en = _amount(terms.threshold_minor, terms.currency)
    return f"满{least_zh}{off_zh.removeprefix('立')}", f"{off_en} from {least_en}"


def summary(terms: Terms) -> tuple[str, str]:
    """Say in one plain sentence each what the coupon gives, where, until when and how often."""
    zh, en = headline(terms)
    parts_zh, parts_en = [zh], [en]
    if len(set(terms.channels)) == 1:
        in_store = terms.channels[0] is Channel.IN_STORE
        parts_zh.append("仅限门店使用" if in_store else "仅限线上使用")
        parts_en.append("in stores only" if in_store else "online only")
    if terms.days_after_claim is not None:
        parts_zh.append(f"领取后{terms.days_after_claim}天内有效")
        parts_en.append(f"valid for {terms.days_after_claim} days after you claim it")
    parts_zh.append(f"每人限领{terms.per_member_max}张")
    parts_en.append(f"{terms.per_member_max} for each member")
    return "，".join(parts_zh), ", ".join(parts_en)


def _off(terms: Terms) -> tuple[str, str]:
    if terms.kind is CouponKind.PERCENT:
        left_bp = 10_000 - (terms.rate_bp or 0)
        cap_zh, cap_en = _amount(terms.cap_minor or 0, terms.currency)
        discount_zh = "免单" if left_bp == 0 else f"打{_trim(left_bp, 1000)}折"
        return f"{discount_zh}，最多减{cap_zh}", f"{_trim(10_000 - left_bp, 100)}% off, at most {cap_en}"
    if terms.kind is CouponKind.EXCHANGE:
        price = terms.exchange_price_minor or 0
        price_zh, price_en = _amount(price, terms.currency)
        return (
            "免费换购" if price == 0 else f"{price_zh}换购"
        ), f"One item for {'free' if price == 0 else price_en}"
    zh, en = _amount(terms.amount_minor or 0, terms.currency)
    return f"立减{zh}", f"{en} off"


def _amount(minor: int, currency: str) -> tuple[str, str]:
    text = money.decimal_text(minor, currency)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return (f"{text}元" if currency == "CNY" else f"{text} {currency}"), f"{currency} {text}"


def _trim(value: int, unit: int) -> str:
    """Write `value / unit` with as few decimals as it needs."""
    whole, rest = divmod(value, unit)
    decimals = str(rest).rjust(len(str(unit)) - 1, "0").rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)
