"""Serve passkeys: register, list and forget one's own, and sign in. Answers with sessions take no Idempotency-Key."""

from typing import Annotated, Any

import msgspec

from fairday.identity import errors, own_store, passkeys
from fairday.identity.answering import SignedIn, signed_in
from fairday.identity.http_own import WITH_PASSWORD, is_person
from fairday.identity.types import Name, Passkey
from fairday.kernel import strict_json
from fairday.kernel.errors import NotFound, TooManyRequests
from fairday.kernel.http.routes import PUBLIC, Call, Page, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.tx import Tx

router = Router("identity")
_ORIGIN = (errors.PasskeyNeedsName, errors.UnknownOrigin)
_CREDENTIAL_BYTES_MAX = 32 * 1024
Credential = Annotated[
    dict[str, Any], msgspec.Meta(description="A PublicKeyCredential as its toJSON() gives it.")
]


class PasskeyOptions(msgspec.Struct, frozen=True):
    """Hold what the browser's `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` takes; good for five minutes."""

    public_key: dict[str, Any]


class NewPasskey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Hold what an authenticator made, and a name by which its person knows it."""

    credential: Credential
    name: Name


class PasskeySignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Hold what an authenticator signed."""

    credential: Credential


def _origin(call: Call) -> tuple[str, str]:
    return passkeys.origin_of(call.headers.get(b"origin"), call.services.settings.origins)


@router.lane(
    "/me/passkeys/options",
    who=WITH_PASSWORD,
    returns=PasskeyOptions,
    needs_key=False,
    summary="Begin to add a passkey",
    refusals=_ORIGIN,
)
async def ask_passkey(call: Call) -> Answer:
    """Return the options for `navigator.credentials.create`. Passkeys need a host name: localhost or the LAN name, no IP."""
    is_person(call)
    options = await passkeys.ask_registration(call.services.database, call.principal, _origin(call))
    return Answer(200, strict_json.encode(PasskeyOptions(options)))


@router.lane(
    "/me/passkeys",
    who=WITH_PASSWORD,
    body=NewPasskey,
    returns=Passkey,
    status=201,
    needs_key=False,
    summary="Add a passkey",
    refusals=(*_ORIGIN, errors.WrongPasskey, errors.PasskeyKnown),
    body_max=_CREDENTIAL_BYTES_MAX,
)
async def add_passkey(call: Call, body: NewPasskey) -> Answer:
    """Keep the passkey that the authenticator made for the options asked before."""
    is_person(call)
    made = await passkeys.register(
        call.services.database, call.principal, _origin(call), body.credential, body.name
    )
    return Answer(201, strict_json.encode(made))


@router.read("/me/passkeys", who=WITH_PASSWORD, returns=Page[Passkey], summary="List my passkeys")
async def list_passkeys(call: Call, tx: Tx) -> Page[Passkey]:
    """List one's own passkeys, oldest first."""
    return Page(await own_store.passkeys(tx, call.principal.account_id))


@router.write(
    "DELETE",
    "/me/passkeys/{passkey_id}",
    who=WITH_PASSWORD,
    returns=None,
    status=204,
    summary="Forget a passkey",
    refusals=(NotFound,),
)
async def forget_passkey(call: Call, tx: Tx) -> None:
    """Forget one of one's own passkeys; sessions that it opened stay."""
    is_person(call)
    await passkeys.forget(tx, call.principal, call.path["passkey_id"])


@router.lane(
    "/sessions/passkeys/options",
    who=PUBLIC,
    returns=PasskeyOptions,
    needs_key=False,
    summary="Begin to sign in with a passkey",
    refusals=(*_ORIGIN, TooManyRequests),
)
async def ask_passkey_sign_in(call: Call) -> Answer:
    """Return the options for `navigator.credentials.get`; they name nobody, the authenticator offers its own."""
    options = await passkeys.ask_sign_in(call.services.database, _origin(call), call.client_ip)
    return Answer(200, strict_json.encode(PasskeyOptions(options)))


@router.lane(
    "/sessions/passkeys",
    who=PUBLIC,
    body=PasskeySignIn,
    returns=SignedIn,
    status=201,
    needs_key=False,
    summary="Sign in with a passkey",
    refusals=(*_ORIGIN, errors.WrongPasskey),
    body_max=_CREDENTIAL_BYTES_MAX,
)
async def sign_in_by_passkey(call: Call, body: PasskeySignIn) -> Answer:
    """Open a session of the passkey's account: member, merchant or operator."""
    token, session = await passkeys.sign_in(call.services.database, _origin(call), body.credential)
    return await signed_in(call, token, session)
