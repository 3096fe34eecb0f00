"""Decide prices, names and drafts: pure functions of what was read."""

from collections.abc import Collection, Mapping, Sequence

from stdnum import ean

from fairday.catalog.errors import (
    BadGtin,
    CompareAtTooLow,
    PhasePriceAboveRegular,
    PriceFarBelow,
    PriceMissing,
    UnknownCurrency,
)
from fairday.catalog.types import PhasePrice, PriceNow, Sku, SkuDraft, Status
from fairday.kernel.errors import Refusal
from fairday.kernel.money import is_currency

TYPO_BP = 2_000
"""A new price below this share of the last one is taken for a slip of the finger. Source: S18."""


def price_now(price_minor: int, phase_prices: Sequence[PhasePrice], phase_ids: Collection[str]) -> PriceNow:
    """Return the effective price while the phases `phase_ids` hold: the lowest of them and the regular price.

    Equal phase prices go to the smaller phase id; a phase that is no cheaper than the regular price does not count.
    Source: R3 (a function of time at read, never of a batch), R7 (doubt goes to the customer).
    """
    best = PriceNow(price_minor)
    for phase in sorted(phase_prices, key=lambda phase: (phase.price_minor, phase.phase_id)):
        if phase.phase_id in phase_ids and phase.price_minor < best.price_minor:
            best = PriceNow(phase.price_minor, phase.phase_id)
            break
    return best


def sku_price_now(sku: Sku, phase_ids: Collection[str]) -> PriceNow:
    """Return the effective price of `sku` while `phase_ids` hold."""
    if not sku.phase_prices:
        return PriceNow(sku.price_minor)
    return price_now(sku.price_minor, sku.phase_prices, phase_ids)


def is_typo(new_minor: int, last_minor: int) -> bool:
    """Tell whether `new_minor` is under 20 % of `last_minor`, so that someone must confirm it."""
    return new_minor * 10_000 < last_minor * TYPO_BP


def judge_price(
    new_minor: int, last_minor: int, compare_at_minor: int | None, *, is_confirmed: bool
) -> Refusal | None:
    """Return why a regular price may not follow `last_minor`, or None."""
    if compare_at_minor is not None and compare_at_minor <= new_minor:
        return CompareAtTooLow(price_minor=new_minor)
    if not is_confirmed and is_typo(new_minor, last_minor):
        return PriceFarBelow(price_minor=new_minor, last_minor=last_minor)
    return None


def judge_phase_price(new_minor: int, regular_minor: int, *, is_confirmed: bool) -> Refusal | None:
    """Return why a phase price may not stand beside the regular price, or None."""
    if new_minor > regular_minor:
        return PhasePriceAboveRegular(regular_minor=regular_minor)
    if not is_confirmed and is_typo(new_minor, regular_minor):
        return PriceFarBelow(price_minor=new_minor, last_minor=regular_minor)
    return None


def judge_draft(draft: SkuDraft) -> Refusal | None:
    """Return why a SKU cannot be made as drafted, or None."""
    if draft.gtin is not None and not is_gtin(draft.gtin):
        return BadGtin(gtin=draft.gtin)
    if not is_currency(draft.currency):
        return UnknownCurrency(currency=draft.currency)
    if draft.status is Status.LIVE and draft.price_minor == 0:
        return PriceMissing(external_id=draft.external_id)
    if draft.compare_at_minor is not None and draft.compare_at_minor <= draft.price_minor:
        return CompareAtTooLow(price_minor=draft.price_minor)
    return None


def first_status(draft: SkuDraft) -> Status:
    """Return the status a new SKU begins with: as asked, else live when it has a price."""
    if draft.status is not None:
        return draft.status
    return Status.LIVE if draft.price_minor > 0 else Status.DRAFT


def both(product: Status, sku: Status) -> Status:
    """Return the status of a SKU within its product: live only when both are, archived when one is."""
    if Status.ARCHIVED in (product, sku):
        return Status.ARCHIVED
    return Status.LIVE if product is sku is Status.LIVE else Status.DRAFT


def is_gtin(code: str) -> bool:
    """Tell whether `code` is a GTIN of 8, 12, 13 or 14 digits with a right check digit."""
    return code.isascii() and code.isdigit() and bool(ean.is_valid(code))


def gtin14(code: str) -> str:
    """Return the 14 digits that all writings of one GTIN share."""
    return code.zfill(14)


def sku_name(name: str, options: Mapping[str, str]) -> str:
    """Return the product's name with the values of the options, as it stands on an order: "T恤 红 / L"."""
    return f"{name} {' / '.join(options.values())}" if options else name
