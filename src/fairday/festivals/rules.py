"""Decide about festivals: pure functions of phases and now."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from fairday.festivals.errors import BadClock, BadPhases, BadTimeZone, PhaseBegun
from fairday.festivals.types import EnrolmentStatus, Festival, FestivalNow, FestivalStatus, Phase, PhaseDraft
from fairday.kernel.ids import new_id
from fairday.kernel.window import Window

TRANSITIONS: dict[FestivalStatus, frozenset[FestivalStatus]] = {
    FestivalStatus.DRAFT: frozenset({FestivalStatus.LIVE}),
    FestivalStatus.LIVE: frozenset({FestivalStatus.ENDED}),
    # Only a sandbox that turns its clock back revives a festival.
    FestivalStatus.ENDED: frozenset({FestivalStatus.LIVE}),
}
ENROLMENT_TRANSITIONS: dict[EnrolmentStatus, frozenset[EnrolmentStatus]] = {
    EnrolmentStatus.REQUESTED: frozenset({EnrolmentStatus.APPROVED, EnrolmentStatus.REJECTED}),
    EnrolmentStatus.REJECTED: frozenset({EnrolmentStatus.REQUESTED}),
    EnrolmentStatus.APPROVED: frozenset(),
}
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


@cache
def is_time_zone(name: str) -> bool:
    """Tell whether the IANA database knows `name`."""
    return name in available_timezones()


def check_time_zone(name: str) -> ZoneInfo:
    """Return the zone. Raises: BadTimeZone for a name that is not IANA's."""
    if not is_time_zone(name):
        raise BadTimeZone(time_zone=name)
    return ZoneInfo(name)


def check_clock(to: datetime) -> datetime:
    """Return `to` in UTC. Raises: BadClock outside the years 2000 to 2199."""
    if not is_reasonable(to):
        raise BadClock()
    return to.astimezone(UTC)


def is_reasonable(instant: datetime) -> bool:
    """Tell whether `instant` lies in the years 2000 to 2199, so that sums with it stay inside the calendar."""
    return EARLIEST <= instant < LATEST


def phases_of(drafts: Sequence[PhaseDraft], known: Sequence[Phase]) -> tuple[Phase, ...]:
    """Turn drafts into phases in time order, keeping the ids of known ones.

    Raises: BadPhases listing every window that is empty, out of range, unknown, doubled or overlapping. Source: R1.
    """
    ids = {phase.phase_id for phase in known}
    errors: list[str] = []
    seen: set[str] = set()
    phases: list[Phase] = []
    for place, draft in enumerate(drafts):
        at = f"phases[{place}]"
        if draft.phase_id is not None and (draft.phase_id not in ids or draft.phase_id in seen):
            errors.append(f"{at}.phase_id: not a phase of this festival, or named twice")
        if not (is_reasonable(draft.starts_at) and is_reasonable(draft.ends_at)):
            errors.append(f"{at}: instants go from the year 2000 to 2199")
            continue
        if not draft.starts_at < draft.ends_at:
            errors.append(f"{at}: must end after it starts")
        seen.add(draft.phase_id or "")
        phases.append(_phase(draft))
    phases.sort(key=lambda phase: (phase.starts_at, phase.ends_at))
    for earlier, later in pairwise(phases):
        if _window(earlier).overlaps(_window(later)):
            errors.append(f"{earlier.name_en} and {later.name_en} overlap")
    if errors:
        raise BadPhases(errors=errors)
    return tuple(phases)


def check_begun(known: Sequence[Phase], wanted: Sequence[Phase], now: datetime) -> None:
    """Let what has begun stand: same kind and start; only an end that lies ahead may move, and only to after now.

    Raises: PhaseBegun naming the phases.
    """
    by_id = {phase.phase_id: phase for phase in wanted}
    broken = []
    for phase in known:
        if phase.starts_at > now:
            continue
        new = by_id.get(phase.phase_id)
        if (
            new is None
            or (new.kind, new.starts_at) != (phase.kind, phase.starts_at)
            or (new.ends_at != phase.ends_at and (phase.ends_at <= now or new.ends_at <= now))
        ):
            broken.append(phase.phase_id)
    known_ids = {phase.phase_id for phase in known}
    # A phase that is new may not lie in the past: nobody was told of it.
    broken += [f"{new.name_en}" for new in wanted if new.phase_id not in known_ids and new.starts_at < now]
    if broken:
        raise PhaseBegun(phase_ids=broken)


def at(festival: Festival, now: datetime) -> FestivalNow:
    """Tell what of `festival` is on at `now`. Source: R1, R3."""
    running = next((phase for phase in festival.phases if _window(phase).contains(now)), None)
    following = next((phase for phase in festival.phases if phase.starts_at > now), None)
    change = running.ends_at if running else following.starts_at if following else None
    return FestivalNow(now, festival, running, following, change)


def choose(festivals: Sequence[Festival], now: datetime) -> FestivalNow | None:
    """Choose the festival to show: one whose phase is on, else the one that opens next, else the last one over."""
    looks = [at(festival, now) for festival in festivals if festival.phases]
    running = [look for look in looks if look.phase is not None]
    coming = [look for look in looks if look.next_phase is not None]
    if running:
        return min(running, key=lambda look: (look.festival.phases[0].starts_at, look.festival.festival_id))
    if coming:
        return min(coming, key=lambda look: (_opens(look), look.festival.festival_id))
    return max(looks, key=lambda look: look.festival.phases[-1].ends_at, default=None)


def boundaries(
    festival: Festival, since: datetime, now: datetime
) -> list[tuple[datetime, Phase | None, Phase | None]]:
    """List the boundaries in `(since, now]` as (instant, phase that ended, phase that is on)."""
    instants = {phase.starts_at for phase in festival.phases} | {phase.ends_at for phase in festival.phases}
    found = []
    for instant in sorted(instant for instant in instants if since < instant <= now):
        ended = next((phase for phase in festival.phases if phase.ends_at == instant), None)
        found.append((instant, ended, at(festival, instant).phase))
    return found


def is_over(festival: Festival, now: datetime) -> bool:
    """Tell whether the last phase has ended."""
    return bool(festival.phases) and festival.phases[-1].ends_at <= now


def _opens(look: FestivalNow) -> datetime:
    assert look.next_phase is not None
    return look.next_phase.starts_at


def _phase(draft: PhaseDraft) -> Phase:
    return Phase(
        draft.phase_id or new_id("pha"),
        draft.kind,
        draft.name,
        draft.name_en,
        draft.starts_at.astimezone(UTC),
        draft.ends_at.astimezone(UTC),
    )


def _window(phase: Phase) -> Window:
    return Window(phase.starts_at, phase.ends_at)
