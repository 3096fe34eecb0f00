"""Say a condition as a shop would write it, in English and Chinese."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fairday.promotions.engine import condition_types as c
from fairday.promotions.engine.items import Items
from fairday.promotions.engine.sentence_words import (
    Said,
    Words,
    both,
    either,
    goods,
    listing,
    ordinal,
)

_DAYS: tuple[Said, ...] = (
    ("Monday", "一"), ("Tuesday", "二"), ("Wednesday", "三"), ("Thursday", "四"), ("Friday", "五"), ("Saturday", "六"), ("Sunday", "日"),
)  # fmt: skip
_CHANNELS: dict[c.CartChannel, Said] = {
    c.CartChannel.ONLINE: ("online", "线上"),
    c.CartChannel.IN_STORE: ("in stores", "门店"),
    c.CartChannel.LIVE: ("in live rooms", "直播间"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def conditions(rules: Sequence[c.Condition], words: Words) -> list[Said]:
    """Say rules that must all hold, one part each; hours and weekdays beside each other are said together."""
    flat: list[c.Condition] = []
    for rule in rules:
        flat += rule.of if isinstance(rule, c.All) else [rule]
    hours = [rule for rule in flat if isinstance(rule, c.Hours)]
    days = [rule for rule in flat if isinstance(rule, c.Weekdays)]
    if len(hours) != 1 or len(days) != 1:
        return [condition(rule, words) for rule in flat]
    (day_en, day_zh), (clock_en, clock_zh) = weekdays(days[0]), _clock(hours[0])
    together = f"{day_en} {clock_en}", f"{day_zh} {clock_zh}"
    first = next(rule for rule in flat if isinstance(rule, (c.Hours, c.Weekdays)))
    return [
        together if rule is first else condition(rule, words)
        for rule in flat
        if rule is first or not isinstance(rule, (c.Hours, c.Weekdays))
    ]


def condition(rule: c.Condition, words: Words) -> Said:
    """Say one rule."""
    if isinstance(rule, c.All):
        return both(conditions([rule], words), (" and ", "且"))
    if isinstance(rule, c.AnyOf):
        return both([condition(one, words) for one in rule.of], (" or ", "或"))
    if isinstance(rule, c.Not):
        en, zh = condition(rule.of, words)
        return f"not for: {en}", f"以下情况除外：{zh}"
    return _SAY[type(rule)](rule, words)


def window(starts_at: datetime | None, ends_at: datetime | None, words: Words) -> Said | None:
    """Say from when until when, on the clock of the words' zone; None when always."""
    begin = None if starts_at is None else _moment(starts_at, words)
    end = None if ends_at is None else _moment(ends_at, words)
    if begin and end:
        return f"{begin[0]} to {end[0]}", f"{begin[1]} 至 {end[1]}"
    if begin:
        return f"from {begin[0]}", f"{begin[1]} 起"
    return (f"until {end[0]}", f"{end[1]} 止") if end else None


def _moment(at: datetime, words: Words) -> Said:
    local = at.astimezone(ZoneInfo(words.zone))
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    en = f"{local.day} {_MONTHS[local.month - 1]} {local.year} {clock}"
    return en, f"{local.year}年{local.month}月{local.day}日 {clock}"


def _window(rule: c.Within, words: Words) -> Said:
    return window(rule.from_, rule.until, words) or ("at any time", "不限时间")


def _phase(rule: c.InPhase, words: Words) -> Said:
    en, zh = either(words, rule.phase_ids)
    return f"during {en}", f"限“{zh}”阶段"


def _clock(rule: c.Hours) -> Said:
    ends_next_day = rule.until <= rule.from_
    until = "24:00" if rule.until == "00:00" else rule.until
    next_day = "次日" if ends_next_day and until != "24:00" else ""
    return f"{rule.from_}–{until}", f"{rule.from_}–{next_day}{until}"


def _hours(rule: c.Hours, words: Words) -> Said:
    en, zh = _clock(rule)
    return f"daily {en}", f"每天 {zh}"


def weekdays(rule: c.Weekdays) -> Said:
    """Say the days of the week."""
    days = sorted(set(rule.days))
    if days == [6, 7]:
        return "weekends", "每周末"
    if days == [1, 2, 3, 4, 5]:
        return "Monday to Friday", "周一至周五"
    if len(days) == 7:
        return "every day", "每天"
    en, _ = listing([_DAYS[day - 1] for day in days], len(days), (" and ", "、"))
    return en, "每周" + "、".join([_DAYS[day - 1][1] for day in days])


def _place(rule: c.Place, words: Words) -> Said:
    en, zh = words.listed(rule.place_ids, (" or ", "、"), "家")
    return f"only at {en}", f"仅限{zh}"


def _channel(rule: c.InChannel, words: Words) -> Said:
    en, zh = listing([_CHANNELS[one] for one in rule.channels], len(rule.channels), (" or ", "、"))
    return f"only {en}", f"仅限{zh}"


