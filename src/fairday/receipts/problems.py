"""Count what is wrong with a file: each kind of problem with its meaning, its way out and the first examples."""

from fairday.kernel.csv_rows import ErrorList, RowError
from fairday.receipts.types import Example, ProblemCount, Severity

EXAMPLES_MAX = 5

KINDS: dict[str, tuple[Severity, str, str]] = {
    "unknown_store": (
        Severity.REFUSED,
        "The store is not known. Import places first, with the same external ids.",
        "门店编号不存在，请先导入门店，并使用相同的外部编号。",
    ),
    "not_a_time": (
        Severity.REFUSED,
        "The time cannot be read. Write it as 2026-11-11T20:30:00+08:00 (without an offset it is the store's time).",
        "时间无法识别，请写成 2026-11-11T20:30:00+08:00（不带时区则按门店当地时间）。",
    ),
    "future": (
        Severity.REFUSED,
        "The receipt is in the future. Check the till's clock.",
        "小票时间在未来，请检查收银机时钟。",
    ),
    "no_product": (
        Severity.REFUSED,
        "The line names no product: fill in gtin, sku_external_id or name.",
        "本行没有商品信息，请填写 gtin、sku_external_id 或 name。",
    ),
    "zero_quantity": (
        Severity.REFUSED,
        "The quantity is 0. Leave the line out.",
        "数量为 0，请删除本行。",
    ),
    "too_precise": (
        Severity.REFUSED,
        "More decimals than are kept: a thousandth of a piece, gram or millilitre; the currency's minor unit.",
        "小数位过多：数量最多到千分之一件、克或毫升，金额最多到货币的最小单位。",
    ),
    "sign_mismatch": (
        Severity.REFUSED,
        "The quantity is negative, but line_total is not. A return has a negative line_total.",
        "数量为负而金额为正；退货行的金额应为负数。",
    ),
    "mixed_receipt": (
        Severity.REFUSED,
        "The row has another till, time, currency or correction than the rows of its receipt before it.",
        "本行的收银台、时间、币种或更正对象与同一小票的前几行不一致。",
    ),
    "conflicting_line": (
        Severity.REFUSED,
        "The line number stood before with other content; the first one counts.",
        "行号重复且内容不同，以先出现的为准。",
    ),
    "duplicate_line": (
        Severity.WARNED,
        "The same line stood before; it counts once.",
        "与前面的行完全重复，只计一次。",
    ),
    "negative_line": (
        Severity.WARNED,
        "A return: it lowers the totals.",
        "退货行，会减少合计。",
    ),
    "bad_gtin": (
        Severity.WARNED,
        "The GTIN's check digit is wrong: the line is kept, but not matched by it.",
        "条码校验位不正确，本行保留，但不按条码匹配。",
    ),
    "unit_mix": (
        Severity.WARNED,
        "One product comes in several units (g and kg, pieces and g): check its unit in the till.",
        "同一商品使用了多种单位（克与千克、件与克），请检查收银系统中的单位。",
    ),
    "unmatched": (
        Severity.WARNED,
        "No product of the catalogue matches by GTIN, external id or name. Import products to match it.",
        "商品库中没有匹配的条码、编号或名称，请导入商品后重试。",
    ),
    "incomplete_receipt": (
        Severity.WARNED,
        "Lines of the receipt are missing: a row was refused, or line numbers have a gap.",
        "小票行不完整：有行被拒绝，或行号不连续。",
    ),
    "late": (
        Severity.WARNED,
        "The receipt came more than two days after the sale.",
        "小票在销售两天后才上传。",
    ),
    "zero_price": (
        Severity.WARNED,
        "The line costs nothing: a gift, or a price that is missing in the till.",
        "本行金额为 0：可能是赠品，或收银系统缺少价格。",
    ),
    "resent_receipt": (
        Severity.WARNED,
        "The receipt was sent before with other content. The new one counts, the old one stays readable.",
        "该小票曾以不同内容提交；以新内容为准，旧内容保留可查。",
    ),
    "possible_twin": (
        Severity.WARNED,
        "Another receipt of this till has the same content within two minutes: two feeds of one till? Both are counted.",
        "同一收银台两分钟内有内容相同的另一张小票，可能重复接入；目前两张都计入。",
    ),
    "unknown_correction": (
        Severity.WARNED,
        "The receipt that this one corrects is not known in this store; this one counts by itself.",
        "被更正的小票在该门店不存在，本小票单独计入。",
    ),
    "card_number": (
        Severity.WARNED,
        "The name holds what may be a card number; it was masked. Tills must not print it.",
        "名称中疑似含有银行卡号，已做掩码；收银系统不应打印卡号。",
    ),
}


class Problems:
    """Collect problems of one file in the order of their first appearance, and the refused rows."""

    def __init__(self, errors: ErrorList | None = None) -> None:
        self.errors = errors if errors is not None else ErrorList()
        self._counts: dict[str, int] = {}
        self._reasons: dict[str, tuple[Severity, str, str]] = {}
        self._examples: dict[str, list[Example]] = {}

    def add(self, code: str, line: int, column: str, value: object) -> None:
        """Count a problem of a kind named above; a refused row stands in the errors too."""
        severity, en, zh = KINDS[code]
        self._count(code, (severity, en, zh), Example(line, column, str(value)[:60]))
        if severity is Severity.REFUSED:
            self.errors.add(RowError(line, column, code, en, zh))

    def add_row_error(self, error: RowError) -> None:
        """Count a row that could not be read."""
        reason = (Severity.REFUSED, error.reason_en, error.reason_zh)
        self._count(error.code, reason, Example(error.line, error.column, ""))
        self.errors.add(error)

    def listed(self) -> list[ProblemCount]:
        """Return all kinds seen: refused ones first, the most frequent first."""
        counts = [
            ProblemCount(code, severity, self._counts[code], en, zh, self._examples[code])
            for code, (severity, en, zh) in self._reasons.items()
        ]
        return sorted(counts, key=lambda one: (one.severity is Severity.WARNED, -one.count, one.code))

    def _count(self, code: str, reason: tuple[Severity, str, str], example: Example) -> None:
        self._counts[code] = self._counts.get(code, 0) + 1
        self._reasons.setdefault(code, reason)
        examples = self._examples.setdefault(code, [])
        if len(examples) < EXAMPLES_MAX:
            examples.append(example)
