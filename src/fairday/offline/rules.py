"""Decide without I/O: the chain of a log, clocks, what a record must hold, floor limits, who bears a loss."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from fairday.offline.log_types import CodeUse, LogRecord, RecordBody, RecordKind
from fairday.offline.types import Bearer, BreakKind, Limits

SKEW = timedelta(minutes=2)
"""How far a till's idea of the server's time may be off. Source: R39, X18."""
GRACE = timedelta(minutes=30)
"""How long after its end a lease's slices stay set aside for logs that come late. Source: R38."""
COUPONS_MAX = 200
"""Most coupons of one lease, the newest."""
CONFLICTS = frozenset(
    {"already_used", "claim_locked", "claim_voided", "claim_expired", "not_yet_usable", "budget_spent"}
)
"""Why a use does not count though the till did all it could: it could not know."""
_PURPOSE = b"fairday till log v1 "
_body = msgspec.json.Decoder(RecordBody)


def genesis(device_id: str) -> bytes:
    """Return the hash before a device's first record."""
    return hashlib.sha256(_PURPOSE + device_id.encode()).digest()


def chained(prev_hash: bytes, body: str) -> bytes:
    """Return the hash of a record: SHA-256 over the 32 bytes before it and its text in UTF-8."""
    return hashlib.sha256(prev_hash + body.encode()).digest()


class Sifted(msgspec.Struct):
    """Part an upload: to apply in order, known before, waiting for a gap, of another branch, and the one that lies."""

    fresh: list[LogRecord]
    known: list[int]
    forks: list[LogRecord]
    waiting_count: int = 0
    known_forks_count: int = 0
    tampered: LogRecord | None = None


def sift(
    records: Sequence[LogRecord],
    last_seq: int,
    head: bytes,
    stored: Mapping[int, bytes],
    branch: Collection[tuple[int, bytes]],
) -> Sifted:
    """Part an upload by what stands in the log.

    `stored` holds the hashes of the log by number, at least for the numbers of the upload and those before them (0 is
    the genesis); `branch` the (number, hash) of records of other branches. Order and repetition do not matter.
    """
    found = Sifted([], [], [])
    forks = set(branch)
    hashes = dict(stored)
    hashes[last_seq] = head
    end = last_seq
    for record in sorted(
        {(one.seq, one.hash): one for one in records}.values(), key=lambda r: (r.seq, r.hash)
    ):
        prev_hash, digest = bytes.fromhex(record.prev_hash), bytes.fromhex(record.hash)
        follows_fork = (record.seq - 1, prev_hash) in forks
        if chained(prev_hash, record.body) != digest:
            found.tampered = record
            break
        if hashes.get(record.seq) == digest and record.seq <= last_seq:
            found.known.append(record.seq)
        elif (record.seq, digest) in forks:
            found.known_forks_count += 1
        elif record.seq == end + 1 and prev_hash == hashes[end]:
            found.fresh.append(record)
            end = record.seq
            hashes[end] = digest
        elif follows_fork or (record.seq <= end and hashes.get(record.seq - 1) == prev_hash):
            found.forks.append(record)
            forks.add((record.seq, digest))
        elif record.seq > end + 1:
            found.waiting_count += 1
        else:
            found.tampered = record
            break
    return found


