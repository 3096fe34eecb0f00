"""What the hot path writes by itself, PostgreSQL reads as the driver's own encoding: arrays as text, instants, bulk ids."""

from datetime import UTC, datetime, timedelta, timezone

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairday.kernel import arrays, ids
from fairday.kernel.tx import Database, Tx

ODD = ["", "a,b", "{", "}", '"', "\\", "NULL", "null", " x ", "a\tb", "店", "mem_0", "wallet:mem_0"]


@pytest.mark.parametrize("values", [[], ODD, ["mem_0", "wallet:mem-1"], *[[one] for one in ODD]])
async def test_texts_come_back_as_they_were(tx: Tx, values: list[str]) -> None:
    assert await tx.fetchval("SELECT $1::text::text[]", arrays.texts(values)) == values


@pytest.mark.parametrize("values", [[], [0], [-1, 10**14, 7]])
async def test_numbers_come_back_as_they_were(tx: Tx, values: list[int]) -> None:
    assert await tx.fetchval("SELECT $1::text::bigint[]", arrays.numbers(values)) == values


@given(st.lists(st.text(alphabet='ab,{}"\\ NUL_:', max_size=6), max_size=6))
def test_nothing_but_quoted_texts_holds_a_special_sign(values: list[str]) -> None:
    text = arrays.texts(values)
    if '"' not in text:
        assert text == "{" + ",".join(values) + "}"
        assert text[1:-1].split(",") == (values or [""])


async def test_instants_come_back_to_the_microsecond(database: Database) -> None:
    now = datetime(2026, 11, 11, 23, 59, 59, 999_999, tzinfo=UTC)
    instants = [now, now.astimezone(timezone(timedelta(hours=8))), datetime(1999, 12, 31, tzinfo=UTC)]
    async with database.transaction() as (tx, _):
        for instant in [*instants, *instants]:
            text = await tx.fetchval("SELECT to_char($1::timestamptz, 'YYYY-MM-DD HH24:MI:SS.US')", instant)
            assert text == instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
            assert await tx.fetchval("SELECT $1::timestamptz", instant) == instant
        assert await tx.fetchval("SELECT $1::timestamptz[]", instants) == instants


async def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    async with database.transaction() as (tx, _):
        with pytest.raises(asyncpg.DataError):
            await tx.fetchval("SELECT $1::timestamptz", datetime(2026, 11, 11))  # noqa: DTZ001 - on purpose


def test_ids_made_together_ascend_and_look_like_others() -> None:
    made = ids.new_ids("ord", 1_000)
    assert made == sorted(set(made))
    assert {len(one) for one in made} == {len(ids.new_id("ord"))}
    assert all(one.startswith("ord_") and int(one[4:], 16) for one in made)
    assert ids.new_ids("ord", 0) == []
