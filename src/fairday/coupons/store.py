"""Run the queries of offers and of claiming, one thin typed function each; `use_store` runs those of using claims."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any

import msgspec

from fairday.coupons.claims import ClaimRow, Held
from fairday.coupons.types import Channel, ClaimStatus, Counters, CouponStatus, Template, Terms
from fairday.kernel import arrays
from fairday.kernel.ids import new_ids
from fairday.kernel.sql import Queries
from fairday.kernel.tx import Tx

sql = Queries("fairday.coupons")
_TERMS = msgspec.json.Decoder(type=Terms)
_STATUS = {str(status): status for status in CouponStatus}
_CLAIM_STATUS = {str(status): status for status in ClaimStatus}
_CHANNEL = {str(channel): channel for channel in Channel}
_TEMPLATES_MAX = 20_000
_templates: dict[tuple[str, int], Template] = {}
"""Versions are immutable, so a process keeps those it has read."""


class Group(msgspec.Struct, frozen=True):
    """Hold what is the same for all claims of a coupon in one batch."""

    template: Template
    usable_from: datetime
    expires_at: datetime
    member_max: int
    person_max: int | None
    day_max: int | None


class ClaimDraft(msgspec.Struct, frozen=True, gc=False):
    """Hold a claim about to be inserted; `place` is its request's place in the batch."""

    place: int
    coupon_id: str
    member_id: str
    channel: str
    ordinal: int = 1
    person_id: str | None = None
    person_ordinal: int | None = None
    intent: bytes | None = None


async def counters(tx: Tx, coupon_ids: Sequence[str]) -> dict[str, Counters]:
    """Return counters by coupon; unknown ids are left out."""
    return {row[0]: counters_of(row) for row in await tx.fetch(sql.counters, coupon_ids)}


async def templates(tx: Tx, versions: Mapping[str, int]) -> dict[str, Template]:
    """Return the template of each coupon in the version given."""
    found, missing = {}, []
    for key in versions.items():
        template = _templates.get(key)
        if template is None:
            missing.append(key)
        else:
            found[key[0]] = template
    if missing:
        if len(_templates) > _TEMPLATES_MAX:
            _templates.clear()
        for template in await read_templates(tx, missing):
            found[template.coupon_id] = _templates[(template.coupon_id, template.version)] = template
    return found


async def versions(tx: Tx, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Template]:
    """Return the template of each (coupon, version) given, several of one coupon too."""
    missing = [key for key in keys if key not in _templates]
    read = {(one.coupon_id, one.version): one for one in await read_templates(tx, missing)} if missing else {}
    return {key: read.get(key) or _templates[key] for key in keys}


async def read_templates(tx: Tx, versions: Sequence[tuple[str, int]]) -> list[Template]:
    """Read versions given as (coupon, version) from the database, also one that this transaction made and may undo."""
    rows = await tx.fetch(sql.templates, [key[0] for key in versions], [key[1] for key in versions])
    return [
        Template(row["coupon_id"], row["version"], row["merchant_id"], _TERMS.decode(row["terms"]))
        for row in rows
    ]


async def insert_coupon(
    tx: Tx, template: Template, budget_minor: int, commit_max_minor: int, by: str, now: datetime
) -> None:
    """Add a draft with its first version."""
    terms = template.terms
    await tx.execute(
        sql.insert_coupon,
        template.coupon_id,
        template.merchant_id,
        terms.currency,
        terms.claim_ends_at,
        template.face_minor,
        terms.quantity_max,
        budget_minor,
        commit_max_minor,
    )
    await _insert_version(tx, template, by, now)


async def edit_coupon(
    tx: Tx, template: Template, budget_minor: int, commit_max_minor: int, by: str, now: datetime
) -> bool:
    """Set the caps and add the new version; False when the version before is no longer the newest."""
    terms = template.terms
    edited = await tx.fetchval(
        sql.edit_coupon,
        template.coupon_id,
        template.version - 1,
        terms.currency,
        terms.claim_ends_at,
        template.face_minor,
        terms.quantity_max,
        budget_minor,
        commit_max_minor,
    )
    if edited is None:
        return False
    await _insert_version(tx, template, by, now)
    return True


async def _insert_version(tx: Tx, template: Template, by: str, now: datetime) -> None:
    terms = msgspec.json.encode(template.terms).decode()
    await tx.execute(sql.insert_version, template.coupon_id, template.version, terms, by, now)


async def move_coupon(tx: Tx, coupon_id: str, old: Sequence[CouponStatus], new: CouponStatus) -> bool:
    """Move to `new` if the status is one of `old`; return whether it was."""
    return await tx.fetchval(sql.move_coupon, coupon_id, old, new) is not None