def read_body(record: LogRecord, device_id: str) -> RecordBody | None:
    """Return what a record says, or None when it cannot be read, is another device's or says another number."""
    if "\\u0000" in record.body or "\x00" in record.body:
        return None
    try:
        body = _body.decode(record.body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return body if (body.device_id, body.seq) == (device_id, record.seq) else None


def is_complete(body: RecordBody) -> bool:
    """Tell whether a record holds what its kind must hold."""
    if body.kind is RecordKind.NOTE:
        return not body.codes and not body.lines
    if body.receipt_id is None or body.shift_id is None or body.clerk_id is None:
        return False
    if body.kind is RecordKind.SALE:
        return bool(body.lines) and body.tendered_minor >= body.total_minor
    if body.kind is RecordKind.REDEMPTION:
        return len(body.codes) == 1 and not body.lines
    return not body.codes and not body.lines


def is_clock_wrong(
    body: RecordBody, granted_at: datetime | None, last_happened_at: datetime | None, now: datetime
) -> bool:
    """Tell whether a record's time cannot be: before the server told the time, ahead of now, against the monotonic
    clock, or behind the record before it; each by more than the skew. Source: X18."""
    at, clock = body.happened_at, body.clock
    if at > now + SKEW or clock.server_at > now + SKEW or at + SKEW < clock.server_at:
        return True
    if granted_at is not None and clock.server_at + SKEW < granted_at:
        return True
    if last_happened_at is not None and at + SKEW < last_happened_at:
        return True
    if clock.elapsed_ms is None:
        return False
    return abs(at - (clock.server_at + timedelta(milliseconds=clock.elapsed_ms))) > SKEW


def is_device_clock_off(body: RecordBody) -> bool:
    """Tell whether the device's own clock differs from the time it worked by."""
    return abs(body.clock.device_at - body.happened_at) > SKEW


class SliceBook(msgspec.Struct):
    """Count what a lease used of a coupon; `is_changed` when it did now."""

    count_max: int
    value_max_minor: int
    escrow_left_minor: int
    used_count: int
    used_minor: int
    escrow_spent_minor: int = 0
    is_changed: bool = False


class LeaseBook(msgspec.Struct):
    """Count what a lease used, while its records are judged in order."""

    lease_id: str
    granted_at: datetime
    ends_at: datetime
    is_open: bool
    limits: Limits
    used_count: int
    used_minor: int
    slices: dict[str, SliceBook]

    def holds(self, at: datetime) -> bool:
        """Tell whether the lease was in force."""
        return self.granted_at - SKEW <= at < self.ends_at

    def accept(self, coupon_id: str, amount_minor: int) -> str | None:
        """Count a coupon that the till took, or say why its floor limits forbade it. Source: R37."""
        slice_ = self.slices.get(coupon_id)
        if slice_ is None:
            return "not_leased"
        if (
            amount_minor > self.limits.face_max_minor
            or self.used_count >= self.limits.count_max
            or self.used_minor + amount_minor > self.limits.value_max_minor
            or slice_.used_count >= slice_.count_max
            or slice_.used_minor + amount_minor > slice_.value_max_minor
        ):
            return "over_limit"
        self.used_count += 1
        self.used_minor += amount_minor
        slice_.is_changed = True
        slice_.used_count += 1
        slice_.used_minor += amount_minor
        return None

    def escrow(self, coupon_id: str, amount_minor: int) -> int:
        """Return how much of an amount was set aside and is there; the caller spends it by `spent`."""
        slice_ = self.slices[coupon_id]
        leased_minor = min(amount_minor, slice_.escrow_left_minor) if self.is_open else 0
        slice_.escrow_left_minor -= leased_minor
        return leased_minor

    def spent(self, coupon_id: str, leased_minor: int, *, is_effective: bool) -> None:
        """Settle what `escrow` gave: spent for an effective use, back in the slice for another."""
        slice_ = self.slices[coupon_id]
        if is_effective:
            slice_.escrow_spent_minor += leased_minor
        else:
            slice_.escrow_left_minor += leased_minor


def smaller(one: Limits, other: Limits | None) -> Limits:
    """Return the tighter of a merchant's limits and a till's own."""
    if other is None:
        return one
    return Limits(
        face_max_minor=min(one.face_max_minor, other.face_max_minor),
        count_max=min(one.count_max, other.count_max),
        value_max_minor=min(one.value_max_minor, other.value_max_minor),
        lease_s=min(one.lease_s, other.lease_s),
    )


def kind_of(reason: str) -> BreakKind:
    """Return whether the till could have known."""
    return BreakKind.CONFLICT if reason in CONFLICTS else BreakKind.FLAGGED


def bearer_of(kind: BreakKind, agreed: Bearer) -> Bearer:
    """Return who bears a break: by contract for a conflict, always the merchant for what its till could have known."""
    return agreed if kind is BreakKind.CONFLICT else Bearer.MERCHANT


def loss_account(bearer: Bearer, merchant_id: str) -> str:
    """Return the account that a loss is booked to."""
    return f"merchant:{merchant_id}:offline_loss" if bearer is Bearer.MERCHANT else "platform:offline_loss"


def places_of(use: CodeUse) -> tuple[int, ...]:
    """Return the lines that a coupon lowered, from 0, each once; none means all."""
    return tuple(sorted({number - 1 for number in use.line_numbers}))


def rounds(bodies: Sequence[tuple[str, RecordBody | None]]) -> list[list[int]]:
    """Part records, given as (device, body) in order, into runs that may be applied together.

    An undo needs what came before it to stand, and so does a receipt that is named again.
    """
    runs: list[list[int]] = [[]]
    seen: set[tuple[str, str]] = set()
    is_undoing = False
    for place, (device_id, body) in enumerate(bodies):
        receipt = (device_id, body.receipt_id) if body is not None and body.receipt_id else None
        is_undo = body is not None and body.kind is RecordKind.UNDO
        if runs[-1] and (is_undo != is_undoing or (receipt is not None and receipt in seen)):
            runs.append([])
            seen = set()
        is_undoing = is_undo
        if receipt is not None:
            seen.add(receipt)
        runs[-1].append(place)
    return runs
