"""`fairday price FILE.json` prices a cart or a campaign from a file, without server or database, and refuses what is not right."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def fairday_price(file: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "fairday", "price", file], input=stdin, capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip


def test_a_cart_is_priced_and_funders_are_named() -> None:
    ran = fairday_price(str(EXAMPLES / "golden.json"))
    found = json.loads(ran.stdout)
    assert (ran.returncode, found["total_minor"], found["discount_minor"]) == (0, 30_000, 30_000)
    assert [line["net_minor"] for line in found["lines"]] == [4545, 9091, 16364]
    assert {a["funder"] for line in found["lines"] for a in line["allocations"]} == {"platform", "merchant"}
    assert set(found) >= {"total_minor", "subtotal_minor", "discount_minor", "freight_minor", "tax_minor", "lines", "applied", "refused", "hints", "trace"}  # fmt: skip


def test_a_campaign_tells_costs_conflicts_and_what_never_fires() -> None:
    found = json.loads(fairday_price(str(EXAMPLES / "campaign.json")).stdout)
    assert (found["carts"], found["funders"]) == (2, {"merchant": 1700, "platform": 1100})
    assert found["never_fired"] == ["evening"]
    assert found["conflicts"] == [{"offer_id": "second-half", "by": "set", "carts": 1}]
    assert found["subtotal_minor"] - found["discount_minor"] + found["freight_minor"] == found["total_minor"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not valid JSON"),
        ('{"now":NaN}', "not valid JSON"),
        ('{"now":"2026-11-11T00:00:00Z","now":"2026-11-11T00:00:00Z","currency":"CNY","products":[],"lines":[]}', "stands twice"),
        ('{"currency":"CNY","products":[],"lines":[]}', "missing required field `now`"),
        ('{"now":"2026-11-11T00:00:00Z","currency":"CNY","products":[],"lines":[{"line_id":"1","sku":"x"}]}', "x, which is not among"),
        ('{"carts":[],"now":"2026-11-11T00:00:00Z","currency":"CNY","products":[]}', "length >= 1"),
    ],
)  # fmt: skip
def test_what_is_not_right_is_said_in_one_line(text: str, says: str) -> None:
    ran = fairday_price("-", text)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert says in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1


def test_a_file_that_is_not_there() -> None:
    assert "cannot read /nowhere.json" in fairday_price("/nowhere.json").stderr
