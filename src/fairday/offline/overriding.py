"""Judge what a supervisor allowed at a till without network: only floor limits, by a PIN that is checked here. Source: R37, R41.

Guarantee: beyond a limit nothing counts without the right PIN of an active supervisor of the till's merchant, sealed for that very
record; what is lost by an allowed use is borne by the merchant, whatever was agreed on conflicts; each try is on the list.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from fairday.kernel.errors import Refusal
from fairday.kernel.http.principal import Principal
from fairday.kernel.ids import new_id
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Database, Tx
from fairday.offline import leases, rules, sealing
from fairday.offline.log_types import LogRecord, RecordBody
from fairday.offline.settling import Item
from fairday.offline.store import LeaseRow
from fairday.offline.types import Override, OverrideState
from fairday.tills import service as tills

sql = Queries("fairday.offline", "overriding.sql")
OVERRIDES_MAX = 50
"""Most overrides of one upload whose PINs are checked; each costs a slow hash. What comes after them is refused."""


async def allowed(
    database: Database, by: Principal, lease_id: str, records: Sequence[LogRecord]
) -> Mapping[str, str]:
    """Return the supervisor of each record, by its hash, that carries the right PIN of one; guesses are counted.

    Runs before the log is taken in and outside its transaction, so that wrong PINs are counted whatever becomes of it.
    Raises: NotFound for another's lease.
    """
    if not any('"proof"' in record.body for record in records):
        return {}

    async def look(tx: Tx, now: datetime) -> LeaseRow:
        return await leases.own_row(tx, by, lease_id)

    lease = await database.run(look)
    found: dict[str, str] = {}
    known: dict[tuple[str, str], str | None] = {}
    asked = [(one, rules.read_body(one, lease.device_id)) for one in records if '"proof"' in one.body]
    for record, body in asked[:OVERRIDES_MAX]:
        if body is None or not is_asked(body):
            continue
        pin = sealing.opened(body.proof, body.device_id, body.receipt_id or "")
        if pin is None:
            continue
        who = (body.supervisor, pin)
        if who not in known:
            known[who] = await _supervisor(database, lease.merchant_id, *who)
        supervisor_id = known[who]
        if supervisor_id is not None:
            found[record.hash] = supervisor_id
    return found


async def _supervisor(database: Database, merchant_id: str, login: str, pin: str) -> str | None:
    try:
        account = await tills.known_supervisor(
            database, merchant_id, tills.RefundBody(supervisor=login, pin=pin, reason="override")
        )
    except Refusal:
        return None
    return account.account_id


def is_asked(body: RecordBody) -> bool:
    """Tell whether a record says that a supervisor allowed it."""
    return bool(body.override.strip() and body.supervisor.strip() and body.codes and body.receipt_id)


async def keep(tx: Tx, items: Sequence[Item], now: datetime) -> None:
    """Write the list of overrides of records that were taken in."""
    for item in items:
        body = item.body
        if body is None or item.reason is not None or not is_asked(body):
            continue
        beyond = [use for use in item.uses if use.is_overridden]
        state = OverrideState.REFUSED
        if item.supervisor_id is not None:
            state = OverrideState.GRANTED if beyond else OverrideState.NOT_NEEDED
        device = item.device
        await tx.execute(
            sql.insert_override, device.device_id, item.record.seq, new_id("ovr"), device.merchant_id, device.store_id,
            device.till_id, body.clerk_id, body.receipt_id, body.supervisor, item.supervisor_id, body.override, state,
            device.currency, len(beyond), sum(use.told.amount_minor for use in beyond), item.at, now,
        )  # fmt: skip


async def listing(
    tx: Tx,
    merchant_id: str | None,
    store_id: str | None,
    state: OverrideState | None,
    *,
    before: str,
    limit: int,
) -> list[Override]:
    """Return overrides before an id, the newest first."""
    rows = await tx.fetch(sql.overrides, merchant_id, store_id, state, before, limit)
    return [msgspec.convert(dict(row), Override) for row in rows]
