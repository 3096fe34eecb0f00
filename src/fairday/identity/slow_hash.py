"""Hash and verify passwords and PINs with argon2id in two threads, so that guesses never stall the event loop.

Parameters are OWASP's second choice: 19 MiB, two passes. Two threads bound the memory that guesses can take to 38 MiB.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fairday.kernel.errors import Busy

T = TypeVar("T")
WAITING_MAX = 64


class SlowHash:
    """Make and check argon2id hashes; at most `WAITING_MAX` wait, more are refused as busy."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
        self._waiting = 0
        self._nobody: str | None = None

    async def make(self, secret: str) -> str:
        """Return the argon2id hash of `secret`. Raises: Busy."""
        return await self._in_thread(lambda: self._hasher.hash(secret))

    async def matches(self, stored: str | None, secret: str) -> bool:
        """Tell whether `secret` is behind `stored`; takes as long when nothing is stored (no enumeration). Raises: Busy."""
        is_same = await self._in_thread(lambda: self._verify(stored, secret))
        return is_same and stored is not None

    def _verify(self, stored: str | None, secret: str) -> bool:
        if stored is None:
            self._nobody = self._nobody or self._hasher.hash("nobody has this password")
            stored = self._nobody
        try:
            return self._hasher.verify(stored, secret)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_MAX:
            raise Busy(retry_after_s=2)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


slow_hash = SlowHash()
