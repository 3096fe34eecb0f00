"""Register passkeys and sign in with them. Source: WebAuthn level 3, by the library `webauthn`.

A passkey belongs to a host name, so this works only on the origins that the settings name, and never on an IP address.
A challenge is answered once, within five minutes, on the origin and for the account it was made for. The
authenticator must have verified its person (finger, face, PIN): a passkey stands alone, without a second factor.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from fairday.identity import own_store, rules
from fairday.identity.errors import PasskeyKnown, PasskeyNeedsName, UnknownOrigin, WrongPasskey
from fairday.identity.sign_in import count, open_for
from fairday.identity.types import Passkey, Session
from fairday.kernel.errors import NotFound
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Database, Tx

T = TypeVar("T")
CHALLENGE_TTL_S = 300.0
ASK_LIMIT = (300, 900)
"""Challenges that one address may ask for, and in how many seconds."""


def origin_of(header: bytes | None, origins: Sequence[str]) -> tuple[str, str]:
    """Return (origin, host name) of the page that asks.

    Raises: PasskeyNeedsName on an IP address; UnknownOrigin on one that the settings do not name.
    """
    origin = (header or b"").decode("latin-1")
    host = urlsplit(origin).hostname if "[" not in origin else origin
    if origin in origins and host:
        return origin, host
    if host is not None and ("[" in origin or _is_ip(host)):
        raise PasskeyNeedsName(addresses=list(origins))
    raise UnknownOrigin(addresses=list(origins))


async def ask_registration(database: Database, asker: Principal, origin: tuple[str, str]) -> dict[str, Any]:
    """Return the options for `navigator.credentials.create` in their JSON form."""
    challenge = secrets.token_bytes(32)

    async def work(tx: Tx, now: datetime) -> list[bytes]:
        await own_store.insert_challenge(tx, challenge, origin[0], asker.account_id, CHALLENGE_TTL_S)
        return await own_store.credentials(tx, asker.account_id, origin[1])

    known = await database.run(work)
    options = webauthn.generate_registration_options(
        rp_id=origin[1],
        rp_name="Fairday",
        user_id=asker.account_id.encode(),
        user_name=asker.name,
        user_display_name=asker.name,
        challenge=challenge,
        timeout=int(CHALLENGE_TTL_S * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return _json(options)


async def register(
    database: Database, asker: Principal, origin: tuple[str, str], credential: dict[str, Any], name: str
) -> Passkey:
    """Keep the passkey that an authenticator made. Raises: WrongPasskey; PasskeyKnown."""
    challenge = await _take_challenge(database, credential, origin[0], asker.account_id)
    verified = _verified(
        lambda: webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=origin[1],
            expected_origin=origin[0],
            require_user_verification=True,
        )
    )
    key = (verified.credential_id, verified.credential_public_key, verified.sign_count)
    async with database.transaction() as (tx, _):
        made = await own_store.insert_passkey(tx, new_id("pky"), asker.account_id, origin[1], key, name)
    if made is None:
        raise PasskeyKnown()
    return made


async def ask_sign_in(database: Database, origin: tuple[str, str], client_ip: str) -> dict[str, Any]:
    """Return the options for `navigator.credentials.get` in their JSON form; they name nobody. Raises: TooManyRequests."""
    await count(database, [(f"passkey-ip:{client_ip}", ASK_LIMIT)])
    challenge = secrets.token_bytes(32)
    async with database.transaction() as (tx, _):
        await own_store.insert_challenge(tx, challenge, origin[0], None, CHALLENGE_TTL_S)
    options = webauthn.generate_authentication_options(
        rp_id=origin[1],
        challenge=challenge,
        timeout=int(CHALLENGE_TTL_S * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _json(options)


async def sign_in(
    database: Database, origin: tuple[str, str], credential: dict[str, Any]
) -> tuple[str, Session]:
    """Open a session of the passkey's account and return (token, session).

    An unknown passkey, a wrong signature, a used challenge and a copied authenticator are not told apart. Raises: WrongPasskey.
    """
    challenge = await _take_challenge(database, credential, origin[0], None)
    credential_id = _verified(lambda: base64url_to_bytes(str(credential["rawId"])))
    async with database.transaction(read_only=True) as (tx, _):
        found = await own_store.passkey(tx, credential_id, origin[1])
    if found is None:
        raise WrongPasskey()
    passkey_id, account_id, public_key, sign_count, role = found
    verified = _verified(
        lambda: webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=origin[1],
            expected_origin=origin[0],
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    )
    ttl_s = rules.SESSION_TTL_S if role is Role.MEMBER else rules.STAFF_TTL_S

    async def finish(tx: Tx, now: datetime) -> tuple[str, Session]:
        if not await own_store.note_passkey_use(tx, passkey_id, verified.new_sign_count):
            raise WrongPasskey()
        return await open_for(tx, account_id, ttl_s)

    return await database.run(finish)


async def forget(tx: Tx, asker: Principal, passkey_id: str) -> None:
    """Forget one of the asker's own passkeys. Raises: NotFound."""
    if not await own_store.delete_passkey(tx, passkey_id, asker.account_id):
        raise NotFound(what="passkey")


async def _take_challenge(
    database: Database, credential: dict[str, Any], origin: str, account_id: str | None
) -> bytes:
    """Take the challenge that the answer names, in a transaction of its own: a wrong answer uses it up too."""
    challenge = _verified(lambda: _challenge_in(credential))
    async with database.transaction() as (tx, _):
        is_ours = await own_store.take_challenge(tx, challenge, origin, account_id)
    if not is_ours:
        raise WrongPasskey()
    return challenge


def _challenge_in(credential: dict[str, Any]) -> bytes:
    client_data = msgspec.json.decode(base64url_to_bytes(str(credential["response"]["clientDataJSON"])))
    return base64url_to_bytes(str(client_data["challenge"]))


def _verified(work: Callable[[], T]) -> T:
    """Do `work` on what a stranger sent. Raises: WrongPasskey whatever is wrong with it."""
    try:
        return work()
    except (WebAuthnException, ValueError, TypeError, LookupError, AttributeError, msgspec.MsgspecError):
        raise WrongPasskey() from None


def _json(options: Any) -> dict[str, Any]:
    return msgspec.json.decode(webauthn.options_to_json(options), type=dict[str, Any])


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
