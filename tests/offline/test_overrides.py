"""What a supervisor may let pass without network: floor limits only, by a PIN that the server checks. Source: R37, R41."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database, Tx
from fairday.offline import sealing
from fairday.offline import service as offline
from fairday.offline.types import Bearer, Limits, OverrideState, TermsBody
from tests.offline import till as tills
from tests.offline.looks import LATER, breaks_of, holds, operator, shop_with_coupon
from tests.offline.test_http import Booth, booth
from tests.offline.till import OfflineTill
from tests.tills import city
from tests.tills.city import PIN

__all__ = ["booth"]
ALLOWED: dict[str, Any] = {"override": "大客户，店长同意", "supervisor": "boss", "proof": "x"}


async def limited(tx: Tx, now: datetime, shop: Any, **limits: int) -> OfflineTill:
    """Return a till whose lease has these floor limits."""
    till = await tills.paired(tx, now, shop)
    await offline.set_till_limits(tx, city.merchant_of(shop), till.till_id, Limits(**limits), now)
    await tills.leased(tx, now, till)
    return till


async def sent(tx: Tx, now: datetime, till: OfflineTill, *allowed: int) -> Any:
    """Send the whole log; the records with these numbers carry the PIN of a supervisor."""
    request = till.request()
    known = {one.hash: "acc_boss" for one in till.log if one.seq in allowed}
    [answer] = await offline.sync(tx, [msgspec.structs.replace(request, allowed=known)], now)
    return answer


async def listed(tx: Tx, shop: Any) -> list[tuple[OverrideState, int, int, str | None]]:
    found = await offline.overrides(tx, shop.merchant_id, None, None, before="~", limit=100)
    return [(one.state, one.use_count, one.amount_minor, one.supervisor_id) for one in found]


async def test_a_supervisor_lets_pass_what_is_beyond_the_limits_and_only_that(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=4)
    till = await limited(tx, now, shop, count_max=1)
    till.redeem(claims[0], **ALLOWED)
    till.redeem(claims[1], **ALLOWED)
    till.redeem(claims[2], **ALLOWED)
    till.redeem(claims[3])
    answer = await sent(tx, now + LATER, till, 1, 2)
    uses = [one.uses[0] for one in answer.results]
    assert [(one.reason, one.is_counted, one.is_overridden) for one in uses] == [
        (None, True, False),
        (None, False, True),
        ("over_limit", False, False),
        ("over_limit", False, False),
    ]
    # Told in one moment: which of them stands first is nobody's promise.
    assert set(await listed(tx, shop)) == {
        (OverrideState.REFUSED, 0, 0, None),
        (OverrideState.GRANTED, 1, 2000, "acc_boss"),
        (OverrideState.NOT_NEEDED, 0, 0, "acc_boss"),
    }
    lease = (await offline.leases(tx, shop.merchant_id, None, None, before="~", limit=1))[0]
    assert (lease.used_count, lease.used_minor) == (1, 2000), "what passed the limits does not use them up"
    assert (await sent(tx, now + LATER, till)).results == answer.results, "sent again, nothing is judged anew"
    await holds(tx)


async def test_of_a_sale_only_the_coupons_beyond_count_as_let_pass(tx: Tx, now: datetime) -> None:
    shop, claims = await shop_with_coupon(tx, now, claims=2, on_hand=5)
    till = await limited(tx, now, shop, count_max=1)
    till.sell([(shop.sku_ids[0], 2, 24_000)], claims, **ALLOWED)
    [result] = (await sent(tx, now + LATER, till, 1)).results
    assert [(one.outcome, one.is_overridden) for one in result.uses] == [
        ("effective", False),
        ("effective", True),
    ]
    assert await listed(tx, shop) == [(OverrideState.GRANTED, 1, 2000, "acc_boss")]
    await holds(tx)


async def test_what_is_lost_by_an_allowed_use_is_the_merchants(tx: Tx, now: datetime) -> None:
    """The platform agreed to bear conflicts within the limits, not beyond them."""
    shop, claims = await shop_with_coupon(tx, now, claims=2)
    terms = TermsBody(limits=Limits(), bearer=Bearer.PLATFORM)
    await offline.set_terms(tx, operator(), shop.merchant_id, terms, now)
    other, till = await tills.ready(tx, now, shop), await limited(tx, now, shop, count_max=1)
    for claim in claims:
        other.redeem(claim)
        till.redeem(claim, **ALLOWED)
    await tills.synced(tx, now + LATER, other)
    await sent(tx, now + LATER, till, 1, 2)
    assert sorted([(one.reason, one.bearer) for one in await breaks_of(tx, shop)]) == [
        ("already_used", Bearer.MERCHANT),
        ("already_used", Bearer.PLATFORM),
    ]
    await holds(tx)


async def test_nothing_else_is_let_pass(tx: Tx, now: datetime) -> None:
    """Not another shop's coupon, not an old code, not a coupon that ended."""
    shop, claims = await shop_with_coupon(tx, now, claims=2)
    _, [foreign] = await shop_with_coupon(tx, now)
    till = await limited(tx, now, shop, count_max=5)
    old = tills.code_text(claims[0], till.at)
    till.redeem(foreign, **ALLOWED)
    till.wait(minutes=5)
    till.redeem(claims[0], codes=[{"code": old, "amount_minor": 2000}], **ALLOWED)
    till.wait(hours=5)
    till.redeem(claims[1], **ALLOWED)
    answer = await sent(tx, till.at + timedelta(minutes=1), till, 1, 2, 3)
    assert [one.uses[0].reason for one in answer.results] == ["not_leased", "code_expired", "lease_over"]
    assert {state for state, *_ in await listed(tx, shop)} == {OverrideState.NOT_NEEDED}
    await holds(tx)


