"""Percentiles by nearest rank, and what counts as unexpected."""

import io

import pytest
from rich.console import Console

from fairday.app.simulate.tally import Tally, percentile


@pytest.mark.parametrize(
    ("times", "share", "expected"),
    [
        ([], 0.99, 0.0),
        ([1.0], 0.5, 1.0),
        ([1.0, 2.0], 0.5, 1.0),
        ([1.0, 2.0], 0.501, 2.0),
        ([float(n) for n in range(1, 101)], 0.99, 99.0),
        ([float(n) for n in range(1, 101)], 0.95, 95.0),
        ([float(n) for n in range(1, 1001)], 0.999, 999.0),
        ([1.0, 2.0, 3.0], 1.0, 3.0),
    ],
)
def test_percentiles(times: list[float], share: float, expected: float) -> None:
    assert percentile(times, share) == expected


@pytest.mark.parametrize(
    ("status", "code", "is_unexpected"),
    [
        (200, None, False),
        (409, "sold_out", False),
        (404, "not_found", False),
        (429, "too_many_requests", False),
        (503, "busy", False),
        (500, "internal_error", True),
        (502, "no_problem_document", True),
        (422, "bad_input", True),
        (400, "bad_json", True),
    ],
)
def test_what_must_not_happen(status: int, code: str | None, is_unexpected: bool) -> None:
    tally = Tally()
    tally.request("claim", 0.01, status, code)
    assert bool(tally.unexpected) is is_unexpected
    assert tally.refusals.total() == (code is not None)


def test_tables_tell_everything() -> None:
    tally = Tally()
    tally.request("claim", 0.01, 409, "sold_out")
    tally.lost("order", "TimeoutError")
    tally.act("order", 0.5)
    out = io.StringIO()
    tally.show(Console(file=out, width=120))
    for word in ("claim", "sold_out", "Unexpected", "TimeoutError", "p99", "1 acts, 2 requests"):
        assert word in out.getvalue()
