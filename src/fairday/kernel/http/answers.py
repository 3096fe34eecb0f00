"""Hold the headers of answers, made once: the same for the usual way and the direct one."""

from fairday.kernel.errors import Refusal
from fairday.kernel.http import problems

Headers = tuple[tuple[bytes, bytes], ...]
NO_STORE = (b"cache-control", b"no-store")
JSON: Headers = ((b"content-type", b"application/json"), NO_STORE)
REPLAYED: Headers = (*JSON, (b"idempotency-replayed", b"true"))
_PROBLEM: Headers = ((b"content-type", b"application/problem+json"),)


def refused(refusal: Refusal, language: str) -> tuple[int, bytes, Headers]:
    """Return status, body and headers of a refusal's problem document."""
    status, body, headers = problems.render(refusal, language)
    return status, body, tuple(headers)


def broken() -> tuple[int, bytes, Headers]:
    """Return status, body and headers for a fault of ours."""
    return 500, problems.BROKEN, _PROBLEM
