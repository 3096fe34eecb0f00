"""Make and read the codes a member shows: signed text for scanning, digits for typing. Pure, no database.

The text is base45 (the alphanumeric mode of QR codes) of: one byte of kind and version, four of the key id, four of
the step, the ids of claim and coupon, and an Ed25519 signature of all that under a name of its own, so that no other
signed thing of ours can pass for a code. A till can check it without network: R37, R39; ASVS 9.1, 9.2.
"""

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fairday.coupons.claims import CodeContent
from fairday.coupons.errors import CodeExpired, CodeInvalid

STEP_S = 60
"""A new code each minute; one step before and after are accepted, for clocks that differ. Source: R39."""
DIGITS = 12
"""Digits to type: 40 bits. That is guessable in principle, so they live two minutes, tries at a till are counted
(`TRIES_MAX`), and with a million codes alive one try in a million hits: at 10 tries a minute, one in ten weeks."""
TRIES_MAX = 10
"""Typed codes a till may try in a minute; scanning is not limited."""
_KIND = b"\xc1"
_PURPOSE = b"fairday coupon code v1\x00"
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {letter: value for value, letter in enumerate(_BASE45)}
_ID_BYTES = 14
_HEAD_BYTES = 1 + 4 + 4 + 2 * _ID_BYTES
_SIGNATURE_BYTES = 64
TEXT_MAX = 400


class SigningKey(msgspec.Struct, frozen=True):
    """Hold the private key of this installation; `kid` is made from the public half."""

    kid: str
    seed: bytes
    public: bytes

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of `message`."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def key_of(seed: bytes) -> SigningKey:
    """Make a key of 32 secret bytes."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return SigningKey(hashlib.sha256(public).hexdigest()[:8], seed, public)


@cache
def signing_key() -> SigningKey:
    """Return this installation's key: FAIRDAY_CODE_KEY (base64url of 32 bytes), else a file of the data folder.

    The file is made at the first use, readable by its owner only; several machines share one key by the variable.
    Raises: RuntimeError when the variable holds something else.
    """
    given = os.environ.get("FAIRDAY_CODE_KEY")
    if given:
        try:
            seed = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
        except ValueError:
            seed = b""
        if len(seed) != 32:
            raise RuntimeError("FAIRDAY_CODE_KEY must be base64url of 32 bytes; make one or leave it unset")
        return key_of(seed)
    home = Path(os.environ.get("FAIRDAY_HOME") or "~/.fairday").expanduser()
    return key_of(_file_seed(home / "keys" / "coupon-codes.key"))


def secret_for(purpose: bytes, length: int) -> bytes:
    """Return `length` secret bytes for another purpose of this installation: they tell nothing of its key, nor of each other."""
    return HKDF(hashes.SHA256(), length, None, purpose).derive(signing_key().seed)


def _file_seed(path: Path) -> bytes:
    """Read the seed, or make it once: of several processes that start together, all get the same."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link appears whole or not at all, and never over another one.
        with suppress(FileExistsError):
            Path(path).hardlink_to(file.name)
    finally:
        Path(file.name).unlink()
    return path.read_bytes()


def step_at(now: datetime) -> int:
    """Return the number of the step that holds `now`."""
    return int(now.timestamp()) // STEP_S


def step_start(step: int) -> datetime:
    """Return the instant at which a step begins."""
    return datetime.fromtimestamp(step * STEP_S, UTC)


def make_text(key: SigningKey, claim_id: str, coupon_id: str, step: int) -> str:
    """Return the text of the code for this step; the same for the whole step."""
    head = _KIND + bytes.fromhex(key.kid) + step.to_bytes(4, "big") + _pack(claim_id) + _pack(coupon_id)
    return base45(head + key.sign(_PURPOSE + head))


def read_text(text: str, public_keys: Mapping[str, bytes], now: datetime) -> CodeContent:
    """Return what a code says after checking form, key, signature and time, in this order.

    Raises: CodeInvalid, CodeExpired.
    """
    content = read_signed(text, public_keys)
    refusal = time_refusal(content.step, now)
    if refusal is not None:
        raise refusal
    return content


