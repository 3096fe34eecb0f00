"""Shape accounts, merchants, sessions and API keys; secrets never stand in a type that is answered twice."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.http.principal import Role
from fairday.kernel.ids import ExternalId, Id

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Login = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Za-z0-9][A-Za-z0-9._@+-]{2,63}$", description="Compared without regard to case."
    ),
]
Password = Annotated[
    str, msgspec.Meta(min_length=8, max_length=128, description="8 to 128 characters, any characters.")
]
Pin = Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$", description="Six digits, for a clerk's shift.")]
Phone = Annotated[
    str,
    msgspec.Meta(
        min_length=5, max_length=24, description="E.164 (+8613800138000); without a country it is +86."
    ),
]
Scope = Annotated[
    str,
    msgspec.Meta(
        pattern="^[a-z][a-z_]{1,29}:(read|write)$",
        examples=["orders:read"],
        description="tag:read or tag:write",
    ),
]


class Status(StrEnum):
    """Name the states of an account or a merchant; `closed` may not sign in."""

    ACTIVE = "active"
    CLOSED = "closed"


class Merchant(msgspec.Struct, frozen=True):
    """Hold an organisation that sells: a brand, a shop, a chain."""

    merchant_id: str
    name: str
    name_en: str
    status: Status
    external_id: str | None = None


class MerchantDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a new merchant."""

    name: Name
    name_en: Annotated[str, msgspec.Meta(max_length=80)] = ""
    external_id: ExternalId | None = None


class Account(msgspec.Struct, frozen=True):
    """Hold an account without its secrets."""

    account_id: str
    role: Role
    name: str
    login: str | None = None
    merchant_id: str | None = None
    store_id: str | None = None
    member_id: str | None = None
    status: Status = Status.ACTIVE


class AccountDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for a new account. `phone` must be verified by the caller; only its keyed hash is stored."""

    role: Role
    name: str
    phone: str | None = None
    login: str | None = None
    password: str | None = None
    pin: str | None = None
    merchant_id: str | None = None
    store_id: str | None = None
    member_id: str | None = None


class AccountChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Change staff: what is left out stays. Closing an account, a new secret or another store ends its sessions."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    status: Status | msgspec.UnsetType = msgspec.UNSET
    store_id: Id | msgspec.UnsetType | None = msgspec.UNSET
    password: Password | msgspec.UnsetType = msgspec.UNSET
    pin: Pin | msgspec.UnsetType = msgspec.UNSET


class Session(msgspec.Struct, frozen=True):
    """Hold a session; its token is given once, beside it."""

    session_id: str
    account_id: str
    expires_at: datetime


class ApiKey(msgspec.Struct, frozen=True):
    """Hold an API key without its secret: it acts as its account, within `scopes`."""

    key_id: str
    name: str
    scopes: list[str]
    account_id: str
    merchant_id: str | None
    created_at: datetime
    expires_at: datetime
    is_revoked: bool


class Message(msgspec.Struct, frozen=True):
    """Hold a text message that a sandbox shows instead of sending."""

    phone: str
    text: str
    made_at: datetime


class Ended(msgspec.Struct, frozen=True):
    """Tell that a session or key is over."""

    is_ended: bool = True
