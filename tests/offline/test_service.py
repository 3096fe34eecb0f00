"""Tills without network, on the database: conflicts, floor limits, clocks, clones. Source: R37-R41, I4, I9, I10, X18."""

from datetime import datetime, timedelta

from fairday.coupons import service as coupons
from fairday.coupons.service import LockRequest
from fairday.coupons.types import Funder, FunderKind
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.tx import Tx
from fairday.offline import service as offline
from fairday.offline.errors import LogTampered
from fairday.offline.log_types import Outcome, RecordState
from fairday.offline.types import Bearer, BreaksQuery, BreakState, Decision, Limits, ResolutionBody, TermsBody
from fairday.tills import service as tills_service
from tests.checkout import city as world
from tests.offline import till as tills
from tests.offline.looks import LATER, breaks_of, holds, operator, sales_of, shop_with_coupon
from tests.tills import city


async def test_two_tills_take_one_claim_and_the_first_received_has_it(tx: Tx, now: datetime) -> None:
    shop, [claim] = await shop_with_coupon(tx, now)
    one, two = await tills.ready(tx, now, shop), await tills.ready(tx, now, shop)
    one.redeem(claim)
    two.wait(seconds=30)
    two.redeem(claim)
    first = await tills.synced(tx, now + LATER, two)
    second = await tills.synced(tx, now + LATER, one)
    assert (first.effective_count, first.conflict_count) == (1, 0)
    assert (second.effective_count, second.conflict_count) == (0, 1)
    assert second.results[0].uses[0].reason == "already_used"
    [found] = await breaks_of(tx, shop)
    assert (found.first_store_id, found.amount_minor, found.bearer) == (shop.store_id, 2000, Bearer.MERCHANT)
    assert found.first_used_at == two.at
    redeemed_at = await tx.fetchval(
        "SELECT redeemed_at FROM coupons.redemption WHERE claim_id = $1", claim[0]
    )
    assert redeemed_at == two.at, "a use counts from when it happened"
    posting = await tx.fetchrow("SELECT * FROM ledger.transfer WHERE posting_id = $1", found.posting_id)
    assert (posting["debit_account"], posting["credit_account"], posting["amount_minor"]) == (
        f"merchant:{shop.merchant_id}:offline_loss", f"merchant:{shop.merchant_id}:payable", 2000,
    )  # fmt: skip
    await holds(tx)


async def test_the_platform_bears_what_it_agreed_to(tx: Tx, now: datetime) -> None:
    shop, [claim] = await shop_with_coupon(tx, now)
    await offline.set_terms(
        tx, operator(), shop.merchant_id, TermsBody(limits=Limits(), bearer=Bearer.PLATFORM), now
    )
    one, two = await tills.ready(tx, now, shop), await tills.ready(tx, now, shop)
    one.redeem(claim)
    two.redeem(claim)
    await tills.synced(tx, now + LATER, one)
    await tills.synced(tx, now + LATER, two)
    [found] = await breaks_of(tx, shop)
    assert found.bearer is Bearer.PLATFORM
    closed = await offline.resolve(
        tx, operator(), found.break_id, ResolutionBody(decision=Decision.CHARGE, note="two counters"), now
    )
    assert (closed.state, closed.bearer, closed.resolved_by) == (
        BreakState.RESOLVED,
        Bearer.MERCHANT,
        "acc_op",
    )
    moved = await tx.fetchrow(
        "SELECT * FROM ledger.transfer WHERE posting_id = $1", f"break_moved:{found.break_id}"
    )
    assert (moved["debit_account"], moved["credit_account"]) == (
        f"merchant:{shop.merchant_id}:offline_loss", "platform:offline_loss",
    )  # fmt: skip
    await holds(tx)


