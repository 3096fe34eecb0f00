"""Serve sign-in, merchants, staff and API keys. Answers that hold a secret take no Idempotency-Key: none is stored."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from fairday.identity import errors, service, sign_in, store
from fairday.identity.types import (
    Account,
    AccountChange,
    AccountDraft,
    ApiKey,
    Login,
    Merchant,
    MerchantDraft,
    Message,
    Name,
    Password,
    Phone,
    Pin,
    Scope,
    Session,
)
from fairday.kernel import strict_json
from fairday.kernel.errors import NotAllowed, NotFound, TooManyRequests
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Principal, Role
from fairday.kernel.http.routes import ANYONE_SIGNED_IN, PUBLIC, Call, Page, PageQuery, Router
from fairday.kernel.idempotency import Answer
from fairday.kernel.ids import Id
from fairday.kernel.tx import Tx

router = Router("identity")
OPERATORS = frozenset({Role.OPERATOR})
STAFF = frozenset({Role.OPERATOR, Role.MERCHANT})


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
    code: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$")]


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a new session. `token` goes into `Authorization: Bearer`; it is shown only here."""

    token: str
    session_id: str
    account_id: str
    expires_at: datetime


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


class Ended(msgspec.Struct, frozen=True):
    """Tell that a session or key is over."""

    is_ended: bool = True


class StaffDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a staff account: a merchant signs in with login and password, a clerk at a till with a PIN."""

    role: Role
    name: Name
    login: Login | None = None
    password: Password | None = None
    pin: Pin | None = None
    store_id: Id | None = None


class KeyDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for an API key."""

    name: Name
    scopes: Annotated[list[Scope], msgspec.Meta(min_length=1, max_length=60)]
    ttl_days: Annotated[int, msgspec.Meta(ge=1, le=730)] = 365


class NewKey(msgspec.Struct, frozen=True):
    """Hold a new API key and its secret, which is shown only here."""

    secret: str
    key: ApiKey


class DemoLogin(msgspec.Struct, frozen=True):
    """Hold a sign-in of the demo: printed at the start, here for the pages of a sandbox."""

    role: str
    name: str
    login: str
    secret: str


def _signed_in(token: str, session: Session) -> Answer:
    signed_in = SignedIn(
        token=token,
        session_id=session.session_id,
        account_id=session.account_id,
        expires_at=session.expires_at,
    )
    return Answer(201, strict_json.encode(signed_in))


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
    return _signed_in(token, session)


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
    """Open a session of the phone's member."""
    token, session = await sign_in.by_phone_code(call.services.database, body.phone, body.code)
    return _signed_in(token, session)


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


@router.write(
    "POST",
    "/merchants",
    who=OPERATORS,
    body=MerchantDraft,
    returns=Merchant,
    status=201,
    summary="Add a merchant",
    refusals=(errors.ExternalIdTaken,),
    example={"name": "灯笼百货", "name_en": "Lantern Stores", "external_id": "lantern"},
)
async def create_merchant(call: Call, tx: Tx, body: MerchantDraft) -> Merchant:
    """Make a merchant: an organisation that sells."""
    return await service.create_merchant(tx, body, call.now)


@router.read("/merchants", who=STAFF, query=PageQuery, returns=Page[Merchant], summary="List merchants")
async def list_merchants(call: Call, tx: Tx) -> Page[Merchant]:
    """List merchants in the order they were made; a merchant sees itself only."""
    if not call.principal.is_operator:
        return Page(list((await service.merchants(tx, [call.principal.own_merchant(None)])).values()))
    after = paging.read(call.query.cursor, [str]) or [""]
    found = await store.list_merchants(tx, after[0], call.query.limit + 1)
    return _page(found, call.query.limit, "merchant_id")


@router.read("/merchants/{merchant_id}", who=STAFF, returns=Merchant, summary="Get a merchant")
async def get_merchant(call: Call, tx: Tx) -> Merchant:
    """Return a merchant; another one's is not found."""
    merchant_id = call.principal.own_merchant(call.path["merchant_id"])
    found = await service.merchants(tx, [merchant_id])
    if not found:
        raise NotFound(what="merchant")
    return found[merchant_id]


