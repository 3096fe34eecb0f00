"""Settle uses of claims that tills made without network, in arrival order. Source: R37, R39, I4, I6.

Guarantee: whoever is received first has the claim, whenever it happened; a use is judged by the time at which it
happened, and money that was set aside for its till is there. See docs/algorithms/offline-till.md.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from fairday.coupons import code_store, codes, judging, lending_store, redemption_store, store
from fairday.coupons.claims import ClaimRow, CodeContent, Redeemed, RedeemRequest, UsedAt
from fairday.coupons.errors import (
    AlreadyUsed,
    AmountTooHigh,
    BudgetSpent,
    ClaimExpired,
    ClaimLocked,
    ClaimUnknown,
    ClaimVoided,
    CodeInvalid,
    NotYetUsable,
)
from fairday.coupons.judging import Known
from fairday.coupons.lending_store import Late, LateSpend
from fairday.coupons.redeeming import answered, redeemed, replayed, store_drafts
from fairday.coupons.redemption_store import RedemptionDraft
from fairday.coupons.rules import using as rules
from fairday.coupons.types import Channel, ClaimStatus, CodeKey, Counters, FunderKind, Template
from fairday.festivals.types import PhaseWindow
from fairday.kernel.errors import Refusal
from fairday.kernel.ids import new_id
from fairday.kernel.tx import RetryTransaction, Tx

CODE_STEP_S = codes.STEP_S
"""How long a code is shown; it is good for one step before and after. Source: R39."""
PARTS = 4
"""A lease gets at most a quarter of what is free of an over-issued coupon's budget, so that other tills get some too."""


class LateUse(msgspec.Struct, frozen=True, gc=False):
    """Tell that a till took a claim at `happened_at`; `leased_minor` of the amount was set aside for it."""

    claim_id: str
    document_id: str
    amount_minor: int
    happened_at: datetime
    merchant_id: str
    store_id: str
    till_id: str
    clerk_id: str | None
    receipt_id: str | None = None
    order_id: str | None = None
    leased_minor: int = 0


async def lendable(
    tx: Tx, merchant_id: str, currency: str, face_max_minor: int, limit: int
) -> list[tuple[Counters, Template]]:
    """Return the newest coupons that tills of a merchant may take offline, with their terms."""
    found = await lending_store.lendable(tx, merchant_id, currency, face_max_minor, limit)
    templates = await store.templates(tx, {row.coupon_id: row.version for row in found})
    return [(row, templates[row.coupon_id]) for row in found]


async def templates_of(tx: Tx, wanted: Mapping[str, int]) -> list[Template]:
    """Return coupons' terms in the versions given."""
    return list((await store.templates(tx, wanted)).values())


async def keys_to_carry(tx: Tx, now: datetime) -> list[CodeKey]:
    """Return the keys that verify codes, this installation's own among them even before the first code was shown."""
    key = codes.signing_key()
    await code_store.publish_key(tx, key.kid, key.public, now)
    return await code_store.keys(tx)


async def lend(tx: Tx, needs: Mapping[str, int]) -> dict[str, int]:
    """Set money of coupons aside for a till: the needs or less, in whole faces; 0 where nothing is free. Source: R38."""
    return await lending_store.lend(tx, needs, PARTS) if needs else {}


async def take_back(tx: Tx, amounts: Mapping[str, int]) -> None:
    """Free what was set aside and not spent."""
    left = {coupon_id: minor for coupon_id, minor in amounts.items() if minor}
    if left:
        await lending_store.take_back(tx, left)


async def read_codes_late(
    tx: Tx, shown: Sequence[tuple[str, datetime]]
) -> list[tuple[CodeContent | None, Refusal | None]]:
    """Read codes as they were shown at their instants: what each says, if it is ours, and why it does not count.

    Refusals: CodeInvalid (also a key that was retired by then), CodeExpired (not of the minute, one step either side).
    """
    keys = await code_store.keys_of_time(tx, codes.signing_key())
    answers: list[tuple[CodeContent | None, Refusal | None]] = []
    for text, at in shown:
        alive = {kid: public for kid, public, retired_at in keys if retired_at is None or at < retired_at}
        try:
            content = codes.read_signed(codes.normal(text), alive)
        except Refusal as refusal:
            answers.append((None, refusal))
            continue
        answers.append((content, codes.time_refusal(content.step, at)))
    return answers


def judge_late(claim: ClaimRow | None, owner: str, happened_at: datetime, now: datetime) -> Refusal | None:
    """Tell why a claim is not free for a use that happened at `happened_at` and is received at `now`.

    A living lock of another was received first. A claim whose end passed in between is still good. Source: R37, I6.
    """
    if claim is None:
        return ClaimUnknown()
    if claim.status in (ClaimStatus.RETURNED, ClaimStatus.VOIDED):
        return ClaimVoided()
    if claim.status is ClaimStatus.REDEEMED:
        return AlreadyUsed(store_id=None, store_name=None, used_at=None)
    if happened_at >= claim.expires_at:
        return ClaimExpired(expired_at=claim.expires_at)
    if happened_at < claim.usable_from:
        return NotYetUsable(usable_from=claim.usable_from)
    is_held = claim.locked_until is not None and now < claim.locked_until and claim.lock_owner != owner
    return ClaimLocked(locked_until=claim.locked_until) if is_held else None


