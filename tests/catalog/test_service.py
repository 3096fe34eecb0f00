"""Make, change and find products, in a transaction that is rolled back."""

from collections.abc import Awaitable
from datetime import datetime

import pytest

from fairday.catalog import errors, service
from fairday.catalog.types import PhasePriceDraft, ProductPatch, SkuPatch, Status
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.tx import Tx
from tests.catalog.builders import made, merchant, product_draft, sku_draft


async def events(tx: Tx, subject: str) -> list[str]:
    return [
        row[0]
        for row in await tx.fetch("SELECT type FROM kernel.event WHERE subject = $1 ORDER BY id", subject)
    ]


async def test_a_sku_as_others_read_it(tx: Tx, now: datetime) -> None:
    shop = merchant()
    draft = sku_draft(
        external_id="R", gtin="012345678905", options={"颜色": "红", "尺码": "L"}, compare_at_minor=20_000
    )
    product, (sku,) = await made(
        tx, now, shop, draft, name_en="Phone case", brand="Acme", category_id="配件", image="/p.svg"
    )
    assert (await service.skus(tx, [sku.sku_id, "sku_none"])) == {sku.sku_id: sku}
    assert (sku.name, sku.name_en) == ("新款手机壳 红 / L", "Phone case 红 / L")
    assert (sku.price_minor, sku.currency, sku.status, sku.image) == (10_000, "CNY", Status.LIVE, "/p.svg")
    assert list(sku.options) == ["颜色", "尺码"]
    assert await service.skus_by_external_id(tx, shop, ["R", "S"]) == {"R": sku}
    for gtin in ("012345678905", "0012345678905", "00012345678905"):
        assert await service.skus_by_gtin(tx, shop, [gtin, "x", "99"]) == {gtin: sku}
    assert await service.skus_by_gtin(tx, merchant(), ["012345678905"]) == {}
    await service.update_product(tx, product.product_id, ProductPatch(status=Status.ARCHIVED), now)
    assert (await service.skus(tx, [sku.sku_id]))[sku.sku_id].status is Status.ARCHIVED


async def refused(tx: Tx, work: Awaitable[object], kind: type[Refusal]) -> None:
    savepoint = tx.transaction()
    await savepoint.start()
    with pytest.raises(kind):
        await work
    await savepoint.rollback()


async def test_external_ids_and_gtins_are_taken_once(tx: Tx, now: datetime) -> None:
    shop = merchant()
    product, (sku,) = await made(
        tx, now, shop, sku_draft(external_id="A", gtin="6901234567892"), external_id="P"
    )
    again = product_draft(sku_draft(external_id="B"), external_id="P")
    await refused(tx, service.create_product(tx, shop, again, now), errors.ExternalIdTaken)
    same_id = product_draft(sku_draft(external_id="A"))
    await refused(tx, service.create_product(tx, shop, same_id, now), errors.ExternalIdTaken)
    same_gtin = product_draft(sku_draft(gtin="06901234567892"))
    await refused(tx, service.create_product(tx, shop, same_gtin, now), errors.GtinTaken)
    twice = product_draft(sku_draft(external_id="D"), sku_draft(external_id="D"))
    await refused(tx, service.create_product(tx, shop, twice, now), errors.ExternalIdTaken)
    (other,) = await service.add_skus(tx, product.product_id, [sku_draft()], now)
    await refused(tx, service.update_sku(tx, other, SkuPatch(gtin="6901234567892"), now), errors.GtinTaken)
    await service.update_sku(tx, sku.sku_id, SkuPatch(status=Status.ARCHIVED), now)
    await service.update_sku(tx, other, SkuPatch(gtin="6901234567892"), now)
    await refused(tx, service.update_sku(tx, sku.sku_id, SkuPatch(status=Status.LIVE), now), errors.GtinTaken)


async def test_a_price_change_is_guarded_noted_and_announced(tx: Tx, now: datetime) -> None:
    _, (sku,) = await made(tx, now, merchant(), sku_draft(price_minor=10_000))
    await refused(
        tx, service.update_sku(tx, sku.sku_id, SkuPatch(price_minor=1_999), now), errors.PriceFarBelow
    )
    await service.update_sku(tx, sku.sku_id, SkuPatch(price_minor=2_000), now)
    await service.update_sku(tx, sku.sku_id, SkuPatch(price_minor=100, confirm_price=True), now)
    await service.update_sku(tx, sku.sku_id, SkuPatch(price_minor=100), now)
    history = await service.price_history(tx, sku.sku_id, before_id=None, limit=10)
    assert [(one.price_minor_before, one.price_minor_after) for _, one in history] == [
        (2_000, 100),
        (10_000, 2_000),
    ]
    assert await events(tx, sku.sku_id) == ["catalog.PriceChanged"] * 2


async def test_the_price_history_is_not_edited(tx: Tx, now: datetime) -> None:
    _, (sku,) = await made(tx, now, merchant())
    await service.update_sku(tx, sku.sku_id, SkuPatch(price_minor=9_000), now)
    for statement in (
        "UPDATE catalog.price_change SET price_minor_after = 1",
        "DELETE FROM catalog.price_change",
    ):
        savepoint = tx.transaction()
        await savepoint.start()
        with pytest.raises(Exception, match="not edited"):
            await tx.execute(statement)
        await savepoint.rollback()


