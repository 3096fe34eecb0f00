"""Make signed-in people for the HTTP tests of stock and ledger: a merchant with a store and a SKU, a member, an operator."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fairday.catalog import service as catalog
from fairday.catalog.types import ProductDraft, SkuDraft
from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from fairday.places import service as places
from fairday.places.types import StoreDraft
from tests.client import Client

Enter = Callable[..., Client]
"""Makes a client with a token, or a guest's without."""


@dataclass
class Merchant:
    """Hold a merchant, its store and SKU with their external ids, and its token."""

    merchant_id: str
    store_id: str
    store_external_id: str
    sku_id: str
    sku_external_id: str
    token: str


async def merchant(database: Database) -> Merchant:
    """Make a merchant with one store and one SKU."""
    return await database.run(_merchant)


async def _merchant(tx: Tx, now: datetime) -> Merchant:
    made = await identity.create_merchant(tx, MerchantDraft(name="Yu Tea"), now)
    merchant_id, store_external_id, sku_external_id = made.merchant_id, new_id("s"), new_id("x")
    store = await places.create_store(
        tx,
        merchant_id,
        StoreDraft(
            external_id=store_external_id, name="A", region_id="CN-SH", latitude=31.2, longitude=121.4
        ),
        now,
    )
    product = await catalog.create_product(
        tx,
        merchant_id,
        ProductDraft(
            external_id=new_id("p"), name="Tea", skus=[SkuDraft(external_id=sku_external_id, price_minor=100)]
        ),
        now,
    )
    [sku] = (await catalog.skus_of_products(tx, [product.product_id]))[product.product_id]
    draft = AccountDraft(role=Role.MERCHANT, name="Yu", merchant_id=merchant_id)
    token = await _token(tx, draft, now)
    return Merchant(merchant_id, store.store_id, store_external_id, sku.sku_id, sku_external_id, token)


async def operator(database: Database) -> str:
    """Return the token of a new operator."""
    return await database.run(lambda tx, now: _token(tx, AccountDraft(role=Role.OPERATOR, name="Op"), now))


async def member(database: Database) -> tuple[str, str]:
    """Return the id and the token of a new member's account."""
    member_id = new_id("mem")
    draft = AccountDraft(role=Role.MEMBER, name="Lin", member_id=member_id)
    return member_id, await database.run(lambda tx, now: _token(tx, draft, now))


async def _token(tx: Tx, draft: AccountDraft, now: datetime) -> str:
    account = await identity.create_account(tx, draft, now)
    token, _ = await identity.open_session(tx, account.account_id, ttl_s=600, now=now)
    return token
