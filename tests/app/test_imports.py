"""`fairday import` reads what docs/imports.md says, shows refused rows, and ends with 1 when there are some."""

import asyncio
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest

from fairday.app.commands import imports
from fairday.catalog import feeds
from fairday.identity import service as identity
from fairday.identity.types import MerchantDraft
from fairday.kernel import csv_rows, import_runs
from fairday.kernel.csv_rows import Column, Row
from fairday.kernel.tx import Database
from fairday.places import imports as places
from fairday.receipts import rules as receipts
from fairday.stock import imports as stock

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "imports.md").read_text(encoding="utf-8")
SECTIONS: dict[str, Sequence[Column]] = {
    "Places": places.columns({}),
    "Products": feeds.CSV_COLUMNS,
    "Products from Shopify": feeds.SHOPIFY_COLUMNS,
    "Products from Google Merchant": feeds.GOOGLE_COLUMNS,
    "Stock": stock.COLUMNS,
    "Receipts": receipts.COLUMNS,
}


def section(title: str) -> str:
    """Return the text of one section of the document."""
    return DOCS.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def documented(title: str) -> dict[str, str]:
    """Return the documented columns with what stands under "must be there"."""
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]*?) ?\|", section(title), re.MULTILINE))


def example(title: str) -> str:
    """Return the example file of a section."""
    found = re.search(r"```[ct]sv\n(.*?)```", section(title), re.DOTALL)
    assert found is not None, title
    return found[1]


@pytest.mark.parametrize("title", SECTIONS)
def test_documented_columns_are_the_code_s(title: str) -> None:
    columns = {column.name: column.required for column in SECTIONS[title]}
    assert set(documented(title)) == set(columns)
    told = {name for name, must in documented(title).items() if must == "yes"}
    if title == "Products":
        assert told == {"name"}  # the feed itself asks for name, and for external_id or gtin
    else:
        assert told == {name for name, required in columns.items() if required}


@pytest.mark.parametrize("title", SECTIONS)
def test_examples_name_only_documented_columns_and_can_be_read(title: str) -> None:
    names = re.split("[,\t]", example(title).partition("\n")[0].lower())
    assert set(names) <= set(documented(title))
    if title == "Places":
        columns = places.columns({"cn-sh": "CN-SH", "上海": "CN-SH"})
    else:
        columns = tuple(SECTIONS[title])
    rows = list(csv_rows.read(example(title).encode(), columns))
    assert rows
    assert all(isinstance(row, Row) for row in rows), rows


@pytest.fixture
async def merchant(database: Database) -> str:
    """Return the external id of a merchant of this test's own."""
    external_id = f"m-{uuid.uuid4().hex[:10]}"
    async with database.transaction() as (tx, now):
        await identity.create_merchant(tx, MerchantDraft(name="Lantern", external_id=external_id), now)
    return external_id


async def run(database_url: str, *arguments: str) -> tuple[int, str]:
    """Run `fairday import` as a person does; return the exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "fairday", "import", *arguments,
        env=os.environ | {"FAIRDAY_DATABASE_URL": database_url, "COLUMNS": "160"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_the_documented_examples_import_and_do_so_again(
    database: Database, database_url: str, merchant: str, tmp_path: Path
) -> None:
    for title, arguments in (
        ("Places", ["places"]),
        ("Products", ["products"]),
        ("Products from Shopify", ["products", "--format", "shopify"]),
        ("Stock", ["stock"]),
        ("Receipts", ["receipts"]),
    ):
        file = tmp_path / "file.csv"
        file.write_text(example(title), encoding="utf-8")
        code, said = await run(database_url, *arguments, str(file), "--merchant", merchant)
        assert code == 0, said
        assert "Are new 2, changed 0, as they were 0, refused 0." in said
        code, said = await run(database_url, *arguments, str(file), "--merchant", merchant)
        assert code == 0, said
        assert "Are new 0, changed 0, as they were 2, refused 0." in said
    async with database.transaction(read_only=True) as (tx, _):
        found = await identity.merchant_by_external_id(tx, merchant)
        assert found is not None
        runs = await import_runs.page(tx, found.merchant_id, None, import_runs.LAST_ID, 100)
    assert [(one.kind, one.unchanged_count) for one in runs[:2]] == [("receipts", 2), ("receipts", 0)]
    assert len(runs) == 10
    assert {(one.file_name, one.account_id) for one in runs} == {("file.csv", None)}


async def test_bad_rows_are_shown_good_ones_kept_and_the_exit_code_is_one(
    database_url: str, merchant: str, tmp_path: Path
) -> None:
    file = tmp_path / "stores.csv"
    file.write_text(
        "external_id,name,region,latitude,longitude\nA,Good,CN-SH,31.2,121.4\nB,=1+1,CN-SH,31.2,121.4\n"
        "C,Nowhere,CN-SH,0,0\nD,Where,Atlantis,31.2,121.4\n",
        encoding="utf-8",
    )
    arguments = ("places", str(file), "--merchant", merchant)
    code, said = await run(database_url, *arguments, "--dry-run")
    assert code == 1
    assert "Would be new 1" in said
    code, said = await run(database_url, *arguments)
    assert code == 1
    assert "Are new 1, changed 0, as they were 0, refused 3." in said
    assert re.search(r"3\s.*name", said)
    assert re.search(r"4\s.*latitude.*no_coordinates", said)
    assert re.search(r"5\s.*region.*unknown_region", said)


async def test_what_cannot_be_read_is_told_without_a_traceback(
    database_url: str, merchant: str, tmp_path: Path
) -> None:
    file = tmp_path / "stores.csv"
    file.write_bytes("external_id,name,region,latitude,longitude\nA,人民,CN-SH,31,121\n".encode("gb18030"))
    for arguments, words in (
        (("places", str(file), "--merchant", merchant), "not UTF-8"),
        (("places", str(file), "--merchant", "nobody"), "no merchant"),
        (("places", str(tmp_path / "none.csv"), "--merchant", merchant), "does not exist"),
        (("places", str(file), "--merchant", merchant, "--encoding", "latin-1"), "gb18030"),
    ):
        code, said = await run(database_url, *arguments)
        assert code in (1, 2), said
        assert words in said
        assert "Traceback" not in said
    code, said = await run(database_url, "places", str(file), "--merchant", merchant, "--encoding", "gb18030")
    assert code == 0, said


def test_lines_are_counted_for_the_bar(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a\n" + "1\n" * 41)
    assert imports.count_lines(file) == 41
