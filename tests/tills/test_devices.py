"""Pair devices and open shifts, in a transaction that is rolled back."""

from datetime import datetime
from typing import Any

import pytest

from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.tx import Tx
from fairday.tills import service as tills
from fairday.tills.errors import (
    NoOpenShift,
    SetupCodeInvalid,
    ShiftIsClosed,
    ShiftNotYours,
    TillClosed,
    WrongStoreForClerk,
)
from fairday.tills.invariants import INVARIANTS
from fairday.tills.sale_types import (
    BasketLine,
    SaleBody,
    SellAt,
    TillSale,
)
from fairday.tills.types import At, PairingBody, TillChange, TillDraft, TillStatus
from tests.checkout import city as world
from tests.checkout.city import Shop
from tests.tills import city


def sale(shop: Shop, total: int, **more: Any) -> SaleBody:
    """Ask for one piece of the shop's first SKU, paid in cash exactly."""
    wanted: dict[str, Any] = {
        "lines": (BasketLine(sku_id=shop.sku_ids[0]),),
        "receipt_id": city.receipt(),
        "expected_total_minor": total,
        "cash_tendered_minor": total,
    }
    return SaleBody(**(wanted | more))


async def sold(tx: Tx, now: datetime, at: At, body: SaleBody) -> TillSale | Refusal:
    """Sell one basket."""
    (result,) = await tills.sell(tx, [SellAt(at, body)], now)
    return result


async def holds(tx: Tx) -> None:
    """Hold every invariant of the tills."""
    for invariant in INVARIANTS:
        assert await tx.fetch(invariant.query) == [], invariant.promise


# --- devices and shifts


async def test_a_setup_code_pairs_once_and_a_new_device_ends_the_old(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [])
    owner = city.merchant_of(shop)
    till = await tills.create_till(tx, owner, TillDraft(store_id=shop.store_id, name="1"), now)
    first = await tills.make_setup_code(tx, owner, till.till_id, now)
    second = await tills.make_setup_code(tx, owner, till.till_id, now)
    for code in (first.code, "AAAA-AAAA", "not a code"):
        with pytest.raises(SetupCodeInvalid):
            await tills.pair(tx, PairingBody(setup_code=code), "127.0.0.1", now)
    paired = await tills.pair(tx, PairingBody(setup_code=second.qr_text), "127.0.0.1", now)
    with pytest.raises(SetupCodeInvalid):
        await tills.pair(tx, PairingBody(setup_code=second.code), "127.0.0.1", now)
    third = await tills.make_setup_code(tx, owner, till.till_id, now)
    again = await tills.pair(tx, PairingBody(setup_code=third.code), "127.0.0.1", now)
    devices = await tills.devices(tx, owner, till.till_id, before="~", limit=10)
    assert {one.device_id: one.revoked_at is None for one in devices} == {
        paired.device_id: False,
        again.device_id: True,
    }
    await tills.revoke_device(tx, owner, till.till_id, again.device_id, now)
    with pytest.raises(NotFound):
        await tills.revoke_device(tx, owner, till.till_id, again.device_id, now)
    open_sessions = await tx.fetchval(
        "SELECT count(*) FROM identity.session s JOIN identity.account a USING (account_id)"
        " WHERE a.merchant_id = $1 AND s.revoked_at IS NULL",
        shop.merchant_id,
    )
    assert open_sessions == 0
    await holds(tx)


async def test_a_setup_code_ends_after_ten_minutes(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [])
    owner = city.merchant_of(shop)
    till = await tills.create_till(tx, owner, TillDraft(store_id=shop.store_id, name="1"), now)
    code = await tills.make_setup_code(tx, owner, till.till_id, now)
    await tx.execute("UPDATE tills.setup_code SET expires_at = clock_timestamp()")
    with pytest.raises(SetupCodeInvalid):
        await tills.pair(tx, PairingBody(setup_code=code.code), "127.0.0.1", now)


async def test_strangers_tills_do_not_exist(tx: Tx, now: datetime) -> None:
    mine, other = await world.shop(tx, now, []), await world.shop(tx, now, [])
    till = await tills.create_till(
        tx, city.merchant_of(mine), TillDraft(store_id=mine.store_id, name="1"), now
    )
    stranger = city.merchant_of(other)
    with pytest.raises(NotFound):
        await tills.create_till(tx, stranger, TillDraft(store_id=mine.store_id, name="1"), now)
    for call in (
        tills.till(tx, stranger, till.till_id),
        tills.make_setup_code(tx, stranger, till.till_id, now),
        tills.change_till(tx, stranger, till.till_id, TillChange(name="x"), now),
        tills.devices(tx, stranger, till.till_id, before="~", limit=1),
        tills.till(tx, stranger, "til_0"),
    ):
        with pytest.raises(NotFound):
            await call
    assert await tills.tills(tx, other.merchant_id, None, after="", limit=9) == []


async def test_a_closed_till_does_nothing(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [1000])
    at = await city.desk(tx, now, shop)
    owner = city.merchant_of(shop)
    await tills.change_till(tx, owner, at.till_id, TillChange(status=TillStatus.CLOSED), now)
    with pytest.raises(TillClosed):
        await tills.make_setup_code(tx, owner, at.till_id, now)
    assert isinstance(await sold(tx, now, at, sale(shop, 1000)), NoOpenShift)


async def test_one_shift_a_till(tx: Tx, now: datetime) -> None:
    shop = await world.shop(tx, now, [])
    device, till_id = await city.till(tx, now, shop)
    wang, li = await city.clerk(tx, now, shop), await city.clerk(tx, now, shop)
    opened = await tills.open_shift(tx, device, wang, 500, now)
    with pytest.raises(ShiftNotYours) as refused:
        await tills.open_shift(tx, device, li, 0, now)
    assert refused.value.details["clerk_name"] == "王丽"
    resumed = await tills.open_shift(tx, device, wang, 0, now)
    assert resumed.is_resumed
    assert resumed.shift.shift_id == opened.shift.shift_id
    assert resumed.shift.opening_cash_minor == 500
    elsewhere = await city.clerk(tx, now, shop, store_id="sto_0000000000000000000000000aa")
    with pytest.raises(WrongStoreForClerk):
        await tills.open_shift(tx, device, elsewhere, 0, now)
    by_li = Principal(li.account_id, Role.CLERK, "s", merchant_id=shop.merchant_id, till_id=till_id)
    by_wang = Principal(wang.account_id, Role.CLERK, "s", merchant_id=shop.merchant_id, till_id=till_id)
    with pytest.raises(NotFound):
        await tills.close_shift(tx, by_li, opened.shift.shift_id, 0, now)
    closed = await tills.close_shift(tx, by_wang, opened.shift.shift_id, 480, now)
    assert (closed.expected_cash_minor, closed.counted_cash_minor) == (500, 480)
    with pytest.raises(ShiftIsClosed):
        await tills.close_shift(tx, by_wang, opened.shift.shift_id, 480, now)
    assert not (await tills.open_shift(tx, device, li, 0, now)).is_resumed
    await holds(tx)
