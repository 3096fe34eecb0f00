"""Serve sign-in; merchants, staff and keys are in `http_staff`. Answers that hold a secret take no Idempotency-Key: none is stored."""

import asyncio
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from fairday.identity import (
    errors,
    http_own,
    http_passkeys,
    http_shops,
    http_staff,
    passwords,
    service,
    sign_in,
    store,
)
from fairday.identity.answering import SignedIn, signed_in
from fairday.identity.types import (
    Code,
    Ended,
    Login,
    Merchant,
    Message,
    Phone,
)
from fairday.kernel import strict_json
from fairday.kernel.errors import TooManyRequests
from fairday.kernel.http import browser
from fairday.kernel.http.browser import App
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.http.routes import ANYONE_SIGNED_IN, PUBLIC, Call, Page, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.tx import Tx

router = Router("identity")
for _part in (http_staff, http_own, http_passkeys, http_shops):
    router.routes += _part.router.routes


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sign in with a login and a password."""

    login: Login
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class PhoneCodeAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a code by text message."""

    phone: Phone


class PhoneSignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sign in with the code that came by text message."""

    phone: Phone
    code: Code


class PhonePassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sign in with the phone and the password of a member."""

    phone: Phone
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class CodeSent(msgspec.Struct, frozen=True):
    """Tell how long the code is good and when another may be asked for; the same for known and unknown phones."""

    expires_in_s: int = 600
    retry_after_s: int = 60


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Tell who asks and what that principal is bound to. `scopes` is null for sessions."""

    account_id: str
    role: Role
    name: str
    merchant: Merchant | None
    store_id: str | None
    till_id: str | None
    member_id: str | None
    scopes: list[str] | None


class DemoLogin(msgspec.Struct, frozen=True):
    """Hold a sign-in of the demo: printed at the start, here for the pages of a sandbox."""

    role: str
    name: str
    login: str
    secret: str


@router.lane(
    "/sessions",
    who=PUBLIC,
    body=SignIn,
    returns=SignedIn,
    status=201,
    needs_key=False,
    summary="Sign in",
    refusals=(errors.WrongSecret, TooManyRequests),
    body_max=4096,
    example={"login": "lantern", "password": "paper lamp river 7"},
)
async def sign_in_by_password(call: Call, body: SignIn) -> Answer:
    """Open a session by login and password. Unknown logins and wrong passwords answer alike."""
    token, session = await sign_in.by_password(
        call.services.database, body.login, body.password, call.client_ip
    )
    return await signed_in(call, token, session)


@router.lane(
    "/sessions/phone-codes",
    who=PUBLIC,
    body=PhoneCodeAsk,
    returns=CodeSent,
    status=202,
    needs_key=False,
    summary="Ask for a code by text message",
    refusals=(errors.BadPhone, TooManyRequests, errors.PhonesUnavailable),
    body_max=4096,
    example={"phone": "+8613800138000"},
)
async def ask_phone_code(call: Call, body: PhoneCodeAsk) -> Answer:
    """Send a six-digit code, good for ten minutes and five tries. A sandbox shows it at GET /v1/sandbox/messages."""
    if not call.services.settings.sandbox:
        raise errors.PhonesUnavailable()
    await sign_in.send_phone_code(call.services.database, body.phone, call.client_ip)
    return Answer(202, strict_json.encode(CodeSent()))


@router.lane(
    "/sessions/phone",
    who=PUBLIC,
    body=PhoneSignIn,
    returns=SignedIn,
    status=201,
    needs_key=False,
    summary="Sign in with a phone code",
    refusals=(errors.BadPhone, errors.WrongCode, errors.NoAccount),
    body_max=4096,
    example={"phone": "+8613800138000", "code": "274913"},
)
async def sign_in_by_phone(call: Call, body: PhoneSignIn) -> Answer:
    """Open a session of the phone's member; from the console, of the owner whose shop was opened with the phone."""
    token, session = await sign_in.by_phone_code(
        call.services.database, body.phone, body.code, as_owner=call.app is App.CONSOLE
    )
    return await signed_in(call, token, session)


@router.lane(
    "/sessions/phone-password",
    who=PUBLIC,
    body=PhonePassword,
    returns=SignedIn,
    status=201,
    needs_key=False,
    summary="Sign in with phone and password",
    refusals=(errors.BadPhone, errors.WrongSecret, TooManyRequests),
    body_max=4096,
    example={"phone": "+8613800138000", "password": "paper lamp river 7"},
)
async def sign_in_by_phone_password(call: Call, body: PhonePassword) -> Answer:
    """Open a session of the phone's member by the password it has set (POST /v1/me/password)."""
    token, session = await passwords.sign_in_by_phone(
        call.services.database, body.phone, body.password, call.client_ip
    )
    return await signed_in(call, token, session)


@router.write(
    "DELETE",
    "/sessions/current",
    who=ANYONE_SIGNED_IN,
    returns=Ended,
    needs_key=False,
    summary="Sign out",
)
async def sign_out(call: Call, tx: Tx) -> Ended:
    """End the session (or key) of this request at once, in every process."""
    await service.revoke_session(tx, call.principal.session_id)
    browser.forget(call)
    return Ended()


@router.read("/me", who=ANYONE_SIGNED_IN, returns=Me, summary="Who am I")
async def me(call: Call, tx: Tx) -> Me:
    """Tell who asks, in which role, bound to which merchant, store, till or member."""
    asker: Principal = call.principal
    found = await service.merchants(tx, [asker.merchant_id]) if asker.merchant_id else {}
    return Me(
        account_id=asker.account_id,
        role=asker.role,
        name=asker.name,
        merchant=found.get(asker.merchant_id or ""),
        store_id=asker.store_id,
        till_id=asker.till_id,
        member_id=asker.member_id,
        scopes=None if asker.scopes is None else sorted(asker.scopes),
    )


@router.read(
    "/sandbox/messages",
    who=PUBLIC,
    returns=Page[Message],
    needs_sandbox=True,
    summary="Read sandbox messages",
)
async def list_messages(call: Call, tx: Tx) -> Page[Message]:
    """Show the newest 50 text messages that a real Fairday would have sent."""
    return Page(await store.messages(tx, 50))


@router.read(
    "/sandbox/logins",
    who=PUBLIC,
    returns=Page[DemoLogin],
    needs_sandbox=True,
    summary="Read the demo's logins",
)
async def list_demo_logins(call: Call, tx: Tx) -> Page[DemoLogin]:
    """Show the sign-ins of the demo city to this machine only; empty for everyone else and when there is no demo."""
    if not _is_this_machine(call):
        return Page([])
    path = Path(call.services.settings.home) / "demo-logins.json"
    return Page(await asyncio.to_thread(_demo_logins, path))


def _is_this_machine(call: Call) -> bool:
    """Tell whether a person at this machine asks: not through a proxy, and not by a name that another site chose (rebinding)."""
    headers = call.headers
    if not _is_loopback(call.client_ip) or b"forwarded" in headers or b"x-forwarded-for" in headers:
        return False
    host = urlsplit("//" + headers.get(b"host", b"").decode("latin-1")).hostname or ""
    is_own_page = headers.get(b"sec-fetch-site", b"same-origin") in (b"same-origin", b"none")
    return is_own_page and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _demo_logins(path: Path) -> list[DemoLogin]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[DemoLogin])
    except (OSError, msgspec.DecodeError):
        return []
