"""Run the queries of offers, one thin typed function each."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx
from fairday.promotions.engine.offers import Offer, OfferTerms
from fairday.promotions.offer_types import OfferAsk, OfferKey, OfferStatus, OfferView, Simulation, VersionView

sql = Queries("fairday.promotions")


async def revision(tx: Tx) -> str:
    """Return what changes whenever a live offer does."""
    found: str = await tx.fetchval(sql.revision)
    return found


async def new_revision(tx: Tx) -> None:
    """Let every process read the live offers anew."""
    await tx.execute(sql.new_revision)


async def live(tx: Tx) -> dict[str, list[Offer]]:
    """Return the live offers by currency."""
    found: dict[str, list[Offer]] = {}
    for row in await tx.fetch(sql.live):
        fields = row["terms"] | {
            "offer_id": row["offer_id"],
            "version": row["version"],
            "merchant_id": row["merchant_id"],
        }
        found.setdefault(row["currency"], []).append(msgspec.convert(fields, Offer))
    return found


async def insert_offer(
    tx: Tx, offer_id: str, merchant_id: str | None, currency: str, budget_minor: int | None, now: datetime
) -> None:
    """Insert an offer that is not live."""
    await tx.execute(sql.insert_offer, offer_id, merchant_id, currency, budget_minor, now)


async def insert_version(
    tx: Tx,
    offer_id: str,
    version: int,
    terms: OfferTerms,
    budget_minor: int | None,
    reason: str,
    by: tuple[str, str],
    now: datetime,
) -> None:
    """Insert a version; `by` is who wrote it: account and name."""
    await tx.execute(
        sql.insert_version, offer_id, version, msgspec.to_builtins(terms), budget_minor, reason, *by, now
    )  # fmt: skip


async def next_version(tx: Tx, offer_id: str) -> int | None:
    """Return the number of an offer's next version, None when there is no such offer."""
    number: int | None = await tx.fetchval(sql.next_version, offer_id)
    return number


async def find(tx: Tx, ask: OfferAsk, after: OfferKey | None, limit: int) -> list[OfferKey]:
    """Return the keys of offers as asked, after the one that stood last on the page before."""
    rank, word, offer_id = after or (0, "", None)
    rows = await tx.fetch(
        sql.find_offers, ask.merchant_id, ask.status, ask.q, limit, offer_id, ask.lane, ask.waits_for,
        ask.sort.removeprefix("-"), ask.sort.startswith("-"), rank, word,
    )  # fmt: skip
    return [OfferKey(row["rank"], row["word"], row["offer_id"]) for row in rows]


async def views(tx: Tx, offer_ids: Sequence[str]) -> dict[str, OfferView]:
    """Return offers with their latest versions."""
    latest = {row["offer_id"]: row for row in await tx.fetch(sql.latest_versions, offer_ids)}
    return {
        row["offer_id"]: OfferView(
            row["offer_id"], row["merchant_id"], row["currency"], OfferStatus(row["status"]), row["stop_reason"],
            row["live_version"], row["latest_version"], row["budget_minor"], row["taken_minor"], row["created_at"],
            _version(latest[row["offer_id"]]),
            msgspec.convert(live, OfferTerms) if (live := latest[row["offer_id"]]["live_terms"]) is not None else None,
        )
        for row in await tx.fetch(sql.offers, offer_ids)
    }  # fmt: skip


async def versions(tx: Tx, offer_id: str, limit: int) -> list[VersionView]:
    """Return the versions of an offer, the newest first."""
    return [_version(row) for row in await tx.fetch(sql.versions, offer_id, limit)]


def _version(row: asyncpg.Record) -> VersionView:
    simulation = row["simulation"]
    return VersionView(
        row["version"], msgspec.convert(row["terms"], OfferTerms), row["budget_minor"], row["reason"], row["made_by"],
        row["made_by_name"], row["made_at"], row["approved_by"], row["approved_by_name"], row["approved_at"],
        None if simulation is None else msgspec.convert(simulation, Simulation),
    )  # fmt: skip


async def lock(tx: Tx, offer_id: str) -> None:
    """Hold an offer's row until the transaction ends."""
    await tx.fetchrow(sql.lock_offer, offer_id)


async def approve(tx: Tx, offer_id: str, version: int, by: tuple[str, str], now: datetime) -> None:
    """Note who approved a version."""
    await tx.execute(sql.approve_version, offer_id, version, *by, now)


async def go_live(tx: Tx, offer_id: str, version: int, budget_minor: int | None) -> None:
    """Make a version the live one."""
    await tx.execute(sql.go_live, offer_id, version, budget_minor)


async def set_status(
    tx: Tx, offer_id: str, status: OfferStatus, reason: str | None, before: OfferStatus
) -> bool:
    """Move an offer from one status to another; tell whether it stood there."""
    done: str = await tx.execute(sql.set_status, offer_id, status, reason, before)
    return done == "UPDATE 1"


async def set_simulation(tx: Tx, offer_id: str, version: int, simulation: Simulation) -> bool:
    """Keep what a version was simulated to; tell whether it may still be."""
    done: str = await tx.execute(sql.set_simulation, offer_id, version, msgspec.to_builtins(simulation))
    return done == "UPDATE 1"


async def take_all(tx: Tx, needs: Mapping[str, int]) -> set[str]:
    """Take what a batch needs of each offer where its budget holds all; return those that gave it."""
    ids = sorted(needs)
    return {row["offer_id"] for row in await tx.fetch(sql.take_all, ids, [needs[one] for one in ids])}


async def left(tx: Tx, offer_ids: Sequence[str]) -> dict[str, int | None]:
    """Return what budgets still hold, and hold their rows; None has no end."""
    return {row["offer_id"]: row["left_minor"] for row in await tx.fetch(sql.left, offer_ids)}


async def give_back(tx: Tx, amounts: Mapping[str, int]) -> None:
    """Give back what cancelled orders had taken."""
    ids = sorted(amounts)
    await tx.execute(sql.give_back, ids, [amounts[one] for one in ids])


async def use_up(tx: Tx, offer_ids: Sequence[str]) -> None:
    """Stop offers whose budget did not hold the next order."""
    await tx.execute(sql.use_up, offer_ids)


async def numbers_held(tx: Tx, member_ids: Sequence[str]) -> dict[str, int]:
    """Return the highest order number that each member holds."""
    return {row["member_id"]: row["number"] for row in await tx.fetch(sql.numbers_held, member_ids)}


async def hold_numbers(tx: Tx, orders: Sequence[tuple[str, int, str]]) -> set[str]:
    """Hold members' order numbers (member, number, order); return the orders that got theirs."""
    members, numbers, order_ids = ([one[place] for one in orders] for place in range(3))
    return {row["order_id"] for row in await tx.fetch(sql.hold_numbers, members, numbers, order_ids)}


async def free_numbers(tx: Tx, order_ids: Sequence[str]) -> None:
    """Free what orders hold."""
    await tx.execute(sql.free_numbers, order_ids)
