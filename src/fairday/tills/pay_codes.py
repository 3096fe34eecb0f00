"""Read and use members' pay codes: a signed code of the minute that pays once. Source: R39, S35."""

from collections.abc import Sequence
from datetime import datetime

from fairday.coupons import service as coupons
from fairday.coupons.service import MemberShown
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import RetryTransaction, Tx
from fairday.tills import store
from fairday.tills.errors import PayCodeUsed
from fairday.tills.sale_types import PayCode


async def issue(tx: Tx, member_id: str, now: datetime) -> PayCode:
    """Return a member's pay code of this minute."""
    code = await coupons.issue_member_code(tx, member_id, now)
    return PayCode(code.text, code.step_s, code.renews_at, code.expires_at)


async def read(tx: Tx, texts: Sequence[str | None], now: datetime) -> list[MemberShown | Refusal | None]:
    """Return whom each code shows; None where there is none. Refusals: CodeInvalid, CodeExpired, PayCodeUsed."""
    found = iter(await coupons.read_member_codes(tx, [text for text in texts if text is not None], now))
    shown = [None if text is None else next(found) for text in texts]
    used = await store.used_pay_codes(
        tx, [(one.member_id, one.step) for one in shown if isinstance(one, MemberShown)]
    )
    return [
        PayCodeUsed() if isinstance(one, MemberShown) and (one.member_id, one.step) in used else one
        for one in shown
    ]


async def use(tx: Tx, payers: Sequence[MemberShown]) -> None:
    """Note that these codes paid. Raises: RetryTransaction when one did elsewhere at this moment."""
    if payers and await store.use_pay_codes(tx, [(one.member_id, one.step) for one in payers]) != len(payers):
        raise RetryTransaction
