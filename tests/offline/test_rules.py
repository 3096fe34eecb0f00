"""Judge logs, clocks and limits at their boundaries, without a database. Source: R37-R39, I9, X18."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairday.offline import rules
from fairday.offline.log_types import LogRecord, RecordBody
from fairday.offline.rules import LeaseBook, SliceBook
from fairday.offline.types import Bearer, BreakKind, Limits

DEVICE = "dev_019a70b1c2d0123456789abcdef"
AT = datetime(2026, 11, 11, 4, 3, 4, tzinfo=UTC)
BODY_1 = '{"v":1,"device_id":"dev_019a70b1c2d0123456789abcdef","seq":1,"kind":"note","lease_id":"lea_019a70b1c2d0123456789abcdef","happened_at":"2026-11-11T04:03:04.123Z","clock":{"server_at":"2026-11-11T04:00:00.000Z","elapsed_ms":184123,"device_at":"2026-11-11T04:03:04.500Z"},"text":"offline: no answer for 5 s"}'
BODY_2 = '{"v":1,"device_id":"dev_019a70b1c2d0123456789abcdef","seq":2,"kind":"note","lease_id":"lea_019a70b1c2d0123456789abcdef","happened_at":"2026-11-11T04:10:00.000Z","clock":{"server_at":"2026-11-11T04:00:00.000Z","elapsed_ms":600000,"device_at":"2026-11-11T04:10:00.200Z"},"text":"盘点 café ☕"}'
GENESIS = "537373ccf43d52fc939a3c01285c52388ddcf7224bd44eb4a5282e8b24b30973"
HASH_1 = "020f3c0a5372d7e82433c0f3a94246c9c22bf9172f06a9a5dd6f605a871f6f57"
HASH_2 = "c9b465c8454afd8b6741c8548cabc8c5e3414dbd0b44d88ad4835b1ff46dc172"


def test_the_documented_vectors() -> None:
    assert rules.genesis(DEVICE).hex() == GENESIS
    assert rules.chained(bytes.fromhex(GENESIS), BODY_1).hex() == HASH_1
    assert rules.chained(bytes.fromhex(HASH_1), BODY_2).hex() == HASH_2
    assert rules.read_body(LogRecord(seq=1, prev_hash=GENESIS, hash=HASH_1, body=BODY_1), DEVICE) is not None


def chain(count: int, start: str = GENESIS, first: int = 1, mark: str = "x") -> list[LogRecord]:
    """Return records chained one after another."""
    made, prev = [], start
    for seq in range(first, first + count):
        body = f'{{"n":{seq},"mark":"{mark}"}}'
        digest = rules.chained(bytes.fromhex(prev), body).hex()
        made.append(LogRecord(seq=seq, prev_hash=prev, hash=digest, body=body))
        prev = digest
    return made


def sift(records: list[LogRecord], log: list[LogRecord], branch: tuple[LogRecord, ...] = ()) -> rules.Sifted:
    """Sift an upload against a log that stands."""
    head = bytes.fromhex(log[-1].hash if log else GENESIS)
    stored = {0: bytes.fromhex(GENESIS)} | {one.seq: bytes.fromhex(one.hash) for one in log}
    return rules.sift(records, len(log), head, stored, {(one.seq, bytes.fromhex(one.hash)) for one in branch})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_cut_order_and_repetition_gives_the_same_log(data: st.DataObject) -> None:
    log = chain(8)
    taken: list[LogRecord] = []
    for _ in range(30):
        upload = data.draw(st.lists(st.sampled_from(log), min_size=1, max_size=12))
        found = sift(upload, taken)
        assert found.tampered is None
        assert found.forks == []
        taken += found.fresh
        assert taken == log[: len(taken)]
    assert sift(log, taken).fresh == log[len(taken) :]


@pytest.mark.parametrize("place", [0, 3, 7])
def test_a_changed_record_is_named(place: int) -> None:
    log = chain(8)
    bad = msgspec.structs.replace(log[place], body=log[place].body.replace("x", "y"))
    found = sift([*log[:place], bad, *log[place + 1 :]], [])
    assert found.tampered is not None
    assert found.tampered.seq == place + 1
    assert [one.seq for one in found.fresh] == list(range(1, place + 1))


def test_a_record_that_follows_nothing_is_named() -> None:
    log = chain(5)
    loose = chain(1, start="ab" * 32, first=3)
    assert sift(loose, log[:2]).tampered == loose[0]
    assert sift(loose, log).tampered == loose[0]


def test_a_gap_waits() -> None:
    log = chain(6)
    found = sift([log[0], log[2], log[5]], [])
    assert ([one.seq for one in found.fresh], found.waiting_count) == ([1], 2)


def test_a_clone_is_another_branch_whoever_comes_first() -> None:
    log = chain(5)
    clone = chain(3, start=log[1].hash, first=3, mark="clone")
    late = sift(clone, log)
    assert (late.forks, late.fresh, late.tampered) == (clone, [], None)
    again = sift(clone, log, tuple(clone))
    assert (again.forks, again.known_forks_count) == ([], 3)
    first = sift(clone, log[:2])
    assert first.fresh == clone
    assert sift(log, [*log[:2], *clone]).forks == log[2:]


def test_both_branches_in_one_upload_give_one_log() -> None:
    log = chain(4)
    clone = chain(3, start=log[1].hash, first=3, mark="clone")
    found = sift([*log, *clone], [])
    assert len(found.fresh) in (4, 5)
    assert len(found.fresh) + len(found.forks) == 7
    assert found.tampered is None


def body(**changes: object) -> RecordBody:
    """Return a redemption of an honest till."""
    given = {
        "v": 1, "device_id": DEVICE, "seq": 1, "kind": "redemption", "lease_id": "lea_1", "happened_at": AT,
        "clock": {"server_at": AT - timedelta(minutes=3), "elapsed_ms": 180_000, "device_at": AT},
        "shift_id": "shf_1", "clerk_id": "acc_1", "receipt_id": "R1",
        "codes": [{"code": "ABCDEFGH", "amount_minor": 5}],
    }  # fmt: skip
    return msgspec.convert(given | changes, RecordBody)


@pytest.mark.parametrize(
    ("changes", "complete"),
    [
        ({}, True),
        ({"codes": []}, False),
        ({"receipt_id": None}, False),
        ({"shift_id": None}, False),
        ({"kind": "undo"}, False),
        ({"kind": "undo", "codes": []}, True),
        ({"kind": "note", "codes": [], "receipt_id": None, "shift_id": None, "clerk_id": None}, True),
        ({"kind": "sale"}, False),
        (
            {
                "kind": "sale",
                "lines": [{"sku_id": "sku_1", "quantity": 1, "gross_minor": 5}],
                "total_minor": 5,
                "tendered_minor": 5,
            },
            True,
        ),
        (
            {
                "kind": "sale",
                "lines": [{"sku_id": "sku_1", "quantity": 1, "gross_minor": 5}],
                "total_minor": 5,
                "tendered_minor": 4,
            },
            False,
        ),
    ],
)
def test_what_a_record_must_hold(changes: dict[str, object], complete: bool) -> None:
    assert rules.is_complete(body(**changes)) is complete


def clock(**more: object) -> dict[str, object]:
    """Return the clock of an honest till with one change."""
    return {"clock": {"server_at": AT - timedelta(minutes=3), "elapsed_ms": 180_000, "device_at": AT} | more}


SKEW = rules.SKEW
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, False),
        (clock(elapsed_ms=None), False),
        (clock(elapsed_ms=180_000 + 120_000), False),
        (clock(elapsed_ms=180_000 + 120_001), True),
        (clock(elapsed_ms=180_000 - 120_001), True),
        (clock(device_at=AT + timedelta(days=1)), False),
        (clock(server_at=AT + SKEW, elapsed_ms=None), False),
        (clock(server_at=AT + SKEW + TICK, elapsed_ms=None), True),
        (clock(server_at=datetime(1, 1, 1, tzinfo=UTC), elapsed_ms=None), True),
        (clock(server_at=datetime(9999, 1, 1, tzinfo=UTC), elapsed_ms=10**12), True),
        ({"happened_at": datetime(9999, 12, 31, tzinfo=UTC)}, True),
        ({"happened_at": datetime(1, 1, 1, tzinfo=UTC)}, True),
    ],
)
def test_clocks(changes: dict[str, object], wrong: bool) -> None:
    told = body(**changes)
    assert rules.is_clock_wrong(told, AT - timedelta(hours=1), None, AT + timedelta(hours=1)) is wrong


def test_time_does_not_run_back_and_not_ahead_of_the_server() -> None:
    told, hour = body(), timedelta(hours=1)
    assert not rules.is_clock_wrong(told, AT - hour, AT + SKEW, AT + hour)
    assert rules.is_clock_wrong(told, AT - hour, AT + SKEW + TICK, AT + hour)
    assert not rules.is_clock_wrong(told, AT - hour, None, AT - SKEW)
    assert rules.is_clock_wrong(told, AT - hour, None, AT - SKEW - TICK)
    assert rules.is_clock_wrong(told, AT, None, AT + hour), (
        "the server told the time before it granted the lease"
    )


def book(**limits: int) -> LeaseBook:
    """Return a lease with one coupon's slice."""
    bounds = Limits(**({"face_max_minor": 20, "count_max": 3, "value_max_minor": 50} | limits))
    return LeaseBook(
        "lea_1", AT, AT + timedelta(hours=4), True, bounds, 0, 0, {"cpn_1": SliceBook(3, 50, 30, 0, 0)}
    )


