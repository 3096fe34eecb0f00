"""Red packets over HTTP: a member sends by PIN, friends open the link, one is late; a campaign lets it rain."""

import asyncio
import traceback
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.http.routes import Call
from fairday.kernel.tx import Database
from fairday.redpackets import errors, http
from fairday.redpackets.gone import Ended, ended
from tests.client import Client, refused
from tests.identity.test_pages import Browser
from tests.identity.test_payment_pins import PIN, with_pin
from tests.journeys.people import City, instant

LUCKY = {"total_minor": 900, "shares_count": 3, "mode": "lucky", "message": "恭喜发财"}


@pytest.fixture
async def city(server_url: str, database: Database) -> AsyncIterator[City]:
    """Return a city whose clients are closed afterwards."""
    made = City(server_url, database)
    yield made
    await made.close()


async def free(client: Client) -> int:
    """Return what a member's wallet holds in yuan."""
    balances = (await client.get("/wallet"))["balances"]
    return balances[0]["free_minor"] if balances else 0


async def test_three_have_a_share_and_one_is_too_late(city: City) -> None:
    [sender, *friends] = await city.members(5, wallet_minor=1_000)
    packet = await sender.client.post("/red-packets", LUCKY)
    path = f"/red-packets/{packet['packet_id']}"
    assert await free(sender.client) == 100
    had = []
    for friend in friends[:3]:
        shown = await friend.client.get(path)
        assert (shown["state"], shown["message"], shown["total_minor"], shown["mine"]) == (
            "open",
            "恭喜发财",
            None,
            None,
        )
        grab = await friend.client.post(f"{path}/grabs")
        had.append(grab["amount_minor"])
        assert await free(friend.client) == 1_000 + grab["amount_minor"]
        again = await refused(friend.client.post(f"{path}/grabs"), 409, "packet_already_grabbed")
        assert again.document["details"]["amount_minor"] == grab["amount_minor"]
    assert sum(had) == 900
    for _ in range(3):  # from the database, then from the memory of the process
        await refused(friends[3].client.post(f"{path}/grabs"), 409, "packet_all_gone")
    listed = (await friends[3].client.get(f"{path}/grabs", limit=2))["items"]
    assert [one["place"] for one in listed] == [3, 2]
    everyone = (await sender.client.get(f"{path}/grabs"))["items"]
    [best] = [one for one in everyone if one["is_luckiest"]]
    assert best["amount_minor"] == max(had)
    assert (await sender.client.get("/red-packets/sent"))["items"][0]["taken_minor"] == 900
    mine = (await friends[0].client.get("/red-packets/grabbed"))["items"]
    assert [(one["amount_minor"], one["packet_id"]) for one in mine] == [(had[0], packet["packet_id"])]
    message = await told(sender.client, "packet_gone")
    assert (message["about"]["packet_id"], message["about"]["amount_minor"]) == (packet["packet_id"], 900)


async def told(client: Client, kind: str) -> dict[str, Any]:
    """Wait for a message of a kind and return it."""
    for _ in range(100):
        found = [one for one in (await client.get("/inbox"))["items"] if one["kind"] == kind]
        if found:
            return found[0]
        await asyncio.sleep(0.1)
    raise AssertionError(f"nobody told of {kind}")


async def test_fifty_taps_at_once_are_one_share(city: City) -> None:
    [sender, friend] = await city.members(2, wallet_minor=1_000)
    packet = await sender.client.post("/red-packets", LUCKY)
    path = f"/red-packets/{packet['packet_id']}/grabs"
    key = uuid.uuid4().hex
    same = await asyncio.gather(*(friend.client.post(path, key=key) for _ in range(50)))
    assert len({one["place"] for one in same}) == 1
    results = await asyncio.gather(*(friend.client.post(path) for _ in range(50)), return_exceptions=True)
    assert {getattr(one, "code", "ok") for one in results} == {"packet_already_grabbed"}
    assert (await sender.client.get(path.removesuffix("/grabs")))["taken_count"] == 1
    # Once all is gone, whose answer was lost still hears it by its key.
    others = await city.members(3)
    for one in others[:2]:
        await one.client.post(path)
    await refused(others[2].client.post(path), 409, "packet_all_gone")
    await refused(others[2].client.post(path), 409, "packet_all_gone")
    assert await friend.client.post(path, key=key) == same[0]


async def test_two_accounts_of_one_person_have_one_share(city: City) -> None:
    [sender] = await city.members(1, wallet_minor=1_000)
    twins = await city.members(2, per_person=2)
    packet = await sender.client.post("/red-packets", LUCKY)
    path = f"/red-packets/{packet['packet_id']}/grabs"
    await twins[0].client.post(path)
    await refused(twins[1].client.post(path), 409, "packet_already_grabbed")


async def test_what_is_sent_is_asked_with_the_pin(browser: Browser) -> None:
    await with_pin(browser)
    status, problem = await browser.ask("shop", "POST", "/red-packets", LUCKY)
    assert (status, problem["code"]) == (403, "pin_required")
    status, packet = await browser.ask("shop", "POST", "/red-packets", LUCKY, fairday_pin=PIN)
    assert (status, packet["state"]) == (201, "open")


