"""Open a shift by a clerk's PIN, keep its cash, close it with a count."""

from datetime import datetime

from fairday.identity import service as identity
from fairday.identity.errors import WrongPin
from fairday.identity.types import Account, Status
from fairday.kernel import outbox
from fairday.kernel.errors import NotFound
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, RetryTransaction, Tx
from fairday.places import service as places
from fairday.tills import rules, store
from fairday.tills.errors import NoOpenShift, ShiftIsClosed, ShiftNotYours, TillClosed, WrongStoreForClerk
from fairday.tills.events import ShiftClosed
from fairday.tills.events import ShiftOpened as ShiftOpenedEvent
from fairday.tills.types import Desk, Shift, ShiftBody, ShiftOpened, Till, TillStatus


async def known_clerk(database: Database, device: Principal, body: ShiftBody) -> Account:
    """Return the clerk of the device's merchant who knows the PIN; guesses are counted on their own (ASVS 6.3).

    An unknown clerk, one of another merchant and a wrong PIN are never told apart. Raises: WrongPin, TooManyRequests.
    """

    async def look(tx: Tx, now: datetime) -> Account | None:
        if body.clerk.startswith("acc_"):
            try:
                return await identity.get_account(tx, body.clerk)
            except NotFound:
                return None
        return await identity.account_by_login(tx, body.clerk)

    account = await database.run(look)
    is_ours = (
        account is not None
        and account.role is Role.CLERK
        and account.merchant_id == device.merchant_id
        and account.status is Status.ACTIVE
    )
    # A stranger's guess costs the same time and counts under the name it used.
    await identity.verify_pin(
        database, account.account_id if account and is_ours else f"?{body.clerk}", body.pin
    )
    if account is None or not is_ours:
        raise WrongPin()
    return account


async def open_shift(
    tx: Tx, device: Principal, clerk: Account, cash_minor: int, now: datetime
) -> ShiftOpened:
    """Open `clerk`'s shift on the device's till, or resume the one that is open.

    Raises: TillClosed; WrongStoreForClerk; ShiftNotYours while another clerk's shift is open.
    """
    till = await _till_of(tx, device)
    if clerk.store_id is not None and clerk.store_id != till.store_id:
        raise WrongStoreForClerk()
    running = await store.open_shift_of(tx, till.till_id)
    if running is not None and running.shift.clerk_id != clerk.account_id:
        raise ShiftNotYours(clerk_name=running.shift.clerk_name, opened_at=running.shift.opened_at)
    token, session = await identity.open_session(
        tx, clerk.account_id, till_id=till.till_id, ttl_s=rules.SHIFT_TTL_S, now=now
    )
    if running is not None:
        await identity.revoke_session(tx, running.session_id)
        shift = await store.resume_shift(tx, running.shift.shift_id, session.session_id)
        if shift is None:
            raise RetryTransaction  # it was closed at this moment
        return ShiftOpened(token, session.expires_at, shift, True)
    shift = await store.insert_shift(tx, new_id("shf"), till, clerk, session.session_id, cash_minor, now)
    if shift is None:
        raise RetryTransaction  # another page opened one at this moment
    event = ShiftOpenedEvent(
        shift_id=shift.shift_id,
        till_id=shift.till_id,
        store_id=shift.store_id,
        merchant_id=shift.merchant_id,
        clerk_id=shift.clerk_id,
        currency=shift.currency,
        opening_cash_minor=shift.opening_cash_minor,
    )
    await outbox.publish(tx, [event], now)
    return ShiftOpened(token, session.expires_at, shift, False)


async def desk(tx: Tx, by: Principal) -> Desk:
    """Return where a device or clerk stands. Raises: NoOpenShift for a clerk without a till, TillClosed."""
    till = await _till_of(tx, by)
    place = (await places.stores(tx, [till.store_id]))[till.store_id]
    running = await store.open_shift_of(tx, till.till_id)
    return Desk(till, place.name, place.name_en, place.time_zone, running.shift if running else None)


async def close_shift(tx: Tx, by: Principal, shift_id: str, counted_minor: int, now: datetime) -> Shift:
    """Close a shift with the counted cash and end its session: the clerk's own, or any of the asker's merchant.

    Raises: NotFound, ShiftIsClosed.
    """
    found = await store.find_shift(tx, shift_id)
    if found is None or (by.role is Role.CLERK and found.shift.clerk_id != by.account_id):
        raise NotFound(what="shift")
    by.own_merchant(found.shift.merchant_id, "shift")
    closed = await store.close_shift(tx, shift_id, counted_minor, by.account_id, now)
    if closed is None:
        latest = await store.find_shift(tx, shift_id)
        raise ShiftIsClosed(closed_at=latest.shift.closed_at if latest else None)
    await identity.revoke_session(tx, found.session_id)
    event = ShiftClosed(
        shift_id=shift_id,
        till_id=closed.till_id,
        store_id=closed.store_id,
        merchant_id=closed.merchant_id,
        clerk_id=closed.clerk_id,
        by=by.account_id,
        currency=closed.currency,
        expected_cash_minor=closed.expected_cash_minor,
        counted_cash_minor=counted_minor,
    )
    await outbox.publish(tx, [event], now)
    return closed


async def shifts(
    tx: Tx,
    merchant_id: str | None,
    store_id: str | None,
    till_id: str | None,
    *,
    before: str,
    limit: int,
) -> list[Shift]:
    """Return at most `limit` shifts before the id `before`, the newest first."""
    return await store.list_shifts(tx, merchant_id, store_id, till_id, before, limit)


async def _till_of(tx: Tx, by: Principal) -> Till:
    if by.till_id is None:
        raise NoOpenShift()
    found = (await store.tills(tx, [by.till_id])).get(by.till_id)
    if found is None or found.merchant_id != by.merchant_id:
        raise NoOpenShift()
    if found.status is TillStatus.CLOSED:
        raise TillClosed()
    return found
