"""Render every refusal as an RFC 9457 problem document, the same way for every route."""

from typing import Annotated, Any

import msgspec

from fairday.kernel.errors import Refusal

TYPE_PREFIX = "/docs#problem-"


class Problem(msgspec.Struct, frozen=True, omit_defaults=False):
    """Tell why a request was refused and what to do. Source: RFC 9457; `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: Annotated[int, msgspec.Meta(ge=400, le=599)]
    detail: str
    code: str
    details: dict[str, Any] = {}


def render(refusal: Refusal, language: str) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    """Return status, body and headers of the problem document for `refusal`."""
    problem = Problem(
        type=f"{TYPE_PREFIX}{refusal.code}",
        title=refusal.code.replace("_", " "),
        status=refusal.status,
        detail=refusal.sentence(language),
        code=refusal.code,
        details=refusal.details_in(language),
    )
    headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
    retry_after_s = refusal.details.get("retry_after_s")
    if retry_after_s is not None:
        headers.append((b"retry-after", str(retry_after_s).encode()))
    if refusal.status == 405 and isinstance(
        allowed := refusal.details.get("allowed"), list
    ):  # RFC 9110, 15.5.6
        headers.append((b"allow", ", ".join(allowed).encode()))
    return refusal.status, msgspec.json.encode(problem), headers


BROKEN = msgspec.json.encode(
    Problem(
        type=f"{TYPE_PREFIX}internal_error",
        title="internal error",
        status=500,
        detail="Something broke on our side and was recorded. Ask again with the same Idempotency-Key.",
        code="internal_error",
    )
)
