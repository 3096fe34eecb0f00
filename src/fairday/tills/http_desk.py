"""Offer tills, pairing, devices and shifts over HTTP. Answers that hold a secret take no Idempotency-Key: none is stored."""

from datetime import datetime

import msgspec

from fairday.identity.errors import WrongPin
from fairday.kernel import strict_json
from fairday.kernel.errors import NotFound, TooManyRequests
from fairday.kernel.http import browser, paging
from fairday.kernel.http.browser import App
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Page, PageQuery, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.tx import Tx
from fairday.tills import errors, service
from fairday.tills.types import (
    ClosingBody,
    Desk,
    Device,
    Paired,
    PairingBody,
    SetupCode,
    Shift,
    ShiftBody,
    ShiftOpened,
    ShiftsQuery,
    Till,
    TillChange,
    TillDraft,
    TillsQuery,
)

router = Router("tills")

OWNERS = frozenset({Role.OPERATOR, Role.MERCHANT})
AT_THE_TILL = frozenset({Role.DEVICE, Role.CLERK})
LAST_ID = "~"
"""Sorts after every id: where a list that shows the newest first begins."""


def scope_of(call: Call, merchant_id: str | None) -> str | None:
    """Return the merchant whose things the asker lists: its own, for an operator the one named or all (None)."""
    if call.principal.is_operator and merchant_id is None:
        return None
    return call.principal.own_merchant(merchant_id)


@router.write(
    "POST",
    "/tills",
    who=OWNERS,
    body=TillDraft,
    returns=Till,
    status=201,
    summary="Make a till",
    refusals=(NotFound, errors.TillNameTaken),
    example={"store_id": "sto_0001", "name": "Till 1"},
)
async def create_till(call: Call, tx: Tx, body: TillDraft) -> Till:
    """Make a till in a store. Pair a device to it with a setup code."""
    return await service.create_till(tx, call.principal, body, call.now)


@router.read("/tills", who=OWNERS, query=TillsQuery, returns=Page[Till], summary="List tills")
async def tills(call: Call, tx: Tx) -> Page[Till]:
    """List tills, oldest first."""
    query: TillsQuery = call.query
    start = paging.read(query.cursor, [str])
    found = await service.tills(
        tx,
        scope_of(call, query.merchant_id),
        query.store_id,
        after=start[0] if start else "",
        limit=query.limit + 1,
    )
    more = paging.make(found[query.limit - 1].till_id) if len(found) > query.limit else None
    return Page(found[: query.limit], more)


@router.read(
    "/tills/current",
    who=AT_THE_TILL,
    returns=Desk,
    summary="Show where you stand",
    refusals=(errors.NoOpenShift, errors.TillClosed),
)
async def desk(call: Call, tx: Tx) -> Desk:
    """Show a device or a clerk its till, its store and the shift that is open there."""
    return await service.desk(tx, call.principal)


@router.read("/tills/{till_id}", who=OWNERS, returns=Till, summary="Show a till", refusals=(NotFound,))
async def till(call: Call, tx: Tx) -> Till:
    """Show one till."""
    return await service.till(tx, call.principal, call.path["till_id"])


@router.write(
    "PATCH",
    "/tills/{till_id}",
    who=OWNERS,
    body=TillChange,
    returns=Till,
    summary="Change a till",
    refusals=(NotFound,),
    example={"pos_prices": True},
)
async def change_till(call: Call, tx: Tx, body: TillChange) -> Till:
    """Rename a till, let its POS say the prices, or close it; closing revokes its device at once."""
    return await service.change_till(tx, call.principal, call.path["till_id"], body, call.now)


@router.write(
    "POST",
    "/tills/{till_id}/setup-codes",
    who=OWNERS,
    returns=SetupCode,
    status=201,
    needs_key=False,
    summary="Make a setup code",
    refusals=(NotFound, errors.TillClosed),
)
async def make_setup_code(call: Call, tx: Tx) -> SetupCode:
    """Make a code that pairs one device within ten minutes; it is shown only here, and ends the codes before it."""
    return await service.make_setup_code(tx, call.principal, call.path["till_id"], call.now)


