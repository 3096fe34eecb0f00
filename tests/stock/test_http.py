"""Stock over the public API: who may see and count what, imports with row errors, what shoppers are told."""

import uuid
from datetime import datetime
from typing import Any

import pytest

from fairday.catalog import service as catalog
from fairday.catalog.types import ProductDraft, SkuDraft
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from fairday.stock import service
from fairday.stock.types import ReserveRequest
from tests.client import Client, refused
from tests.stock.builders import lines
from tests.stock.people import Enter, Merchant, member, merchant, operator

pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture
async def shop(database: Database) -> Merchant:
    return await merchant(database)


@pytest.fixture
async def mine(enter: Enter, shop: Merchant) -> Client:
    return enter(shop.token)


def row(shop: Merchant, on_hand: int, **more: object) -> dict[str, object]:
    return {"sku_id": shop.sku_id, "store_id": shop.store_id, "on_hand": on_hand, **more}


async def test_a_merchant_counts_and_sees_its_stock(shop: Merchant, mine: Client, enter: Enter) -> None:
    key = uuid.uuid4().hex
    for _ in range(2):
        done = await mine.put("/stock/levels", {"rows": [row(shop, 12, safety=2)]}, key=key)
        assert done["rows"][0] | {"change": 12, "outcome": "created"} == done["rows"][0]
    for query in (
        {"sku_id": shop.sku_id},
        {"store_id": shop.store_id},
        {"sku_id": shop.sku_id, "store_id": shop.store_id},
    ):
        page = await mine.get("/stock", **query)
        assert page["items"] == [
            {
                "sku_id": shop.sku_id,
                "store_id": shop.store_id,
                "on_hand": 12,
                "reserved": 0,
                "safety": 2,
                "sells_online": True,
                "free": 12,
                "free_online": 10,
                "product_id": page["items"][0]["product_id"],
                "name": "Tea",
                "name_en": None,
                "image": None,
            }
        ]
    public = await enter().get(f"/skus/{shop.sku_id}/availability")
    assert public["items"] == [{"store_id": shop.store_id, "free_online": 10, "is_in_store": True}]


async def test_stock_needs_a_store_or_a_sku(shop: Merchant, mine: Client) -> None:
    assert (await refused(mine.get("/stock"))).code == "name_store_or_sku"
    assert (await refused(mine.get("/stock", sku_id=shop.sku_id, q="tea"))).code == "name_store_or_sku"
    assert (await refused(mine.get("/stock", sku_id=shop.sku_id, level="out"))).code == "name_store_or_sku"


async def test_a_shelf_is_searched_by_words_and_by_what_is_left(
    shop: Merchant, mine: Client, database: Database
) -> None:
    names = [f"Oolong {number}" for number in range(3)]
    for on_hand, name in zip((0, 9, 10), names, strict=True):
        draft = ProductDraft(
            external_id=new_id("p"), name=name, skus=[SkuDraft(external_id=new_id("x"), price_minor=100)]
        )
        sku_id = await database.run(lambda tx, now, draft=draft: make_sku(tx, shop.merchant_id, draft, now))
        await mine.put("/stock/levels", {"rows": [row(shop, on_hand) | {"sku_id": sku_id}]})
    await mine.put("/stock/levels", {"rows": [row(shop, 50)]})

    async def names_of(**query: Any) -> list[str]:
        """Read all pages of one level each."""
        found, cursor = [], {}
        while True:
            page = await mine.get("/stock", store_id=shop.store_id, limit=1, **query, **cursor)
            found += [item["name"] for item in page["items"]]
            if not page.get("next_cursor"):
                return sorted(found)
            cursor = {"cursor": page["next_cursor"]}

    assert await names_of() == [*names, "Tea"]
    assert await names_of(level="out") == names[:1]
    assert await names_of(level="low") == names[1:2]
    assert await names_of(q="oolong") == names
    assert await names_of(q="oolong", level="low") == names[1:2]
    assert await names_of(q="tea") == ["Tea"]
    assert await names_of(q="nothing") == []


async def make_sku(tx: Tx, merchant_id: str, draft: ProductDraft, now: datetime) -> str:
    """Make a product and return its SKU's id."""
    product = await catalog.create_product(tx, merchant_id, draft, now)
    [sku] = (await catalog.skus_of_products(tx, [product.product_id]))[product.product_id]
    return sku.sku_id


async def test_strangers_things_do_not_exist(
    shop: Merchant, mine: Client, database: Database, enter: Enter
) -> None:
    other = await merchant(database)
    for query in ({"sku_id": other.sku_id}, {"store_id": other.store_id}, {"sku_id": new_id("sku")}):
        assert (await refused(mine.get("/stock", **query))).status == 404
    for bad in (
        row(other, 1),
        row(shop, 1) | {"sku_id": other.sku_id},
        row(shop, 1) | {"store_id": other.store_id},
    ):
        assert (await refused(mine.put("/stock/levels", {"rows": [row(shop, 5), bad]}))).status == 404
    assert (await mine.get("/stock", sku_id=shop.sku_id))["items"] == []
    as_operator = enter(await operator(database))
    await as_operator.put("/stock/levels", {"rows": [row(other, 1), row(shop, 2)]})
    assert (await as_operator.get("/stock", sku_id=other.sku_id))["items"][0]["on_hand"] == 1


