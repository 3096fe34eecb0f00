"""Run what happens in the background: reactions to events, and schedules such as expiring unpaid orders."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable

import structlog

from fairday.app import domains
from fairday.app.reactions import Reaction, table
from fairday.app.settings import Settings
from fairday.kernel import idempotency, ids, logs, outbox
from fairday.kernel.tx import TRANSIENT, Database

log = structlog.get_logger(__name__)
IDLE_S = 0.1
BROKEN_S = 1.0
"""Pause after a look or a reaction that failed."""


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; a reaction or job that fails is logged and tried again."""
    ids.reseed()
    logs.configure(settings.log_level)
    database = await Database.connect(settings.database_url, size=6)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    bells = {reaction.consumer: asyncio.Event() for reaction in table()}
    tasks = [
        asyncio.create_task(_react(database, reaction, bells[reaction.consumer])) for reaction in table()
    ]
    tasks.append(asyncio.create_task(_look_out(database, bells)))
    tasks.append(asyncio.create_task(_repeat(database, "sweep answers", 600, idempotency.sweep)))
    for module in domains.modules("schedule"):
        tasks += [asyncio.create_task(_repeat(database, *job)) for job in module.JOBS]
    await stop.wait()
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await database.close()


async def _look_out(database: Database, bells: dict[str, asyncio.Event]) -> None:
    """Ring for each reaction that has something to read: at rest, one look a tick is all that the log costs."""
    while True:
        try:
            for consumer in await outbox.who_waits(database, list(bells)):
                bells[consumer].set()
        except TRANSIENT as error:
            log.warning("reactions wait for the database", error=repr(error))
            await asyncio.sleep(BROKEN_S)
        except Exception:  # whatever it was, nobody reacts to anything without the next look
            log.exception("the look for waiting reactions broke")
            await asyncio.sleep(BROKEN_S)
        await asyncio.sleep(IDLE_S)


async def _react(database: Database, reaction: Reaction, bell: asyncio.Event) -> None:
    while True:
        await bell.wait()
        bell.clear()
        try:
            while await outbox.consume(database, reaction.consumer, reaction.effect, types=reaction.types):
                pass
        except TRANSIENT as error:
            log.warning("reaction waits for the database", consumer=reaction.consumer, error=repr(error))
            await asyncio.sleep(BROKEN_S)
        except Exception:
            log.exception("reaction broke", consumer=reaction.consumer)
            await asyncio.sleep(BROKEN_S)


async def _repeat(
    database: Database, name: str, every_s: float, job: Callable[[Database], Awaitable[int]]
) -> None:
    """Run `job` every `every_s` seconds; a job returns how many things it settled and opens its own transactions."""
    while True:
        try:
            settled = await job(database)
            if settled:
                log.info("job done", job=name, settled=settled)
        except TRANSIENT as error:
            log.warning("job waits for the database", job=name, error=repr(error))
        except Exception:
            log.exception("job broke", job=name)
        await asyncio.sleep(every_s)
