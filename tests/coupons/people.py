"""Open sessions for people in tests."""

from datetime import datetime

from fairday.identity import service as identity
from fairday.identity.types import AccountDraft
from fairday.kernel.tx import Tx


async def token(tx: Tx, draft: AccountDraft, now: datetime) -> str:
    """Return a session token of a new account."""
    account = await identity.create_account(tx, draft, now)
    opened, _ = await identity.open_session(tx, account.account_id, ttl_s=3600, now=now)
    return opened
