"""Talk to the public API as an integrator would: bearer token, a new Idempotency-Key for each intent."""

import asyncio
import ssl
import time
import uuid
from collections.abc import Awaitable
from typing import Any

import httpx2
import pytest

_TLS = ssl.create_default_context()
"""Made once: httpx would read all certificates again for each client, 40 ms each."""


class Problem(Exception):
    """Hold a problem document that the test did not expect to get, or did."""

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        super().__init__(f"{status} {document}")
        self.status = status
        self.code = document.get("code")
        self.document = document


class Client:
    """Call `/v1` paths; `get`, `post`, `put`, `patch` and `delete` return the decoded body or raise Problem."""

    def __init__(self, url: str, token: str | None = None, language: str = "en") -> None:
        headers = {"accept-language": language} | ({"authorization": f"Bearer {token}"} if token else {})
        self.http = httpx2.AsyncClient(base_url=url, headers=headers, timeout=30, verify=_TLS)

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        raw: bytes | None = None,
        media: str = "application/json",
        language: str | None = None,
        **query: Any,
    ) -> Any:
        """Send one request."""
        headers = {} if method == "GET" else {"idempotency-key": key or uuid.uuid4().hex}
        if raw is not None:
            headers["content-type"] = media
        if language is not None:
            headers["accept-language"] = language
        answer = (
            await self.http.request(
                method,
                "/v1" + path,
                json=body if raw is None else None,
                content=raw,
                headers=headers,
                params=query,
            )
            if body is not None or raw is not None
            else await self.http.request(method, "/v1" + path, headers=headers, params=query)
        )
        document = answer.json() if answer.content else None
        if answer.status_code >= 400:
            raise Problem(answer.status_code, document)
        return document

    async def get(self, path: str, **query: Any) -> Any:
        """GET `path`."""
        return await self.call("GET", path, **query)

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """POST `body` to `path`."""
        return await self.call("POST", path, body, **more)

    async def put(self, path: str, body: Any = None, **more: Any) -> Any:
        """PUT `body` to `path`."""
        return await self.call("PUT", path, body, **more)

    async def patch(self, path: str, body: Any = None, **more: Any) -> Any:
        """PATCH `path` with `body`."""
        return await self.call("PATCH", path, body, **more)

    async def delete(self, path: str, **more: Any) -> Any:
        """DELETE `path`."""
        return await self.call("DELETE", path, **more)

    async def close(self) -> None:
        """Close the connections."""
        await self.http.aclose()


async def refused(call: Awaitable[object], status: int | None = None, code: str | None = None) -> Problem:
    """Return the problem that `call` ends in, which is the one that is named, if one is."""
    with pytest.raises(Problem) as caught:
        await call
    problem = caught.value
    assert status in (None, problem.status), problem
    assert code in (None, problem.code), problem
    return problem


async def problem_of(call: Awaitable[object]) -> tuple[int, str | None]:
    """Return (status, code) of the problem that `call` ends in."""
    problem = await refused(call)
    return problem.status, problem.code


async def is_nobody(client: Client, path: str = "/me") -> None:
    """Wait until every worker has heard that a client's token is revoked, then see that it stays so.

    A revocation travels to the other workers in milliseconds, and in more on a machine whose cores are all taken.
    """
    ends = time.monotonic() + 10
    heard = 0
    while heard < 10:
        try:
            await client.get(path)
        except Problem as problem:
            if (problem.status, problem.code) != (401, "not_signed_in"):
                raise
            heard += 1
        else:
            assert time.monotonic() < ends, "a revoked token still works"
            heard = 0
            await asyncio.sleep(0.01)
