"""Decide on phones, logins, passwords and guesses: pure functions."""

import hashlib
import hmac
import re
import secrets
from itertools import pairwise

from fairday.identity.errors import BadPhone, WeakPassword, WeakPin

TOKEN_LENGTH_MAX = 64
SESSION_PREFIX = "fds_"
KEY_PREFIX = "fdk_"

SESSION_TTL_S = 30 * 24 * 3600
STAFF_TTL_S = 12 * 3600
KEY_TTL_DAYS = 365
CODE_TTL_S = 600
CODE_TRIES_MAX = 5
CODE_PAUSE_S = 60

LOGIN_LIMITS = {"pair": (5, 900), "login": (50, 3600), "ip": (100, 900)}
"""Failed sign-ins allowed and the window in seconds: for one login from one address, one login, one address."""

CODE_LIMITS = {"phone": (10, 86_400), "ip": (60, 3600)}
"""Codes sent to one phone a day and asked for by one address an hour."""

PIN_LIMIT = (5, 900)

PAYMENT_PIN_LOCK_S = 1800.0
"""How long five wrong payment PINs in a row lock it: at most 240 guesses a day at a million PINs."""
PIN_FREE_LIMIT = (10, 86_400)
"""Payments without PIN in a day, for a phone that is lost unlocked."""
PAYING_TTL_S = 300.0
"""How long pay codes are shown after the PIN was given."""

_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９＋－（）", "0123456789+-()")
_COMMON = frozenset(
    [
        "password",
        "password1",
        "password12",
        "password123",
        "passw0rd",
        "p@ssw0rd",
        "p@ssword",
        "12345678",
        "123456789",
        "1234567890",
        "87654321",
        "11111111",
        "00000000",
        "88888888",
        "66666666",
        "qwertyui",
        "qwerty123",
        "qwertyuiop",
        "1q2w3e4r",
        "1qaz2wsx",
        "iloveyou",
        "sunshine",
        "princess",
        "football",
        "baseball",
        "superman",
        "trustno1",
        "welcome1",
        "letmein1",
        "admin123",
        "administrator",
        "abc12345",
        "abcd1234",
        "a1234567",
        "a12345678",
        "woaini1314",
        "woaini520",
        "5201314520",
        "asdfghjk",
        "zxcvbnm1",
        "changeme",
        "starwars",
        "whatever",
        "computer",
        "internet",
    ]
)


def normal_phone(text: str) -> str:
    """Return `text` in E.164: full-width digits, spaces and dashes are understood; without a country it is +86.

    Raises: BadPhone.
    """
    plain = re.sub(r"[\s().-]", "", text.translate(_FULL_WIDTH))
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    elif not plain.startswith("+"):
        plain = "+86" + plain
    if not _PHONE.fullmatch(plain) or (plain.startswith("+86") and len(plain) != 14):
        raise BadPhone()
    return plain


def hash_phone(key: bytes, phone: str) -> bytes:
    """Return the keyed hash under which `phone` (E.164) is known: without the key numbers cannot be tried out."""
    return hmac.digest(key, phone.encode(), "sha256")


def hash_token(token: str) -> bytes:
    """Return what is stored of a token. Tokens are 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def hash_code(key: bytes, phone: str, code: str) -> bytes:
    """Return what is stored of a phone code, bound to its phone."""
    return hmac.digest(key, f"{phone} {code}".encode(), "sha256")


def new_token(prefix: str) -> str:
    """Return a new secret of 256 random bits behind a prefix that secret scanners can find."""
    return prefix + secrets.token_urlsafe(32)


def new_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def check_password(password: str, login: str | None) -> None:
    """Refuse a password that attackers try first, or that is the login. Raises: WeakPassword. Source: ASVS 6.2.4."""
    plain = password.lower()
    if plain in _COMMON or (login is not None and plain == login.lower()) or len(set(plain)) < 3:
        raise WeakPassword()


def check_payment_pin(pin: str) -> None:
    """Refuse a PIN of one or two digits only, or a row up or down. Raises: WeakPin."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if len(set(pin)) < 3 or steps in ({1}, {9}) or pin[:3] == pin[3:]:
        raise WeakPin()


def is_same(stored: bytes, given: bytes) -> bool:
    """Compare two hashes in constant time."""
    return hmac.compare_digest(stored, given)
