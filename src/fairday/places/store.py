"""Run the queries of places: one thin typed function each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.places.rules import EARTH_M, cell_of, multirange
from fairday.places.types import Mall, Opening, Region, Store, StoreDraft, StoreKind, StoreStatus

sql = Queries("fairday.places")
Near = list[tuple[str, float]]


async def stores(tx: Tx, ids: Sequence[str]) -> list[Store]:
    """Return the stores among `ids`."""
    return [_store(row) for row in await tx.fetch(sql.find_stores, ids)]


async def store_ids(tx: Tx, merchant_id: str, external_ids: Sequence[str]) -> dict[str, str]:
    """Return store ids by external id."""
    rows = await tx.fetch(sql.find_stores_by_external_id, merchant_id, external_ids)
    return {row["external_id"]: row["store_id"] for row in rows}


async def list_stores(
    tx: Tx, after: str, merchant_id: str | None, mall_id: str | None, region_id: str | None, limit: int
) -> list[Store]:
    """Return stores in id order after `after`; a region includes those below it."""
    rows = await tx.fetch(sql.list_stores, after, merchant_id, mall_id, region_id, limit)
    return [_store(row) for row in rows]


async def near_in_ranges(
    tx: Tx,
    ranges: Sequence[tuple[int, int]],
    point: tuple[float, float],
    limit: int,
    merchant_ids: Sequence[str] | None,
    open_at: datetime | None,
) -> Near:
    """Return the nearest (store id, metres) in ranges of cells: of some merchants, open by weekly hours, where given."""
    arguments: list[Any] = [
        [low for low, _ in ranges],
        [high for _, high in ranges],
        *point,
        2 * EARTH_M,
        limit,
    ]
    if open_at is not None:
        arguments.append(open_at)
        query = sql.near_open_in_ranges if merchant_ids is None else sql.near_open_in_ranges_of_merchants
    else:
        query = sql.near_in_ranges if merchant_ids is None else sql.near_in_ranges_of_merchants
    if merchant_ids is not None:
        arguments.append(merchant_ids)
    return [(row["store_id"], row["distance_m"]) for row in await tx.fetch(query, *arguments)]


async def near_among(
    tx: Tx, ids: Sequence[str], point: tuple[float, float], limit: int, open_at: datetime | None
) -> Near:
    """Return the nearest (store id, metres) among `ids`."""
    rows = await tx.fetch(sql.near_among, ids, *point, 2 * EARTH_M, limit, open_at)
    return [(row["store_id"], row["distance_m"]) for row in rows]


async def upsert_stores(
    tx: Tx, merchant_id: str, rows: Sequence[tuple[str, StoreDraft]]
) -> list[tuple[str, str, bool]]:
    """Make or change stores of (new id, draft) and return (store id, external id, is new) of those that changed."""
    drafts = [draft for _, draft in rows]
    found = await tx.fetch(
        sql.upsert_stores,
        merchant_id,
        [store_id for store_id, _ in rows],
        *(
            [getattr(draft, name) for draft in drafts]
            for name in (
                "external_id", "region_id", "mall_id", "kind", "name", "name_en", "address", "latitude", "longitude", "time_zone",
            )
        ),
        [msgspec.json.encode(draft.hours).decode() for draft in drafts],
        [multirange(draft.hours) for draft in drafts],
        [" ".join(day.isoformat() for day in draft.closed_on) for draft in drafts],
        [draft.status for draft in drafts],
        [cell_of(draft.latitude, draft.longitude) for draft in drafts],
    )  # fmt: skip
    return [(row["store_id"], row["external_id"], row["is_new"]) for row in found]


async def list_regions(tx: Tx) -> list[tuple[Region, str | None]]:
    """Return every region with its national code."""
    return [(_region(row), row["national_code"]) for row in await tx.fetch(sql.list_regions)]


async def regions(tx: Tx, ids: Sequence[str]) -> list[Region]:
    """Return the regions among `ids`."""
    return [_region(row) for row in await tx.fetch(sql.find_regions, ids)]


async def insert_region(tx: Tx, region: Region) -> bool:
    """Insert; False when the id is taken."""
    made = await tx.fetchval(
        sql.insert_region, region.region_id, region.parent_id, region.kind, region.name, region.name_en
    )
    return made is not None


async def insert_mall(tx: Tx, mall: Mall) -> bool:
    """Insert; False when the external id is taken."""
    made = await tx.fetchval(
        sql.insert_mall,
        mall.mall_id,
        mall.external_id,
        mall.region_id,
        mall.name,
        mall.name_en,
        mall.address,
        mall.latitude,
        mall.longitude,
    )
    return made is not None


async def malls(tx: Tx, ids: Sequence[str]) -> list[Mall]:
    """Return the malls among `ids`."""
    return [Mall(**dict(row)) for row in await tx.fetch(sql.find_malls, ids)]


async def mall_ids(tx: Tx, external_ids: Sequence[str]) -> dict[str, str]:
    """Return mall ids by external id."""
    rows = await tx.fetch(sql.find_malls_by_external_id, external_ids)
    return {row["external_id"]: row["mall_id"] for row in rows}


async def list_malls(tx: Tx, after: str, limit: int) -> list[Mall]:
    """Return malls in id order after `after`."""
    return [Mall(**dict(row)) for row in await tx.fetch(sql.list_malls, after, limit)]


def _store(row: Any) -> Store:
    return Store(
        **(
            dict(row)
            | {
                "hours": tuple(Opening(**opening) for opening in row["hours"]),
                "closed_on": tuple(row["closed_on"]),
                "status": StoreStatus(row["status"]),
                "kind": StoreKind(row["kind"]),
            }
        )
    )


def _region(row: Any) -> Region:
    return Region(row["region_id"], row["parent_id"], row["kind"], row["name"], row["name_en"])
