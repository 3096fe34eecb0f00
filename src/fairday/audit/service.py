"""Read the log for people, and tell how its chain stands."""

from datetime import datetime

import msgspec

from fairday.audit.types import AuditQuery, Chain, ChainFault, Deed
from fairday.kernel import audit
from fairday.kernel.tx import Tx

CHECKED_MAX = 10_000
"""Links recomputed for one look at the chain."""


async def page(
    tx: Tx, merchant_id: str | None, query: AuditQuery, before: tuple[str, int] | None
) -> tuple[list[Deed], tuple[str, int] | None]:
    """Return deeds, the newest first, and where the next page begins; of one merchant, or with None of all."""
    wanted = audit.Wanted(
        merchant_id=merchant_id,
        account_id=query.account_id,
        role=query.role,
        target_id=query.target_id,
        route=query.route,
        is_key=query.is_key,
        since=query.since,
        until=query.until,
    )
    rows = await audit.page(tx, wanted, before, query.limit + 1)
    shown = rows[: query.limit]
    more = (shown[-1].xid, shown[-1].id) if len(rows) > query.limit else None
    return [_deed(row) for row in shown], more


def masked(deed: Deed) -> Deed:
    """Return a deed as a merchant sees it: that an operator did it, not which one."""
    if deed.role != "operator":
        return deed
    return msgspec.structs.replace(deed, name="", account_id=None, session_id=None)


def _deed(row: audit.Row) -> Deed:
    return Deed(
        audit_id=row.audit_id,
        number=row.number,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        role=row.role,
        name=row.name,
        account_id=row.account_id,
        session_id=row.session_id,
        is_key=row.is_key,
        merchant_id=row.merchant_id,
        method=row.method,
        route=row.route,
        path=row.path,
        target_id=row.target_id,
        status=row.status,
        request_sha256=row.request_digest.hex(),
        changes=row.changes,
    )


async def chain(tx: Tx) -> Chain:
    """Tell how the chain stands, with the newest links recomputed."""
    last = await audit.head(tx)
    count, oldest_at = await audit.unsealed(tx, last)
    start = max(1, last.number - CHECKED_MAX + 1)
    faults = [ChainFault(one.number, one.audit_id, one.fault) for one in await audit.faults(tx, start)]
    return Chain(
        sealed_count=last.number,
        head_sha256=last.hash.hex(),
        sealed_at=last.sealed_at,
        unsealed_count=count,
        oldest_unsealed_at=oldest_at,
        checked_count=last.number - start + 1 if last.number else 0,
        is_intact=not faults,
        faults=faults,
    )


async def seal(tx: Tx, now: datetime) -> int:
    """Seal what waits, at most a thousand rows; return how many."""
    return await audit.seal(tx)


async def chain_id(tx: Tx) -> str:
    """Return the name of this database's chain."""
    return await audit.chain_id(tx)


async def head(tx: Tx) -> audit.Head:
    """Return the head of the chain."""
    return await audit.head(tx)