async def test_a_sale_stands_whatever_became_of_its_coupon(tx: Tx, now: datetime) -> None:
    shop, [claim] = await shop_with_coupon(tx, now, on_hand=1)
    sku = shop.sku_ids[0]
    one, two = await tills.ready(tx, now, shop), await tills.ready(tx, now, shop)
    one.sell([(sku, 1, 12_000)], [claim], tendered_minor=10_100)
    two.sell([(sku, 2, 24_000)], [claim])
    two.sell([(sku, 1, 11_000)])
    first = await tills.synced(tx, now + LATER, one)
    second = await tills.synced(tx, now + LATER, two)
    assert [one.receipt_number for one in first.results] == [1]
    assert [(one.receipt_number, one.flags) for one in second.results] == [
        (1, ("stock_short",)),
        (2, ("stock_short",)),
    ]
    sales = await sales_of(tx, shop)
    assert sorted((one.total_minor, one.discount_minor, one.change_minor) for one in sales) == [
        (10_000, 2000, 100), (11_000, 0, 0), (22_000, 2000, 0),
    ]  # fmt: skip
    level = await tx.fetchrow("SELECT on_hand, reserved FROM stock.level WHERE sku_id = $1", sku)
    assert tuple(level) == (0, 0)
    counted = await tx.fetchval(
        "SELECT sum(change) FROM stock.movement WHERE sku_id = $1 AND reason = 'counted' AND document_id LIKE 'ord\\_%'",
        sku,
    )
    assert counted == 3, "the shelf had three more than the books"
    cash = await tx.fetchval(
        "SELECT sum(expected_cash_minor) FROM tills.shift WHERE store_id = $1", shop.store_id
    )
    assert cash == 43_000
    await holds(tx)


async def test_records_are_applied_once_however_they_come(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=4)
    till = await tills.ready(tx, now, shop)
    for claim in claims:
        till.redeem(claim)
    cut = await tills.synced(tx, now + LATER, till, [till.log[3], till.log[0]])
    assert (cut.next_seq, cut.applied_count, cut.waiting_count) == (2, 1, 1)
    rest = await tills.synced(tx, now + LATER, till, [*reversed(till.log), till.log[2]])
    assert (rest.next_seq, rest.applied_count, rest.duplicate_count, rest.waiting_count) == (5, 3, 2, 0)
    again = await tills.synced(tx, now + LATER, till)
    assert (again.applied_count, again.duplicate_count, again.effective_count) == (0, 4, 0)
    assert [one.uses[0].outcome for one in again.results] == [Outcome.EFFECTIVE] * 4
    assert again.results == sorted([*cut.results, *rest.results[1:]], key=lambda one: one.seq)
    await holds(tx)


async def test_a_tampered_log_is_refused_and_named_once(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=3)
    till = await tills.ready(tx, now, shop)
    for claim in claims:
        till.redeem(claim)
    bad = tills.changed(till.log[1], '"amount_minor": 2000', '"amount_minor": 1')
    for _ in range(2):
        [answer] = await offline.sync(tx, [till.request([till.log[0], bad, till.log[2]])], now + LATER)
        assert isinstance(answer, LogTampered)
        assert answer.details == {"device_id": till.device_id, "seq": 2}
    assert await tx.fetchval("SELECT count(*) FROM offline.record WHERE device_id = $1", till.device_id) == 0
    assert (
        await tx.fetchval(
            "SELECT count(*) FROM kernel.outbox WHERE type = 'offline.LogRefused' AND subject = $1",
            till.device_id,
        )
        == 1
    )
    good = await tills.synced(tx, now + LATER, till)
    assert good.effective_count == 3
    await holds(tx)