async def test_members_and_guests_may_not_count(shop: Merchant, database: Database, enter: Enter) -> None:
    _, token = await member(database)
    assert (await refused(enter(token).put("/stock/levels", {"rows": [row(shop, 1)]}))).status == 403
    assert (await refused(enter().get("/stock", sku_id=shop.sku_id))).status == 401


@pytest.mark.parametrize(
    "change",
    [
        {"on_hand": -1},
        {"on_hand": 1.5},
        {"on_hand": "1"},
        {"on_hand": 10**9 + 1},
        {"safety": -1},
        {"sells_online": "yes"},
        {"colour": "red"},
        {"sku_id": "no id"},
    ],
)
async def test_bad_counts_are_typed(shop: Merchant, mine: Client, change: dict[str, object]) -> None:
    problem = await refused(mine.put("/stock/levels", {"rows": [row(shop, 1) | change]}))
    assert (problem.status, problem.code) == (422, "bad_input")


async def test_every_bad_row_is_told_and_nothing_is_changed(
    shop: Merchant, mine: Client, database: Database
) -> None:
    await mine.put("/stock/levels", {"rows": [row(shop, 5)]})
    wish = ReserveRequest(new_id("ord"), lines((shop.sku_id, 3), place_id=shop.store_id))
    await database.run(lambda tx, now: service.reserve(tx, [wish], now))
    problem = await refused(mine.put("/stock/levels", {"rows": [row(shop, 2), row(shop, 9)]}))
    assert problem.code == "bad_counts"
    assert len(problem.document["details"]["errors"]) == 2
    assert (await mine.get("/stock", sku_id=shop.sku_id))["items"][0]["on_hand"] == 5


async def test_a_file_of_counts(shop: Merchant, mine: Client, database: Database) -> None:
    other = await merchant(database)
    text = "\n".join(
        [
            "store_external_id,store_id,sku_external_id,sku_id,on_hand,safety,sells_online,remark",
            f"{shop.store_external_id},,{shop.sku_external_id},,7,1,no,ok",
            f",{shop.store_id},,{shop.sku_id},8,,,twice",
            f",{other.store_id},,{shop.sku_id},8,,,a stranger's store",
            f",{shop.store_id},,{other.sku_id},8,,,a stranger's SKU",
            f"{shop.store_external_id},,nothing,,8,,,unknown SKU",
            f"{shop.store_external_id},,{shop.sku_external_id},,-1,,,below zero",
            f"{shop.store_external_id},,{shop.sku_external_id},,many,,,no number",
            f"{shop.store_external_id},,,,1,,,no SKU",
            f",,{shop.sku_external_id},,1,,,no store",
            f"{shop.store_external_id},,{shop.sku_external_id},,1,,perhaps,unknown word",
            f"{shop.store_external_id},,=cmd(),,1,,,a formula",
        ]
    )
    report = await mine.post("/imports/stock", raw=text.encode(), media="text/csv")
    assert (report["created_count"], report["updated_count"], report["error_count"]) == (1, 0, 10)
    found = {error["line"]: error["code"] for error in report["errors"]}
    assert found[3] == "duplicate"
    assert found[4] == "unknown_store"
    assert {found[5], found[6]} == {"unknown_sku"}
    assert found[9] == found[10] == "empty"
    assert found[12] == "formula"
    assert report["ignored_columns"] == ["remark"]
    [level] = (await mine.get("/stock", sku_id=shop.sku_id))["items"]
    assert (level["on_hand"], level["safety"], level["sells_online"]) == (7, 1, False)
    again = await mine.post("/imports/stock", raw=text.encode(), media="text/csv")
    assert (again["created_count"], again["updated_count"], again["unchanged_count"]) == (0, 0, 1)


async def test_a_dry_run_keeps_nothing(shop: Merchant, mine: Client) -> None:
    text = f"store_id,sku_id,on_hand\n{shop.store_id},{shop.sku_id},7\n"
    report = await mine.post("/imports/stock", raw=text.encode(), media="text/csv", dry_run="true")
    assert (report["created_count"], report["is_dry_run"]) == (1, True)
    assert (await mine.get("/stock", sku_id=shop.sku_id))["items"] == []


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty_file"),
        (b"store_id,sku_id\nx,y\n", "missing_columns"),
        (b"store_id,store_id,on_hand\n", "repeated_columns"),
        ("门店,on_hand\n".encode("gb18030") + "人民广场,1\n".encode("gb18030"), "wrong_encoding"),
    ],
)
async def test_files_that_cannot_be_read(mine: Client, raw: bytes, code: str) -> None:
    assert (await refused(mine.post("/imports/stock", raw=raw or b" ", media="text/csv"))).code == code


async def test_an_unknown_sku_is_nowhere(enter: Enter) -> None:
    assert (await refused(enter().get("/skus/sku_none/availability"))).status == 404
