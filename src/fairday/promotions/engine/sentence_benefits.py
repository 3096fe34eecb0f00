"""Say what an offer gives as a shop would write it, in English and Chinese: with its threshold, its goods, its cap."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine.items import Items
from fairday.promotions.engine.offers import Lane
from fairday.promotions.engine.sentence_words import (
    Said,
    Words,
    count_zh,
    fold,
    goods,
    off,
    ordinal,
    percent,
    pieces,
)


@dataclass(frozen=True)
class Given:
    """Hold what a benefit's sentence needs of its offer: the lane, the goods, and how much is to be bought."""

    lane: Lane
    items: Items
    from_minor: int | None = None
    from_count: int | None = None

    @property
    def is_each(self) -> bool:
        """Tell whether the benefit is of each piece."""
        return self.lane is Lane.ITEM


def gives(benefit: b.Benefit, given: Given, words: Words) -> Said:
    """Say what is given, for which goods, from what on."""
    return _SAY[type(benefit)](benefit, given, words)


def _named(given: Given, words: Words) -> Said:
    """Name the goods of an offer of pieces."""
    return goods(given.items, words) or ("all goods", "全部商品")


def _on(given: Given, words: Words) -> Said:
    """Say on what goods an offer over an order is: nothing, for all of them."""
    chosen = goods(given.items, words)
    return ("", "") if chosen is None else (f" on {chosen[0]}", chosen[1])


def _from(given: Given, words: Words) -> Said:
    """Say from what amount or count on: " from 300 CNY", 满300."""
    if given.from_minor:
        return f" from {words.money(given.from_minor)[0]}", f"满{words.sum_zh(given.from_minor)}"
    if given.from_count and given.from_count > 1:
        return f" from {pieces(given.from_count)}", f"满{given.from_count}件"
    return "", ""


def _cap(cap_minor: int | None, words: Words, each: bool = False) -> Said:
    if cap_minor is None:
        return "", ""
    en, zh = words.money(cap_minor)[0], words.sum_zh(cap_minor)
    return (f", at most {en} a piece", f"，每件最高减{zh}") if each else (f", at most {en}", f"，最高减{zh}")


def _times(times_max: int | None) -> Said:
    if times_max is None:
        return "", ""
    return (
        (", once an order", "，每单限享1次")
        if times_max == 1
        else (f", at most {times_max} times an order", f"，每单最多享{times_max}次")
    )


def _fixed(one: b.Fixed, given: Given, words: Words) -> Said:
    money = words.money(one.amount_minor)
    if given.is_each:
        en, zh = _named(given, words)
        return f"{money[0]} off each piece of {en}", f"{zh}每件减{money[1]}"
    on, start = _on(given, words), _from(given, words)
    amount = f"减{words.sum_zh(one.amount_minor)}" if start[1] else f"立减{money[1]}"
    return f"{money[0]} off{start[0]}{on[0]}", f"{on[1]}{start[1]}{amount}"


def _rate(rate_bp: int) -> Said:
    zh = "免费" if rate_bp == 10_000 else f"打{fold(rate_bp)}折"
    return f"{percent(rate_bp)} % off", zh


def _percent(one: b.Percent, given: Given, words: Words) -> Said:
    rate, cap = _rate(one.rate_bp), _cap(one.cap_minor, words, given.is_each)
    if given.is_each:
        en, zh = _named(given, words)
        return f"{rate[0]} {en}{cap[0]}", f"{zh}{rate[1]}{cap[1]}"
    on, start = _on(given, words), _from(given, words)
    return f"{rate[0]}{start[0]}{on[0]}{cap[0]}", f"{on[1]}{start[1]}{rate[1]}{cap[1]}"


def _fixed_price(one: b.FixedPrice, given: Given, words: Words) -> Said:
    money = words.money(one.price_minor)
    en, zh = _named(given, words)
    if given.is_each:
        return f"{en} for {money[0]} each", f"{zh}每件{money[1]}"
    start = _from(given, words)
    return f"{en} together for {money[0]}{start[0]}", f"{zh}{start[1]}共{money[1]}"


