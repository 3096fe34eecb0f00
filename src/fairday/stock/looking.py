"""Look at levels without taking or locking anything."""

from collections.abc import Mapping, Sequence

from fairday.kernel.http import paging
from fairday.kernel.http.routes import Page, PageQuery
from fairday.kernel.tx import Tx
from fairday.stock import store
from fairday.stock.rules import Key
from fairday.stock.types import Level

ANY_FREE = (-(2**31), 2**31 - 1)
"""Any number of free pieces."""


async def levels(tx: Tx, sku_ids: Sequence[str], place_ids: Sequence[str] | None = None) -> dict[Key, Level]:
    """Return the levels of SKUs at places (everywhere when None), by (sku_id, place_id)."""
    found = await store.levels(tx, sku_ids, place_ids)
    return {(level.sku_id, level.place_id): level for level in found}


async def levels_at(tx: Tx, keys: Sequence[Key]) -> dict[Key, Level]:
    """Return the levels of exactly these (sku_id, place_id); those that do not exist are absent."""
    return await store.levels_at(tx, keys) if keys else {}


async def to_be_had(tx: Tx, sku_ids: Sequence[str]) -> set[str]:
    """Return those SKUs of which at least one piece can be ordered online somewhere."""
    return await store.to_be_had(tx, sku_ids) if sku_ids else set()


async def all_have(tx: Tx, needs: Mapping[Key, int], *, at_till: bool = False) -> bool:
    """Tell whether all levels together cover `needs` as they are now; nothing is taken or locked.

    `at_till`: the safety stock counts too, and so do places that do not sell online. Source: R65, R71.
    """
    return not needs or await store.all_have(tx, needs, at_till=at_till)


async def atp(tx: Tx, sku_ids: Sequence[str], place_ids: Sequence[str] | None = None) -> dict[Key, int]:
    """Return what online orders may reserve, by (sku_id, place_id); a level that does not exist is absent.

    Available to promise = on hand - reserved - safety, zero where the place does not sell online. Source: R65.
    """
    return {key: level.free_online for key, level in (await levels(tx, sku_ids, place_ids)).items()}


async def sold_out(tx: Tx, sku_ids: Sequence[str]) -> list[str]:
    """Return which of the SKUs are kept somewhere, and have no unreserved piece left at any place."""
    return await store.sold_out(tx, sku_ids)


async def page_of_sku(tx: Tx, sku_id: str, page: PageQuery) -> Page[Level]:
    """Return a page of a SKU's levels, in order of place."""
    after = paging.read(page.cursor, [str])
    found = await store.levels_of_sku(tx, sku_id, after[0] if after else "", page.limit + 1)
    return _page(found, page.limit, [level.place_id for level in found])


async def page_of_place(
    tx: Tx, place_id: str, page: PageQuery, free: tuple[int, int] = ANY_FREE
) -> Page[Level]:
    """Return a page of a place's levels, in order of SKU; only those with `free` pieces, from and to.

    Bounded by the place's shelf: no index knows what is free, because one would have to move with every sale.
    """
    after = paging.read(page.cursor, [str])
    found = await store.levels_of_place(tx, place_id, after[0] if after else "", page.limit + 1, free)
    return _page(found, page.limit, [level.sku_id for level in found])


def _page(found: list[Level], limit: int, marks: Sequence[str]) -> Page[Level]:
    return Page(found[:limit], paging.make(marks[limit - 1]) if len(found) > limit else None)