def _region(rule: c.ToRegion, words: Words) -> Said:
    en, zh = words.listed(rule.region_ids, (" or ", "、"))
    return f"delivered to {en}", f"限送{zh}"


def _payment(rule: c.PaymentMethod, words: Words) -> Said:
    en, zh = either(words, rule.methods)
    return f"paid by {en}", f"限{zh}支付"


def _span(low: str, high: str | None, unit: Said, is_from: bool) -> Said:
    """Say a range of amounts; without a lower end, at most."""
    if high is None:
        return f"from {low}{unit[0]}", f"满{low}{unit[1]}"
    if low == high:
        return f"exactly {low}{unit[0]}", f"恰好{low}{unit[1]}"
    if not is_from:
        return f"at most {high}{unit[0]}", f"不超过{high}{unit[1]}"
    return f"{low} to {high}{unit[0]}", f"{low}–{high}{unit[1]}"


def _of(said: Said, items: Items | None, words: Words) -> Said:
    chosen = None if items is None else (goods(items, words) or ("all goods", "全部商品"))
    return said if chosen is None else (f"{said[0]} of {chosen[0]}", f"{chosen[1]}{said[1]}")


def _quantity(rule: c.Quantity, words: Words) -> Said:
    last = rule.min if rule.max is None else rule.max
    unit = (" piece" if last == 1 else " pieces", "件")
    high = None if rule.max is None else str(rule.max)
    return _of(_span(str(rule.min), high, unit, rule.min > 1), rule.items, words)


def _amount(rule: c.Amount, words: Words) -> Said:
    high = None if rule.max_minor is None else words.plain(rule.max_minor)
    en, _ = _span(words.plain(rule.min_minor), high, (f" {words.currency}", ""), rule.min_minor > 0)
    high_zh = None if rule.max_minor is None else words.sum_zh(rule.max_minor)
    _, zh = _span(
        words.sum_zh(rule.min_minor),
        high_zh,
        ("", "元" if words.currency == "CNY" else ""),
        rule.min_minor > 0,
    )
    return _of((en, zh), rule.items, words)


def _weight(rule: c.Weight, words: Words) -> Said:
    top = rule.min_g if rule.max_g is None else rule.max_g
    in_kilos = top >= 1000 and rule.min_g % 100 == 0 and (rule.max_g or 0) % 100 == 0
    scale, unit = (1000, (" kg", "千克")) if in_kilos else (1, (" g", "克"))
    high = None if rule.max_g is None else f"{rule.max_g / scale:g}"
    return _of(_span(f"{rule.min_g / scale:g}", high, unit, rule.min_g > 0), rule.items, words)


def _order_number(rule: c.OrderNumber, words: Words) -> Said:
    en, zh = ordinal(rule.nth)
    if rule.every:
        return ("every order", "每一单") if rule.nth == 1 else (f"every {en} order", f"每{rule.nth}单享一次")
    return ("first order only", "仅限首单") if rule.nth == 1 else (f"{en} order only", f"仅限{zh}单")


def _tier(rule: c.OfTier, words: Words) -> Said:
    en, zh = listing([words.tier(one) for one in rule.tiers], len(rule.tiers), (" and ", "、"))
    return f"{en} members", f"限{zh}会员"


def _segment(rule: c.Segment, words: Words) -> Said:
    en, zh = either(words, rule.segments)
    return f"members in {en}", f"限“{zh}”人群"


def _new_member(rule: c.NewMember, words: Words) -> Said:
    return "new members only", "仅限新会员"


def _held(rule: c.CouponHeld, words: Words) -> Said:
    en, zh = words.name(rule.offer_id)
    return f"for holders of the coupon {en}", f"持有优惠券“{zh}”可享"


def code(codes: Sequence[str]) -> Said:
    """Say that one of these codes is entered."""
    en, zh = listing([(one, one) for one in codes[:4]], len(codes), (" or ", "或"))
    return f"with the code {en}", f"输入优惠码{zh}"


def _code(rule: c.CodeEntered, words: Words) -> Said:
    return code(rule.codes)


def _first(rule: c.FirstN, words: Words) -> Said:
    return f"the first {rule.n} only", f"限前{rule.n}名"


_SAY: dict[type[Any], Callable[[Any, Words], Said]] = {
    c.Within: _window, c.InPhase: _phase, c.Hours: _hours, c.Weekdays: lambda rule, _: weekdays(rule), c.Place: _place, c.InChannel: _channel,
    c.ToRegion: _region, c.PaymentMethod: _payment, c.Quantity: _quantity, c.Amount: _amount, c.Weight: _weight, c.OrderNumber: _order_number,
    c.OfTier: _tier, c.Segment: _segment, c.NewMember: _new_member, c.CouponHeld: _held, c.CodeEntered: _code, c.FirstN: _first,
}  # fmt: skip
