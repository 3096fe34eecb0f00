"""Refund a whole sale after its minute: a supervisor of the merchant allows it by PIN at the till. Source: R41, R80, I25.

Guarantee: a sale is undone or refunded at most once; goods, coupons, wallet and cash go back by the stored shares, as
checkout cancels them; the cash leaves the drawer of the shift that refunds.
"""

from datetime import datetime

from fairday.checkout import service as checkout
from fairday.checkout.types import CancelOrder
from fairday.identity import service as identity
from fairday.identity.errors import WrongPin
from fairday.identity.types import Account, Status
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database, RetryTransaction, Tx
from fairday.orders.types import CloseReason
from fairday.tills import baskets, store
from fairday.tills.sale_types import RefundBody, TillSale
from fairday.tills.types import At


async def known_supervisor(database: Database, merchant_id: str | None, body: RefundBody) -> Account:
    """Return the merchant's supervisor who knows the PIN; guesses are counted on their own (ASVS 6.3).

    An unknown supervisor, a clerk and a wrong PIN are never told apart. Raises: WrongPin, TooManyRequests.
    """

    async def look(tx: Tx, now: datetime) -> Account | None:
        return await identity.account_by_login(tx, body.supervisor)

    account = await database.run(look)
    is_ours = (
        account is not None
        and account.role is Role.MERCHANT
        and account.merchant_id == merchant_id
        and account.status is Status.ACTIVE
    )
    await identity.verify_pin(
        database, account.account_id if account and is_ours else f"?{body.supervisor}", body.pin
    )
    if account is None or not is_ours:
        raise WrongPin()
    return account


async def refund(tx: Tx, at: At, sale_id: str, supervisor: Account, reason: str, now: datetime) -> TillSale:
    """Refund a sale of the asker's own store; one that was undone is answered as it stands.

    Raises: NoOpenShift, NotFound, those of checkout.cancel; RetryTransaction when it was undone at this moment.
    """
    (desk,) = await baskets.desks_of(tx, [at])
    if isinstance(desk, Refusal):
        raise desk
    sale = (await store.sales(tx, [sale_id])).get(sale_id)
    if sale is None or sale.store_id != desk.store_id:
        raise NotFound(what="sale")
    if sale.undone_at is not None:
        return sale
    order = CancelOrder(sale.order_id, reason=CloseReason.TILL, till_id=sale.till_id)
    (cancelled,) = await checkout.cancel(tx, [order], now)
    if isinstance(cancelled, Refusal):
        raise cancelled
    undone = await store.undo_sales(tx, [(sale_id, desk.clerk_id, desk.shift_id)], now)
    if sale_id not in undone:
        raise RetryTransaction
    await store.add_shift_cash(tx, {desk.shift_id: -sale.cash_minor})
    return await store.approve_undo(tx, sale_id, supervisor.account_id, reason)
