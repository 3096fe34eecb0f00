"""Make prefixed, time-ordered ids: `ord_` + 11 hex digits of milliseconds + 16 random hex digits.

Ids are names, not secrets: what must not be guessed (sessions, keys, codes) comes from `secrets`, or is a `secret_id`.
"""

import random
import time
from typing import Annotated

import msgspec

_random = random.SystemRandom()
_fast = random.Random(_random.getrandbits(256))

Id = Annotated[str, msgspec.Meta(pattern="^[a-z]{3}_[0-9a-zA-Z_-]{1,60}$", description="Prefixed id.")]
ExternalId = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=64, description="The integrator's own id; unique per merchant."),
]


def new_id(prefix: str) -> str:
    """Return a new id such as `ord_019a3f6c2d1` + 16 hex digits; ids made later sort later (to a millisecond)."""
    return f"{prefix}_{time.time_ns() // 1_000_000:011x}{_fast.getrandbits(64):016x}"


def secret_id(prefix: str) -> str:
    """Return a new id that nobody can guess, for a thing that is open to whoever has its link."""
    return f"{prefix}_{time.time_ns() // 1_000_000:011x}{_random.getrandbits(64):016x}"


def new_ids(prefix: str, count: int) -> list[str]:
    """Return `count` new ids, each sorting after the one before: neighbours in every index, at a fifth of the work."""
    head, first = f"{prefix}_{time.time_ns() // 1_000_000:011x}", _fast.getrandbits(63)
    return [f"{head}{number:016x}" for number in range(first, first + count)]


def after(first_id: str, count: int) -> str:
    """Return the id that `new_ids` gives `count` places after `first_id`."""
    return f"{first_id[:-16]}{int(first_id[-16:], 16) + count:016x}"


def reseed() -> None:
    """Draw a new seed; call it after a fork so that two processes never share a sequence."""
    _fast.seed(_random.getrandbits(256))
