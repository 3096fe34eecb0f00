"""Bring the demo's offers live the way a festival does: one person writes, real-looking carts are priced, another approves.

Each lane that a shopper meets has one, with a budget; one version waits for its second person, so that a visitor can be it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from fairday.app.demo import story
from fairday.app.demo.people import Staff
from fairday.festivals.types import Festival
from fairday.kernel.http.principal import Principal
from fairday.kernel.tx import Tx
from fairday.promotions import service as promotions
from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine.condition_types import All, Amount, CartChannel, Hours, InChannel
from fairday.promotions.engine.document import DocumentLine
from fairday.promotions.engine.items import Items
from fairday.promotions.engine.offers import FunderShare, Lane, OfferTerms
from fairday.promotions.engine.simulating import Cart
from fairday.promotions.offer_types import OfferBody, VersionBody

CARTS = 60
"""Carts that each version is priced on before it is approved."""
_SHARED = (FunderShare(funder="platform", share_bp=6_000), FunderShare(funder="merchant", share_bp=4_000))
_WITH_BRAND = (
    FunderShare(funder="platform", share_bp=4_000),
    FunderShare(funder="merchant", share_bp=3_000),
    FunderShare(funder="brand:星桥 StarBridge", share_bp=3_000),
)
_BREAKFAST = (("wheatfield", "bread-0", 0), ("wheatfield", "bread-1", 0))
"""A croissant and a loaf of toast."""

SkuIds = Mapping[tuple[str, str, int], str]


class Plan(NamedTuple):
    """Hold an offer of the story: its issuer's login (empty: the platform), its versions' terms with why each was written, and
    its budget. The last version waits for a second person when `waits`.
    """

    issuer: str
    versions: tuple[tuple[OfferTerms, str], ...]
    budget_minor: int
    waits: bool = False


def plans(festival: Festival, merchant_ids: Mapping[str, str], sku_ids: SkuIds) -> list[Plan]:
    """Return the offers of the story: one in each lane, a bundle, one that three parties pay, and one that still waits."""
    ends_at = festival.phases[-1].ends_at
    every = b.Every(every_minor=30_000, off_minor=5_000, cap_minor=10_000)
    across = OfferTerms(
        name="跨店每满300减50", lane=Lane.CROSS_SHOP, benefit=every, funders=_SHARED, ends_at=ends_at
    )
    higher = b.Every(every_minor=30_000, off_minor=5_000, cap_minor=20_000)
    across_higher = OfferTerms(
        name="跨店每满300减50", lane=Lane.CROSS_SHOP, benefit=higher, funders=_SHARED, ends_at=ends_at
    )
    second_half = OfferTerms(
        name="茶饮第二件半价", lane=Lane.ITEM, items=Items(category_ids=("tea",)), ends_at=ends_at,
        benefit=b.NthItem(n=2, rate_bp=5_000),
    )  # fmt: skip
    tiers = OfferTerms(
        name="快步满300减30、满600减80", lane=Lane.SHOP, ends_at=ends_at,
        benefit=b.Tiered(by="amount", steps=(b.TieredStep(from_=30_000, amount_minor=3_000), b.TieredStep(from_=60_000, amount_minor=8_000))),
    )  # fmt: skip
    breakfast = [Items(skus=(sku_ids[key],)) for key in _BREAKFAST]
    bundle = OfferTerms(
        name="早餐组合：牛角包加吐司19.9元", lane=Lane.ITEM, items=Items(skus=tuple([one.skus[0] for one in breakfast])), ends_at=ends_at,
        benefit=b.Bundle(parts=tuple([b.BundlePart(items=one) for one in breakfast]), price_minor=1_990),
    )  # fmt: skip
    funded = OfferTerms(
        name="星桥耳机线上再减8%", lane=Lane.PLATFORM, ends_at=ends_at, funders=_WITH_BRAND,
        items=Items(merchant_ids=(merchant_ids["starbridge"],), category_ids=("headphones",)),
        condition=InChannel(channels=(CartChannel.ONLINE,)),
        benefit=b.Percent(rate_bp=800, cap_minor=6_000),
    )  # fmt: skip
    evening = OfferTerms(
        name="美妆夜场满200减30", lane=Lane.CROSS_SHOP, ends_at=ends_at, funders=_SHARED, group="夜场",
        items=Items(category_ids=("lipstick", "cream")),
        condition=All(of=(Hours(from_="20:00", until="00:00"), Amount(min_minor=20_000))),
        benefit=b.Fixed(amount_minor=3_000),
    )  # fmt: skip
    return [
        Plan("", ((across, "主会场：跨店满减，预热期封顶100元"), (across_higher, "开卖后封顶提高到200元")), 200_000_000),
        Plan("camellia", ((second_half, "双桥购物节茶饮主推"),), 8_000_000),
        Plan("quickstep", ((tiers, "双桥购物节店铺满减"),), 20_000_000),
        Plan("wheatfield", ((bundle, "早餐时段引流"),), 3_000_000),
        Plan("", ((funded, "星桥共同出资的耳机专场"),), 30_000_000),
        Plan("", ((evening, "美妆夜场，等另一位同事审批"),), 10_000_000, waits=True),
    ]  # fmt: skip


async def bring_live(
    tx: Tx, staff: Staff, merchant_ids: Mapping[str, str], sku_ids: SkuIds, festival: Festival, now: datetime
) -> None:
    """Write, simulate and approve the offers: the platform's by its planner, a shop's by its own people; the operator approves."""
    carts = sample_carts(sku_ids)
    for number, plan in enumerate(plans(festival, merchant_ids, sku_ids)):
        author = staff.owners[plan.issuer] if plan.issuer else staff.planner
        await _bring(tx, plan, author, staff.approver, carts, now + timedelta(microseconds=number))


async def _bring(
    tx: Tx, plan: Plan, author: Principal, approver: Principal, carts: Sequence[Cart], now: datetime
) -> None:
    offer_id = ""
    for version, (terms, reason) in enumerate(plan.versions, 1):
        if version == 1:
            body = OfferBody(terms=terms, currency="CNY", reason=reason, budget_minor=plan.budget_minor)
            offer_id = (await promotions.create_offer(tx, body, author.merchant_id, author, now)).offer_id
        else:
            change = VersionBody(terms=terms, reason=reason, budget_minor=plan.budget_minor)
            await promotions.add_version(tx, offer_id, change, author, now)
        await promotions.simulate_version(tx, offer_id, version, carts, now)
        if not (plan.waits and version == len(plan.versions)):
            await promotions.approve(tx, offer_id, version, approver, now)


def sample_carts(sku_ids: SkuIds) -> list[Cart]:
    """Return carts as the festival's shoppers fill them: one to four goods of any shops, the cheap ones several times; every
    tenth is a breakfast of the bakery.

    Plain arithmetic instead of chance, so that every home has the same.
    """
    goods = sorted(sku_ids)
    made = []
    for number in range(CARTS):
        count = 1 + number % 4
        any_goods = [goods[(number * 7 + place * 29) % len(goods)] for place in range(count)]
        picked = dict.fromkeys(_BREAKFAST if number % 10 == 5 else any_goods)
        lines = [
            DocumentLine(line_id=str(place), sku=sku_ids[key], quantity=_pieces(key, number))
            for place, key in enumerate(picked, 1)
        ]
        channel = CartChannel.IN_STORE if number % 3 == 0 else CartChannel.ONLINE
        made.append(Cart(cart_id=f"cart-{number + 1}", lines=tuple(lines), channel=channel))
    return made


def _pieces(key: tuple[str, str, int], number: int) -> int:
    """Return how many pieces of a good a cart holds: more of what costs little."""
    kind, place = key[1].rsplit("-", 1)
    return 1 + number % 3 if story.GOODS[kind][int(place)].sale_minor < 5_000 else 1
