"""Book what does not count: a break for each, and for each loss exactly one posting to who bears it. Source: R37, I10."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from fairday.coupons import service as coupons
from fairday.coupons.service import UsedAt
from fairday.kernel import outbox
from fairday.kernel.errors import Refusal
from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import Posting, Reversal, TransferDraft
from fairday.offline import log_store, rules, store
from fairday.offline.events import BreakBooked
from fairday.offline.log_store import BreakDraft
from fairday.offline.log_types import LogRecord, RecordBody
from fairday.offline.types import Bearer
from fairday.tills.types import PairedDevice

if TYPE_CHECKING:
    from fairday.offline.settling import Item, Use

CLONED = "cloned_device"


def posting_id(break_id: str) -> str:
    """Return the id of the posting that books a break."""
    return f"break:{break_id}"


def loss(break_id: str, merchant_id: str, currency: str, amount_minor: int, bearer: Bearer) -> Posting:
    """Return the posting of a loss: the merchant gave the discount and is made whole, the bearer carries it."""
    return Posting(
        posting_id(break_id),
        break_id,
        "redemption_break",
        currency,
        (
            TransferDraft(
                rules.loss_account(bearer, merchant_id), f"merchant:{merchant_id}:payable", amount_minor
            ),
        ),
    )


async def post(tx: Tx, postings: Sequence[Posting], now: datetime) -> None:
    """Book losses; merchants and the platform may go below zero, so a refusal is a broken book."""
    for posted in await ledger.post(tx, postings, now):
        assert not isinstance(posted, Refusal), posted


class Breaks:
    """Collect the breaks of a batch: drafts to insert, postings to book, events to tell."""

    def __init__(self, agreed: Mapping[str, Bearer], now: datetime) -> None:
        self._agreed = agreed
        self._now = now
        self._posted = 0
        self.drafts: list[BreakDraft] = []

    async def add(self, tx: Tx, items: Sequence["Item"]) -> None:
        """Take in every use of `items` that does not count, and every flagged record that used no coupon."""
        used = [
            use.content.claim_id
            for item in items
            for use in item.uses
            if use.reason == "already_used" and use.content is not None
        ]
        first = await coupons.used_at(tx, used)
        for item in items:
            for use in item.uses:
                if use.reason is not None:
                    self._use(item, use, first)
            if item.reason is not None and not item.uses:
                self._draft(item.device, item.record, item.body, -1, item.reason, 0, item.at)

    def _use(self, item: "Item", use: "Use", first: Mapping[str, UsedAt]) -> None:
        assert use.reason is not None
        claim_id = use.content.claim_id if use.content else None
        use.break_id = self._draft(
            item.device,
            item.record,
            item.body,
            use.place,
            use.reason,
            use.told.amount_minor,
            item.at,
            claim_id=claim_id,
            coupon_id=use.content.coupon_id if use.content else None,
            first=first.get(claim_id or "") if use.reason == "already_used" else None,
            is_overridden=use.is_overridden,
        )

    def add_fork(self, device: PairedDevice, record: LogRecord, body: RecordBody | None) -> None:
        """Take in a record of another branch of a device's log: nothing of it is applied, all of it is told."""
        fork = bytes.fromhex(record.hash)
        at = self._now if body is None else min(body.happened_at, self._now)
        codes = body.codes if body else ()
        for place, code in enumerate(codes):
            self._draft(device, record, body, place, CLONED, code.amount_minor, at, fork=fork)
        if not codes:
            self._draft(device, record, body, -1, CLONED, 0, at, fork=fork)

    def _draft(
        self,
        device: PairedDevice,
        record: LogRecord,
        body: RecordBody | None,
        place: int,
        reason: str,
        amount_minor: int,
        at: datetime,
        *,
        claim_id: str | None = None,
        coupon_id: str | None = None,
        first: UsedAt | None = None,
        fork: bytes | None = None,
        is_overridden: bool = False,
    ) -> str:
        kind = rules.kind_of(reason)
        # What a supervisor let pass the agreed limits is not what was agreed on.
        bearer = Bearer.MERCHANT if is_overridden else rules.bearer_of(kind, self._agreed[device.merchant_id])
        break_id = new_id("brk")
        self.drafts.append(
            BreakDraft(
                break_id, device.device_id, record.seq, place, fork, kind, reason, device.merchant_id, device.store_id,
                device.till_id, body.clerk_id if body else None, body.receipt_id if body else None, device.currency,
                amount_minor, body.total_minor if body else 0, bearer, bearer, claim_id, coupon_id,
                posting_id(break_id) if amount_minor else None, first.store_id if first else None,
                first.order_id if first else None, first.used_at if first else None, at, self._now,
            )
        )  # fmt: skip
        return break_id

    def postings(self) -> list[Posting]:
        """Return the postings of the breaks taken in since the last call, in order."""
        fresh, self._posted = self.drafts[self._posted :], len(self.drafts)
        return [
            loss(draft.break_id, draft.merchant_id, draft.currency, draft.amount_minor, Bearer(draft.bearer))
            for draft in fresh
            if draft.amount_minor
        ]

    async def post_rest(self, tx: Tx) -> None:
        """Book the losses that no sale took along."""
        rest = self.postings()
        if rest:
            await post(tx, rest, self._now)

    async def store(self, tx: Tx) -> None:
        """Insert the breaks and tell of them."""
        if not self.drafts:
            return
        await self.post_rest(tx)
        await log_store.insert_breaks(tx, self.drafts)
        events = [
            BreakBooked(
                break_id=one.break_id, merchant_id=one.merchant_id, store_id=one.store_id, till_id=one.till_id,
                kind=one.kind, reason=one.reason, bearer=one.bearer, claim_id=one.claim_id, coupon_id=one.coupon_id,
                currency=one.currency, amount_minor=one.amount_minor,
            )
            for one in self.drafts
        ]  # fmt: skip
        await outbox.publish(tx, events, self._now)
        self.drafts, self._posted = [], 0


async def void(tx: Tx, receipts: Sequence[tuple[str, str]], now: datetime) -> int:
    """Void the open breaks of receipts that were undone, given as (till, receipt), and book their losses backwards."""
    voided = await store.void_breaks(tx, receipts, now) if receipts else []
    reversals = [
        Reversal(f"break_voided:{break_id}", posting, break_id)
        for break_id, posting in voided
        if posting is not None
    ]
    for posted in await ledger.reverse(tx, reversals, now) if reversals else []:
        assert not isinstance(posted, Refusal), posted
    return len(voided)