@pytest.fixture
async def browser(server_url: str) -> AsyncIterator[Browser]:
    """Return a browser without cookies."""
    made = Browser(server_url)
    yield made
    await made.http.aclose()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"total_minor": 2}, 422, "bad_input"),
        ({"shares_count": 0}, 422, "bad_input"),
        ({"budget": "rain"}, 422, "bad_input"),
        ({"message": "x" * 61}, 422, "bad_input"),
        ({"currency": "USD"}, 422, "packet_currency"),
        ({"total_minor": 20_001}, 422, "packet_too_large"),
        ({"member_ids": ["mem_nobody"]}, 422, "packet_invited_unknown"),
        ({"total_minor": 1_001}, 409, "packet_unfunded"),
        ({"starts_at": "2020-01-01T00:00:00Z"}, 422, "bad_input"),
    ],
)
async def test_what_is_not_sent_says_why(city: City, change: dict[str, Any], status: int, code: str) -> None:
    [sender] = await city.members(1, wallet_minor=1_000)
    await refused(sender.client.post("/red-packets", LUCKY | change), status, code)
    assert await free(sender.client) == 1_000
    assert (await sender.client.get("/red-packets/sent"))["items"] == []


async def test_a_campaign_lets_it_rain_from_its_budget(city: City) -> None:
    boss = await city.operator()
    [friend] = await city.members(1)
    name = f"rain-{uuid.uuid4().hex[:8]}"
    body = {"total_minor": 300_000, "shares_count": 1_500, "mode": "equal", "budget": name}
    await refused(boss.post("/red-packets", body), 409, "packet_unfunded")
    given = await boss.post(f"/ledger/campaign-budgets/{name}/allotments", {"amount_minor": 300_000})
    assert given["left_minor"] == 300_000
    starts_at = await city.now() + timedelta(hours=1)
    packet = await boss.post("/red-packets", body | {"starts_at": starts_at.isoformat()})
    early = await refused(
        friend.client.post(f"/red-packets/{packet['packet_id']}/grabs"), 409, "packet_not_started"
    )
    assert instant(early.document["details"]["starts_at"]) == starts_at
    assert packet["packet_id"] in {one["packet_id"] for one in (await boss.get("/red-packets/sent"))["items"]}
    [left] = [one for one in (await boss.get("/ledger/campaign-budgets"))["items"] if one["budget"] == name]
    assert left["left_minor"] == 0
    await refused(friend.client.get("/ledger/campaign-budgets"), 403)
    await refused(
        boss.post("/ledger/campaign-budgets/RAIN/allotments", {"amount_minor": 1}), 422, "bad_input"
    )
    audited = await boss.get("/audit", target_id=packet["packet_id"])
    assert [one["route"] for one in audited["items"]] == ["/red-packets"]


async def test_limits_are_data(city: City) -> None:
    boss = await city.operator()
    [sender] = await city.members(1, wallet_minor=1_000, currency="THB")
    wanted = LUCKY | {"currency": "THB"}
    await refused(sender.client.post("/red-packets", wanted), 422, "packet_currency")
    await boss.put("/red-packet-limits/THB", {"total_max_minor": 900, "shares_max": 3})
    assert {"currency": "THB", "total_max_minor": 900, "shares_max": 3} in (
        await sender.client.get("/red-packet-limits")
    )["items"]
    await sender.client.post("/red-packets", wanted)
    await refused(sender.client.post("/red-packets", wanted | {"shares_count": 4}), 422, "packet_too_large")
    await refused(boss.put("/red-packet-limits/XQX", {"total_max_minor": 9, "shares_max": 3}), 422)
    await refused(sender.client.put("/red-packet-limits/THB", {"total_max_minor": 9, "shares_max": 3}), 403)


async def test_a_packet_for_the_listed_is_nobody_elses(city: City) -> None:
    sender, friend, stranger = await city.members(3, wallet_minor=1_000)
    packet = await sender.client.post("/red-packets", LUCKY | {"member_ids": [friend.member_id]})
    path = f"/red-packets/{packet['packet_id']}"
    await refused(stranger.client.get(path), 404, "packet_unknown")
    await refused(stranger.client.get(f"{path}/grabs"), 404, "packet_unknown")
    await refused(stranger.client.post(f"{path}/grabs"), 403, "packet_not_invited")
    await told(friend.client, "packet_invited")
    await friend.client.post(f"{path}/grabs")
    await refused(friend.client.post("/red-packets/pkt_none/grabs"), 404, "packet_unknown")


def test_a_packet_that_is_gone_costs_no_database() -> None:
    """The route refuses from memory: it has no services to ask. Who had a share goes on to the lane."""
    ended.remember("pkt_memory", errors.AllGone(), frozenset({"mem_had"}))
    call = Call(None, {"packet_id": "pkt_memory"}, {})
    call.principal = Principal("acc_1", Role.MEMBER, "ses_1", member_id="mem_late")
    depths = set()
    for _ in range(3):
        with pytest.raises(errors.AllGone) as refusal:
            http.grab_packet(call)
        depths.add(len(list(traceback.walk_tb(refusal.value.__traceback__))))
    assert len(depths) == 1, "a refusal that is raised again keeps the frames of every time"
    call.principal = Principal("acc_1", Role.MEMBER, "ses_1", member_id="mem_had")
    assert http.grab_packet(call).member_id == "mem_had"


def test_the_memory_of_what_ended_has_a_bound() -> None:
    memory, gone = Ended(members_max=10), errors.AllGone()
    for number in range(4):
        memory.remember(f"pkt_{number}", gone, frozenset(f"mem_{number}_{n}" for n in range(3)))
    assert [f"pkt_{number}" in memory for number in range(4)] == [False, False, True, True]
    assert isinstance(memory.refusal("pkt_2", "mem_x"), errors.AllGone)
    memory.remember("pkt_9", gone, frozenset({"mem_a", "mem_b"}))
    assert ["pkt_2" in memory, "pkt_3" in memory] == [True, False], "the least asked for is forgotten first"
