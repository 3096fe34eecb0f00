"""Queries of addresses: an empty value of another kind than text is refused; the described parameters say the same."""

from typing import Annotated, Any

import msgspec
import pytest

from fairday.festivals.types import Instant
from fairday.kernel.errors import BadInput
from fairday.kernel.http import openapi, reading
from fairday.kernel.http.routes import PUBLIC, Router


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for something."""

    q: str | None = None
    until: Instant | None = None
    most: Annotated[int, msgspec.Meta(ge=1)] | None = None


def router() -> Router:
    made = Router("things")

    @made.read("/things", who=PUBLIC, query=Wanted, returns=Wanted, summary="Find things")
    async def find_things(call: Any, tx: Any) -> Wanted:
        """Find."""
        return Wanted()

    return made


def read(text: str) -> Wanted:
    return reading.query(router().routes[0], {"query_string": text.encode()})


def test_an_empty_text_is_a_text() -> None:
    assert read("q=") == Wanted(q="")
    assert read("") == Wanted()
    assert read("q=null") == Wanted(q="null")
    assert read("most=3&until=2026-11-11T00:00:00%2B08:00").most == 3


@pytest.mark.parametrize("text", ["until=", "most=", "q=tea&until=", "until=null", "most=null", "until=0.5"])
def test_an_empty_value_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read(text)


def test_what_is_no_text_is_not_described_as_null() -> None:
    document = openapi.document(router().routes, version="1")
    parameters = document["paths"]["/v1/things"]["get"]["parameters"]
    schemas = {one["name"]: one["schema"] for one in parameters}
    assert schemas["until"]["format"] == "date-time"
    assert schemas["most"] == {"type": "integer", "minimum": 1}
    assert {"type": "null"} in schemas["q"]["anyOf"]
