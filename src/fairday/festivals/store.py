"""Run the named queries of festivals, one thin typed function each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from fairday.festivals.types import Enrolment, Festival, FestivalDraft, FestivalStatus, Phase, PhaseWindow
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.festivals")


async def insert_festival(tx: Tx, festival_id: str, draft: FestivalDraft, now: datetime) -> None:
    """Add a draft without phases."""
    await tx.execute(sql.insert_festival, festival_id, draft.name, draft.name_en, draft.time_zone, now)


async def replace_phases(tx: Tx, festival_id: str, phases: Sequence[Phase]) -> None:
    """Set the phases of a festival."""
    await tx.execute(sql.delete_phases, festival_id)
    await tx.execute(
        sql.insert_phases,
        festival_id,
        [phase.phase_id for phase in phases],
        [phase.kind for phase in phases],
        [phase.name for phase in phases],
        [phase.name_en for phase in phases],
        [phase.starts_at for phase in phases],
        [phase.ends_at for phase in phases],
    )


async def touch_festival(tx: Tx, festival_id: str) -> FestivalStatus | None:
    """Count an edit, hold the festival's row and return its status; None when there is no such festival."""
    status = await tx.fetchval(sql.touch_festival, festival_id)
    return None if status is None else FestivalStatus(status)


async def move_festival(
    tx: Tx, festival_id: str, old: FestivalStatus, new: FestivalStatus, announced_until: datetime
) -> bool:
    """Move from `old` to `new` if it still is `old`; return whether it was."""
    return await tx.fetchval(sql.move_festival, festival_id, old, new, announced_until) is not None


async def by_ids(tx: Tx, festival_ids: Sequence[str]) -> list[Festival]:
    """Return the festivals with these ids."""
    return await _with_phases(tx, await tx.fetch(sql.festivals_by_ids, festival_ids))


async def by_status(
    tx: Tx, statuses: Sequence[FestivalStatus], before_id: str | None, limit: int
) -> list[Festival]:
    """Return festivals of these statuses, newest first, after `before_id`."""
    return await _with_phases(tx, await tx.fetch(sql.festivals_by_status, statuses, before_id, limit))


async def phase_ids_at(tx: Tx, now: datetime) -> frozenset[str]:
    """Return the phases of live festivals that hold `now`."""
    return frozenset(row["phase_id"] for row in await tx.fetch(sql.phase_ids_at, now))


async def windows(tx: Tx, phase_ids: Sequence[str]) -> dict[str, PhaseWindow]:
    """Return the windows of phases by id; unknown ids are left out."""
    return {row["phase_id"]: _window(row) for row in await tx.fetch(sql.windows_of_phases, phase_ids)}


async def windows_since(tx: Tx, since: datetime, now: datetime) -> list[tuple[str, datetime, datetime]]:
    """Return the phases of live and ended festivals that were on at some instant from `since` to `now`."""
    rows = await tx.fetch(sql.windows_since, since, now)
    return [(row["phase_id"], row["starts_at"], row["ends_at"]) for row in rows]


async def windows_between(tx: Tx, start: datetime, end: datetime) -> list[PhaseWindow]:
    """Return the phases of live festivals that are on in a time, the earliest first."""
    return [_window(row) for row in await tx.fetch(sql.windows_between, start, end)]


def _window(row: Any) -> PhaseWindow:
    return PhaseWindow(
        row["phase_id"], row["festival_id"], row["starts_at"], row["ends_at"], row["status"] == "live"
    )


async def to_announce(tx: Tx, now: datetime) -> dict[str, datetime]:
    """Return live festivals with a boundary not yet announced, and until when theirs were."""
    rows = await tx.fetch(sql.festivals_to_announce, now)
    return {row["festival_id"]: row["announced_until"] for row in rows}


async def mark_announced(tx: Tx, festival_id: str, old: datetime, new: datetime) -> bool:
    """Move the mark from `old` to `new`; False when another worker did."""
    return await tx.fetchval(sql.mark_announced, festival_id, old, new) is not None


async def revive(tx: Tx, now: datetime) -> None:
    """Make festivals live again whose last phase ends after `now`."""
    await tx.execute(sql.revive_festivals, now)


async def request_enrolment(
    tx: Tx, festival_id: str, merchant_id: str, enrolment_id: str, now: datetime
) -> None:
    """Add a request, or renew a rejected one; any other state stands."""
    await tx.execute(sql.request_enrolment, festival_id, merchant_id, enrolment_id, now)


async def decide(
    tx: Tx, festival_id: str, merchant_ids: Sequence[str], status: str, reason: str, now: datetime, by: str
) -> set[str]:
    """Decide the open requests of these merchants and return whose were decided now."""
    rows = await tx.fetch(sql.decide_enrolments, festival_id, merchant_ids, status, reason, now, by)
    return {row["merchant_id"] for row in rows}


async def enrolments(tx: Tx, festival_id: str, merchant_ids: Sequence[str]) -> dict[str, Enrolment]:
    """Return enrolments by merchant."""
    rows = await tx.fetch(sql.enrolments_of, festival_id, merchant_ids)
    return {row["merchant_id"]: msgspec.convert(dict(row), Enrolment) for row in rows}


async def enrolments_page(
    tx: Tx, festival_id: str, merchant_id: str | None, status: str | None, after: str | None, limit: int
) -> list[Enrolment]:
    """Return enrolments of a festival in merchant order after `after`."""
    rows = await tx.fetch(sql.enrolments_page, festival_id, merchant_id, status, after, limit)
    return [msgspec.convert(dict(row), Enrolment) for row in rows]


async def is_approved(tx: Tx, festival_id: str, merchant_id: str) -> bool:
    """Tell whether the merchant takes part."""
    return bool(await tx.fetchval(sql.is_approved, festival_id, merchant_id))


async def _with_phases(tx: Tx, rows: Sequence[object]) -> list[Festival]:
    heads = [dict(row) for row in rows]  # type: ignore[call-overload]  # records are mappings
    phases: dict[str, list[Phase]] = {head["festival_id"]: [] for head in heads}
    for row in await tx.fetch(sql.phases_of_festivals, list(phases)):
        values = dict(row)
        phases[values.pop("festival_id")].append(msgspec.convert(values, Phase))
    return [msgspec.convert(head | {"phases": phases[head["festival_id"]]}, Festival) for head in heads]


async def zone(tx: Tx) -> str | None:
    """Return the time zone of the newest live festival."""
    found: str | None = await tx.fetchval(sql.zone)
    return found
