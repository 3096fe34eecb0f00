"""Keep festivals: the door for everyone else. Verbs take a transaction and never commit."""

from collections.abc import Sequence
from datetime import datetime

from fairday.festivals import rules, store
from fairday.festivals.errors import (
    EnrolmentDecided,
    EnrolmentUnknown,
    FestivalEnded,
    FestivalNotDraft,
    FestivalNotLive,
    FestivalUnknown,
    NoPhases,
)
from fairday.festivals.events import ClockJumped, Ended, PhaseChanged, Published
from fairday.festivals.events import EnrolmentDecided as EnrolmentDecidedEvent
from fairday.festivals.types import (
    Enrolment,
    EnrolmentStatus,
    Festival,
    FestivalDraft,
    FestivalNow,
    FestivalStatus,
    PhaseDraft,
    PhaseWindow,
)
from fairday.kernel import clock, outbox
from fairday.kernel.errors import Refusal
from fairday.kernel.events import Event
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx

LIVE_MAX = 50
"""Festivals that are live at the same time in one operator's database; more are never looked at."""


async def create(tx: Tx, draft: FestivalDraft, now: datetime) -> Festival:
    """Create a draft festival.

    Raises: BadTimeZone, BadPhases.
    """
    rules.check_time_zone(draft.time_zone)
    phases = rules.phases_of(draft.phases, ())
    festival_id = new_id("fes")
    await store.insert_festival(tx, festival_id, draft, now)
    await store.replace_phases(tx, festival_id, phases)
    return await get(tx, festival_id)


async def set_phases(tx: Tx, festival_id: str, drafts: Sequence[PhaseDraft], now: datetime) -> Festival:
    """Replace the phases; of a live festival what has begun stands, and a running phase may be prolonged.

    Raises: FestivalUnknown, FestivalEnded, BadPhases, PhaseBegun, NoPhases.
    """
    status = await store.touch_festival(tx, festival_id)
    if status is None:
        raise FestivalUnknown()
    if status is FestivalStatus.ENDED:
        raise FestivalEnded()
    festival = await get(tx, festival_id)
    wanted = rules.phases_of(drafts, festival.phases)
    if status is FestivalStatus.LIVE:
        if not wanted:
            raise NoPhases()
        rules.check_begun(festival.phases, wanted, now)
    await store.replace_phases(tx, festival_id, wanted)
    return await get(tx, festival_id)


async def publish(tx: Tx, festival_id: str, now: datetime) -> Festival:
    """Make a draft live.

    Raises: FestivalUnknown, FestivalNotDraft, NoPhases.
    """
    festival = await get(tx, festival_id)
    if festival.status is not FestivalStatus.DRAFT:
        raise FestivalNotDraft(festival_status=festival.status)
    if not festival.phases or rules.is_over(festival, now):
        raise NoPhases()
    if not await store.move_festival(tx, festival_id, FestivalStatus.DRAFT, FestivalStatus.LIVE, now):
        raise FestivalNotDraft(festival_status=FestivalStatus.LIVE)
    await outbox.publish(tx, [Published(festival_id=festival_id)], now)
    return await get(tx, festival_id)


async def get(tx: Tx, festival_id: str) -> Festival:
    """Return the festival. Raises: FestivalUnknown."""
    found = await store.by_ids(tx, [festival_id])
    if not found:
        raise FestivalUnknown()
    return found[0]


async def listing(tx: Tx, *, with_drafts: bool, before_id: str | None, limit: int) -> list[Festival]:
    """Return festivals, newest first; drafts only for operators."""
    statuses = list(FestivalStatus) if with_drafts else [FestivalStatus.LIVE, FestivalStatus.ENDED]
    return await store.by_status(tx, statuses, before_id, limit)


async def current(tx: Tx, now: datetime) -> FestivalNow | None:
    """Tell which live festival and phase are on at `now`, by the clock alone; None when none is live. Source: R3."""
    return rules.choose(await store.by_status(tx, [FestivalStatus.LIVE], None, LIVE_MAX), now)


async def phase_ids_at(tx: Tx, now: datetime) -> frozenset[str]:
    """Return the phases that hold `now`, over all live festivals."""
    return await store.phase_ids_at(tx, now)


async def zone(tx: Tx) -> str:
    """Return the time zone of the newest live festival, in which hours and weekdays are meant; Shanghai's when none is live."""
    return await store.zone(tx) or "Asia/Shanghai"


async def windows_since(tx: Tx, since: datetime, now: datetime) -> list[tuple[str, datetime, datetime]]:
    """Return id, start and end of every phase that was on at some instant from `since` to `now`, also of festivals that ended."""
    return await store.windows_since(tx, since, now)


