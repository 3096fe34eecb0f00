"""Cut text into search terms, the same way for what is indexed and for what is asked.

Latin words are lowercased without accents. Chinese runs give the words of jieba's dictionary (and our own trade words)
and every pair of neighbouring characters, so that a word that no dictionary knows is found too. Guarantee: a query made of
consecutive characters of an indexed Chinese run always matches it. See docs/algorithms/search.md.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

import rjieba

TRADE_WORDS = (
    "双十一", "双十二", "双11", "双12", "六一八", "年货节", "满减", "满折", "满赠", "定金", "尾款", "预售", "定金膨胀", "秒杀", "拼团",
    "红包", "红包雨", "优惠券", "代金券", "折扣券", "兑换券", "包邮", "核销", "自提", "到店", "闪购", "直播间", "手机壳", "充电宝",
    "保温杯", "洗面奶", "自热锅", "螺蛳粉", "羽绒服", "冲锋衣", "扫地机", "空气炸锅", "电动牙刷", "蓝牙耳机", "新品", "爆款", "旗舰店",
)  # fmt: skip
"""Words of the trade that a general dictionary cuts apart."""

QUERY_TERMS_MAX = 12
PREFIX_CHARS_MIN = 2
_WORD_CHARS_MAX = 40
_POSITION_MAX = 16_000
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_ASCII_RUN = re.compile(r"[a-z0-9]+")


@cache
def _cutter() -> rjieba.Jieba:
    """Load the dictionary once per process, when the first Chinese text comes (0.1 s, 60 MB)."""
    cutter = rjieba.Jieba()
    for word in TRADE_WORDS:
        cutter.add_word(word, 100_000, None)
    return cutter


def fold(text: str) -> str:
    """Return `text` in lower case, full-width letters made ASCII, accents taken off."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def vector(
    name: str, name_en: str | None, brand: str | None, category: str | None, tags: Sequence[str] = ()
) -> str:
    """Return the text form of a `tsvector`: words of names weigh A, brand B, category and tags C, character pairs D."""
    terms: list[str] = []
    place = _append(terms, name, "A", 1)
    if name_en:
        place = _append(terms, name_en, "A", place)
    if brand:
        place = _append(terms, brand, "B", place)
    if category:
        place = _append(terms, category, "C", place)
    for tag in tags:
        place = _append(terms, tag, "C", place)
    return " ".join(terms)


def _append(terms: list[str], text: str, weight: str, place: int) -> int:
    # Terms hold letters and digits only, so they need no quotes in the text form.
    if text.isascii():
        for word in _ASCII_RUN.findall(text.lower()):
            terms.append(f"{word[:_WORD_CHARS_MAX]}:{place}{weight}")
            place += 1
        return min(place, _POSITION_MAX)
    for run in _RUN.findall(fold(text)):
        if not _is_han(run):
            terms.append(f"{run[:_WORD_CHARS_MAX]}:{place}{weight}")
            place += 1
            continue
        for word in _cutter().cut_for_search(run):
            terms.append(f"{word}:{place}{weight}")
            place += 1
        terms.extend(f"{pair}:{place}" for pair in _pairs(run))
    return min(place, _POSITION_MAX)


def _pairs(run: str) -> Iterator[str]:
    """Yield every two neighbouring characters, and the last one alone so that a lone character finds it as a prefix."""
    for at in range(len(run) - 1):
        yield run[at : at + 2]
    yield run[-1]


def query(text: str) -> str | None:
    """Return the text form of a `tsquery` that every match must satisfy, or None when `text` holds no word.

    Latin words of two letters and more match as prefixes; a Chinese word matches by its pairs of characters.
    """
    wanted: list[str] = []
    for run in _RUN.findall(fold(text)):
        if not _is_han(run):
            word = run[:_WORD_CHARS_MAX]
            wanted.append(f"{word}:*" if len(word) >= PREFIX_CHARS_MIN else word)
            continue
        for word in _cutter().cut(run):
            if len(word) == 1:
                wanted.append(f"{word}:*")
            else:
                wanted.extend(word[at : at + 2] for at in range(len(word) - 1))
    return " & ".join(list(dict.fromkeys(wanted))[:QUERY_TERMS_MAX]) or None


def _is_han(run: str) -> bool:
    first = run[0]
    return "\u3400" <= first <= "\u9fff" or "\uf900" <= first <= "\ufaff" or first >= "\U00020000"
