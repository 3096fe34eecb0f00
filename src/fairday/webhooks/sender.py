"""Send what waits: one task per endpoint, in order, so that a slow receiver only ever delays itself.

Guarantee: per endpoint, messages leave in the order of their places, each again under its constant id until a 2xx, 410
or the end of its term. A lease keeps two senders off one endpoint; it is renewed with each record and runs out when
a process dies. Source: Standard Webhooks 1.0; X13, I53, I55.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import standardwebhooks
import structlog

from fairday.kernel.ids import new_id
from fairday.kernel.tx import TRANSIENT, Database
from fairday.webhooks import rules, service, transport
from fairday.webhooks.types import Attempt, DeliveryStatus, Due, Letter, Verdict

log = structlog.get_logger(__name__)

HEALTHY_SLOTS = 48
FAILING_SLOTS = 16
LETTERS_MAX = 50
RECORD_EVERY_S = 1.0
USER_AGENT = "Fairday-Webhooks/1"


def headers_of(secrets: Sequence[str], event_id: str, body: str, sent_at: datetime) -> dict[str, str]:
    """Return the headers of one attempt; during a rotation both secrets sign. Source: Standard Webhooks 1.0, I57."""
    signatures = [standardwebhooks.Webhook(secret).sign(event_id, sent_at, body) for secret in secrets]
    return {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "user-agent": USER_AGENT,
        "webhook-id": event_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class Sender:
    """Hold the sending tasks of one process."""

    def __init__(
        self, database: Database, *, loopback: bool = False, resolver: transport.Resolve = transport.resolve
    ) -> None:
        self._database = database
        self._loopback = loopback
        self._resolver = resolver
        self._name = new_id("snd")
        self._busy: dict[bool, set[asyncio.Task[None]]] = {False: set(), True: set()}

    async def look(self) -> int:
        """Lease every endpoint that is due, as slots allow, start a task for each and return how many."""
        started = 0
        for is_failing, slots in ((False, HEALTHY_SLOTS), (True, FAILING_SLOTS)):
            tasks = self._busy[is_failing]
            free = slots - len(tasks)
            if free <= 0:
                continue
            async with self._database.transaction() as (tx, _):
                due = await service.lease(tx, self._name, is_failing=is_failing, limit=free)
            for endpoint in due:
                task = asyncio.create_task(self._serve(endpoint))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            started += len(due)
        return started

    async def finish(self) -> None:
        """Wait until every task that runs now has ended."""
        while tasks := [*self._busy[False], *self._busy[True]]:
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, due: Due) -> None:
        connection = transport.Connection(due.url, loopback=self._loopback, resolver=self._resolver)
        try:
            while True:
                async with self._database.transaction(read_only=True) as (tx, _):
                    letters = await service.letters(tx, due.endpoint_id, LETTERS_MAX)
                if not letters:
                    async with self._database.transaction() as (tx, _):
                        await service.give_back(tx, due.endpoint_id, self._name)
                    return
                if not await self._send(due, connection, letters):
                    return
        except TRANSIENT as error:
            log.warning("webhook sender waits for the database", endpoint=due.endpoint_id, error=repr(error))
        except Exception:
            log.exception("webhook sender broke", endpoint=due.endpoint_id)
        finally:
            connection.close()

    async def _send(self, due: Due, connection: transport.Connection, letters: Sequence[Letter]) -> bool:
        """Send `letters` until one fails; return whether the lease goes on.

        Results are recorded together after at most a second: a crash in between repeats them under the same ids.
        """
        results: list[tuple[int, Attempt, Verdict]] = []
        failures = due.failures
        recorded_at = time.monotonic()
        for letter in letters:
            headers = headers_of(due.secrets, letter.event_id, letter.body, datetime.now(UTC))
            attempt = await connection.post(headers, letter.body.encode())
            verdict = rules.judge(attempt, failures, letter.gives_up_at, datetime.now(UTC))
            failures = verdict.failures
            results.append((letter.sequence, attempt, verdict))
            is_over = verdict.status is not DeliveryStatus.DELIVERED or letter is letters[-1]
            if not is_over and time.monotonic() - recorded_at < RECORD_EVERY_S:
                continue
            goes_on = verdict.status is DeliveryStatus.DELIVERED
            async with self._database.transaction() as (tx, _):
                counted = await service.record(tx, due.endpoint_id, self._name, results, goes_on=goes_on)
            if not counted or not goes_on:
                return False
            results, recorded_at = [], time.monotonic()
        return True
