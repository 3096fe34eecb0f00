"""Put concurrent requests together: a lane collects what arrives while the previous batch commits.

No timer: a lone request starts at once. A lane has a bound; above it callers are refused with Retry-After, so no queue
grows without limit. Guarantee: each caller gets the result of its own request, after the commit, or a refusal.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
import structlog
from prometheus_client import Counter, Gauge, Histogram

from fairday.kernel import idempotency, strict_json
from fairday.kernel.errors import Busy, IdempotencyConflict, Refusal
from fairday.kernel.idempotency import Answer, Key
from fairday.kernel.tx import TRANSIENT, Database, RetryTransaction, Tx

Request = TypeVar("Request")

log = structlog.get_logger(__name__)
batch_size = Histogram(
    "fairday_lane_batch_size", "Requests per batch", ["lane"], buckets=(1, 2, 5, 10, 25, 50, 100, 250, 500)
)
queue_depth = Gauge("fairday_lane_queue_depth", "Requests waiting", ["lane"], multiprocess_mode="livesum")
shed = Counter("fairday_lane_shed", "Requests refused because a lane was full", ["lane"])
retries = Counter("fairday_lane_retries", "Batches run again after a transient failure", ["lane", "cause"])

GATHER_FROM = 8
"""Size of a batch from which on the lane counts as loaded."""

GATHER_S = 0.004
GATHER_EACH_S = 0.00002
"""Longest wait of a loaded lane for the callers it just answered: 4 ms, and 20 microseconds for each of them."""

BatchVerb = Callable[[Tx, Sequence[Any], datetime], Awaitable[Sequence[Any]]]
"""Takes requests, returns in the same order a result or a Refusal for each."""

Outcome = Answer | Refusal | Exception
Done = Callable[[Outcome], None]
"""Hears the outcome of one request, once and after the commit; it must not raise."""


class Replay(msgspec.Struct, frozen=True):
    """Wrap a result that was made before under the same key, by a verb that keeps its keys itself."""

    result: Any


class _Waiting(Generic[Request]):
    __slots__ = ("done", "key", "request")

    def __init__(self, request: Request, key: Key | None, done: Done) -> None:
        self.request = request
        self.key = key
        self.done = done


class Lane(Generic[Request]):
    """Run one batch verb for many concurrent callers.

    With `verb_keeps_keys` no answers are stored beside the work: the verb finds a repeat by its own rows, for which its
    requests carry their keys, and returns a `Replay` or an IdempotencyConflict for it.
    """

    def __init__(
        self,
        name: str,
        database: Database,
        verb: BatchVerb,
        *,
        status: int = 200,
        batch_max: int = 400,
        queue_max: int = 4000,
        in_flight_max: int = 1,
        deadline_s: float = 6.0,
        verb_keeps_keys: bool = False,
    ) -> None:
        self.name = name
        self._database = database
        self._verb = verb
        self._status = status
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._in_flight_max = in_flight_max
        self._deadline_s = deadline_s
        self._verb_keeps_keys = verb_keeps_keys
        self._queue: deque[_Waiting[Request]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._drains = 0
        self._gathered: asyncio.Future[None] | None = None
        self._gather_wanted = 0
        self._batch_size = batch_size.labels(name)
        self._depth = queue_depth.labels(name)

    async def submit(self, request: Request, key: Key | None) -> Answer:
        """Queue `request` and return its answer after the commit.

        Raises: Busy when the lane is full; the verb's own refusal; IdempotencyConflict.
        """
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def done(outcome: Outcome) -> None:
            if future.done():
                return
            if isinstance(outcome, Answer):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)

        self.enqueue(request, key, done)
        return await future

    def enqueue(self, request: Request, key: Key | None, done: Done) -> None:
        """Queue `request`; `done` hears its outcome. For callers that need no task of their own.

        Raises: Busy when the lane is full; `done` is then never called.
        """
        queue = self._queue
        if len(queue) >= self._queue_max:
            shed.labels(self.name).inc()
            raise Busy(retry_after_s=1)
        queue.append(_Waiting(request, key, done))
        if self._drains < self._in_flight_max:
            self._start()
        elif self._gathered is not None and len(queue) >= self._gather_wanted:
            _finish(self._gathered)

    async def close(self) -> None:
        """Wait for the batches under way; nothing queued is dropped."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self) -> None:
        self._drains += 1
        task = asyncio.get_running_loop().create_task(self._drain())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _drain(self) -> None:
        try:
            # One turn of the loop lets requests that arrived in the same read be part of this batch.
            await asyncio.sleep(0)
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(self._batch_max, len(self._queue)))]
                self._batch_size.observe(len(batch))
                self._depth.set(len(self._queue))
                await self._settle(batch)
                if len(batch) >= GATHER_FROM and self._in_flight_max == 1:
                    await self._gather(len(batch))
        finally:
            # Counted here and not by the task's end: whoever queues after the last look must start a new drain.
            self._drains -= 1

    async def _gather(self, answered: int) -> None:
        """Under load, wait a moment for those just answered to ask again: one batch instead of two halves."""
        wanted = min(self._batch_max, answered + len(self._queue))
        if len(self._queue) >= wanted:
            return
        loop = asyncio.get_running_loop()
        self._gathered, self._gather_wanted = loop.create_future(), wanted
        timer = loop.call_later(GATHER_S + answered * GATHER_EACH_S, _finish, self._gathered)
        await self._gathered
        timer.cancel()
        self._gathered = None

    async def _settle(self, batch: list[_Waiting[Request]]) -> None:
        try:
            answers: Sequence[Answer | Refusal] = await self._with_retries(batch)
        except Exception as error:
            if len(batch) > 1:
                # One poisonous request must not fail its neighbours: each runs alone.
                log.error(
                    "batch failed, going one by one", lane=self.name, size=len(batch), error=repr(error)
                )
                for waiting in batch:
                    await self._settle([waiting])
                return
            batch[0].done(error)
            return
        for waiting, answer in zip(batch, answers, strict=True):
            waiting.done(answer)

    async def _with_retries(self, batch: list[_Waiting[Request]]) -> Sequence[Answer | Refusal]:
        ends = time.monotonic() + self._deadline_s
        pause_s = 0.005
        look = False
        while True:
            try:
                async with self._database.transaction() as (tx, now):
                    return await self._run(tx, batch, now, look)
            except (RetryTransaction, *TRANSIENT) as error:
                look = True
                retries.labels(self.name, type(error).__name__).inc()
                if time.monotonic() > ends:
                    log.warning("lane gives up", lane=self.name, error=repr(error))
                    return [Busy(retry_after_s=2)] * len(batch)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, 0.5)

    async def _any_repeated(self, tx: Tx, keys: Sequence[Key | None]) -> bool:
        """Tell whether a refused request is a repeat of one that has its stored answer."""
        given = [key for key in keys if key is not None]
        return bool(given and await idempotency.find(tx, given))

    async def _run(
        self, tx: Tx, batch: list[_Waiting[Request]], now: datetime, look: bool
    ) -> Sequence[Answer | Refusal]:
        if self._verb_keeps_keys:
            return await self._run_keeping(tx, batch, now)
        answers: list[Answer | Refusal | None] = [None] * len(batch)
        keys = [waiting.key for waiting in batch if waiting.key is not None]
        # Repeats are rare, so the first run does not look for them: a repeat that succeeds again meets its stored key
        # and the batch runs once more with `look`; one that is refused is looked up below.
        stored = await idempotency.find(tx, keys) if look and keys else {}
        first, fresh = _firsts(batch)
        if stored:
            for place, waiting in enumerate(batch):
                if waiting.key is not None:
                    answers[place] = stored.get(waiting.key.digest)
            fresh = [place for place in fresh if answers[place] is None]
        results = await self._verb(tx, [batch[place].request for place in fresh], now) if fresh else []
        if not look and await self._any_repeated(
            tx, [batch[p].key for p, r in zip(fresh, results, strict=True) if isinstance(r, Refusal)]
        ):
            raise RetryTransaction
        kept: list[tuple[Key, Answer]] = []
        for place, result in zip(fresh, results, strict=True):
            key = batch[place].key
            if isinstance(result, Refusal):
                answers[place] = result
                continue
            answer = answers[place] = Answer(self._status, strict_json.encode(result))
            if key is not None:
                kept.append((key, answer))
        await idempotency.store(tx, kept, now)
        return _with_twins(batch, answers, first)

    async def _run_keeping(
        self, tx: Tx, batch: list[_Waiting[Request]], now: datetime
    ) -> Sequence[Answer | Refusal]:
        first, fresh = _firsts(batch)
        results = await self._verb(tx, [batch[place].request for place in fresh], now)
        status, encode = self._status, strict_json.encode
        found = [
            result
            if isinstance(result, Refusal)
            else Answer(status, encode(result.result), True)
            if isinstance(result, Replay)
            else Answer(status, encode(result))
            for result in results
        ]
        if len(fresh) == len(batch):
            return found
        answers: list[Answer | Refusal | None] = [None] * len(batch)
        for place, answer in zip(fresh, found, strict=True):
            answers[place] = answer
        return _with_twins(batch, answers, first)


