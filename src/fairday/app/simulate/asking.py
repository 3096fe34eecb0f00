"""Ask the API as someone: build the request, time it, count the answer, hand back the document or the refusal."""

import time
from typing import Any
from urllib.parse import urlencode

import msgspec

from fairday.app.simulate.http_client import HttpClient
from fairday.app.simulate.tally import Tally


class Refused(Exception):
    """Carry a refusal that an act does not go on after; it was counted already."""

    def __init__(self, status: int, code: str, details: dict[str, Any]) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.details = details


class Lost(Exception):
    """Tell that no answer came; it was counted already."""


class Asker:
    """Send requests of the crowd; keys are made from a counter and the run's name, so that a run is repeatable."""

    def __init__(self, client: HttpClient, tally: Tally, run: str) -> None:
        self.client = client
        self.tally = tally
        self._run = run
        self._count = 0
        self.key = b""
        """What the passwords of the crowd's own staff are made from."""

    def new_key(self) -> str:
        """Return an Idempotency-Key, or a receipt id, that no other intent has."""
        self._count += 1
        return f"{self._run}-{self._count}"

    async def ask(
        self,
        name: str,
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: Any = None,
        media: str = "application/json",
        language: str = "zh",
        **query: Any,
    ) -> Any:
        """Return the decoded answer. Raises: Refused, Lost."""
        target = f"/v1{path}?{urlencode(query)}" if query else f"/v1{path}"
        key = None if method == "GET" else self.new_key()
        request = self.client.build(
            method, target, token=token, key=key, body=body, media=media, language=language
        )
        began = time.monotonic()
        try:
            answer = await self.client.send(request)
        except (OSError, TimeoutError) as error:
            self.tally.lost(name, f"{type(error).__name__} {error}".strip())
            raise Lost from None
        took_s = time.monotonic() - began
        if answer.status < 400:
            self.tally.request(name, took_s, answer.status, None)
            return answer.json()
        try:
            problem = answer.json()
        except msgspec.DecodeError:
            problem = {}
        code = str(problem.get("code", "no_problem_document"))
        self.tally.request(name, took_s, answer.status, code)
        raise Refused(answer.status, code, problem.get("details", {}))