async def windows(tx: Tx, phase_ids: Sequence[str]) -> dict[str, PhaseWindow]:
    """Return when phases are on, by id; unknown ids are left out."""
    return await store.windows(tx, phase_ids)


async def windows_between(tx: Tx, start: datetime, end: datetime) -> list[PhaseWindow]:
    """Return the phases of live festivals that are on at some instant of `[start, end)`, the earliest first."""
    return await store.windows_between(tx, start, end)


async def enrol(tx: Tx, festival_id: str, merchant_id: str, now: datetime) -> Enrolment:
    """Ask to take part; asking again returns the request as it stands, after a rejection it asks anew.

    Raises: FestivalUnknown (drafts too), FestivalEnded.
    """
    festival = await get(tx, festival_id)
    if festival.status is FestivalStatus.DRAFT:
        raise FestivalUnknown()
    if festival.status is FestivalStatus.ENDED:
        raise FestivalEnded()
    await store.request_enrolment(tx, festival_id, merchant_id, new_id("enr"), now)
    return (await store.enrolments(tx, festival_id, [merchant_id]))[merchant_id]


async def decide(
    tx: Tx,
    festival_id: str,
    merchant_ids: Sequence[str],
    status: EnrolmentStatus,
    *,
    by: str,
    reason: str = "",
    now: datetime,
) -> list[Enrolment | Refusal]:
    """Approve or reject many requests at once; each merchant gets its enrolment or a refusal, in request order.

    A decision that already stands is answered as it is. Raises: FestivalUnknown, FestivalNotLive.
    """
    festival = await get(tx, festival_id)
    if festival.status is not FestivalStatus.LIVE:
        raise FestivalNotLive(festival_status=festival.status)
    decided = await store.decide(tx, festival_id, sorted(set(merchant_ids)), status, reason, now, by)
    known = await store.enrolments(tx, festival_id, list(merchant_ids))
    await outbox.publish(
        tx,
        [
            EnrolmentDecidedEvent(
                enrolment_id=known[merchant_id].enrolment_id,
                festival_id=festival_id,
                merchant_id=merchant_id,
                status=status,
            )
            for merchant_id in sorted(decided)
        ],
        now,
    )
    results: list[Enrolment | Refusal] = []
    for merchant_id in merchant_ids:
        enrolment = known.get(merchant_id)
        if enrolment is None:
            results.append(EnrolmentUnknown())
        elif enrolment.status is not status:
            results.append(EnrolmentDecided(enrolment_status=enrolment.status))
        else:
            results.append(enrolment)
    return results


async def is_enrolled(tx: Tx, festival_id: str, merchant_id: str) -> bool:
    """Tell whether the merchant was approved for the festival."""
    return await store.is_approved(tx, festival_id, merchant_id)


async def enrolments_page(
    tx: Tx,
    festival_id: str,
    *,
    merchant_id: str | None,
    status: EnrolmentStatus | None,
    after: str | None,
    limit: int,
) -> list[Enrolment]:
    """Return enrolments in merchant order; with `merchant_id` only its own. Raises: FestivalUnknown."""
    await get(tx, festival_id)
    return await store.enrolments_page(tx, festival_id, merchant_id, status, after, limit)


async def announce(tx: Tx, now: datetime) -> int:
    """Announce the boundaries that passed since the last call and end festivals that are over; return how many.

    Nothing depends on it: prices and claims open by the clock. A mark that lies ahead (the sandbox's clock went
    back) is set to now, so that boundaries are announced again when they pass again.
    """
    marks = await store.to_announce(tx, now)
    if not marks:
        return 0
    events: list[Event] = []
    for festival in await store.by_ids(tx, list(marks)):
        since = marks[festival.festival_id]
        if not await store.mark_announced(tx, festival.festival_id, since, now):
            continue
        events += [
            PhaseChanged(
                festival_id=festival.festival_id,
                changed_at=instant.isoformat(),
                ended_phase_id=ended.phase_id if ended else None,
                phase_id=running.phase_id if running else None,
                kind=running.kind if running else None,
            )
            for instant, ended, running in rules.boundaries(festival, since, now)
        ]
        if rules.is_over(festival, now) and await store.move_festival(
            tx, festival.festival_id, FestivalStatus.LIVE, FestivalStatus.ENDED, now
        ):
            events.append(Ended(festival_id=festival.festival_id))
    await outbox.publish(tx, events, now)
    return len(events)


async def jump(tx: Tx, to: datetime, *, by: str) -> datetime:
    """Set the sandbox's clock to `to` and return the new now; festivals that are no longer over live again.

    Raises: BadClock. The caller checks that this is a sandbox.
    """
    now = await clock.jump(tx, rules.check_clock(to))
    await store.revive(tx, now)
    await outbox.publish(tx, [ClockJumped(to=to.isoformat(), by=by)], now)
    return now