async def test_a_cloned_device_is_flagged_and_its_records_go_to_the_breaks(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=3)
    till = await tills.ready(tx, now, shop)
    till.redeem(claims[0])
    clone = tills.clone(till)
    till.redeem(claims[1])
    clone.redeem(claims[2])
    clone.sell([(shop.sku_ids[0], 1, 12_000)])
    await tills.synced(tx, now + LATER, till)
    answer = await tills.synced(tx, now + LATER, clone)
    assert (answer.forked_count, answer.applied_count, answer.next_seq) == (2, 0, 3)
    assert (await tills.synced(tx, now + LATER, clone)).forked_count == 2
    found = await breaks_of(tx, shop)
    assert sorted((one.reason, one.amount_minor, one.bearer) for one in found) == [
        ("cloned_device", 0, Bearer.MERCHANT), ("cloned_device", 2000, Bearer.MERCHANT),
    ]  # fmt: skip
    assert (
        await tx.fetchval("SELECT status FROM coupons.claim WHERE claim_id = $1", claims[2][0]) == "claimed"
    )
    assert await sales_of(tx, shop) == []
    await holds(tx)


async def test_codes_are_judged_by_the_time_of_the_use(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=4)
    till = await tills.ready(tx, now, shop)
    codes = [tills.code_text(claim, now) for claim in claims]
    for number, late_s in enumerate((60, 180)):
        till.at = now + timedelta(seconds=late_s)
        till.redeem(claims[number], codes=[{"code": codes[number], "amount_minor": 2000}])
    till.redeem(claims[2], codes=[{"code": codes[2][:-4] + "AAAA", "amount_minor": 2000}])
    till.at = now + timedelta(hours=4)
    till.redeem(claims[3])
    answer = await tills.synced(tx, now + timedelta(hours=5), till)
    assert [one.uses[0].reason for one in answer.results] == [
        None,
        "code_expired",
        "code_invalid",
        "lease_over",
    ]
    assert (answer.effective_count, answer.conflict_count, answer.flagged_count) == (1, 0, 3)
    await holds(tx)


async def test_a_wrong_clock_is_flagged_and_its_sale_stands(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=2)
    till = await tills.ready(tx, now, shop)
    till.at = now + timedelta(days=1)
    till.sell([(shop.sku_ids[0], 1, 12_000)], [claims[0]])
    till.at = now - timedelta(days=1)
    till.redeem(claims[1])
    answer = await tills.synced(tx, now + LATER, till)
    assert [one.uses[0].reason for one in answer.results] == ["wrong_clock"] * 2
    assert [one.flags for one in answer.results] == [("wrong_clock",)] * 2
    [sale] = await sales_of(tx, shop)
    assert (sale.total_minor, sale.sold_at) == (10_000, now + LATER)
    assert {one.bearer for one in await breaks_of(tx, shop)} == {Bearer.MERCHANT}
    await holds(tx)


async def test_a_revoked_device_is_believed_until_then(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=2)
    till = await tills.ready(tx, now, shop)
    till.redeem(claims[0])
    till.wait(minutes=10)
    till.redeem(claims[1])
    till.sell([(shop.sku_ids[0], 1, 12_000)])
    boss = city.merchant_of(shop)
    await tills_service.revoke_device(tx, boss, till.till_id, till.device_id, now + LATER)
    answer = await tills.synced(tx, now + timedelta(minutes=20), till, by=boss)
    assert [one.state for one in answer.results] == [
        RecordState.APPLIED,
        RecordState.FLAGGED,
        RecordState.FLAGGED,
    ]
    assert [one.reason for one in answer.results] == [None, "device_revoked", "device_revoked"]
    assert await sales_of(tx, shop) == []
    assert len(await breaks_of(tx, shop)) == 2
    await holds(tx)


async def test_locks_orders_and_recalls_that_came_first(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=4)
    till = await tills.ready(tx, now, shop)
    for claim in claims:
        till.redeem(claim)
    until = now + timedelta(minutes=30)
    await coupons.lock(tx, [LockRequest(claims[0][0], None, "ord_other", until)], now)
    await coupons.lock(tx, [LockRequest(claims[1][0], None, till.till_id, until)], now)
    await coupons.lock(tx, [LockRequest(claims[2][0], None, "ord_late", now + timedelta(minutes=1))], now)
    await tx.execute("UPDATE coupons.claim SET status = 'returned' WHERE claim_id = $1", claims[3][0])
    answer = await tills.synced(tx, now + LATER, till)
    assert [one.uses[0].reason for one in answer.results] == ["claim_locked", None, None, "claim_voided"]
    assert answer.conflict_count == 2


