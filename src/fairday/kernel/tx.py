"""Open transactions on PostgreSQL: the edge owns them, verbs take them and never commit.

A transaction brings `now` with it, read once from the festival clock: the database's clock plus the sandbox's jump,
so that all processes agree.
"""

import asyncio
import random
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

import asyncpg
import msgspec

from fairday.kernel.errors import Busy

T = TypeVar("T")
Tx: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
"""A connection inside an open transaction."""

NOW = "SELECT clock_timestamp() + jump FROM kernel.clock"
TRANSIENT = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.QueryCanceledError,
    OSError,
    TimeoutError,
)
"""Errors after which the whole transaction may be run again, because it did not commit or its keys tell that it did."""


class RetryTransaction(Exception):
    """Ask the edge to roll back and run the whole transaction again (another one won a race for a key)."""


class Database:
    """Hold the pool of one process."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", url: str) -> None:
        self.pool = pool
        self.url = url

    @classmethod
    async def connect(cls, url: str, *, size: int = 6, statement_timeout_s: float = 10.0) -> "Database":
        """Open a pool of at most `size` connections and assert the server's settings.

        Raises: RuntimeError when the server could lose acknowledged writes or is older than 15.
        """
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            init=_prepare_connection,
            reset=_keep_session,
            command_timeout=60,
            max_inactive_connection_lifetime=0,
            server_settings={
                "application_name": "fairday",
                "timezone": "UTC",
                "statement_timeout": str(int(statement_timeout_s * 1000)),
                "lock_timeout": "4000",
                "idle_in_transaction_session_timeout": "10000",
                # Set statements walk their sorted keys by nested loops, so every batch locks rows in key order.
                "enable_hashjoin": "off",
                "enable_mergejoin": "off",
                "jit": "off",
            },
        )
        try:
            async with pool.acquire() as connection:
                await assert_settings(connection)
        except BaseException:
            pool.terminate()
            raise
        return cls(pool, url)

    async def close(self) -> None:
        """Close the pool, waiting at most five seconds for running work."""
        try:
            await asyncio.wait_for(self.pool.close(), 5)
        except TimeoutError:
            self.pool.terminate()

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False) -> AsyncIterator[tuple[Tx, datetime]]:
        """Open a transaction and yield it with the festival's now; commit at the end, roll back on any error."""
        async with self.pool.acquire(timeout=5) as connection, connection.transaction(readonly=read_only):
            now: datetime = await connection.fetchval(NOW)
            yield connection, now

    async def run(self, work: Callable[[Tx, datetime], Awaitable[T]], *, deadline_s: float = 6.0) -> T:
        """Run `work` in a transaction, again after a transient failure until `deadline_s`, then refuse as busy.

        Safe only for work that tells by its own keys that it was already done.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + deadline_s
        pause_s = 0.01
        while True:
            try:
                async with self.transaction() as (tx, now):
                    return await work(tx, now)
            except (RetryTransaction, *TRANSIENT):
                if loop.time() > ends:
                    raise Busy(retry_after_s=2) from None
            await asyncio.sleep(pause_s * (0.5 + random.random()))
            pause_s = min(pause_s * 2, 0.5)


async def assert_settings(connection: Any) -> None:
    """Refuse to serve on a server that could lose an acknowledged write.

    Raises: RuntimeError naming the setting and what it must be.
    """
    wanted = {
        "fsync": {"on"},
        "full_page_writes": {"on"},
        "synchronous_commit": {"on", "remote_write", "remote_apply"},
    }
    for name, allowed in wanted.items():
        value = await connection.fetchval("SELECT current_setting($1)", name)
        if value not in allowed:
            raise RuntimeError(
                f"PostgreSQL runs with {name} = {value}; set it to on, or acknowledged sales can be lost"
            )
    version = int(await connection.fetchval("SELECT current_setting('server_version_num')"))
    if version < 150_000:
        raise RuntimeError(f"PostgreSQL {version // 10_000} is too old; Fairday needs 15 or newer")


async def _keep_session(connection: Any) -> None:
    """Spare the round trip that would reset a session: nothing of ours sets session state outside SET LOCAL."""


async def _prepare_connection(connection: Any) -> None:
    # Binary, so that JSON columns can be copied in too; jsonb is the same text behind a version byte.
    await connection.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=_json.encode, decoder=msgspec.json.decode
    )
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + _json.encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
    )
    await connection.set_type_codec(
        "timestamptz",
        schema="pg_catalog",
        format="binary",
        encoder=_instants.__getitem__,
        decoder=_decode_instant,
    )


_json = msgspec.json.Encoder()
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS = struct.Struct("!q")


class _Instants(dict[datetime, bytes]):
    """Encode aware instants, each different one once: a batch writes its `now` a dozen times an order, and the driver's
    own encoder would spend half a microsecond on each."""

    def __missing__(self, value: datetime) -> bytes:
        if len(self) >= 1_000:
            self.clear()
        data = self[value] = _MICROSECONDS.pack((value - _EPOCH) // _MICROSECOND)
        return data


_instants = _Instants()


def _decode_instant(data: bytes) -> datetime:
    return _EPOCH + timedelta(0, 0, _MICROSECONDS.unpack(data)[0])
