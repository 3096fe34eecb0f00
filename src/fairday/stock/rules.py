"""Decide who gets what: needs per level, judged in arrival order. Pure functions of requests and levels as locked."""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from datetime import datetime
from typing import Protocol

from fairday.kernel.errors import Refusal
from fairday.stock.errors import BadLines, OutOfStock, ReservationOver, UnknownReservation
from fairday.stock.types import QUANTITY_MAX, Settled, State, StockLine

Key = tuple[str, str]
"""A level's key: (sku_id, place_id)."""

LINES_MAX = 500

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.ACTIVE: frozenset({State.KEPT, State.TAKEN, State.RELEASED, State.EXPIRED}),
    State.KEPT: frozenset({State.TAKEN, State.RELEASED}),
    State.TAKEN: frozenset(),
    State.RELEASED: frozenset(),
    State.EXPIRED: frozenset(),
}
"""Where a reservation may go; `settle_reservations` in store.sql guards the same, with the time."""


class Asked(Protocol):
    """Shape what needs goods: a document with its lines."""

    @property
    def document_id(self) -> str:
        """Return the document."""
        ...

    @property
    def lines(self) -> tuple[StockLine, ...]:
        """Return the lines."""
        ...


def defect(request: Asked) -> BadLines | None:
    """Return why a request makes no sense, or None."""
    lines = request.lines
    if not request.document_id or not 1 <= len(lines) <= LINES_MAX:
        return BadLines(reason=f"a document and 1 to {LINES_MAX} lines are needed")
    for line in lines:
        if not 1 <= line.quantity <= QUANTITY_MAX:
            return BadLines(reason=f"a quantity must be from 1 to {QUANTITY_MAX}")
    if len(lines) > 1 and len({line.line_id for line in lines}) != len(lines):
        return BadLines(reason="a line id stands twice")
    return None


def needs_of(lines: Iterable[StockLine]) -> dict[Key, int]:
    """Sum quantities per level."""
    needs: dict[Key, int] = {}
    for line in lines:
        key = (line.sku_id, line.place_id)
        needs[key] = needs.get(key, 0) + line.quantity
    return needs


def judge(lines: Sequence[StockLine], free: MutableMapping[Key, int]) -> OutOfStock | None:
    """Take all of `lines` from `free`, or nothing and say which SKU is short. Who is judged first gets the last unit."""
    needs = needs_of(lines)
    for key, need in needs.items():
        left = free.get(key, 0)
        if left < need:
            return OutOfStock(sku_id=key[0], place_id=key[1], left=left, needed=need)
    for key, need in needs.items():
        free[key] -= need
    return None


def settled_answer(
    document_id: str, wanted: State, states: Sequence[tuple[State, datetime | None]], now: datetime
) -> Settled | Refusal:
    """Answer for a document none of whose lines could go to `wanted`: it is there already, over, or unknown."""
    if not states:
        return UnknownReservation(document_id=document_id)
    found = {
        State.EXPIRED if state is State.ACTIVE and expires_at is not None and expires_at <= now else state
        for state, expires_at in states
    }
    if wanted in found:
        return Settled(document_id, wanted)
    return ReservationOver(document_id=document_id, state=min(found))
