"""Serve the audit log and the state of its chain."""

from fairday.audit import service
from fairday.audit.types import AuditQuery, Chain, Deed
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, Router
from fairday.kernel.tx import Tx

router = Router("audit")
READERS = frozenset({Role.OPERATOR, Role.MERCHANT})


@router.read(
    "/audit", who=READERS, query=AuditQuery, returns=Page[Deed], summary="Read who did what among the staff"
)
async def list_deeds(call: Call, tx: Tx) -> Page[Deed]:
    """The newest first. A merchant sees what its people did and what was done to its things; an operator sees all."""
    query: AuditQuery = call.query
    is_operator = call.principal.is_operator
    merchant_id = query.merchant_id if is_operator else call.principal.own_merchant(query.merchant_id)
    after = paging.read(query.cursor, [str, int])
    before = (_xid(after[0]), after[1]) if after else None
    deeds, more = await service.page(tx, merchant_id, query, before)
    if not is_operator:
        deeds = [service.masked(deed) for deed in deeds]
    return Page(deeds, paging.make(*more) if more else None)


def _xid(text: str) -> str:
    """Return a transaction id as PostgreSQL reads it; anything else is the beginning of time."""
    return text if text.isascii() and text.isdigit() and len(text) <= 19 else "0"


@router.read(
    "/audit/chain",
    who=frozenset({Role.OPERATOR}),
    returns=Chain,
    summary="See whether the audit log is whole",
)
async def audit_chain(call: Call, tx: Tx) -> Chain:
    """The head of the hash chain, what waits to be sealed, and each row that was changed, deleted or slipped in."""
    return await service.chain(tx)
