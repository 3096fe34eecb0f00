"""Decide on hours, distances and cells: pure functions."""

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

import h3.api.basic_int as h3

from fairday.kernel.csv_cells import CellError
from fairday.places.types import Opening, Store, StoreStatus

EARTH_M = 6_371_008.8
"""Mean radius of the Earth in metres. Source: IUGG."""

FINEST = 15
DISK = 2
LADDER = (9, 8, 7, 6, 5, 4, 3, 2, 1)
"""H3 resolutions of the search, finest first: edge 0.2 km to 483 km; each step looks at seven times the area."""

_CHILD_SCALE = 1.4
"""How far descendants may reach beyond their ancestor's edge, as a factor. Source: H3's polygon fill algorithm."""

_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_SPAN = re.compile(r"([0-2][0-9]:[0-5][0-9])-([0-2][0-9]:[0-5][0-9])")


def province_of(region_id: str) -> str | None:
    """Return the ISO 3166-2 province of a region ("CN-GD-SZ" is in "CN-GD"), or None for a country."""
    parts = region_id.split("-")
    return "-".join(parts[:2]) if len(parts) > 1 else None


@cache
def zones() -> frozenset[str]:
    """Return the names of the IANA time zones known here."""
    return frozenset(available_timezones())


def is_open(store: Store, now: datetime) -> bool:
    """Tell whether `store` is open at `now`: by its status, its weekly hours in its own zone and its closed dates.

    An opening belongs to the date on which it begins, also past midnight. No hours means around the clock.
    """
    if store.status is not StoreStatus.OPEN:
        return False
    local = now.astimezone(ZoneInfo(store.time_zone))
    minute = local.hour * 60 + local.minute
    today = local.date()
    if not store.hours:
        return today not in store.closed_on
    for day, at in ((today, minute), (today - timedelta(days=1), minute + 1440)):
        if day in store.closed_on:
            continue
        weekday = day.isoweekday()
        for opening in store.hours:
            if opening.weekday == weekday:
                opens, closes = _minutes(opening.opens, opening.closes)
                if opens <= at < closes:
                    return True
    return False


@lru_cache(maxsize=4096)
def _minutes(opens: str, closes: str) -> tuple[int, int]:
    """Return minutes from the midnight that begins the day; past midnight counts on beyond 1440."""
    begin, end = (int(text[:2]) * 60 + int(text[3:]) for text in (opens, closes))
    return begin, end if end > begin else end + 1440


def multirange(hours: Sequence[Opening]) -> str:
    """Write weekly hours as an int4multirange of minutes of the week; Sunday past midnight comes round to Monday."""
    if not hours:
        return "{[0,10080)}"
    spans: list[str] = []
    for opening in hours:
        opens, closes = _minutes(opening.opens, opening.closes)
        begin = (opening.weekday - 1) * 1440 + opens
        end = begin + closes - opens
        spans.append(f"[{begin},{min(end, 10080)})")
        if end > 10080:
            spans.append(f"[0,{end - 10080})")
    return "{" + ",".join(spans) + "}"


def parse_hours(text: str) -> tuple[Opening, ...]:
    """Read hours as OpenStreetMap writes them: "Mo-Fr 10:00-22:00; Sa,Su 09:00-02:00", or "24/7".

    Raises: CellError. Source: the opening_hours specification; week days with spans only.
    """
    if text.strip() == "24/7":
        return ()
    openings: list[Opening] = []
    for part in text.split(";"):
        if part.strip():
            days, _, spans = part.strip().partition(" ")
            openings += [Opening(day, *span) for day in _weekdays(days, text) for span in _spans(spans, text)]
    if not openings or len(openings) > 50:
        raise _bad_hours(text)
    return tuple(openings)


def _weekdays(text: str, whole: str) -> list[int]:
    days: list[int] = []
    for part in text.lower().split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last and last not in _DAYS):
            raise _bad_hours(whole)
        begin = _DAYS.index(first)
        count = (_DAYS.index(last) - begin) % 7 + 1 if last else 1
        days += [(begin + step) % 7 + 1 for step in range(count)]
    return days


def _spans(text: str, whole: str) -> list[tuple[str, str]]:
    spans: list[tuple[str, str]] = []
    for part in text.replace(" ", "").split(","):
        match = _SPAN.fullmatch(part)
        if match is None or match[1] >= "24:00" or match[2] > "24:00":
            raise _bad_hours(whole)
        spans.append((match[1], match[2]))
    return spans


def _bad_hours(text: str) -> CellError:
    return CellError(
        "bad_hours",
        f"{text[:60]!r} is not read. Write hours as: Mo-Fr 10:00-22:00; Sa,Su 09:00-02:00 (or 24/7).",
        f"无法识别营业时间 {text[:60]!r}，请写成：Mo-Fr 10:00-22:00; Sa,Su 09:00-02:00（或 24/7）。",
    )


def parse_dates(text: str) -> tuple[date, ...]:
    """Read dates between spaces, commas or semicolons. Raises: CellError."""
    try:
        return tuple(sorted({date.fromisoformat(part) for part in re.split(r"[\s,;]+", text) if part}))[:100]
    except ValueError:
        raise CellError(
            "not_a_date",
            "Write dates as 2026-11-11 with spaces between.",
            "日期请写成 2026-11-11，多个日期以空格分隔。",
        ) from None


def distance_m(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """Return the great-circle distance in metres by the haversine formula on the mean sphere."""
    a, b = math.radians(latitude_a), math.radians(latitude_b)
    half = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(longitude_b - longitude_a) / 2) ** 2
    )
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(half)))


def cell_of(latitude: float, longitude: float) -> int:
    """Return the H3 cell of resolution 15 (half a metre): the cells of one ancestor are one range of numbers."""
    return int(h3.latlng_to_cell(latitude, longitude, FINEST))


def disk(latitude: float, longitude: float, resolution: int) -> tuple[list[tuple[int, int]], float]:
    """Return the ranges of finest cells within two rings, and a distance in metres inside which none is missing.

    The distance is the least from the point to the third ring's cells, each taken as a circle around all that may
    descend from it, so that answers nearer than it are exact.
    """
    centre = h3.cell_to_parent(h3.latlng_to_cell(latitude, longitude, FINEST), resolution)
    inside = set(h3.grid_disk(centre, DISK))
    around = set(h3.grid_disk(centre, DISK + 1)) - inside
    if not around:
        return [(0, 2**63 - 1)], math.inf
    reach = min(_gap_m(latitude, longitude, cell) for cell in around)
    return sorted(_descendants(cell, resolution) for cell in inside), max(0.0, reach)


def _gap_m(latitude: float, longitude: float, cell: int) -> float:
    centre_latitude, centre_longitude = h3.cell_to_latlng(cell)
    radius = max(
        distance_m(centre_latitude, centre_longitude, *corner) for corner in h3.cell_to_boundary(cell)
    )
    return distance_m(latitude, longitude, centre_latitude, centre_longitude) - radius * _CHILD_SCALE


def _descendants(cell: int, resolution: int) -> tuple[int, int]:
    """Return the first and last number of the finest cells below `cell`: its digits, then all 0, to all 6."""
    bits = 3 * (FINEST - resolution)
    first = ((cell & ~(0xF << 52)) | (FINEST << 52)) >> bits << bits
    return first, first | sum(6 << (3 * place) for place in range(FINEST - resolution))
