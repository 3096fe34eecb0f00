"""Sign in, sign out, staff and keys over HTTP, as people and as strangers do."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest

from fairday.identity import service
from fairday.identity.types import AccountDraft
from fairday.kernel.http.principal import Role
from fairday.kernel.tx import Database
from tests.client import Client, is_nobody, problem_of
from tests.identity.windows import begin_in_one_window

PASSWORD = "paper lamp river 7"


@pytest.fixture
async def guest(server_url: str) -> AsyncIterator[Client]:
    """Return a client without a token."""
    client = Client(server_url)
    yield client
    await client.close()


@pytest.fixture
async def operator(server_url: str, database: Database) -> AsyncIterator[Client]:
    """Return a signed-in operator of its own."""
    async with database.transaction() as (tx, now):
        account = await service.create_account(tx, AccountDraft(role=Role.OPERATOR, name="op"), now)
        token, _ = await service.open_session(tx, account.account_id, ttl_s=600, now=now)
    client = Client(server_url, token)
    yield client
    await client.close()


def a_login() -> str:
    """Return a login of its own."""
    return f"u{uuid.uuid4().hex[:16]}"


async def a_shop(operator: Client, server_url: str) -> tuple[str, Client, str]:
    """Return (merchant id, its signed-in client, its login)."""
    merchant = await operator.post("/merchants", {"name": "灯笼百货"})
    login = a_login()
    await operator.post(
        f"/merchants/{merchant['merchant_id']}/accounts",
        {"role": "merchant", "name": "boss", "login": login, "password": PASSWORD},
    )
    guest = Client(server_url)
    signed_in = await guest.post("/sessions", {"login": login.upper(), "password": PASSWORD})
    await guest.close()
    return merchant["merchant_id"], Client(server_url, signed_in["token"]), login


async def test_sign_in_me_and_sign_out(operator: Client, server_url: str) -> None:
    merchant_id, shop, _ = await a_shop(operator, server_url)
    me = await shop.get("/me")
    assert (me["role"], me["merchant"]["merchant_id"], me["scopes"]) == ("merchant", merchant_id, None)
    assert await shop.delete("/sessions/current") == {"is_ended": True}
    await is_nobody(shop)
    await shop.close()


async def test_unknown_and_wrong_are_not_told_apart_and_guesses_are_limited(
    operator: Client, server_url: str, guest: Client
) -> None:
    await begin_in_one_window()
    _, shop, login = await a_shop(operator, server_url)
    unknown = await problem_of(guest.post("/sessions", {"login": a_login(), "password": PASSWORD}))
    assert unknown == (401, "wrong_secret")
    answers = await asyncio.gather(
        *(problem_of(guest.post("/sessions", {"login": login, "password": f"wrong {n}"})) for n in range(8))
    )
    assert sorted(answers) == [(401, "wrong_secret")] * 5 + [(429, "too_many_requests")] * 3
    right = await problem_of(guest.post("/sessions", {"login": login, "password": PASSWORD}))
    assert right == (429, "too_many_requests")
    await shop.close()


async def test_a_shop_sees_and_staffs_only_itself(operator: Client, server_url: str) -> None:
    mine, shop, _ = await a_shop(operator, server_url)
    other, stranger, _ = await a_shop(operator, server_url)
    assert [item["merchant_id"] for item in (await shop.get("/merchants"))["items"]] == [mine]
    assert await problem_of(shop.get(f"/merchants/{other}")) == (404, "not_found")
    assert await problem_of(shop.get("/merchants/mer_none")) == (404, "not_found")
    clerk = await shop.post(f"/merchants/{mine}/accounts", {"role": "clerk", "name": "Mei", "pin": "274913"})
    assert clerk["role"] == "clerk"
    assert "pin" not in str(clerk)
    foreign = shop.post(f"/merchants/{other}/accounts", {"role": "clerk", "name": "Mei"})
    assert await problem_of(foreign) == (404, "not_found")
    higher = shop.post(f"/merchants/{mine}/accounts", {"role": "operator", "name": "x"})
    assert await problem_of(higher) == (403, "not_allowed")
    change = {"status": "closed"}
    assert await problem_of(stranger.patch(f"/accounts/{clerk['account_id']}", change)) == (404, "not_found")
    assert (await shop.patch(f"/accounts/{clerk['account_id']}", change))["status"] == "closed"
    staff = (await shop.get(f"/merchants/{mine}/accounts"))["items"]
    assert {item["name"]: item["status"] for item in staff} == {"boss": "active", "Mei": "closed"}
    await shop.close()
    await stranger.close()


async def test_a_key_works_within_its_scopes_until_it_is_revoked(operator: Client, server_url: str) -> None:
    mine, shop, _ = await a_shop(operator, server_url)
    made = await shop.post("/api-keys", {"name": "ERP", "scopes": ["identity:read"]})
    key = Client(server_url, made["secret"])
    assert (await key.get("/me"))["scopes"] == ["identity:read"]
    staff = key.post(f"/merchants/{mine}/accounts", {"role": "clerk", "name": "Mei"})
    assert await problem_of(staff) == (403, "not_allowed")
    [listed] = (await shop.get("/api-keys"))["items"]
    assert listed["key_id"] == made["key"]["key_id"]
    assert made["secret"] not in str(listed)
    await shop.delete(f"/api-keys/{made['key']['key_id']}")
    await is_nobody(key)
    await shop.close()
    await key.close()


async def test_a_key_cannot_widen_itself_through_its_account(operator: Client, server_url: str) -> None:
    _, shop, _ = await a_shop(operator, server_url)
    account_id = (await shop.get("/me"))["account_id"]
    made = await shop.post("/api-keys", {"name": "ERP", "scopes": ["identity:write"]})
    key = Client(server_url, made["secret"])
    change = key.patch(f"/accounts/{account_id}", {"password": "another river lamp"})
    assert await problem_of(change) == (403, "not_allowed")
    wider = key.post("/api-keys", {"name": "more", "scopes": ["orders:read"]})
    assert await problem_of(wider) == (403, "scope_not_yours")
    await shop.close()
    await key.close()


async def test_a_new_password_ends_the_sessions_that_stood(operator: Client, server_url: str) -> None:
    _, shop, login = await a_shop(operator, server_url)
    account_id = (await shop.get("/me"))["account_id"]
    await operator.patch(f"/accounts/{account_id}", {"password": "another river lamp"})
    await is_nobody(shop)
    guest = Client(server_url)
    await guest.post("/sessions", {"login": login, "password": "another river lamp"})
    await guest.close()
    await shop.close()


async def test_merchants_come_in_pages(operator: Client) -> None:
    made = [(await operator.post("/merchants", {"name": f"店{n}"}))["merchant_id"] for n in range(3)]
    seen: list[str] = []
    cursor = None
    while True:
        page = await operator.get("/merchants", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [item["merchant_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [one for one in seen if one in made] == made


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/sessions", {"login": "a", "password": "b"}, (422, "bad_input")),
        ("/sessions", {"login": "abc"}, (422, "bad_input")),
        ("/sessions", {"login": "abc", "password": "x" * 129}, (422, "bad_input")),
        ("/sessions/phone-codes", {"phone": "not a phone"}, (422, "bad_phone")),
        ("/sessions/phone", {"phone": "13800138000", "code": "12345"}, (422, "bad_input")),
        ("/sessions/phone", {"phone": "13800138000", "code": "123456"}, (401, "wrong_code")),
        ("/merchants", {"name": "x"}, (401, "not_signed_in")),
        ("/api-keys", {"name": "x", "scopes": ["a:read"]}, (401, "not_signed_in")),
    ],
)
async def test_bad_input_is_refused_in_a_typed_way(
    guest: Client, path: str, body: dict[str, object], expected: tuple[int, str]
) -> None:
    assert await problem_of(guest.post(path, body)) == expected


async def test_bad_tokens_are_nobody(server_url: str) -> None:
    for token in ("x", "fds_" + "a" * 43, "fds_" + "a" * 500, "%00"):
        client = Client(server_url, token)
        assert await problem_of(client.get("/me")) == (401, "not_signed_in")
        await client.close()


async def test_the_sandbox_shows_logins_only_where_there_is_a_demo(guest: Client) -> None:
    assert isinstance((await guest.get("/sandbox/logins"))["items"], list)
