"""Keep members' payment PINs and ask for them before money leaves a wallet. Source: ASVS 7.5.3; 免密支付; docs/adr/0089.

A try is counted before it is judged, in a transaction of its own, so that neither refusals nor parallel guesses go
uncounted. Who has no PIN is not asked for one.
"""

import asyncio
from datetime import datetime
from typing import NoReturn

from fairday.identity import own_store, proofs, rules, store
from fairday.identity.errors import PinLocked, PinNotSet, PinRequired, WrongPaymentPin
from fairday.identity.slow_hash import slow_hash
from fairday.identity.types import PaymentPin, PinLimit, PinSetting
from fairday.kernel.http.principal import Principal
from fairday.kernel.tx import Database, Tx


async def allow(
    database: Database, asker: Principal, pin: str | None, amount_minor: int, currency: str
) -> None:
    """Let a payment from the asker's wallet pass: no PIN set, the right PIN, or small enough to need none.

    At most ten payments in a day go without PIN. Raises: PinRequired, PinLocked, WrongPaymentPin, Busy.
    """
    if not asker.needs_pin:
        return
    if pin is not None:
        await check(database, asker.account_id, pin)
        return
    is_small = currency == asker.pin_free_currency and amount_minor <= asker.pin_free_minor
    if not is_small or not await _count_free(database, asker.account_id):
        raise PinRequired(pin_free_minor=asker.pin_free_minor, pin_free_currency=asker.pin_free_currency)


async def allow_showing(database: Database, asker: Principal, pin: str | None) -> None:
    """Let the asker show pay codes, which pay any amount: with the PIN now, or within five minutes after it was given.

    Raises: PinRequired, PinLocked, WrongPaymentPin, Busy.
    """
    if not asker.needs_pin:
        return
    if pin is not None:
        await check(database, asker.account_id, pin)
        async with database.transaction() as (tx, _):
            await own_store.let_session_pay(tx, asker.session_id, rules.PAYING_TTL_S)
        return
    async with database.transaction(read_only=True) as (tx, _):
        may_pay = await own_store.may_session_pay(tx, asker.session_id)
    if not may_pay:
        raise PinRequired(pin_free_minor=0, pin_free_currency=asker.pin_free_currency)


async def check(database: Database, account_id: str, pin: str) -> None:
    """Check a payment PIN; five wrong ones in a row lock it for half an hour.

    Raises: PinNotSet, PinLocked, WrongPaymentPin with the tries left; Busy.
    """

    async def take(tx: Tx, now: datetime) -> tuple[str, int] | None:
        return await own_store.take_pin_try(tx, account_id, rules.PAYMENT_PIN_LOCK_S)

    async def reset(tx: Tx, now: datetime) -> None:
        await own_store.reset_pin_tries(tx, account_id, pin_hash)

    taken = await asyncio.shield(database.run(take))
    if taken is None:
        await _refuse(database, account_id)
    pin_hash, tries_left = taken
    if await slow_hash.matches(pin_hash, pin):
        await database.run(reset)
        return
    if tries_left == 0:
        raise PinLocked(retry_after_s=int(rules.PAYMENT_PIN_LOCK_S))
    raise WrongPaymentPin(tries_left=tries_left)


async def set_pin(database: Database, asker: Principal, setting: PinSetting) -> None:
    """Set the asker's PIN, or another one; it begins without PIN-free payments, and a lock ends.

    Needs the old PIN or a code sent to the asker's phone. Raises: WeakPin; WrongPaymentPin, PinLocked, PinNotSet;
    BadPhone, WrongCode; ProofMissing.
    """
    rules.check_payment_pin(setting.pin)
    proof = None
    if setting.old_pin is not None:
        await check(database, asker.account_id, setting.old_pin)
    else:
        proof = await proofs.by_phone(database, asker.account_id, setting.phone, setting.code)
    pin_hash = await slow_hash.make(setting.pin)

    async def work(tx: Tx, now: datetime) -> None:
        await proofs.use(tx, proof)
        await own_store.put_payment_pin(tx, asker.account_id, pin_hash, now)
        await store.announce_revoked(tx, [asker.account_id])

    await database.run(work)


async def set_limit(database: Database, asker: Principal, pin: str | None, limit: PinLimit) -> None:
    """Choose up to how much is paid without PIN; needs the PIN. Raises: PinRequired, PinNotSet, WrongPaymentPin, PinLocked."""
    if pin is None:
        raise PinRequired(
            pin_free_minor=asker.pin_free_minor, pin_free_currency=asker.pin_free_currency or "CNY"
        )
    await check(database, asker.account_id, pin)
    async with database.transaction() as (tx, _):
        await own_store.set_pin_limit(tx, asker.account_id, limit.pin_free_minor, limit.pin_free_currency)
        await store.announce_revoked(tx, [asker.account_id])


async def see(tx: Tx, account_id: str) -> PaymentPin:
    """Return what stands of an account's PIN."""
    return await own_store.payment_pin(tx, account_id) or PaymentPin()


async def _count_free(database: Database, account_id: str) -> bool:
    """Count a payment without PIN and tell whether it is one of the first ten of the day."""
    count_max, window_s = rules.PIN_FREE_LIMIT

    async def take(tx: Tx, now: datetime) -> int:
        return (await store.take_attempt(tx, f"pin-free:{account_id}", window_s))[0]

    return await database.run(take) <= count_max


async def _refuse(database: Database, account_id: str) -> NoReturn:
    async with database.transaction(read_only=True) as (tx, _):
        found = await own_store.payment_pin(tx, account_id)
        left_s = await own_store.pin_locked_s(tx, account_id)
    if found is None:
        raise PinNotSet()
    raise PinLocked(retry_after_s=max(1, int(left_s or 0) + 1))
