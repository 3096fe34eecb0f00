"""Write the words that every part of an offer's sentence is made of: amounts, rates, counts, names, goods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from babel.numbers import get_currency_symbol

from fairday.kernel.money import decimal_text
from fairday.promotions.engine.items import Items, Part

Said = tuple[str, str]
"""The same in English and in Chinese."""

NAMED_MAX = 4
"""Names that are written out; of more, the first of them and how many there are."""
_ORDINALS = {2: ("second", "二"), 3: ("third", "三"), 4: ("fourth", "四"), 5: ("fifth", "五"), 6: ("sixth", "六"),
             7: ("seventh", "七"), 8: ("eighth", "八"), 9: ("ninth", "九"), 10: ("tenth", "十")}  # fmt: skip
_COUNTS_ZH = {1: "一", 2: "二", 3: "三", 4: "四", 5: "五", 6: "六", 7: "七", 8: "八", 9: "九", 10: "十"}
_TIERS: dict[str, Said] = {
    "basic": ("basic", "普通"), "regular": ("regular", "普通"), "bronze": ("bronze", "铜卡"), "silver": ("silver", "银卡"),
    "gold": ("gold", "金卡"), "platinum": ("platinum", "白金"), "diamond": ("diamond", "钻石"), "black": ("black", "黑卡"),
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """Hold what a sentence is written with: the currency, the zone of its clock, names of ids in Chinese and in English."""

    currency: str
    zone: str
    names: Mapping[str, str] = field(default_factory=dict)
    names_en: Mapping[str, str] = field(default_factory=dict)

    def plain(self, minor: int) -> str:
        """Write an amount without a currency and without empty cents: 50, 9.90."""
        text = decimal_text(minor, self.currency)
        whole, _, part = text.partition(".")
        return whole if not part.strip("0") else text

    def money(self, minor: int) -> Said:
        """Write an amount as offers do: 50 CNY, ¥50."""
        return f"{self.plain(minor)} {self.currency}", f"{self._symbol()}{self.plain(minor)}"

    def sum_zh(self, minor: int) -> str:
        """Write an amount within 满…减…, where yuan stand bare."""
        return self.plain(minor) if self.currency == "CNY" else f"{self._symbol()}{self.plain(minor)}"

    def _symbol(self) -> str:
        return str(get_currency_symbol(self.currency, locale="zh_CN"))

    def name(self, an_id: str) -> Said:
        """Return what a thing is called; an id stands for itself where nobody gave its name."""
        zh = self.names.get(an_id, an_id)
        return self.names_en.get(an_id) or zh, zh

    def tier(self, tier: str) -> Said:
        """Return what a member tier is called; the usual ones have names of their own."""
        return self.name(tier) if tier in self.names else _TIERS.get(tier, (tier, tier))

    def listed(self, ids: Sequence[str], joined: Said = (" and ", "、"), counter: str = "个") -> Said:
        """Name a few ids and count the rest."""
        said = [self.name(one) for one in ids[:NAMED_MAX]]
        return listing(said, len(ids), joined, counter)


def listing(said: Sequence[Said], count: int, joined: Said, counter: str = "个") -> Said:
    """Join what was said, of `count` things in all, in each language's way."""
    en, zh = [one for one, _ in said], [one for _, one in said]
    if count > len(said):
        return f"{', '.join(en)} and {count - len(said)} more", f"{'、'.join(zh)}等{count}{counter}"
    return _joined(en, ", ", joined[0]), _joined(zh, "、", joined[1])


def _joined(words: Sequence[str], between: str, last: str) -> str:
    return words[0] if len(words) == 1 else between.join(words[:-1]) + last + words[-1]


def either(words: Words, ids: Sequence[str]) -> Said:
    """Name ids of which one is enough."""
    return words.listed(ids, (" or ", "或"))


def percent(rate_bp: int) -> str:
    """Write basis points as a percentage with no more decimals than it needs: 60, 12.5."""
    return f"{rate_bp / 100:g}"


