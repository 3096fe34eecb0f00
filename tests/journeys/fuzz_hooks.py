"""Teach schemathesis what it cannot know: a new key for each intent, ids that exist, and which "no" is a wrong schema."""

import json
import os
import random
import re
import uuid
from typing import Any

import schemathesis

KNOWN: dict[str, list[str]] = json.loads(os.environ.get("FAIRDAY_FUZZ_IDS", "{}"))
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_chance = random.Random(1)

# How the decoder says that something is not written as the schema wants it. A request that fits the schema may still be
# refused for what it says (422, 409), but not for that. Two exceptions that JSON Schema cannot tell: 1.0 may be an integer
# there, ours is written 1; and no text of ours holds a NUL.
_UNREADABLE = re.compile(r"Expected `|Object (missing|contains)|Invalid ")
_EXCUSED = re.compile(r"got `float`|NUL character")


def known(name: str, value: Any) -> Any:
    """Return an id that exists for a field of this name, mostly; else the value as it is."""
    singular = name if name in KNOWN else name.removesuffix("s")
    if singular not in KNOWN or _chance.random() < 0.25:
        return value
    if isinstance(value, list):
        return [_chance.choice(KNOWN[singular]) for _ in value]
    return _chance.choice(KNOWN[singular]) if isinstance(value, str) else value


def walk(value: Any) -> Any:
    """Return a body with known ids in place of invented ones."""
    if isinstance(value, dict):
        return {
            name: walk(known(name, inner)) if isinstance(name, str) else inner
            for name, inner in value.items()
        }
    return [walk(inner) for inner in value] if isinstance(value, list) else value


@schemathesis.hook
def before_call(context: Any, case: Any, **_: Any) -> None:
    """Give a valid request a key of its own and ids that exist."""
    name = next((one for one in case.headers if one.lower() == "idempotency-key"), None)
    if name is not None and _KEY.fullmatch(str(case.headers[name])):
        case.headers[name] = uuid.UUID(int=_chance.getrandbits(128)).hex
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    case.path_parameters = {
        one: known(one, value) for one, value in (case.path_parameters or {}).items()
    } or case.path_parameters
    if case.query:
        case.query = {one: known(one, value) for one, value in case.query.items()}
    if isinstance(case.body, dict | list):
        case.body = walk(case.body)


@schemathesis.check
def schema_tells_what_is_readable(context: Any, response: Any, case: Any) -> None:
    """Fail when a request that fits the schema is refused for how it is written."""
    if response.status_code not in (400, 415, 422) or not case.meta.generation.mode.is_positive:
        return
    document = response.json()
    said = f"{document['code']}: {document['detail']}"
    if (document["code"] == "bad_json" or _UNREADABLE.search(said)) and not _EXCUSED.search(said):
        raise AssertionError(f"fits the schema, but was refused as {said[:500]}")
