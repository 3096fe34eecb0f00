"""Say why goods do not move, in order of precedence."""

from fairday.kernel.errors import Refusal


class BadLines(Refusal):
    """Refuse lines that make no sense; a caller's mistake, said plainly."""

    code = "bad_lines"
    status = 422
    en = "These lines cannot be taken: {reason}"
    zh = "商品行有误：{reason}"


class ReservationConflict(Refusal):
    """Refuse a document that already reserved or moved other goods. Source: R96."""

    code = "reservation_conflict"
    status = 422
    en = "{document_id} already stands with other lines. Use a new document for other goods."
    zh = "单据 {document_id} 已登记其他商品，请使用新的单据。"


class UnknownReservation(Refusal):
    """Refuse a document that reserved nothing."""

    code = "unknown_reservation"
    status = 404
    en = "Nothing is reserved for {document_id}. Check the id."
    zh = "单据 {document_id} 没有预留任何商品，请核对编号。"


class ReservationOver(Refusal):
    """Refuse a reservation that has ended in another way. Source: I18."""

    code = "reservation_over"
    status = 409
    en = "The reservation of {document_id} is over ({state}). Reserve again."
    zh = "单据 {document_id} 的预留已结束（{state}），请重新下单预留。"


class OutOfStock(Refusal):
    """Refuse because fewer pieces are free than asked. Source: R67."""

    code = "out_of_stock"
    status = 409
    en = "Only {left} left of {sku_id}. Take fewer, or choose another store."
    zh = "商品 {sku_id} 仅剩 {left} 件，请减少数量或选择其他门店。"


class CountBelowReserved(Refusal):
    """Refuse a count below what is promised to buyers. Source: I14, R71."""

    code = "count_below_reserved"
    status = 409
    en = (
        "{reserved} pieces of {sku_id} at {place_id} are reserved. Cancel those orders first, or count again."
    )
    zh = "门店 {place_id} 的商品 {sku_id} 已被预留 {reserved} 件，请先取消相应订单或重新盘点。"


class BadCounts(Refusal):
    """Refuse counts of which one or more cannot be taken; every bad row is listed at once, nothing was changed."""

    code = "bad_counts"
    status = 422
    en = "Nothing was changed. These rows cannot be taken: {errors}"
    zh = "未作任何更改，以下行无法处理：{errors}"


class NameStoreOrSku(Refusal):
    """Refuse a question about all stock of the house."""

    code = "name_store_or_sku"
    status = 422
    en = "Name a store (store_id), a SKU (sku_id), or both."
    zh = "请指定门店（store_id）或商品（sku_id），也可同时指定。"