def off(rate_bp: int) -> Said:
    """Say what a rate leaves of a price, as shops write it: half price, 8折, 免费."""
    if rate_bp == 10_000:
        return "for free", "免费"
    if rate_bp == 5_000:
        return "at half price", "半价"
    return f"at {percent(rate_bp)} % off", f"{fold(rate_bp)}折"


def fold(rate_bp: int) -> str:
    """Write what a rate leaves in tenths, as 折 counts: 20 % off is 8."""
    return f"{(10_000 - rate_bp) / 1000:g}"


def ordinal(number: int) -> Said:
    """Write second, 第二."""
    if number in _ORDINALS:
        en, zh = _ORDINALS[number]
        return en, f"第{zh}"
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return ("first", "第一") if number == 1 else (f"{number}{ending}", f"第{number}")


def count_zh(number: int) -> str:
    """Write a small count as 买二送一 does."""
    return _COUNTS_ZH.get(number, str(number))


def pieces(number: int) -> str:
    """Write so many pieces."""
    return f"{number} piece" if number == 1 else f"{number} pieces"


def goods(items: Items, words: Words) -> Said | None:
    """Name the goods that `items` chooses; None for all of them."""
    exclude = _part(items.exclude, words) if items.exclude is not None else None
    chosen = _part(items, words)
    price = _price_range(items, words)
    if chosen is None and price is None and exclude is None and not items.not_discounted:
        return None
    en, zh = chosen or ("all goods", "全部商品")
    if items.not_discounted:
        en, zh = f"{en} at the regular price", f"原价的{zh}"
    if price is not None:
        en, zh = f"{en} {price[0]}", f"{price[1]}的{zh}"
    if exclude is not None:
        en, zh = f"{en} except {exclude[0]}", f"{zh}（不含{exclude[1]}）"
    return en, zh


def _part(part: Part, words: Words) -> Said | None:
    """Name goods by their fields: any value within a field, all fields that are given."""
    if not (part.skus or part.merchant_ids or part.brands or part.category_ids or part.tags):
        return None
    kinds = words.listed(part.category_ids) if part.category_ids else None
    if part.skus:
        en, zh = words.listed(part.skus, counter="款")
    else:
        en, zh = (kinds[0], f"{kinds[1]}类商品") if kinds else ("goods", "商品")
    if part.skus and kinds:
        en, zh = f"{en} in {kinds[0]}", f"{kinds[1]}类的{zh}"
    if part.tags:
        tags = listing([(one, f"“{one}”") for one in part.tags[:NAMED_MAX]], len(part.tags), (" or ", "或"))
        en, zh = f"{en} tagged {tags[0]}", f"带{tags[1]}标签的{zh}"
    if part.brands:
        brands = listing(
            [(one, f"“{one}”") for one in part.brands[:NAMED_MAX]], len(part.brands), (" or ", "或")
        )
        en, zh = f"{en} by {brands[0]}", f"品牌{brands[1]}的{zh}"
    if part.merchant_ids:
        sellers = words.listed(part.merchant_ids, (" or ", "、"), "家")
        en, zh = f"{en} from {sellers[0]}", f"{sellers[1]}的{zh}"
    return en, zh


def _price_range(items: Items, words: Words) -> Said | None:
    low = None if items.price_min_minor is None else words.money(items.price_min_minor)
    high = None if items.price_max_minor is None else words.money(items.price_max_minor)
    if low and high:
        return f"priced {low[0]} to {high[0]}", f"单价{low[1]}–{high[1]}"
    if low:
        return f"priced {low[0]} or more", f"单价{low[1]}及以上"
    return (f"priced {high[0]} or less", f"单价{high[1]}及以下") if high else None


def both(parts: Iterable[Said], between: Said) -> Said:
    """Join sentences' parts in both languages."""
    said = list(parts)
    return between[0].join([en for en, _ in said]), between[1].join([zh for _, zh in said])
