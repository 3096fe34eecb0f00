"""Answer a sign-in, however its person proved who it is: with a token, or to a page with a cookie."""

from datetime import datetime

import msgspec

from fairday.identity import service
from fairday.identity.types import Session
from fairday.kernel import strict_json
from fairday.kernel.http import browser
from fairday.kernel.http.routes import Call
from fairday.kernel.idempotency import Answer


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a new session. `token` goes into `Authorization: Bearer`; it is shown only here.

    A page that names its app (`Fairday-App`) gets null: its session is in a cookie that scripts cannot read.
    """

    token: str | None
    session_id: str
    account_id: str
    expires_at: datetime


async def signed_in(call: Call, token: str, session: Session) -> Answer:
    """Return the answer of a sign-in; a page gets its cookie, and the session it held before ends."""
    if call.app is not None:
        await service.end_replaced(call.services.database, call.principal)
    answer = SignedIn(
        token=browser.keep(call, token, session.expires_at),
        session_id=session.session_id,
        account_id=session.account_id,
        expires_at=session.expires_at,
    )
    return Answer(201, strict_json.encode(answer))
