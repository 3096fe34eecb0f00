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
from fairday.tills.redemptions import consume, prepare, reverse
from fairday.tills.redemptions import log as redemption_log
from fairday.tills.sales import log as sale_log
from fairday.tills.sales import quote, sale, sell, undo
from fairday.tills.shifts import close_shift, desk, known_clerk, open_shift, shifts

__all__ = [
    "change_till", "close_shift", "consume", "count_pairing", "create_till", "desk", "devices", "known_clerk",
    "make_setup_code", "open_shift", "pair", "prepare", "quote", "redemption_log", "reverse", "revoke_device", "sale",
    "sale_log", "sell", "shifts", "till", "tills", "undo",
]  # fmt: skip