def _firsts(batch: Sequence[_Waiting[Any]]) -> tuple[dict[bytes, int], list[int]]:
    """Return the place of each key's first request, and the places of all that are no twin of an earlier one."""
    first: dict[bytes, int] = {}
    fresh: list[int] = []
    for place, waiting in enumerate(batch):
        key = waiting.key
        if key is None or first.setdefault(key.digest, place) == place:
            fresh.append(place)
    return first, fresh


def _with_twins(
    batch: Sequence[_Waiting[Any]], answers: Sequence[Answer | Refusal | None], first: dict[bytes, int]
) -> list[Answer | Refusal]:
    return [
        answer if answer is not None else _twin(batch, answers, first, place)
        for place, answer in enumerate(answers)
    ]


def _finish(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _twin(
    batch: Sequence[_Waiting[Any]],
    answers: Sequence[Answer | Refusal | None],
    first: dict[bytes, int],
    place: int,
) -> Answer | Refusal:
    """Answer a request whose key stands earlier in the same batch: its answer again, or a conflict of bodies."""
    key = batch[place].key
    assert key is not None
    earlier = first[key.digest]
    twin, answer = batch[earlier].key, answers[earlier]
    assert twin is not None
    assert answer is not None
    if twin.body_hash != key.body_hash:
        return IdempotencyConflict()
    return answer if isinstance(answer, Refusal) else Answer(answer.status, answer.body, True)