async def free_slots(tx: Tx, merchant_id: str) -> None:
    """Free the slots of a small shop's coupons that ended."""
    await tx.execute(sql.free_slots, merchant_id)


async def take_slot(
    tx: Tx, merchant_id: str, coupon_id: str, commit_max_minor: int, quantity_max: int
) -> bool:
    """Give a coupon the lowest free slot; False when none was free, or another request took it."""
    return (
        await tx.fetchval(sql.take_slot, merchant_id, coupon_id, commit_max_minor, quantity_max) is not None
    )


async def count_slots(tx: Tx, merchant_id: str) -> int:
    """Return how many slots a small shop has taken."""
    return int(await tx.fetchval(sql.count_slots, merchant_id))


async def change_slot(tx: Tx, coupon_id: str, commit_max_minor: int, quantity_max: int) -> None:
    """Set the caps that a coupon's slot holds."""
    await tx.execute(sql.change_slot, coupon_id, commit_max_minor, quantity_max)


async def drop_slot(tx: Tx, coupon_id: str) -> None:
    """Free the slot of a coupon whose shop is small no more."""
    await tx.execute(sql.drop_slot, coupon_id)


async def switch_coupon(
    tx: Tx, coupon_id: str, issue_stopped: bool | None, redeem_stopped: bool | None
) -> tuple[bool, bool]:
    """Set the switches that are given and return both."""
    row = await tx.fetchrow(sql.switch_coupon, coupon_id, issue_stopped, redeem_stopped)
    assert row is not None
    return row["issue_stopped"], row["redeem_stopped"]


async def end_coupons(tx: Tx, now: datetime) -> list[str]:
    """End the offers whose claiming is over and return their ids."""
    return [row["coupon_id"] for row in await tx.fetch(sql.end_coupons, now)]


async def open_coupons(tx: Tx, now: datetime, merchant_id: str | None, limit: int) -> list[Counters]:
    """Return live offers that can be claimed at some time from `now` on, newest first."""
    return [counters_of(row) for row in await tx.fetch(sql.open_coupons, now, merchant_id, limit)]


async def issued_coupons(
    tx: Tx, merchant_id: str | None, status: str | None, before_id: str | None, limit: int
) -> list[Counters]:
    """Return an issuer's offers, newest first; every issuer's with `merchant_id` None."""
    return [
        counters_of(row) for row in await tx.fetch(sql.issued_coupons, merchant_id, status, before_id, limit)
    ]


async def day_counts(tx: Tx, days: Mapping[str, date]) -> dict[str, int]:
    """Return what coupons issued on their day."""
    rows = await tx.fetch(sql.day_counts, list(days), list(days.values()))
    return {row[0]: row[1] for row in rows}


async def held_claims(tx: Tx, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[Held]]:
    """Return the copies that members have, by (coupon, member); pairs without any are left out."""
    held: dict[tuple[str, str], list[Held]] = {}
    for row in await tx.fetch(sql.held_claims, [pair[0] for pair in pairs], [pair[1] for pair in pairs]):
        held.setdefault((row[0], row[1]), []).append(Held(*row[2:]))
    return held


