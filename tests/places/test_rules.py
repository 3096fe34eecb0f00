"""Decide on hours, dates, distances and cells at exact boundaries."""

import math
import random
from datetime import UTC, date, datetime

import pytest

from fairday.kernel.csv_cells import CellError
from fairday.places import rules
from fairday.places.types import Opening, Store, StoreStatus


def a_store(**changes: object) -> Store:
    """Return a store in Shanghai that is open Monday to Friday from 10:00 to 22:00."""
    fields: dict[str, object] = {
        "store_id": "sto_1",
        "merchant_id": "mer_1",
        "region_id": "CN-SH",
        "mall_id": None,
        "name": "n",
        "name_en": "n",
        "address": "",
        "latitude": 31.23,
        "longitude": 121.47,
        "time_zone": "Asia/Shanghai",
        "hours": rules.parse_hours("Mo-Fr 10:00-22:00; Sa 18:00-02:00"),
        "status": StoreStatus.OPEN,
        "external_id": "S1",
    }
    return Store(**(fields | changes))


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-11-11T01:59:59.999999", False),  # Wednesday 09:59:59.999999 in Shanghai
        ("2026-11-11T02:00:00", True),
        ("2026-11-11T13:59:59.999999", True),
        ("2026-11-11T14:00:00", False),
        ("2026-11-14T09:59:59", False),  # Saturday 17:59:59
        ("2026-11-14T10:00:00", True),
        ("2026-11-14T17:59:59.999999", True),  # Sunday 01:59:59, Saturday's opening
        ("2026-11-14T18:00:00", False),
        ("2026-11-15T04:00:00", False),  # Sunday noon
    ],
)
def test_open_at_the_boundaries_of_hours_also_past_midnight(instant: str, expected: bool) -> None:
    assert rules.is_open(a_store(), datetime.fromisoformat(instant).replace(tzinfo=UTC)) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"status": StoreStatus.PAUSED}, False),
        ({"status": StoreStatus.CLOSED}, False),
        ({"closed_on": (date(2026, 11, 14),)}, False),
        ({"closed_on": (date(2026, 11, 15),)}, True),  # the opening began on the 14th
        ({"hours": ()}, True),
        ({"hours": (), "closed_on": (date(2026, 11, 15),)}, False),
        ({"hours": (Opening(7, "00:00", "24:00"),)}, True),
        ({"time_zone": "America/New_York"}, False),  # Saturday 11:00 there
    ],
)
def test_open_by_status_dates_and_zone_at_one_on_sunday(changes: dict[str, object], expected: bool) -> None:
    assert rules.is_open(a_store(**changes), datetime(2026, 11, 14, 17, 0, tzinfo=UTC)) is expected


def test_hours_follow_the_clocks_of_a_place_with_summer_time() -> None:
    store = a_store(time_zone="Europe/Berlin", hours=rules.parse_hours("Su 10:00-11:00"))
    assert rules.is_open(store, datetime(2026, 3, 29, 8, 0, tzinfo=UTC))  # summer time began this night
    assert not rules.is_open(store, datetime(2026, 3, 29, 9, 0, tzinfo=UTC))
    assert rules.is_open(store, datetime(2026, 3, 22, 9, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("24/7", 0),
        ("Mo-Su 10:00-22:00", 7),
        ("mo,we 10:00-12:00,13:00-18:00; Sa-Mo 09:00-24:00", 7),
        ("Fr-Mo 22:00-06:00", 4),
        ("", None),
        ("10:00-22:00", None),
        ("Mo-Xx 10:00-22:00", None),
        ("Mo 25:00-26:00", None),
        ("Mo 24:00-02:00", None),
        ("Mo 10:00", None),
        (
            "Mo-Su 00:00-01:00,01:00-02:00,02:00-03:00,03:00-04:00,04:00-05:00,05:00-06:00,06:00-07:00,07:00-08:00",
            None,
        ),
    ],
)
def test_hours_are_read_as_openstreetmap_writes_them(text: str, count: int | None) -> None:
    if count is None:
        with pytest.raises(CellError):
            rules.parse_hours(text)
    else:
        assert len(rules.parse_hours(text)) == count


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("24/7", "{[0,10080)}"),
        ("Mo 09:00-18:00", "{[540,1080)}"),
        ("Sa 18:00-02:00", "{[8280,8760)}"),
        ("Su 22:00-06:00", "{[9960,10080),[0,360)}"),
        ("Su 00:00-24:00", "{[8640,10080)}"),
    ],
)
def test_hours_are_minutes_of_the_week(hours: str, expected: str) -> None:
    assert rules.multirange(rules.parse_hours(hours)) == expected


def test_dates_are_read_in_a_list() -> None:
    assert rules.parse_dates("2026-11-12, 2026-11-11;2026-11-12") == (date(2026, 11, 11), date(2026, 11, 12))
    with pytest.raises(CellError):
        rules.parse_dates("11/11")


@pytest.mark.parametrize(
    ("region_id", "expected"),
    [("CN", None), ("CN-SH", "CN-SH"), ("CN-GD-SZ", "CN-GD"), ("US-CA-SF", "US-CA")],
)
def test_a_city_is_in_its_province(region_id: str, expected: str | None) -> None:
    assert rules.province_of(region_id) == expected


def test_distances_are_great_circles() -> None:
    assert rules.distance_m(31.2304, 121.4737, 31.2304, 121.4737) == 0
    assert rules.distance_m(31.2304, 121.4737, 39.9042, 116.4074) == pytest.approx(1_067_300, rel=0.001)
    assert rules.distance_m(0, 179.9, 0, -179.9) == pytest.approx(22_239, rel=0.001)


@pytest.mark.parametrize("resolution", rules.LADDER)
def test_nothing_nearer_than_the_reach_of_a_disk_is_outside_it(resolution: int) -> None:
    seeded = random.Random(resolution)
    for _ in range(25):
        latitude = math.degrees(math.asin(seeded.uniform(-1, 1)))
        longitude = seeded.uniform(-180, 180)
        ranges, reach_m = rules.disk(latitude, longitude, resolution)
        assert reach_m > 0
        for _ in range(25):
            point = _moved(latitude, longitude, reach_m * seeded.random() ** 0.1, seeded.uniform(0, math.tau))
            cell = rules.cell_of(*point)
            assert any(low <= cell <= high for low, high in ranges)


def _moved(latitude: float, longitude: float, metres: float, bearing: float) -> tuple[float, float]:
    phi, delta = math.radians(latitude), metres / rules.EARTH_M
    to = math.asin(math.sin(phi) * math.cos(delta) + math.cos(phi) * math.sin(delta) * math.cos(bearing))
    turn = math.atan2(
        math.sin(bearing) * math.sin(delta) * math.cos(phi), math.cos(delta) - math.sin(phi) * math.sin(to)
    )
    return math.degrees(to), (longitude + math.degrees(turn) + 540) % 360 - 180
