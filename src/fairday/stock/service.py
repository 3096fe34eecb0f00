"""Reserve, sell, return and count goods. Batch verbs take requests in arrival order and answer in the same order."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from fairday.kernel.errors import Refusal
from fairday.kernel.ids import new_id
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.stock import rules, store
from fairday.stock.errors import BadLines, CountBelowReserved, ReservationConflict, ReservationOver
from fairday.stock.facts import book_sold
from fairday.stock.looking import (
    all_have,
    atp,
    levels,
    levels_at,
    page_of_place,
    page_of_sku,
    sold_out,
    to_be_had,
)
from fairday.stock.rules import Asked, Key
from fairday.stock.types import (
    Counted,
    CountRow,
    Moved,
    MoveRequest,
    Outcome,
    Reason,
    Reserved,
    ReserveRequest,
    Settled,
    State,
    StockLine,
)

__all__ = [
    "all_have", "atp", "book_sold", "drop", "expire", "keep", "levels", "levels_at", "page_of_place", "page_of_sku", "put_back", "release",
    "reserve", "sell", "set_levels", "sold_out", "take", "to_be_had",
]  # fmt: skip
A = TypeVar("A", bound=Asked)
R = TypeVar("R", Reserved, Moved)
Give = Callable[[Tx, Mapping[Key, int]], Awaitable[dict[Key, store.Given] | None]]

EXPIRE_MAX = 2000


async def reserve(tx: Tx, requests: Sequence[ReserveRequest], now: datetime) -> list[Reserved | Refusal]:
    """Set goods aside for online orders, all lines of a request or none; the same document reserves once.

    Without `expires_at` the goods are kept at once, as for an order that is already paid.
    Refusals: BadLines, ReservationConflict, ReservationOver (the document's reservation has ended), OutOfStock.
    Raises: RetryTransaction when another transaction reserves for one of the documents at this moment.
    Source: R65, R67-R71, I14, I15.
    """
    standing = await store.reservations_of(tx, [request.document_id for request in requests])
    answers, fresh, twins = _sift(requests, standing, lambda r: _reserved_before(r, standing, now), Reserved)
    accepted = await _allot(tx, requests, fresh, answers, store.reserve_levels)
    refused = [requests[place].document_id for place in fresh if isinstance(answers[place], Refusal)]
    if refused and await store.reservations_of(tx, refused):
        raise RetryTransaction  # its own twin took the goods while this batch waited for the level
    if accepted:
        await store.insert_reservations(tx, _reservation_rows(accepted, now))
    return _with_twins(requests, answers, twins, Reserved)


async def write_reservations(tx: Tx, requests: Sequence[ReserveRequest], now: datetime) -> None:
    """Write the reservations of documents that the caller made in this transaction, each once; no level is locked yet.

    The first half of `reserve` for who writes much in one transaction: `take_reserved` must follow, and when it refuses
    any, everything must be undone. In between the caller may take other things, the fought over ones last.
    """
    assert not any([rules.defect(request) for request in requests]), "the caller's own documents make sense"
    if requests:
        await store.insert_reservations(tx, _reservation_rows(requests, now))


async def take_reserved(tx: Tx, requests: Sequence[ReserveRequest]) -> list[Reserved | Refusal]:
    """Take the goods of reservations that `write_reservations` wrote, judged in arrival order. Refusals: OutOfStock."""
    answers: list[Reserved | Refusal | None] = [Reserved(request.document_id) for request in requests]
    await _allot(tx, requests, range(len(requests)), answers, store.reserve_levels)
    return [answer for answer in answers if answer is not None]


def _reservation_rows(requests: Sequence[ReserveRequest], now: datetime) -> list[store.ReservationRow]:
    rows: list[store.ReservationRow] = []
    for request in requests:
        document_id, expires_at = request.document_id, request.expires_at
        state = "kept" if expires_at is None else "active"
        for line in request.lines:
            rows.append(
                (document_id, line.line_id, line.sku_id, line.place_id, line.quantity, state, expires_at, now)
            )
    return rows


async def sell(tx: Tx, requests: Sequence[MoveRequest], now: datetime) -> list[Moved | Refusal]:
    """Let goods leave at a till, all lines of a document or none; the same document sells once.

    A till may sell the safety stock, but nothing that is reserved. Refusals: BadLines, ReservationConflict, OutOfStock.
    Raises: RetryTransaction when another transaction sells one of the documents at this moment. Source: R67, R71.
    """
    standing = await store.moved_lines(tx, [request.document_id for request in requests], Reason.SOLD)

    def before(request: MoveRequest) -> Moved | Refusal:
        is_same = standing[request.document_id] == {line.line_id: line for line in request.lines}
        return (
            Moved(request.document_id, True)
            if is_same
            else ReservationConflict(document_id=request.document_id)
        )

    answers, fresh, twins = _sift(requests, standing, before, Moved)
    accepted = await _allot(tx, requests, fresh, answers, store.sell_levels)
    refused = [requests[place].document_id for place in fresh if isinstance(answers[place], Refusal)]
    if refused and await store.moved_lines(tx, refused, Reason.SOLD):
        raise RetryTransaction  # its own twin took the goods while this batch waited for the level
    await _move(tx, ((r.document_id, line, -1) for r in accepted for line in r.lines), Reason.SOLD, now)
    return _with_twins(requests, answers, twins, Moved)


async def put_back(tx: Tx, requests: Sequence[MoveRequest], now: datetime) -> list[Moved | Refusal]:
    """Take sellable goods back on hand at each line's place; a line of a document comes back once. Source: R72.

    Refusals: BadLines, ReservationConflict (a line came back with other goods).
    Raises: RetryTransaction when another transaction puts one of the lines back at this moment.
    """
    standing = await store.moved_lines(tx, [request.document_id for request in requests], Reason.RETURNED)
    answers: list[Moved | Refusal] = []
    lines: list[tuple[str, StockLine, int]] = []
    for request in requests:
        refusal = rules.defect(request)
        before = standing.setdefault(request.document_id, {})
        if refusal is not None:
            answers.append(refusal)
        elif any(before.get(line.line_id, line) != line for line in request.lines):
            answers.append(ReservationConflict(document_id=request.document_id))
        else:
            left = [line for line in request.lines if line.line_id not in before]
            before |= {line.line_id: line for line in left}
            lines += [(request.document_id, line, 1) for line in left]
            answers.append(Moved(request.document_id, is_replay=not left))
    if lines:
        await store.add_on_hand(tx, rules.needs_of(line for _, line, _ in lines))
        await _move(tx, lines, Reason.RETURNED, now)
    return answers


async def keep(tx: Tx, document_ids: Sequence[str], now: datetime) -> list[Settled | Refusal]:
    """Lift the expiry of paid reservations. Refusals: UnknownReservation, ReservationOver (paid too late: R69)."""
    went = await store.settle_reservations(tx, document_ids, State.KEPT, None, now)
    return await _settled(tx, document_ids, State.KEPT, went, now)


async def take(
    tx: Tx, document_ids: Sequence[str], now: datetime, *, line_ids: frozenset[str] | None = None
) -> list[Settled | Refusal]:
    """Let reserved goods leave: on hand and reserved fall; only `line_ids` of the documents when given.

    Refusals: UnknownReservation, ReservationOver (released, or past its time: I18). Taking again answers the same.
    """
    only = None if line_ids is None else sorted(line_ids)
    went = await store.settle_reservations(tx, document_ids, State.TAKEN, only, now)
    if went:
        needs = rules.needs_of(line for _, line in went)
        await store.change_levels(tx, {key: (-need, -need) for key, need in needs.items()})
        await _move(tx, ((document_id, line, -1) for document_id, line in went), Reason.TAKEN, now)
    return await _settled(tx, document_ids, State.TAKEN, went, now)


async def release(tx: Tx, document_ids: Sequence[str], now: datetime) -> list[Settled | Refusal]:
    """Free what documents still have reserved. Refusals: UnknownReservation, ReservationOver (taken or expired)."""
    went = await _free(tx, document_ids, State.RELEASED, now)
    return await _settled(tx, document_ids, State.RELEASED, went, now)


async def drop(tx: Tx, document_id: str, pieces: Mapping[str, int], now: datetime) -> None:
    """Free some pieces of a paid document's kept lines (line id to pieces): they are not wanted any more, the rest stays kept.

    The caller knows that so many are kept: less is a broken book and raises AssertionError.
    """
    freed = await store.lower_reservations(tx, document_id, pieces, now)
    assert len(freed) == len(pieces), f"not all of {sorted(pieces)} are kept for {document_id}"
    needs = rules.needs_of(freed)
    await store.change_levels(tx, {key: (0, -need) for key, need in needs.items()})


async def expire(tx: Tx, now: datetime, limit: int = EXPIRE_MAX) -> int:
    """Free reservations past their time, about `limit` lines at once, and return how many lines. Source: I18."""
    due = await store.due_documents(tx, now, limit)
    return len(await _free(tx, due, State.EXPIRED, now)) if due else 0


async def set_levels(
    tx: Tx, rows: Sequence[CountRow], now: datetime, *, document_id: str | None = None
) -> list[Counted | Refusal]:
    """Set what was counted; each change is a movement of the count `document_id` (a new one when None).

    Refusals: BadLines (a level stands twice), CountBelowReserved. Source: R71, I14, I16.
    """
    document_id = document_id or new_id("cnt")
    first: dict[Key, CountRow] = {}
    for row in rows:
        first.setdefault((row.sku_id, row.place_id), row)
    changed = await store.count_levels(tx, list(first.values())) if first else {}
    rest = [key for key in first if key not in changed]
    standing = await store.levels_at(tx, rest) if rest else {}
    await store.insert_movements(
        tx,
        [
            (document_id, f"{sku_id} {place_id}", Reason.COUNTED.value, sku_id, place_id, change, now)
            for (sku_id, place_id), (change, _) in changed.items()
            if change
        ],
    )
    answers: list[Counted | Refusal] = []
    for row in rows:
        key = (row.sku_id, row.place_id)
        if first[key] is not row:
            answers.append(BadLines(reason=f"{row.sku_id} at {row.place_id} stands twice"))
        elif key in changed:
            change, is_new = changed[key]
            outcome = Outcome.CREATED if is_new else Outcome.UPDATED
            answers.append(Counted(*key, row.on_hand, change, outcome))
        elif standing[key].reserved > row.on_hand:
            reserved = standing[key].reserved
            answers.append(
                CountBelowReserved(sku_id=key[0], place_id=key[1], reserved=reserved, counted=row.on_hand)
            )
        else:
            answers.append(Counted(*key, row.on_hand, 0, Outcome.UNCHANGED))
    return answers


def _reserved_before(
    request: ReserveRequest,
    standing: Mapping[str, list[tuple[StockLine, State, datetime | None]]],
    now: datetime,
) -> Reserved | Refusal:
    lines = standing[request.document_id]
    if {line.line_id: line for line, _, _ in lines} != {line.line_id: line for line in request.lines}:
        return ReservationConflict(document_id=request.document_id)
    for _, state, expires_at in lines:
        if state in (State.RELEASED, State.EXPIRED):
            return ReservationOver(document_id=request.document_id, state=state)
        if expires_at is not None and expires_at <= now:
            return ReservationOver(document_id=request.document_id, state=State.EXPIRED)
    return Reserved(request.document_id, True)


def _sift(
    requests: Sequence[A],
    standing: Mapping[str, object],
    before: Callable[[A], R | Refusal],
    kind: type[R],
) -> tuple[list[R | Refusal | None], list[int], dict[int, int]]:
    """Answer what makes no sense or already stands; return the places to judge, and those that repeat an earlier one."""
    answers: list[R | Refusal | None] = [None] * len(requests)
    first: dict[str, int] = {}
    fresh: list[int] = []
    twins: dict[int, int] = {}
    for place, request in enumerate(requests):
        document_id = request.document_id
        if document_id in standing:
            answers[place] = before(request)
        elif document_id in first:
            twins[place] = first[document_id]
        else:
            first[document_id] = place
            answers[place] = rules.defect(request)
            if answers[place] is None:
                fresh.append(place)
                answers[place] = kind(document_id)
    return answers, fresh, twins


async def _allot(
    tx: Tx, requests: Sequence[A], fresh: Sequence[int], answers: list[R | Refusal | None], give: Give
) -> list[A]:
    """Let the levels give what the requests need; put refusals in `answers` and return the requests that fit.

    One set update gives every level's whole need or nothing of it; afterwards all levels are locked and known, so
    where one did not fit the requests are judged one by one here, and a second update corrects the first.
    """
    asked = [requests[place] for place in fresh]
    needs = rules.needs_of(line for request in asked for line in request.lines)
    given = await give(tx, needs) if needs else None
    if given is None:
        return asked
    is_sale = give is store.sell_levels
    free = {
        key: (found.level.free if is_sale else found.level.free_online) + found.moved
        for key, found in given.items()
    }
    accepted: list[A] = []
    for place, request in zip(fresh, asked, strict=True):
        refusal = rules.judge(request.lines, free)
        if refusal is None:
            accepted.append(request)
        else:
            answers[place] = refusal
    wanted = rules.needs_of(line for request in accepted for line in request.lines)
    changes = {key: wanted.get(key, 0) - found.moved for key, found in given.items()}
    await store.change_levels(
        tx, {key: (-change, 0) if is_sale else (0, change) for key, change in changes.items() if change}
    )
    return accepted


def _with_twins(
    requests: Sequence[Asked], answers: list[R | Refusal | None], twins: Mapping[int, int], kind: type[R]
) -> list[R | Refusal]:
    for place, earlier in twins.items():
        request, answer = requests[place], answers[earlier]
        if request.lines != requests[earlier].lines:
            answers[place] = ReservationConflict(document_id=request.document_id)
        else:
            answers[place] = answer if isinstance(answer, Refusal) else kind(request.document_id, True)
    return [answer for answer in answers if answer is not None]


async def _free(
    tx: Tx, document_ids: Sequence[str], state: State, now: datetime
) -> list[tuple[str, StockLine]]:
    went = await store.settle_reservations(tx, document_ids, state, None, now)
    if went:
        needs = rules.needs_of(line for _, line in went)
        await store.change_levels(tx, {key: (0, -need) for key, need in needs.items()})
    return went


async def _settled(
    tx: Tx, document_ids: Sequence[str], state: State, went: Iterable[tuple[str, StockLine]], now: datetime
) -> list[Settled | Refusal]:
    done = {document_id for document_id, _ in went}
    rest = [document_id for document_id in document_ids if document_id not in done]
    standing = await store.reservations_of(tx, rest) if rest else {}
    return [
        Settled(document_id, state)
        if document_id in done
        else rules.settled_answer(
            document_id, state, [(found, until) for _, found, until in standing.get(document_id, [])], now
        )
        for document_id in document_ids
    ]


async def _move(tx: Tx, lines: Iterable[tuple[str, StockLine, int]], reason: Reason, now: datetime) -> None:
    rows = [
        (document_id, line.line_id, reason.value, line.sku_id, line.place_id, sign * line.quantity, now)
        for document_id, line, sign in lines
    ]
    if rows:
        await store.insert_movements(tx, rows)
