"""Shape accounts, merchants, sessions and API keys; secrets never stand in a type that is answered twice."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.http.principal import Role
from fairday.kernel.ids import ExternalId, Id
from fairday.kernel.money import Currency

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
Pin = Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$", description="Six digits.")]
Code = Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$", description="Six digits, from a text message.")]
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


class Tier(StrEnum):
    """Name how much a merchant may do: `small` shops signed themselves up and have caps on their coupons. Source: S19."""

    STANDARD = "standard"
    SMALL = "small"


Story = Annotated[
    str, msgspec.Meta(max_length=1000, description="What the shop tells of itself; plain text.")
]
Logo = Annotated[
    str,
    msgspec.Meta(
        max_length=60_000,
        pattern="^(data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}|/pictures/[a-z0-9-]+[.]svg)$",
        description="A small raster picture as a data URL, or the address of a drawing that is served here.",
    ),
]


class Merchant(msgspec.Struct, frozen=True):
    """Hold an organisation that sells: a brand, a shop, a chain."""

    merchant_id: str
    name: str
    name_en: str
    status: Status
    external_id: str | None = None
    tier: Tier = Tier.STANDARD


class MerchantProfile(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what shoppers read of a merchant: its names, its story, its sign."""

    merchant_id: str
    name: str
    name_en: str
    story: str
    story_en: str
    logo: str | None


class Shop(msgspec.Struct, frozen=True):
    """Hold a merchant as lists for shoppers name it.

    `logo` is the sign's address where it has one; a sign that the merchant uploaded is read with its profile (`has_logo`).
    """

    merchant_id: str
    name: str
    name_en: str
    logo: str | None
    has_logo: bool


class MerchantChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Change what shoppers read of a merchant: what is left out stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    name_en: Annotated[str, msgspec.Meta(max_length=80)] | msgspec.UnsetType = msgspec.UNSET
    story: Story | msgspec.UnsetType = msgspec.UNSET
    story_en: Story | msgspec.UnsetType = msgspec.UNSET
    logo: Logo | msgspec.UnsetType | None = msgspec.UNSET


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


class OwnPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Set one's own password, proven by `old_password`, or by `phone` and the `code` sent to it."""

    password: Password
    old_password: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | None = None
    phone: Phone | None = None
    code: Code | None = None


class PasswordSet(msgspec.Struct, frozen=True):
    """Tell that the password is set."""

    is_set: bool = True


class PinSetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Set one's payment PIN, proven by `old_pin`, or by `phone` and the `code` sent to it."""

    pin: Pin
    old_pin: Pin | None = None
    phone: Phone | None = None
    code: Code | None = None


class PinLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Choose up to how much is paid without PIN; 0 asks always."""

    pin_free_minor: Annotated[int, msgspec.Meta(ge=0, le=200_000)]
    pin_free_currency: Currency = "CNY"


class PaymentPin(msgspec.Struct, frozen=True, kw_only=True):
    """Tell what stands of one's payment PIN; `locked_until` is null unless it is locked now."""

    is_set: bool = False
    pin_free_minor: int = 0
    pin_free_currency: str = "CNY"
    locked_until: datetime | None = None


class Passkey(msgspec.Struct, frozen=True):
    """Hold a passkey of one's own; it works on the host `rp_id` only."""

    passkey_id: str
    name: str
    rp_id: str
    created_at: datetime
    used_at: datetime | None


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
