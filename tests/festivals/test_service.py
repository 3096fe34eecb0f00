"""Keep festivals against a real database, rolled back."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from fairday.festivals import errors, service, store
from fairday.festivals.types import EnrolmentStatus, FestivalStatus
from fairday.kernel.tx import Tx
from tests.festivals.builders import draft, live, phase

HOUR = timedelta(hours=1)


async def told(tx: Tx, subject: str) -> list[str]:
    rows = await tx.fetch("SELECT type FROM kernel.event WHERE subject = $1 ORDER BY id", subject)
    return [row["type"] for row in rows]


async def test_a_draft_is_published_once(tx: Tx, now: datetime) -> None:
    made = await service.create(tx, draft(now), now)
    assert (made.status, len(made.phases)) == (FestivalStatus.DRAFT, 3)
    assert not await service.phase_ids_at(tx, now) & {one.phase_id for one in made.phases}
    published = await service.publish(tx, made.festival_id, now)
    assert published.status is FestivalStatus.LIVE
    assert made.phases[0].phase_id in await service.phase_ids_at(tx, now)
    assert made.phases[1].phase_id in await service.phase_ids_at(tx, now + HOUR)
    with pytest.raises(errors.FestivalNotDraft):
        await service.publish(tx, made.festival_id, now)
    assert await told(tx, made.festival_id) == ["festivals.Published"]


async def test_a_festival_without_a_future_is_not_published(tx: Tx, now: datetime) -> None:
    for phases in ((), (phase(now - HOUR, now),)):
        made = await service.create(tx, draft(now, phases=phases), now)
        with pytest.raises(errors.NoPhases):
            await service.publish(tx, made.festival_id, now)
    with pytest.raises(errors.FestivalUnknown):
        await service.publish(tx, "fes_none", now)


async def test_a_running_phase_is_prolonged_and_keeps_its_id(tx: Tx, now: datetime) -> None:
    festival = await live(tx, now)
    first = festival.phases[0]
    longer = phase(
        first.starts_at, now + HOUR / 2, kind=first.kind, name_en=first.name_en, phase_id=first.phase_id
    )
    changed = await service.set_phases(tx, festival.festival_id, [longer], now)
    assert [one.phase_id for one in changed.phases] == [first.phase_id]
    assert changed.phases[0].ends_at == now + HOUR / 2
    assert changed.version > festival.version
    with pytest.raises(errors.PhaseBegun):
        await service.set_phases(tx, festival.festival_id, [phase(now + HOUR, now + 2 * HOUR)], now)
    with pytest.raises(errors.NoPhases):
        await service.set_phases(tx, festival.festival_id, [], now)


async def test_boundaries_are_announced_once_and_the_end_ends(tx: Tx, now: datetime) -> None:
    festival = await live(tx, now)
    assert await service.announce(tx, now) == 0
    await service.announce(tx, now + HOUR)
    await service.announce(tx, now + HOUR)
    assert await told(tx, festival.festival_id) == ["festivals.Published", "festivals.PhaseChanged"]
    await service.announce(tx, now + 4 * HOUR)
    assert (await told(tx, festival.festival_id))[2:] == ["festivals.PhaseChanged"] * 3 + ["festivals.Ended"]
    assert (await service.get(tx, festival.festival_id)).status is FestivalStatus.ENDED
    with pytest.raises(errors.FestivalEnded):
        await service.set_phases(tx, festival.festival_id, [], now)


async def test_a_clock_turned_back_revives_and_announces_again(tx: Tx, now: datetime) -> None:
    festival = await live(tx, now)
    await service.announce(tx, now + 5 * HOUR)
    back = await service.jump(tx, now, by="acc_op")
    assert abs(back - now) < timedelta(seconds=5)
    assert (await service.get(tx, festival.festival_id)).status is FestivalStatus.LIVE
    before = len(await told(tx, festival.festival_id))
    await service.announce(tx, back + HOUR)
    assert len(await told(tx, festival.festival_id)) == before + 1
    with pytest.raises(errors.BadClock):
        await service.jump(tx, now.replace(year=1999), by="acc_op")


async def test_a_mark_that_lies_ahead_is_brought_back(tx: Tx, now: datetime) -> None:
    festival = await live(tx, now)
    await service.announce(tx, now + HOUR)
    assert festival.festival_id in await store.to_announce(tx, now)
    await service.announce(tx, now)
    assert festival.festival_id not in await store.to_announce(tx, now)
    assert len(await told(tx, festival.festival_id)) == 2


async def test_merchants_ask_and_are_decided_in_bulk(tx: Tx, now: datetime) -> None:
    festival_id = (await live(tx, now)).festival_id
    asked = await service.enrol(tx, festival_id, "mer_a", now)
    assert await service.enrol(tx, festival_id, "mer_a", now) == asked
    await service.enrol(tx, festival_id, "mer_b", now)

    async def decide(status: EnrolmentStatus, *merchants: str) -> list[str]:
        results = await service.decide(tx, festival_id, merchants, status, by="acc_op", now=now)
        return [getattr(result, "code", None) or result.status for result in results]

    assert await decide(EnrolmentStatus.APPROVED, "mer_a", "mer_x", "mer_a") == [
        "approved", "enrolment_unknown", "approved",
    ]  # fmt: skip
    assert await decide(EnrolmentStatus.REJECTED, "mer_b", "mer_a") == ["rejected", "enrolment_decided"]
    assert await service.is_enrolled(tx, festival_id, "mer_a")
    assert not await service.is_enrolled(tx, festival_id, "mer_b")
    again = await service.enrol(tx, festival_id, "mer_b", now)
    assert again.status is EnrolmentStatus.REQUESTED
    assert (await service.enrol(tx, festival_id, "mer_a", now)).status is EnrolmentStatus.APPROVED
    assert await told(tx, asked.enrolment_id) == ["festivals.EnrolmentDecided"]
    made = await service.create(tx, draft(now), now)
    with pytest.raises(errors.FestivalUnknown):
        await service.enrol(tx, made.festival_id, "mer_a", now)
    with pytest.raises(errors.FestivalNotLive):
        await service.decide(tx, made.festival_id, ["mer_a"], EnrolmentStatus.APPROVED, by="x", now=now)


@pytest.mark.parametrize(
    ("rows", "guard"),
    [
        ([("a", 0, 3, None), ("b", 2, 4, 3)], asyncpg.CheckViolationError),
        ([("a", 0, 3, None), ("b", 2, 4, None)], asyncpg.UniqueViolationError),
        ([("a", 0, 3, None), ("b", 4, 5, 3), ("c", 3, 6, 3)], asyncpg.UniqueViolationError),
        ([("a", 0, 0, None)], asyncpg.CheckViolationError),
        ([("a", 1, 2, 1)], asyncpg.ForeignKeyViolationError),
    ],
)
async def test_the_database_itself_refuses_overlaps(
    tx: Tx, now: datetime, rows: list[Any], guard: type[Exception]
) -> None:
    made = await service.create(tx, draft(now, phases=()), now)
    with pytest.raises(guard):
        for name, starts, ends, previous in rows:
            await tx.execute(
                "INSERT INTO festivals.phase VALUES ($1, $2, 'sale', 'x', 'x', $3, $4, $5)",
                made.festival_id, f"pha_{name}{made.festival_id}", now + starts * HOUR, now + ends * HOUR,
                None if previous is None else now + previous * HOUR,
            )  # fmt: skip
        await tx.execute("SET CONSTRAINTS ALL IMMEDIATE")
