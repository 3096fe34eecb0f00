"""Make a storm: many tills without network for an hour, codes shown at two of them, then all come back at once.

Everything is drawn from a seed; the base is built once and copied for each order in which the tills come back.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fairday.coupons import service as coupons
from fairday.coupons.claims import ClaimRequest
from fairday.kernel import clock
from fairday.kernel.tx import Database, Tx
from fairday.offline import service as offline
from fairday.offline.log_types import LogRecord, Synced, Upload
from fairday.offline.types import Limits, TermsBody
from tests.checkout import city as world
from tests.checkout.city import Shop
from tests.offline import till as tills
from tests.offline.looks import operator
from tests.offline.till import OfflineTill

AMOUNT_MINOR, PRICE_MINOR = 2000, 12_000
CLAIMS_PER_MEMBER = 50
WORKERS = 4


@dataclass
class Storm:
    """Hold what the tills did, and what must come of it whatever the order."""

    tills: list[OfflineTill]
    scans: int
    claims: set[str] = field(default_factory=set)
    conflicts: int = 0
    flagged: int = 0
    sales: int = 0
    cash_minor: int = 0


async def build(database: Database, *, tills_count: int, scans: int, seed: int) -> Storm:
    """Open a shop, let members claim, lease the tills, and let them work offline for an hour; the clock is then there.

    A fifth of the codes is shown at two tills, a hundredth of the scans is of a screenshot that is three minutes old.
    """
    chance = random.Random(seed)
    storm, coupon_id = await database.run(lambda tx, now: _open(tx, now, tills_count, scans), deadline_s=60)
    codes_count = round(scans / 1.2)
    stale_count = codes_count // 100
    claims = await _claims(database, coupon_id, codes_count + stale_count)
    shown = claims[:codes_count] + chance.sample(claims[:codes_count], scans - codes_count)
    storm.claims = {claim for claim, _ in claims[:codes_count]}
    storm.conflicts, storm.flagged = scans - codes_count, stale_count
    work = [(claim, False) for claim in shown] + [(claim, True) for claim in claims[codes_count:]]
    chance.shuffle(work)
    start: datetime = await database.run(_now)
    _deal(storm, work, chance, start)
    await database.run(lambda tx, now: clock.jump(tx, start + timedelta(hours=1, minutes=1)))
    return storm


async def _now(tx: Tx, now: datetime) -> datetime:
    return now


async def _open(tx: Tx, now: datetime, tills_count: int, scans: int) -> tuple[Storm, str]:
    shop: Shop = await world.shop(tx, now, [PRICE_MINOR, PRICE_MINOR], on_hand=scans // 100)
    coupon_id = await world.coupon(tx, now, merchant_id=shop.merchant_id, platform_bp=0)
    limits = Limits(count_max=100_000, value_max_minor=10**10)
    await offline.set_terms(tx, operator(), shop.merchant_id, TermsBody(limits=limits), now)
    return Storm([await tills.ready(tx, now, shop) for _ in range(tills_count)], scans), coupon_id


async def _claims(database: Database, coupon_id: str, count: int) -> list[tuple[str, str]]:
    """Let as many members as needed claim, in batches; return (claim, coupon) of each."""
    members = await database.run(
        lambda tx, now: world.shoppers(tx, now, count // CLAIMS_PER_MEMBER + 1, 0), deadline_s=60
    )
    wishes = [ClaimRequest(coupon_id, one.member_id, one.person_id) for one in members] * CLAIMS_PER_MEMBER
    made: list[tuple[str, str]] = []
    for place in range(0, count, 500):
        part = wishes[place : min(place + 500, count)]
        answers: list[Any] = await database.run(
            lambda tx, now, part=part: coupons.claim(tx, part, now), deadline_s=60
        )
        made += [(one.claim_id, coupon_id) for one in answers]
    return made


def _deal(
    storm: Storm, work: list[tuple[tuple[str, str], bool]], chance: random.Random, start: datetime
) -> None:
    """Let the tills scan in turns through the hour; no till sees a code twice. Some scans are sales of goods."""
    seen: set[tuple[int, str]] = set()
    for place, (claim, is_stale) in enumerate(work):
        number = place % len(storm.tills)
        while (number, claim[0]) in seen:
            number = (number + 1) % len(storm.tills)
        seen.add((number, claim[0]))
        till = storm.tills[number]
        till.at = start + timedelta(hours=1) * (place / len(work))
        if is_stale:
            old = {
                "code": tills.code_text(claim, till.at - timedelta(minutes=3)),
                "amount_minor": AMOUNT_MINOR,
            }
            till.redeem(claim, codes=[old])
        elif chance.random() < 0.1:
            till.sell([(chance.choice(till.shop.sku_ids), 1, PRICE_MINOR)], [claim])
            storm.sales, storm.cash_minor = storm.sales + 1, storm.cash_minor + PRICE_MINOR - AMOUNT_MINOR
        else:
            till.redeem(claim)
        if chance.random() < 0.02:
            till.sell([(till.shop.sku_ids[0], 2, 2 * PRICE_MINOR)])
            storm.sales, storm.cash_minor = storm.sales + 1, storm.cash_minor + 2 * PRICE_MINOR


async def come_back(database: Database, storm: Storm, seed: int) -> Counter[str]:
    """Let the tills send their logs in an order of this seed, over a bad network; return what the answers counted."""
    chance = random.Random(seed)
    order = list(storm.tills)
    chance.shuffle(order)
    counts: Counter[str] = Counter()
    queue = iter(order)

    async def worker() -> None:
        for till in queue:
            await _send(database, till, random.Random(f"{seed} {till.device_id}"), counts)

    await asyncio.gather(*(worker() for _ in range(WORKERS)))
    return counts


async def _send(database: Database, till: OfflineTill, chance: random.Random, counts: Counter[str]) -> None:
    next_seq = 1
    while next_seq <= len(till.log):
        records = till.log[next_seq - 1 : next_seq - 1 + chance.randrange(100, 480)]
        if chance.random() < 0.3:  # resumed from further back
            records = till.log[max(0, next_seq - 20) : next_seq - 1] + records
        if chance.random() < 0.2 and len(records) > 2:  # cut: a record is missing in the middle
            records = records[: len(records) // 2] + records[len(records) // 2 + 1 :]
        if chance.random() < 0.5:
            chance.shuffle(records)
        for _ in range(2 if chance.random() < 0.2 else 1):  # the answer was lost: the same again
            answer = await upload(database, till, records)
            counts.update(
                uploads=1, applied=answer.applied_count, effective=answer.effective_count,
                conflict=answer.conflict_count, flagged=answer.flagged_count, waiting=answer.waiting_count,
                duplicates=answer.duplicate_count,
            )  # fmt: skip
        next_seq = answer.next_seq


async def upload(database: Database, till: OfflineTill, records: list[LogRecord]) -> Synced:
    """Send records once."""
    request = offline.SyncAt(till.device, till.lease_id, Upload(records=tuple(records)))
    [answer] = await database.run(lambda tx, now: offline.sync(tx, [request], now), deadline_s=120)
    assert isinstance(answer, Synced), answer
    return answer


PRINT = {
    "records": "SELECT count(*) FROM offline.record WHERE state = 'applied'",
    "effective": "SELECT count(*) FROM offline.use WHERE outcome = 'effective'",
    "conflict": "SELECT count(*) FROM offline.use WHERE outcome = 'conflict'",
    "flagged": "SELECT count(*) FROM offline.use WHERE outcome = 'flagged'",
    "redeemed claims": "SELECT md5(string_agg(claim_id, ',' ORDER BY claim_id)) FROM coupons.redemption WHERE status = 'effective'",
    "flagged uses": "SELECT md5(coalesce(string_agg(device_id || seq, ',' ORDER BY device_id, seq), '')) FROM offline.use WHERE outcome = 'flagged'",
    "effective_minor": "SELECT sum(amount_minor)::bigint FROM coupons.redemption WHERE status = 'effective'",
    "spent_minor": "SELECT sum(spent_minor)::bigint FROM coupons.coupon",
    "breaks": "SELECT count(*) FROM offline.redemption_break",
    "breaks_minor": "SELECT sum(amount_minor)::bigint FROM offline.redemption_break",
    "postings_minor": "SELECT sum(amount_minor)::bigint FROM ledger.transfer WHERE kind = 'redemption_break'",
    "loss_minor": "SELECT sum(posted_minor)::bigint FROM ledger.account WHERE account_id LIKE '%:offline_loss'",
    "sales": "SELECT count(*) FROM tills.sale",
    "sales_minor": "SELECT sum(total_minor)::bigint FROM orders.purchase",
    "cash_minor": "SELECT -sum(posted_minor)::bigint FROM ledger.account WHERE account_id LIKE 'cash:%'",
    "drawers_minor": "SELECT sum(expected_cash_minor)::bigint FROM tills.shift",
    "payable_minor": "SELECT sum(posted_minor)::bigint FROM ledger.account WHERE account_id LIKE '%:payable'",
    "on_hand": "SELECT sum(on_hand)::bigint FROM stock.level",
}
"""What must not depend on the order in which tills come back; who won each conflict may."""


async def fingerprint(database: Database) -> dict[str, Any]:
    """Return everything that must be the same after every order."""
    return {name: await database.pool.fetchval(query) for name, query in PRINT.items()}
