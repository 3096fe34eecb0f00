"""Claim coupons in batches: five caps, exactly, for one hot coupon as for a thousand.

Guarantee: for every coupon the claims that stand never exceed its quantity, its committed budget, its day's share,
or what a member or a natural person may have, in any number of processes; see docs/algorithms/claim.md.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from fairday.coupons import repeating, store
from fairday.coupons.claims import Claim, ClaimRequest
from fairday.coupons.errors import (
    CouponUnknown,
    DayCapReached,
    MemberLimitReached,
    PersonLimitReached,
    SoldOut,
)
from fairday.coupons.events import Claimed
from fairday.coupons.repeating import Pair, Results
from fairday.coupons.rules import claiming as rules
from fairday.coupons.store import ClaimDraft, Group
from fairday.coupons.types import ClaimStatus, Template, Terms
from fairday.festivals import service as festivals
from fairday.kernel import outbox
from fairday.kernel.errors import Refusal
from fairday.kernel.lanes import Replay
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.members import service as members

_ROUNDS_MAX = 4
"""Racing batches of the same member settle in two rounds; more means the batch should start again."""


Opened = dict[str, Group]
Seen = dict[tuple[datetime | None, datetime | None, int | None], tuple[datetime, datetime]]


async def claim(tx: Tx, requests: Sequence[ClaimRequest], now: datetime) -> list[Claim | Refusal]:
    """Take a copy of a coupon for each request; results and refusals stand in request order.

    Refusals, in order of precedence: CouponUnknown, CouponNotLive, IssueStopped, PhaseNotOpen, SoldOut, BudgetSpent,
    DayCapReached, MemberLimitReached, PersonLimitReached. Who came first in the batch is served first.
    A request with a key that a claim was made with is answered by that claim. Source: R24, R25, R27, R31, I1, I2, I3.
    """
    results = await claim_once(tx, requests, now)
    return [result.result if isinstance(result, Replay) else result for result in results]


async def claim_once(
    tx: Tx, requests: Sequence[ClaimRequest], now: datetime
) -> list[Claim | Replay | Refusal]:
    """Claim as `claim` does, telling repeats apart: a Replay of the claim, or IdempotencyConflict for another body.

    No key may stand twice in `requests`; the lane sees to that. Source: R96, I58.
    """
    opened, closed = await _judge(tx, sorted({request.coupon_id for request in requests}), now)
    results: Results = [closed.get(request.coupon_id) for request in requests]
    places = [place for place, result in enumerate(results) if result is None]
    if places:
        persons = await _persons(tx, requests, places, opened)
        made = await _insert(tx, requests, places, opened, persons, results, now)
        made = await _take(tx, requests, made, opened, results, now)
        await _announce(tx, requests, made, opened, results, now)
    await repeating.answer_refused(tx, requests, results)
    return _all(results)


async def _announce(
    tx: Tx,
    requests: Sequence[ClaimRequest],
    made: dict[int, str],
    opened: Opened,
    results: Results,
    now: datetime,
) -> None:
    events = []
    for place, claim_id in made.items():
        request = requests[place]
        coupon_id = request.coupon_id
        group = opened[coupon_id]
        template = group.template
        results[place] = Claim(
            claim_id,
            coupon_id,
            template.version,
            ClaimStatus.CLAIMED,
            template.terms.currency,
            template.face_minor,
            now,
            group.usable_from,
            group.expires_at,
        )
        events.append(
            Claimed(
                claim_id=claim_id,
                coupon_id=coupon_id,
                merchant_id=template.merchant_id,
                member_id=request.member_id,
                channel=request.channel,
            )
        )
    await outbox.publish(tx, events, now)


async def _judge(tx: Tx, coupon_ids: Sequence[str], now: datetime) -> tuple[Opened, dict[str, Refusal]]:
    """Judge each coupon once for the whole batch; only those with something special are looked at closely."""
    found = await store.open_now(tx, coupon_ids)
    templates = await store.templates(tx, {key: version for key, (version, _) in found.items()})
    opened: Opened = {}
    closely = []
    seen: Seen = {}
    for coupon_id in coupon_ids:
        template = templates.get(coupon_id)
        if template is not None and found[coupon_id][1] and _is_plainly_open(template.terms, now):
            opened[coupon_id] = _group(template, now, seen)
        else:
            closely.append(coupon_id)
    return opened, await _judge_closely(tx, closely, opened, seen, now) if closely else {}


def _is_plainly_open(terms: Terms, now: datetime) -> bool:
    return (
        terms.claim_starts_at <= now < terms.claim_ends_at
        and not terms.claim_phase_ids
        and terms.per_day_max is None
    )


async def _judge_closely(
    tx: Tx, coupon_ids: Sequence[str], opened: Opened, seen: Seen, now: datetime
) -> dict[str, Refusal]:
    """Add to `opened` what phases and days allow; return refusals for the rest."""
    counters = await store.counters(tx, coupon_ids)
    templates = await store.templates(tx, {key: row.version for key, row in counters.items()})
    phase_ids = {phase_id for template in templates.values() for phase_id in template.terms.claim_phase_ids}
    windows = await festivals.windows(tx, sorted(phase_ids)) if phase_ids else {}
    days = {
        coupon_id: rules.day_of(template.terms, now)
        for coupon_id, template in templates.items()
        if template.terms.per_day_max is not None
    }
    day_counts = await store.day_counts(tx, days) if days else {}
    closed: dict[str, Refusal] = {}
    for coupon_id in coupon_ids:
        template = templates.get(coupon_id)
        refusal = rules.judge(template, counters.get(coupon_id), windows, day_counts.get(coupon_id, 0), now)
        if refusal is None and template is not None:
            opened[coupon_id] = _group(template, now, seen)
        else:
            closed[coupon_id] = refusal or CouponUnknown()
    return closed


def _group(template: Template, now: datetime, seen: Seen) -> Group:
    """Say what is the same for all claims of a coupon; coupons of one validity share their window (`seen`)."""
    terms = template.terms
    validity = terms.usable_from, terms.usable_until, terms.days_after_claim
    window = seen.get(validity)
    if window is None:
        window = seen[validity] = rules.usable_window(terms, now)
    return Group(template, *window, terms.per_member_max, terms.per_person_max, terms.per_day_max)


async def _persons(
    tx: Tx, requests: Sequence[ClaimRequest], places: Sequence[int], opened: Opened
) -> dict[str, str]:
    """Ask who is who, only for coupons that have a cap for persons."""
    known: dict[str, str] = {}
    asked: set[str] = set()
    for place in places:
        request = requests[place]
        if opened[request.coupon_id].person_max is None:
            continue
        if request.person_id is not None:
            known[request.member_id] = request.person_id
        else:
            asked.add(request.member_id)
    if asked:
        known |= await members.person_ids(tx, sorted(asked))
    return known


async def _insert(
    tx: Tx,
    requests: Sequence[ClaimRequest],
    places: Sequence[int],
    opened: Opened,
    persons: dict[str, str],
    results: Results,
    now: datetime,
) -> dict[int, str]:
    """Insert copies with the next ordinal of their member and person; the unique keys decide races. Source: I3.

    Returns the ids of the copies by the place of their request, in order of arrival. A member with a cap of one needs
    no count: a copy that is there already is the key's conflict.
    """
    inserted: dict[int, str] = {}
    taken: dict[Pair, int] = {}
    for _ in range(_ROUNDS_MAX):
        counted = [place for place in places if _must_count(opened[requests[place].coupon_id])]
        if counted:
            await _count(tx, requests, counted, persons, taken, results)
        drafts = _drafts(requests, places, opened, persons, taken, results)
        if not drafts:
            break
        made = await store.insert_claims(tx, drafts, opened, now)
        inserted |= made
        places = []
        for draft in drafts if len(made) < len(drafts) else ():
            group = opened[draft.coupon_id]
            if draft.place in made:
                continue
            if _must_count(group):
                places.append(draft.place)
            else:
                results[draft.place] = MemberLimitReached(per_member_max=group.member_max)
        if not places:
            break
    else:
        raise RetryTransaction
    return dict(sorted(inserted.items()))


def _drafts(
    requests: Sequence[ClaimRequest],
    places: Sequence[int],
    opened: Opened,
    persons: dict[str, str],
    taken: dict[Pair, int],
    results: Results,
) -> list[ClaimDraft]:
    drafts = []
    for place in places:
        if results[place] is not None:  # a repeat, seen while counting
            continue
        request = requests[place]
        draft = _draft(place, request, opened[request.coupon_id], persons, taken)
        if isinstance(draft, Refusal):
            results[place] = draft
        else:
            drafts.append(draft)
    return drafts


def _must_count(group: Group) -> bool:
    return group.member_max > 1 or group.person_max is not None


async def _count(
    tx: Tx,
    requests: Sequence[ClaimRequest],
    places: Sequence[int],
    persons: dict[str, str],
    taken: dict[Pair, int],
    results: Results,
) -> None:
    """Count the copies of members and persons into `taken`, and answer who has a copy by this very request."""
    members_of = sorted({(requests[place].coupon_id, requests[place].member_id) for place in places})
    persons_of = sorted(
        {
            (requests[place].coupon_id, persons[requests[place].member_id])
            for place in places
            if requests[place].member_id in persons
        }
    )
    # This transaction's own copies are counted by these reads too, so in-batch counts start from them.
    for pair in (*members_of, *persons_of):
        taken[pair] = 0
    held = await store.held_claims(tx, members_of)
    taken.update({pair: max(copy.ordinal for copy in copies) for pair, copies in held.items()})
    if persons_of:
        taken.update(await store.person_ordinals(tx, persons_of))
    await repeating.answer_held(tx, requests, places, held, results)


def _draft(
    place: int,
    request: ClaimRequest,
    group: Group,
    persons: dict[str, str],
    taken: dict[Pair, int],
) -> ClaimDraft | Refusal:
    """Give the request the next ordinal, or say which limit is reached. A member unknown is a person of its own."""
    by_member = (request.coupon_id, request.member_id)
    ordinal = taken.get(by_member, 0) + 1
    if ordinal > group.member_max:
        return MemberLimitReached(per_member_max=group.member_max)
    person_id = person_ordinal = None
    if group.person_max is not None:
        person_id = persons.get(request.member_id, request.member_id)
        person_ordinal = taken.get((request.coupon_id, person_id), 0) + 1
        if person_ordinal > group.person_max:
            return PersonLimitReached(per_person_max=group.person_max)
        if person_id != request.member_id:
            taken[(request.coupon_id, person_id)] = person_ordinal
    taken[by_member] = ordinal
    key = request.key
    return ClaimDraft(
        place,
        request.coupon_id,
        request.member_id,
        request.channel,
        ordinal,
        person_id,
        person_ordinal,
        None if key is None else key.digest + key.body_hash,
    )


async def _take(
    tx: Tx,
    requests: Sequence[ClaimRequest],
    made: dict[int, str],
    opened: Opened,
    results: Results,
    now: datetime,
) -> dict[int, str]:
    """Take quantity, budget and day for what was inserted, late, so that the hot rows are held for the shortest time.

    The statement gives each coupon as many of its need as fit; the rest, the last to arrive, are removed and refused.
    """
    if not made:
        return made
    needs = Counter([requests[place].coupon_id for place in made])
    left = await store.take_coupons(tx, needs)
    by_day = await _take_days(tx, left, opened, now)
    if left == needs:
        return made
    kept, late = {}, {}
    for place, claim_id in made.items():
        coupon_id = requests[place].coupon_id
        if left[coupon_id] > 0:
            left[coupon_id] -= 1
            kept[place] = claim_id
        else:
            late[place] = claim_id
    await store.delete_claims(tx, list(late.values()))
    # Windows were open a moment ago: only status, switch, quantity, budget or the day's share may have moved.
    counters = await store.counters(tx, sorted({requests[place].coupon_id for place in late}))
    for place in late:
        coupon_id = requests[place].coupon_id
        template = opened[coupon_id].template
        if coupon_id in by_day:
            results[place] = DayCapReached(
                opens_at=rules.local(rules.next_day(template.terms, now), template.terms.time_zone)
            )
        else:
            results[place] = rules.moved(template, counters[coupon_id], now) or SoldOut()
    return kept


async def _take_days(tx: Tx, left: dict[str, int], opened: Opened, now: datetime) -> set[str]:
    """Take the day's share of what the coupons gave; lower `left` and return the coupons where the day was short."""
    days = {
        coupon_id: rules.day_of(opened[coupon_id].template.terms, now)
        for coupon_id, count in left.items()
        if count and opened[coupon_id].day_max
    }
    if not days:
        return set()
    limits = {coupon_id: opened[coupon_id].day_max or 0 for coupon_id in days}
    fitted = await store.take_days(tx, {coupon_id: left[coupon_id] for coupon_id in days}, days, limits)
    back = {
        coupon_id: left[coupon_id] - fitted[coupon_id]
        for coupon_id in days
        if fitted[coupon_id] < left[coupon_id]
    }
    if back:
        await store.give_back_issued(tx, back)
        for coupon_id, count in back.items():
            left[coupon_id] -= count
    return set(back)


def _all(results: Results) -> list[Claim | Replay | Refusal]:
    done = [result for result in results if result is not None]
    assert len(done) == len(results), "a request was left without an answer"
    return done
