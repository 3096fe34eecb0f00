"""Leases: who gets one, what is set aside for it and comes back, and that the budget holds. Source: R37, R38, S05."""

from datetime import datetime, timedelta

import pytest

from fairday.coupons import service as coupons
from fairday.coupons.errors import BudgetSpent
from fairday.coupons.service import RedeemRequest
from fairday.kernel.errors import NotAllowed, NotFound
from fairday.kernel.tx import Tx
from fairday.offline import service as offline
from fairday.offline.errors import BreakClosed, LogBehind, LogForked, OfflineNotAllowed
from fairday.offline.log_types import LogHead
from fairday.offline.types import (
    Bearer,
    Decision,
    Lease,
    LeaseAt,
    LeaseState,
    LeaseView,
    Limits,
    ResolutionBody,
    TermsBody,
)
from fairday.tills import service as tills_service
from tests.checkout import city as world
from tests.checkout.city import Shop
from tests.offline import till as tills
from tests.offline.looks import LATER, breaks_of, holds, operator, shop_with_coupon
from tests.tills import city

OVER = {"budget_minor": 20_000, "over_issue_bp": 50_000}
"""Ten faces of money for up to fifty claims."""


async def escrow(tx: Tx, coupon_id: str) -> tuple[int, int, int]:
    """Return what a coupon spent, what tills hold of it, and its budget."""
    return tuple(
        await tx.fetchrow(
            "SELECT spent_minor, leased_minor, budget_minor FROM coupons.coupon WHERE coupon_id = $1",
            coupon_id,
        )
    )


async def test_a_lease_carries_what_the_till_needs(tx: Tx, now: datetime) -> None:
    shop, [claim] = await shop_with_coupon(tx, now)
    till = await tills.ready(tx, now, shop)
    lease = till.lease
    assert lease is not None
    assert (lease.till_id, lease.store_id, lease.currency, lease.state) == (
        till.till_id,
        shop.store_id,
        "CNY",
        LeaseState.OPEN,
    )
    assert lease.expires_at == now + timedelta(hours=4)
    assert (lease.head.seq, lease.head.hash, lease.genesis) == (
        0,
        tills.genesis(till.device_id),
        tills.genesis(till.device_id),
    )
    [mine] = [one for one in lease.coupons if one.coupon_id == claim[1]]
    assert (mine.face_minor, mine.count_max, mine.value_max_minor, mine.windows) == (2000, 200, 500_000, None)
    assert mine.terms.threshold_minor == 10_000
    assert [key.algorithm for key in lease.keys] == ["Ed25519"]
    page = await offline.catalogue(tx, till.device, lease.lease_id, limit=10, cursor=None)
    assert [(one.sku_id, one.price_minor) for one in page.items] == [(shop.sku_ids[0], 12_000)]
    assert await offline.show(tx, till.device, lease.lease_id, now) == lease


async def test_money_of_an_over_issued_coupon_is_in_one_place(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=20, **OVER)
    coupon_id = claims[0][1]
    one, two = await tills.ready(tx, now, shop), await tills.ready(tx, now, shop)
    assert await escrow(tx, coupon_id) == (0, 4000 + 4000, 20_000)
    for claim in claims[:3]:
        one.redeem(claim)
    answer = await tills.synced(tx, now + LATER, one)
    assert [result.uses[0].reason for result in answer.results] == [None, None, "over_limit"]
    assert await escrow(tx, coupon_id) == (4000, 4000, 20_000)
    online = [RedeemRequest(claim, f"doc-{claim}", 2000) for claim, _ in claims[10:18]]
    results = await coupons.redeem(tx, online, now + LATER)
    assert [isinstance(result, BudgetSpent) for result in results] == [False] * 6 + [True] * 2
    assert await escrow(tx, coupon_id) == (16_000, 4000, 20_000)
    two.redeem(claims[4])
    assert (await tills.synced(tx, now + LATER, two)).effective_count == 1
    await offline.give_back(tx, [LeaseAt(two.device.account_id, two.log_head(), two.lease_id)], now + LATER)
    assert await escrow(tx, coupon_id) == (18_000, 0, 20_000)
    await holds(tx)


async def test_a_late_log_counts_against_the_slice_until_the_grace_is_over(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=20, **OVER)
    coupon_id = claims[0][1]
    one, two = await tills.ready(tx, now, shop), await tills.ready(tx, now, shop)
    for till, at in ((one, 0), (two, 1)):
        till.redeem(claims[at])
    end = now + timedelta(hours=4)
    await offline.expire(tx, end + timedelta(minutes=29))
    assert (await tills.synced(tx, end + timedelta(minutes=29), one)).results[0].flags == ()
    assert await escrow(tx, coupon_id) == (2000, 2000 + 4000, 20_000)
    assert await offline.expire(tx, end + timedelta(minutes=30)) >= 2
    assert await escrow(tx, coupon_id) == (2000, 0, 20_000)
    late = await tills.synced(tx, end + timedelta(minutes=31), two)
    assert (late.effective_count, late.results[0].flags) == (1, ("late",))
    await holds(tx)


async def test_no_money_is_left_for_a_log_after_the_grace(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=20, **OVER)
    till = await tills.ready(tx, now, shop)
    till.redeem(claims[0])
    end = now + timedelta(hours=5)
    assert await offline.expire(tx, end) >= 1
    await coupons.redeem(tx, [RedeemRequest(claim, f"doc-{claim}", 2000) for claim, _ in claims[5:15]], end)
    answer = await tills.synced(tx, end, till)
    assert (answer.conflict_count, answer.results[0].uses[0].reason) == (1, "budget_spent")
    assert (
        await tx.fetchval("SELECT status FROM coupons.claim WHERE claim_id = $1", claims[0][0]) == "claimed"
    )
    await holds(tx)


