"""Open the demo's malls and stores, put goods on the shelves and set the festival's prices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from fairday.app.demo import pictures, story
from fairday.app.demo.story import City, Good, Shop
from fairday.catalog import service as catalog
from fairday.catalog.types import PhasePriceDraft, ProductDraft, SkuDraft
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx
from fairday.places import service as places
from fairday.places.types import Mall, MallDraft, Opening, StoreDraft, StoreKind
from fairday.stock import service as stock
from fairday.stock.types import CountRow

FIRST_CITIES = 5
"""Every shop begins in the first cities; beyond them each goes its own way."""
SIZES = {"shoe": ("39", "42"), "jacket": ("M", "L")}
STREETS = (
    ("人民路", "Renmin Road"), ("中山路", "Zhongshan Road"), ("解放路", "Jiefang Road"), ("建设路", "Jianshe Road"),
    ("和平街", "Heping Street"), ("学院路", "Xueyuan Road"), ("滨江道", "Riverside Avenue"), ("文化街", "Wenhua Street"),
    ("新华路", "Xinhua Road"), ("桥头街", "Bridgehead Street"),
)  # fmt: skip
_HOURS = {
    "restaurant": ("07:00", "22:00"),
    "supermarket": ("08:00", "22:30"),
    "department": ("10:00", "22:00"),
}


class Opened(NamedTuple):
    """Hold what was opened: each merchant's first store, and SKU ids by (kind, number of the good, size's number)."""

    first_store_ids: dict[str, str]
    sku_ids: dict[tuple[str, str, int], str]


async def open_all(
    tx: Tx, merchant_ids: Mapping[str, str], phase_ids: Sequence[str], now: datetime
) -> Opened:
    """Open all malls and stores, stock them, and price everything for the sale phases `phase_ids`."""
    malls = await _malls(tx, now)
    opened = Opened({}, {})
    store_ids: dict[str, list[str]] = {}
    for place, shop in enumerate(story.SHOPS):
        store_ids[shop.login] = await _stores(tx, merchant_ids[shop.login], place, shop, malls, now)
        opened.first_store_ids[shop.login] = store_ids[shop.login][0]
    sku_ids: dict[str, list[str]] = {shop.login: [] for shop in story.SHOPS}
    for shop, kind, number, good in _shelves():
        merchant_id = merchant_ids[shop.login]
        sku_ids[shop.login] += await _good(tx, merchant_id, shop, kind, number, good, phase_ids, opened, now)
    counts = [
        CountRow(sku_id, store_id, _on_hand(number, door))
        for login, ids in sku_ids.items()
        for door, store_id in enumerate(store_ids[login])
        for number, sku_id in enumerate(ids)
    ]
    refused = [row for row in await stock.set_levels(tx, counts, now) if isinstance(row, Refusal)]
    assert not refused, refused[0]
    return opened


def _on_hand(number: int, door: int) -> int:
    """Say how many of the shop's nth SKU its nth store has: plenty, but of a few goods only the last pieces."""
    if number % 9 == 4:
        return 3 if door < 2 else 0
    return 20 + (number * 37 + door * 11) % 180


async def _malls(tx: Tx, now: datetime) -> dict[int, list[Mall]]:
    """Make the malls; return them by the number of their city."""
    malls: dict[int, list[Mall]] = {}
    for number, (name, name_en, city_number) in enumerate(story.MALLS):
        city = story.CITIES[city_number]
        draft = MallDraft(
            external_id=f"mall-{number + 1}",
            name=name,
            name_en=name_en,
            region_id=city.region_id,
            address=f"{city.name} {STREETS[number][0]} {number * 60 + 88} 号",
            latitude=round(city.latitude + 0.012 * (number + 1), 6),
            longitude=round(city.longitude - 0.009 * (number + 1), 6),
        )
        malls.setdefault(city_number, []).append(await places.create_mall(tx, draft, now))
    return malls


