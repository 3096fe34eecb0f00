"""Make, change, find and import places."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fairday.kernel.csv_rows import MissingColumns, WrongEncoding
from fairday.kernel.errors import NotFound
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from fairday.places import rules, service
from fairday.places.errors import ExternalIdTaken, NoCoordinates, UnknownMall, UnknownRegion, UnknownTimeZone
from fairday.places.types import MallDraft, Opening, RegionDraft, Store, StoreChange, StoreDraft, StoreStatus
from tests.conftest import data_folder

HEAD = "external_id,name,region,latitude,longitude,hours,status\n"


def a_draft(**changes: object) -> StoreDraft:
    """Return a good draft with some changes."""
    fields: dict[str, object] = {
        "external_id": new_id("s"),
        "name": "人民广场店",
        "region_id": "CN-SH",
        "latitude": 31.2304,
        "longitude": 121.4737,
    }
    return StoreDraft(**(fields | changes))


@pytest.fixture
async def merchant_id(database: Database) -> AsyncIterator[str]:
    """Return a merchant of its own, whose committed stores are removed after the test."""
    merchant_id = new_id("mer")
    yield merchant_id
    async with database.transaction() as (tx, _):
        await tx.execute("DELETE FROM places.store WHERE merchant_id = $1", merchant_id)


async def test_a_store_is_made_found_and_changed(tx: Tx, now: datetime) -> None:
    made = await service.create_store(tx, "mer_1", a_draft(hours=rules.parse_hours("Mo 09:00-18:00")), now)
    assert await service.stores(tx, [made.store_id, "sto_none"]) == {made.store_id: made}
    changed = await service.change_store(
        tx, made.store_id, StoreChange(status=StoreStatus.PAUSED, latitude=31.5), now
    )
    assert changed == await service.get_store(tx, made.store_id)
    assert (changed.status, changed.latitude, changed.name) == (StoreStatus.PAUSED, 31.5, made.name)
    assert await service.change_store(tx, made.store_id, StoreChange(), now) == changed
    kinds = await tx.fetch("SELECT type FROM kernel.event WHERE subject = $1", made.store_id)
    assert [row["type"] for row in kinds] == ["places.StoreChanged"] * 2


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"region_id": "CN-QQ"}, UnknownRegion),
        ({"mall_id": "mal_none"}, UnknownMall),
        ({"time_zone": "Asia/Peking"}, UnknownTimeZone),
        ({"latitude": 0.0, "longitude": 0.0}, NoCoordinates),
    ],
)
async def test_bad_stores_are_refused(
    tx: Tx, now: datetime, changes: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await service.create_store(tx, "mer_1", a_draft(**changes), now)


async def test_an_external_id_is_taken_once_per_merchant(tx: Tx, now: datetime) -> None:
    draft = a_draft()
    await service.create_store(tx, "mer_1", draft, now)
    await service.create_store(tx, "mer_2", draft, now)
    with pytest.raises(ExternalIdTaken):
        await service.create_store(tx, "mer_1", draft, now)


async def test_regions_and_malls_are_added_below_what_is_there(tx: Tx, now: datetime) -> None:
    assert len([one for one in await service.regions(tx) if one.parent_id == "CN"]) == 34
    city = await service.create_region(tx, RegionDraft(region_id="CN-GD-SZ", name="深圳市"), now)
    assert (city.parent_id, city.kind) == ("CN-GD", "city")
    with pytest.raises(ExternalIdTaken):
        await service.create_region(tx, RegionDraft(region_id="CN-GD-SZ", name="深圳市"), now)
    with pytest.raises(UnknownRegion):
        await service.create_region(tx, RegionDraft(region_id="CN-XX-SZ", name="x"), now)
    mall = await service.create_mall(
        tx,
        MallDraft(external_id="m1", name="江畔广场", region_id="CN-GD-SZ", latitude=22.5, longitude=114.05),
        now,
    )
    assert await service.get_mall(tx, mall.mall_id) == mall
    with pytest.raises(NotFound):
        await service.get_mall(tx, "mal_none")


async def test_the_nearest_are_exact_at_every_scale(tx: Tx, now: datetime) -> None:
    merchant_id = new_id("mer")
    made: list[Store] = []
    for place in range(40):
        # Each twice as far as the one before: from 10 m to across the world, turning around the point.
        metres = 10 * 1.4**place
        turn = place * 2.4
        latitude = 31.2 + metres / 111_195 * (0.8 if place % 2 else -0.8)
        longitude = 121.4 + metres / 111_195 / 2 * (1 if turn % 2 < 1 else -1)
        draft = a_draft(latitude=latitude, longitude=(longitude + 180) % 360 - 180)
        if abs(draft.latitude) < 85:
            made.append(await service.create_store(tx, merchant_id, draft, now))
    expected = sorted(made, key=lambda one: rules.distance_m(31.2, 121.4, one.latitude, one.longitude))
    for limit in (1, 5, 20, len(made)):
        near = await service.nearest(
            tx, 31.2, 121.4, limit=limit, radius_m=21e6, merchant_ids=[merchant_id], now=now
        )
        assert [one.store.store_id for one in near] == [one.store_id for one in expected[:limit]]
        for one in near:
            metres = rules.distance_m(31.2, 121.4, one.store.latitude, one.store.longitude)
            assert one.distance_m == pytest.approx(metres, abs=1)
    ids = [one.store_id for one in expected[3:9]]
    among = await service.nearest(tx, 31.2, 121.4, limit=3, radius_m=21e6, store_ids=ids, now=now)
    assert [one.store.store_id for one in among] == ids[:3]
    within = await service.nearest(
        tx, 31.2, 121.4, limit=100, radius_m=5000, merchant_ids=[merchant_id], now=now
    )
    assert len(within) == sum(
        rules.distance_m(31.2, 121.4, one.latitude, one.longitude) <= 5000 for one in made
    )


async def test_the_nearest_open_ones_are_found_behind_many_closed_ones(tx: Tx, now: datetime) -> None:
    merchant_id = new_id("mer")
    for place in range(60):
        status = StoreStatus.OPEN if place in (50, 55) else StoreStatus.PAUSED
        await service.create_store(tx, merchant_id, a_draft(latitude=31 + place / 1000, status=status), now)
    await service.create_store(tx, merchant_id, a_draft(latitude=31.0, status=StoreStatus.CLOSED), now)
    near = await service.nearest(
        tx, 31, 121.4737, limit=2, merchant_ids=[merchant_id], open_now=True, now=now
    )
    assert [round(one.store.latitude, 3) for one in near] == [31.05, 31.055]
    ids = [one.store.store_id for one in near]
    among = await service.nearest(tx, 31, 121.4737, limit=2, store_ids=ids, open_now=True, now=now)
    assert among == near
    today = now.astimezone(ZoneInfo("Asia/Shanghai")).date()
    await service.change_store(tx, ids[0], StoreChange(closed_on=(today,)), now)
    await service.change_store(tx, ids[1], StoreChange(hours=_never_at(now)), now)
    assert not await service.nearest(tx, 31, 121.4737, merchant_ids=[merchant_id], open_now=True, now=now)
    first = await service.nearest(tx, 31, 121.4737, limit=1, merchant_ids=[merchant_id], now=now)
    assert first[0].store.status is StoreStatus.PAUSED
    assert first[0].is_open_now is False


async def test_a_file_keeps_good_rows_names_bad_ones_and_may_come_again(
    database: Database, merchant_id: str
) -> None:
    good = "A,茶馆,CN-SH,31.2,121.4,Mo-Su 09:00-22:00,open\nB,书店,上海,31.3,121.5,,\nC,面馆,31,31.4,121.6,24/7,paused\n"
    bad = (
        "A,twice,CN-SH,1,1,,\nD,=cmd(),CN-SH,1,1,,\nE,n,CN-QQ,1,1,,\nF,n,CN-SH,91,1,,\nG,n,CN-SH,0,0,,\n"
        "H,n,CN-SH,1,1,nine to five,\n,n,CN-SH,1,1,,\nI,n,CN-SH,1\n"
    )
    body = ("\ufeff" + HEAD + good + bad).encode()
    rehearsed = await service.import_places(database, merchant_id, body, dry_run=True)
    assert (rehearsed.created_count, rehearsed.error_count, rehearsed.is_dry_run) == (3, 8, True)
    report = await service.import_places(database, merchant_id, body)
    assert (report.created_count, report.updated_count, report.unchanged_count, report.error_count) == (
        3,
        0,
        0,
        8,
    )
    assert [(one.line, one.column, one.code) for one in report.errors] == [
        (5, "external_id", "duplicate"),
        (6, "name", "formula"),
        (7, "region", "unknown_region"),
        (8, "latitude", "out_of_range"),
        (9, "latitude", "no_coordinates"),
        (10, "hours", "bad_hours"),
        (11, "external_id", "empty"),
        (12, "", "wrong_width"),
    ]
    again = await service.import_places(database, merchant_id, body)
    assert (again.created_count, again.updated_count, again.unchanged_count) == (0, 0, 3)
    changed = await service.import_places(
        database, merchant_id, body.replace("书店".encode(), "大书店".encode())
    )
    assert (changed.created_count, changed.updated_count, changed.unchanged_count) == (0, 1, 2)


async def test_a_file_that_cannot_be_read_is_refused_as_a_whole(database: Database, merchant_id: str) -> None:
    with pytest.raises(MissingColumns) as caught:
        await service.import_places(database, merchant_id, b"external_id,name\n1,2\n")
    assert caught.value.details["missing"] == "region, latitude, longitude"
    body = (HEAD + "A,茶馆,上海,31.2,121.4,,\n").encode("gbk")
    with pytest.raises(WrongEncoding):
        await service.import_places(database, merchant_id, body)
    report = await service.import_places(database, merchant_id, body, encoding="gb18030")
    assert report.created_count == 1


async def test_the_real_stores_of_a_chain_are_imported_and_each_is_found_where_it_is(
    database: Database, merchant_id: str
) -> None:
    body = _real_stores()
    report = await service.import_places(database, merchant_id, body)
    assert (report.created_count, report.error_count) == (2734, 0), report.errors[:5]
    again = await service.import_places(database, merchant_id, body)
    assert (again.created_count, again.updated_count, again.unchanged_count) == (0, 0, 2734)
    async with database.transaction(read_only=True) as (tx, now):
        rows = await tx.fetch(
            "SELECT store_id, latitude, longitude FROM places.store WHERE merchant_id = $1", merchant_id
        )
        assert len(rows) == 2734
        by_point: dict[tuple[float, float], set[str]] = {}
        for row in rows:
            by_point.setdefault((row["latitude"], row["longitude"]), set()).add(row["store_id"])
        for here, expected in by_point.items():
            # Coordinates are rounded to 0.01 degrees in this file, so many stores share one point.
            near = await service.nearest(
                tx, *here, limit=len(expected), radius_m=10, merchant_ids=[merchant_id], now=now
            )
            assert {one.store.store_id for one in near} == expected
            assert near[-1].distance_m == 0


def _never_at(now: datetime) -> tuple[Opening, ...]:
    """Return hours that begin an hour after `now` in Shanghai and last one minute."""
    later = now.astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(hours=1)
    minute_after = later + timedelta(minutes=1)
    return (Opening(later.isoweekday(), f"{later:%H:%M}", f"{minute_after:%H:%M}"),)


def _real_stores() -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["external_id", "name", "region", "latitude", "longitude", "address", "kind"])
    with (data_folder() / "stores" / "starbucks_cn.csv").open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            writer.writerow(
                [
                    row["Store Number"],
                    row["Store Name"],
                    row["State/Province"],
                    row["Latitude"],
                    row["Longitude"],
                    row["Street Address"][:200].strip(),
                    "restaurant",
                ]
            )
    return out.getvalue().encode()
