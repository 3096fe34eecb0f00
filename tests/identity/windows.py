"""Keep tests of counted attempts away from the end of a counting window."""

import asyncio
import time

from fairday.identity.rules import PIN_LIMIT


async def begin_in_one_window(needed_s: float = 25.0) -> None:
    """Wait for the next window of 15 minutes when this one ends within `needed_s` seconds."""
    left_s = PIN_LIMIT[1] - time.time() % PIN_LIMIT[1]
    if left_s < needed_s:
        await asyncio.sleep(left_s + 0.5)