def _tiered(one: b.Tiered, given: Given, words: Words) -> Said:
    on, start, cap = _on(given, words), _from(given, words), _cap(one.cap_minor, words)
    english, chinese = [], []
    for step in sorted(one.steps, key=lambda step: step.from_):
        at = (
            (words.money(step.from_)[0], f"满{words.sum_zh(step.from_)}")
            if one.by == "amount"
            else (pieces(step.from_), f"满{step.from_}件")
        )
        if step.amount_minor is not None:
            less = f"{words.money(step.amount_minor)[0]} off", f"减{words.sum_zh(step.amount_minor)}"
        else:
            less = _rate(step.rate_bp or 0)
        english.append(f"{less[0]} from {at[0]}")
        chinese.append(f"{at[1]}{less[1]}")
    # A threshold besides the steps is rare; it is said, so that nothing is left unsaid.
    also = (f", all{start[0]}", f"（须{start[1]}）") if start[0] else ("", "")
    return f"{', '.join(english)}{on[0]}{also[0]}{cap[0]}", f"{on[1]}{'、'.join(chinese)}{also[1]}{cap[1]}"


def _every(one: b.Every, given: Given, words: Words) -> Said:
    on, start, cap = _on(given, words), _from(given, words), _cap(one.cap_minor, words)
    also = (f"{start[0]}", f"（须{start[1]}）") if start[0] else ("", "")
    en = f"{words.money(one.off_minor)[0]} off every {words.money(one.every_minor)[0]}"
    zh = f"每满{words.sum_zh(one.every_minor)}减{words.sum_zh(one.off_minor)}"
    return f"{en}{also[0]}{on[0]}{cap[0]}", f"{on[1]}{zh}{also[1]}{cap[1]}"


def _is_one(items: Items) -> bool:
    """Tell whether there is one SKU only, so that nothing has to be said of which pieces make a set."""
    return len(items.skus) == 1 and items.exclude is None


def _nth(one: b.NthItem, given: Given, words: Words) -> Said:
    nth, (en, zh) = ordinal(one.n), _named(given, words)
    if one.price_minor is not None:
        money = words.money(one.price_minor)
        less = ("for free", "免费") if one.price_minor == 0 else (f"for {money[0]}", money[1])
    else:
        less = off(one.rate_bp or 0)
    same, same_zh = ("", "") if _is_one(given.items) else (", of the same kind", "同款")
    if one.of is b.Of.CHEAPEST:
        same, same_zh = ", in any mix, the cheapest pieces", "任选"
    times = _times(one.times_max)
    mixed = "（低价商品享优惠）" if one.of is b.Of.CHEAPEST else ""
    return (
        f"every {nth[0]} piece of {en} {less[0]}{same}{times[0]}",
        f"{zh}{same_zh}{nth[1]}件{less[1]}{mixed}{times[1]}",
    )


def _buy_get(one: b.BuyGet, given: Given, words: Words) -> Said:
    (en, zh), less, times = _named(given, words), off(one.rate_bp), _times(one.times_max)
    free = one.rate_bp == 10_000
    if one.of is b.Of.LISTED:
        get = (goods(one.get_items, words) if one.get_items else None) or ("all goods", "全部商品")
        gift = f"送{one.get}件{get[1]}" if free else f"可{less[1]}购{one.get}件{get[1]}"
        return (
            f"buy {one.buy} of {en}, get {one.get} of {get[0]} {less[0]}{times[0]}",
            f"买{one.buy}件{zh}，{gift}{times[1]}",
        )
    how = (
        f"买{count_zh(one.buy)}送{count_zh(one.get)}" if free else f"买{one.buy}件，再买{one.get}件{less[1]}"
    )
    same, same_zh = ("", "") if _is_one(given.items) else (" of the same kind", "同款")
    tail = ""
    if one.of is b.Of.CHEAPEST:
        same, same_zh, tail = ", the cheapest pieces", "任选", "（低价商品享优惠）"
    return (
        f"buy {one.buy} of {en}, get {one.get} more{same} {less[0]}{times[0]}",
        f"{zh}{same_zh}{how}{tail}{times[1]}",
    )


