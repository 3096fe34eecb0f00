"""Every named query is valid against the migrated schema, used, and stays in its own domain's schema."""

import importlib
from pathlib import Path

import asyncpg
import pytest

from fairday.app.domains import DOMAINS
from fairday.kernel.sql import parse
from fairday.kernel.tx import Database
from tests.architecture import tidy

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "src" / "fairday").rglob("*.sql"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-2:]))
async def test_queries_are_valid_used_and_at_home(path: Path, database: Database) -> None:
    text = path.read_text("utf-8")
    package = path.parent.name
    python = "\n".join(source.read_text("utf-8") for source in path.parent.rglob("*.py"))
    wrong = list(tidy.foreign_schemas(text, package, set(DOMAINS)))
    async with database.pool.acquire() as connection:
        for name, query in parse(text).items():
            try:
                await connection.prepare(query)
            except asyncpg.PostgresError as error:
                wrong.append(f"{name}: {error}")
            if f".{name}" not in python:
                wrong.append(f"{name} is not used")
    assert wrong == []


def test_a_foreign_schema_is_seen() -> None:
    assert list(tidy.foreign_schemas("SELECT * FROM orders.line", "stock", {"orders", "stock"}))
    assert not list(
        tidy.foreign_schemas("SELECT * FROM stock.level -- FROM orders.line", "stock", {"orders", "stock"})
    )


async def test_a_wrong_column_is_seen(database: Database) -> None:
    async with database.pool.acquire() as connection:
        with pytest.raises(asyncpg.UndefinedColumnError):
            await connection.prepare("SELECT nonsense FROM kernel.clock")


def test_a_query_is_named_once() -> None:
    with pytest.raises(AssertionError):
        parse("-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;")


async def test_no_money_column_is_inexact(database: Database) -> None:
    rows = await database.pool.fetch(
        "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = ANY($1) AND (data_type = 'money' OR (column_name LIKE '%\\_minor' AND data_type <> 'bigint'))",
        list(DOMAINS),
    )
    assert [tuple(row) for row in rows] == []


def test_modules_of_domains_import() -> None:
    for domain in DOMAINS:
        assert importlib.import_module(f"fairday.{domain}").__doc__
