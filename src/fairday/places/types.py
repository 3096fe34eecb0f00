"""Shape regions, malls, stores and their hours."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.ids import ExternalId, Id

Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90, description="Degrees north, WGS-84.")]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180, description="Degrees east, WGS-84.")]
RegionId = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Z]{2}(-[A-Z0-9]{1,3}(-[A-Z0-9]{1,8})?)?$",
        description="Country (CN), province by ISO 3166-2 (CN-SH), or a city below it (CN-GD-SZ).",
    ),
]
Clock = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", examples=["22:00"])]
ShortText = Annotated[str, msgspec.Meta(max_length=200)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
TimeZone = Annotated[
    str,
    msgspec.Meta(max_length=40, pattern="^[A-Za-z0-9_+/-]+$", description="IANA zone such as Asia/Shanghai."),
]


class StoreKind(StrEnum):
    """Name the classes of places. Source: S21."""

    SUPERMARKET = "supermarket"
    RESTAURANT = "restaurant"
    CONVENIENCE = "convenience"
    DEPARTMENT = "department"
    OTHER = "other"


class StoreStatus(StrEnum):
    """Name a store's states: `paused` is closed for now, `closed` for good."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold one weekly opening in the store's zone: weekday 1 is Monday; at or before `opens`, `closes` is on the next day."""

    weekday: Annotated[int, msgspec.Meta(ge=1, le=7)]
    opens: Clock
    closes: Clock


Hours = Annotated[
    tuple[Opening, ...],
    msgspec.Meta(max_length=50, description="Weekly openings; none means around the clock."),
]
ClosedOn = Annotated[
    tuple[date, ...], msgspec.Meta(max_length=100, description="Local dates on which no opening begins.")
]


class Store(msgspec.Struct, frozen=True):
    """Hold a store."""

    store_id: str
    merchant_id: str
    region_id: str
    mall_id: str | None
    name: str
    name_en: str
    address: str
    latitude: float
    longitude: float
    time_zone: str
    hours: tuple[Opening, ...]
    status: StoreStatus
    external_id: str
    kind: StoreKind = StoreKind.OTHER
    closed_on: tuple[date, ...] = ()


class StoreDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a new store."""

    external_id: ExternalId
    name: Name
    name_en: ShortText = ""
    kind: StoreKind = StoreKind.OTHER
    region_id: RegionId
    mall_id: Id | None = None
    address: ShortText = ""
    latitude: Latitude
    longitude: Longitude
    time_zone: TimeZone = "Asia/Shanghai"
    hours: Hours = ()
    closed_on: ClosedOn = ()
    status: StoreStatus = StoreStatus.OPEN


class StoreChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Change a store: what is left out stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    name_en: ShortText | msgspec.UnsetType = msgspec.UNSET
    kind: StoreKind | msgspec.UnsetType = msgspec.UNSET
    region_id: RegionId | msgspec.UnsetType = msgspec.UNSET
    mall_id: Id | msgspec.UnsetType | None = msgspec.UNSET
    address: ShortText | msgspec.UnsetType = msgspec.UNSET
    latitude: Latitude | msgspec.UnsetType = msgspec.UNSET
    longitude: Longitude | msgspec.UnsetType = msgspec.UNSET
    time_zone: TimeZone | msgspec.UnsetType = msgspec.UNSET
    hours: Hours | msgspec.UnsetType = msgspec.UNSET
    closed_on: ClosedOn | msgspec.UnsetType = msgspec.UNSET
    status: StoreStatus | msgspec.UnsetType = msgspec.UNSET


class NearStore(msgspec.Struct, frozen=True):
    """Hold a store with its great-circle distance in metres and whether it is open now."""

    store: Store
    distance_m: int
    is_open_now: bool


class Region(msgspec.Struct, frozen=True):
    """Hold a region: a country, a province (ISO 3166-2) or a city below one."""

    region_id: str
    parent_id: str | None
    kind: str
    name: str
    name_en: str


class RegionDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a region below an existing one; its id begins with its parent's."""

    region_id: RegionId
    name: Name
    name_en: ShortText = ""


class Mall(msgspec.Struct, frozen=True):
    """Hold a mall: a building with stores of several merchants."""

    mall_id: str
    region_id: str
    name: str
    name_en: str
    address: str
    latitude: float
    longitude: float
    external_id: str


class MallDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a new mall."""

    external_id: ExternalId
    name: Name
    name_en: ShortText = ""
    region_id: RegionId
    address: ShortText = ""
    latitude: Latitude
    longitude: Longitude