def _bundle(one: b.Bundle, given: Given, words: Words) -> Said:
    parts = [(goods(part.items, words) or ("any goods", "任意商品"), part.quantity) for part in one.parts]
    en = " + ".join([f"{count} × {said[0]}" if count > 1 else said[0] for said, count in parts])
    zh = " + ".join([f"{said[1]} ×{count}" if count > 1 else said[1] for said, count in parts])
    money, times = words.money(one.price_minor), _times(one.times_max)
    return f"{en} together for {money[0]}{times[0]}", f"套装 {zh} 共{money[1]}{times[1]}"


def _gift(one: b.Gift, given: Given, words: Words) -> Said:
    on, start = _on(given, words), _from(given, words)
    (en, zh), count = words.name(one.sku), one.quantity
    fallback = ", while stocks last", "，赠完即止"
    if one.fallback is b.Fallback.OTHER_SKU and one.fallback_sku is not None:
        other = words.name(one.fallback_sku)
        fallback = f", then {other[0]}", f"，赠完换赠{other[1]}"
    elif one.fallback is b.Fallback.AMOUNT and one.fallback_minor is not None:
        money = words.money(one.fallback_minor)
        fallback = f", then {money[0]} off", f"，赠完改减{money[1]}"
    what = (f"{count} × {en}", f"{zh} ×{count}") if count > 1 else (en, zh)
    return (
        f"{what[0]} as a gift{start[0]}{on[0]}{fallback[0]}",
        f"{on[1]}{start[1] or '下单'}赠{what[1]}{fallback[1]}",
    )


def _freight(one: b.Freight, given: Given, words: Words) -> Said:
    on, start, cap = _on(given, words), _from(given, words), _cap(one.cap_minor, words)
    en, zh = (
        ("free delivery", "包邮")
        if one.rate_bp == 10_000
        else (f"{percent(one.rate_bp)} % off delivery", f"运费{off(one.rate_bp)[1]}")
    )
    return f"{en}{start[0]}{on[0]}{cap[0]}", f"{on[1]}{start[1]}{zh}{cap[1]}"


def _points(one: b.Points, given: Given, words: Words) -> Said:
    on, start = _on(given, words), _from(given, words)
    times = f"{one.multiplier_bp / 10_000:g}"
    en, zh = ("double", "双倍") if one.multiplier_bp == 20_000 else (f"{times} times the", f"{times}倍")
    return f"{en} points{start[0]}{on[0]}", f"{on[1]}{start[1]}享{zh}积分"


def _deposit(one: b.Deposit, given: Given, words: Words) -> Said:
    (en, zh), paid, counts = (
        _named(given, words),
        words.money(one.deposit_minor),
        words.money(one.counts_as_minor),
    )
    return (
        f"a deposit of {paid[0]} counts as {counts[0]} on each piece of {en}",
        f"{zh}定金{paid[1]}抵{counts[1]}",
    )


def _tender(one: b.Tender, given: Given, words: Words) -> Said:
    on, start, money = _on(given, words), _from(given, words), words.money(one.amount_minor)
    limit = "", ""
    if one.limit_bp < 10_000:
        limit = (
            f", at most {percent(one.limit_bp)} % of the goods",
            f"，最多抵商品金额的{percent(one.limit_bp)}%",
        )
    return f"pays up to {money[0]}{start[0]}{on[0]}{limit[0]}", f"{on[1]}{start[1]}可抵{money[1]}{limit[1]}"


_SAY: dict[type[Any], Callable[[Any, Given, Words], Said]] = {
    b.Fixed: _fixed, b.Percent: _percent, b.FixedPrice: _fixed_price, b.Tiered: _tiered, b.Every: _every, b.NthItem: _nth, b.BuyGet: _buy_get,
    b.Bundle: _bundle, b.Gift: _gift, b.Freight: _freight, b.Points: _points, b.Deposit: _deposit, b.Tender: _tender,
}  # fmt: skip
