"""Set a payment PIN, pay with it, guess it; pay small amounts without it; set a password and sign in by phone."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from fairday.identity import rules
from fairday.identity.errors import WeakPin
from fairday.kernel.tx import Database
from tests.checkout import city
from tests.identity.test_pages import Browser, a_code, a_member

PIN, OTHER, WRONG = "739204", "850315", "111222"


@pytest.fixture
async def browser(server_url: str) -> AsyncIterator[Browser]:
    """Return a browser without cookies."""
    made = Browser(server_url)
    yield made
    await made.http.aclose()


async def with_pin(browser: Browser) -> str:
    """Sign up, set a PIN, fill the wallet; return the phone."""
    phone = await a_member(browser)
    body = {"pin": PIN, "phone": phone, "code": await a_code(browser, phone)}
    status, state = await browser.ask("shop", "POST", "/me/payment-pin", body)
    assert (status, state["is_set"], state["pin_free_minor"]) == (200, True, 0), state
    assert (await browser.ask("shop", "POST", "/sandbox/top-ups", {"amount_minor": 10**6}))[0] == 201
    return phone


async def cart(database: Database, price_minor: int = 1200) -> dict[str, Any]:
    """Return an order of one thing, to be paid from the wallet."""
    async with database.transaction() as (tx, now):
        shop = await city.shop(tx, now, [price_minor])
    line = {"sku_id": shop.sku_ids[0], "quantity": 1, "store_id": shop.store_id}
    return {
        "lines": [line],
        "currency": "CNY",
        "expected_total_minor": price_minor,
        "pay_with": "wallet",
    }


async def code_of(answer: tuple[int, Any]) -> tuple[int, str | None]:
    """Return status and problem code."""
    return answer[0], answer[1].get("code")


async def test_an_order_from_the_wallet_takes_the_pin(browser: Browser, database: Database) -> None:
    await with_pin(browser)
    order = await cart(database)
    assert await code_of(await browser.ask("shop", "POST", "/orders", order)) == (403, "pin_required")
    status, problem = await browser.ask("shop", "POST", "/orders", order, fairday_pin=WRONG)
    assert (status, problem["code"], problem["details"]) == (403, "wrong_payment_pin", {"tries_left": 4})
    status, made = await browser.ask("shop", "POST", "/orders", order, fairday_pin=PIN)
    assert (status, made["status"]) == (201, "paid")
    waiting = order | {"pay_with": None}
    status, made = await browser.ask("shop", "POST", "/orders", waiting)
    assert status == 201, "reserving takes no money"
    path = f"/orders/{made['order_id']}/payments"
    assert await code_of(await browser.ask("shop", "POST", path, {})) == (403, "pin_required")
    status, paid = await browser.ask("shop", "POST", path, {}, fairday_pin=PIN)
    assert (status, paid["status"]) == (201, "paid")


async def test_who_has_no_pin_pays_without(browser: Browser, database: Database) -> None:
    await a_member(browser)
    await browser.ask("shop", "POST", "/sandbox/top-ups", {"amount_minor": 10**6})
    assert (await browser.ask("shop", "GET", "/me/payment-pin"))[1]["is_set"] is False
    assert (await browser.ask("shop", "POST", "/orders", await cart(database)))[0] == 201
    assert (await browser.ask("shop", "POST", "/pay-codes"))[0] == 201


async def test_five_wrong_pins_lock_even_the_right_one(browser: Browser, database: Database) -> None:
    phone = await with_pin(browser)
    order = await cart(database)
    answers = await asyncio.gather(
        *(browser.ask("shop", "POST", "/orders", order, fairday_pin=WRONG) for _ in range(9))
    )
    codes = sorted(document["code"] for _, document in answers)
    assert codes == ["pin_locked"] * 5 + ["wrong_payment_pin"] * 4
    status, problem = await browser.ask("shop", "POST", "/orders", order, fairday_pin=PIN)
    assert (status, problem["code"]) == (429, "pin_locked")
    assert 1700 < problem["details"]["retry_after_s"] <= 1801
    assert (await browser.ask("shop", "GET", "/me/payment-pin"))[1]["locked_until"] is not None
    body = {"pin": OTHER, "phone": phone, "code": await a_code(browser, phone)}
    status, state = await browser.ask("shop", "POST", "/me/payment-pin", body)
    assert (status, state["locked_until"]) == (200, None)
    assert (await browser.ask("shop", "POST", "/orders", order, fairday_pin=OTHER))[0] == 201


async def test_a_lock_ends_and_counts_anew(browser: Browser, database: Database) -> None:
    await with_pin(browser)
    order = await cart(database)
    for _ in range(5):
        await browser.ask("shop", "POST", "/orders", order, fairday_pin=WRONG)
    me = (await browser.ask("shop", "GET", "/me"))[1]["account_id"]
    async with database.transaction() as (tx, _):
        await tx.execute(
            "UPDATE identity.payment_pin SET locked_until = clock_timestamp() WHERE account_id = $1", me
        )
    status, problem = await browser.ask("shop", "POST", "/orders", order, fairday_pin=WRONG)
    assert (status, problem["details"]) == (403, {"tries_left": 4})
    assert (await browser.ask("shop", "POST", "/orders", order, fairday_pin=PIN))[0] == 201


async def test_small_payments_go_without_pin_when_the_member_chose_so(
    browser: Browser, database: Database
) -> None:
    await with_pin(browser)
    limit = {"pin_free_minor": 1200, "pin_free_currency": "CNY"}
    path = "/me/payment-pin/limit"
    assert await code_of(await browser.ask("shop", "POST", path, limit)) == (403, "pin_required")
    status, state = await browser.ask("shop", "POST", path, limit, fairday_pin=PIN)
    assert (status, state["pin_free_minor"]) == (200, 1200)
    small, large = await cart(database, 1200), await cart(database, 1201)
    assert await code_of(await browser.ask("shop", "POST", "/orders", large)) == (403, "pin_required")
    for _ in range(10):
        assert (await browser.ask("shop", "POST", "/orders", small))[0] == 201
    assert await code_of(await browser.ask("shop", "POST", "/orders", small)) == (403, "pin_required")
    assert await code_of(await browser.ask("shop", "POST", "/pay-codes")) == (403, "pin_required")


async def test_pay_codes_take_the_pin_once_in_five_minutes(browser: Browser, database: Database) -> None:
    await with_pin(browser)
    assert await code_of(await browser.ask("shop", "POST", "/pay-codes")) == (403, "pin_required")
    assert (await browser.ask("shop", "POST", "/pay-codes", fairday_pin=PIN))[0] == 201
    assert (await browser.ask("shop", "POST", "/pay-codes"))[0] == 201
    me = (await browser.ask("shop", "GET", "/me"))[1]["account_id"]
    async with database.transaction() as (tx, _):
        await tx.execute(
            "UPDATE identity.session SET paying_until = clock_timestamp() WHERE account_id = $1", me
        )
    assert await code_of(await browser.ask("shop", "POST", "/pay-codes")) == (403, "pin_required")


async def test_a_pin_is_changed_by_the_old_one_or_by_ones_own_phone_only(browser: Browser) -> None:
    phone = await with_pin(browser)
    path = "/me/payment-pin"
    assert await code_of(await browser.ask("shop", "POST", path, {"pin": OTHER})) == (422, "proof_missing")
    wrong = await browser.ask("shop", "POST", path, {"pin": OTHER, "old_pin": WRONG})
    assert await code_of(wrong) == (403, "wrong_payment_pin")
    other = "+9997000" + phone[-7:]
    foreign = {"pin": OTHER, "phone": other, "code": await a_code(browser, other)}
    assert await code_of(await browser.ask("shop", "POST", path, foreign)) == (401, "wrong_code")
    weak = await browser.ask("shop", "POST", path, {"pin": "123456", "old_pin": PIN})
    assert await code_of(weak) == (422, "weak_pin")
    assert (await browser.ask("shop", "POST", path, {"pin": OTHER, "old_pin": PIN}))[0] == 200


@pytest.mark.parametrize("pin", ["12345", "12345a", "7392041", "+73920"])
async def test_what_is_no_pin_is_bad_input_and_no_try(browser: Browser, database: Database, pin: str) -> None:
    await with_pin(browser)
    order = await cart(database)
    for _ in range(6):
        answer = await browser.ask("shop", "POST", "/orders", order, fairday_pin=pin)
        assert await code_of(answer) == (422, "bad_input")
    assert (await browser.ask("shop", "POST", "/orders", order, fairday_pin=PIN))[0] == 201


@pytest.mark.parametrize("pin", ["000000", "121212", "123456", "654321", "890123", "739739"])
def test_weak_pins_are_refused(pin: str) -> None:
    with pytest.raises(WeakPin):
        rules.check_payment_pin(pin)


def test_an_ordinary_pin_is_taken() -> None:
    rules.check_payment_pin(PIN)


async def test_a_member_sets_a_password_and_signs_in_with_it(browser: Browser) -> None:
    phone = await a_member(browser)
    other = Browser(browser.url)
    other.jar = {}
    code = await a_code(browser, phone)
    assert (await other.ask("shop", "POST", "/sessions/phone", {"phone": phone, "code": code}))[0] == 201
    secret = "paper lamp river 7"
    signing_in = {"phone": phone, "password": secret}
    refused = await browser.ask("shop", "POST", "/sessions/phone-password", signing_in)
    assert await code_of(refused) == (401, "wrong_secret")
    body = {"password": secret, "phone": phone, "code": await a_code(browser, phone)}
    assert (await browser.ask("shop", "POST", "/me/password", body))[0] == 200
    assert (await browser.ask("shop", "GET", "/me"))[0] == 200
    assert (await other.ask_until_refused("shop", "GET", "/me"))[1]["code"] == "session_ended"
    assert (await other.ask("shop", "POST", "/sessions/phone-password", signing_in))[0] == 201
    assert (await other.ask("shop", "GET", "/me"))[0] == 200
    change = {"password": "another river lamp", "old_password": "wrong"}
    assert await code_of(await other.ask("shop", "POST", "/me/password", change)) == (401, "wrong_secret")
    assert (await other.ask("shop", "POST", "/me/password", change | {"old_password": secret}))[0] == 200
    await other.http.aclose()
