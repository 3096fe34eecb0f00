"""Serve merchants, their staff and API keys. Answers that hold a secret take no Idempotency-Key: none is stored."""

from typing import Annotated, Any

import msgspec

from fairday.identity import errors, service, store
from fairday.identity.types import (
    Account,
    AccountChange,
    AccountDraft,
    ApiKey,
    Ended,
    Login,
    Merchant,
    MerchantChange,
    MerchantDraft,
    MerchantProfile,
    Name,
    Password,
    Pin,
    Scope,
)
from fairday.kernel.errors import NotAllowed, NotFound
from fairday.kernel.http import paging
from fairday.kernel.http.principal import Role
from fairday.kernel.http.routes import PUBLIC, Call, Page, PageQuery, Router
from fairday.kernel.ids import Id
from fairday.kernel.tx import Tx

router = Router("identity")
OPERATORS = frozenset({Role.OPERATOR})
STAFF = frozenset({Role.OPERATOR, Role.MERCHANT})


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


@router.read(
    "/merchants/{merchant_id}/profile", who=PUBLIC, returns=MerchantProfile, summary="Read a merchant's page"
)
async def get_profile(call: Call, tx: Tx) -> MerchantProfile:
    """Return what shoppers read of a merchant: names, story, sign."""
    return await service.profile(tx, call.path["merchant_id"])


@router.write(
    "PATCH",
    "/merchants/{merchant_id}/profile",
    who=STAFF,
    body=MerchantChange,
    returns=MerchantProfile,
    body_max=96 * 1024,
    summary="Change a merchant's page",
    example={"story": "三代人的面馆，汤每天四点开始熬。"},
)
async def change_profile(call: Call, tx: Tx, body: MerchantChange) -> MerchantProfile:
    """Change the names, the story or the sign of one's own merchant; what is left out stays."""
    return await service.change_merchant(tx, call.principal.own_merchant(call.path["merchant_id"]), body)


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
    if is_self and call.principal.scopes is not None:
        # A key that could set its account's password could sign in and do more than its scopes.
        raise NotAllowed(role="key, which may not change its own account")
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


def _page(found: list[Any], limit: int, key: str) -> Page[Any]:
    items = found[:limit]
    more = len(found) > limit
    return Page(items, paging.make(getattr(items[-1], key)) if more else None)