async def _stores(
    tx: Tx, merchant_id: str, place: int, shop: Shop, malls: Mapping[int, Sequence[Mall]], now: datetime
) -> list[str]:
    made = []
    for door, city_number in enumerate(cities_of(place, shop)):
        in_city = malls.get(city_number, ())
        # A third of the shops of a city with malls are in one of them.
        mall = in_city[place // 3 % len(in_city)] if in_city and (place + city_number) % 3 == 0 else None
        draft = _store(place, shop, door, story.CITIES[city_number], mall)
        made.append((await places.create_store(tx, merchant_id, draft, now)).store_id)
    return made


def cities_of(place: int, shop: Shop) -> list[int]:
    """Return the numbers of the cities where the shop at `place` of the story has a store, no city twice."""
    beyond = len(story.CITIES) - FIRST_CITIES
    return [
        door if door < FIRST_CITIES else FIRST_CITIES + (place * 4 + (door - FIRST_CITIES) * 2) % beyond
        for door in range(shop.city_count)
    ]


def _store(place: int, shop: Shop, door: int, city: City, mall: Mall | None) -> StoreDraft:
    street, street_en = STREETS[(place * 3 + door) % len(STREETS)]
    latitude, longitude = (mall.latitude, mall.longitude) if mall else (city.latitude, city.longitude)
    spread = 0.0004 if mall else 0.011
    opens, closes = _HOURS[shop.store_class]
    at, at_en = (mall.name, mall.name_en) if mall else (street, street_en)
    return StoreDraft(
        external_id=f"{shop.login}-{door + 1}",
        name=f"{shop.name} {city.name}{at}店",
        name_en=f"{shop.name_en}, {at_en}, {city.name_en}",
        kind=StoreKind(shop.store_class),
        region_id=city.region_id,
        mall_id=mall.mall_id if mall else None,
        address=f"{city.name} {at} {(place * 17 + door * 23) % 400 + 1} 号",
        latitude=round(latitude + spread * (place * 5 % 7 - 3), 6),
        longitude=round(longitude + spread * (place * 3 % 7 - 3), 6),
        hours=tuple(Opening(weekday, opens, closes) for weekday in range(1, 8)),
    )


def _shelves() -> list[tuple[Shop, str, int, Good]]:
    """Return the shops' goods in turn, so that what is newest is not all of one shop."""
    shelves = [
        (number, place, shop, kind, good)
        for place, shop in enumerate(story.SHOPS)
        for kind in shop.kinds
        for number, good in enumerate(story.GOODS[kind])
    ]
    shelves.sort(key=lambda one: (-one[0], one[1]))
    return [(shop, kind, number, good) for number, _, shop, kind, good in shelves]


async def _good(
    tx: Tx,
    merchant_id: str,
    shop: Shop,
    kind: str,
    number: int,
    good: Good,
    phase_ids: Sequence[str],
    opened: Opened,
    now: datetime,
) -> list[str]:
    """Make a product with its SKUs and their prices by phase; return the SKUs' ids."""
    product = await catalog.create_product(tx, merchant_id, _product(shop, kind, number, good), now)
    skus = (await catalog.skus_of_products(tx, [product.product_id]))[product.product_id]
    skus.sort(key=lambda sku: sku.external_id)
    for size, sku in enumerate(skus):
        for phase_id, price_minor in zip(phase_ids, phase_prices(good), strict=True):
            price = PhasePriceDraft(price_minor=price_minor)
            await catalog.set_phase_price(tx, sku.sku_id, phase_id, price, now)
        opened.sku_ids[shop.login, f"{kind}-{number}", size] = sku.sku_id
    return [sku.sku_id for sku in skus]


def phase_prices(good: Good) -> tuple[int, int]:
    """Return the prices in the first and second sale window: the second is 3 % lower, in whole jiao."""
    return good.sale_minor, max(10, good.sale_minor * 97 // 1000 * 10)


def _product(shop: Shop, kind: str, number: int, good: Good) -> ProductDraft:
    key = f"{kind}-{number + 1}"
    sizes: Sequence[str | None] = SIZES.get(kind, (None,))
    return ProductDraft(
        external_id=key,
        name=good.name,
        name_en=good.name_en,
        brand=shop.name,
        category_id=kind,
        tags=(shop.name_en, kind),
        # Kinds begin at different palettes, or the first products of all shops would be of one colour.
        image=f"/pictures/{kind}-{(number + pictures.KINDS.index(kind)) % len(pictures.PALETTES)}.svg",
        skus=[
            SkuDraft(
                external_id=key if size is None else f"{key}-{size}",
                gtin=gtin(kind, number, place),
                price_minor=good.price_minor,
                options={} if size is None else {"尺码": size},
            )
            for place, size in enumerate(sizes)
        ],
    )


def gtin(kind: str, number: int, size: int) -> str:
    """Return an EAN-13 of the range that stores give out themselves (it begins with 20), so that tills can scan it."""
    body = f"20{list(story.GOODS).index(kind):03}{number:04}{size:03}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"
