"""Shape the audit log as people read it."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from fairday.kernel.http.routes import PageQuery
from fairday.kernel.ids import Id

Instant = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339 with an offset.")]


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Hold one row: who did what to what, when.

    `happened_at` is by the festival clock, `recorded_at` by the database's. `number` is the place in the chain, null until
    it is sealed (some seconds). `request_sha256` is of the body as sent. `changes` is `{field: [old, new]}` where the verb
    tells. A merchant sees that an operator did it, not which one.
    """

    audit_id: Id
    number: int | None
    happened_at: datetime
    recorded_at: datetime
    role: str
    name: str
    account_id: str | None
    session_id: str | None
    is_key: bool
    merchant_id: str | None
    method: str
    route: str
    path: str
    target_id: str
    status: int
    request_sha256: str
    changes: dict[str, Any] | None


class AuditQuery(PageQuery, frozen=True, forbid_unknown_fields=True):
    """Filter the log; `route` is a part of the pattern such as `coupons`; `merchant_id` is for operators."""

    account_id: Id | None = None
    role: Annotated[str, msgspec.Meta(pattern="^(operator|merchant|clerk)$")] | None = None
    merchant_id: Id | None = None
    target_id: Annotated[str, msgspec.Meta(min_length=1, max_length=120)] | None = None
    route: Annotated[str, msgspec.Meta(pattern=r"^[a-z{}/_-]{1,80}$")] | None = None
    is_key: bool | None = None
    since: Instant | None = None
    until: Instant | None = None


class ChainFault(msgspec.Struct, frozen=True):
    """Name what is wrong: a row was `changed`, `deleted` or `inserted`, or there is a `gap` in the numbers."""

    number: int | None
    audit_id: str | None
    fault: str


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """Tell how the chain stands: its head, what waits to be sealed, and the faults among the newest links.

    `checked_count` links were recomputed for this answer; `fairday check` recomputes all and holds them against the heads
    that were written outside the database.
    """

    sealed_count: int
    head_sha256: str
    sealed_at: datetime | None
    unsealed_count: int
    oldest_unsealed_at: datetime | None
    checked_count: int
    is_intact: bool
    faults: list[ChainFault]
