"""No place of a grab is better than another: not for the luckiest share, not for the mean, not for the spread. Source: R61.

Three chi-square tests over many packets, each with as many degrees of freedom as there are places less one. Shares drawn by double
average and given out in the order of drawing, as others do, fail: the canary.
"""

import math
import random
from collections.abc import Callable

import pytest

from fairday.kernel.tx import Database
from fairday.members import service as members
from fairday.members.types import SandboxMembers
from fairday.redpackets import rules, service
from fairday.redpackets.types import Grab, GrabRequest, Mode
from tests.redpackets.builders import sent_by_campaign

Make = Callable[[int, int, random.Random], tuple[list[int], int]]
PACKETS = 40_000


def shuffled(total_minor: int, count: int, chance: random.Random) -> tuple[list[int], int]:
    return rules.shares(Mode.LUCKY, total_minor, count, chance)


def as_drawn(total_minor: int, count: int, chance: random.Random) -> tuple[list[int], int]:
    amounts = rules.lucky_shares(total_minor, count, chance)
    most = max(amounts)
    return amounts, chance.choice([place for place, amount in enumerate(amounts, 1) if amount == most])


def beyond(chi_square: float, freedom: int) -> float:
    """Return the chance of a chi-square as large as this or larger, by Wilson and Hilferty's cube root."""
    middle = 1 - 2 / (9 * freedom)
    z = ((chi_square / freedom) ** (1 / 3) - middle) / math.sqrt(2 / (9 * freedom))
    return 0.5 * math.erfc(z / math.sqrt(2))


def exchangeable(rows: list[list[float]]) -> float:
    """Return the chance that rows whose places are exchangeable have means by place that differ as much as these do.

    Values of one row add up to about the same, so their covariance is that of a fixed sum; then this sum of squares is a
    chi-square of one degree less than places.
    """
    count, places = len(rows), len(rows[0])
    means = [sum(row[place] for row in rows) / count for place in range(places)]
    whole = sum(means) / places
    spread = sum((value - sum(row) / places) ** 2 for row in rows for value in row) / (count * (places - 1))
    return beyond(count * sum((mean - whole) ** 2 for mean in means) / spread, places - 1)


def chances(total_minor: int, places: int, packets: int, make: Make, seed: int) -> dict[str, float]:
    """Return for luckiest, mean and spread the chance that fair places look as different as these."""
    chance = random.Random(seed)
    lucky = [0] * places
    rows: list[list[float]] = []
    for _ in range(packets):
        amounts, luckiest = make(total_minor, places, chance)
        lucky[luckiest - 1] += 1
        rows.append([float(amount) for amount in amounts])
    return told(lucky, rows)


def told(lucky: list[int], rows: list[list[float]]) -> dict[str, float]:
    expected = len(rows) / len(lucky)
    average = sum(rows[0]) / len(lucky)
    return {
        "luckiest": beyond(sum((n - expected) ** 2 / expected for n in lucky), len(lucky) - 1),
        "mean": exchangeable(rows),
        "spread": exchangeable([[(value - average) ** 2 for value in row] for row in rows]),
    }


@pytest.mark.parametrize(("total_minor", "places"), [(10_000, 10), (888, 6), (30, 20)])
def test_no_place_is_better(total_minor: int, places: int) -> None:
    """The last case is nearly all ties, which chance must break, not place."""
    found = chances(total_minor, places, PACKETS, shuffled, seed=11)
    assert min(found.values()) > 0.001, found


def test_shares_as_they_are_drawn_fail() -> None:
    """Of ten, the last two are the luckiest in 12 of 100 packets, the sixth in 9 (R61)."""
    found = chances(10_000, 10, PACKETS, as_drawn, seed=11)
    assert found["luckiest"] < 1e-9
    assert found["spread"] < 1e-9


def test_a_tie_that_goes_to_the_first_fails() -> None:
    def first(total_minor: int, count: int, chance: random.Random) -> tuple[list[int], int]:
        amounts, _ = shuffled(total_minor, count, chance)
        return amounts, 1 + amounts.index(max(amounts))

    assert chances(30, 20, PACKETS, first, seed=11)["luckiest"] < 1e-9


def test_a_place_that_gets_one_cent_more_fails() -> None:
    def favoured(total_minor: int, count: int, chance: random.Random) -> tuple[list[int], int]:
        amounts, luckiest = shuffled(total_minor, count, chance)
        amounts[0] += amounts[1] // 20
        amounts[1] -= amounts[1] // 20
        return amounts, luckiest

    assert chances(10_000, 10, PACKETS, favoured, seed=11)["mean"] < 1e-9


async def grabbed(database: Database, packets: int, places: int) -> dict[str, float]:
    """Send packets and let people grab them one after another; return the chances by who came when."""
    lucky, rows = [0] * places, []
    async with database.transaction() as (tx, now):
        people = [one.member_id for one, _, _ in await members.sandbox(tx, SandboxMembers(count=places), now)]
    for _ in range(packets // 50):
        async with database.transaction() as (tx, now):
            ids = [
                (await sent_by_campaign(tx, now, total_minor=1_000, shares_count=places)).packet_id
                for _ in range(50)
            ]
            asked = [GrabRequest(packet_id, person) for packet_id in ids for person in people]
            amounts: dict[str, list[float]] = {packet_id: [] for packet_id in ids}
            for grab in await service.grab(tx, asked, now):
                assert isinstance(grab, Grab)
                amounts[grab.packet_id].append(float(grab.amount_minor))
            rows += amounts.values()
            for packet_id in ids:
                lines = await service.grabs(tx, packet_id, service.Viewer(None, True), None, places)
                lucky[next(one.place for one in lines if one.is_luckiest) - 1] += 1
    return told(lucky, rows)


async def test_who_comes_when_has_no_advantage_in_real_grabs(database: Database) -> None:
    found = await grabbed(database, 200, 6)
    assert min(found.values()) > 1e-5, found


@pytest.mark.prove
@pytest.mark.timeout(1800)
async def test_the_long_form(database: Database) -> None:
    """40,000 packets through the real verbs, and a million shares of fresh chance."""
    found = await grabbed(database, 40_000, 6)
    assert min(found.values()) > 1e-5, found
    for total_minor, places in ((20_000, 100), (10_000, 10), (1_000, 3), (100, 100)):
        fresh = chances(total_minor, places, PACKETS, shuffled, seed=random.SystemRandom().getrandbits(64))
        if total_minor > places:
            assert min(fresh.values()) > 1e-6, (total_minor, places, fresh)