async def test_phase_prices_are_set_changed_and_taken_away(tx: Tx, now: datetime) -> None:
    _, (sku,) = await made(tx, now, merchant(), sku_draft(price_minor=10_000))
    too_high = service.set_phase_price(tx, sku.sku_id, "pha_1", PhasePriceDraft(price_minor=10_001), now)
    await refused(tx, too_high, errors.PhasePriceAboveRegular)
    changed = await service.set_phase_price(tx, sku.sku_id, "pha_1", PhasePriceDraft(price_minor=5_000), now)
    assert service.sku_price_now(changed, {"pha_1"}).price_minor == 5_000
    assert service.sku_price_now(changed, {"pha_2"}).price_minor == 10_000
    await service.set_phase_price(tx, sku.sku_id, "pha_1", PhasePriceDraft(price_minor=5_000), now)
    await service.set_phase_price(tx, sku.sku_id, "pha_1", PhasePriceDraft(price_minor=4_000), now)
    assert (await service.remove_phase_price(tx, sku.sku_id, "pha_1", now)).phase_prices == ()
    await service.remove_phase_price(tx, sku.sku_id, "pha_1", now)
    history = await service.price_history(tx, sku.sku_id, before_id=None, limit=10)
    assert [(one.phase_id, one.price_minor_after) for _, one in history] == [
        ("pha_1", None),
        ("pha_1", 4_000),
        ("pha_1", 5_000),
    ]
    assert await events(tx, sku.sku_id) == ["catalog.PhasePriceChanged"] * 3


async def test_live_things_keep_a_price(tx: Tx, now: datetime) -> None:
    _, (sku,) = await made(tx, now, merchant(), sku_draft(price_minor=0))
    assert sku.status is Status.DRAFT
    await refused(
        tx, service.update_sku(tx, sku.sku_id, SkuPatch(status=Status.LIVE), now), errors.PriceMissing
    )
    live = await service.update_sku(tx, sku.sku_id, SkuPatch(status=Status.LIVE, price_minor=1), now)
    assert live.status is Status.LIVE
    await refused(
        tx, service.update_sku(tx, sku.sku_id, SkuPatch(compare_at_minor=1), now), errors.CompareAtTooLow
    )
    await refused(tx, service.update_sku(tx, "sku_none", SkuPatch(), now), NotFound)


async def test_a_product_has_at_most_200_skus(tx: Tx, now: datetime) -> None:
    product, _ = await made(tx, now, merchant(), *[sku_draft() for _ in range(199)])
    await refused(
        tx, service.add_skus(tx, product.product_id, [sku_draft(), sku_draft()], now), errors.TooManySkus
    )
    await service.add_skus(tx, product.product_id, [sku_draft()], now)


async def names(tx: Tx, text: str, **more: object) -> list[str]:
    found = await service.find(
        tx, text=text, **({"merchant_id": None, "category_id": None, "limit": 20} | more)
    )
    products = await service.products(tx, [product_id for _, product_id in found])
    return [products[product_id].name for _, product_id in found]


async def test_search_in_both_languages(tx: Tx, now: datetime) -> None:
    shop = merchant()
    for name, more in (
        ("双十一特价手机壳", {"name_en": "Phone case zyx"}),
        ("手机支架", {"tags": ("手机壳",)}),
        ("Crème brûlée zyx", {"brand": "Bonne Maman"}),
        ("zyx", {"name_en": "short"}),
        ("zyx but a draft", {"status": Status.DRAFT}),
    ):
        await made(tx, now, shop, name=name, **more)
    mine = {"merchant_id": shop}
    assert await names(tx, "手机壳", **mine) == ["双十一特价手机壳", "手机支架"]
    assert await names(tx, "机壳", **mine) == ["双十一特价手机壳", "手机支架"]
    assert await names(tx, "双十一 手机", **mine) == ["双十一特价手机壳"]
    assert await names(tx, "架", **mine) == ["手机支架"]
    assert await names(tx, "creme BRU", **mine) == ["Crème brûlée zyx"]
    assert await names(tx, "bonne", **mine) == ["Crème brûlée zyx"]
    assert (await names(tx, "zyx", **mine))[0] == "zyx"
    assert len(await names(tx, "zyx", **mine)) == 3
    assert await names(tx, "' & | ! :* \\", **mine) == []
    assert await names(tx, "手机壳", merchant_id=merchant()) == []


async def test_digits_are_looked_up_as_a_gtin(tx: Tx, now: datetime) -> None:
    shop = merchant()
    await made(tx, now, shop, sku_draft(gtin="4006381333931"), name="Pen")
    assert await names(tx, "4006381333931", merchant_id=shop) == ["Pen"]
    assert await names(tx, " 04006381333931 ", merchant_id=shop) == ["Pen"]
    assert await names(tx, "4006381333930", merchant_id=shop) == []


async def test_pages_follow_each_other_without_gap_or_repeat(tx: Tx, now: datetime) -> None:
    shop = merchant()
    for n in range(7):
        await made(tx, now, shop, name=f"qqq lamp {n % 2}", category_id=f"cat-{shop}")
    for query in ({"text": "qqq"}, {"text": None}, {"text": None, "category_id": f"cat-{shop}"}):
        seen: list[str] = []
        after: tuple[int, str] | None = None
        while found := await service.find(
            tx, **({"category_id": None} | query), merchant_id=shop, after=after, limit=3
        ):
            seen += [product_id for _, product_id in found]
            after = found[-1]
        assert len(seen) == len(set(seen)) == 7
