"""Find, make and change places: the door for everyone else. Files of places are read in `imports`."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fairday.kernel import outbox
from fairday.kernel.errors import NotFound
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.places import rules, store
from fairday.places.errors import (
    ExternalIdTaken,
    NoCoordinates,
    UnknownMall,
    UnknownRegion,
    UnknownTimeZone,
)
from fairday.places.events import StoreChanged
from fairday.places.imports import import_places
from fairday.places.rules import is_open, province_of
from fairday.places.types import (
    Mall,
    MallDraft,
    NearStore,
    Region,
    RegionDraft,
    Store,
    StoreChange,
    StoreDraft,
)

__all__ = [
    "change_store", "create_mall", "create_region", "create_store", "get_mall", "get_store", "import_places", "is_open",
    "nearest", "province_of", "regions", "store_ids", "stores",
]  # fmt: skip

_OPEN_NOW_FACTOR = 5
JUDGED_MAX = 2500
"""How many of the nearest that are open by weekly hours are judged by their closed dates too, before giving up."""


async def stores(tx: Tx, ids: Sequence[str]) -> dict[str, Store]:
    """Return the stores among `ids` by id."""
    return {found.store_id: found for found in await store.stores(tx, sorted(set(ids)))}


async def store_ids(tx: Tx, merchant_id: str, external_ids: Sequence[str]) -> dict[str, str]:
    """Return a merchant's store ids by external id; unknown ones are left out."""
    return await store.store_ids(tx, merchant_id, sorted(set(external_ids)))


async def get_store(tx: Tx, store_id: str) -> Store:
    """Return a store. Raises: NotFound."""
    found = await store.stores(tx, [store_id])
    if not found:
        raise NotFound(what="store")
    return found[0]


async def create_store(tx: Tx, merchant_id: str, draft: StoreDraft, now: datetime) -> Store:
    """Make a store of a merchant (the caller knows that it exists).

    Raises: UnknownRegion, UnknownMall, UnknownTimeZone, NoCoordinates, ExternalIdTaken.
    """
    await _check(tx, draft)
    if await store.store_ids(tx, merchant_id, [draft.external_id]):
        raise ExternalIdTaken(external_id=draft.external_id)
    [(store_id, _, is_new)] = await store.upsert_stores(tx, merchant_id, [(new_id("sto"), draft)])
    if not is_new:
        # Another request made it between the look and the insert: ours must not overwrite it.
        raise ExternalIdTaken(external_id=draft.external_id)
    return await _announce(tx, store_id, now)


async def change_store(tx: Tx, store_id: str, change: StoreChange, now: datetime) -> Store:
    """Change a store. Raises: NotFound, UnknownRegion, UnknownMall, UnknownTimeZone, NoCoordinates."""
    before = await get_store(tx, store_id)
    changed = {
        name: value
        for name in change.__struct_fields__
        if (value := getattr(change, name)) is not msgspec.UNSET
    }
    kept = {name: getattr(before, name) for name in StoreDraft.__struct_fields__}
    draft = StoreDraft(**(kept | changed))
    await _check(tx, draft)
    if not await store.upsert_stores(tx, before.merchant_id, [(store_id, draft)]):
        return before
    return await _announce(tx, store_id, now)


async def nearest(
    tx: Tx,
    latitude: float,
    longitude: float,
    *,
    limit: int = 20,
    radius_m: float = 50_000,
    store_ids: Sequence[str] | None = None,
    merchant_ids: Sequence[str] | None = None,
    open_now: bool = False,
    now: datetime,
) -> list[NearStore]:
    """Return at most `limit` stores within `radius_m` metres, the nearest first; closed-for-good ones never.

    `store_ids` or `merchant_ids` narrow the search; `open_now` leaves out what is not open at `now`. Exact: rings of
    growing H3 cells are searched until enough stores are nearer than anything outside could be.
    """
    point = (latitude, longitude)
    wanted = limit
    open_at = now if open_now else None
    while True:
        if store_ids is not None:
            found, is_all = await _among(tx, point, store_ids, wanted, open_at)
        else:
            found, is_all = await _around(tx, point, merchant_ids, wanted, radius_m, open_at)
        near = [(store_id, metres) for store_id, metres in found if metres <= radius_m]
        by_id = await stores(tx, [store_id for store_id, _ in near])
        judged = [
            NearStore(by_id[store_id], round(metres), is_open(by_id[store_id], now))
            for store_id, metres in near
        ]
        answer = [one for one in judged if one.is_open_now] if open_now else judged
        is_over = is_all or len(near) < len(found) or wanted >= JUDGED_MAX
        if len(answer) >= limit or is_over:
            return answer[:limit]
        wanted = min(wanted * _OPEN_NOW_FACTOR, JUDGED_MAX)


