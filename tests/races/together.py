"""Run the same work in several processes that begin at the same instant, each with a pool of its own."""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from fairday.kernel.tx import Database

_gate: Any = None

Work = Callable[..., Awaitable[Any]]
"""`async def work(database, number, *arguments)`, a function of a module; its result is pickled."""


async def together(url: str, count: int, work: Work, *arguments: Any) -> list[Any]:
    """Return the results of `work` in `count` processes that all begin when the last one is ready."""
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(count)
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(count, mp_context=context, initializer=_enter, initargs=(gate,)) as pool:
        runs = [loop.run_in_executor(pool, _run, url, number, work, arguments) for number in range(count)]
        return await asyncio.gather(*runs)


def _enter(gate: Any) -> None:
    global _gate  # noqa: PLW0603 - one gate a process, set as it starts
    _gate = gate


def _run(url: str, number: int, work: Work, arguments: tuple[Any, ...]) -> Any:
    return asyncio.run(_work(url, number, work, arguments))


async def _work(url: str, number: int, work: Work, arguments: tuple[Any, ...]) -> Any:
    database = await Database.connect(url, size=4)
    try:
        await asyncio.to_thread(_gate.wait, 60)
        return await work(database, number, *arguments)
    finally:
        await database.close()