def judge_terms(
    template: Template, counters: Counters, use: LateUse, windows: Mapping[str, PhaseWindow]
) -> Refusal | None:
    """Tell what the till could have known by the terms: amount, phase, hours, channel, store, at the time of the use.

    A kill switch is not asked: tills hear of it with their next lease, and their slices bound what happens until then.
    """
    on = frozenset(
        phase_id
        for phase_id, window in windows.items()
        if window.is_live and window.starts_at <= use.happened_at < window.ends_at
    )
    refusal = rules.judge_place(
        template,
        msgspec.structs.replace(counters, redeem_stopped=False),
        channel=Channel.IN_STORE,
        store_id=use.store_id,
        merchant_id=use.merchant_id,
        phase_ids=on,
        windows=windows,
        now=use.happened_at,
    )
    if refusal is None and use.amount_minor > template.face_minor:
        return AmountTooHigh(amount_max_minor=template.face_minor)
    return refusal


async def redeem_late(
    tx: Tx, uses: Sequence[LateUse], known: Known, now: datetime
) -> list[Redeemed | Refusal]:
    """Use claims up for what tills did offline; of one claim the first in arrival order is effective.

    `known` is what `read_known` found of the claims in this transaction.

    Refusals: CodeInvalid (no such claim), those of `judge_terms`, ReceiptConflict, those of `judge_late`, BudgetSpent.
    """
    windows = await judging.use_windows(tx, known)
    before = await redemption_store.of_documents(tx, sorted({use.document_id for use in uses}))
    replays = {(one.document_id, one.claim_id): one for one in before}
    results: list[Redeemed | Refusal | None] = [None] * len(uses)
    chosen: dict[str, int] = {}
    twins: list[int] = []
    for place, use in enumerate(uses):
        claim = known.claims.get(use.claim_id)
        if claim is None:
            results[place] = CodeInvalid()
            continue
        refusal = judge_terms(known.templates[claim.coupon_id], known.counters[claim.coupon_id], use, windows)
        replay = replays.get((use.document_id, use.claim_id))
        if refusal is None and replay is not None:
            results[place] = replayed(replay, _request(use))
        elif refusal is None and use.claim_id in chosen:
            twins.append(place)
        else:
            results[place] = refusal or judge_late(claim, use.till_id, use.happened_at, now)
            if results[place] is None:
                chosen[use.claim_id] = place
    await _take(tx, uses, chosen, known, results, now)
    for place in twins:
        first = results[chosen[uses[place].claim_id]]
        # Had the first one failed for want of money, a second would too.
        results[place] = (
            first if isinstance(first, Refusal) else AlreadyUsed(store_id=None, store_name=None, used_at=None)
        )
    done = [result for result in results if result is not None]
    assert len(done) == len(uses), "a use was left without an answer"
    return done


async def redemptions_of(tx: Tx, document_ids: Sequence[str]) -> list[Redeemed]:
    """Return the effective redemptions of documents."""
    found = await redemption_store.of_documents(tx, sorted(set(document_ids))) if document_ids else []
    return [answered(one) for one in found if one.status == "effective"]


async def used_at(tx: Tx, claim_ids: Sequence[str]) -> dict[str, UsedAt]:
    """Return where and when claims were used first, for those with an effective redemption."""
    return await judging.used_at(tx, claim_ids) if claim_ids else {}


async def _take(
    tx: Tx,
    uses: Sequence[LateUse],
    chosen: Mapping[str, int],
    known: Known,
    results: list[Redeemed | Refusal | None],
    now: datetime,
) -> None:
    """Take the claims, then the money; store what was taken."""
    if not chosen:
        return
    wanted = [
        Late(claim_id, known.claims[claim_id].coupon_id, uses[place].till_id, uses[place].happened_at)
        for claim_id, place in chosen.items()
    ]
    poor = await _revive(
        tx, [one for one in wanted if known.claims[one.claim_id].status is ClaimStatus.EXPIRED], known
    )
    for claim_id in poor:
        results[chosen[claim_id]] = BudgetSpent()
    wanted = [one for one in wanted if one.claim_id not in poor]
    taken = await lending_store.redeem_claims_late(tx, wanted, now)
    lost = [one for one in wanted if one.claim_id not in taken]
    current = await store.claims(tx, [one.claim_id for one in lost]) if lost else {}
    documents = [uses[chosen[one.claim_id]].document_id for one in lost]
    same = {
        (stored.document_id, stored.claim_id): stored
        for stored in (await redemption_store.of_documents(tx, documents) if lost else [])
    }
    for one in lost:
        use = uses[chosen[one.claim_id]]
        if (replay := same.get((use.document_id, use.claim_id))) is not None:
            results[chosen[one.claim_id]] = replayed(replay, _request(use))
            continue
        refusal = judge_late(current.get(one.claim_id), one.owner, one.happened_at, now)
        if refusal is None or known.claims[one.claim_id].status is ClaimStatus.EXPIRED:
            raise RetryTransaction  # it changed twice in this moment
        results[chosen[one.claim_id]] = refusal
    paid = await _spend(tx, uses, [chosen[one.claim_id] for one in wanted if one.claim_id in taken], known)
    unpaid = [one for one in wanted if one.claim_id in taken and chosen[one.claim_id] not in paid]
    if unpaid:
        await _put_back(tx, unpaid, known)
        for one in unpaid:
            results[chosen[one.claim_id]] = BudgetSpent()
    drafts = {place: _draft(uses[place], known) for place in sorted(paid)}
    await store_drafts(tx, list(drafts.values()), now)
    for place, draft in drafts.items():
        results[place] = redeemed(draft, now)