async def _among(
    tx: Tx, point: tuple[float, float], store_ids: Sequence[str], wanted: int, open_at: datetime | None
) -> tuple[store.Near, bool]:
    found = await store.near_among(tx, sorted(set(store_ids)), point, wanted, open_at)
    return found, len(found) < wanted


async def _around(
    tx: Tx,
    point: tuple[float, float],
    merchant_ids: Sequence[str] | None,
    wanted: int,
    radius_m: float,
    open_at: datetime | None,
) -> tuple[store.Near, bool]:
    """Return the nearest `wanted`, and whether these are all there are within the radius."""
    merchants = None if merchant_ids is None else sorted(set(merchant_ids))
    for resolution in rules.LADDER:
        ranges, reach_m = rules.disk(*point, resolution)
        found = await store.near_in_ranges(tx, ranges, point, wanted, merchants, open_at)
        sure = [(store_id, metres) for store_id, metres in found if metres <= reach_m]
        if len(sure) == wanted:
            return sure, False
        if reach_m >= radius_m:
            return found, len(found) < wanted
    everywhere = [(0, 2**63 - 1)]
    found = await store.near_in_ranges(tx, everywhere, point, wanted, merchants, open_at)
    return found, len(found) < wanted


async def regions(tx: Tx) -> list[Region]:
    """Return every region."""
    return [region for region, _ in await store.list_regions(tx)]


async def create_region(tx: Tx, draft: RegionDraft, now: datetime) -> Region:
    """Make a region below an existing one. Raises: UnknownRegion for its parent, ExternalIdTaken."""
    parts = draft.region_id.split("-")
    parent_id = "-".join(parts[:-1]) or None
    if parent_id is not None and not await store.regions(tx, [parent_id]):
        raise UnknownRegion(region_id=parent_id)
    kind = ("country", "province", "city")[len(parts) - 1]
    region = Region(draft.region_id, parent_id, kind, draft.name, draft.name_en or draft.name)
    if not await store.insert_region(tx, region):
        raise ExternalIdTaken(external_id=draft.region_id)
    return region


async def create_mall(tx: Tx, draft: MallDraft, now: datetime) -> Mall:
    """Make a mall. Raises: UnknownRegion, NoCoordinates, ExternalIdTaken."""
    if not await store.regions(tx, [draft.region_id]):
        raise UnknownRegion(region_id=draft.region_id)
    _check_point(draft.latitude, draft.longitude)
    mall = Mall(
        mall_id=new_id("mal"),
        region_id=draft.region_id,
        name=draft.name,
        name_en=draft.name_en or draft.name,
        address=draft.address,
        latitude=draft.latitude,
        longitude=draft.longitude,
        external_id=draft.external_id,
    )
    if not await store.insert_mall(tx, mall):
        raise ExternalIdTaken(external_id=draft.external_id)
    return mall


async def get_mall(tx: Tx, mall_id: str) -> Mall:
    """Return a mall. Raises: NotFound."""
    found = await store.malls(tx, [mall_id])
    if not found:
        raise NotFound(what="mall")
    return found[0]


async def _announce(tx: Tx, store_id: str, now: datetime) -> Store:
    made = await get_store(tx, store_id)
    event = StoreChanged(store_id=store_id, merchant_id=made.merchant_id, status=made.status)
    await outbox.publish(tx, [event], now)
    return made


async def _check(tx: Tx, draft: StoreDraft) -> None:
    if not await store.regions(tx, [draft.region_id]):
        raise UnknownRegion(region_id=draft.region_id)
    if draft.mall_id is not None and not await store.malls(tx, [draft.mall_id]):
        raise UnknownMall(mall_id=draft.mall_id)
    if draft.time_zone not in rules.zones():
        raise UnknownTimeZone(time_zone=draft.time_zone)
    _check_point(draft.latitude, draft.longitude)


def _check_point(latitude: float, longitude: float) -> None:
    if latitude == longitude == 0:
        raise NoCoordinates()
