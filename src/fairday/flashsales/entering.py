"""Let people into sales in the order in which the server accepts them: the batch verb. Source: R48, I13.

Guarantee: in any number of processes exactly min(places, eligible) people hold or bought a place, nobody two; the places, the
waitlist and the log of a sale have one order, because every batch has the sale's row before it decides anything.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from fairday.flashsales import log, rules, store
from fairday.flashsales.errors import FlashSoldOut
from fairday.flashsales.events import Entered
from fairday.flashsales.rules import SaleRow
from fairday.flashsales.store import EntryRow
from fairday.flashsales.types import EnterRequest, EntryState, FlashEntry
from fairday.kernel import outbox
from fairday.kernel.errors import NotFound, Refusal
from fairday.kernel.lanes import Replay
from fairday.kernel.tx import Tx
from fairday.members import service as members

GONE_S = 1.0
"""How long a process says sold out by memory alone; then one request looks again, as a lapsed place may have opened the waitlist."""


class _Gone(msgspec.Struct):
    places: int
    until: float
    entered: int
    inside: frozenset[str]


_gone: dict[str, _Gone] = {}


def sold_out(request: EnterRequest) -> Refusal | None:
    """Return the refusal when the process knows that the sale is full and that this member is not in it; cheap, no database."""
    known = _gone.get(request.sale_id)
    if known is None or request.member_id in known.inside:
        return None
    if known.until < time.monotonic():
        # One request goes to look; the others still hear the answer of a second ago.
        known.until = time.monotonic() + GONE_S
        return None
    # A new one each time: a refusal that is raised again keeps every traceback it ever had.
    return FlashSoldOut(places=known.places)


async def enter(
    tx: Tx, requests: Sequence[EnterRequest], now: datetime
) -> list[FlashEntry | Replay | Refusal]:
    """Give each person the next place, won or waiting; who has one already hears of it again (a Replay).

    Refusals: NotFound, FlashSaleStopped, FlashSaleNotStarted, FlashSaleOver, FlashSoldOut.
    """
    persons = await members.person_ids(tx, [one.member_id for one in requests])
    sales = await store.sales(tx, [one.sale_id for one in requests], lock=True)
    pairs = sorted({(one.sale_id, persons[one.member_id]) for one in requests if one.member_id in persons})
    standing = await store.entries_of(tx, pairs) if pairs else {}
    closed = {sale_id: rules.judge(sale, max(now, sale.log_at)) for sale_id, sale in sales.items()}
    made: dict[str, list[EntryRow]] = {}
    answers: list[FlashEntry | Replay | Refusal] = []
    for request in requests:
        sale, person_id = sales.get(request.sale_id), persons.get(request.member_id)
        if sale is None or person_id is None:
            answers.append(NotFound(what="flash sale"))
            continue
        entry = standing.get((sale.sale_id, person_id))
        if entry is not None:
            # Another account of the same person is told that there is a place, not whose.
            answers.append(Replay(view(sale, entry)))
            continue
        refusal = closed[sale.sale_id]
        if refusal is None:
            fresh = made.setdefault(sale.sale_id, [])
            won_or_waits = _next(sale, fresh)
            if isinstance(won_or_waits, EntryState):
                entry = _entry(sale, len(fresh), person_id, request.member_id, won_or_waits, now)
                fresh.append(entry)
                standing[sale.sale_id, person_id] = entry
                answers.append(view(sale, entry))
                continue
            refusal = won_or_waits
        answers.append(refusal)
    await _write(tx, sales, made, now)
    await _remember(tx, sales, made, answers, requests)
    return answers


def _next(sale: SaleRow, fresh: Sequence[EntryRow]) -> EntryState | FlashSoldOut:
    # The states of a batch only turn from won to waiting, so the first who waits tells both counts.
    if not fresh or fresh[-1].state is EntryState.WON:
        won, waiting = len(fresh), 0
    else:
        won = sale.places - sale.won_count if sale.waiting_count == 0 else 0
        waiting = len(fresh) - won
    return rules.next_state(sale, won, waiting)


def _entry(
    sale: SaleRow, before: int, person_id: str, member_id: str, state: EntryState, now: datetime
) -> EntryRow:
    at = max(now, sale.log_at)
    until = at + timedelta(seconds=sale.hold_s) if state is EntryState.WON else None
    place = sale.entered_count + before + 1
    # Everybody before who waits: the waiting of a live sale are the last places.
    ahead = 0
    if state is EntryState.WAITING:
        ahead = sale.waiting_count + before - max(sale.places - sale.won_count, 0) * (sale.waiting_count == 0)
    who = log.who(sale.who_key, person_id)
    return EntryRow(sale.sale_id, place, person_id, member_id, state, until, at, None, ahead, who)


def view(sale: SaleRow, row: EntryRow) -> FlashEntry:
    """Return an entry as its member sees it."""
    who = row.who or log.who(sale.who_key, row.person_id)
    return FlashEntry(
        row.sale_id, row.place, row.state, row.holds_until, row.ahead, row.order_id, who, row.entered_at
    )


async def _write(tx: Tx, sales: dict[str, SaleRow], made: dict[str, list[EntryRow]], now: datetime) -> None:
    fresh = {sale_id: rows for sale_id, rows in sorted(made.items()) if rows}
    if not fresh:
        return
    await store.insert_entries(tx, [row for rows in fresh.values() for row in rows])
    events: list[Entered] = []
    for sale_id, rows in fresh.items():
        sale = sales[sale_id]
        at = max(now, sale.log_at)
        until = at + timedelta(seconds=sale.hold_s)
        won = sum([row.state is EntryState.WON for row in rows])
        lines = _lines(sale, rows, at, until)
        await store.append(tx, sale, lines, at, entered=len(rows), won=won, waiting=len(rows) - won)
        people = [(row.member_id, row.place, row.state.value) for row in rows]
        events.append(
            Entered(sale_id=sale_id, merchant_id=sale.merchant_id, holds_until=until, people=people)
        )
    await outbox.publish(tx, events, now)


def _lines(sale: SaleRow, rows: Sequence[EntryRow], at: datetime, until: datetime) -> list[str]:
    """Return the lines that `log.written` would, without an encoder's turn for each: names and numbers need no escapes."""
    start = f'"at":{_json(at)},"kind":"entered","place":'
    held = f',"state":"won","until":{_json(until)}}}'
    number = sale.log_count - sale.entered_count
    return [
        f'{{"n":{number + row.place},{start}{row.place},"who":"{row.who}"'
        + (held if row.state is EntryState.WON else ',"state":"waiting"}')
        for row in rows
    ]


def _json(at: datetime) -> str:
    return msgspec.json.encode(at).decode()


async def _remember(
    tx: Tx,
    sales: dict[str, SaleRow],
    made: dict[str, list[EntryRow]],
    answers: Sequence[FlashEntry | Replay | Refusal],
    requests: Sequence[EnterRequest],
) -> None:
    """Remember which sales are full, and who is in them, when this batch changed nothing: what it changed may yet be undone."""
    full = {
        request.sale_id
        for request, answer in zip(requests, answers, strict=True)
        if isinstance(answer, FlashSoldOut)
    }
    for sale_id, sale in sales.items():
        if made.get(sale_id) or sale_id not in full:
            _gone.pop(sale_id, None)
            continue
        known = _gone.get(sale_id)
        is_same = known is not None and known.entered == sale.entered_count
        inside = known.inside if known is not None and is_same else await store.members_in(tx, sale_id)
        _gone[sale_id] = _Gone(sale.places, time.monotonic() + GONE_S, sale.entered_count, inside)
