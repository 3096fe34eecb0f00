"""A published log is proved line by line; whatever is changed, moved, left out or doubled is found and named. Source: R48."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from fairday.app.commands import verify
from fairday.flashsales import log

app = typer.Typer()
verify.register(app)
START = datetime(2026, 11, 11, tzinfo=UTC)


def story(*, waitlist_max: int = 2) -> list[dict[str, Any]]:
    """Return what happens in a sale of two places: three enter, the first lapses, the third moves up, two order."""
    until = START + timedelta(seconds=60)
    later = until + timedelta(seconds=60)
    return [
        {"at": START - timedelta(hours=1), "kind": "opened", "sale_id": "fls_1", "sku_id": "sku_1", "places": 2, "waitlist_max": waitlist_max,
         "currency": "CNY", "price_minor": 50, "hold_s": 60, "starts_at": START, "ends_at": START + timedelta(hours=1)},
        {"at": START, "kind": "entered", "place": 1, "who": "a", "state": "won", "until": until},
        {"at": START, "kind": "entered", "place": 2, "who": "b", "state": "won", "until": until},
        {"at": START, "kind": "entered", "place": 3, "who": "c", "state": "waiting"},
        {"at": START + timedelta(seconds=9), "kind": "ordered", "place": 2},
        {"at": until, "kind": "lapsed", "place": 1},
        {"at": until, "kind": "promoted", "place": 3, "until": later},
        {"at": until + timedelta(seconds=5), "kind": "ordered", "place": 3},
        {"at": START + timedelta(hours=1), "kind": "closed", "entered": 3, "ordered": 2},
    ]  # fmt: skip


def published(lines: list[dict[str, Any]]) -> list[str]:
    return [one.published for one in log.linked(log.GENESIS, 1, log.written(0, lines))]


def test_a_true_log_is_whole() -> None:
    assert log.faults(published(story())) is None
    assert all(json.loads(line)["n"] == number for number, line in enumerate(published(story()), 1))


@pytest.mark.parametrize("number", range(9))
@pytest.mark.parametrize("how", ["changed", "left out", "doubled", "moved"])
def test_a_line_that_was_touched_is_named(number: int, how: str) -> None:
    lines = published(story())
    if how == "changed":
        lines[number] = lines[number].replace('"at":"2026-11-1', '"at":"2025-11-1')
    elif how == "left out":
        del lines[number]
    elif how == "doubled":
        lines.insert(number, lines[number])
    elif number + 1 < len(lines):
        lines[number : number + 2] = reversed(lines[number : number + 2])
    else:
        lines[-1] = lines[-1][:-3] + '0"}'
    fault = log.faults(lines)
    assert fault is not None
    assert fault.number in (number + 1, number + 2)


def change(number: int, **fields: Any) -> list[dict[str, Any]]:
    lines = story()
    lines[number] = lines[number] | fields
    return lines


@pytest.mark.parametrize(
    ("lines", "number", "what"),
    [
        (change(2, place=3), 3, "not the next"),
        (change(2, who="a"), 3, "has a place already"),
        (change(3, state="won", until=START), 4, "should be waiting"),
        (change(1, state="waiting"), 2, "should be won"),
        (change(1, at=START - timedelta(microseconds=1)), 2, "before the start"),
        (story(waitlist_max=0), 4, "waitlist was full"),
        (change(5, at=START + timedelta(seconds=59)), 6, "was held until"),
        (change(4, at=START + timedelta(seconds=60)), 5, "was held until"),
        (change(4, place=3), 5, "is waiting, not won"),
        (change(6, place=2), 7, "not the first who waits"),
        (change(4, at=START - timedelta(minutes=1)), 5, "older than the line before"),
        (change(8, ordered=3), 9, "2 ordered, not 3 and 3"),
        (change(8, kind="vanished"), 9, "nothing that happens"),
        (change(4, kind="opened"), 5, "begins with the opening"),
        (story()[:8], 9, "before the sale was closed"),
        ([*story(), story()[8]], 10, "nothing happens after"),
        ([], 1, "empty"),
        (change(1, until=None), 2, "a field is missing"),
    ],
)  # fmt: skip
def test_a_well_chained_lie_is_named_too(lines: list[dict[str, Any]], number: int, what: str) -> None:
    """Who holds the pen can chain anything; the steps must follow from one another all the same."""
    fault = log.faults(published(lines))
    assert fault is not None
    assert fault.number == number
    assert what in fault.what


def test_the_command_proves_a_file(tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    lines = published(story())
    file.write_text("\n".join(lines) + "\n", "utf-8")
    good = CliRunner().invoke(app, [str(file)])
    assert (good.exit_code, "9 lines" in good.output) == (0, True)
    file.write_text(json.dumps({"lines": lines, "next_after": None}, separators=(",", ":")), "utf-8")
    assert CliRunner().invoke(app, [str(file)]).exit_code == 0
    file.write_text("\n".join([*lines[:3], *lines[4:]]), "utf-8")
    bad = CliRunner().invoke(app, [str(file)])
    assert (bad.exit_code, "line 4" in bad.output) == (1, True)
    assert CliRunner().invoke(app, [str(tmp_path / "none")]).exit_code == 2
