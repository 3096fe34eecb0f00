"""Show codes, prepare, consume and reverse against a real database, rolled back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from fairday.coupons import errors, service
from fairday.coupons.claims import (
    ConsumeRequest,
    Prepared,
    PrepareRequest,
    Redeemed,
    Reversed,
    ReverseRequest,
)
from fairday.kernel.tx import Tx
from tests.coupons.builders import MERCHANT, claimed, offered
from tests.coupons.looks import codes, counters

TILL: dict[str, Any] = {
    "merchant_id": "mer_a",
    "store_id": "sto_a",
    "till_id": "til_a",
    "clerk_id": "acc_clerk",
}


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
