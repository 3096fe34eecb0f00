"""Load the demo city into an empty database, once, through the services that everyone else uses.

The story is fixed; only ids and the instants around `now` differ from load to load. All of it is one transaction, so
a load that is cut off leaves nothing behind. The logins are drawn anew in each
home and told only there.
"""

import json
import math
import os
from datetime import datetime, timedelta
from pathlib import Path

from fairday.app.demo import campaign, offers, people, pictures, shops, signs, story
from fairday.app.demo.people import Login, Staff
from fairday.festivals import service as festivals
from fairday.festivals.types import EnrolmentStatus, Festival, FestivalDraft, PhaseDraft, PhaseKind
from fairday.kernel.tx import Database, Tx
from fairday.screen import service as screen
from fairday.screen.types import Baseline

LOGINS = "demo-logins.json"
_DEADLINE_S = 60.0


async def seed(url: str, home: Path) -> None:
    """Load the city of `story` into the database at `url`; pictures and logins go into `home`.

    Does nothing when the database has a festival already. Sandbox only.
    """
    database = await Database.connect(url, size=1, statement_timeout_s=_DEADLINE_S)
    try:
        if not await _is_empty(database):
            return
        pictures.write_all(home / "pictures")
        signs.write_all(home / "pictures")

        async def work(tx: Tx, now: datetime) -> None:
            # Before the commit: whoever finds the city finds the way in as well.
            _write_logins(home / LOGINS, await load(tx, now))

        await database.run(work, deadline_s=_DEADLINE_S)
    finally:
        await database.close()


async def load(tx: Tx, now: datetime) -> list[Login]:
    """Make everything of the story inside the caller's transaction and return how to sign in."""
    operator, logins = await people.operator(tx, now)
    merchants = await people.merchants(tx, now)
    logins += merchants.logins
    festival = await _festival(tx, now)
    await _enrol(tx, festival, list(merchants.ids.values()), operator.account_id, now)
    phase_ids = [phase.phase_id for phase in festival.phases if phase.kind is PhaseKind.SALE]
    city = await shops.open_all(tx, merchants.ids, phase_ids, now)
    logins += await people.staff(tx, merchants.ids, city.first_store_ids, operator, now)
    coupon_ids = await offers.publish_all(tx, merchants.ids, city.sku_ids, festival, now)
    logins.append(await people.members(tx, coupon_ids, now))
    planner, told = await people.planner(tx, now)
    logins += told
    team = Staff(planner, merchants.owners, operator)
    await campaign.bring_live(tx, team, merchants.ids, city.sku_ids, festival, now)
    return logins


async def _is_empty(database: Database) -> bool:
    async with database.transaction(read_only=True) as (tx, _):
        return not await festivals.listing(tx, with_drafts=True, before_id=None, limit=1)


async def _festival(tx: Tx, now: datetime) -> Festival:
    """Make the festival: warm-up behind us, the first sale window just open, a gap, then a long second window."""
    opens_at = now.replace(second=0, microsecond=0)
    hour = now.replace(minute=0, second=0, microsecond=0)
    first_ends_at = hour + timedelta(hours=28)
    second_starts_at = first_ends_at + timedelta(hours=12)
    windows = (
        (PhaseKind.WARM_UP, "预热抢券", "Warm-up", hour - timedelta(days=3), opens_at),
        (PhaseKind.SALE, "第一波开卖", "First sale window", opens_at, first_ends_at),
        (PhaseKind.SALE, "第二波返场", "Second sale window", second_starts_at, hour + timedelta(days=30)),
    )
    name, name_en = story.FESTIVAL
    phases = tuple(
        PhaseDraft(kind=kind, name=zh, name_en=en, starts_at=starts_at, ends_at=ends_at)
        for kind, zh, en, starts_at, ends_at in windows
    )
    draft = await festivals.create(tx, FestivalDraft(name=name, name_en=name_en, phases=phases), now)
    await screen.set_baseline(tx, draft.festival_id, _last_year())
    return await festivals.publish(tx, draft.festival_id, now)


def _last_year() -> Baseline:
    """Tell how last year went, minute by minute over three days: a rush at the opening, then calm nights and full evenings."""
    minutes = []
    for minute in range(3 * 1440):
        rush = 1.2 / (1 + minute / 4)
        evening = 1 + 0.6 * math.sin(2 * math.pi * (minute / 1440))
        minutes.append(int(2_000_000 * (evening + rush) * (0.9 + 0.2 * math.sin(minute * 1.7) ** 2)))
    name, name_en = story.LAST_YEAR
    return Baseline(name=name, name_en=name_en, minutes_minor=tuple(minutes))


async def _enrol(tx: Tx, festival: Festival, merchant_ids: list[str], by: str, now: datetime) -> None:
    for merchant_id in merchant_ids:
        await festivals.enrol(tx, festival.festival_id, merchant_id, now)
    decided = await festivals.decide(
        tx, festival.festival_id, merchant_ids, EnrolmentStatus.APPROVED, by=by, reason="demo", now=now
    )
    assert len(decided) == len(merchant_ids)


def _write_logins(path: Path, logins: list[Login]) -> None:
    """Write the logins so that only their owner can read them, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump([login._asdict() for login in logins], out, ensure_ascii=False, indent=1)
    draft.replace(path)
