"""A claim asked again is answered by the claim that the first asking made. Source: R96, I58."""

import asyncio
import uuid
from collections.abc import Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from fairday.coupons import service
from fairday.coupons.claims import Claim, ClaimRequest
from fairday.kernel import idempotency, strict_json
from fairday.kernel.errors import IdempotencyConflict, Refusal
from fairday.kernel.idempotency import Answer, Key, key_of
from fairday.kernel.ids import new_id
from fairday.kernel.lanes import Lane, Replay
from fairday.kernel.tx import Database, Tx
from tests.coupons.builders import MERCHANT, offered


def asked(coupon_id: str, member_id: str, header: str = "k", body: bytes = b"{}") -> ClaimRequest:
    """Return the request of a member, its key made as the route makes it."""
    key = key_of(member_id, f"POST /v1/coupons/{coupon_id}/claims", header, body)
    return ClaimRequest(coupon_id, member_id, key=key)


async def once(tx: Tx, request: ClaimRequest, now: datetime) -> Claim | Replay | Refusal:
    return (await service.claim_once(tx, [request], now))[0]


@pytest.mark.parametrize("per_member_max", [1, 3])
async def test_the_same_request_has_the_same_answer_and_one_copy(
    tx: Tx, now: datetime, per_member_max: int
) -> None:
    coupon_id, member_id = await offered(tx, now, per_member_max=per_member_max), new_id("mem")
    first = await once(tx, asked(coupon_id, member_id), now)
    assert isinstance(first, Claim)
    later = now + timedelta(minutes=5)
    assert await once(tx, asked(coupon_id, member_id), later) == Replay(first)
    assert isinstance(
        await once(tx, asked(coupon_id, member_id, body=b'{"x":1}'), later), IdempotencyConflict
    )
    assert await tx.fetchval("SELECT count(*) FROM coupons.claim WHERE coupon_id = $1", coupon_id) == 1
    other = await once(tx, asked(coupon_id, member_id, "k2"), later)
    if per_member_max == 1:
        assert isinstance(other, Refusal)
        assert other.code == "member_limit_reached"
    else:
        assert isinstance(other, Claim)
        assert other.claim_id != first.claim_id
        assert await once(tx, asked(coupon_id, member_id), later) == Replay(first)


async def test_the_answer_is_the_first_one_whatever_became_of_the_copy_and_the_coupon(
    tx: Tx, now: datetime
) -> None:
    coupon_id, member_id = await offered(tx, now, quantity_max=1), new_id("mem")
    first = await once(tx, asked(coupon_id, member_id), now)
    assert isinstance(first, Claim)
    await tx.execute(
        "UPDATE coupons.claim SET status = 'expired', expires_at = expires_at + interval '3 days' WHERE coupon_id = $1",
        coupon_id,
    )
    stored = await service.get(tx, coupon_id, now)
    wider = msgspec.structs.replace(stored.terms, quantity_max=2, name="变了")
    await service.edit(tx, coupon_id, wider, by="acc_test", now=now)
    again = await once(tx, asked(coupon_id, member_id), now + timedelta(days=1))
    assert isinstance(again, Replay)
    assert strict_json.encode(again.result) == strict_json.encode(first)
    await service.end(tx, coupon_id, now)
    assert await once(tx, asked(coupon_id, member_id), now + timedelta(days=1)) == Replay(first)
    strange = await once(tx, asked(coupon_id, new_id("mem")), now)
    assert isinstance(strange, Refusal)
    assert strange.code == "coupon_not_live"


async def test_a_copy_without_a_key_answers_nobody(tx: Tx, now: datetime) -> None:
    coupon_id, member_id = await offered(tx, now), new_id("mem")
    await service.claim(tx, [ClaimRequest(coupon_id, member_id)], now)
    refusal = await once(tx, asked(coupon_id, member_id), now)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "member_limit_reached"


