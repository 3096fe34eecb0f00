"""Find the principal of a token, from memory when it was seen in the last minute, else from one query for all who wait.

Guarantee: a revocation or a change of role reaches every process within milliseconds of its commit: the database announces
it on `fairday_revoked`, and while this process cannot hear announcements it keeps nothing in memory. Never over `TTL_S`.
"""

import asyncio
import time
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

from fairday.identity import store
from fairday.identity.rules import TOKEN_LENGTH_MAX, hash_token
from fairday.kernel.errors import Busy
from fairday.kernel.http.principal import Principal
from fairday.kernel.tx import TRANSIENT, Database

TTL_S = 60.0
KEPT_MAX = 50_000
WAITING_MAX = 5_000
HEARTBEAT_S = 5.0
CHANNEL = "fairday_revoked"
EVERYONE = "*"

log = structlog.get_logger(__name__)


class Sessions:
    """Authenticate tokens for one process; run `follow` beside it, else every call asks the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, tuple[Principal, float]] = {}
        self._tokens: dict[str, set[str]] = {}
        self._waiting: dict[str, list[asyncio.Future[Principal | None]]] = {}
        self._asking: asyncio.Task[None] | None = None
        self._is_listening = False
        self._revision = 0

    async def authenticate(self, token: str) -> Principal | None:
        """Return who holds `token`, or None when nobody does (unknown, expired, revoked, closed account).

        Raises: Busy when the database cannot answer or too many wait.
        """
        principal = self.peek(token)
        if principal is not None:
            return principal
        if len(token) > TOKEN_LENGTH_MAX or not token.isascii():
            return None
        if len(self._waiting) >= WAITING_MAX:
            raise Busy(retry_after_s=1)
        future: asyncio.Future[Principal | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(token, []).append(future)
        if self._asking is None:
            self._asking = asyncio.get_running_loop().create_task(self._ask())
        return await future

    def peek(self, token: str) -> Principal | None:
        """Return who holds `token` if that is in memory; None says nothing."""
        kept = self._kept.get(token)
        return kept[0] if kept is not None and kept[1] > time.monotonic() else None

    async def follow(self) -> None:
        """Listen for revocations until cancelled; forget everything whenever the connection drops."""
        while True:
            try:
                await self._listen()
            except (*TRANSIENT, asyncpg.PostgresError) as error:
                log.warning("not hearing revocations, asking the database each time", error=repr(error))
            self._is_listening = False
            self._forget(EVERYONE)
            await asyncio.sleep(1)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._database.url, timeout=5, command_timeout=2)
        ended = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: ended.set())
            await connection.add_listener(CHANNEL, self._heard)
            self._is_listening = True
            while not ended.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), HEARTBEAT_S)
                if not ended.is_set():
                    await connection.execute("SELECT 1")
        finally:
            self._is_listening = False
            self._forget(EVERYONE)
            connection.terminate()

    def _heard(self, *message: Any) -> None:
        self._forget(str(message[3]))

    def _forget(self, account_id: str) -> None:
        self._revision += 1
        if account_id == EVERYONE:
            self._kept.clear()
            self._tokens.clear()
            return
        for token in self._tokens.pop(account_id, ()):
            self._kept.pop(token, None)

    async def _ask(self) -> None:
        # One turn of the loop lets requests that arrived in the same read share the query.
        await asyncio.sleep(0)
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, {}
                try:
                    await self._settle(waiting)
                except BaseException as error:
                    is_passing = isinstance(error, TRANSIENT) or not isinstance(error, Exception)
                    refusal = Busy(retry_after_s=1) if is_passing else error
                    for futures in waiting.values():
                        for future in futures:
                            if not future.done():
                                future.set_exception(refusal)
                    if not isinstance(error, Exception):
                        raise
        finally:
            self._asking = None

    async def _settle(self, waiting: dict[str, list[asyncio.Future[Principal | None]]]) -> None:
        revision = self._revision
        by_hash = {hash_token(token): token for token in waiting}
        async with self._database.pool.acquire(timeout=5) as connection:
            found = await store.principals(connection, list(by_hash))
        now = time.monotonic()
        principals: dict[str, Principal] = {}
        # A revocation heard meanwhile may be of what was just read: answer it once, keep nothing.
        may_keep = self._is_listening and revision == self._revision
        for token_hash, principal, left_s in found:
            token = by_hash[token_hash]
            principals[token] = principal
            if may_keep:
                self._keep(token, principal, now + min(TTL_S, left_s))
        for token, futures in waiting.items():
            for future in futures:
                if not future.done():
                    future.set_result(principals.get(token))

    def _keep(self, token: str, principal: Principal, until: float) -> None:
        if len(self._kept) >= KEPT_MAX:
            self._kept.clear()
            self._tokens.clear()
        self._kept[token] = (principal, until)
        self._tokens.setdefault(principal.account_id, set()).add(token)
