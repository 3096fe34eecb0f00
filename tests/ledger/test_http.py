"""Wallets and books over the public API: who sees what, play money in a sandbox, replay by key."""

import asyncio
import uuid

import pytest

from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database
from fairday.ledger import service
from tests.client import refused
from tests.ledger.builders import posting
from tests.stock.people import Enter, member, merchant, operator

pytestmark = pytest.mark.usefixtures("server")


async def test_a_member_tops_up_once_per_key(database: Database, enter: Enter) -> None:
    member_id, token = await member(database)
    mine = enter(token)
    assert (await mine.get("/wallet")) == {"account_id": f"wallet:{member_id}", "balances": []}
    key = uuid.uuid4().hex
    answers = await asyncio.gather(
        *(mine.post("/sandbox/top-ups", {"amount_minor": 500}, key=key) for _ in range(10))
    )
    assert len({answer["posting_id"] for answer in answers}) == 1
    await mine.post("/sandbox/top-ups", {"amount_minor": 70, "currency": "USD"})
    assert (await mine.get("/wallet"))["balances"] == [
        {"currency": "CNY", "posted_minor": 500, "held_minor": 0, "free_minor": 500},
        {"currency": "USD", "posted_minor": 70, "held_minor": 0, "free_minor": 70},
    ]
    conflict = await refused(mine.post("/sandbox/top-ups", {"amount_minor": 501}, key=key))
    assert conflict.code == "idempotency_conflict"


async def test_a_statement_turns_its_pages(database: Database, enter: Enter) -> None:
    _, token = await member(database)
    mine = enter(token)
    for amount in (1, 2, 3):
        await mine.post("/sandbox/top-ups", {"amount_minor": amount})
    first = await mine.get("/wallet/statement", limit=2)
    assert [entry["balance_minor"] for entry in first["items"]] == [6, 3]
    second = await mine.get("/wallet/statement", limit=2, cursor=first["next_cursor"])
    assert [(entry["previous_minor"], entry["balance_minor"]) for entry in second["items"]] == [(0, 1)]
    assert second["next_cursor"] is None
    assert (await refused(mine.get("/wallet/statement", cursor="nonsense"))).code == "bad_input"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"amount_minor": 0}, "bad_input"),
        ({"amount_minor": -5}, "bad_input"),
        ({"amount_minor": 10**8 + 1}, "bad_input"),
        ({"amount_minor": 1.5}, "bad_input"),
        ({"amount_minor": True}, "bad_input"),
        ({"amount_minor": 5, "currency": "yuan"}, "bad_input"),
        ({"amount_minor": 5, "currency": "QQQ"}, "unknown_currency"),
        ({"amount_minor": 5, "member_id": "mem_other"}, "bad_input"),
        ({}, "bad_input"),
    ],
)
async def test_bad_top_ups_are_typed(
    database: Database, enter: Enter, body: dict[str, object], code: str
) -> None:
    _, token = await member(database)
    assert (await refused(enter(token).post("/sandbox/top-ups", body))).code == code


async def test_an_operator_tops_up_many(database: Database, enter: Enter) -> None:
    people = [await member(database) for _ in range(3)]
    boss = enter(await operator(database))
    items = [{"member_id": member_id, "amount_minor": 100} for member_id, _ in people]
    assert await boss.post("/sandbox/top-ups/bulk", {"items": items}) == {"credited_count": 3}
    for _, token in people:
        assert (await enter(token).get("/wallet"))["balances"][0]["posted_minor"] == 100
    bad = [*items, {"member_id": people[0][0], "amount_minor": 1, "currency": "QQQ"}]
    assert (await refused(boss.post("/sandbox/top-ups/bulk", {"items": bad}))).code == "unknown_currency"
    as_member = enter(people[0][1])
    assert (await refused(as_member.post("/sandbox/top-ups/bulk", {"items": items}))).status == 403


async def test_books_are_for_those_who_own_them(database: Database, enter: Enter) -> None:
    shop, other = await merchant(database), await merchant(database)
    account_id = f"merchant:{shop.merchant_id}:payable"
    paid = posting(("platform:topup", account_id, 250))
    await database.run(lambda tx, now: service.post(tx, [paid], now))
    path = f"/ledger/accounts/{account_id}/statement"
    for token in (shop.token, await operator(database)):
        page = await enter(token).get(path)
        assert [entry["amount_minor"] for entry in page["items"]] == [250]
    assert (await refused(enter(other.token).get(path))).status == 404
    for account in (
        "platform:topup",
        f"merchant:{other.merchant_id}:payable",
        f"wallet:{new_id('mem')}",
        "x",
        "merchant:",
    ):
        stranger = enter(shop.token)
        assert (await refused(stranger.get(f"/ledger/accounts/{account}/statement"))).status == 404
    _, token = await member(database)
    assert (await refused(enter(token).get(path))).status == 403
    assert (await refused(enter(shop.token).get("/ledger/trial-balance"))).status == 403


async def test_the_trial_balance_is_zero(database: Database, enter: Enter) -> None:
    _, token = await member(database)
    await enter(token).post("/sandbox/top-ups", {"amount_minor": 77})
    trial = await enter(await operator(database)).get("/ledger/trial-balance")
    assert trial
    assert {line["difference_minor"] for line in trial} == {0}
    assert "wallet" in {kind["kind"] for line in trial for kind in line["kinds"]}
