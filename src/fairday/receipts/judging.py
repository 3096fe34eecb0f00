"""Decide which receipts of a file are new, revised or known, and what each of them supersedes."""

from collections.abc import Mapping, Sequence

import msgspec

from fairday.kernel.ids import new_id
from fairday.kernel.tx import Tx
from fairday.receipts import store
from fairday.receipts.rules import TWIN, Draft
from fairday.receipts.types import ReceiptLine

Key = tuple[str, str]
"""A store id and a receipt's external id."""


class Counts(msgspec.Struct):
    """Count receipts by what became of them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    corrected: int = 0

    def add(self, more: "Counts") -> None:
        """Add the counts of one more chunk."""
        self.created += more.created
        self.updated += more.updated
        self.unchanged += more.unchanged
        self.corrected += more.corrected


class Judged:
    """Hold what a chunk of drafts becomes: new rows, what they supersede (receipt id -> by), counts and warnings."""

    def __init__(self, seen: frozenset[Key] | set[Key]) -> None:
        self.fresh: dict[Key, store.NewReceipt] = {}
        self.drafts: dict[Key, Draft] = {}
        self.superseded: dict[str, str] = {}
        self.counts = Counts()
        self.warnings: list[tuple[str, Draft, str]] = []
        self._seen = seen
        self._known: dict[Key, store.Latest] = {}
        self._correctors: dict[Key, tuple[str, str, bool]] = {}

    @property
    def rows(self) -> list[store.NewReceipt]:
        """Return the rows to insert."""
        return list(self.fresh.values())

    @property
    def lines(self) -> list[tuple[str, ReceiptLine]]:
        """Return the lines to insert, each with its receipt's id."""
        return [
            (row.receipt_id, line)
            for key, row in self.fresh.items()
            for line in self.drafts[key].lines.values()
        ]

    async def judge(self, tx: Tx, chunk: Sequence[Draft], told: Mapping[Key, str]) -> None:
        """Judge a chunk in which what is corrected stands before its correction; `told` are the file's own twins.

        A receipt with other content than before becomes its next revision. One that a correction is already known for
        is superseded from the start. Of two corrections of one receipt the later one counts.
        """
        keys = {draft.key for draft in chunk}
        targets = {(draft.store_id, draft.corrects) for draft in chunk if draft.corrects is not None}
        self._known = await store.latest(tx, sorted(keys | targets))
        self._correctors = await store.correctors(tx, sorted(keys | targets))
        for draft in chunk:
            self._take(draft)
        found = await store.twins(tx, self.rows, TWIN) | dict(told)
        for key, row in self.fresh.items():
            if key in found:
                self.fresh[key] = msgspec.structs.replace(row, twin_of=found[key])
                self.warnings.append(("possible_twin", self.drafts[key], found[key]))

    def _take(self, draft: Draft) -> None:
        before = self._known.get(draft.key)
        content_hash = draft.content_hash()
        if before is not None and before.content_hash == content_hash:
            self.counts.unchanged += 1
            return
        row = _row(draft, content_hash, before)
        if before is None:
            self.counts.created += 1
            if draft.key in self._correctors:
                row = msgspec.structs.replace(row, superseded_by=self._correctors[draft.key][0])
                self.counts.corrected += 1
        else:
            self.counts.updated += 1
            self.warnings.append(("resent_receipt", draft, draft.external_id))
            if before.superseded_by is None:
                self.superseded[before.receipt_id] = row.receipt_id
        self.fresh[draft.key], self.drafts[draft.key] = row, draft
        if draft.corrects is not None and row.superseded_by is None:
            self._correct(draft, (draft.store_id, draft.corrects), row.receipt_id)

    def _correct(self, draft: Draft, target: Key, by: str) -> None:
        earlier = self._correctors.get(target)
        self._correctors[target] = (by, draft.external_id, True)
        if earlier is not None and earlier[2] and earlier[1] != draft.external_id:
            self._supersede((draft.store_id, earlier[1]), earlier[0], by)
        if target in self.fresh or target in self._known:
            known = self._known.get(target)
            self._supersede(target, known.receipt_id if known else "", by)
        elif target not in self._seen:
            self.warnings.append(("unknown_correction", draft, target[1]))

    def _supersede(self, key: Key, receipt_id: str, by: str) -> None:
        """Let the live revision of `key`, new or stored as `receipt_id`, count no more."""
        row = self.fresh.get(key)
        if row is not None:
            if row.superseded_by is None:
                self.fresh[key] = msgspec.structs.replace(row, superseded_by=by)
                self.counts.corrected += 1
            return
        known = self._known.get(key)
        if receipt_id not in self.superseded and (known is None or known.superseded_by is None):
            self.superseded[receipt_id] = by
            self.counts.corrected += 1


def _row(draft: Draft, content_hash: bytes, before: store.Latest | None) -> store.NewReceipt:
    return store.NewReceipt(
        receipt_id=new_id("rct"),
        store_id=draft.store_id,
        external_id=draft.external_id,
        revision=1 if before is None else before.revision + 1,
        till=draft.till,
        happened_at=draft.happened_at,
        happened_on=draft.happened_on,
        currency=draft.currency,
        total_minor=draft.total_minor,
        line_count=len(draft.lines),
        return_count=draft.return_count,
        is_incomplete=draft.is_incomplete,
        corrects_external_id=draft.corrects,
        twin_of=None,
        # A receipt that another one corrected stays corrected when it comes again in another form.
        superseded_by=None if before is None else before.superseded_by,
        content_hash=content_hash,
        fingerprint=draft.fingerprint(),
    )
