"""Journey: a customer stands at the counter, and the merchant finds the order by what the customer has in hand."""

import uuid

import pytest

from tests.client import Client
from tests.journeys.people import City, Shop, lines, order, refused

pytestmark = pytest.mark.usefixtures("server")


async def found(client: Client, words: str) -> list[str]:
    """Return the ids of the orders that are found."""
    return [one["order_id"] for one in (await client.get("/orders", q=words))["items"]]


async def sell(city: City, shop: Shop, receipt_id: str) -> None:
    """Sell one piece for cash at a till of the shop."""
    till = await city.till(shop)
    body = {
        "receipt_id": receipt_id,
        "lines": [{"sku_id": shop.sku_ids[0], "quantity": 1}],
        "expected_total_minor": 5_000,
        "cash_tendered_minor": 5_000,
    }
    await till.clerk.post("/till-sales", body)


async def test_an_order_is_found_by_number_ending_receipt_and_phone(city: City) -> None:
    shop, other = await city.shop([5_000]), await city.shop([5_000])
    [member] = await city.members(1, wallet_minor=100_000)
    mine = (await order(member, lines(shop, 1)))["order_id"]
    theirs = (await order(member, lines(other, 1)))["order_id"]
    assert await found(shop.client, mine) == [mine]
    assert await found(shop.client, f"#{mine[-6:].upper()}") == [mine]
    for words in (theirs, theirs[-8:], "ord_none", "no such thing"):
        assert await found(shop.client, words) == []
    receipt = f"R-{uuid.uuid4().hex[:8]}"
    await sell(city, shop, receipt)
    await sell(city, other, receipt)
    [sold] = await found(shop.client, receipt)
    assert sold not in await found(other.client, receipt)
    boss = await city.operator()
    assert await found_for(boss, mine, shop.merchant_id) == [mine]
    async with refused("bad_input"):
        await member.client.get("/orders", q=mine)


async def found_for(boss: Client, words: str, merchant_id: str) -> list[str]:
    """Search as the operator, who names the merchant."""
    page = await boss.get("/orders", q=words, merchant_id=merchant_id)
    return [one["order_id"] for one in page["items"]]


async def test_a_whole_phone_number_finds_its_member_and_its_end_nobody(city: City) -> None:
    shop = await city.shop([5_000])
    guest = city.client()
    phone = f"+86138{uuid.uuid4().int % 10**8:08}"
    await guest.post("/sessions/phone-codes", {"phone": phone})
    messages = (await guest.get("/sandbox/messages"))["items"]
    text = next(one["text"] for one in messages if one["phone"] == phone)
    code = next(word for word in text.replace(".", " ").split() if len(word) == 6 and word.isdigit())
    made = await guest.post("/members", {"phone": phone, "code": code, "nickname": "晓雯"})
    client = city.client(made["token"])
    await client.post("/sandbox/top-ups", {"amount_minor": 10_000, "currency": "CNY"})
    cart = {"lines": lines(shop, 1), "currency": "CNY"}
    placed = await client.post("/orders", cart | {"expected_total_minor": 5_000, "pay_with": "wallet"})
    for words in (phone, phone[3:], f"{phone[3:6]} {phone[6:10]} {phone[10:]}"):
        assert await found(shop.client, words) == [placed["order_id"]]
    assert placed["order_id"] not in await found(shop.client, phone[-5:])
