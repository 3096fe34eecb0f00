"""Set claims aside for an order or a till, and free them again."""

from collections.abc import Sequence
from datetime import datetime

from fairday.coupons import redemption_store, store
from fairday.coupons.claims import Locked, LockRequest
from fairday.coupons.errors import AlreadyUsed, RedeemStopped
from fairday.coupons.judging import read, with_places
from fairday.coupons.rules import using as rules
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx


async def lock(tx: Tx, requests: Sequence[LockRequest], now: datetime) -> list[Locked | Refusal]:
    """Set claims aside for their owners until their instants, at most an hour from now; the owner may prolong.

    Refusals as in `judge` up to NotYetUsable, then RedeemStopped. Source: R27, R34, I8.
    """
    known = await read(tx, [request.claim_id for request in requests])
    results: list[Locked | Refusal | None] = [None] * len(requests)
    chosen: dict[str, int] = {}
    for place, request in enumerate(requests):
        claim = known.claims.get(request.claim_id)
        refusal = rules.judge_state(claim, request.member_id, request.owner, now)
        if refusal is None and claim is not None and known.counters[claim.coupon_id].redeem_stopped:
            refusal = RedeemStopped()
        results[place] = refusal
        if refusal is None:
            chosen.setdefault(request.claim_id, place)
    wanted = [
        (
            LockRequest(
                claim_id, None, requests[place].owner, min(requests[place].locked_until, now + rules.LOCK_MAX)
            ),
            known.claims[claim_id].coupon_id,
        )
        for claim_id, place in chosen.items()
    ]
    locked = await redemption_store.lock_claims(tx, wanted, now) if wanted else {}
    current = await store.claims(tx, list(chosen)) if len(locked) < len(chosen) or _repeats(requests) else {}
    for place, request in enumerate(requests):
        if results[place] is not None:
            continue
        mine = locked.get(request.claim_id)
        if mine is not None and mine.owner == request.owner:
            results[place] = mine
        else:
            refusal = rules.judge_state(current.get(request.claim_id), request.member_id, request.owner, now)
            results[place] = refusal or AlreadyUsed(store_id=None, store_name=None, used_at=None)
    done = [result for result in results if result is not None]
    return await with_places(tx, done, [request.claim_id for request in requests])


def _repeats(requests: Sequence[LockRequest]) -> bool:
    return len({request.claim_id for request in requests}) < len(requests)


async def release(tx: Tx, owners: Sequence[str], now: datetime) -> list[str]:
    """Free the claims that these owners (order or till ids) hold; return their ids. Releasing nothing is fine.

    A claim past its end becomes free too and is ended by the expiry job.
    """
    return await redemption_store.release(tx, sorted(set(owners)))
