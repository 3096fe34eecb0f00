"""Make and read opaque page cursors: the sort key of the last item, base64url of a JSON list."""

import base64
from collections.abc import Sequence
from typing import Any

import msgspec

from fairday.kernel.errors import BadInput


def make(*sort_key: Any) -> str:
    """Return the cursor that continues after `sort_key` (JSON scalars)."""
    return base64.urlsafe_b64encode(msgspec.json.encode(sort_key)).decode().rstrip("=")


def read(cursor: str | None, kinds: Sequence[type]) -> list[Any] | None:
    """Return the sort key of `cursor`, or None for the first page.

    Raises: BadInput for a cursor that this API did not make.
    """
    if cursor is None:
        return None
    try:
        key = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=list[Any])
    except (ValueError, TypeError, msgspec.DecodeError):
        key = []
    if len(key) != len(kinds) or not all(_fits(value, kind) for value, kind in zip(key, kinds, strict=True)):
        raise BadInput(errors=["cursor: use the next_cursor of the page before, unchanged"])
    return key


def _fits(value: Any, kind: type) -> bool:
    if type(value) is not kind:
        return False
    return "\x00" not in value if isinstance(value, str) else not isinstance(value, int) or abs(value) < 2**62