async def _revive(tx: Tx, ended: Sequence[Late], known: Known) -> set[str]:
    """Let claims live again that ended after their use, and commit their faces anew; return those without money."""
    if not ended:
        return set()
    alive = await lending_store.revive_claims(tx, ended)
    if len(alive) != len(ended):
        raise RetryTransaction  # another upload revived one of them at this moment
    faces: dict[str, list[Late]] = defaultdict(list)
    for one in ended:
        faces[one.coupon_id].append(one)
    sums = {
        coupon_id: sum(known.claims[one.claim_id].face_minor for one in of) for coupon_id, of in faces.items()
    }
    whole = await lending_store.commit_again(tx, sums)
    poor: list[Late] = []
    for coupon_id in sorted(set(faces) - whole):
        for one in faces[coupon_id]:
            if not await lending_store.commit_again(tx, {coupon_id: known.claims[one.claim_id].face_minor}):
                poor.append(one)
    if poor:
        await lending_store.end_again(tx, [(one.claim_id, one.coupon_id) for one in poor])
    return {one.claim_id for one in poor}


async def _spend(tx: Tx, uses: Sequence[LateUse], places: Sequence[int], known: Known) -> set[int]:
    """Spend each coupon's sum; where the whole does not fit, one use at a time in arrival order."""
    by_coupon: dict[str, list[int]] = defaultdict(list)
    for place in places:
        by_coupon[known.claims[uses[place].claim_id].coupon_id].append(place)
    if not by_coupon:
        return set()
    whole = await lending_store.spend_late(
        tx, {coupon_id: _sum([uses[place] for place in of]) for coupon_id, of in by_coupon.items()}
    )
    paid = {place for coupon_id in whole for place in by_coupon[coupon_id]}
    for coupon_id in sorted(set(by_coupon) - whole):
        for place in sorted(by_coupon[coupon_id]):
            if await lending_store.spend_late(tx, {coupon_id: _sum([uses[place]])}):
                paid.add(place)
    return paid


def _sum(uses: Sequence[LateUse]) -> LateSpend:
    return LateSpend(
        count=len(uses),
        amount_minor=sum(use.amount_minor for use in uses),
        leased_minor=sum(use.leased_minor for use in uses),
    )


async def _put_back(tx: Tx, unpaid: Sequence[Late], known: Known) -> None:
    """Put claims back whose coupon had no money left: as they were read, ended ones with their commitment."""
    rows = []
    ended: dict[str, int] = defaultdict(int)
    for one in unpaid:
        claim = known.claims[one.claim_id]
        rows.append((claim.claim_id, claim.coupon_id, claim.status, claim.lock_owner, claim.locked_until))
        if claim.status is ClaimStatus.EXPIRED:
            ended[claim.coupon_id] += claim.face_minor
    await redemption_store.unredeem_claims(tx, sorted(rows, key=lambda row: row[0]))
    if ended:
        await redemption_store.uncommit(tx, ended)


def _draft(use: LateUse, known: Known) -> RedemptionDraft:
    claim = known.claims[use.claim_id]
    template = known.templates[claim.coupon_id]
    share = rules.funder_minor(template.terms, use.amount_minor)
    return RedemptionDraft(
        new_id("red"),
        claim.coupon_id,
        template.version,
        template.terms.currency,
        claim.face_minor,
        share.get(FunderKind.PLATFORM, 0),
        share.get(FunderKind.MERCHANT, 0),
        share.get(FunderKind.BRAND, 0),
        _request(use),
        use.happened_at,
    )


def _request(use: LateUse) -> RedeemRequest:
    return RedeemRequest(
        claim_id=use.claim_id,
        document_id=use.document_id,
        amount_minor=use.amount_minor,
        order_id=use.order_id,
        receipt_id=use.receipt_id,
        merchant_id=use.merchant_id,
        store_id=use.store_id,
        till_id=use.till_id,
        clerk_id=use.clerk_id,
        channel=Channel.IN_STORE,
        owner=use.till_id,
    )