async def person_ordinals(tx: Tx, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return how many copies persons have over all accounts, by (coupon, person)."""
    rows = await tx.fetch(sql.person_ordinals, [pair[0] for pair in pairs], [pair[1] for pair in pairs])
    return {(row[0], row[1]): row[2] for row in rows}


async def open_now(tx: Tx, coupon_ids: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """Return version and whether one more copy would fit, by coupon; unknown ids are left out.

    From here on this transaction's set statements walk their keys, as after `walk_by_keys`.
    """
    return {row[0]: (row[1], row[2]) for row in await tx.fetch(sql.open_now, coupon_ids)}


_IN_KEY_ORDER = attrgetter("coupon_id", "person_id", "member_id", "ordinal")
_NO_INTENT = bytes(32)


async def insert_claims(
    tx: Tx, drafts: Sequence[ClaimDraft], groups: Mapping[str, Group], now: datetime
) -> dict[int, str]:
    """Insert claims in key order; return by place the ids of those that no other copy was in the way of.

    `groups` holds the coupon of each draft; the channel is the draft's own.
    """
    drafts = sorted(drafts, key=_IN_KEY_ORDER)
    ids = new_ids("clm", len(drafts))
    places: dict[tuple[str, str], int] = {}
    for draft in drafts:
        places.setdefault((draft.coupon_id, draft.channel), len(places) + 1)
    used = [groups[coupon_id] for coupon_id, _ in places]
    by_person = any(draft.person_id for draft in drafts)
    done = await tx.execute(
        sql.insert_claims,
        _literal(ids),
        _literal([places[draft.coupon_id, draft.channel] for draft in drafts]),
        arrays.texts([draft.member_id for draft in drafts]),
        _literal([draft.ordinal for draft in drafts]),
        [draft.person_id for draft in drafts] if by_person else None,
        _literal([coupon_id for coupon_id, _ in places]),
        _literal([group.member_max for group in used]),
        _literal([group.person_max for group in used]),
        _literal([group.template.version for group in used]),
        _literal([channel for _, channel in places]),
        _literal([group.template.face_minor for group in used]),
        _instants([group.usable_from for group in used]),
        _instants([group.expires_at for group in used]),
        now,
        _literal([draft.person_ordinal for draft in drafts]) if by_person else None,
        b"".join([draft.intent or _NO_INTENT for draft in drafts]),
    )
    made = {draft.place: claim_id for draft, claim_id in zip(drafts, ids, strict=True)}
    if int(done.rpartition(" ")[2]) == len(ids):
        return made
    there = {row[0] for row in await tx.fetch(sql.claims_that_are, ids)}
    return {place: claim_id for place, claim_id in made.items() if claim_id in there}


def _literal(values: Sequence[object]) -> str:
    """Write numbers and ids of our own making as the text of an array.

    The driver spends a third of a microsecond on each element of an array; on this path that would be a third of all.
    """
    if values and isinstance(values[0], str):
        return "{" + ",".join(values) + "}"  # type: ignore[arg-type]  # all of one kind
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _instants(values: Sequence[datetime]) -> str:
    """Write instants as the text of an array, each different one once: writing one costs more than looking it up."""
    texts = {value: value.isoformat() for value in set(values)}
    return "{" + ",".join([texts[value] for value in values]) + "}"


async def walk_by_keys(tx: Tx) -> None:
    """Let this transaction's set statements walk their sorted keys.

    Without it a small table would be walked in its own order, and two batches could wait for each other.
    """
    await tx.execute("SET LOCAL enable_seqscan = off")


async def take_coupons(tx: Tx, needs: Mapping[str, int]) -> dict[str, int]:
    """Take up to the need from quantity and budget of each coupon, in key order; return how many each gave.

    The transaction walks by keys since `open_now`.
    """
    keys = sorted(needs)
    rows = await tx.fetch(sql.take_coupons, _literal(keys), _literal([needs[key] for key in keys]))
    return {row[0]: row[1] for row in rows}


async def take_days(
    tx: Tx, needs: Mapping[str, int], days: Mapping[str, date], day_max: Mapping[str, int]
) -> dict[str, int]:
    """Take up to the need from each coupon's day and return how many were taken."""
    keys = sorted(needs)
    rows = await tx.fetch(
        sql.take_days,
        keys,
        [days[key] for key in keys],
        [day_max[key] for key in keys],
        [needs[key] for key in keys],
    )
    return {row["coupon_id"]: row["taken_last"] for row in rows}


async def give_back_issued(tx: Tx, counts: Mapping[str, int]) -> None:
    """Take back from the counters what was taken for claims that another cap refused."""
    keys = sorted(counts)
    await tx.execute(sql.give_back_issued, keys, [counts[key] for key in keys])


async def delete_claims(tx: Tx, claim_ids: Sequence[str]) -> None:
    """Remove claims of this transaction that did not fit."""
    await tx.execute(sql.delete_claims, claim_ids)


async def claims(tx: Tx, claim_ids: Sequence[str]) -> dict[str, ClaimRow]:
    """Return claims by id; unknown ids are left out."""
    return {row[0]: _claim(row) for row in await tx.fetch(sql.claims, claim_ids)}


async def claims_of_member(tx: Tx, member_id: str) -> list[ClaimRow]:
    """Return all claims of a member."""
    return [_claim(row) for row in await tx.fetch(sql.claims_of_member, member_id)]


def _claim(row: Any) -> ClaimRow:
    return ClaimRow(
        row[0], row[1], row[2], row[3], _CHANNEL[row[4]], _CLAIM_STATUS[row[5]], row[6], row[7], row[8], row[9], row[10],
        row[11],
    )  # fmt: skip


def counters_of(row: Any) -> Counters:
    """Return counters as a row holds them."""
    return Counters(row[0], row[1], row[2], _STATUS[row[3]], *row[4:13])


async def exhausted(tx: Tx, coupon_ids: Sequence[str]) -> list[str]:
    """Return which of the coupons are claimed to the last copy."""
    return [row[0] for row in await tx.fetch(sql.exhausted, sorted(set(coupon_ids)))]
