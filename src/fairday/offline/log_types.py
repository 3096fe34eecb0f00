"""Shape a device's log: records as they are uploaded, and what became of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.coupons.types import Instant
from fairday.kernel.ids import ExternalId, Id
from fairday.kernel.money import Minor, PositiveMinor

RECORDS_MAX = 500
BODY_MAX = 16_000
CODES_MAX = 10
LINES_MAX = 100
Seq = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000_000)]
Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 as 64 small hex digits.")]


class RecordKind(StrEnum):
    """Name what a record tells: a sale, a coupon used for a receipt of the shop's own POS, an undo, a note."""

    SALE = "sale"
    REDEMPTION = "redemption"
    UNDO = "undo"
    NOTE = "note"


class LogHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Name the end of a device's log: the last record's number and hash; an empty log has number 0."""

    seq: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000_000)]
    hash: Hash


class LogRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Carry one record: `body` is the JSON text exactly as it was hashed; hash = SHA-256(prev_hash bytes || body in UTF-8)."""

    seq: Seq
    prev_hash: Hash
    hash: Hash
    body: Annotated[str, msgspec.Meta(min_length=2, max_length=BODY_MAX)]


class Upload(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Send at most 500 records of one device, in any order; what was sent before may be sent again."""

    records: Annotated[tuple[LogRecord, ...], msgspec.Meta(min_length=1, max_length=RECORDS_MAX)]


class DeviceClock(msgspec.Struct, frozen=True):
    """Tell how the till knew the time: the last time the server told, how long ago that was by the monotonic clock
    (null after a restart), and what the device's own clock said."""

    server_at: Instant
    device_at: Instant
    elapsed_ms: Annotated[int, msgspec.Meta(ge=0, le=10**12)] | None = None


class CodeUse(msgspec.Struct, frozen=True):
    """Tell of a coupon that was taken: its code as scanned, what it took off, and the lines (from 1) it lowered."""

    code: Annotated[str, msgspec.Meta(min_length=8, max_length=400)]
    amount_minor: PositiveMinor
    line_numbers: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=1, le=LINES_MAX)], ...], msgspec.Meta(max_length=LINES_MAX)
    ] = ()


class SoldLine(msgspec.Struct, frozen=True):
    """Tell of a line that was sold: `gross_minor` is what the whole line cost before coupons."""

    sku_id: Id
    quantity: Annotated[int, msgspec.Meta(ge=1, le=9_999)]
    gross_minor: Minor


class RecordBody(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what a record says. `happened_at` is the till's best estimate of the server's time; codes are judged by it.

    A sale has lines, `total_minor` and `tendered_minor` (cash is the only tender offline) and a receipt; a redemption
    has exactly one code and a receipt; an undo names the receipt it undoes. `override` is a supervisor's reason (R41),
    `supervisor` the login, `proof` the PIN sealed for the server.
    """

    v: Annotated[int, msgspec.Meta(ge=1, le=1)]
    device_id: Id
    seq: Seq
    kind: RecordKind
    lease_id: Id
    happened_at: Instant
    clock: DeviceClock
    shift_id: Id | None = None
    clerk_id: Id | None = None
    receipt_id: ExternalId | None = None
    codes: Annotated[tuple[CodeUse, ...], msgspec.Meta(max_length=CODES_MAX)] = ()
    lines: Annotated[tuple[SoldLine, ...], msgspec.Meta(max_length=LINES_MAX)] = ()
    total_minor: Minor = 0
    tendered_minor: Minor = 0
    text: Annotated[str, msgspec.Meta(max_length=200)] = ""
    override: Annotated[str, msgspec.Meta(max_length=200)] = ""
    supervisor: Annotated[str, msgspec.Meta(max_length=64)] = ""
    proof: Annotated[str, msgspec.Meta(max_length=400)] = ""


class Outcome(StrEnum):
    """Name what became of a coupon's use: effective; conflict (the till could not know); flagged (it could, or its log
    is not trusted)."""

    EFFECTIVE = "effective"
    CONFLICT = "conflict"
    FLAGGED = "flagged"


class RecordState(StrEnum):
    """Name what became of a record: applied, or flagged and left out of the books."""

    APPLIED = "applied"
    FLAGGED = "flagged"


class UseResult(msgspec.Struct, frozen=True):
    """Tell what became of one coupon of a record; `reason` is a refusal's code and null when it is effective.

    `is_counted` tells whether it counts against the lease's floor limits; `is_overridden` that a supervisor let it pass them.
    """

    place: int
    outcome: Outcome
    amount_minor: int
    claim_id: str | None = None
    coupon_id: str | None = None
    redemption_id: str | None = None
    reason: str | None = None
    break_id: str | None = None
    is_counted: bool = False
    is_overridden: bool = False


class RecordResult(msgspec.Struct, frozen=True):
    """Tell what became of one record. `flags` are remarks that changed nothing (`late`, `stock_short`, ...)."""

    seq: int
    kind: RecordKind
    state: RecordState
    happened_at: datetime
    receipt_id: str | None = None
    reason: str | None = None
    sale_id: str | None = None
    receipt_number: int | None = None
    flags: tuple[str, ...] = ()
    uses: tuple[UseResult, ...] = ()


class Synced(msgspec.Struct, frozen=True):
    """Answer an upload. Send on from `next_seq`; everything below it is safe and may be forgotten by the device.

    `results` are those of the uploaded records that stand in the log, also when they were sent before. `forked_count`
    counts records of another branch of the log (a cloned device): they are kept, not applied, and stand in the breaks.
    """

    device_id: Id
    next_seq: int
    head: LogHead
    server_now: datetime
    applied_count: int
    duplicate_count: int
    waiting_count: int
    forked_count: int
    effective_count: int
    conflict_count: int
    flagged_count: int
    results: list[RecordResult]
