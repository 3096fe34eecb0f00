"""Shape tills, devices and shifts. Amounts are minor units of the till's one currency."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.kernel.http.routes import PageQuery
from fairday.kernel.ids import ExternalId, Id
from fairday.kernel.money import Currency, Minor

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class TillStatus(StrEnum):
    """Name the states of a till; a closed one pairs and sells no more."""

    ACTIVE = "active"
    CLOSED = "closed"


class TillDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a till in a store. With `pos_prices` the shop's own POS says what each line costs (S38)."""

    store_id: Id
    name: Name
    external_id: ExternalId | None = None
    currency: Currency = "CNY"
    pos_prices: bool = False


class TillChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Change a till: what is left out stays. Closing it revokes its device and ends its shift's session."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    pos_prices: bool | msgspec.UnsetType = msgspec.UNSET
    status: TillStatus | msgspec.UnsetType = msgspec.UNSET


class Till(msgspec.Struct, frozen=True):
    """Hold a till."""

    till_id: Id
    merchant_id: Id
    store_id: Id
    external_id: str | None
    name: str
    currency: Currency
    pos_prices: bool
    status: TillStatus
    made_at: datetime


class TillsQuery(PageQuery, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a page of tills, of one store or all; operators may name a merchant."""

    store_id: Id | None = None
    merchant_id: Id | None = None


class SetupCode(msgspec.Struct, frozen=True):
    """Hold a code that pairs one device once; shown only here. `qr_text` is what its QR code says."""

    code: str
    qr_text: str
    till_id: Id
    expires_at: datetime


class PairingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pair a device by a setup code as typed or scanned; case, spaces and dashes do not matter."""

    setup_code: Annotated[str, msgspec.Meta(min_length=8, max_length=60, examples=["7KQM-2XPD"])]
    device_name: Name = "Till"


class Paired(msgspec.Struct, frozen=True):
    """Hold the device's token, shown only here (null for a page, which gets a cookie), and what it is bound to."""

    token: str | None
    device_id: Id
    till: Till
    expires_at: datetime


class Device(msgspec.Struct, frozen=True):
    """Hold a device that is or was a till."""

    device_id: Id
    till_id: Id
    name: str
    paired_at: datetime
    revoked_at: datetime | None


class ShiftBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Open a shift: the clerk by login or account id, the PIN, and what lies in the drawer."""

    clerk: Annotated[str, msgspec.Meta(min_length=3, max_length=64, description="Login or account id.")]
    pin: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$", description="Six digits.")]
    opening_cash_minor: Minor = 0


class Shift(msgspec.Struct, frozen=True):
    """Hold a shift. `expected_cash_minor` is opening cash plus what sales brought, kept up to date while it is open."""

    shift_id: Id
    till_id: Id
    store_id: Id
    merchant_id: Id
    clerk_id: Id
    clerk_name: str
    currency: Currency
    opening_cash_minor: int
    expected_cash_minor: int
    counted_cash_minor: int | None
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None


class ShiftOpened(msgspec.Struct, frozen=True):
    """Hold the clerk's token for this till, shown only here (null for a page, which gets a cookie).

    `is_resumed` when the clerk's shift was open already.
    """

    token: str | None
    expires_at: datetime
    shift: Shift
    is_resumed: bool


class ClosingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Close a shift with the cash that was counted."""

    counted_cash_minor: Minor


class ShiftsQuery(PageQuery, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask for a page of shifts, the newest first, of one store or till or all."""

    store_id: Id | None = None
    till_id: Id | None = None
    merchant_id: Id | None = None


class Desk(msgspec.Struct, frozen=True):
    """Show a signed-in device or clerk where it stands: its till and the shift that is open there."""

    till: Till
    store_name: str
    store_name_en: str
    time_zone: str
    shift: Shift | None


class At(msgspec.Struct, frozen=True):
    """Say who acts: a clerk in a session at a till. Source: R41."""

    clerk_id: str
    till_id: str


class OpenDesk(msgspec.Struct, frozen=True):
    """Hold what a verb needs of a till whose shift is open for the clerk who asks."""

    till_id: str
    merchant_id: str
    store_id: str
    currency: str
    pos_prices: bool
    shift_id: str
    clerk_id: str


class PairedDevice(msgspec.Struct, frozen=True):
    """Hold a device with the till it is or was, for those who settle what it did."""

    device_id: str
    till_id: str
    merchant_id: str
    store_id: str
    currency: str
    name: str
    status: TillStatus
    paired_at: datetime
    revoked_at: datetime | None