def test_floor_limits_at_their_edges() -> None:
    lease = book()
    assert lease.accept("cpn_2", 1) == "not_leased"
    assert lease.accept("cpn_1", 21) == "over_limit"
    assert [lease.accept("cpn_1", 20) for _ in range(3)] == [None, None, "over_limit"]
    assert lease.accept("cpn_1", 10) is None
    assert lease.accept("cpn_1", 1) == "over_limit"
    assert (lease.used_count, lease.used_minor) == (3, 50)


def test_escrow_is_spent_once_and_comes_back() -> None:
    lease = book()
    assert lease.escrow("cpn_1", 20) == 20
    lease.spent("cpn_1", 20, is_effective=False)
    assert lease.escrow("cpn_1", 20) == 20
    lease.spent("cpn_1", 20, is_effective=True)
    assert lease.escrow("cpn_1", 20) == 10
    assert lease.slices["cpn_1"].escrow_spent_minor == 20
    lease.is_open = False
    assert lease.escrow("cpn_1", 5) == 0


def test_a_lease_holds_until_its_end() -> None:
    lease = book()
    assert lease.holds(AT - SKEW)
    assert not lease.holds(AT - SKEW - TICK)
    assert lease.holds(lease.ends_at - TICK)
    assert not lease.holds(lease.ends_at)


def test_who_bears_what() -> None:
    assert rules.kind_of("already_used") is BreakKind.CONFLICT
    assert rules.kind_of("code_expired") is BreakKind.FLAGGED
    assert rules.bearer_of(BreakKind.CONFLICT, Bearer.PLATFORM) is Bearer.PLATFORM
    assert rules.bearer_of(BreakKind.FLAGGED, Bearer.PLATFORM) is Bearer.MERCHANT


def test_undos_and_repeated_receipts_wait_for_what_came_before() -> None:
    sale = body(receipt_id="A")
    undo = body(kind="undo", codes=[], receipt_id="A")
    other = body(receipt_id="B")
    note = body(kind="note", codes=[], receipt_id=None, shift_id=None, clerk_id=None)
    asked = [("d", sale), ("d", other), ("d", undo), ("d", sale), ("d", note), ("d", sale), ("e", sale)]
    assert rules.rounds(asked) == [[0, 1], [2], [3, 4], [5, 6]]
