"""Decide who gets which place, and what the button says: pure. Source: R44, R48, R49."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from fairday.catalog.types import Sku
from fairday.catalog.types import Status as SkuStatus
from fairday.flashsales.errors import (
    FlashSaleNotStarted,
    FlashSaleOver,
    FlashSaleStopped,
    FlashSoldOut,
)
from fairday.flashsales.types import EntryState, FlashLabel, FlashSaleBody, FlashStatus
from fairday.kernel.errors import Refusal
from fairday.places.types import Store


class SaleRow(msgspec.Struct, frozen=True, gc=False):
    """Hold a sale's row."""

    sale_id: str
    merchant_id: str
    sku_id: str
    store_id: str
    name: str
    name_en: str | None
    currency: str
    regular_minor: int
    price_minor: int
    places: int
    waitlist_max: int
    hold_s: int
    starts_at: datetime
    ends_at: datetime
    status: FlashStatus
    made_by: str
    made_at: datetime
    who_key: bytes
    entered_count: int
    won_count: int
    ordered_count: int
    waiting_count: int
    log_count: int
    log_hash: bytes
    log_at: datetime


def judge(sale: SaleRow, now: datetime) -> Refusal | None:
    """Say why nobody can enter a sale now, apart from places."""
    if sale.status is FlashStatus.STOPPED:
        return FlashSaleStopped()
    if now < sale.starts_at:
        return FlashSaleNotStarted(starts_at=sale.starts_at)
    if sale.status is FlashStatus.CLOSED or now >= sale.ends_at:
        return FlashSaleOver(ends_at=sale.ends_at)
    return None


def next_state(sale: SaleRow, won: int, waiting: int) -> EntryState | FlashSoldOut:
    """Return what the next person gets when `won` and `waiting` people have come in this batch already."""
    if sale.won_count + won < sale.places and sale.waiting_count + waiting == 0:
        return EntryState.WON
    if sale.waiting_count + waiting < sale.waitlist_max:
        return EntryState.WAITING
    return FlashSoldOut(places=sale.places)


def label(sale: SaleRow, now: datetime) -> FlashLabel:
    """Return what the button says."""
    refusal = judge(sale, now)
    if isinstance(refusal, FlashSaleNotStarted):
        return FlashLabel.SOON
    if refusal is not None:
        return FlashLabel.OVER
    state = next_state(sale, 0, 0)
    if isinstance(state, FlashSoldOut):
        return FlashLabel.SOLD_OUT
    return FlashLabel.GO if state is EntryState.WON else FlashLabel.CHANCE


def errors_of(
    body: FlashSaleBody, sku: Sku | None, stores: Mapping[str, Store], merchant_id: str | None, now: datetime
) -> list[str]:
    """Return what is wrong with a sale; `merchant_id` None may sell any merchant's goods. A stranger's thing does not exist."""
    errors: list[str] = []
    if sku is None or (merchant_id is not None and sku.merchant_id != merchant_id):
        return [f"sku_id: there is no {body.sku_id} here"]
    store = stores.get(body.store_id)
    if store is None or store.merchant_id != sku.merchant_id:
        errors.append(f"store_id: there is no {body.store_id} of this merchant")
    if sku.status is not SkuStatus.LIVE:
        errors.append("sku_id: these goods are not on sale")
    if body.price_minor >= sku.price_minor:
        errors.append(f"price_minor: must be below the regular {sku.price_minor}")
    if body.ends_at <= max(body.starts_at, now):
        errors.append("ends_at: must be after the start, and in the future")
    return errors
