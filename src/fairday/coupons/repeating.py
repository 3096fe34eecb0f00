"""Answer a claim asked again by the claim itself: it carries the key of the request that made it. Source: R96, I58.

A copy is found by its member and coupon, so keys need no table and no index of their own; see docs/algorithms/claim.md.
"""

from collections.abc import Mapping, Sequence

import msgspec

from fairday.coupons import store
from fairday.coupons.claims import Claim, ClaimRequest, Held
from fairday.coupons.rules import claiming as rules
from fairday.kernel import idempotency
from fairday.kernel.errors import IdempotencyConflict, Refusal
from fairday.kernel.idempotency import Answer
from fairday.kernel.lanes import Replay
from fairday.kernel.tx import Tx

Results = list[Claim | Replay | Refusal | None]
Pair = tuple[str, str]
"""A coupon and a member."""


async def answer_refused(tx: Tx, requests: Sequence[ClaimRequest], results: Results) -> None:
    """Answer those of the refused whose very request was served before: its success may be what refuses them now."""
    places = [
        place
        for place, result in enumerate(results)
        if isinstance(result, Refusal) and requests[place].key is not None
    ]
    if places:
        pairs = {(requests[place].coupon_id, requests[place].member_id) for place in places}
        await answer_held(tx, requests, places, await store.held_claims(tx, sorted(pairs)), results)


async def answer_held(
    tx: Tx,
    requests: Sequence[ClaimRequest],
    places: Sequence[int],
    held: Mapping[Pair, Sequence[Held]],
    results: Results,
) -> None:
    """Put a Replay or a conflict into the place of each request whose key is that of a copy its member has."""
    found: list[tuple[int, Held]] = []
    old: list[int] = []
    for place in places:
        request = requests[place]
        if request.key is None:
            continue
        copies = held.get((request.coupon_id, request.member_id), ())
        copy = rules.made_by(request.key, copies)
        if copy is not None:
            found.append((place, copy))
        elif any(copy.intent is None for copy in copies):
            old.append(place)
    if old:
        await _answer_stored(tx, requests, old, results)
    if not found:
        return
    versions = {(requests[place].coupon_id, copy.version) for place, copy in found}
    templates = await store.versions(tx, sorted(versions))
    for place, copy in found:
        request = requests[place]
        assert request.key is not None
        results[place] = (
            Replay(rules.as_answered(templates[request.coupon_id, copy.version], copy))
            if copy.intent == request.key.intent
            else IdempotencyConflict()
        )


async def _answer_stored(
    tx: Tx, requests: Sequence[ClaimRequest], places: Sequence[int], results: Results
) -> None:
    """Answer from the kernel's store, where claims that carry no key had their answers before they carried one."""
    keys = {place: key for place in places if (key := requests[place].key) is not None}
    stored = await idempotency.find(tx, list(keys.values()))
    for place, key in keys.items():
        answer = stored.get(key.digest)
        if isinstance(answer, Answer):
            results[place] = Replay(msgspec.json.decode(answer.body, type=Claim))
        elif answer is not None:
            results[place] = answer
