"""State what happened to merchants and accounts; no names of people, no secrets."""

from typing import ClassVar

from fairday.kernel.events import Event


class MerchantCreated(Event, frozen=True, kw_only=True):
    """A merchant may now have places, products and staff."""

    SUBJECT: ClassVar[str] = "merchant_id"
    merchant_id: str
    name: str
    name_en: str


class AccountCreated(Event, frozen=True, kw_only=True):
    """A member of staff (not a shopper: see members) may sign in."""

    SUBJECT: ClassVar[str] = "account_id"
    account_id: str
    role: str
    merchant_id: str | None


class AccountChanged(Event, frozen=True, kw_only=True):
    """An account's status, store or secret changed; its sessions ended."""

    SUBJECT: ClassVar[str] = "account_id"
    account_id: str
    role: str
    merchant_id: str | None
    status: str
