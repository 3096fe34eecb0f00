"""Decide without I/O: setup codes, clocks of stores, tenders, baskets."""

import hashlib
import secrets
import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fairday.tills.sale_types import BasketLine

SETUP_CODE_TTL = timedelta(minutes=10)
PAIRING_LIMIT = (20, timedelta(minutes=10))
"""Wrong setup codes that one address may try in a window."""
DEVICE_TTL_S = 365 * 24 * 3600
SHIFT_TTL_S = 14 * 3600
UNDO_S = 60
PREPARED_MAX = timedelta(minutes=15)
"""How long a till may use a claim by its id after its code was shown there."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letters that look like digits."""
_LOOKALIKES = str.maketrans("OIL", "011")
_PREFIX = "FAIRDAY:TILL:"


def new_setup_code() -> str:
    """Return a code such as `7KQM-2XPD`: 40 random bits, enough for ten minutes and counted tries."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{text[:4]}-{text[4:]}"


def qr_text(code: str) -> str:
    """Return what the code's QR says."""
    return _PREFIX + code.replace("-", "")


def normal_setup_code(text: str) -> str | None:
    """Return the eight characters of a code as typed or scanned, or None when it cannot be one. Source: R13."""
    text = unicodedata.normalize("NFKC", text).strip().upper().removeprefix(_PREFIX)
    text = text.replace("-", "").replace(" ", "").translate(_LOOKALIKES)
    return text if len(text) == 8 and all(character in _ALPHABET for character in text) else None


def hash_setup_code(normal: str) -> bytes:
    """Return what is stored of a code."""
    return hashlib.sha256(b"fairday till " + normal.encode()).digest()


def local_clock(instant: datetime, time_zone: str, now: datetime) -> str:
    """Return `instant` on a store's clock: the time alone on the same local day, else with the date."""
    zone = ZoneInfo(time_zone)
    local = instant.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return local.strftime("%H:%M")
    return local.strftime("%Y-%m-%d %H:%M")


def change_of(total_minor: int, wallet_minor: int, tendered_minor: int) -> int:
    """Return the change: what was given in cash beyond what the wallet leaves due; negative when too little."""
    return tendered_minor - (total_minor - wallet_minor)


def may_undo(sold_at: datetime, now: datetime) -> bool:
    """Tell whether a sale may still be undone: for sixty seconds, the sixtieth excluded."""
    return now < sold_at + timedelta(seconds=UNDO_S)


def first_of_key(
    keys: Sequence[Collection[str]], waiting: Sequence[int], settled: Collection[str]
) -> tuple[list[int], list[int]]:
    """Part `waiting` places into those to judge now and those that must wait for an earlier one with the same key.

    A key in `settled` was taken for good: all who want it may be judged together, for they are all refused.
    """
    taken: set[str] = set()
    now_places: list[int] = []
    later: list[int] = []
    for place in waiting:
        wanted = [key for key in keys[place] if key not in settled]
        (now_places if taken.isdisjoint(wanted) else later).append(place)
        taken.update(wanted)
    return now_places, later


def hash_code(text: str) -> bytes:
    """Return what is remembered of a code that was used, to tell the same request again: never the code itself."""
    return hashlib.blake2b(text.strip().encode(), digest_size=16).digest()


def basket_errors(lines: Sequence[BasketLine], *, pos_prices: bool) -> list[str]:
    """List what is wrong with lines in themselves: how they name their goods, and who says the price (S38)."""
    errors = []
    for number, line in enumerate(lines, 1):
        if sum(name is not None for name in (line.gtin, line.sku, line.sku_id)) != 1:
            errors.append(f"line {number}: name it by exactly one of gtin, sku and sku_id")
        if pos_prices and line.line_gross_minor is None:
            errors.append(f"line {number}: this till's POS says the price; send line_gross_minor")
        if not pos_prices and line.line_gross_minor is not None:
            errors.append(f"line {number}: the catalog says the price here; leave line_gross_minor out")
    return errors