@pytest.mark.parametrize("per_member_max", [1, 3])
async def test_a_claim_from_before_claims_carried_keys_is_answered_from_the_store(
    tx: Tx, now: datetime, per_member_max: int
) -> None:
    coupon_id, member_id = await offered(tx, now, per_member_max=per_member_max), new_id("mem")
    [first] = await service.claim(tx, [ClaimRequest(coupon_id, member_id)], now)
    request = asked(coupon_id, member_id)
    assert request.key is not None
    await idempotency.store(tx, [(request.key, Answer(201, strict_json.encode(first)))], now)
    again = await once(tx, request, now + timedelta(hours=1))
    assert isinstance(again, Replay)
    assert strict_json.encode(again.result) == strict_json.encode(first)
    other = await once(tx, asked(coupon_id, member_id, body=b'{"a":1}'), now)
    assert isinstance(other, IdempotencyConflict)
    assert await tx.fetchval("SELECT count(*) FROM coupons.claim WHERE coupon_id = $1", coupon_id) == 1


async def live(database: Database, **terms: Any) -> str:
    async def make(tx: Tx, now: datetime) -> str:
        # A merchant's, for it stays: other tests look at what the platform offers.
        return await offered(tx, now, new_id("mer"), funders=MERCHANT, **terms)

    return await database.run(make)


def lane_on(database: Database, verb: Any = service.claim_once) -> Lane[ClaimRequest]:
    return Lane("test", database, verb, status=201, verb_keeps_keys=True)


@pytest.mark.parametrize("per_member_max", [1, 5])
async def test_twins_in_one_batch_and_in_racing_lanes_make_one_copy(
    database: Database, per_member_max: int
) -> None:
    coupon_id = await live(database, per_member_max=per_member_max)
    lanes = [lane_on(database), lane_on(database)]
    for _ in range(10):
        request = asked(coupon_id, new_id("mem"), uuid.uuid4().hex)
        answers = await asyncio.gather(*(lanes[n % 2].submit(request, request.key) for n in range(12)))
        assert len({answer.body for answer in answers}) == 1
        assert sum(not answer.is_replay for answer in answers) == 1
    count = await database.pool.fetchval("SELECT count(*) FROM coupons.claim WHERE coupon_id = $1", coupon_id)
    told = await database.pool.fetchval(
        "SELECT count(DISTINCT data->>'claim_id') FROM kernel.event WHERE subject = $1 AND type = 'coupons.Claimed'",
        coupon_id,
    )
    issued = await database.pool.fetchval(
        "SELECT issued_count FROM coupons.coupon WHERE coupon_id = $1", coupon_id
    )
    assert (count, told, issued) == (10, 10, 10)


async def test_a_twin_with_another_body_in_the_same_batch_is_refused(database: Database) -> None:
    coupon_id, member_id = await live(database), new_id("mem")
    lane = lane_on(database)
    same, other = asked(coupon_id, member_id), asked(coupon_id, member_id, body=b"x")
    results = await asyncio.gather(
        *(lane.submit(one, one.key) for one in (same, other, same)), return_exceptions=True
    )
    assert [type(result).__name__ for result in results] == ["Answer", "IdempotencyConflict", "Answer"]


class CutAfterCommit(Database):
    """Lose the first connection after the commit, before its word arrives."""

    cuts = 1

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False) -> Any:
        """Commit, then fail once."""
        async with super().transaction(read_only=read_only) as opened:
            yield opened
        if self.cuts:
            self.cuts -= 1
            raise ConnectionResetError("the answer to COMMIT is lost")


@pytest.mark.parametrize("per_member_max", [1, 2])
async def test_an_unknown_commit_is_found_and_not_done_twice(database: Database, per_member_max: int) -> None:
    coupon_id = await live(database, per_member_max=per_member_max)
    sizes: list[int] = []

    async def claim(tx: Tx, requests: Sequence[ClaimRequest], now: datetime) -> Any:
        sizes.append(len(requests))
        return await service.claim_once(tx, requests, now)

    lane = lane_on(CutAfterCommit(database.pool, database.url), claim)
    requests = [asked(coupon_id, new_id("mem")) for _ in range(7)]
    answers = await asyncio.gather(*(lane.submit(one, one.key) for one in requests))
    assert sizes == [7, 7]
    assert all(answer.is_replay for answer in answers)
    stored = await database.pool.fetch("SELECT claim_id FROM coupons.claim WHERE coupon_id = $1", coupon_id)
    assert {row["claim_id"] for row in stored} == {
        msgspec.json.decode(answer.body)["claim_id"] for answer in answers
    }


def test_an_intent_names_the_key_and_the_body() -> None:
    key = Key(b"d" * 16, b"b" * 16)
    assert key.intent == b"d" * 16 + b"b" * 16
