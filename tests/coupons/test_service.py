"""Claim, judge, redeem and give back against a real database, rolled back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from fairday.coupons import errors, service, store
from fairday.coupons.browsing import Wanted
from fairday.coupons.claims import (
    Claim,
    ClaimRequest,
    ConsumeRequest,
    CouponEffect,
    CouponUse,
    GivenBack,
    Locked,
    LockRequest,
    Prepared,
    PrepareRequest,
    Redeemed,
    RedeemRequest,
    Reversed,
    ReverseRequest,
    UseLine,
)
from fairday.coupons.types import Channel, ClaimStatus, CouponKind, CouponStatus, ReturnPolicy, Scope
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from tests.coupons.builders import MERCHANT, claimed, offered, terms, wishes

TILL: dict[str, Any] = {
    "merchant_id": "mer_a",
    "store_id": "sto_a",
    "till_id": "til_a",
    "clerk_id": "acc_clerk",
}


def codes(results: list[Any]) -> list[str]:
    return [getattr(result, "code", "ok") for result in results]


async def status(tx: Tx, claim_id: str) -> str:
    return (await store.claims(tx, [claim_id]))[claim_id].status


async def counters(tx: Tx, coupon_id: str) -> dict[str, int]:
    row = (await store.counters(tx, [coupon_id]))[coupon_id]
    return {
        "issued": row.issued_count,
        "committed": row.committed_minor,
        "redeemed": row.redeemed_count,
        "spent": row.spent_minor,
    }


async def test_first_come_first_served_up_to_the_quantity(tx: Tx, now: datetime) -> None:
    coupon_id = await offered(tx, now, quantity_max=3)
    results = await service.claim(tx, wishes(coupon_id, 5), now)
    assert codes(results) == ["ok"] * 3 + ["sold_out"] * 2
    assert await counters(tx, coupon_id) == {"issued": 3, "committed": 1500, "redeemed": 0, "spent": 0}
    assert codes(await service.claim(tx, wishes(coupon_id, 1), now)) == ["sold_out"]


@pytest.mark.parametrize(("budget", "fit"), [(1499, 2), (1500, 3), (1501, 3)])
async def test_a_budget_is_never_passed_by_one_minor_unit(
    tx: Tx, now: datetime, budget: int, fit: int
) -> None:
    coupon_id = await offered(tx, now, budget_minor=budget)
    results = await service.claim(tx, wishes(coupon_id, 5), now)
    assert codes(results) == ["ok"] * fit + ["budget_spent"] * (5 - fit)


async def test_over_issue_commits_more_but_never_spends_more(tx: Tx, now: datetime) -> None:
    coupon_id = await offered(tx, now, budget_minor=1000, over_issue_bp=15_000)
    claims = await service.claim(tx, wishes(coupon_id, 5), now)
    assert codes(claims) == ["ok"] * 3 + ["budget_spent"] * 2
    redeems = [
        RedeemRequest(claim.claim_id, new_id("ord"), 500) for claim in claims if isinstance(claim, Claim)
    ]
    results = await service.redeem(tx, redeems, now)
    assert codes(results) == ["ok", "ok", "budget_spent"]
    assert await status(tx, redeems[2].claim_id) == "claimed"
    assert (await counters(tx, coupon_id))["spent"] == 1000


async def test_a_day_has_its_share(tx: Tx, now: datetime) -> None:
    coupon_id = await offered(tx, now, per_day_max=2, claim_ends_at=now + timedelta(days=5))
    assert codes(await service.claim(tx, wishes(coupon_id, 3), now)) == ["ok", "ok", "day_cap_reached"]
    assert codes(await service.claim(tx, wishes(coupon_id, 1), now)) == ["day_cap_reached"]
    assert (await counters(tx, coupon_id))["issued"] == 2
    tomorrow = now + timedelta(days=1)
    assert codes(await service.claim(tx, wishes(coupon_id, 3), tomorrow)) == ["ok", "ok", "day_cap_reached"]


async def test_a_member_has_a_limit(tx: Tx, now: datetime) -> None:
    one, two = await offered(tx, now), await offered(tx, now, per_member_max=2)
    member_id = new_id("mem")
    asked = [ClaimRequest(coupon_id, member_id) for coupon_id in (one, two, one, two, two)]
    results = await service.claim(tx, asked, now)
    assert codes(results) == ["ok", "ok", "member_limit_reached", "ok", "member_limit_reached"]
    assert codes(await service.claim(tx, asked[:2], now)) == ["member_limit_reached"] * 2
    assert (await counters(tx, one))["issued"] == 1
    assert (await counters(tx, two))["issued"] == 2


async def test_a_person_has_a_limit_over_all_accounts(tx: Tx, now: datetime) -> None:
    coupon_id = await offered(tx, now, per_member_max=2, per_person_max=3)
    person_id, members = new_id("per"), [new_id("mem"), new_id("mem")]
    asked = [ClaimRequest(coupon_id, members[place], person_id) for place in (0, 1, 0, 1, 0)]
    results = await service.claim(tx, asked, now)
    assert codes(results) == ["ok", "ok", "ok", "person_limit_reached", "member_limit_reached"]
    assert codes(await service.claim(tx, asked[1:2], now)) == ["person_limit_reached"]


async def test_an_unknown_coupon_and_a_draft_are_told_alike(tx: Tx, now: datetime) -> None:
    draft = await service.create(tx, None, terms(now), by="acc_test", now=now)
    asked = [ClaimRequest(one, "mem_a") for one in ("cpn_none", draft.coupon_id)]
    assert codes(await service.claim(tx, asked, now)) == ["coupon_unknown"] * 2


async def test_claiming_opens_and_closes_on_the_instant(tx: Tx, now: datetime) -> None:
    starts, ends = now + timedelta(hours=1), now + timedelta(hours=2)
    coupon_id = await offered(tx, now, claim_starts_at=starts, claim_ends_at=ends)
    tick = timedelta(microseconds=1)
    for instant, code in [
        (starts - tick, "phase_not_open"),
        (starts, "ok"),
        (ends - tick, "ok"),
        (ends, "coupon_not_live"),
    ]:
        assert codes(await service.claim(tx, wishes(coupon_id, 1), instant)) == [code], instant
    [refusal] = await service.claim(tx, wishes(coupon_id, 1), now)
    assert isinstance(refusal, errors.PhaseNotOpen)
    assert datetime.fromisoformat(str(refusal.details["opens_at"])) == starts.replace(microsecond=0)


async def test_pause_end_and_the_switches_stop_apart(tx: Tx, now: datetime) -> None:
    coupon_id = await offered(tx, now)
    claim = await claimed(tx, now, coupon_id)
    await service.switch(tx, coupon_id, issue_stopped=True, redeem_stopped=None, reason="", by="a", now=now)
    assert codes(await service.claim(tx, wishes(coupon_id, 1), now)) == ["issue_stopped"]
    [redeemed] = await service.redeem(tx, [RedeemRequest(claim.claim_id, "ord_1", 500)], now)
    assert isinstance(redeemed, Redeemed)
    await service.switch(tx, coupon_id, issue_stopped=False, redeem_stopped=True, reason="", by="a", now=now)
    other = await claimed(tx, now, coupon_id)
    assert codes(await service.redeem(tx, [RedeemRequest(other.claim_id, "ord_2", 500)], now)) == [
        "redeem_stopped"
    ]
    assert await status(tx, other.claim_id) == "claimed"
    assert (await service.pause(tx, coupon_id, now)).status is CouponStatus.PAUSED
    assert codes(await service.claim(tx, wishes(coupon_id, 1), now)) == ["coupon_not_live"]
    await service.resume(tx, coupon_id, now)
    await service.end(tx, coupon_id, now)
    with pytest.raises(errors.WrongStatus):
        await service.resume(tx, coupon_id, now)


async def test_every_claim_and_redemption_is_announced(tx: Tx, now: datetime) -> None:
    coupon_id = await offered(tx, now, quantity_max=2)
    claims = await service.claim(tx, wishes(coupon_id, 3), now)
    assert isinstance(claims[0], Claim)
    await service.redeem(tx, [RedeemRequest(claims[0].claim_id, "ord_1", 300, merchant_id="mer_a")], now)
    await service.give_back(tx, ["ord_1"], now)
    rows = await tx.fetch(
        "SELECT type, merchant_id FROM kernel.outbox WHERE subject = $1 ORDER BY id", coupon_id
    )
    assert [row["type"] for row in rows] == [
        "coupons.Published", "coupons.Claimed", "coupons.Claimed", "coupons.Redeemed", "coupons.Returned",
    ]  # fmt: skip
    assert rows[3]["merchant_id"] == "mer_a"


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


async def till(tx: Tx, now: datetime, claim_id: str, **changes: Any) -> Any:
    [result] = await service.prepare(tx, [PrepareRequest(claim_id=claim_id, **(TILL | changes))], now)
    return result


async def test_prepare_consume_reverse_at_a_till(tx: Tx, now: datetime) -> None:
    coupon_id = await offered(tx, now)
    claim = await claimed(tx, now, coupon_id)
    prepared = await till(tx, now, claim.claim_id)
    assert isinstance(prepared, Prepared)
    assert (prepared.rule.amount_minor, prepared.summary_en) == (
        500, "CNY 5 off, valid for 7 days after you claim it, 1 for each member",
    )  # fmt: skip
    assert (await till(tx, now, claim.claim_id, till_id="til_b")).code == "claim_locked"
    take = ConsumeRequest(claim_id=claim.claim_id, receipt_id="r1", amount_minor=500, **TILL)
    [first] = await service.consume(tx, [take], now)
    [again] = await service.consume(tx, [take], now)
    assert isinstance(first, Redeemed)
    assert first == again
    other = ConsumeRequest(claim_id=claim.claim_id, receipt_id="r2", amount_minor=500, **TILL)
    assert codes(await service.consume(tx, [other], now)) == ["already_used"]
    undo = ReverseRequest(claim_id=claim.claim_id, receipt_id="r1", reason="wrong basket", **TILL)
    stranger = ReverseRequest(claim_id=claim.claim_id, receipt_id="r1", **(TILL | {"store_id": "sto_b"}))
    undone = await service.reverse(tx, [stranger, undo, undo], now + timedelta(minutes=60))
    assert codes(undone) == ["redemption_unknown", "ok", "ok"]
    assert isinstance(undone[1], Reversed)
    assert undone[1] == undone[2]
    assert await service.reverse(tx, [undo], now + timedelta(hours=5)) == [undone[1]]
    assert codes(await service.consume(tx, [take], now)) == ["receipt_conflict"]
    assert codes(await service.consume(tx, [other], now)) == ["ok"]
    assert await counters(tx, coupon_id) == {"issued": 1, "committed": 500, "redeemed": 1, "spent": 500}


async def test_a_reversal_comes_too_late_after_an_hour(tx: Tx, now: datetime) -> None:
    claim = await claimed(tx, now, await offered(tx, now))
    await service.consume(
        tx, [ConsumeRequest(claim_id=claim.claim_id, receipt_id="r1", amount_minor=5, **TILL)], now
    )
    undo = ReverseRequest(claim_id=claim.claim_id, receipt_id="r1", **TILL)
    late = now + timedelta(minutes=60, microseconds=1)
    assert codes(await service.reverse(tx, [undo], late)) == ["too_late_to_reverse"]


async def test_a_lock_that_ran_out_is_taken_again_or_refused(tx: Tx, now: datetime) -> None:
    claim = await claimed(tx, now, await offered(tx, now))
    assert isinstance(await till(tx, now, claim.claim_id), Prepared)
    later = now + timedelta(seconds=121)
    assert isinstance(await till(tx, later, claim.claim_id, till_id="til_b"), Prepared)
    take = ConsumeRequest(claim_id=claim.claim_id, receipt_id="r1", amount_minor=5, **TILL)
    assert codes(await service.consume(tx, [take], later)) == ["claim_locked"]
    assert codes(await service.consume(tx, [take], later + timedelta(seconds=121))) == ["ok"]


async def test_a_till_checks_store_merchant_and_basket(tx: Tx, now: datetime) -> None:
    claim = await claimed(tx, now, await offered(tx, now, "mer_a", funders=MERCHANT, min_payable_minor=100))
    assert (await till(tx, now, claim.claim_id, merchant_id="mer_b")).code == "wrong_store"
    take = {"claim_id": claim.claim_id, "receipt_id": "r1", "amount_minor": 500} | TILL
    results = [
        (await service.consume(tx, [ConsumeRequest(basket_minor=basket, **take)], now))[0]
        for basket in (599, 600)
    ]
    assert codes(results) == ["no_effect", "ok"]


async def test_codes_are_scanned_typed_and_die(tx: Tx, now: datetime) -> None:
    claim = await claimed(tx, now, await offered(tx, now), "mem_a")
    code = await service.issue_code(tx, claim.claim_id, "mem_a", now)
    assert await service.issue_code(tx, claim.claim_id, "mem_a", now) == code
    assert code.text.isascii()
    assert await service.read_code(tx, code.text, now) == claim.claim_id
    assert await service.read_code(tx, f" {code.digits} ", now) == claim.claim_id
    assert await service.read_code(tx, code.digits.replace(" ", "-"), now) == claim.claim_id
    full_width = code.digits.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    assert await service.read_code(tx, full_width, now) == claim.claim_id
    tick = timedelta(microseconds=1)
    assert await service.read_code(tx, code.text, code.expires_at - tick) == claim.claim_id
    for text in (code.text, code.digits):
        with pytest.raises(errors.CodeExpired):
            await service.read_code(tx, text, code.expires_at)
    for text in ("", "X", "1234 5678 9012", code.text[:-3] + "AAA", code.text[3:], "\x00", "👍" * 300):
        with pytest.raises(errors.CodeInvalid):
            await service.read_code(tx, text, now)
    assert isinstance(await till(tx, now, "", code=code.text), Prepared)
    with pytest.raises(errors.ClaimUnknown):
        await service.issue_code(tx, "clm_none", "mem_a", now)


async def test_typed_codes_are_limited_per_till_and_scans_are_not(tx: Tx, now: datetime) -> None:
    claim = await claimed(tx, now, await offered(tx, now), "mem_a")
    code = await service.issue_code(tx, claim.claim_id, "mem_a", now)
    guesses = [PrepareRequest(code=f"{guess:012}", **TILL) for guess in range(11)]
    results = await service.prepare(tx, guesses, now)
    assert codes(results)[-1] == "too_many_codes"
    typed = PrepareRequest(code=code.digits, **TILL)
    scanned = PrepareRequest(code=code.text, **TILL)
    assert codes(await service.prepare(tx, [typed, scanned], now)) == ["too_many_codes", "ok"]
    elsewhere = PrepareRequest(code=code.digits, **(TILL | {"till_id": "til_a", "store_id": "sto_a"}))
    assert codes(await service.prepare(tx, [elsewhere], now + timedelta(minutes=1))) == ["ok"]


async def test_a_retired_key_signs_no_more_codes(tx: Tx, now: datetime) -> None:
    claim = await claimed(tx, now, await offered(tx, now), "mem_a")
    code = await service.issue_code(tx, claim.claim_id, "mem_a", now)
    [key] = await service.keys(tx)
    assert (key.algorithm, len(key.kid)) == ("Ed25519", 8)
    await service.retire_key(tx, key.kid, now)
    with pytest.raises(errors.CodeInvalid):
        await service.read_code(tx, code.text, now)


async def test_published_terms_only_widen_and_every_version_is_kept(tx: Tx, now: datetime) -> None:
    coupon_id = await offered(tx, now)
    with pytest.raises(errors.OnlyWiden) as caught:
        await service.edit(tx, coupon_id, terms(now, quantity_max=99, days_after_claim=6), by="a", now=now)
    assert caught.value.details["fields"] == ["quantity_max", "days_after_claim"]
    wider = await service.edit(tx, coupon_id, terms(now, quantity_max=101), by="a", now=now)
    assert (wider.version, wider.left_count) == (2, 101)
    assert await tx.fetchval("SELECT count(*) FROM coupons.version WHERE coupon_id = $1", coupon_id) == 2
    assert (await claimed(tx, now, coupon_id)).version == 2


async def test_terms_name_only_what_is_there_and_ones_own(tx: Tx, now: datetime) -> None:
    with pytest.raises(errors.BadTerms) as caught:
        await service.create(
            tx,
            "mer_a",
            terms(now, scope=_scope(), currency="XXY", amount_minor=None),
            by="a",
            now=now,
        )
    told = " ".join(caught.value.details["errors"])  # type: ignore[arg-type]
    for part in ("amount_minor", "currency", "platform", "merchant_ids: not yours", "no sto_x", "no sku_x"):
        assert part in told, told


def _scope() -> Scope:
    return Scope(merchant_ids=("mer_b",), store_ids=("sto_x",), sku_ids=("sku_x",))


async def test_members_see_their_claims_soonest_to_end_first(tx: Tx, now: datetime) -> None:
    member_id = new_id("mem")
    long = await claimed(tx, now, await offered(tx, now, days_after_claim=9), member_id)
    short = await claimed(tx, now, await offered(tx, now, days_after_claim=2), member_id)
    used = await claimed(tx, now, await offered(tx, now), member_id)
    await service.redeem(tx, [RedeemRequest(used.claim_id, "ord_1", 5)], now)

    async def seen(state: str | None, at: datetime) -> list[str]:
        return [one.claim_id for one in await service.claims_of(tx, member_id, state, at)]

    assert await seen("unused", now) == [short.claim_id, long.claim_id]
    assert await seen("used", now) == [used.claim_id]
    assert await seen("expired", now) == []
    assert await seen("expired", short.expires_at) == [short.claim_id]
    view = await service.claim_of(tx, short.claim_id, member_id, short.expires_at)
    assert view.status is ClaimStatus.EXPIRED


async def test_offers_are_listed_with_figures(tx: Tx, now: datetime) -> None:
    coupon_id = await offered(tx, now, quantity_max=2)
    later = await offered(tx, now, claim_starts_at=now + timedelta(hours=1))
    await claimed(tx, now, coupon_id)
    found = {item.coupon_id: item for item in await service.offers(tx, Wanted(), now)}
    assert found[coupon_id].left_count == 1
    assert later not in found
    found = {item.coupon_id: item for item in await service.offers(tx, Wanted(only_claimable=False), now)}
    assert not found[later].claimable
    figures = await service.figures(tx, *await service.read_one(tx, coupon_id))
    assert (figures.issued_count, figures.committed_minor, figures.budget_minor) == (1, 500, 1000)