def test_a_seal_fits_its_record_only() -> None:
    text = sealing.seal("246810", "dev_1", "R1")
    assert sealing.opened(text, "dev_1", "R1") == "246810"
    assert sealing.opened(text, "dev_2", "R1") is None
    assert sealing.opened(text, "dev_1", "R2") is None
    assert sealing.seal("246810", "dev_1", "R1") != text
    for bad in (
        "",
        "AAAA",
        text[:-4],
        "=" * 9,
        "é",
        text[:60] + ("A" if text[60] != "A" else "B") + text[61:],
    ):
        assert sealing.opened(bad, "dev_1", "R1") is None


async def supervisor(database: Database, merchant_id: str | None) -> str:
    """Return the login of a new supervisor of a merchant, of a new one by default."""
    login = f"boss{uuid.uuid4().hex[:10]}"
    async with database.transaction() as (tx, now):
        if merchant_id is None:
            merchant_id = (await identity.create_merchant(tx, MerchantDraft(name="Else"), now)).merchant_id
        draft = AccountDraft(role=Role.MERCHANT, name="店长", login=login, pin=PIN, merchant_id=merchant_id)
        await identity.create_account(tx, draft, now)
    return login


def said(till: OfflineTill, receipt_id: str, login: str, pin: str) -> dict[str, str]:
    """Return what the till writes of a supervisor who typed a PIN."""
    return {
        "receipt_id": receipt_id,
        "override": "大客户",
        "supervisor": login,
        "proof": sealing.seal(pin, till.device_id, receipt_id),
    }


@pytest.mark.parametrize("case", ["right", "wrong_pin", "stranger", "clerk", "copied"])
async def test_the_pin_is_checked_when_the_log_comes_in(booth: Booth, database: Database, case: str) -> None:
    till, device = booth.tills[0], booth.devices[0]
    limits = {"face_max_minor": 10_000, "count_max": 9, "value_max_minor": 1_000, "lease_s": 3600}
    await booth.merchant.put(f"/tills/{till.till_id}/offline-limits", limits)
    lease = await device.post("/till-leases", {"head": msgspec.to_builtins(till.log_head())})
    assert lease["seal_key"] == sealing.seal_key()
    till.lease_id = lease["lease_id"]
    till.at = till.server_at = datetime.fromisoformat(lease["server_now"])
    login = await supervisor(database, None if case == "stranger" else till.shop.merchant_id)
    told = said(till, "R1", login, "975310" if case == "wrong_pin" else PIN)
    if case == "copied":
        told["receipt_id"] = "R2"
    if case == "clerk":
        async with database.transaction(read_only=True) as (tx, _):
            account = await identity.get_account(tx, till.clerk_id)
        told["supervisor"] = account.login or ""
    till.record("redemption", codes=[await booth.code()], **told)
    [result] = (await booth.send(0))["results"]
    (listed,) = (await booth.merchant.get("/till-overrides"))["items"]
    assert (await booth.stranger.get("/till-overrides"))["items"] == []
    if case == "right":
        assert (result["uses"][0]["outcome"], result["uses"][0]["is_overridden"]) == ("effective", True)
        assert (listed["state"], listed["amount_minor"], listed["reason"]) == ("granted", 2000, "大客户")
        assert listed["supervisor_login"] == login
        assert (await booth.operator.get("/till-overrides", limit=100, state="granted"))["items"][0] == listed
    else:
        assert result["uses"][0]["reason"] == "over_limit"
        assert (listed["state"], listed["supervisor_id"], listed["use_count"]) == ("refused", None, 0)