async def test_a_new_lease_needs_the_whole_log(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=2)
    till = await tills.ready(tx, now, shop)
    first = till.lease_id
    till.redeem(claims[0])
    refused = await tills.leased(tx, now + LATER, till)
    assert isinstance(refused, LogBehind)
    assert refused.details == {"next_seq": 1}
    await tills.synced(tx, now + LATER, till)
    assert isinstance(await tills.leased(tx, now + LATER, till), Lease)
    assert till.lease_id != first
    views = await offline.leases(tx, shop.merchant_id, None, None, before="~", limit=9)
    assert [(one.lease_id == first, one.state, one.used_count) for one in views] == [
        (False, LeaseState.OPEN, 0), (True, LeaseState.RETURNED, 1),
    ]  # fmt: skip
    till.redeem(claims[1])
    assert (await tills.synced(tx, now + LATER, till)).effective_count == 1
    await holds(tx)


async def test_an_empty_device_goes_on_and_a_copy_does_not(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=3)
    till = await tills.ready(tx, now, shop)
    till.redeem(claims[0])
    copy = tills.clone(till)
    till.redeem(claims[1])
    await tills.synced(tx, now + LATER, till)
    assert isinstance(await tills.leased(tx, now + LATER, copy), LogForked)
    [again] = await offline.grant(
        tx, [LeaseAt(till.device.account_id, LogHead(seq=0, hash=tills.genesis(till.device_id)))], now
    )
    assert isinstance(again, Lease)
    assert again.head == till.log_head()


async def test_who_gets_no_lease(tx: Tx, now: datetime) -> None:
    shop, _ = await shop_with_coupon(tx, now)
    till = await tills.paired(tx, now, shop)
    await offline.set_terms(tx, operator(), shop.merchant_id, TermsBody(limits=Limits(count_max=0)), now)
    assert isinstance(await tills.leased(tx, now, till), OfflineNotAllowed)
    await offline.set_terms(tx, operator(), shop.merchant_id, TermsBody(), now)
    await tills_service.revoke_device(tx, city.merchant_of(shop), till.till_id, till.device_id, now)
    assert isinstance(await tills.leased(tx, now, till), NotFound)
    with pytest.raises(NotFound):
        await offline.set_terms(tx, operator(), "mer_none", TermsBody(), now)


async def test_the_smaller_limits_hold(tx: Tx, now: datetime) -> None:
    shop, [claim] = await shop_with_coupon(tx, now)
    till = await tills.paired(tx, now, shop)
    boss = city.merchant_of(shop)
    await offline.set_terms(tx, operator(), shop.merchant_id, TermsBody(limits=Limits(count_max=50)), now)
    own = Limits(count_max=80, face_max_minor=1999, lease_s=300)
    held = await offline.set_till_limits(tx, boss, till.till_id, own, now)
    assert held == Limits(count_max=50, face_max_minor=1999, lease_s=300)
    lease = await tills.leased(tx, now, till)
    assert isinstance(lease, Lease)
    assert (lease.limits, lease.expires_at) == (held, now + timedelta(seconds=300))
    lent = {one.coupon_id: one.face_minor for one in lease.coupons}
    assert claim[1] not in lent
    assert max(lent.values(), default=0) <= 1999, "a face above the limit is not lent"


async def test_a_lease_of_another_shop_has_other_coupons(tx: Tx, now: datetime) -> None:
    _, [foreign] = await shop_with_coupon(tx, now)
    shop: Shop = await world.shop(tx, now, [100])
    till = await tills.ready(tx, now, shop)
    assert till.lease is not None
    assert foreign[1] not in {one.coupon_id for one in till.lease.coupons}


async def test_breaks_are_closed_once_by_who_may(tx: Tx, now: datetime) -> None:
    shop, [claim] = await shop_with_coupon(tx, now)
    boss = city.merchant_of(shop)
    till = await tills.ready(tx, now, shop)
    till.redeem(claim)
    till.redeem(claim)
    await tills.synced(tx, now + LATER, till)
    [found] = await breaks_of(tx, shop)
    with pytest.raises(NotAllowed):
        await offline.resolve(
            tx, boss, found.break_id, ResolutionBody(decision=Decision.WRITE_OFF, note="x"), now
        )
    stranger = city.merchant_of(await world.shop(tx, now, [100]))
    with pytest.raises(NotFound):
        await offline.resolve(
            tx, stranger, found.break_id, ResolutionBody(decision=Decision.ACCEPT_LOSS, note="x"), now
        )
    done = await offline.resolve(
        tx, boss, found.break_id, ResolutionBody(decision=Decision.ACCEPT_LOSS, note="ok"), now
    )
    assert (done.bearer, done.note, done.resolved_by) == (Bearer.MERCHANT, "ok", "acc_m")
    with pytest.raises(BreakClosed):
        await offline.resolve(
            tx, operator(), found.break_id, ResolutionBody(decision=Decision.WRITE_OFF, note="x"), now
        )
    await holds(tx)


async def test_giving_back_twice_is_answered_alike(tx: Tx, now: datetime) -> None:
    shop, _ = await shop_with_coupon(tx, now)
    till = await tills.ready(tx, now, shop)
    asked = LeaseAt(till.device.account_id, till.log_head(), till.lease_id)
    first = await offline.give_back(tx, [asked], now)
    assert isinstance(first[0], LeaseView)
    assert first == await offline.give_back(tx, [asked], now + LATER)
    till.record("note", text="still here")
    answer = await offline.give_back(
        tx, [LeaseAt(till.device.account_id, till.log_head(), till.lease_id)], now
    )
    assert isinstance(answer[0], LogBehind)
