"""Refuse what a catalogue cannot hold, in order of precedence."""

from fairday.kernel.errors import Refusal


class BadGtin(Refusal):
    """Refuse a GTIN whose check digit does not fit. Source: GS1 General Specifications 7.9."""

    code = "bad_gtin"
    status = 422
    en = "The GTIN {gtin} has a wrong check digit. Type it again from the package."
    zh = "条码 {gtin} 的校验位不正确，请对照包装重新输入。"


class UnknownCurrency(Refusal):
    """Refuse a currency that ISO 4217 does not know."""

    code = "unknown_currency"
    status = 422
    en = "{currency} is not an ISO 4217 currency. Use for example CNY."
    zh = "{currency} 不是 ISO 4217 币种，请使用如 CNY。"


class PriceMissing(Refusal):
    """Refuse to sell a SKU without a price."""

    code = "price_missing"
    status = 422
    en = "{external_id} has no price. Give it a price above zero, or keep it as a draft."
    zh = "{external_id} 没有价格，请填写大于零的价格，或保留为草稿。"


class CompareAtTooLow(Refusal):
    """Refuse a crossed-out price that is not above the price."""

    code = "compare_at_too_low"
    status = 422
    en = "The crossed-out price must be above the price ({price_minor}). Raise it or leave it out."
    zh = "划线价必须高于售价（{price_minor}），请调高或留空。"


class PriceFarBelow(Refusal):
    """Refuse a price under a fifth of the last one until someone confirms it (S18: the 0.01 typo)."""

    code = "price_far_below"
    status = 409
    en = (
        "The new price {price_minor} is under 20 % of the last one ({last_minor}). If it is right, send "
        "confirm_price = true with it."
    )
    zh = "新价格 {price_minor} 不到原价 {last_minor} 的 20%，如确认无误，请同时提交 confirm_price = true。"


class PhasePriceAboveRegular(Refusal):
    """Refuse a phase price above the regular one: a festival does not make things dearer."""

    code = "phase_price_above_regular"
    status = 422
    en = "The price in a phase may be at most the regular price ({regular_minor})."
    zh = "活动价不能高于日常价（{regular_minor}）。"


class ExternalIdTaken(Refusal):
    """Refuse a second product or SKU under one external id of a merchant."""

    code = "external_id_taken"
    status = 409
    en = "You already use the external id {external_id}. Change that item, or choose another id."
    zh = "外部编号 {external_id} 已被使用，请修改原商品或换一个编号。"


class GtinTaken(Refusal):
    """Refuse a second SKU of a merchant under one GTIN: a till could not tell them apart."""

    code = "gtin_taken"
    status = 409
    en = "Another of your SKUs has the GTIN {gtin}. Archive that one, or correct the GTIN."
    zh = "您已有其他商品使用条码 {gtin}，请先归档该商品或更正条码。"


class TooManySkus(Refusal):
    """Refuse more SKUs than a product may have."""

    code = "too_many_skus"
    status = 409
    en = "A product may have at most {skus_max} SKUs. Make another product for the rest."
    zh = "一个商品最多 {skus_max} 个规格，其余请新建商品。"


class ImportBusy(Refusal):
    """Refuse a third import at once in one process."""

    code = "import_busy"
    status = 503
    en = "Other imports are running. Nothing was read; send the file again in {retry_after_s} s."
    zh = "正在处理其他导入，本次未读取任何内容，请 {retry_after_s} 秒后重新提交。"


class BadFeed(Refusal):
    """Refuse a feed that is not well-formed XML of the expected kind, or that declares entities or a DTD."""

    code = "bad_feed"
    status = 422
    en = "The feed cannot be read: {reason}. Send RSS 2.0 or Atom with g: fields, or a TSV, in UTF-8."
    zh = "无法读取商品数据源：{reason}。请提交 UTF-8 编码的 RSS 2.0、Atom（含 g: 字段）或 TSV。"
