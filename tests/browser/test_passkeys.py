"""Add a passkey and sign in with it in a real browser, with Chromium's virtual authenticator."""

from typing import Any
from urllib.parse import urlsplit

from tests.browser.conftest import WatchedPage
from tests.browser.test_cookies import ask, sign_up

ADD = """async (options) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({publicKey})).toJSON();
}"""
USE = """async (options) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await navigator.credentials.get({publicKey})).toJSON();
}"""


async def plug_in(page: Any) -> None:
    """Give the page's browser an authenticator that verifies its person."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    await devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


async def test_a_member_adds_a_passkey_and_signs_in_with_it(
    browser_page: WatchedPage, server_url: str
) -> None:
    page = browser_page.page
    await page.goto(f"http://localhost:{urlsplit(server_url).port}/healthz")
    await plug_in(page)
    await sign_up(page)
    _, me = await ask(page, "shop", "GET", "/me")
    status, options = await ask(page, "shop", "POST", "/me/passkeys/options")
    assert status == 200, options
    credential = await page.evaluate(ADD, options["public_key"])
    status, made = await ask(
        page, "shop", "POST", "/me/passkeys", {"credential": credential, "name": "Chromium"}
    )
    assert (status, made["rp_id"]) == (201, "localhost"), made
    assert (await ask(page, "shop", "DELETE", "/sessions/current"))[0] == 200
    _, options = await ask(page, "shop", "POST", "/sessions/passkeys/options")
    credential = await page.evaluate(USE, options["public_key"])
    status, signed_in = await ask(page, "shop", "POST", "/sessions/passkeys", {"credential": credential})
    assert (status, signed_in["token"]) == (201, None)
    assert (await ask(page, "shop", "GET", "/me"))[1]["account_id"] == me["account_id"]


async def test_on_an_ip_address_the_page_is_told_to_use_the_name(
    browser_page: WatchedPage, server_url: str
) -> None:
    page = browser_page.page
    await page.goto(f"{server_url}/healthz")
    status, problem = await ask(page, "shop", "POST", "/sessions/passkeys/options")
    assert (status, problem["code"]) == (409, "passkey_needs_name")
