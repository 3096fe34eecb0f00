"""Serve regions, malls, stores, the nearest search and the import of places."""

import re
from typing import Annotated, Literal

import msgspec

from fairday.kernel import csv_rows
from fairday.kernel.csv_rows import FILE_REFUSALS, ErrorList, ImportReport
from fairday.kernel.errors import BadInput
from fairday.kernel.http import paging
from fairday.kernel.http.importing import imported
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Page, PageQuery, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.ids import Id
from fairday.kernel.import_runs import FileName
from fairday.kernel.tx import Tx
from fairday.places import errors, service, store
from fairday.places.types import (
    Mall,
    MallDraft,
    Region,
    RegionDraft,
    RegionId,
    Store,
    StoreChange,
    StoreDraft,
)

router = Router("places")
OPERATORS = frozenset({Role.OPERATOR})
STAFF = frozenset({Role.OPERATOR, Role.MERCHANT})
MALL_STORES_MAX = 2000
IMPORT_BYTES_MAX = 32 * 1024 * 1024
PLACE_REFUSALS = (errors.UnknownRegion, errors.UnknownMall, errors.UnknownTimeZone, errors.NoCoordinates)
_POINT = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,15})?),(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)")


class StoresQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for stores near a point (`near=latitude,longitude`), or for a page of all of them."""

    near: Annotated[str, msgspec.Meta(max_length=60, examples=["31.2304,121.4737"])] | None = None
    radius_m: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 50_000
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    merchant_id: Id | None = None
    mall_id: Id | None = None
    region_id: RegionId | None = None
    open_now: Literal["true", "false"] = "false"
    cursor: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class StoreSeen(msgspec.Struct, frozen=True):
    """Hold a store as seen now; `distance_m` is null when no point was given."""

    store: Store
    is_open_now: bool
    distance_m: int | None = None


class NewStore(StoreDraft, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a new store; operators name its merchant."""

    merchant_id: Id | None = None


class PlacesImportQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say how a file is to be read; operators name the merchant. `dry_run=true` counts and keeps nothing."""

    merchant_id: Id | None = None
    dry_run: Literal["true", "false"] = "false"
    encoding: csv_rows.Encoding = "utf-8"
    file_name: FileName | None = None


@router.read("/regions", who=PUBLIC, returns=Page[Region], summary="List regions")
async def list_regions(call: Call, tx: Tx) -> Page[Region]:
    """List every region: countries, provinces by ISO 3166-2, and the cities that the operator added."""
    return Page(await service.regions(tx))


@router.write(
    "POST",
    "/regions",
    who=OPERATORS,
    body=RegionDraft,
    returns=Region,
    status=201,
    summary="Add a region",
    refusals=(errors.UnknownRegion, errors.ExternalIdTaken),
    example={"region_id": "CN-GD-SZ", "name": "深圳市", "name_en": "Shenzhen"},
)
async def create_region(call: Call, tx: Tx, body: RegionDraft) -> Region:
    """Add a country, a province or a city; its id begins with its parent's."""
    return await service.create_region(tx, body, call.now)


@router.read("/malls", who=PUBLIC, query=PageQuery, returns=Page[Mall], summary="List malls")
async def list_malls(call: Call, tx: Tx) -> Page[Mall]:
    """List malls in the order they were added."""
    after = paging.read(call.query.cursor, [str]) or [""]
    found = await store.list_malls(tx, after[0], call.query.limit + 1)
    items = found[: call.query.limit]
    return Page(items, paging.make(items[-1].mall_id) if len(found) > len(items) else None)


@router.write(
    "POST",
    "/malls",
    who=OPERATORS,
    body=MallDraft,
    returns=Mall,
    status=201,
    summary="Add a mall",
    refusals=(errors.UnknownRegion, errors.NoCoordinates, errors.ExternalIdTaken),
    example={
        "external_id": "river-mall",
        "name": "江畔广场",
        "region_id": "CN-SH",
        "latitude": 31.2397,
        "longitude": 121.4998,
    },
)
async def create_mall(call: Call, tx: Tx, body: MallDraft) -> Mall:
    """Add a mall: a building with stores of several merchants."""
    return await service.create_mall(tx, body, call.now)


@router.read("/malls/{mall_id}", who=PUBLIC, returns=Mall, summary="Get a mall")
async def get_mall(call: Call, tx: Tx) -> Mall:
    """Return a mall."""
    return await service.get_mall(tx, call.path["mall_id"])


