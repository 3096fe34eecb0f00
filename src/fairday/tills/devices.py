"""Make tills and pair devices to them by a code that works once."""

from datetime import datetime

import msgspec

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft
from fairday.kernel import outbox
from fairday.kernel.errors import NotFound, TooManyRequests
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from fairday.places import service as places
from fairday.tills import rules, store
from fairday.tills.errors import SetupCodeInvalid, TillClosed, TillNameTaken
from fairday.tills.events import Paired as PairedEvent
from fairday.tills.events import Unpaired
from fairday.tills.types import (
    Device,
    Paired,
    PairingBody,
    SetupCode,
    Till,
    TillChange,
    TillDraft,
    TillStatus,
)


async def create_till(tx: Tx, by: Principal, draft: TillDraft, now: datetime) -> Till:
    """Make a till in a store of the asker's merchant (operators: any store). Raises: NotFound, TillNameTaken."""
    found = (await places.stores(tx, [draft.store_id])).get(draft.store_id)
    if found is None:
        raise NotFound(what="store")
    merchant_id = by.own_merchant(found.merchant_id, "store")
    till = await store.insert_till(tx, new_id("til"), merchant_id, draft, now)
    if till is None:
        raise TillNameTaken(external_id=draft.external_id)
    return till


async def till(tx: Tx, by: Principal, till_id: str) -> Till:
    """Return a till that the asker may see. Raises: NotFound."""
    found = (await store.tills(tx, [till_id])).get(till_id)
    if found is None or (by.till_id is not None and by.till_id != till_id):
        raise NotFound(what="till")
    by.own_merchant(found.merchant_id, "till")
    return found


async def tills(
    tx: Tx, merchant_id: str | None, store_id: str | None, *, after: str, limit: int
) -> list[Till]:
    """Return at most `limit` tills after the id `after`; `merchant_id` None is every merchant's."""
    return await store.list_tills(tx, merchant_id, store_id, after, limit)


async def change_till(tx: Tx, by: Principal, till_id: str, change: TillChange, now: datetime) -> Till:
    """Change a till; closing it revokes its device at once. Raises: NotFound."""
    await till(tx, by, till_id)
    changed = await store.change_till(
        tx,
        till_id,
        None if change.name is msgspec.UNSET else change.name,
        None if change.pos_prices is msgspec.UNSET else change.pos_prices,
        None if change.status is msgspec.UNSET else change.status,
    )
    if changed.status is TillStatus.CLOSED:
        await _revoke(tx, changed, None, now)
        open_shift = await store.open_shift_of(tx, till_id)
        if open_shift is not None:
            await identity.revoke_session(tx, open_shift.session_id)
    return changed


async def make_setup_code(tx: Tx, by: Principal, till_id: str, now: datetime) -> SetupCode:
    """Make a code that pairs one device within ten minutes; older codes of the till end. Raises: NotFound, TillClosed."""
    found = await till(tx, by, till_id)
    if found.status is TillStatus.CLOSED:
        raise TillClosed()
    code = rules.new_setup_code()
    normal = rules.normal_setup_code(code)
    assert normal is not None
    await store.spend_setup_codes(tx, till_id)
    expires_at = await store.insert_setup_code(
        tx, rules.hash_setup_code(normal), till_id, by.account_id, rules.SETUP_CODE_TTL
    )
    return SetupCode(code, rules.qr_text(code), till_id, expires_at)


async def count_pairing(database: Database, client_ip: str) -> None:
    """Count a try of one address in a transaction of its own, before it is judged. Raises: TooManyRequests."""
    count_max, window = rules.PAIRING_LIMIT

    async def take(tx: Tx, now: datetime) -> tuple[int, float]:
        return await store.take_attempt(tx, f"pair:{client_ip}", window)

    count, left_s = await database.run(take)
    if count > count_max:
        raise TooManyRequests(retry_after_s=int(left_s) + 1)


async def pair(tx: Tx, body: PairingBody, client_ip: str, now: datetime) -> Paired:
    """Make the device with this code the till's; a device that was it before is out.

    A right code gives its counted try back. Raises: SetupCodeInvalid, TillClosed.
    """
    normal = rules.normal_setup_code(body.setup_code)
    till_id = None if normal is None else await store.use_setup_code(tx, rules.hash_setup_code(normal))
    if till_id is None:
        raise SetupCodeInvalid()
    await store.give_attempt_back(tx, f"pair:{client_ip}", rules.PAIRING_LIMIT[1])
    found = (await store.tills(tx, [till_id]))[till_id]
    if found.status is TillStatus.CLOSED:
        raise TillClosed()
    await _revoke(tx, found, None, now)
    account = await identity.create_account(
        tx,
        AccountDraft(
            role=Role.DEVICE, name=body.device_name, merchant_id=found.merchant_id, store_id=found.store_id
        ),
        now,
    )
    device_id = new_id("dev")
    await store.insert_device(tx, device_id, till_id, account.account_id, body.device_name, now)
    token, session = await identity.open_session(
        tx, account.account_id, till_id=till_id, ttl_s=rules.DEVICE_TTL_S, now=now
    )
    event = PairedEvent(
        till_id=till_id,
        device_id=device_id,
        store_id=found.store_id,
        merchant_id=found.merchant_id,
        name=found.name,
    )
    await outbox.publish(tx, [event], now)
    return Paired(token, device_id, found, session.expires_at)


async def devices(tx: Tx, by: Principal, till_id: str, *, before: str, limit: int) -> list[Device]:
    """Return a till's devices, the newest first. Raises: NotFound."""
    await till(tx, by, till_id)
    return await store.list_devices(tx, till_id, before, limit)


async def revoke_device(tx: Tx, by: Principal, till_id: str, device_id: str, now: datetime) -> None:
    """End a device's access at once, in every process. Raises: NotFound for unknown and revoked ones."""
    found = await till(tx, by, till_id)
    if not await _revoke(tx, found, device_id, now):
        raise NotFound(what="device")


async def _revoke(tx: Tx, found: Till, device_id: str | None, now: datetime) -> bool:
    revoked = await store.revoke_devices(tx, found.till_id, device_id, now)
    if revoked:
        await identity.close_accounts(tx, [account_id for _, account_id in revoked], now)
        events = [
            Unpaired(
                till_id=found.till_id,
                device_id=revoked_id,
                store_id=found.store_id,
                merchant_id=found.merchant_id,
            )
            for revoked_id, _ in revoked
        ]
        await outbox.publish(tx, events, now)
    return bool(revoked)
