"""Credit wallets with shares, each once by the share's id: in the transaction of the grab, or by a reaction in a rush.

A batch that grabs holds its packet's row until it commits, so what else it does decides how fast one packet can be. Measured with
batches of 250 on one packet: 57 microseconds a grab with the credit, 30 without; see docs/algorithms/red-packets.md.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from fairday.kernel.errors import Refusal
from fairday.kernel.events import Recorded
from fairday.kernel.tx import Tx
from fairday.ledger import service as ledger
from fairday.ledger.types import Posted, Posting, TransferDraft
from fairday.redpackets import rules
from fairday.redpackets.events import Grabbed

AT_ONCE_MAX = 16
"""Most grabs of a batch whose wallets are credited in its own transaction."""

CONSUMER = "redpackets.credit"
READ = frozenset({"redpackets.Grabbed"})


async def credit_now(tx: Tx, grabs: Sequence[Grabbed], now: datetime) -> None:
    """Credit the wallets of grabs that this transaction made."""
    postings = [
        _posting(one.packet_id, one.place, one.member_id, one.currency, one.amount_minor) for one in grabs
    ]
    _all_posted(await ledger.post_planned(tx, ledger.plan(postings), now))


async def credit_late(tx: Tx, events: Sequence[Recorded], now: datetime) -> None:
    """Credit the wallets of late grabs as they are read from the log; what stands in the books already stays as it is."""
    postings = [_posting(**_of(event)) for event in events if event.data["is_late"]]
    if postings:
        _all_posted(await ledger.post(tx, postings, now))


def _of(event: Recorded) -> dict[str, Any]:
    return {
        name: event.data[name] for name in ("packet_id", "place", "member_id", "currency", "amount_minor")
    }


def _posting(packet_id: str, place: int, member_id: str, currency: str, amount_minor: int) -> Posting:
    transfer = TransferDraft(rules.account_of(packet_id), f"wallet:{member_id}", amount_minor)
    return Posting(f"grab:{packet_id}:{place}", packet_id, "red_packet_grab", currency, (transfer,))


def _all_posted(answers: Iterable[Posted | Refusal]) -> None:
    for posted in answers:
        assert not isinstance(posted, Refusal), f"a packet does not hold what its shares are: {posted!r}"
