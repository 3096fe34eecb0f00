"""Sign and read the code by which a member shows itself at a till, for example to pay: same keys and steps as claims.

Its kind and the name it is signed under are its own, so that neither code passes for the other. It is scanned, never
typed: money is behind it. Source: R37, R39; ASVS 9.1, 9.2.
"""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fairday.coupons import code_store, codes
from fairday.coupons.errors import CodeExpired, CodeInvalid
from fairday.kernel.errors import Refusal
from fairday.kernel.tx import Tx

_KIND = b"\xc2"
_PURPOSE = b"fairday member code v1\x00"
_HEAD_BYTES = 1 + 4 + 4 + 14
_MEMBER = re.compile(r"mem_[0-9a-f]{27}")


class MemberCode(msgspec.Struct, frozen=True):
    """Hold the code of this step; accepted until `expires_at`."""

    text: str
    step_s: int
    renews_at: datetime
    expires_at: datetime


class MemberShown(msgspec.Struct, frozen=True):
    """Tell whom a code shows, and of which step it is: (member, step) names one code."""

    member_id: str
    step: int


async def issue_member_code(tx: Tx, member_id: str, now: datetime) -> MemberCode:
    """Return a member's code of this step, and publish the key that verifies it."""
    assert _MEMBER.fullmatch(member_id), f"{member_id} is no member"
    key = codes.signing_key()
    await code_store.publish_key(tx, key.kid, key.public, now)
    step = codes.step_at(now)
    packed = bytes.fromhex("0" + member_id.partition("_")[2])
    head = _KIND + bytes.fromhex(key.kid) + step.to_bytes(4, "big") + packed
    return MemberCode(
        codes.base45(head + key.sign(_PURPOSE + head)),
        codes.STEP_S,
        codes.step_start(step + 1),
        codes.expiry(step),
    )


async def read_member_codes(tx: Tx, texts: Sequence[str], now: datetime) -> list[MemberShown | Refusal]:
    """Read codes with one look at the keys. Refusals: CodeInvalid, CodeExpired."""
    if not texts:
        return []
    key = codes.signing_key()
    public = await code_store.public_keys(tx, key)
    return [_read(codes.normal(text), public, now) for text in texts]


def _read(text: str, public: dict[str, bytes], now: datetime) -> MemberShown | Refusal:
    raw = codes.unbase45(text)
    if raw is None or len(raw) != _HEAD_BYTES + 64 or raw[:1] != _KIND:
        return CodeInvalid()
    head, signature = raw[:_HEAD_BYTES], raw[_HEAD_BYTES:]
    key = public.get(head[1:5].hex())
    if key is None:
        return CodeInvalid()
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _PURPOSE + head)
    except InvalidSignature:
        return CodeInvalid()
    step = int.from_bytes(head[5:9], "big")
    if abs(codes.step_at(now) - step) > 1:
        return CodeExpired()
    return MemberShown(f"mem_{head[9:].hex()[1:]}", step)
