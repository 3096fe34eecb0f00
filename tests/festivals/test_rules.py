"""Decide about phases at exact instants."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from fairday.festivals import errors, rules
from fairday.festivals.types import EnrolmentStatus, Festival, FestivalStatus, Phase, PhaseKind
from tests.festivals.builders import draft, phase

NOW = datetime(2026, 11, 10, 16, tzinfo=UTC)
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)


def festival(**changes: Any) -> Festival:
    phases = rules.phases_of(draft(NOW).phases, ())
    made = Festival("fes_a", "双十一", "Double Eleven", "Asia/Shanghai", FestivalStatus.LIVE, 1, phases)
    return msgspec.structs.replace(made, **changes)


@pytest.mark.parametrize(
    ("now", "running", "following", "change"),
    [
        (NOW - HOUR - TICK, None, 0, NOW - HOUR),
        (NOW - HOUR, 0, 1, NOW + HOUR),
        (NOW + HOUR - TICK, 0, 1, NOW + HOUR),
        (NOW + HOUR, 1, 2, NOW + 2 * HOUR),
        (NOW + 2 * HOUR - TICK, 1, 2, NOW + 2 * HOUR),
        (NOW + 2 * HOUR, None, 2, NOW + 3 * HOUR),
        (NOW + 3 * HOUR, 2, None, NOW + 4 * HOUR),
        (NOW + 4 * HOUR, None, None, None),
    ],
)
def test_what_is_on(
    now: datetime, running: int | None, following: int | None, change: datetime | None
) -> None:
    look = rules.at(festival(), now)
    phases = look.festival.phases
    assert look.phase == (None if running is None else phases[running])
    assert look.next_phase == (None if following is None else phases[following])
    assert look.next_change_at == change


@pytest.mark.parametrize(
    ("phases", "told"),
    [
        ((phase(NOW, NOW),), "must end after"),
        ((phase(NOW, NOW + HOUR), phase(NOW + HOUR - TICK, NOW + 2 * HOUR)), "overlap"),
        ((phase(NOW, NOW + HOUR), phase(NOW + HOUR, NOW + 2 * HOUR)), None),
        ((phase(NOW + HOUR, NOW + 2 * HOUR), phase(NOW, NOW + HOUR)), None),
        ((phase(NOW, NOW + HOUR, phase_id="pha_x"),), "not a phase"),
        ((phase(datetime(1999, 12, 31, tzinfo=UTC), NOW),), "2000 to 2199"),
        ((phase(NOW, datetime.max.replace(tzinfo=timezone(-HOUR))),), "2000 to 2199"),
        ((), None),
    ],
)
def test_phases_are_one_chain(phases: tuple[Any, ...], told: str | None) -> None:
    if told is None:
        found = rules.phases_of(phases, ())
        assert [one.starts_at for one in found] == sorted(one.starts_at for one in phases)
        return
    with pytest.raises(errors.BadPhases) as caught:
        rules.phases_of(phases, ())
    assert told in str(caught.value.details["errors"])


def changed(known: tuple[Phase, ...], place: int, **changes: Any) -> list[Phase]:
    return [msgspec.structs.replace(one, **changes) if at == place else one for at, one in enumerate(known)]


@pytest.mark.parametrize(
    ("place", "changes", "is_allowed"),
    [
        (0, {"ends_at": NOW + HOUR / 2}, True),
        (0, {"ends_at": NOW}, False),
        (0, {"ends_at": NOW + TICK}, True),
        (0, {"starts_at": NOW - 2 * HOUR}, False),
        (0, {"kind": PhaseKind.SALE}, False),
        (1, {"starts_at": NOW + HOUR + TICK}, True),
        (1, {"kind": PhaseKind.GAP}, True),
        (1, {"phase_id": "pha_new", "starts_at": NOW - TICK}, False),
        (1, {"phase_id": "pha_new", "starts_at": NOW}, True),
    ],
)
def test_what_has_begun_stands(place: int, changes: dict[str, Any], is_allowed: bool) -> None:
    known = festival().phases
    if is_allowed:
        rules.check_begun(known, changed(known, place, **changes), NOW)
    else:
        with pytest.raises(errors.PhaseBegun):
            rules.check_begun(known, changed(known, place, **changes), NOW)


def test_what_has_begun_may_not_vanish_and_what_is_over_may_not_move() -> None:
    known = festival().phases
    with pytest.raises(errors.PhaseBegun):
        rules.check_begun(known, known[1:], NOW)
    rules.check_begun(known, known[:1], NOW)
    with pytest.raises(errors.PhaseBegun):
        rules.check_begun(known, changed(known, 0, ends_at=NOW + HOUR / 2), NOW + HOUR)


def test_boundaries_tell_what_ended_and_what_is_on() -> None:
    one = festival()
    found = rules.boundaries(one, NOW - HOUR, NOW + 4 * HOUR)
    assert [(at - NOW, ended and ended.name_en, on and on.kind) for at, ended, on in found] == [
        (HOUR, "The day", "sale"),
        (2 * HOUR, "The day", None),
        (3 * HOUR, None, "sale"),
        (4 * HOUR, "The day", None),
    ]
    assert rules.boundaries(one, NOW + HOUR, NOW + HOUR) == []


def test_the_festival_that_is_on_is_shown_then_the_next_then_the_last() -> None:
    def shifted(festival_id: str, by: timedelta) -> Festival:
        phases = tuple(
            msgspec.structs.replace(one, starts_at=one.starts_at + by, ends_at=one.ends_at + by)
            for one in festival().phases
        )
        return festival(festival_id=festival_id, phases=phases)

    past, on, coming = shifted("fes_p", -20 * HOUR), shifted("fes_o", 0 * HOUR), shifted("fes_c", 20 * HOUR)

    def chosen(*festivals: Festival) -> str | None:
        look = rules.choose(festivals, NOW)
        return None if look is None else look.festival.festival_id

    assert chosen(past, on, coming) == "fes_o"
    assert chosen(past, coming) == "fes_c"
    assert chosen(past) == "fes_p"
    assert chosen() is None
    assert chosen(festival(phases=())) is None


@pytest.mark.parametrize(
    ("name", "is_known"), [("Asia/Shanghai", True), ("CST6", False), ("../etc/passwd", False)]
)
def test_zones_are_of_iana(name: str, is_known: bool) -> None:
    if is_known:
        assert rules.check_time_zone(name).key == name
    else:
        with pytest.raises(errors.BadTimeZone):
            rules.check_time_zone(name)


def test_every_status_is_listed_and_reachable() -> None:
    assert set(rules.TRANSITIONS) == set(FestivalStatus)
    assert {new for news in rules.TRANSITIONS.values() for new in news} | {FestivalStatus.DRAFT} == set(
        FestivalStatus
    )
    assert set(rules.ENROLMENT_TRANSITIONS) == set(EnrolmentStatus)
    assert {new for news in rules.ENROLMENT_TRANSITIONS.values() for new in news} == set(EnrolmentStatus)