async def test_a_claim_that_ended_after_its_use_is_good(tx: Tx, now: datetime) -> None:
    soon = now + timedelta(minutes=2)
    shop, claims = await shop_with_coupon(tx, now, claims=2, usable_until=soon, claim_ends_at=soon)
    till = await tills.ready(tx, now, shop)
    till.redeem(claims[0])
    till.at = soon
    till.redeem(claims[1])
    assert await coupons.expire_claims(tx, now + LATER) >= 2
    answer = await tills.synced(tx, now + LATER, till)
    assert [one.uses[0].reason for one in answer.results] == [None, "claim_expired"]
    await holds(tx)


async def test_a_stopped_coupon_counts_where_the_till_could_not_hear_of_it(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now)
    till = await tills.ready(tx, now, shop)
    till.redeem(claims[0])
    await coupons.switch(
        tx, claims[0][1], issue_stopped=None, redeem_stopped=True, reason="fraud", by="acc_op", now=now
    )
    answer = await tills.synced(tx, now + LATER, till)
    assert (answer.effective_count, answer.results[0].flags) == (1, ("coupon_stopped",))
    await tills.leased(tx, now + LATER, till)
    assert till.lease is not None
    assert claims[0][1] not in {one.coupon_id for one in till.lease.coupons}
    await holds(tx)


async def test_a_till_knows_scope_and_limits(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=3)
    _, [foreign] = await shop_with_coupon(tx, now)
    await offline.set_till_limits(
        tx,
        city.merchant_of(shop),
        (till := await tills.paired(tx, now, shop)).till_id,
        Limits(count_max=2),
        now,
    )
    await tills.leased(tx, now, till)
    till.redeem(foreign)
    for claim in claims:
        till.redeem(claim)
    answer = await tills.synced(tx, now + LATER, till)
    assert [one.uses[0].reason for one in answer.results] == ["not_leased", None, None, "over_limit"]
    await holds(tx)


async def test_an_undo_takes_everything_back(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=2, on_hand=5)
    one, two = await tills.ready(tx, now, shop), await tills.ready(tx, now, shop)
    one.redeem(claims[0])
    await tills.synced(tx, now + LATER, one)
    sku = shop.sku_ids[0]
    two.sell([(sku, 1, 12_000)], [claims[0]], receipt_id="A")
    two.record("undo", receipt_id="A")
    two.sell([(sku, 1, 12_000)], [claims[1]], receipt_id="B")
    two.record("undo", receipt_id="B")
    two.redeem(claims[1], receipt_id="C")
    two.record("undo", receipt_id="C")
    two.redeem(claims[1], receipt_id="D")
    two.record("undo", receipt_id="nothing")
    answer = await tills.synced(tx, now + LATER, two)
    assert [one.reason for one in answer.results] == [None] * 7 + ["nothing_to_undo"]
    assert [one.outcome for result in answer.results for one in result.uses] == [
        Outcome.CONFLICT, Outcome.EFFECTIVE, Outcome.EFFECTIVE, Outcome.EFFECTIVE,
    ]  # fmt: skip
    states = {one.receipt_id: one.state for one in await breaks_of(tx, shop)}
    assert states == {"A": BreakState.VOIDED, "nothing": BreakState.OPEN}
    assert await tx.fetchval("SELECT on_hand FROM stock.level WHERE sku_id = $1", sku) == 5
    assert (
        await tx.fetchval("SELECT expected_cash_minor FROM tills.shift WHERE shift_id = $1", two.shift_id)
        == 0
    )
    assert await tx.fetchval(
        "SELECT redemption_id FROM coupons.redemption WHERE claim_id = $1 AND status = 'effective'",
        claims[1][0],
    )
    await holds(tx)


