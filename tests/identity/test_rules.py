"""Decide on phones, passwords and tokens at their exact boundaries."""

import pytest

from fairday.identity import rules
from fairday.identity.errors import BadPhone, WeakPassword
from fairday.identity.slow_hash import slow_hash


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+8613800138000", "+8613800138000"),
        ("13800138000", "+8613800138000"),
        ("138 0013-8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("+1 (415) 555-0100", "+14155550100"),
        ("+99912345678901", "+99912345678901"),
        ("+861380013800", None),
        ("+86138001380000", None),
        ("+0123456789", None),
        ("+123456", None),
        ("+1234567", "+1234567"),
        ("+123456789012345", "+123456789012345"),
        ("+1234567890123456", None),
        ("phone", None),
        ("", None),
    ],
)
def test_phones_are_written_one_way(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(BadPhone):
            rules.normal_phone(text)
    else:
        assert rules.normal_phone(text) == expected


@pytest.mark.parametrize(
    ("password", "login", "is_good"),
    [
        ("paper lamp river 7", "lantern", True),
        ("Password1", None, False),
        ("12345678", None, False),
        ("lantern-shop", "Lantern-Shop", False),
        ("abababab", None, False),
        ("abcabcab", None, True),
    ],
)
def test_passwords_that_attackers_try_first_are_refused(
    password: str, login: str | None, is_good: bool
) -> None:
    if is_good:
        rules.check_password(password, login)
    else:
        with pytest.raises(WeakPassword):
            rules.check_password(password, login)


def test_tokens_hold_256_bits_and_are_known_by_their_prefix() -> None:
    token = rules.new_token(rules.SESSION_PREFIX)
    assert token.startswith("fds_")
    assert len(token) == 47 <= rules.TOKEN_LENGTH_MAX
    assert rules.hash_token(token) != rules.hash_token(rules.new_token(rules.SESSION_PREFIX))


def test_phone_hashes_depend_on_the_key() -> None:
    assert rules.hash_phone(b"a" * 32, "+8613800138000") != rules.hash_phone(b"b" * 32, "+8613800138000")


async def test_a_hash_matches_its_secret_only() -> None:
    stored = await slow_hash.make("274913")
    assert stored.startswith("$argon2id$")
    assert await slow_hash.matches(stored, "274913")
    assert not await slow_hash.matches(stored, "274914")
    assert not await slow_hash.matches(None, "nobody has this password")
    assert not await slow_hash.matches("not a hash", "274913")
