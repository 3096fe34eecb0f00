"""Read a file of places: rows are judged one by one, good ones are kept in small transactions, so it can be done again.

Columns: external_id, name, region (ISO CN-SH, national code 31 or the Chinese name), latitude, longitude (WGS-84) must be
there; name_en, kind, address, mall_external_id, time_zone, hours (Mo-Fr 10:00-22:00), closed_on, status may be.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from fairday.kernel import csv_cells, csv_rows, outbox
from fairday.kernel.csv_cells import CellError
from fairday.kernel.csv_rows import Column, ErrorList, ImportReport, Row, RowError
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from fairday.places import rules, store
from fairday.places.events import StoresImported
from fairday.places.types import StoreDraft, StoreKind, StoreStatus

CHUNK = 2000
_OLD_CODES = {"91": "CN-HK", "92": "CN-MO"}
"""Numeric codes of ISO 3166-2:CN before 2017 that differ from GB/T 2260."""


class _DryRun(Exception):
    """Roll a chunk back after it was counted."""


def columns(regions: dict[str, str]) -> tuple[Column, ...]:
    """Return the columns of a file of places; `regions` maps what people write to region ids."""
    return (
        Column("external_id", parse=csv_cells.text(64)),
        Column("name", parse=csv_cells.text(120)),
        Column("region", parse=_region(regions)),
        Column("latitude", parse=csv_cells.coordinate(90), may_begin_with_sign=True),
        Column("longitude", parse=csv_cells.coordinate(180), may_begin_with_sign=True),
        Column("name_en", False, csv_cells.text(120), ""),
        Column("kind", False, csv_cells.choice(StoreKind), StoreKind.OTHER),
        Column("address", False, csv_cells.text(200), ""),
        Column("mall_external_id", False, csv_cells.text(64)),
        Column("time_zone", False, _zone, "Asia/Shanghai"),
        Column("hours", False, rules.parse_hours, ()),
        Column("closed_on", False, rules.parse_dates, ()),
        Column("status", False, csv_cells.choice(StoreStatus), StoreStatus.OPEN),
    )


async def import_places(
    database: Database,
    merchant_id: str,
    body: bytes,
    *,
    dry_run: bool = False,
    encoding: csv_rows.Encoding = "utf-8",
    progress: Callable[[int], None] | None = None,
    errors: ErrorList | None = None,
) -> ImportReport:
    """Import a CSV file of a merchant's stores, keyed by external id; the same file again changes nothing.

    Rows are taken in transactions of `CHUNK` rows. `dry_run` counts the same and keeps nothing. `progress` hears after
    each of them how many rows were read; `errors` takes the reasons of refused rows.
    Raises: what `csv_rows.read` raises.
    """
    import_id, errors = new_id("imp"), errors if errors is not None else ErrorList()
    async with database.transaction(read_only=True) as (tx, _):
        regions = _region_names(await store.list_regions(tx))
    rows = await asyncio.to_thread(csv_rows.read, body, columns(regions), encoding=encoding)
    items = iter(rows)
    counts, seen = [0, 0, 0], dict[str, int]()
    while True:
        drafts = await asyncio.to_thread(_chunk, items, errors, seen)
        if drafts is None:
            break
        taken = await _take(database, merchant_id, import_id, drafts, errors, dry_run)
        counts = [have + more for have, more in zip(counts, taken, strict=True)]
        if progress is not None:
            progress(rows.row_count)
    return ImportReport(
        import_id=import_id,
        created_count=counts[0],
        updated_count=counts[1],
        unchanged_count=counts[2],
        error_count=errors.count,
        errors=errors.shown,
        is_dry_run=dry_run,
        ignored_columns=rows.ignored_columns,
    )


def _chunk(
    items: Iterator[Row | RowError], errors: ErrorList, seen: dict[str, int]
) -> list[tuple[int, StoreDraft, str | None]] | None:
    """Read the next rows as (line, draft, mall's external id); None at the end of the file."""
    taken = list(islice(items, CHUNK))
    if not taken:
        return None
    drafts = []
    for item in taken:
        if isinstance(item, RowError):
            errors.add(item)
            continue
        values = dict(item.values)
        external_id = values["external_id"]
        if external_id in seen:
            errors.add(
                RowError(
                    item.line,
                    "external_id",
                    "duplicate",
                    f"The same external_id stands in line {seen[external_id]}; that one counts.",
                    f"该 external_id 已在第 {seen[external_id]} 行出现，以该行为准。",
                )
            )
            continue
        seen[external_id] = item.line
        if values["latitude"] == values["longitude"] == 0:
            errors.add(
                RowError(
                    item.line,
                    "latitude",
                    "no_coordinates",
                    "Latitude and longitude are both 0: give the place's own.",
                    "经纬度均为 0，请填写真实坐标。",
                )
            )
            continue
        drafts.append((item.line, *_draft(values)))
    return drafts


def _draft(values: dict[str, Any]) -> tuple[StoreDraft, str | None]:
    mall = values.pop("mall_external_id")
    return StoreDraft(region_id=values.pop("region"), **values), mall


async def _take(
    database: Database,
    merchant_id: str,
    import_id: str,
    drafts: Sequence[tuple[int, StoreDraft, str | None]],
    errors: ErrorList,
    dry_run: bool,
) -> tuple[int, int, int]:
    counted = (0, 0, 0)
    unknown: list[RowError] = []

    async def work(tx: Tx, now: datetime) -> None:
        nonlocal counted, unknown
        wanted = sorted({mall for _, _, mall in drafts if mall is not None})
        malls = await store.mall_ids(tx, wanted) if wanted else {}
        unknown = [_no_mall(line, mall) for line, _, mall in drafts if mall is not None and mall not in malls]
        good = [
            (new_id("sto"), draft if mall is None else _in_mall(draft, malls[mall]))
            for _, draft, mall in drafts
            if mall is None or mall in malls
        ]
        changed = await store.upsert_stores(tx, merchant_id, good) if good else []
        created = sum(is_new for _, _, is_new in changed)
        counted = (created, len(changed) - created, len(good) - len(changed))
        if dry_run:
            raise _DryRun
        if changed:
            event = StoresImported(
                import_id=import_id, merchant_id=merchant_id, created_count=created, updated_count=counted[1]
            )
            await outbox.publish(tx, [event], now)

    if drafts:
        with contextlib.suppress(_DryRun):
            await database.run(work)
        for error in unknown:
            errors.add(error)
    return counted


def _in_mall(draft: StoreDraft, mall_id: str) -> StoreDraft:
    values = {name: getattr(draft, name) for name in draft.__struct_fields__}
    return StoreDraft(**(values | {"mall_id": mall_id}))


def _no_mall(line: int, external_id: str) -> RowError:
    return RowError(
        line,
        "mall_external_id",
        "unknown_mall",
        f"There is no mall {external_id}. Ask the operator to add it.",
        f"没有商场 {external_id}，请联系运营人员添加。",
    )


def _region_names(regions: Sequence[tuple[Any, str | None]]) -> dict[str, str]:
    """Map ids, national codes, and full and short names (上海市, 上海) to region ids; provinces win over cities."""
    names = dict(_OLD_CODES)
    for region, code in sorted(regions, key=lambda pair: -len(pair[0].region_id)):
        short = region.name
        for ending in ("特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市"):
            short = short.removesuffix(ending)
        for name in (region.region_id, code, region.name, short, region.name_en):
            if name:
                names[name.lower()] = region.region_id
    return names


def _region(regions: dict[str, str]) -> Callable[[str], str]:
    def parse(cell: str) -> str:
        try:
            return regions[cell.lower()]
        except KeyError:
            raise CellError(
                "unknown_region",
                f"{cell[:40]!r} is no region. Write its ISO 3166-2 code, for example CN-SH (see GET /v1/regions).",
                f"没有地区 {cell[:40]!r}，请填写 ISO 3166-2 代码，例如 CN-SH（见 GET /v1/regions）。",
            ) from None

    return parse


def _zone(cell: str) -> str:
    if cell not in rules.zones():
        raise CellError(
            "unknown_time_zone",
            f"{cell[:40]!r} is no IANA time zone. Write for example Asia/Shanghai.",
            f"{cell[:40]!r} 不是 IANA 时区，请写成例如 Asia/Shanghai。",
        )
    return cell
