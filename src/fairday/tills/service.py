"""Open the tills to everyone else: devices, shifts, redemptions, sales."""

from fairday.tills.devices import (
    change_till,
    count_pairing,
    create_till,
    devices,
    make_setup_code,
    pair,
    revoke_device,
    till,
    tills,
)
from fairday.tills.goods import find as find_goods
from fairday.tills.late import (
    LateRedemption,
    LateSale,
    device_of_account,
    devices_by_id,
    record_redemptions,
    record_sales,
    record_undos,
    redemptions_of_receipts,
    sales_of_receipts,
    shifts_by_id,
)
from fairday.tills.redemptions import consume, prepare, reverse
from fairday.tills.redemptions import log as redemption_log
from fairday.tills.refunds import known_supervisor, refund
from fairday.tills.sale_types import Redemption, RefundBody, TillSale
from fairday.tills.sales import log as sale_log
from fairday.tills.sales import quote, sale, sell, undo
from fairday.tills.shifts import close_shift, desk, known_clerk, open_shift, shifts

__all__ = [
    "LateRedemption", "LateSale", "Redemption", "RefundBody", "TillSale", "change_till", "close_shift", "consume", "count_pairing", "create_till", "desk",
    "device_of_account", "devices", "devices_by_id", "find_goods", "known_clerk", "known_supervisor",
    "make_setup_code", "open_shift", "pair", "prepare",
    "quote", "record_redemptions", "record_sales", "record_undos", "redemption_log", "redemptions_of_receipts", "refund", "reverse",
    "revoke_device", "sale", "sale_log", "sales_of_receipts", "sell", "shifts", "shifts_by_id", "till", "tills", "undo",
]  # fmt: skip