@router.write(
    "POST",
    "/merchants/{merchant_id}/accounts",
    who=STAFF,
    body=StaffDraft,
    returns=Account,
    status=201,
    summary="Add staff",
    refusals=(errors.LoginTaken, errors.WeakPassword, errors.MerchantClosed),
    example={"role": "clerk", "name": "Mei", "pin": "274913"},
)
async def create_staff(call: Call, tx: Tx, body: StaffDraft) -> Account:
    """Make an account for a merchant's staff. Merchants make clerks; operators also make merchants' own accounts."""
    merchant_id = call.principal.own_merchant(call.path["merchant_id"])
    allowed = {Role.MERCHANT, Role.CLERK} if call.principal.is_operator else {Role.CLERK}
    if body.role not in allowed:
        raise NotAllowed(role=f"{call.principal.role}, which may not make a {body.role}")
    draft = AccountDraft(
        role=body.role,
        name=body.name,
        login=body.login,
        password=body.password,
        pin=body.pin,
        merchant_id=merchant_id,
        store_id=body.store_id,
    )
    return await service.create_account(tx, draft, call.now)


@router.read(
    "/merchants/{merchant_id}/accounts",
    who=STAFF,
    query=PageQuery,
    returns=Page[Account],
    summary="List staff",
)
async def list_staff(call: Call, tx: Tx) -> Page[Account]:
    """List a merchant's staff."""
    merchant_id = call.principal.own_merchant(call.path["merchant_id"])
    after = paging.read(call.query.cursor, [str]) or [""]
    found = await store.list_accounts(tx, merchant_id, after[0], call.query.limit + 1)
    return _page(found, call.query.limit, "account_id")


@router.write(
    "PATCH",
    "/accounts/{account_id}",
    who=STAFF,
    body=AccountChange,
    returns=Account,
    summary="Change staff",
    refusals=(errors.WeakPassword,),
    example={"status": "closed"},
)
async def change_staff(call: Call, tx: Tx, body: AccountChange) -> Account:
    """Change a member of staff; closing, another store or a new secret ends the account's sessions at once."""
    account = await service.get_account(tx, call.path["account_id"])
    is_mine = account.merchant_id == call.principal.merchant_id and account.role is Role.CLERK
    is_self = account.account_id == call.principal.account_id
    may = is_mine or is_self or (call.principal.is_operator and account.role is not Role.MEMBER)
    if not may:
        raise NotFound(what="account")
    return await service.change_account(tx, account.account_id, body, call.now)


@router.write(
    "POST",
    "/api-keys",
    who=STAFF,
    body=KeyDraft,
    returns=NewKey,
    status=201,
    needs_key=False,
    summary="Issue an API key",
    refusals=(errors.ScopeNotYours,),
    example={"name": "ERP", "scopes": ["catalog:write", "stock:write"]},
)
async def create_key(call: Call, tx: Tx, body: KeyDraft) -> NewKey:
    """Issue a key that acts as this account within `scopes` (tag:read or tag:write). The secret is shown only here."""
    secret, key = await service.create_key(
        tx, call.principal, body.name, body.scopes, body.ttl_days, call.now
    )
    return NewKey(secret, key)


@router.read("/api-keys", who=STAFF, returns=Page[ApiKey], summary="List API keys")
async def list_keys(call: Call, tx: Tx) -> Page[ApiKey]:
    """List the newest 200 keys of the merchant, or of the operators."""
    return Page(await store.list_keys(tx, call.principal.merchant_id, call.principal.role))


@router.write(
    "DELETE",
    "/api-keys/{key_id}",
    who=STAFF,
    returns=Ended,
    needs_key=False,
    summary="Revoke an API key",
)
async def revoke_key(call: Call, tx: Tx) -> Ended:
    """Revoke a key at once, in every process; revoking it again changes nothing."""
    await service.revoke_key(tx, call.principal, call.path["key_id"])
    return Ended()


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
    """Show the sign-ins of the demo city; empty when there is no demo."""
    path = Path(call.services.settings.home) / "demo-logins.json"
    return Page(await asyncio.to_thread(_demo_logins, path))


def _demo_logins(path: Path) -> list[DemoLogin]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[DemoLogin])
    except (OSError, msgspec.DecodeError):
        return []


def _page(found: list[Any], limit: int, key: str) -> Page[Any]:
    items = found[:limit]
    more = len(found) > limit
    return Page(items, paging.make(getattr(items[-1], key)) if more else None)
