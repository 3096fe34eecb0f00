"""The edge reads strict JSON only (X24): each bad document is refused by type, none is stored or breaks."""

import msgspec
import pytest

from fairday.kernel import strict_json
from fairday.kernel.errors import BadInput, BadJson
from fairday.kernel.money import Minor


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stand for a request."""

    amount_minor: Minor
    note: str = ""
    more: list[object] = []


DECODER = msgspec.json.Decoder(Body)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]x", b'{"amount_minor": NaN}', b'{"amount_minor": Infinity}', b'{"amount_minor": -Infinity}',
        b'{"amount_minor":1,"amount_minor":2}', b'{"amount_minor":1,"more":[{"a":1,"a":1}]}',
        b'{"amount_minor":1,"note":"\\u0000"}', b'{"amount_minor":1,"note":"\\ud800"}', b'{"amount_minor":1,"note":"\xc0\xaf"}',
        b'{"amount_minor":1,"more":' + b"[" * 40 + b"]" * 40 + b"}", b"[" * 100_000, b"\xff\xfe{}", b'{"amount_minor":01}',
    ],
)  # fmt: skip
def test_not_strict_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadJson):
        strict_json.decode(body, DECODER)


@pytest.mark.parametrize(
    "body",
    [
        b'{"amount_minor":-1}', b'{"amount_minor":1.5}', b'{"amount_minor":1e400}', b'{"amount_minor":9223372036854775808}',
        b'{"amount_minor":100000000000001}', b'{"amount_minor":"1"}', b'{"amount_minor":null}', b'{"amount_minor":true}',
        b"{}", b"[]", b"null", b'{"amount_minor":1,"unknown":1}',
    ],
)  # fmt: skip
def test_wrong_fields_are_refused(body: bytes) -> None:
    with pytest.raises(BadInput) as refusal:
        strict_json.decode(body, DECODER)
    assert refusal.value.details["errors"]


def test_good_json_is_typed() -> None:
    assert (
        strict_json.decode('{"amount_minor":1,"note":"双十一","more":[[{"a":1}]]}'.encode(), DECODER).note
        == "双十一"
    )
    nested = b'{"amount_minor":1,"note":"' + b"[{" * 100 + b'"}'
    assert strict_json.decode(nested, DECODER).amount_minor == 1