def time_refusal(step: int, at: datetime) -> CodeExpired | None:
    """Return why a code of `step` was not good at an instant: it is of that minute, or of one beside it. Source: R39."""
    return CodeExpired() if abs(step_at(at) - step) > 1 else None


def read_signed(text: str, public_keys: Mapping[str, bytes]) -> CodeContent:
    """Return what a code says after checking form, key and signature; the caller judges its time.

    Raises: CodeInvalid.
    """
    raw = unbase45(text)
    if raw is None or len(raw) != _HEAD_BYTES + _SIGNATURE_BYTES or raw[:1] != _KIND:
        raise CodeInvalid()
    head, signature = raw[:_HEAD_BYTES], raw[_HEAD_BYTES:]
    kid = head[1:5].hex()
    public = public_keys.get(kid)
    if public is None:
        raise CodeInvalid()
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _PURPOSE + head)
    except InvalidSignature:
        raise CodeInvalid() from None
    step = int.from_bytes(head[5:9], "big")
    claim_id = _unpack("clm", head[9 : 9 + _ID_BYTES])
    coupon_id = _unpack("cpn", head[9 + _ID_BYTES :])
    return CodeContent(claim_id, coupon_id, kid, step)


def make_digits(key: SigningKey, claim_id: str, step: int, attempt: int = 0) -> str:
    """Return the digits for this step, without spaces; another `attempt` gives others, when two claims collide."""
    message = f"digits|{claim_id}|{step}|{attempt}".encode()
    number = int.from_bytes(hmac.digest(key.seed, message, "sha256")[:16], "big") % 10**DIGITS
    return str(number).rjust(DIGITS, "0")


def hash_digits(key: SigningKey, digits: str) -> bytes:
    """Return the keyed hash under which digits are stored: without the key a stolen table tells no code."""
    return hmac.digest(key.seed, b"typed|" + digits.encode(), "sha256")


def grouped(digits: str) -> str:
    """Write digits in groups of four."""
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def expiry(step: int) -> datetime:
    """Return the end of the step after `step`, until which its code is accepted."""
    return step_start(step) + timedelta(seconds=2 * STEP_S)


def normal(text: str) -> str:
    """Bring a scanned or typed code to one form: full-width to ASCII, upper case, no blanks around. Source: R13."""
    return unicodedata.normalize("NFKC", text[:TEXT_MAX]).strip(" \t\r\n").upper()


def typed_digits(text: str) -> str | None:
    """Return the digits of a normalised code to type, None when it is not one."""
    digits = text.replace(" ", "").replace("-", "")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else None


def base45(raw: bytes) -> str:
    """Encode bytes in base 45. Source: RFC 9285."""
    letters = []
    for place in range(0, len(raw) - 1, 2):
        value = raw[place] * 256 + raw[place + 1]
        letters += [_BASE45[value % 45], _BASE45[value // 45 % 45], _BASE45[value // 2025]]
    if len(raw) % 2:
        letters += [_BASE45[raw[-1] % 45], _BASE45[raw[-1] // 45]]
    return "".join(letters)


def unbase45(text: str) -> bytes | None:
    """Decode base 45; None for text that is none. Source: RFC 9285.

    A blank is a letter of base 45, and scanners and forms trim it: a length that no bytes have lacks the one in front.
    """
    try:
        values = [_VALUE[letter] for letter in (f" {text}" if len(text) % 3 == 1 else text)]
    except KeyError:
        return None
    whole = len(values) // 3 * 3
    raw = bytearray()
    # Written out for speed: an upload of an offline till holds hundreds of codes.
    for place in range(0, whole, 3):
        number = values[place] + 45 * values[place + 1] + 2025 * values[place + 2]
        if number > 0xFFFF:
            return None
        raw.append(number >> 8)
        raw.append(number & 0xFF)
    if whole < len(values):
        number = values[-2] + 45 * values[-1]
        if number > 0xFF:
            return None
        raw.append(number)
    return bytes(raw)


def _pack(thing_id: str) -> bytes:
    """Pack the 27 hex digits of an id into 14 bytes."""
    return bytes.fromhex("0" + thing_id.partition("_")[2])


def _unpack(prefix: str, raw: bytes) -> str:
    return f"{prefix}_{raw.hex()[1:]}"
