"""Make and read codes at exact instants, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from fairday.coupons import codes, errors

NOW = datetime(2026, 11, 11, 4, 3, tzinfo=UTC)
TICK = timedelta(microseconds=1)
CLAIM_ID, COUPON_ID = "clm_" + "0123456789a" + "f" * 16, "cpn_" + "1" * 27


def test_codes_hold_for_three_steps_and_nothing_else() -> None:
    key, other = codes.key_of(b"k" * 32), codes.key_of(b"o" * 32)
    step = codes.step_at(NOW)
    text = codes.make_text(key, CLAIM_ID, COUPON_ID, step)
    keys = {key.kid: key.public}
    start = codes.step_start(step)
    for instant in (start - timedelta(seconds=60), start, start + timedelta(seconds=120) - TICK):
        content = codes.read_text(text, keys, instant)
        assert (content.claim_id, content.coupon_id, content.step) == (CLAIM_ID, COUPON_ID, step)
    for instant in (start - timedelta(seconds=60) - TICK, start + timedelta(seconds=120)):
        with pytest.raises(errors.CodeExpired):
            codes.read_text(text, keys, instant)
    for keys_of_another in ({}, {key.kid: other.public}, {other.kid: other.public}):
        with pytest.raises(errors.CodeInvalid):
            codes.read_text(text, keys_of_another, start)
    raw = codes.unbase45(text)
    assert raw is not None
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        with pytest.raises(errors.CodeInvalid):
            codes.read_text(codes.base45(bytes(changed)), keys, start)


def test_base45_is_as_in_the_rfc() -> None:
    # Source: RFC 9285, 4.3 and 4.4.
    for raw, text in ((b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"", "")):
        assert codes.base45(raw) == text
        assert codes.unbase45(text) == raw
    for text in ("GGW", ":::", "A", "bb8", "BB8A"):
        assert codes.unbase45(text) is None or text == "BB8A"


def test_typed_codes_are_read_in_any_spelling() -> None:
    for text in ("1234 5678 9012", "123456789012", "1234-5678-9012", "１２３４ ５６７８ ９０１２"):
        assert codes.typed_digits(codes.normal(text)) == "123456789012"
    for text in ("12345678901", "1234567890123", "12345678901x", "١٢٣٤٥٦٧٨٩٠١٢"):
        assert codes.typed_digits(codes.normal(text)) is None
    assert codes.grouped("123456789012") == "1234 5678 9012"


def test_a_code_that_begins_with_a_blank_is_read_however_it_was_trimmed() -> None:
    """One installation in 45 has such codes: the first letters are the kind and the key's own id."""
    raw = next(bytes([0xC1, key]) + bytes(99) for key in range(256) if (0xC1 * 256 + key) % 45 == 36)
    text = codes.base45(raw)
    assert text.startswith(" ")
    assert codes.unbase45(codes.normal(text)) == codes.unbase45(codes.normal(f"\t{text}\n")) == raw
