"""Journey 1: the operator prepares a festival, lets merchants in, issues coupons; all opens on the instant."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.client import Client, Problem
from tests.journeys.people import City, Shop, claim, instant, lines, order, refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
YEAR = datetime.now(UTC).year + 1
"""Next year's festival, so that publishing it is right on any day on which the tests run."""


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """Return an instant of that November in Shanghai."""
    return datetime(YEAR, 11, day, hour, minute, second, tzinfo=SHANGHAI)


def phase(kind: str, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    """Describe a phase."""
    times = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    return {"kind": kind, "name": f"阶段 {kind}", "name_en": f"Phase {kind}"} | times


PHASES = [
    phase("warm_up", at(1), at(12)),
    phase("sale", at(12), at(13)),
    phase("gap", at(13), at(13, 20)),
    phase("sale", at(13, 20), at(15)),
]


async def jump(boss: Client, to: datetime) -> datetime:
    """Jump the festival clock and return its reading."""
    return instant((await boss.post("/sandbox/clock", {"to": to.isoformat()}))["now"])


async def festival(city: City, shops: list[Shop]) -> dict[str, Any]:
    """Create the festival, publish it, and take the shops in."""
    boss = await city.operator()
    body = {"name": "双十一", "name_en": "Double Eleven", "time_zone": "Asia/Shanghai", "phases": PHASES}
    draft = await boss.post("/festivals", body)
    assert draft["status"] == "draft"
    festival_id = draft["festival_id"]
    async with refused("festival_unknown", 404):
        await city.client().get(f"/festivals/{festival_id}")
    async with refused("festival_unknown", 404):
        await shops[0].client.post(f"/festivals/{festival_id}/enrolments", {})
    live: dict[str, Any] = await boss.post(f"/festivals/{festival_id}/publish")
    for shop in shops:
        enrolment = await shop.client.post(f"/festivals/{festival_id}/enrolments", {})
        assert enrolment["status"] == "requested"
    ids = [shop.merchant_id for shop in shops]
    told = await boss.post(
        f"/festivals/{festival_id}/enrolments/approvals", {"merchant_ids": [*ids, "mer_nobody"]}
    )
    decisions = told["decisions"]
    assert [one["enrolment"]["status"] for one in decisions[:-1]] == ["approved"] * len(shops)
    assert decisions[-1]["refusal_code"] == "enrolment_unknown"
    return live


async def test_prices_and_claims_open_on_the_instant(clock_city: City) -> None:
    boss = await clock_city.operator()
    await jump(boss, at(11, 12))
    shop = await clock_city.shop([10_000], near=(31.2, 121.4))
    [early, late] = await clock_city.members(2, wallet_minor=100_000)
    live = await festival(clock_city, [shop])
    first, second = live["phases"][1]["phase_id"], live["phases"][3]["phase_id"]
    [sku_id] = shop.sku_ids
    for phase_id, price_minor in ((first, 8_000), (second, 7_000)):
        await shop.client.put(f"/skus/{sku_id}/phase-prices/{phase_id}", {"price_minor": price_minor})
    coupon_id = await clock_city.coupon(
        shop.client,
        kind="fixed",
        amount_minor=500,
        threshold_minor=0,
        claim_phase_ids=[first],
        quantity_max=10,
        budget_minor=5_000,
    )
    cart = {"lines": lines(shop, 1), "currency": "CNY"}
    # Five to midnight: everything is still as before, and everyone is told when it opens.
    now = await jump(boss, at(11, 23, 59, 55))
    assert at(11, 23, 59, 55) <= now < at(11, 23, 59, 57)
    told = await clock_city.client().get("/festivals/current")
    assert told["phase"]["kind"] == "warm_up"
    assert instant(told["next_change_at"]) == at(12)
    async with refused("phase_not_open", 409) as problem:
        await claim(early, coupon_id)
    assert instant(problem["opens_at"]) == at(12)
    old = await early.client.post("/quotes", cart)
    assert old["quote"]["total_minor"] == 10_000
    await _watch_it_open(clock_city, sku_id, 10_000, 8_000)
    # Midnight: the price shown before is not taken any more, and the refusal brings the new one.
    async with refused("price_changed", 409) as problem:
        await early.client.post("/orders", cart | {"expected_total_minor": 10_000, "pay_with": "wallet"})
    assert problem["quote"]["total_minor"] == 8_000
    claimed = await early.client.post(f"/coupons/{coupon_id}/claims", {})
    assert at(12) <= instant(claimed["claimed_at"]) < at(12, 0, 1)
    placed = await order(early, lines(shop, 1), [claimed["claim_id"]])
    assert (placed["total_minor"], placed["discount_minor"]) == (7_500, 500)
    # The gap: regular prices, nothing to claim; then the second window with its own price.
    await jump(boss, at(13, 0, 0))
    assert (await clock_city.client().get(f"/skus/{sku_id}"))["price_now_minor"] == 10_000
    async with refused("phase_not_open"):
        await claim(late, coupon_id)
    await jump(boss, at(13, 20) - timedelta(microseconds=1))
    await asyncio.sleep(0.01)
    assert (await clock_city.client().get(f"/skus/{sku_id}"))["price_now_minor"] == 7_000
    await jump(boss, at(15))
    assert (await clock_city.client().get(f"/skus/{sku_id}"))["price_now_minor"] == 10_000
    told = await clock_city.client().get("/festivals/current")
    assert (told["phase"], told["next_phase"], told["next_change_at"]) == (None, None, None)


async def _watch_it_open(city: City, sku_id: str, before_minor: int, after_minor: int) -> None:
    """Read the price again and again over midnight: never early, never late, judged by the clock around each read."""
    guest, opens_at = city.client(), at(12)
    seen = set()
    for _ in range(2000):
        earliest = await city.now()
        price_minor = (await guest.get(f"/skus/{sku_id}"))["price_now_minor"]
        latest = await city.now()
        seen.add(price_minor)
        if latest < opens_at:
            assert price_minor == before_minor
        if earliest >= opens_at:
            assert price_minor == after_minor
            break
        await asyncio.sleep(0.02)
    assert seen == {before_minor, after_minor}


async def test_only_the_operator_of_a_sandbox_jumps_the_clock(clock_city: City) -> None:
    shop, [member] = await clock_city.merchant(), await clock_city.members(1)
    body = {"to": at(12).isoformat()}
    for client in (shop.client, member.client):
        async with refused("not_allowed", 403):
            await client.post("/sandbox/clock", body)
    async with refused("not_signed_in", 401):
        await clock_city.client().post("/sandbox/clock", body)
    boss = await clock_city.operator()
    for bad in ("2026-11-11T00:00:00", "1999-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "now"):
        with pytest.raises(Problem) as problem:
            await boss.post("/sandbox/clock", {"to": bad})
        assert problem.value.code in ("bad_input", "bad_clock"), bad


async def test_bad_festivals_are_refused_with_what_is_wrong(city: City) -> None:
    boss = await city.operator()
    names = {"name": "节", "name_en": "Fest"}
    async with refused("bad_time_zone", 422):
        await boss.post("/festivals", names | {"time_zone": "Asia/Atlantis"})
    for phases in (
        [phase("sale", at(2), at(1))],
        [phase("sale", at(1), at(1))],
        [phase("sale", at(1), at(3)), phase("sale", at(2), at(4))],
    ):
        async with refused("bad_phases", 422) as problem:
            await boss.post("/festivals", names | {"phases": phases})
        assert problem["errors"]
    # Half-open windows may touch.
    touching = [phase("warm_up", at(1), at(2)), phase("sale", at(2), at(3))]
    draft = await boss.post("/festivals", names | {"phases": touching})
    assert len(draft["phases"]) == 2
    empty = await boss.post("/festivals", names)
    async with refused("no_phases", 409):
        await boss.post(f"/festivals/{empty['festival_id']}/publish")
    async with refused("festival_unknown", 404):
        await boss.post("/festivals/fes_unknown/publish")


async def test_what_has_begun_stands_in_a_live_festival(clock_city: City) -> None:
    boss = await clock_city.operator()
    await jump(boss, at(12, 6))
    body = {"name": "双十一", "name_en": "Double Eleven", "phases": PHASES}
    live = await boss.post("/festivals", body)
    path = f"/festivals/{live['festival_id']}"
    live = await boss.post(f"{path}/publish")
    kept = [dict(one) for one in live["phases"]]
    kept[1]["starts_at"] = at(12, 1).isoformat()
    async with refused("phase_begun", 409):
        await boss.put(f"{path}/phases", {"phases": kept})
    kept[1]["starts_at"] = live["phases"][1]["starts_at"]
    kept[2]["starts_at"] = kept[1]["ends_at"] = at(13, 2).isoformat()
    prolonged = await boss.put(f"{path}/phases", {"phases": kept})
    assert instant(prolonged["phases"][1]["ends_at"]) == at(13, 2)
    assert prolonged["phases"][1]["phase_id"] == live["phases"][1]["phase_id"]


async def test_a_coupon_only_widens_and_two_switches_stop_it(city: City) -> None:
    boss, shop = await city.operator(), await city.shop([10_000])
    first, second = await city.members(2, wallet_minor=100_000)
    coupon_id = await city.coupon(boss, is_platform=True, quantity_max=100, budget_minor=200_000)
    path = f"/coupons/{coupon_id}"
    for narrower in (
        {"quantity_max": 99},
        {"threshold_minor": 10_001},
        {"amount_minor": 1_999},
        {"budget_minor": 199_999},
    ):
        async with refused("only_widen", 409) as problem:
            await boss.patch(path, narrower)
        assert next(iter(narrower)) in problem["fields"]
    assert (await boss.patch(path, {"threshold_minor": 9_000}))["version"] == 2
    claim_id = await claim(first, coupon_id)
    await boss.post(f"{path}/switches", {"issue_stopped": True, "reason": "bots"})
    async with refused("issue_stopped", 409):
        await claim(second, coupon_id)
    await boss.post(f"{path}/switches", {"redeem_stopped": True, "reason": "wrong terms"})
    async with refused("redeem_stopped", 409):
        await first.client.post(
            "/quotes", {"lines": lines(shop, 1), "currency": "CNY", "claim_ids": [claim_id]}
        )
    await boss.post(f"{path}/switches", {"redeem_stopped": False, "issue_stopped": False})
    placed = await order(first, lines(shop, 1), [claim_id])
    assert placed["total_minor"] == 8_000
    figures = await boss.get(f"{path}/figures")
    assert (figures["issued_count"], figures["redeemed_count"], figures["spent_minor"]) == (1, 1, 2_000)
    async with refused("coupon_unknown", 404):
        await shop.client.post(f"{path}/pause")


async def test_bad_terms_are_refused_all_at_once(city: City) -> None:
    shop, other = await city.merchant(), await city.shop([1_000])
    now = await city.now()
    terms = {
        "kind": "percent", "currency": "XXQ", "amount_minor": 5, "quantity_max": 1,
        "funders": [{"kind": "platform", "share_bp": 9_000}], "scope": {"sku_ids": other.sku_ids},
        "claim_starts_at": now.isoformat(), "claim_ends_at": now.isoformat(),
    }  # fmt: skip
    async with refused("bad_terms", 422) as problem:
        await shop.client.post("/coupons", {"terms": terms})
    said = " ".join(problem["errors"])
    for word in ("currency", "amount_minor", "rate_bp", "funders", "claim_ends_at", "usable_until", "scope"):
        assert word in said, said
    async with refused("not_found", 404):
        await shop.client.post("/coupons", {"terms": terms, "merchant_id": other.merchant_id})
