"""Build a store with tills, clerks, goods, members and coupons through the rooms' own services."""

from datetime import datetime
from itertools import count

from fairday.coupons import service as coupons
from fairday.identity import service as identity
from fairday.identity.types import Account, AccountDraft
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.tills import service as tills
from fairday.tills.types import At, PairingBody, TillDraft
from tests.checkout import city
from tests.checkout.city import Shop

PIN = "482915"
_receipts = count(1)


def merchant_of(shop: Shop) -> Principal:
    """Return the shop's merchant as who asks."""
    return Principal("acc_m", Role.MERCHANT, "ses_m", merchant_id=shop.merchant_id)


async def clerk(tx: Tx, now: datetime, shop: Shop, **more: str) -> Account:
    """Hire a clerk with a PIN."""
    draft = AccountDraft(
        role=Role.CLERK, name="王丽", login=new_id("w"), pin=PIN, merchant_id=shop.merchant_id, **more
    )
    return await identity.create_account(tx, draft, now)


async def till(tx: Tx, now: datetime, shop: Shop, *, pos_prices: bool = False) -> tuple[Principal, str]:
    """Make a till, pair a device and return (device, its till)."""
    made = await tills.create_till(
        tx, merchant_of(shop), TillDraft(store_id=shop.store_id, name="1 号台", pos_prices=pos_prices), now
    )
    code = await tills.make_setup_code(tx, merchant_of(shop), made.till_id, now)
    paired = await tills.pair(tx, PairingBody(setup_code=code.code.lower()), "127.0.0.1", now)
    device = Principal(
        "acc_d",
        Role.DEVICE,
        "ses_d",
        merchant_id=shop.merchant_id,
        store_id=shop.store_id,
        till_id=paired.till.till_id,
    )
    return device, made.till_id


async def desk(tx: Tx, now: datetime, shop: Shop, *, pos_prices: bool = False, cash_minor: int = 0) -> At:
    """Return a clerk at a till with an open shift."""
    who = await clerk(tx, now, shop)
    device, till_id = await till(tx, now, shop, pos_prices=pos_prices)
    await tills.open_shift(tx, device, who, cash_minor, now)
    return At(who.account_id, till_id)


def receipt() -> str:
    """Return a new receipt id."""
    return f"R{next(_receipts):06}"


async def code_of(tx: Tx, now: datetime, claim_id: str, member_id: str) -> str:
    """Return what a member's phone shows for a claim."""
    return (await coupons.issue_code(tx, claim_id, member_id, now)).text


async def claimed(tx: Tx, now: datetime, shop: Shop, **terms: object) -> tuple[str, str, str]:
    """Let a new member claim a new coupon of the shop and return (claim, member, code)."""
    coupon_id = await city.coupon(tx, now, merchant_id=shop.merchant_id, platform_bp=0, **terms)
    (member,) = await city.shoppers(tx, now, 1, 0)
    claim_id = await city.claim(tx, now, coupon_id, member)
    return claim_id, member.member_id, await code_of(tx, now, claim_id, member.member_id)
