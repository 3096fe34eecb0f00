"""Shape stock: levels, lines, reservations, counts."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.ids import Id

QUANTITY_MAX = 1_000_000
Quantity = Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX, description="Pieces, at least one.")]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000, description="Pieces, zero or more.")]


class StockLine(msgspec.Struct, frozen=True, gc=False):
    """Ask for `quantity` pieces of a SKU at a place (a store id). `line_id` is unique in its document."""

    line_id: str
    sku_id: str
    place_id: str
    quantity: int


class ReserveRequest(msgspec.Struct, frozen=True, gc=False):
    """Ask for all lines of a document or none. Without `expires_at` the goods are kept (already paid)."""

    document_id: str
    lines: tuple[StockLine, ...]
    expires_at: datetime | None = None


class MoveRequest(msgspec.Struct, frozen=True, gc=False):
    """Ask to sell (at a till) or to put back all lines of a document or none; a document moves once per reason."""

    document_id: str
    lines: tuple[StockLine, ...]


class State(StrEnum):
    """Name the states of a reservation: ACTIVE until paid, KEPT when paid, the others are final."""

    ACTIVE = "active"
    KEPT = "kept"
    TAKEN = "taken"
    RELEASED = "released"
    EXPIRED = "expired"


class Reason(StrEnum):
    """Say why goods came or went."""

    COUNTED = "counted"
    TAKEN = "taken"
    SOLD = "sold"
    RETURNED = "returned"


class Reserved(msgspec.Struct, frozen=True, gc=False):
    """Tell that a document's lines are reserved; `is_replay` when they already were."""

    document_id: str
    is_replay: bool = False


class Moved(msgspec.Struct, frozen=True, gc=False):
    """Tell that a document's goods moved (sold, put back); `is_replay` when they already had."""

    document_id: str
    is_replay: bool = False


class Settled(msgspec.Struct, frozen=True):
    """Tell the state of a document's reservation after a verb."""

    document_id: str
    state: State


class Level(msgspec.Struct, frozen=True):
    """Hold the stock of a SKU at a place. `safety` pieces are for people who walk in. Source: R65, R71."""

    sku_id: str
    place_id: str
    on_hand: int
    reserved: int
    safety: int = 0
    sells_online: bool = True

    @property
    def free(self) -> int:
        """Return what a till may sell."""
        return self.on_hand - self.reserved

    @property
    def free_online(self) -> int:
        """Return what an online order may reserve (available to promise), never below zero. Source: R65."""
        return max(0, self.on_hand - self.reserved - self.safety) if self.sells_online else 0


class CountRow(msgspec.Struct, frozen=True):
    """Ask to set what was counted; None leaves a setting as it is (0 and true for a new level)."""

    sku_id: Id
    place_id: Id
    on_hand: Count
    safety: Count | None = None
    sells_online: bool | None = None


class Outcome(StrEnum):
    """Say what a count did to a level."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Counted(msgspec.Struct, frozen=True):
    """Tell a level after a count, and by how much its pieces on hand changed."""

    sku_id: str
    place_id: str
    on_hand: int
    change: int
    outcome: Outcome


class LevelView(msgspec.Struct, frozen=True):
    """Show a level with its SKU's name and what is free at the till and online."""

    sku_id: Id
    store_id: Id
    on_hand: Count
    reserved: Count
    safety: Count
    sells_online: bool
    free: Count
    free_online: Count
    product_id: Id
    name: str
    name_en: str | None
    image: str | None


class Availability(msgspec.Struct, frozen=True):
    """Tell a shopper about a SKU at a store: pieces that may be ordered online, and whether the store has any."""

    store_id: Id
    free_online: Annotated[int, msgspec.Meta(ge=0, le=99)]
    is_in_store: bool
