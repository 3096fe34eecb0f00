"""Read JSON strictly: no NaN, no duplicate keys, no NUL, bounded depth, typed at once into the wanted shape."""

import json
from typing import Any, TypeVar

import msgspec

from fairday.kernel.errors import BadInput, BadJson

T = TypeVar("T")

DEPTH_MAX = 32
"""Deepest nesting that any document of ours needs is below ten."""


def decode(body: bytes, wanted: msgspec.json.Decoder[T]) -> T:
    """Decode `body` into the decoder's type.

    Raises: BadJson when it is not strict JSON; BadInput when a field has a wrong type, bound or name.
    """
    try:
        result = wanted.decode(body)
    except msgspec.ValidationError as error:
        _check_strict(body)
        raise BadInput(errors=[str(error)]) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise BadJson(reason=_plain(error)) from None
    if b"\\u0000" in body:
        raise BadJson(reason="text may not contain the NUL character")
    if body.count(b":") > 1 or len(body) > 1000:  # else there is one pair at most: nothing can stand twice
        _check_strict(body)
    return result


def encode(value: Any) -> bytes:
    """Encode a Struct or plain value; instants become RFC 3339 in UTC."""
    return msgspec.json.encode(value)


def _check_strict(body: bytes) -> None:
    """Refuse duplicate keys and deep nesting, which the typed decoder lets pass."""
    if body.count(b"{") + body.count(b"[") > DEPTH_MAX and _depth(body) > DEPTH_MAX:
        raise BadJson(reason=f"nested deeper than {DEPTH_MAX}")
    try:
        _pairs.decode(body.decode())
    except BadJson:
        raise
    except (ValueError, RecursionError) as error:
        raise BadJson(reason=_plain(error)) from None


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise BadJson(reason="a key stands twice in one object")


_pairs = json.JSONDecoder(object_pairs_hook=_unique)
"""Made once: `json.loads` with a hook makes a new decoder each time."""


def _depth(body: bytes) -> int:
    depth = deepest = 0
    in_text = escaped = False
    for byte in body:
        if in_text:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_text = False
        elif byte == 0x22:
            in_text = True
        elif byte in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"}]":
            depth -= 1
    return deepest


def _plain(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return f"nested deeper than {DEPTH_MAX}"
    return str(error).splitlines()[0][:200]
