"""Build a small city through the rooms' own services: merchants with a store and goods, members with money, coupons."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from fairday.catalog import service as catalog
from fairday.catalog.types import ProductDraft, SkuDraft
from fairday.coupons import service as coupons
from fairday.coupons.claims import Claim, ClaimRequest
from fairday.coupons.types import CouponKind, Funder, FunderKind, Scope, Terms
from fairday.identity import service as identity
from fairday.identity.types import MerchantDraft
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import TopUp
from fairday.members import service as members
from fairday.members.types import Member, MemberDraft
from fairday.places import service as places
from fairday.places.types import StoreDraft
from fairday.stock import service as stock
from fairday.stock.types import CountRow

_phones = count(int(new_id("x")[-15:-7], 16) % 10**9 * 100)


@dataclass
class Shop:
    """Hold a merchant with one store and its SKUs, in the order of the prices they were asked with."""

    merchant_id: str
    store_id: str
    sku_ids: list[str] = field(default_factory=list)


async def shop(
    tx: Tx,
    now: datetime,
    prices: Sequence[int],
    *,
    on_hand: int = 100,
    region_id: str = "CN-SH",
    currency: str = "CNY",
) -> Shop:
    """Open a merchant with one store that has `on_hand` of each SKU."""
    merchant = await identity.create_merchant(tx, MerchantDraft(name="Yu Tea"), now)
    store = await places.create_store(
        tx,
        merchant.merchant_id,
        StoreDraft(
            external_id="s1", name="Nanjing Road", region_id=region_id, latitude=31.23, longitude=121.47
        ),
        now,
    )
    made = Shop(merchant.merchant_id, store.store_id)
    await stocked(tx, now, made, prices, on_hand=on_hand, currency=currency)
    return made


async def stocked(
    tx: Tx, now: datetime, to: Shop, prices: Sequence[int], *, on_hand: int = 100, currency: str = "CNY"
) -> list[str]:
    """Give a shop one more product with a SKU for each price, and stock of each."""
    product = await catalog.create_product(
        tx,
        to.merchant_id,
        ProductDraft(
            external_id=new_id("x"),
            name="Tea",
            skus=[
                SkuDraft(
                    external_id=new_id("x"), price_minor=price, currency=currency, options={"no": str(number)}
                )
                for number, price in enumerate(prices, 1)
            ],
        ),
        now,
    )
    skus = (await catalog.skus_of_products(tx, [product.product_id]))[product.product_id]
    by_number = sorted(skus, key=lambda sku: int(sku.options["no"]))
    sku_ids = [sku.sku_id for sku in by_number]
    to.sku_ids += sku_ids
    if on_hand:
        await stock.set_levels(tx, [CountRow(sku_id, to.store_id, on_hand) for sku_id in sku_ids], now)
    return sku_ids


async def shoppers(
    tx: Tx, now: datetime, number: int, wallet_minor: int, *, currency: str = "CNY"
) -> list[Member]:
    """Register members, each a person of their own, with money in their wallets."""
    made = await members.register_all(
        tx,
        [MemberDraft(nickname="Lin", phone=f"+86139{next(_phones) % 10**8:08}") for _ in range(number)],
        now,
    )
    if wallet_minor:
        await ledger.top_up(
            tx, [TopUp(new_id("top"), member.member_id, currency, wallet_minor) for member in made], now
        )
    return made


async def coupon(
    tx: Tx,
    now: datetime,
    *shops: Shop,
    merchant_id: str | None = None,
    platform_bp: int = 6000,
    **terms: Any,
) -> str:
    """Publish a coupon; by default 20 off from 100, three fifths paid by the platform. `shops` bounds it to them: tests
    that commit do so, because others look at what is on offer."""
    shares = [(FunderKind.PLATFORM, platform_bp), (FunderKind.MERCHANT, 10_000 - platform_bp)]
    wanted: dict[str, Any] = {
        "name": "满100减20",
        "name_en": "20 off 100",
        "kind": CouponKind.THRESHOLD,
        "currency": "CNY",
        "amount_minor": 2000,
        "threshold_minor": 10_000,
        "funders": tuple(Funder(kind, share) for kind, share in shares if share),
        "claim_starts_at": now - timedelta(hours=1),
        "claim_ends_at": now + timedelta(days=2),
        "usable_until": now + timedelta(days=3),
        "quantity_max": 1_000_000,
        "per_member_max": 60,
        "scope": Scope(merchant_ids=tuple(shop.merchant_id for shop in shops)),
    }
    made = await coupons.create(tx, merchant_id, Terms(**(wanted | terms)), by="test", now=now)
    await coupons.publish(tx, made.coupon_id, now=now)
    return made.coupon_id


async def claim(tx: Tx, now: datetime, coupon_id: str, member: Member) -> str:
    """Claim a coupon and return the claim's id."""
    made = (await coupons.claim(tx, [ClaimRequest(coupon_id, member.member_id, member.person_id)], now))[0]
    assert isinstance(made, Claim), made
    return made.claim_id
