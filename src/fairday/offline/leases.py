"""Lend tills what they may take offline, and take back what they did not use. Source: R37, R38.

Guarantee: money of an over-issued coupon is in one place at a time: free, in one lease's slice, or spent. A device has one
open lease; a new one is given only when its log stands here, so that what the old one has left is known.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from fairday.catalog import service as catalog
from fairday.coupons import service as coupons
from fairday.coupons.types import Channel, Counters, Template
from fairday.festivals import service as festivals
from fairday.festivals.types import PhaseWindow
from fairday.kernel import outbox
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.http.routes import Page
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.offline import log_store, rules, sealing, store
from fairday.offline.errors import LogBehind, LogForked, OfflineNotAllowed
from fairday.offline.events import LeaseClosed, LeaseGranted
from fairday.offline.log_store import Head
from fairday.offline.log_types import LogHead
from fairday.offline.store import LeaseRow, SliceRow
from fairday.offline.types import (
    CatalogueItem,
    Lease,
    LeaseAt,
    LeasedCoupon,
    LeasePhase,
    LeaseState,
    LeaseView,
    Limits,
    PhasePrice,
    Window,
)
from fairday.places import service as places
from fairday.tills import service as tills
from fairday.tills.types import PairedDevice, TillStatus

EXPIRE_MAX = 200


async def grant(tx: Tx, requests: Sequence[LeaseAt], now: datetime) -> list[Lease | Refusal]:
    """Give devices a lease each; the one before is given back first.

    Refusals: NotFound (no such device, revoked, or its till is closed), LogForked, LogBehind, OfflineNotAllowed.
    """
    devices: dict[int, PairedDevice] = {}
    answers: list[Lease | Refusal] = [NotFound(what="device")] * len(requests)
    for place, request in enumerate(requests):
        device = await tills.device_of_account(tx, request.account_id)
        if device is not None and device.revoked_at is None and device.status is TillStatus.ACTIVE:
            devices[place] = device
    if not devices:
        return answers
    await store.open_logs(tx, [(one, rules.genesis(one.device_id)) for one in devices.values()], now)
    heads = await log_store.hold_logs(tx, [device.device_id for device in devices.values()])
    agreed = await store.terms(tx, [device.merchant_id for device in devices.values()])
    own = await store.till_limits(tx, [device.till_id for device in devices.values()])
    ready: dict[str, tuple[PairedDevice, Limits]] = {}
    places_of: dict[str, list[int]] = defaultdict(list)
    for place, device in devices.items():
        limits = rules.smaller(agreed[device.merchant_id].limits, own.get(device.till_id))
        refusal = await _judge_head(tx, device.device_id, heads[device.device_id], requests[place].head)
        if refusal is None and limits.count_max == 0:
            refusal = OfflineNotAllowed()
        if refusal is not None:
            answers[place] = refusal
            continue
        ready[device.device_id] = (device, limits)
        places_of[device.device_id].append(place)
    await close(tx, await store.open_leases_of(tx, sorted(ready)), LeaseState.RETURNED, now)
    made = await _make(tx, list(ready.values()), heads, now)
    for device_id, lease in made.items():
        for place in places_of[device_id]:
            answers[place] = lease
    return answers


async def _judge_head(tx: Tx, device_id: str, ours: Head, theirs: LogHead) -> Refusal | None:
    """Tell why a device cannot go on: it has more records than we, or others. An empty device goes on from our end."""
    if theirs.seq > ours.last_seq:
        return LogBehind(next_seq=ours.last_seq + 1)
    if theirs.seq == 0 or (theirs.seq == ours.last_seq and bytes.fromhex(theirs.hash) == ours.head_hash):
        return None
    return LogForked(seq=theirs.seq, device_id=device_id)


async def _make(
    tx: Tx, wanted: Sequence[tuple[PairedDevice, Limits]], heads: Mapping[str, Head], now: datetime
) -> dict[str, Lease]:
    rows: list[LeaseRow] = []
    slices: dict[str, list[SliceRow]] = {}
    known: dict[str, Template] = {}
    for device, limits in sorted(wanted, key=lambda one: one[0].device_id):
        ends_at = now + timedelta(seconds=limits.lease_s)
        row = LeaseRow(
            new_id("lea"), device.device_id, device.till_id, device.store_id, device.merchant_id, device.currency,
            LeaseState.OPEN, now, ends_at, None, limits.face_max_minor, limits.count_max, limits.value_max_minor,
            limits.lease_s, 0, 0,
        )  # fmt: skip
        offered = await coupons.lendable(
            tx, device.merchant_id, device.currency, limits.face_max_minor, rules.COUPONS_MAX
        )
        offered = [one for one in offered if _is_for(one[1], device, now, ends_at)]
        known |= {template.coupon_id: template for _, template in offered}
        rows.append(row)
        slices[row.lease_id] = await _slices(tx, row, offered)
    await store.insert_leases(tx, rows, [one for of in slices.values() for one in of])
    events = [
        LeaseGranted(
            lease_id=row.lease_id, device_id=row.device_id, till_id=row.till_id, store_id=row.store_id,
            merchant_id=row.merchant_id, expires_at=row.expires_at, coupons_count=len(slices[row.lease_id]),
        )
        for row in rows
    ]  # fmt: skip
    await outbox.publish(tx, events, now)
    return {
        row.device_id: await _render(
            tx, row, slices[row.lease_id], heads[row.device_id], known, now, is_new=True
        )
        for row in rows
    }


def _is_for(template: Template, device: PairedDevice, now: datetime, ends_at: datetime) -> bool:
    """Tell whether a coupon could be used at this till in the time of the lease."""
    terms = template.terms
    scope = terms.scope
    return (
        Channel.IN_STORE in terms.channels
        and (not scope.merchant_ids or device.merchant_id in scope.merchant_ids)
        and (not scope.store_ids or device.store_id in scope.store_ids)
        and (terms.usable_from is None or terms.usable_from < ends_at)
        and (terms.usable_until is None or terms.usable_until > now)
    )


async def _slices(tx: Tx, row: LeaseRow, offered: Sequence[tuple[Counters, Template]]) -> list[SliceRow]:
    """Cut the slices: an over-issued coupon's from its free money, any other's by the floor limits alone.

    Where the budget covers every claim, each claim's own money is committed (I2) and nothing needs to be set aside.
    """
    value_max = min(row.value_max_minor, row.count_max * row.face_max_minor)
    scarce = {
        counters.coupon_id: value_max // template.face_minor * template.face_minor
        for counters, template in offered
        if counters.commit_max_minor > counters.budget_minor
    }
    lent = await coupons.lend(tx, {coupon_id: need for coupon_id, need in scarce.items() if need})
    made = []
    for counters, template in offered:
        coupon_id = counters.coupon_id
        escrow = lent.get(coupon_id, 0)
        if coupon_id not in scarce or escrow:
            made.append(
                SliceRow(
                    row.lease_id,
                    coupon_id,
                    template.version,
                    row.count_max,
                    escrow if coupon_id in scarce else value_max,
                    escrow,
                )
            )
    return made


async def _render(
    tx: Tx,
    row: LeaseRow,
    slices: Sequence[SliceRow],
    head: Head,
    known: Mapping[str, Template],
    now: datetime,
    *,
    is_new: bool = False,
) -> Lease:
    store_ = (await places.stores(tx, [row.store_id]))[row.store_id]
    asked = sorted({phase_id for one in slices for phase_id in known[one.coupon_id].terms.use_phase_ids})
    windows = await festivals.windows(tx, asked) if asked else {}
    phases = await festivals.windows_between(tx, row.granted_at, row.expires_at)
    return Lease(
        lease_id=row.lease_id,
        device_id=row.device_id,
        till_id=row.till_id,
        store_id=row.store_id,
        merchant_id=row.merchant_id,
        currency=row.currency,
        state=row.state,
        granted_at=row.granted_at,
        expires_at=row.expires_at,
        server_now=now,
        time_zone=store_.time_zone,
        limits=row.limits,
        skew_s=int(rules.SKEW.total_seconds()),
        code_step_s=coupons.CODE_STEP_S,
        genesis=rules.genesis(row.device_id).hex(),
        head=LogHead(seq=head.last_seq, hash=head.head_hash.hex()),
        used_count=row.used_count,
        used_minor=row.used_minor,
        coupons=[
            _leased(one, known[one.coupon_id], windows)
            for one in sorted(slices, key=lambda one: one.coupon_id)
        ],
        phases=[LeasePhase(one.phase_id, one.starts_at, one.ends_at) for one in phases],
        keys=await coupons.keys_to_carry(tx, now) if is_new else await coupons.keys(tx),
        seal_key=sealing.seal_key(),
    )


def _leased(one: SliceRow, template: Template, windows: Mapping[str, PhaseWindow]) -> LeasedCoupon:
    summary, summary_en = coupons.summary(template.terms)
    asked = template.terms.use_phase_ids
    return LeasedCoupon(
        one.coupon_id,
        one.version,
        template.merchant_id,
        template.face_minor,
        summary,
        summary_en,
        template.terms,
        one.count_max,
        one.value_max_minor,
        tuple(
            Window(windows[phase_id].starts_at, windows[phase_id].ends_at)
            for phase_id in asked
            if phase_id in windows and windows[phase_id].is_live
        )
        if asked
        else None,
    )


async def give_back(tx: Tx, requests: Sequence[LeaseAt], now: datetime) -> list[LeaseView | Refusal]:
    """Take leases back whose devices have sent their whole logs; one that is closed is answered as it stands.

    Refusals: NotFound, LogForked, LogBehind.
    """
    answers: list[LeaseView | Refusal] = []
    for request in requests:
        device = await tills.device_of_account(tx, request.account_id)
        row = (await store.leases(tx, [request.lease_id])).get(request.lease_id)
        if device is None or row is None or row.device_id != device.device_id:
            answers.append(NotFound(what="lease"))
            continue
        heads = await log_store.hold_logs(tx, [row.device_id])
        refusal = await _judge_head(tx, row.device_id, heads[row.device_id], request.head)
        if refusal is not None:
            answers.append(refusal)
            continue
        await close(tx, [row.lease_id], LeaseState.RETURNED, now)
        answers.append(await view(tx, row.lease_id))
    return answers


async def expire(tx: Tx, now: datetime) -> int:
    """End leases whose grace period is over and free what they did not use; return how many. Source: R38."""
    due = await store.due_leases(tx, now - rules.GRACE, EXPIRE_MAX)
    return await close(tx, due, LeaseState.EXPIRED, now) if due else 0


async def close(tx: Tx, lease_ids: Sequence[str], state: LeaseState, now: datetime) -> int:
    """Close leases, free their slices and announce it; return how many were open."""
    closed = await store.close_leases(tx, lease_ids, state, now) if lease_ids else []
    if not closed:
        return 0
    by_coupon, by_lease = await store.escrow_left(tx, [row["lease_id"] for row in closed])
    await coupons.take_back(tx, by_coupon)
    events = [
        LeaseClosed(
            lease_id=row["lease_id"], device_id=row["device_id"], till_id=row["till_id"], store_id=row["store_id"],
            merchant_id=row["merchant_id"], state=state, freed_minor=by_lease.get(row["lease_id"], 0),
        )
        for row in closed
    ]  # fmt: skip
    await outbox.publish(tx, events, now)
    return len(closed)


async def view(tx: Tx, lease_id: str) -> LeaseView:
    """Return a lease as a list shows it. Raises: NotFound."""
    row = (await store.leases(tx, [lease_id])).get(lease_id)
    if row is None:
        raise NotFound(what="lease")
    return LeaseView(
        row.lease_id, row.device_id, row.till_id, row.store_id, row.merchant_id, row.currency, row.state, row.granted_at,
        row.expires_at, row.closed_at, row.face_max_minor, row.count_max, row.value_max_minor, row.used_count, row.used_minor,
    )  # fmt: skip


async def own_row(tx: Tx, by: Principal, lease_id: str) -> LeaseRow:
    """Return a lease that the asker may see: a device its own, a merchant its own, an operator any. Raises: NotFound."""
    row = (await store.leases(tx, [lease_id])).get(lease_id)
    if row is None:
        raise NotFound(what="lease")
    by.own_merchant(row.merchant_id, "lease")
    if by.role is Role.DEVICE:
        device = await tills.device_of_account(tx, by.account_id)
        if device is None or device.device_id != row.device_id:
            raise NotFound(what="lease")
    return row


async def show(tx: Tx, by: Principal, lease_id: str, now: datetime) -> Lease:
    """Return a lease in full, as its device got it. Raises: NotFound."""
    row = await own_row(tx, by, lease_id)
    slices = await store.slices(tx, [lease_id])
    known = {
        template.coupon_id: template
        for template in await coupons.templates_of(tx, {one.coupon_id: one.version for one in slices})
    }
    last_seq, head_hash = await store.log_head(tx, row.device_id) or (0, rules.genesis(row.device_id))
    return await _render(tx, row, slices, Head(last_seq, head_hash, None), known, now)


async def catalogue(
    tx: Tx, by: Principal, lease_id: str, *, limit: int, cursor: str | None
) -> Page[CatalogueItem]:
    """Return a page of what the lease's merchant sells. Raises: NotFound."""
    row = await own_row(tx, by, lease_id)
    after = paging.read(cursor, [str])
    found = await catalog.live_skus(tx, row.merchant_id, after=after[0] if after else "", limit=limit + 1)
    items = [
        CatalogueItem(
            sku.sku_id, sku.gtin, sku.external_id, sku.name, sku.name_en, sku.category_id, sku.currency, sku.price_minor,
            tuple(PhasePrice(one.phase_id, one.price_minor) for one in sku.phase_prices),
        )
        for sku in found[:limit]
    ]  # fmt: skip
    return Page(items, paging.make(items[-1].sku) if len(found) > limit else None)


async def listing(
    tx: Tx,
    merchant_id: str | None,
    store_id: str | None,
    state: LeaseState | None,
    *,
    before: str,
    limit: int,
) -> list[LeaseView]:
    """Return at most `limit` leases before the id `before`, the newest first."""
    return await store.list_leases(tx, merchant_id, store_id, state, before, limit)
