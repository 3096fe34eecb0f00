"""Shape members, persons and consents."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from fairday.identity.types import Phone

Nickname = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Wording = Annotated[
    str, msgspec.Meta(min_length=1, max_length=40, description="Version of the text agreed to.")
]


class Purpose(StrEnum):
    """Name what data may be used for; each is agreed to apart. Source: PIPL, I66."""

    MARKETING = "marketing"
    LOCATION = "location"
    PERSONALISATION = "personalisation"
    SURVEY = "survey"
    SHARE_WITH_MERCHANTS = "share_with_merchants"


class Member(msgspec.Struct, frozen=True):
    """Hold a shopper. `person_id` is the natural person: members with one verified phone share it."""

    member_id: str
    account_id: str
    person_id: str
    nickname: str
    phone_hash: bytes


class MemberDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for a new member. `phone` must be verified by the caller."""

    nickname: str
    phone: str
    consents: tuple[Purpose, ...] = ()
    wording: str = "1"


class Consent(msgspec.Struct, frozen=True):
    """Hold what stands for one purpose now."""

    purpose: Purpose
    is_given: bool
    wording: str
    changed_at: datetime


class SignUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sign up with the code that came by text message; nothing is agreed to unless listed in `consents`."""

    phone: Phone
    code: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$")]
    nickname: Nickname
    consents: Annotated[list[Purpose], msgspec.Meta(max_length=10)] = []
    wording: Wording = "1"


class SandboxMembers(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Ask a sandbox for `count` members with sessions; each `per_person` of them share one natural person."""

    count: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    per_person: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    nickname: Annotated[str, msgspec.Meta(min_length=1, max_length=30)] = "guest"


class MemberSession(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a new member with its session; `token` is shown only here, null for a page, whose session is in its cookie."""

    token: str | None
    expires_at: datetime
    member_id: str
    account_id: str
    person_id: str
    nickname: str


class MemberSessions(msgspec.Struct, frozen=True):
    """Hold new members of a sandbox."""

    items: list[MemberSession]


class MemberView(msgspec.Struct, frozen=True, kw_only=True):
    """Show members themselves; the phone is not kept, so it cannot be shown."""

    member_id: str
    account_id: str
    nickname: str
    consents: list[Consent]


class MemberChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Change one's own nickname."""

    nickname: Nickname


class ConsentChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Give or withdraw consent for one purpose."""

    is_given: bool
    wording: Wording = "1"
