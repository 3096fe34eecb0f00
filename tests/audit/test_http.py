"""Who did what among the staff: one row for each deed, none for refusals and replays, whole under a superuser's hands."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fairday.audit import anchors, service
from fairday.identity import service as identity
from fairday.identity.types import AccountDraft, MerchantDraft
from fairday.kernel import audit
from fairday.kernel.http.principal import Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx
from tests.client import Client, Problem
from tests.coupons import people
from tests.coupons.test_http import terms


@dataclass
class Town:
    """Hold clients of the people in these tests."""

    operator: Client
    merchant: Client
    stranger: Client
    member: Client
    merchant_id: str


@pytest.fixture
async def town(server_url: str, database: Database) -> AsyncIterator[Town]:
    """Return two merchants, an operator and a member."""
    async with database.transaction() as (tx, now):
        merchants = [
            (await identity.create_merchant(tx, MerchantDraft(name="茶店", name_en="Tea"), now)).merchant_id
            for _ in range(2)
        ]
        tokens = [
            await people.token(tx, AccountDraft(role=role, name="王芳", **more), now)
            for role, more in (
                (Role.OPERATOR, {}),
                (Role.MERCHANT, {"merchant_id": merchants[0]}),
                (Role.MERCHANT, {"merchant_id": merchants[1]}),
                (Role.MEMBER, {"member_id": new_id("mem")}),
            )
        ]
    clients = [Client(server_url, token) for token in tokens]
    yield Town(*clients, merchants[0])
    for client in clients:
        await client.close()


async def deeds(client: Client, **query: Any) -> list[dict[str, Any]]:
    return list((await client.get("/audit", **query))["items"])


async def test_a_deed_has_one_row_and_a_replay_or_a_refusal_none(town: Town) -> None:
    made = await town.merchant.post("/coupons", {"terms": terms()}, key="once")
    assert await town.merchant.post("/coupons", {"terms": terms()} | {}, key="other") != made
    coupon_id = made["coupon_id"]
    for _ in range(2):
        await town.merchant.post(f"/coupons/{coupon_id}/publish", key="publish")
    with pytest.raises(Problem):
        await town.merchant.post(f"/coupons/{coupon_id}/publish", key="again")
    rows = await deeds(town.merchant, target_id=coupon_id)
    assert [(row["method"], row["route"]) for row in rows] == [
        ("POST", "/coupons/{coupon_id}/publish"),
        ("POST", "/coupons"),
    ]
    publish = rows[0]
    assert publish["path"] == f"/coupons/{coupon_id}/publish"
    assert (publish["role"], publish["name"], publish["status"]) == ("merchant", "王芳", 200)
    assert len(publish["request_sha256"]) == 64
    assert publish["changes"] == {"status": ["draft", "live"]}


async def test_a_merchant_sees_its_own_and_an_operator_all(town: Town) -> None:
    coupon_id = (await town.merchant.post("/coupons", {"terms": terms()}))["coupon_id"]
    await town.operator.post(f"/coupons/{coupon_id}/switches", {"issue_stopped": True, "reason": "bots"})
    mine = await deeds(town.merchant, target_id=coupon_id)
    assert [(row["role"], row["name"], row["account_id"] is None) for row in mine] == [
        ("operator", "", True),
        ("merchant", "王芳", False),
    ]
    assert mine[0]["changes"]["issue_stopped"] == [False, True]
    assert await deeds(town.stranger, target_id=coupon_id) == []
    with pytest.raises(Problem) as other:
        await town.stranger.get("/audit", merchant_id=town.merchant_id)
    assert other.value.status == 404
    seen = await deeds(town.operator, merchant_id=town.merchant_id, route="switches", role="operator")
    assert [row["name"] for row in seen] == ["王芳"]
    for client in (town.member,):
        with pytest.raises(Problem) as no:
            await client.get("/audit")
        assert no.value.status == 403
    with pytest.raises(Problem) as chain:
        await town.merchant.get("/audit/chain")
    assert chain.value.status == 403


async def test_pages_go_on_where_they_stopped(town: Town) -> None:
    made = [(await town.merchant.post("/coupons", {"terms": terms()}))["coupon_id"] for _ in range(3)]
    seen, cursor = [], None
    while True:
        page = await town.merchant.get("/audit", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [row["target_id"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]


async def test_the_worker_seals_within_seconds(town: Town) -> None:
    coupon_id = (await town.merchant.post("/coupons", {"terms": terms()}))["coupon_id"]
    ends = time.monotonic() + 20
    while (await deeds(town.merchant, target_id=coupon_id))[0]["number"] is None:
        assert time.monotonic() < ends, "not sealed"
        await asyncio.sleep(0.2)
    chain = await town.operator.get("/audit/chain")
    assert (chain["is_intact"], chain["faults"]) == (True, [])
    assert chain["sealed_count"] >= 1
    assert len(chain["head_sha256"]) == 64


async def _filled(tx: Tx, count: int) -> list[str]:
    """Write and seal deeds in a transaction; of it no other sees anything, so it is sealed here by hand."""
    before = await audit.head(tx)
    for number in range(count):
        await tx.execute(
            "INSERT INTO kernel.audit (xid, id, audit_id, happened_at, account_id, name, role, session_id, is_key, method,"
            " route, path, target_id, status, request_digest) OVERRIDING SYSTEM VALUE VALUES ('9000000000000000000', $1,"
            " $2, now(), 'acc_1', 'x', 'operator', 'ses_1', false, 'POST', '/x', '/x', '', 200, sha256('x'))",
            number * 10,
            f"aud_{number}",
        )
        await tx.execute(
            "INSERT INTO kernel.audit_seal (number, xid, id, hash) SELECT $1, a.xid, a.id, sha256($2 ||"
            " convert_to(kernel.audit_text(a), 'UTF8')) FROM kernel.audit a WHERE audit_id = $3",
            before.number + number + 1,
            (await audit.head(tx)).hash,
            f"aud_{number}",
        )
    await tx.execute("SET LOCAL session_replication_role = replica")
    return [f"aud_{number}" for number in range(count)]


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        ("UPDATE kernel.audit SET name = 'y' WHERE audit_id = 'aud_1'", ("aud_1", "changed")),
        ("UPDATE kernel.audit SET recorded_at = now() - interval '1 s' WHERE audit_id = 'aud_1'", ("aud_1", "changed")),
        ("DELETE FROM kernel.audit WHERE audit_id = 'aud_1'", (None, "deleted")),
        ("DELETE FROM kernel.audit_seal s USING kernel.audit a WHERE a.audit_id = 'aud_1' AND s.xid = a.xid AND s.id = a.id",
         ("aud_1", "inserted")),
        ("INSERT INTO kernel.audit (xid, id, audit_id, happened_at, account_id, name, role, session_id, is_key, method, route,"
         " path, target_id, status, request_digest) OVERRIDING SYSTEM VALUE VALUES ('9000000000000000000', 15, 'aud_in', now(),"
         " 'a', 'x', 'clerk', 's', false, 'POST', '/x', '/x', '', 200, sha256('x'))", ("aud_in", "inserted")),
    ],
)  # fmt: skip
async def test_a_tampered_row_is_named(tx: Tx, tamper: str, fault: tuple[str | None, str]) -> None:
    await _filled(tx, 4)
    assert await audit.faults(tx) == []
    await tx.execute(tamper)
    found = await audit.faults(tx)
    assert fault in [(one.audit_id, one.fault) for one in found], found
    chain = await service.chain(tx)
    assert not chain.is_intact


async def test_the_chain_survives_a_dump(tx: Tx) -> None:
    await _filled(tx, 3)
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    [block] = [one for one in text.split("```sql")[1:] if "kernel.audit_seal" in one]
    for statement in block.partition("```")[0].split(";"):
        if statement.strip().startswith("UPDATE"):
            await tx.execute(statement)
    assert await audit.faults(tx) == []


async def test_rows_are_append_only(tx: Tx) -> None:
    for statement in (
        "UPDATE kernel.audit SET name = 'y'",
        "DELETE FROM kernel.audit",
        "TRUNCATE kernel.audit_seal",
    ):
        with pytest.raises(Exception, match="append-only"):
            async with tx.transaction():
                await tx.execute(statement)


async def test_a_chain_cut_off_or_computed_anew_is_seen_by_its_anchors(
    tx: Tx, tmp_path: Path, now: Any
) -> None:
    await _filled(tx, 3)
    chain_id, head = await audit.chain_id(tx), await audit.head(tx)
    anchors.append(tmp_path, chain_id, head, now)
    path = anchors.path_of(tmp_path, chain_id)
    path.write_text(path.read_text("utf-8") + '{"number": 9', "utf-8")
    kept = anchors.read(tmp_path, chain_id)
    assert kept == [(head.number, head.hash)]
    assert await audit.rewritten(tx, kept) == []
    await tx.execute("DELETE FROM kernel.audit_seal WHERE number = $1", head.number)
    assert await audit.rewritten(tx, kept) == [head.number]
    assert anchors.read(tmp_path, "another") == []
