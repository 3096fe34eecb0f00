"""Take in the logs of tills: each record once, in order, whatever the network did to the uploads. Source: I9, X18, X19.

Guarantee: for one device the log here is a prefix of its own, unbroken; the same records sent again, in another order, cut
or mixed, change nothing. See docs/algorithms/offline-till.md.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from fairday.kernel import outbox
from fairday.kernel.errors import Refusal
from fairday.kernel.http.principal import Principal
from fairday.kernel.tx import Tx
from fairday.offline import leases, log_store, overriding, rules, settling, store, undoing
from fairday.offline.booking import Breaks
from fairday.offline.errors import LogTampered
from fairday.offline.events import LogRefused, RecordsApplied
from fairday.offline.log_store import Head
from fairday.offline.log_types import (
    LogHead,
    LogRecord,
    Outcome,
    RecordBody,
    RecordKind,
    RecordResult,
    Synced,
    Upload,
)
from fairday.offline.rules import LeaseBook, Sifted, SliceBook
from fairday.offline.settling import Item
from fairday.offline.store import LeaseRow
from fairday.offline.types import LeaseState
from fairday.tills import service as tills
from fairday.tills.types import PairedDevice


class SyncAt(msgspec.Struct, frozen=True):
    """Carry an upload to its lane: who sends it, under which lease; `allowed` are the supervisors of records, by hash."""

    by: Principal
    lease_id: str
    upload: Upload
    allowed: Mapping[str, str] = {}


class Part(msgspec.Struct):
    """Hold one request of a batch: whose log it is of, and what of it is new."""

    place: int
    device: PairedDevice
    lease: LeaseRow
    sifted: Sifted
    allowed: Mapping[str, str] = {}
    items: list[Item] = []


async def sync(tx: Tx, requests: Sequence[SyncAt], now: datetime) -> list[Synced | Refusal]:
    """Take in uploads, in arrival order.

    Refusals: NotFound (a lease that is not the asker's), LogTampered (nothing of that upload was taken in).
    """
    answers: dict[int, Synced | Refusal] = {}
    waiting: list[tuple[int, LeaseRow]] = []
    for place, request in enumerate(requests):
        try:
            waiting.append((place, await leases.own_row(tx, request.by, request.lease_id)))
        except Refusal as refusal:
            answers[place] = refusal
    while waiting:
        # Of each device one upload at a time: the second begins where the first ended.
        chosen: dict[str, tuple[int, LeaseRow]] = {}
        for place, lease in waiting:
            chosen.setdefault(lease.device_id, (place, lease))
        waiting = [one for one in waiting if one not in chosen.values()]
        await _pass(tx, requests, list(chosen.values()), answers, now)
    return [answers[place] for place in range(len(requests))]


async def _pass(
    tx: Tx,
    requests: Sequence[SyncAt],
    chosen: Sequence[tuple[int, LeaseRow]],
    answers: dict[int, Synced | Refusal],
    now: datetime,
) -> None:
    heads = await log_store.hold_logs(tx, [lease.device_id for _, lease in chosen])
    parts = await _sifted(tx, requests, chosen, heads)
    good = []
    for part in parts:
        if part.sifted.tampered is not None:
            answers[part.place] = await _refuse(tx, part, part.sifted.tampered, now)
        else:
            good.append(part)
    agreed = await store.terms(tx, [part.device.merchant_id for part in good])
    breaks = Breaks({merchant_id: one.bearer for merchant_id, one in agreed.items()}, now)
    books = await _items(tx, good, heads, now)
    items = [item for part in good for item in part.items]
    for run in rules.rounds([(item.device.device_id, item.body) for item in items]):
        some = [items[place] for place in run]
        if some and some[0].body is not None and some[0].body.kind is RecordKind.UNDO:
            await undoing.undo(tx, some, breaks, now)
        elif some:
            await settling.apply(tx, some, breaks, now)
    await _keep_forks(tx, good, breaks, now)
    await _store(tx, good, heads, books, breaks, now)
    for part in good:
        answers[part.place] = await _answer(tx, requests[part.place].upload, part, heads, now)


async def _sifted(
    tx: Tx,
    requests: Sequence[SyncAt],
    chosen: Sequence[tuple[int, LeaseRow]],
    heads: Mapping[str, Head],
) -> list[Part]:
    devices = await tills.devices_by_id(tx, [lease.device_id for _, lease in chosen])
    branches = await log_store.forks_of(tx, list(heads))
    keys = {
        (lease.device_id, seq)
        for place, lease in chosen
        for one in requests[place].upload.records
        for seq in (one.seq, one.seq - 1)
        if 0 < seq <= heads[lease.device_id].last_seq
    }
    stored = await log_store.hashes_at(tx, sorted(keys)) if keys else {}
    parts = []
    for place, lease in chosen:
        head = heads[lease.device_id]
        known = {0: rules.genesis(lease.device_id)} | stored.get(lease.device_id, {})
        sifted = rules.sift(
            requests[place].upload.records,
            head.last_seq,
            head.head_hash,
            known,
            branches.get(lease.device_id, set()),
        )
        parts.append(Part(place, devices[lease.device_id], lease, sifted, requests[place].allowed))
    return parts


async def _refuse(tx: Tx, part: Part, record: LogRecord, now: datetime) -> LogTampered:
    """Name the place where a log does not verify, tell of it once."""
    device = part.device
    if await log_store.refuse_log(tx, device.device_id, record, part.lease.lease_id, device.merchant_id, now):
        event = LogRefused(
            device_id=device.device_id,
            merchant_id=device.merchant_id,
            lease_id=part.lease.lease_id,
            seq=record.seq,
        )
        await outbox.publish(tx, [event], now)
    return LogTampered(device_id=device.device_id, seq=record.seq)


async def _items(
    tx: Tx, parts: Sequence[Part], heads: Mapping[str, Head], now: datetime
) -> dict[str, LeaseBook]:
    """Read the new records and judge their clocks; return the books of the leases they name."""
    bodies: dict[str, RecordBody | None] = {
        record.hash: rules.read_body(record, part.device.device_id)
        for part in parts
        for record in part.sifted.fresh
    }
    named = {body.lease_id for body in bodies.values() if body is not None}
    rows = await store.hold_leases(tx, sorted(named)) if named else {}
    books = {row.lease_id: _book(row) for row in rows.values()}
    for one in await store.slices(tx, list(rows)) if rows else []:
        books[one.lease_id].slices[one.coupon_id] = SliceBook(
            one.count_max,
            one.value_max_minor,
            one.escrow_minor - one.escrow_spent_minor,
            one.used_count,
            one.used_minor,
        )
    for part in parts:
        last_at = heads[part.device.device_id].last_happened_at
        for record in part.sifted.fresh:
            body = bodies[record.hash]
            row = rows.get(body.lease_id) if body is not None else None
            if row is not None and row.device_id != part.device.device_id:
                row = None
            item = _item(part, record, body, row, books, last_at, now)
            part.items.append(item)
            if body is not None and not item.is_clock_wrong:
                last_at = max(last_at or body.happened_at, body.happened_at)
    return books


def _item(
    part: Part,
    record: LogRecord,
    body: RecordBody | None,
    row: LeaseRow | None,
    books: Mapping[str, LeaseBook],
    last_at: datetime | None,
    now: datetime,
) -> Item:
    begin = row.granted_at if row is not None else part.device.paired_at
    at, is_wrong = now, False
    if body is not None:
        is_wrong = rules.is_clock_wrong(body, begin, last_at, now)
        at = min(max(body.happened_at, begin), now)
    item = Item(
        part.device,
        record,
        body,
        books[row.lease_id] if row is not None else None,
        row.lease_id if row is not None else part.lease.lease_id,
        at,
        is_wrong,
    )
    item.supervisor_id = part.allowed.get(record.hash)
    if is_wrong:
        item.flags.append("wrong_clock")
    elif body is not None and rules.is_device_clock_off(body):
        item.flags.append("device_clock_off")
    return item


def _book(row: LeaseRow) -> LeaseBook:
    ends_at = row.expires_at if row.closed_at is None else min(row.expires_at, row.closed_at)
    return LeaseBook(
        row.lease_id,
        row.granted_at,
        ends_at,
        row.state is LeaseState.OPEN,
        row.limits,
        row.used_count,
        row.used_minor,
        {},
    )


async def _keep_forks(tx: Tx, parts: Sequence[Part], breaks: Breaks, now: datetime) -> None:
    """Keep the records of other branches and book their breaks; nothing of them is applied."""
    forks = [(part.device, record) for part in parts for record in part.sifted.forks]
    if not forks:
        return
    await log_store.insert_forks(tx, [(device.device_id, record) for device, record in forks], now)
    for device, record in forks:
        breaks.add_fork(device, record, rules.read_body(record, device.device_id))


async def _store(
    tx: Tx,
    parts: Sequence[Part],
    heads: dict[str, Head],
    books: Mapping[str, LeaseBook],
    breaks: Breaks,
    now: datetime,
) -> None:
    await breaks.store(tx)
    rows = [
        (part.device.device_id, item.lease_id, item.record, item.result())
        for part in parts
        for item in part.items
    ]
    if not rows:
        return
    await log_store.insert_records(tx, rows, now)
    await overriding.keep(tx, [item for part in parts for item in part.items], now)
    if books:
        await store.use_leases(tx, books)
    for part in parts:
        if part.items:
            heads[part.device.device_id] = _moved(heads[part.device.device_id], part.items)
    await log_store.move_logs(
        tx, {part.device.device_id: heads[part.device.device_id] for part in parts if part.items}
    )
    await outbox.publish(tx, [_event(part) for part in parts if part.items], now)


def _moved(head: Head, items: Sequence[Item]) -> Head:
    trusted = [item.what.happened_at for item in items if item.body is not None and not item.is_clock_wrong]
    last = items[-1].record
    if head.last_happened_at is not None:
        trusted.append(head.last_happened_at)
    return Head(last.seq, bytes.fromhex(last.hash), max(trusted) if trusted else None)


def _event(part: Part) -> RecordsApplied:
    counts = _counts([item.result() for item in part.items])
    return RecordsApplied(
        device_id=part.device.device_id,
        till_id=part.device.till_id,
        store_id=part.device.store_id,
        merchant_id=part.device.merchant_id,
        first_seq=part.items[0].record.seq,
        last_seq=part.items[-1].record.seq,
        sales_count=sum(item.is_sale() for item in part.items if item.body is not None),
        effective_count=counts[Outcome.EFFECTIVE],
        conflict_count=counts[Outcome.CONFLICT],
        flagged_count=counts[Outcome.FLAGGED],
    )


def _counts(results: Sequence[RecordResult]) -> dict[Outcome, int]:
    counts = dict.fromkeys(Outcome, 0)
    for result in results:
        for use in result.uses:
            counts[use.outcome] += 1
    return counts


async def _answer(tx: Tx, upload: Upload, part: Part, heads: Mapping[str, Head], now: datetime) -> Synced:
    head = heads[part.device.device_id]
    fresh = [item.result() for item in part.items]
    known = sorted(set(part.sifted.known))
    before = await log_store.results_at(tx, part.device.device_id, known) if known else []
    counts = _counts(fresh)
    return Synced(
        part.device.device_id,
        head.last_seq + 1,
        LogHead(seq=head.last_seq, hash=head.head_hash.hex()),
        now,
        len(fresh),
        len(upload.records)
        - len(fresh)
        - part.sifted.waiting_count
        - len(part.sifted.forks)
        - part.sifted.known_forks_count,
        part.sifted.waiting_count,
        len(part.sifted.forks) + part.sifted.known_forks_count,
        counts[Outcome.EFFECTIVE],
        counts[Outcome.CONFLICT],
        counts[Outcome.FLAGGED],
        sorted([*before, *fresh], key=lambda result: result.seq),
    )
