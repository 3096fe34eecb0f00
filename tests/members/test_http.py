"""Sign up by phone, see oneself, give and withdraw consent over HTTP."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.client import Client, Problem, problem_of


@pytest.fixture
async def guest(server_url: str) -> AsyncIterator[Client]:
    """Return a client without a token."""
    client = Client(server_url)
    yield client
    await client.close()


def a_phone() -> str:
    """Return a phone of its own."""
    return f"+86139{random.randrange(10**8):08d}"


async def code_for(guest: Client, phone: str) -> str:
    """Ask for a code and read it where the sandbox shows it."""
    await guest.post("/sessions/phone-codes", {"phone": phone})
    messages = (await guest.get("/sandbox/messages"))["items"]
    text = next(message["text"] for message in messages if message["phone"] == phone)
    return next(word for word in text.split() if word.isdigit())


async def sign_up(guest: Client, **more: Any) -> dict[str, Any]:
    """Sign up with a phone of its own."""
    phone = a_phone()
    body = {"phone": phone, "code": await code_for(guest, phone), "nickname": "小满"} | more
    return {"phone": phone, **await guest.post("/members", body)}


async def test_sign_up_then_sign_in_with_the_next_code(guest: Client, server_url: str) -> None:
    made = await sign_up(guest, consents=["marketing"])
    member = Client(server_url, made["token"])
    me = await member.get("/members/me")
    assert (me["member_id"], me["nickname"]) == (made["member_id"], "小满")
    assert [(one["purpose"], one["is_given"]) for one in me["consents"]] == [("marketing", True)]
    again = await guest.post(
        "/sessions/phone", {"phone": made["phone"], "code": await code_for(guest, made["phone"])}
    )
    assert again["account_id"] == made["account_id"]
    await member.close()


async def test_a_registered_phone_may_only_sign_in_and_an_unknown_one_only_sign_up(guest: Client) -> None:
    made = await sign_up(guest)
    code = await code_for(guest, made["phone"])
    body = {"phone": made["phone"], "code": code, "nickname": "again"}
    assert await problem_of(guest.post("/members", body)) == (409, "already_registered")
    await guest.post("/sessions/phone", {"phone": made["phone"], "code": code})
    assert await problem_of(guest.post("/sessions/phone", {"phone": made["phone"], "code": code})) == (
        401,
        "wrong_code",
    )
    phone = a_phone()
    code = await code_for(guest, phone)
    assert await problem_of(guest.post("/sessions/phone", {"phone": phone, "code": code})) == (
        404,
        "no_account",
    )
    await guest.post("/members", {"phone": phone, "code": code, "nickname": "new"})


async def test_a_code_is_guessed_at_most_five_times(guest: Client) -> None:
    phone = a_phone()
    code = await code_for(guest, phone)
    wrong = [f"{(int(code) + step) % 10**6:06d}" for step in range(1, 9)]
    answers = await asyncio.gather(
        *(problem_of(guest.post("/sessions/phone", {"phone": phone, "code": one})) for one in wrong)
    )
    assert answers == [(401, "wrong_code")] * 8
    assert await problem_of(guest.post("/sessions/phone", {"phone": phone, "code": code})) == (
        401,
        "wrong_code",
    )


async def test_one_code_signs_up_one_member_however_often_it_is_sent(guest: Client) -> None:
    phone = a_phone()
    body = {"phone": phone, "code": await code_for(guest, phone), "nickname": "n"}
    answers = await asyncio.gather(*(guest.post("/members", body) for _ in range(5)), return_exceptions=True)
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    refusals = [answer for answer in answers if isinstance(answer, Problem)]
    assert {problem.code for problem in refusals} <= {"already_registered", "wrong_code"}
    assert len(refusals) == 4


async def test_consent_is_given_and_withdrawn(guest: Client, server_url: str) -> None:
    made = await sign_up(guest)
    member = Client(server_url, made["token"])
    await member.put("/members/me/consents/location", {"is_given": True})
    page = await member.put("/members/me/consents/location", {"is_given": False})
    assert [(one["purpose"], one["is_given"]) for one in page["items"]] == [("location", False)]
    assert await problem_of(member.put("/members/me/consents/faces", {"is_given": True})) == (
        404,
        "not_found",
    )
    changed = await member.patch("/members/me", {"nickname": "谷雨"})
    assert changed["nickname"] == (await member.get("/me"))["name"] == "谷雨"
    await member.close()


async def test_a_sandbox_makes_members_who_can_ask_at_once(guest: Client, server_url: str) -> None:
    made = (await guest.post("/sandbox/members", {"count": 300, "per_person": 3, "nickname": "crowd"}))[
        "items"
    ]
    assert len({one["person_id"] for one in made}) == 100
    clients = [Client(server_url, one["token"]) for one in made[:40]]
    seen = await asyncio.gather(*(client.get("/members/me") for client in clients))
    assert [one["member_id"] for one in seen] == [one["member_id"] for one in made[:40]]
    await asyncio.gather(*(client.close() for client in clients))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"count": 0}, (422, "bad_input")),
        ({"count": 1001}, (422, "bad_input")),
        ({"count": 1, "role": "operator"}, (422, "bad_input")),
    ],
)
async def test_bad_drills_are_refused(guest: Client, body: dict[str, Any], expected: tuple[int, str]) -> None:
    assert await problem_of(guest.post("/sandbox/members", body)) == expected
