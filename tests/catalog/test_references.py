"""Only the lowest price of the last 30 days is struck through, at every boundary of that time. Source: F06."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from fairday.catalog import references, service
from fairday.catalog.types import PhasePriceDraft, SkuPatch, Status
from fairday.kernel.tx import Tx
from tests.catalog.builders import made, merchant, sku_draft

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
Window = tuple[str, datetime, datetime]


class Story:
    """Tell the life of one SKU that costs 100.00 and is sold for 80.00 in the phase `pha_now`, which is on."""

    def __init__(self, tx: Tx, now: datetime, sku_id: str) -> None:
        self.tx, self.now, self.sku_id = tx, now, sku_id
        self.windows: list[Window] = [("pha_now", now - DAY, now + DAY)]

    async def costs(self, minor: int, at: datetime) -> None:
        """Set the regular price at an instant."""
        await service.update_sku(self.tx, self.sku_id, SkuPatch(price_minor=minor, confirm_price=True), at)

    async def in_phase(self, phase_id: str, minor: int, at: datetime) -> None:
        """Set a phase's price at an instant."""
        draft = PhasePriceDraft(price_minor=minor, confirm_price=True)
        await service.set_phase_price(self.tx, self.sku_id, phase_id, draft, at)

    async def struck(self, now_minor: int = 8_000) -> int | None:
        """Return what is struck through."""

        async def windows_since(_: Tx, since: datetime, now: datetime) -> Sequence[Window]:
            return [one for one in self.windows if one[1] <= now and one[2] > since]

        return (await references.struck(self.tx, {self.sku_id: now_minor}, windows_since, self.now)).get(
            self.sku_id
        )


@pytest.fixture
async def story(tx: Tx, now: datetime) -> Story:
    _, (sku,) = await made(tx, now - 90 * DAY, merchant(), sku_draft(compare_at_minor=30_000))
    told = Story(tx, now, sku.sku_id)
    await told.in_phase("pha_now", 8_000, now - 2 * DAY)
    return told


async def test_the_price_before_the_festival_is_struck_not_the_merchants_own_compare_at(story: Story) -> None:
    assert await story.struck() == 10_000


async def test_a_price_raised_within_30_days_is_not_struck(story: Story) -> None:
    await story.costs(19_900, story.now - 30 * DAY + TICK)
    assert await story.struck() == 10_000


async def test_a_price_raised_30_days_ago_is_struck(story: Story) -> None:
    await story.costs(19_900, story.now - 30 * DAY)
    assert await story.struck() == 19_900


async def test_a_day_at_a_lower_price_is_remembered_for_30_days(story: Story) -> None:
    await story.costs(7_900, story.now - 12 * DAY)
    await story.costs(10_000, story.now - 11 * DAY)
    assert await story.struck() is None, "it was sold for less than now"


async def test_an_earlier_phase_counts_for_30_days_after_its_end(story: Story) -> None:
    await story.in_phase("pha_then", 8_500, story.now - 60 * DAY)
    story.windows.append(("pha_then", story.now - 50 * DAY, story.now - 30 * DAY + TICK))
    assert await story.struck() == 8_500
    story.windows[-1] = ("pha_then", story.now - 50 * DAY, story.now - 30 * DAY)
    assert await story.struck() == 10_000


async def test_a_price_that_a_phase_had_only_while_it_was_not_on_does_not_count(story: Story) -> None:
    await story.in_phase("pha_then", 8_100, story.now - 60 * DAY)
    await story.in_phase("pha_then", 8_500, story.now - 21 * DAY)
    story.windows.append(("pha_then", story.now - 20 * DAY, story.now - 19 * DAY))
    await story.in_phase("pha_then", 8_200, story.now - 19 * DAY)
    assert await story.struck() == 8_500


async def test_a_lower_price_earlier_in_the_same_phase_counts(story: Story) -> None:
    await story.in_phase("pha_now", 7_000, story.now - 12 * timedelta(hours=1))
    await story.in_phase("pha_now", 8_000, story.now - 6 * timedelta(hours=1))
    assert await story.struck() is None


async def test_a_draft_without_a_price_was_never_sold_for_nothing(tx: Tx, now: datetime) -> None:
    draft = sku_draft(price_minor=0, status=Status.DRAFT)
    _, (sku,) = await made(tx, now - 9 * DAY, merchant(), draft)
    told = Story(tx, now, sku.sku_id)
    await told.costs(10_000, now - 8 * DAY)
    await told.in_phase("pha_now", 8_000, now - 2 * DAY)
    assert await told.struck() == 10_000
