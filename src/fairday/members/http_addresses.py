"""Serve members their own addresses; nobody else sees them."""

from fairday.kernel.errors import NotFound
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import Call, Page, Router
from fairday.kernel.tx import Tx
from fairday.members import addresses
from fairday.members.addresses import Address, AddressDraft, TooManyAddresses
from fairday.places.errors import UnknownRegion

router = Router("members")
_MEMBERS = frozenset({Role.MEMBER})
_EXAMPLE = {
    "name": "小满", "phone": "+8613800138000", "region_id": "CN-SH", "city": "上海", "street": "人民路 88 号 2 单元 301",
}  # fmt: skip


@router.read("/members/me/addresses", who=_MEMBERS, returns=Page[Address], summary="List my addresses")
async def list_addresses(call: Call, tx: Tx) -> Page[Address]:
    """All of one's own, the default one first."""
    return Page(await addresses.addresses(tx, call.principal.own_member()))


@router.write(
    "POST",
    "/members/me/addresses",
    who=_MEMBERS,
    body=AddressDraft,
    returns=Address,
    status=201,
    summary="Keep an address",
    refusals=(UnknownRegion, TooManyAddresses),
    example=_EXAMPLE,
)
async def add_address(call: Call, tx: Tx, body: AddressDraft) -> Address:
    """The first one is the default; at most 20."""
    return await addresses.add(tx, call.principal.own_member(), body, call.now)


@router.write(
    "PUT",
    "/members/me/addresses/{address_id}",
    who=_MEMBERS,
    body=AddressDraft,
    returns=Address,
    summary="Change an address",
    refusals=(NotFound, UnknownRegion),
    example=_EXAMPLE,
)
async def change_address(call: Call, tx: Tx, body: AddressDraft) -> Address:
    """Orders that were placed with it keep the copy they were placed with."""
    return await addresses.change(tx, call.principal.own_member(), call.path["address_id"], body)


@router.write(
    "DELETE",
    "/members/me/addresses/{address_id}",
    who=_MEMBERS,
    returns=Page[Address],
    summary="Erase an address",
    refusals=(NotFound,),
)
async def forget_address(call: Call, tx: Tx) -> Page[Address]:
    """It is gone at once; the rest is answered."""
    member_id = call.principal.own_member()
    await addresses.forget(tx, member_id, call.path["address_id"])
    return Page(await addresses.addresses(tx, member_id))