async def test_a_sale_that_went_online_before_is_the_same_sale(tx: Tx, now: datetime) -> None:
    shop, [claim] = await shop_with_coupon(tx, now)
    till = await tills.ready(tx, now, shop)
    sku = shop.sku_ids[0]
    code = tills.code_text(claim, now)
    await tills.sold_online(tx, now, till, sku, code, "A")
    till.sell([(sku, 1, 12_000)], [claim], receipt_id="A")
    till.sell([(sku, 2, 24_000)], receipt_id="A")
    answer = await tills.synced(tx, now + LATER, till)
    assert [(one.state, one.reason) for one in answer.results] == [
        (RecordState.APPLIED, None), (RecordState.FLAGGED, "receipt_conflict"),
    ]  # fmt: skip
    assert answer.results[0].flags == ("known_receipt",)
    assert answer.effective_count == 1
    assert len(await sales_of(tx, shop)) == 1
    await holds(tx)


async def test_what_cannot_be_read_is_kept_and_told(tx: Tx, now: datetime) -> None:
    shop, [claim] = await shop_with_coupon(tx, now)
    till = await tills.ready(tx, now, shop)
    till.raw('{"v":1}')
    till.raw("no json")
    till.record(
        "sale",
        receipt_id="A",
        lines=[{"sku_id": "sku_none", "quantity": 1, "gross_minor": 5}],
        total_minor=5,
        tendered_minor=5,
    )
    till.sell([(shop.sku_ids[0], 1, 12_000)], [claim], total_minor=1)
    till.redeem(claim, shift_id="shf_other")
    till.redeem(claim, device_id="dev_other")
    till.redeem(claim)
    answer = await tills.synced(tx, now + LATER, till)
    assert [one.reason for one in answer.results] == [
        "bad_record", "bad_record", "bad_record", "bad_record", "unknown_shift", "bad_record", None,
    ]  # fmt: skip
    assert (answer.effective_count, answer.next_seq) == (1, 8)
    assert len(await breaks_of(tx, shop)) == 6
    await holds(tx)


async def test_platform_coupon_and_funders_reach_the_books(tx: Tx, now: datetime) -> None:
    funders = (Funder(FunderKind.PLATFORM, 6000), Funder(FunderKind.MERCHANT, 4000))
    shop, claims = await shop_with_coupon(tx, now, claims=2, funders=funders, merchant_id=None)
    one, two = await tills.ready(tx, now, shop), await tills.ready(tx, now, shop)
    sku = shop.sku_ids[0]
    one.sell([(sku, 1, 12_000), (sku, 1, 12_001)], claims, total_minor=20_001, tendered_minor=20_001)
    two.sell([(sku, 1, 12_000)], [claims[0]])
    await tills.synced(tx, now + LATER, one)
    await tills.synced(tx, now + LATER, two)
    sums = await tx.fetchrow(
        "SELECT sum(platform_funded_minor) AS platform, sum(merchant_funded_minor) AS merchant"
        " FROM orders.merchant_order WHERE merchant_id = $1", shop.merchant_id,
    )  # fmt: skip
    assert tuple(sums) == (2400, 1600 + 2000)
    await holds(tx)


async def test_strangers_see_nothing(tx: Tx, now: datetime) -> None:
    shop, [claim] = await shop_with_coupon(tx, now)
    other = await world.shop(tx, now, [100])
    till, mine = await tills.ready(tx, now, shop), await tills.ready(tx, now, other)
    till.redeem(claim)
    for by in (
        mine.device,
        city.merchant_of(other),
        Principal("acc_x", Role.DEVICE, "s", merchant_id=shop.merchant_id),
    ):
        [answer] = await offline.sync(tx, [till.request(by=by)], now)
        assert answer.code == "not_found"  # type: ignore[union-attr]  # a refusal
    assert await offline.breaks(tx, other.merchant_id, BreaksQuery(), before="~", limit=9) == []
