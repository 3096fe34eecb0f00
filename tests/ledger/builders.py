"""Build valid postings with one change each."""

from fairday.kernel.ids import new_id
from fairday.ledger.types import Posting, TransferDraft

CNY = "CNY"


def wallet() -> str:
    """Return a new wallet's account."""
    return f"wallet:{new_id('mem')}"


def posting(
    *transfers: tuple[str, str, int], posting_id: str | None = None, currency: str = CNY, kind: str = "moved"
) -> Posting:
    """Return a posting of (debit, credit, amount) transfers."""
    return Posting(
        posting_id or new_id("trf"), "doc_test", kind, currency, tuple(TransferDraft(*t) for t in transfers)
    )


def top_up(account_id: str, amount_minor: int) -> Posting:
    """Return a posting that credits an account from outside."""
    return posting(("platform:topup", account_id, amount_minor), kind="top_up")
