"""Judge, lock, redeem and give back against a real database, rolled back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from fairday.coupons import errors, service
from fairday.coupons.claims import (
    CouponEffect,
    CouponUse,
    GivenBack,
    Locked,
    LockRequest,
    RedeemRequest,
    UseLine,
)
from fairday.coupons.types import Channel, CouponKind, ReturnPolicy
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from tests.coupons.builders import MERCHANT, claimed, offered
from tests.coupons.looks import codes, counters, status


async def test_a_claim_is_used_once_and_says_where(tx: Tx, now: datetime) -> None:
    coupon_id = await offered(tx, now)
    claim = await claimed(tx, now, coupon_id)
    first = RedeemRequest(claim.claim_id, "ord_1", 500)
    again = RedeemRequest(claim.claim_id, "ord_1", 499)
    other = RedeemRequest(claim.claim_id, "ord_2", 500)
    results = await service.redeem(tx, [first, first, again, other], now)
    assert codes(results) == ["ok", "ok", "receipt_conflict", "already_used"]
    assert results[0] == results[1]
    later = await service.redeem(tx, [first, other], now + timedelta(minutes=1))
    assert later[0] == results[0]
    assert isinstance(later[1], errors.AlreadyUsed)
    assert later[1].details["used_at"] is not None
    assert await counters(tx, coupon_id) == {"issued": 1, "committed": 500, "redeemed": 1, "spent": 500}


@pytest.mark.parametrize(
    ("amount", "code"), [(0, "no_effect"), (1, "ok"), (500, "ok"), (501, "amount_too_high")]
)
async def test_never_more_than_its_face(tx: Tx, now: datetime, amount: int, code: str) -> None:
    claim = await claimed(tx, now, await offered(tx, now))
    assert codes(await service.redeem(tx, [RedeemRequest(claim.claim_id, "ord_1", amount)], now)) == [code]


async def test_another_members_claim_does_not_exist(tx: Tx, now: datetime) -> None:
    claim = await claimed(tx, now, await offered(tx, now), "mem_a")
    assert codes(await service.redeem(tx, [RedeemRequest(claim.claim_id, "ord_1", 1, "mem_b")], now)) == [
        "claim_unknown"
    ]
    lines = (UseLine("1", "sku_a", "mer_a", 1, 1000, "CNY"),)
    use = CouponUse(claim.claim_id, lines, Channel.ONLINE, "mem_b")
    assert codes(await service.judge(tx, [use], now)) == ["claim_unknown"]
    with pytest.raises(errors.ClaimUnknown):
        await service.issue_code(tx, claim.claim_id, "mem_b", now)
    with pytest.raises(errors.ClaimUnknown):
        await service.claim_of(tx, claim.claim_id, "mem_b", now)


async def test_a_claim_ends_on_the_instant(tx: Tx, now: datetime) -> None:
    claim = await claimed(tx, now, await offered(tx, now))
    tick = timedelta(microseconds=1)
    asked = [RedeemRequest(claim.claim_id, "ord_1", 500)]
    assert codes(await service.redeem(tx, asked, claim.expires_at)) == ["claim_expired"]
    assert codes(await service.redeem(tx, asked, claim.expires_at - tick)) == ["ok"]


async def test_a_lock_has_one_owner_and_an_end(tx: Tx, now: datetime) -> None:
    claim = await claimed(tx, now, await offered(tx, now))
    until = now + timedelta(minutes=15)
    mine = LockRequest(claim.claim_id, None, "ord_1", until)
    theirs = LockRequest(claim.claim_id, None, "ord_2", until)
    results = await service.lock(tx, [mine, theirs], now)
    assert codes(results) == ["ok", "claim_locked"]
    assert results[0] == Locked(claim.claim_id, "ord_1", until)
    assert codes(await service.redeem(tx, [RedeemRequest(claim.claim_id, "ord_2", 500)], now)) == [
        "claim_locked"
    ]
    assert codes(await service.lock(tx, [theirs], until)) == ["ok"]
    assert await service.release(tx, ["ord_1"], until) == []
    assert await service.release(tx, ["ord_2"], until) == [claim.claim_id]
    assert await status(tx, claim.claim_id) == "claimed"


async def test_a_living_lock_is_honoured_past_the_end_of_the_claim(tx: Tx, now: datetime) -> None:
    claim = await claimed(tx, now, await offered(tx, now))
    late = claim.expires_at - timedelta(minutes=1)
    lock = LockRequest(claim.claim_id, None, "ord_1", late + timedelta(minutes=15))
    assert codes(await service.lock(tx, [lock], late)) == ["ok"]
    after = late + timedelta(minutes=5)
    assert codes(await service.redeem(tx, [RedeemRequest(claim.claim_id, "ord_2", 500)], after)) == [
        "claim_expired"
    ]
    assert codes(await service.redeem(tx, [RedeemRequest(claim.claim_id, "ord_1", 500)], after)) == ["ok"]


async def test_locks_and_claims_run_out_and_the_money_comes_back(tx: Tx, now: datetime) -> None:
    coupon_id = await offered(tx, now)
    claim = await claimed(tx, now, coupon_id)
    await service.lock(tx, [LockRequest(claim.claim_id, None, "ord_1", now + timedelta(minutes=1))], now)
    await service.release_late_locks(tx, now + timedelta(minutes=1))
    assert await status(tx, claim.claim_id) == "claimed"
    await service.expire_claims(tx, claim.expires_at)
    assert await status(tx, claim.claim_id) == "expired"
    assert await counters(tx, coupon_id) == {"issued": 1, "committed": 0, "redeemed": 0, "spent": 0}


async def test_a_cancelled_order_gives_back_by_policy_once(tx: Tx, now: datetime) -> None:
    kept = await offered(tx, now)
    lost = await offered(tx, now, return_policy=ReturnPolicy.FORFEIT)
    claims = [await claimed(tx, now, kept), await claimed(tx, now, lost)]
    await service.redeem(tx, [RedeemRequest(claim.claim_id, "ord_1", 400) for claim in claims], now)
    back = await service.give_back(tx, ["ord_1", "ord_none"], now)
    assert sorted((one.coupon_id, one.restored) for one in back) == sorted([(kept, True), (lost, False)])
    assert await service.give_back(tx, ["ord_1"], now) == []
    assert [await status(tx, claim.claim_id) for claim in claims] == ["claimed", "returned"]
    assert await counters(tx, kept) == {"issued": 1, "committed": 500, "redeemed": 0, "spent": 0}
    assert await counters(tx, lost) == {"issued": 1, "committed": 0, "redeemed": 0, "spent": 0}
    assert codes(await service.redeem(tx, [RedeemRequest(claims[0].claim_id, "ord_2", 400)], now)) == ["ok"]


async def test_restoring_after_the_end_needs_grace(tx: Tx, now: datetime) -> None:
    plain, graced = await offered(tx, now), await offered(tx, now, grace_days=3)
    claims = [await claimed(tx, now, plain), await claimed(tx, now, graced)]
    await service.redeem(tx, [RedeemRequest(claim.claim_id, "ord_1", 400) for claim in claims], now)
    late = claims[0].expires_at + timedelta(days=1)
    back = {one.coupon_id: one for one in await service.give_back(tx, ["ord_1"], late)}
    assert back[plain] == GivenBack(claims[0].claim_id, plain, "ord_1", False, claims[0].expires_at)
    assert back[graced].restored
    assert back[graced].expires_at == late + timedelta(days=3)
    assert (await counters(tx, plain))["committed"] == 0


def line(amount: int, **changes: Any) -> UseLine:
    given: dict[str, Any] = {
        "line_id": "1", "sku_id": "sku_a", "merchant_id": "mer_a", "quantity": 1, "amount_minor": amount, "currency": "CNY",
    }  # fmt: skip
    return UseLine(**(given | changes))


async def test_judging_a_basket_tells_effect_or_reason(tx: Tx, now: datetime) -> None:
    coupon_id = await offered(
        tx, now, "mer_a", kind=CouponKind.THRESHOLD, threshold_minor=10_000, funders=MERCHANT
    )
    claim = await claimed(tx, now, coupon_id)
    baskets = [
        (line(9_999),),
        (line(10_000),),
        (line(10_000, merchant_id="mer_b"),),
        (line(10_000, currency="USD"),),
        (line(6_000), line(4_000, line_id="2"), line(700, line_id="3", merchant_id="mer_b")),
    ]
    results = await service.judge(
        tx, [CouponUse(claim.claim_id, basket, Channel.ONLINE) for basket in baskets], now
    )
    assert codes(results) == ["below_threshold", "ok", "nothing_eligible", "wrong_currency", "ok"]
    effect = results[4]
    assert isinstance(effect, CouponEffect)
    assert (effect.eligible_line_ids, effect.eligible_minor, effect.discount_minor) == (
        ("1", "2"),
        10_000,
        500,
    )


async def test_usable_says_why_not(tx: Tx, now: datetime) -> None:
    member_id = new_id("mem")
    good = await claimed(tx, now, await offered(tx, now), member_id)
    bad = await claimed(tx, now, await offered(tx, now, channels=(Channel.IN_STORE,)), member_id)
    found = await service.usable(tx, member_id, (line(1_000),), Channel.ONLINE, now=now)
    assert [(one.claim.claim_id, one.refusal_code) for one in found] == [
        (good.claim_id, None),
        (bad.claim_id, "wrong_channel"),
    ]