@router.lane(
    "/tills/pairings",
    who=PUBLIC,
    body=PairingBody,
    returns=Paired,
    status=201,
    needs_key=False,
    summary="Pair a device",
    refusals=(TooManyRequests, errors.SetupCodeInvalid, errors.TillClosed),
    body_max=4096,
    example={"setup_code": "7KQM-2XPD", "device_name": "Counter 1"},
)
async def pair(call: Call, body: PairingBody) -> Answer:
    """Make this device the till of the code. Its token is shown only here; a device that was the till before is out."""
    await service.count_pairing(call.services.database, call.client_ip)

    async def work(tx: Tx, now: datetime) -> Paired:
        return await service.pair(tx, body, call.client_ip, now)

    paired = await call.services.database.run(work)
    kept = browser.keep(call, paired.token, paired.expires_at, App.TILL_DEVICE)
    return Answer(201, strict_json.encode(msgspec.structs.replace(paired, token=kept)))


@router.read(
    "/tills/{till_id}/devices",
    who=OWNERS,
    query=PageQuery,
    returns=Page[Device],
    summary="List a till's devices",
    refusals=(NotFound,),
)
async def devices(call: Call, tx: Tx) -> Page[Device]:
    """List the devices that are or were a till, the newest first."""
    query: PageQuery = call.query
    start = paging.read(query.cursor, [str])
    found = await service.devices(
        tx,
        call.principal,
        call.path["till_id"],
        before=start[0] if start else LAST_ID,
        limit=query.limit + 1,
    )
    more = paging.make(found[query.limit - 1].device_id) if len(found) > query.limit else None
    return Page(found[: query.limit], more)


@router.write(
    "DELETE",
    "/tills/{till_id}/devices/{device_id}",
    who=OWNERS,
    returns=None,
    status=204,
    summary="Revoke a device",
    refusals=(NotFound,),
)
async def revoke_device(call: Call, tx: Tx) -> None:
    """End a device's access at once, everywhere."""
    await service.revoke_device(tx, call.principal, call.path["till_id"], call.path["device_id"], call.now)


@router.lane(
    "/shifts",
    who=frozenset({Role.DEVICE}),
    body=ShiftBody,
    returns=ShiftOpened,
    status=201,
    needs_key=False,
    summary="Open a shift",
    refusals=(
        TooManyRequests,
        WrongPin,
        errors.TillClosed,
        errors.WrongStoreForClerk,
        errors.ShiftNotYours,
        errors.NoOpenShift,
    ),
    body_max=4096,
    example={"clerk": "wang.li", "pin": "482915", "opening_cash_minor": 50000},
)
async def open_shift(call: Call, body: ShiftBody) -> Answer:
    """Open a clerk's shift on this till by PIN, or resume it. The token is the clerk's, for this till, shown only here."""
    database = call.services.database
    clerk = await service.known_clerk(database, call.principal, body)

    async def work(tx: Tx, now: datetime) -> ShiftOpened:
        return await service.open_shift(tx, call.principal, clerk, body.opening_cash_minor, now)

    opened = await database.run(work)
    kept = browser.keep(call, opened.token, opened.expires_at, App.TILL)
    return Answer(201, strict_json.encode(msgspec.structs.replace(opened, token=kept)))


@router.read("/shifts", who=OWNERS, query=ShiftsQuery, returns=Page[Shift], summary="List shifts")
async def shifts(call: Call, tx: Tx) -> Page[Shift]:
    """List shifts, the newest first: who, when, and what was counted against what should be there."""
    query: ShiftsQuery = call.query
    start = paging.read(query.cursor, [str])
    found = await service.shifts(
        tx,
        scope_of(call, query.merchant_id),
        query.store_id,
        query.till_id,
        before=start[0] if start else LAST_ID,
        limit=query.limit + 1,
    )
    more = paging.make(found[query.limit - 1].shift_id) if len(found) > query.limit else None
    return Page(found[: query.limit], more)


@router.write(
    "POST",
    "/shifts/{shift_id}/closings",
    who=OWNERS | {Role.CLERK},
    body=ClosingBody,
    returns=Shift,
    summary="Close a shift",
    refusals=(NotFound, errors.ShiftIsClosed),
    example={"counted_cash_minor": 123450},
)
async def close_shift(call: Call, tx: Tx, body: ClosingBody) -> Shift:
    """Close a shift with the counted cash: a clerk its own, a merchant any of its own; its session ends at once."""
    closed = await service.close_shift(
        tx, call.principal, call.path["shift_id"], body.counted_cash_minor, call.now
    )
    if call.app is App.TILL:
        browser.forget(call)
    return closed
