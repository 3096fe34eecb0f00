"""Wallets and books over the public API: who sees what, play money in a sandbox, replay by key."""

import asyncio
import uuid

import pytest

from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database
from fairday.ledger import service
from tests.client import Client, Problem
from tests.ledger.builders import posting
from tests.stock.people import member, merchant, operator

pytestmark = pytest.mark.usefixtures("server")


async def refused(call: object) -> Problem:
    with pytest.raises(Problem) as caught:
        await call  # type: ignore[misc]
    return caught.value


async def test_a_member_tops_up_once_per_key(database: Database, server_url: str) -> None:
    member_id, token = await member(database)
    mine = Client(server_url, token)
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


async def test_a_statement_turns_its_pages(database: Database, server_url: str) -> None:
    _, token = await member(database)
    mine = Client(server_url, token)
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
    database: Database, server_url: str, body: dict[str, object], code: str
) -> None:
    _, token = await member(database)
    assert (await refused(Client(server_url, token).post("/sandbox/top-ups", body))).code == code


async def test_an_operator_tops_up_many(database: Database, server_url: str) -> None:
    people = [await member(database) for _ in range(3)]
    boss = Client(server_url, await operator(database))
    items = [{"member_id": member_id, "amount_minor": 100} for member_id, _ in people]
    assert await boss.post("/sandbox/top-ups/bulk", {"items": items}) == {"credited_count": 3}
    for _, token in people:
        assert (await Client(server_url, token).get("/wallet"))["balances"][0]["posted_minor"] == 100
    bad = [*items, {"member_id": people[0][0], "amount_minor": 1, "currency": "QQQ"}]
    assert (await refused(boss.post("/sandbox/top-ups/bulk", {"items": bad}))).code == "unknown_currency"
    as_member = Client(server_url, people[0][1])
    assert (await refused(as_member.post("/sandbox/top-ups/bulk", {"items": items}))).status == 403


async def test_books_are_for_those_who_own_them(database: Database, server_url: str) -> None:
    shop, other = await merchant(database), await merchant(database)
    account_id = f"merchant:{shop.merchant_id}:payable"
    paid = posting(("platform:topup", account_id, 250))
    await database.run(lambda tx, now: service.post(tx, [paid], now))
    path = f"/ledger/accounts/{account_id}/statement"
    for token in (shop.token, await operator(database)):
        page = await Client(server_url, token).get(path)
        assert [entry["amount_minor"] for entry in page["items"]] == [250]
    assert (await refused(Client(server_url, other.token).get(path))).status == 404
    for account in (
        "platform:topup",
        f"merchant:{other.merchant_id}:payable",
        f"wallet:{new_id('mem')}",
        "x",
        "merchant:",
    ):
        stranger = Client(server_url, shop.token)
        assert (await refused(stranger.get(f"/ledger/accounts/{account}/statement"))).status == 404
    _, token = await member(database)
    assert (await refused(Client(server_url, token).get(path))).status == 403
    assert (await refused(Client(server_url, shop.token).get("/ledger/trial-balance"))).status == 403


async def test_the_trial_balance_is_zero(database: Database, server_url: str) -> None:
    _, token = await member(database)
    await Client(server_url, token).post("/sandbox/top-ups", {"amount_minor": 77})
    trial = await Client(server_url, await operator(database)).get("/ledger/trial-balance")
    assert trial
    assert {line["difference_minor"] for line in trial} == {0}
    assert "wallet" in {kind["kind"] for line in trial for kind in line["kinds"]}