@router.read(
    "/stores",
    who=PUBLIC,
    query=StoresQuery,
    returns=Page[StoreSeen],
    summary="Find stores",
    refusals=(errors.BadNear,),
)
async def find_stores(call: Call, tx: Tx) -> Page[StoreSeen]:
    """Find the nearest stores (with `near`, one page, nearest first), or page through all of them."""
    query: StoresQuery = call.query
    if query.near is None:
        after = paging.read(query.cursor, [str]) or [""]
        found = await store.list_stores(
            tx, after[0], query.merchant_id, query.mall_id, query.region_id, query.limit + 1
        )
        items = found[: query.limit]
        seen = [StoreSeen(item, service.is_open(item, call.now)) for item in items]
        if query.open_now == "true":
            seen = [one for one in seen if one.is_open_now]
        return Page(seen, paging.make(items[-1].store_id) if len(found) > len(items) else None)
    latitude, longitude = _point(query.near)
    if query.region_id is not None:
        raise BadInput(errors=["query: region_id does not go with near; use radius_m"])
    in_mall = None
    if query.mall_id is not None:
        members = await store.list_stores(tx, "", query.merchant_id, query.mall_id, None, MALL_STORES_MAX)
        in_mall = [member.store_id for member in members]
    near = await service.nearest(
        tx,
        latitude,
        longitude,
        limit=query.limit,
        radius_m=query.radius_m,
        store_ids=in_mall,
        merchant_ids=None if query.merchant_id is None else [query.merchant_id],
        open_now=query.open_now == "true",
        now=call.now,
    )
    return Page([StoreSeen(one.store, one.is_open_now, one.distance_m) for one in near])


@router.read("/stores/{store_id}", who=PUBLIC, returns=StoreSeen, summary="Get a store")
async def get_store(call: Call, tx: Tx) -> StoreSeen:
    """Return a store and whether it is open now."""
    found = await service.get_store(tx, call.path["store_id"])
    return StoreSeen(found, service.is_open(found, call.now))


@router.write(
    "POST",
    "/stores",
    who=STAFF,
    body=NewStore,
    returns=Store,
    status=201,
    summary="Add a store",
    refusals=(*PLACE_REFUSALS, errors.ExternalIdTaken),
    example={
        "external_id": "S-001",
        "name": "灯笼便利店 人民广场店",
        "kind": "convenience",
        "region_id": "CN-SH",
        "latitude": 31.2304,
        "longitude": 121.4737,
        "hours": [{"weekday": 1, "opens": "09:00", "closes": "22:00"}],
    },
)
async def create_store(call: Call, tx: Tx, body: NewStore) -> Store:
    """Add a store of the asker's merchant; operators name the merchant."""
    merchant_id = call.principal.own_merchant(body.merchant_id)
    draft = StoreDraft(**{name: getattr(body, name) for name in StoreDraft.__struct_fields__})
    return await service.create_store(tx, merchant_id, draft, call.now)


@router.write(
    "PATCH",
    "/stores/{store_id}",
    who=STAFF,
    body=StoreChange,
    returns=Store,
    summary="Change a store",
    refusals=PLACE_REFUSALS,
    example={"status": "paused"},
)
async def change_store(call: Call, tx: Tx, body: StoreChange) -> Store:
    """Change a store; another merchant's is not found."""
    before = await service.get_store(tx, call.path["store_id"])
    call.principal.own_merchant(before.merchant_id, what="store")
    return await service.change_store(tx, before.store_id, body, call.now)


@router.lane(
    "/imports/places",
    who=STAFF,
    body=bytes,
    media="text/csv",
    body_max=IMPORT_BYTES_MAX,
    query=PlacesImportQuery,
    returns=ImportReport,
    summary="Import places from CSV",
    refusals=FILE_REFUSALS,
    example="external_id,name,region,latitude,longitude,hours\nS-001,人民广场店,CN-SH,31.2304,121.4737,Mo-Su 09:00-22:00\n",
)
async def import_places(call: Call, body: bytes) -> Answer:
    """Import a merchant's stores. Columns: external_id, name, region, latitude, longitude; and if wanted name_en, kind,
    address, mall_external_id, time_zone, hours (`Mo-Fr 10:00-22:00; Sa 09:00-02:00`), closed_on (dates), status.

    Good rows are kept; each refused row is told with line, column and reason. The same file again changes nothing.
    """
    query: PlacesImportQuery = call.query or PlacesImportQuery()
    merchant_id = call.principal.own_merchant(query.merchant_id)

    async def work(refused: ErrorList) -> ImportReport:
        return await service.import_places(
            call.services.database,
            merchant_id,
            body,
            dry_run=query.dry_run == "true",
            encoding=query.encoding,
            errors=refused,
        )

    return await imported(call, merchant_id, "places", work, file_name=query.file_name)


def _point(text: str) -> tuple[float, float]:
    match = _POINT.fullmatch(text.replace(" ", ""))
    if match is None or abs(float(match[1])) > 90 or abs(float(match[2])) > 180:
        raise errors.BadNear()
    return float(match[1]), float(match[2])
