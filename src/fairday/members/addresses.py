"""Keep where members have goods sent: their own, erasable at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec

from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.ids import Id, new_id
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.places import service as places
from fairday.places.errors import UnknownRegion

sql = Queries("fairday.members", "addresses.sql")
ADDRESSES_MAX = 20


class TooManyAddresses(Refusal):
    """Refuse one address more than a member may keep."""

    code = "too_many_addresses"
    status = 409
    en = "You keep {addresses_max} addresses already. Delete one first."
    zh = "最多保存 {addresses_max} 个地址，请先删除一个。"


class AddressDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask to keep an address. `region_id` is its province (GET /v1/regions)."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    phone: Annotated[str, msgspec.Meta(min_length=5, max_length=20, pattern=r"^\+?[0-9 \-]+$")]
    region_id: Annotated[str, msgspec.Meta(max_length=64)]
    city: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    street: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    is_default: bool = False


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Hold an address of a member."""

    address_id: Id
    name: str
    phone: str
    region_id: str
    city: str
    street: str
    is_default: bool


async def addresses(tx: Tx, member_id: str) -> list[Address]:
    """Return a member's addresses, the default one first, then the newest."""
    return [_address(row) for row in await tx.fetch(sql.addresses_of_member, member_id)]


async def owned(tx: Tx, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Address]:
    """Return the addresses among (member id, address id) that are the member's own."""
    rows = await tx.fetch(sql.owned_addresses, [one for one, _ in wanted], [one for _, one in wanted])
    return {(row["member_id"], row["address_id"]): _address(row) for row in rows}


async def add(tx: Tx, member_id: str, draft: AddressDraft, now: datetime) -> Address:
    """Keep an address; the first one is the default. Raises: UnknownRegion, TooManyAddresses."""
    await _check_region(tx, draft.region_id)
    kept = await _hold(tx, member_id)
    if kept >= ADDRESSES_MAX:
        raise TooManyAddresses(addresses_max=ADDRESSES_MAX)
    is_default = draft.is_default or kept == 0
    if is_default:
        await tx.execute(sql.clear_default, member_id)
    address_id = new_id("adr")
    await tx.execute(
        sql.insert_address, address_id, member_id, draft.name, draft.phone, draft.region_id, draft.city,
        draft.street, is_default, now,
    )  # fmt: skip
    return (await owned(tx, [(member_id, address_id)]))[member_id, address_id]


async def change(tx: Tx, member_id: str, address_id: str, draft: AddressDraft) -> Address:
    """Replace an address; orders placed with it keep their copy. Raises: NotFound, UnknownRegion."""
    await _check_region(tx, draft.region_id)
    await _hold(tx, member_id)
    before = (await owned(tx, [(member_id, address_id)])).get((member_id, address_id))
    if before is None:
        raise NotFound(what="address")
    if draft.is_default and not before.is_default:
        await tx.execute(sql.clear_default, member_id)
    await tx.execute(
        sql.update_address, address_id, draft.name, draft.phone, draft.region_id, draft.city, draft.street,
        draft.is_default or before.is_default,
    )  # fmt: skip
    return (await owned(tx, [(member_id, address_id)]))[member_id, address_id]


async def forget(tx: Tx, member_id: str, address_id: str) -> None:
    """Erase an address; when it was the default, the newest of the others is. Raises: NotFound."""
    await _hold(tx, member_id)
    was_default = await tx.fetchval(sql.delete_address, member_id, address_id)
    if was_default is None:
        raise NotFound(what="address")
    if was_default:
        await tx.execute(sql.name_default, member_id)


async def _check_region(tx: Tx, region_id: str) -> None:
    if region_id not in {region.region_id for region in await places.regions(tx)}:
        raise UnknownRegion(region_id=region_id)


async def _hold(tx: Tx, member_id: str) -> int:
    """Let one change of a member's addresses happen at a time; return how many there are."""
    await tx.execute(sql.lock_member, member_id)
    return int(await tx.fetchval(sql.count_addresses, member_id))


def _address(row: Any) -> Address:
    return Address(
        address_id=row["address_id"],
        name=row["name"],
        phone=row["phone"],
        region_id=row["region_id"],
        city=row["city"],
        street=row["street"],
        is_default=row["is_default"],
    )
