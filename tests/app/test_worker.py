"""The worker goes on looking for what waits, whatever one look ends in: without the next nobody would react again."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import pytest

from fairday.app import worker


@pytest.mark.parametrize("error", [ValueError("broken"), TimeoutError()])
async def test_a_look_that_breaks_is_not_the_last(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    looks = 0

    async def who_waits(database: Any, consumers: Sequence[str]) -> set[str]:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise error
        return set(consumers)

    monkeypatch.setattr(worker.outbox, "who_waits", who_waits)
    monkeypatch.setattr(worker, "BROKEN_S", 0.01)
    bell = asyncio.Event()
    looking = asyncio.create_task(worker._look_out(None, {"screen": bell}))  # type: ignore[arg-type]  # never used
    async with asyncio.timeout(5):
        await bell.wait()
    looking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await looking
    assert looks >= 2
