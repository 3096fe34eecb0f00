"""Show breaks and close them; agree on who bears them and on floor limits. Source: R37, R41."""

from datetime import datetime

import msgspec

from fairday.identity import service as identity
from fairday.kernel import outbox
from fairday.kernel.errors import NotAllowed, NotFound, Refusal
from fairday.kernel.http.principal import Principal
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import Posting, TransferDraft
from fairday.offline import rules, store
from fairday.offline.errors import BreakClosed
from fairday.offline.events import BreakResolved
from fairday.offline.types import (
    Bearer,
    Break,
    BreaksQuery,
    Decision,
    Limits,
    OfflineTerms,
    ResolutionBody,
    TermsBody,
)
from fairday.tills import service as tills

_BEARER_AFTER = {Decision.CHARGE: Bearer.MERCHANT, Decision.WRITE_OFF: Bearer.PLATFORM}


async def one(tx: Tx, by: Principal, break_id: str) -> Break:
    """Return a break that the asker may see. Raises: NotFound."""
    found = (await store.breaks(tx, [break_id])).get(break_id)
    if found is None:
        raise NotFound(what="break")
    by.own_merchant(found.merchant_id, "break")
    return found


async def listing(
    tx: Tx, merchant_id: str | None, query: BreaksQuery, *, before: str, limit: int
) -> list[Break]:
    """Return at most `limit` breaks before the id `before`, the newest first; `merchant_id` None is everyone's."""
    return await store.list_breaks(
        tx,
        merchant_id,
        query.store_id,
        query.till_id,
        query.state,
        query.kind,
        None if query.booked_before is msgspec.UNSET else query.booked_before,
        before,
        limit,
    )


async def resolve(tx: Tx, by: Principal, break_id: str, body: ResolutionBody, now: datetime) -> Break:
    """Close a break: who bears it accepts, or an operator charges the merchant or lets the platform take it over.

    Where the bearer changes, the loss moves by one posting. Raises: NotFound, NotAllowed, BreakClosed.
    """
    found = await one(tx, by, break_id)
    bearer = _BEARER_AFTER.get(body.decision, found.bearer)
    is_own_loss = body.decision is Decision.ACCEPT_LOSS and found.bearer is Bearer.MERCHANT
    if not by.is_operator and not is_own_loss:
        raise NotAllowed(role=by.role)
    closed = await store.resolve_break(tx, break_id, body.decision, bearer, body.note, by.account_id, now)
    if closed is None:
        latest = await one(tx, by, break_id)
        raise BreakClosed(state=latest.state)
    if bearer is not found.bearer and found.amount_minor:
        moved = Posting(
            f"break_moved:{break_id}",
            break_id,
            "redemption_break_moved",
            found.currency,
            (
                TransferDraft(
                    rules.loss_account(bearer, found.merchant_id),
                    rules.loss_account(found.bearer, found.merchant_id),
                    found.amount_minor,
                ),
            ),
        )
        for posted in await ledger.post(tx, [moved], now):
            assert not isinstance(posted, Refusal), posted
    event = BreakResolved(
        break_id=break_id,
        merchant_id=found.merchant_id,
        decision=body.decision,
        bearer=bearer,
        amount_minor=found.amount_minor,
        by=by.account_id,
    )
    await outbox.publish(tx, [event], now)
    return closed


async def _check_merchant(tx: Tx, merchant_id: str) -> None:
    if merchant_id not in await identity.merchants(tx, [merchant_id]):
        raise NotFound(what="merchant")


async def terms(tx: Tx, by: Principal, merchant_id: str) -> OfflineTerms:
    """Return what was agreed with a merchant. Raises: NotFound."""
    by.own_merchant(merchant_id)
    await _check_merchant(tx, merchant_id)
    return (await store.terms(tx, [merchant_id]))[merchant_id]


async def set_terms(tx: Tx, by: Principal, merchant_id: str, body: TermsBody, now: datetime) -> OfflineTerms:
    """Agree with a merchant; holds for leases and conflicts from now on. Raises: NotFound."""
    await _check_merchant(tx, merchant_id)
    agreed = OfflineTerms(merchant_id=merchant_id, limits=body.limits, bearer=body.bearer)
    await store.set_terms(tx, agreed, by.account_id, now)
    return agreed


async def till_limits(tx: Tx, by: Principal, till_id: str) -> Limits:
    """Return the floor limits in force at a till: the smaller of its own and its merchant's. Raises: NotFound."""
    till = await tills.till(tx, by, till_id)
    agreed = (await store.terms(tx, [till.merchant_id]))[till.merchant_id].limits
    return rules.smaller(agreed, (await store.till_limits(tx, [till_id])).get(till_id))


async def set_till_limits(tx: Tx, by: Principal, till_id: str, limits: Limits, now: datetime) -> Limits:
    """Set a till's own floor limits and return those in force. Raises: NotFound."""
    await tills.till(tx, by, till_id)
    await store.set_till_limits(tx, till_id, limits, by.account_id, now)
    return await till_limits(tx, by, till_id)
