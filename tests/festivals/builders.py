"""Build valid festivals with one change each."""

from datetime import datetime, timedelta
from typing import Any

from fairday.festivals import service
from fairday.festivals.types import Festival, FestivalDraft, PhaseDraft, PhaseKind
from fairday.kernel.tx import Tx


def phase(starts_at: datetime, ends_at: datetime, **changes: Any) -> PhaseDraft:
    """Return a sale phase."""
    given: dict[str, Any] = {"kind": PhaseKind.SALE, "name": "正日", "name_en": "The day"}
    return PhaseDraft(starts_at=starts_at, ends_at=ends_at, **(given | changes))


def draft(now: datetime, **changes: Any) -> FestivalDraft:
    """Return a festival with a warm-up that is on, a sale in an hour, a gap, and another sale."""
    hour = timedelta(hours=1)
    given: dict[str, Any] = {
        "name": "双十一",
        "name_en": "Double Eleven",
        "phases": (
            phase(now - hour, now + hour, kind=PhaseKind.WARM_UP),
            phase(now + hour, now + 2 * hour),
            phase(now + 3 * hour, now + 4 * hour),
        ),
    }
    return FestivalDraft(**(given | changes))


async def live(tx: Tx, now: datetime, **changes: Any) -> Festival:
    """Return a new live festival."""
    made = await service.create(tx, draft(now, **changes), now)
    return await service.publish(tx, made.festival_id, now)
