"""Parse the cells that product files share: prices, GTINs, pictures, categories, texts with HTML."""

import hashlib
import html
import re
from functools import cache

from fairday.catalog import rules
from fairday.kernel.csv_cells import CellError, text
from fairday.kernel.money import is_currency, parse_minor

_TAG = re.compile(r"<[^<>]{0,2000}>")
_SPACE = re.compile(r"[^\S\n]*\n\s*|[^\S\n]+")
_IMAGE = re.compile(r"https?://[!-~]+|/[!-~]*")
_PRICE = re.compile(r"(?:(?P<before>[A-Z]{3}) ?)?(?P<amount>[0-9.]+)(?: ?(?P<after>[A-Z]{3}))?")
_YES = {
    "true": True,
    "yes": True,
    "1": True,
    "是": True,
    "false": False,
    "no": False,
    "0": False,
    "否": False,
}
_STATUS = {"active": "live", "live": "live", "draft": "draft", "unlisted": "draft", "archived": "archived"}
_AVAILABLE = frozenset({"in_stock", "out_of_stock", "preorder", "backorder"})
DESCRIPTION_MAX = 4000
_name = text(300)


class BadCell(Exception):
    """Carry the error of one cell out of the row that is being made."""

    def __init__(self, column: str, error: CellError) -> None:
        super().__init__(column)
        self.column = column
        self.error = error


def fail(column: str, code: str, en: str, zh: str) -> BadCell:
    """Make the error of a cell."""
    return BadCell(column, CellError(code, en, zh))


def gtin(cell: str) -> str:
    """Read a GTIN; blanks, dashes and a spreadsheet's leading apostrophe are taken off. Raises: CellError."""
    code = cell if cell.isdigit() else cell.lstrip("'").replace(" ", "").replace("-", "")
    if not rules.is_gtin(code):
        raise CellError(
            "bad_gtin",
            f"{cell[:20]!r} is not a GTIN: 8, 12, 13 or 14 digits, the last one checks the others.",
            f"{cell[:20]!r} 不是有效条码：应为 8、12、13 或 14 位数字且校验位正确。",
        )
    return code


@cache
def currency(cell: str) -> str:
    """Read an ISO 4217 code. Raises: CellError."""
    code = cell.upper()
    if not is_currency(code):
        raise CellError("unknown_currency", f"{cell[:10]!r} is not an ISO 4217 currency such as CNY.",
                        f"{cell[:10]!r} 不是 ISO 4217 币种（如 CNY）。")  # fmt: skip
    return code


def price(cell: str | None, code: str, column: str, *, zero_is_none: bool = False) -> int | None:
    """Read an amount such as 12.00 (or ¥12.00, 1,299.00) in minor units, None when empty. Raises: BadCell."""
    if cell is None:
        return None
    try:
        minor = parse_minor(cell, code)
    except ValueError:
        try:
            minor = parse_minor(_without_marks(cell), code)
        except ValueError as error:
            raise fail(
                column, "bad_price", f"{error}.", f"{cell[:20]!r} 不是有效的价格（如 12.00）。"
            ) from None
    if minor == 0:
        if zero_is_none:
            return None
        raise fail(column, "bad_price", "A price is above zero.", "价格必须大于零。")
    return minor


def _without_marks(cell: str) -> str:
    """Take off a yuan sign and commas that separate thousands; other commas stay and are refused."""
    plain = cell.removeprefix("¥").removeprefix("￥").strip()
    return plain.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", plain) else plain


def price_with_currency(cell: str, column: str) -> tuple[int, str]:
    """Read "12.00 CNY" or "CNY 12.00". Raises: BadCell."""
    match = _PRICE.fullmatch(cell.strip().upper())
    code = match and (match["before"] or match["after"])
    if not match or not code or not is_currency(code):
        raise fail(column, "bad_price", f"{cell[:30]!r} is not a price such as 12.00 CNY.", f"{cell[:30]!r} 不是 12.00 CNY 形式的价格。")  # fmt: skip
    minor = price(match["amount"], code, column)
    assert minor is not None
    return minor, code


def compare_at(minor: int | None, price_minor: int, column: str) -> int | None:
    """Return the crossed-out price when it is above the price. Raises: BadCell."""
    if minor is not None and minor <= price_minor:
        raise fail(column, "compare_at_too_low", "The crossed-out price must be above the price.", "划线价必须高于售价。")  # fmt: skip
    return minor


def image(cell: str) -> str:
    """Read the address of a picture. Raises: CellError."""
    if len(cell) > 1000 or not _IMAGE.fullmatch(cell):
        raise CellError("bad_image", "Give an https address of at most 1000 characters.", "请填写不超过 1000 个字符的 https 图片地址。")  # fmt: skip
    return cell


def name(cell: str) -> str:
    """Read the name of a product: at most 300 characters, some of them to be seen. Raises: CellError."""
    if not cell.strip():
        raise CellError("empty", "The name is blank.", "名称为空白。")
    return _name(cell)


def tags(cell: str) -> tuple[str, ...]:
    """Read words separated by commas; at most 20 of at most 60 characters. Raises: CellError."""
    words = tuple(dict.fromkeys(word for part in re.split("[,，\r\n]", cell) if (word := part.strip())))
    if len(words) > 20 or any(len(word) > 60 for word in words):
        raise CellError("too_many_tags", "At most 20 tags of at most 60 characters.", "最多 20 个标签，每个不超过 60 个字符。")  # fmt: skip
    return words


def yes_or_no(cell: str) -> bool:
    """Read true or false, yes or no. Raises: CellError."""
    try:
        return _YES[cell.lower()]
    except KeyError:
        raise CellError("not_in_list", "Write true or false.", "请填写 true 或 false。") from None


def shopify_status(cell: str) -> str:
    """Read Shopify's status. Raises: CellError."""
    try:
        return _STATUS[cell.lower()]
    except KeyError:
        raise CellError("not_in_list", "Must be active, draft or archived.", "须为 active、draft 或 archived。") from None  # fmt: skip


def availability(cell: str) -> str:
    """Read Google's availability; how many there are is told by the stock import. Raises: CellError."""
    word = cell.lower().replace(" ", "_")
    if word not in _AVAILABLE:
        raise CellError("not_in_list", "Must be in_stock, out_of_stock, preorder or backorder.", "须为 in_stock、out_of_stock、preorder 或 backorder。")  # fmt: skip
    return word


def category_path(cell: str) -> str:
    """Keep the last step of a path such as "Home > Kitchen > Knives", at most 120 characters."""
    return cell.rpartition(">")[2].strip()[:120] or cell[:120]


def plain_text(cell: str) -> str:
    """Return HTML as plain text, cut at 4,000 characters. Tags become blanks, references their characters."""
    plain = html.unescape(_TAG.sub(" ", cell)) if "<" in cell or "&" in cell else cell
    plain = _SPACE.sub(lambda blank: "\n" if "\n" in blank[0] else " ", plain).strip()
    return "".join(char for char in plain if char.isprintable() or char == "\n")[:DESCRIPTION_MAX]


def short_id(name: str) -> str:
    """Return `name` as an external id: as it is up to 64 characters, else its beginning and a hash of the whole."""
    if len(name) <= 64:
        return name
    return f"{name[:47]}~{hashlib.blake2b(name.encode(), digest_size=8).hexdigest()}"
