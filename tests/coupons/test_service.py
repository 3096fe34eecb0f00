"""Claim, publish, widen, stop and list against a real database, rolled back."""

from datetime import datetime, timedelta

import pytest

from fairday.coupons import errors, service
from fairday.coupons.browsing import Wanted, item
from fairday.coupons.claims import (
    Claim,
    ClaimRequest,
    Redeemed,
    RedeemRequest,
)
from fairday.coupons.types import ClaimStatus, CouponStatus, Scope
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from tests.coupons.builders import claimed, offered, terms, wishes
from tests.coupons.looks import codes, counters, status


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
        "SELECT type, merchant_id FROM kernel.event WHERE subject = $1 ORDER BY id", coupon_id
    )
    assert [row["type"] for row in rows] == [
        "coupons.Published", "coupons.Claimed", "coupons.Claimed", "coupons.Redeemed", "coupons.Returned",
    ]  # fmt: skip
    assert rows[3]["merchant_id"] == "mer_a"


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
    told = " ".join(caught.value.details["errors"])
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
    found = {one.coupon_id: one for one in map(item, await service.offers(tx, Wanted(), now))}
    assert found[coupon_id].left_count == 1
    assert later not in found
    found = {
        one.coupon_id: one for one in map(item, await service.offers(tx, Wanted(only_claimable=False), now))
    }
    assert not found[later].claimable
    figures = await service.figures(tx, *await service.read_one(tx, coupon_id))
    assert (figures.issued_count, figures.committed_minor, figures.budget_minor) == (1, 500, 1000)
