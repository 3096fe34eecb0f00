"""Read CSV files as people really send them: quoting, encodings, formulas, missing columns, all at once."""

import time

import pytest

from fairday.kernel import csv_cells, csv_rows
from fairday.kernel.csv_rows import Column, Row, RowError

SPEC = (
    Column("external_id", parse=csv_cells.text(10)),
    Column("name"),
    Column("price", required=False, parse=csv_cells.integer(-5, 100), default=7, may_begin_with_sign=True),
)
HEAD = b"external_id,name,price\n"


def outcome(body: bytes) -> list[tuple[int, object]]:
    """Return (line, values tuple) of rows and (line, code) of errors."""
    return [
        (item.line, tuple(item.values[column.name] for column in SPEC))
        if isinstance(item, Row)
        else (item.line, item.code)
        for item in csv_rows.read(body, SPEC)
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (HEAD + b"a,b,3\n", [(2, ("a", "b", 3))]),
        (b"\xef\xbb\xbf" + HEAD + "é,茶,-5\r\n".encode(), [(2, ("é", "茶", -5))]),
        (b"PRICE; Name ;external_id\n1;x;y\n", [(2, ("y", "x", 1))]),
        (b"external_id\tname\na\tb\n", [(2, ("a", "b", 7))]),
        (HEAD + b'a,"x\ny",1\nb,z,2\n', [(2, ("a", "x\ny", 1)), (4, ("b", "z", 2))]),
        (HEAD + b"\n,,\na,b,\n", [(4, ("a", "b", 7))]),
        (HEAD + b"a,,1\n", [(2, "empty")]),
        (HEAD + b"a,b\n", [(2, "wrong_width")]),
        (HEAD + b"a,b,1,2\nc,d,1\n", [(2, "wrong_width"), (3, ("c", "d", 1))]),
        (HEAD + b"a,=1+1,1\n", [(2, "formula")]),
        (HEAD + b"@a,-b,1\n", [(2, "formula"), (2, "formula")]),
        (HEAD + b"a,+b,1\n", [(2, "formula")]),
        (HEAD + b"a,b,101\na,b,100\n", [(2, "out_of_range"), (3, ("a", "b", 100))]),
        (HEAD + b"a,b,1e1\n", [(2, "not_a_number")]),
        (HEAD + "a,b,１\n".encode(), [(2, "not_a_number")]),
        (HEAD + b"12345678901,b,1\n", [(2, "too_long")]),
        (HEAD + b"a,b\x00c,1\n", [(2, "control_character")]),
        (HEAD + "a,King\x92s,1\nb,\x81,1\n".encode(), [(2, ("a", "King’s", 1)), (3, "control_character")]),
        (HEAD + b'a,"b"c,1\nd,e,1\n', [(2, "bad_quoting"), (3, ("d", "e", 1))]),
        (HEAD + b'a,"b,1\nd,e,1\n', [(2, "bad_quoting"), (3, ("d", "e", 1))]),
        (HEAD + "a,茶,1\n".encode() + b"b,\xb2\xe8,1\n", [(2, ("a", "茶", 1)), (3, "bad_encoding")]),
    ],
)
def test_rows_and_errors_in_file_order(body: bytes, expected: list[tuple[int, object]]) -> None:
    assert outcome(body) == expected


def test_a_lost_quote_costs_one_row_and_not_the_file() -> None:
    rows = b"".join(b"k%d,n,1\n" % n for n in range(100))
    result = outcome(HEAD + b'a,"b,1\n' + rows)
    assert result[0] == (2, "bad_quoting")
    assert len(result) == 101
    assert result[1] == (3, ("k0", "n", 1))


def test_a_file_full_of_lost_quotes_is_read_in_linear_time() -> None:
    started = time.monotonic()
    errors = csv_rows.ErrorList()
    for item in csv_rows.read(HEAD + b'a,"b,1\nc"' * 40_000, SPEC):
        if isinstance(item, RowError):
            errors.add(item)
    assert errors.count > 10_000
    assert len(errors.shown) == csv_rows.ERRORS_SHOWN
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("body", "refusal", "detail"),
    [
        (b"", csv_rows.EmptyFile, "external_id"),
        (b"\xef\xbb\xbf\n", csv_rows.EmptyFile, "external_id"),
        (b"id,title\n1,2\n", csv_rows.MissingColumns, "external_id, name"),
        (b"name,name,external_id\n", csv_rows.RepeatedColumns, "name"),
        ("external_id,name\n1,北京西站\n".encode("gbk"), csv_rows.WrongEncoding, "GBK"),
        ("external_id,name\n".encode("utf-16"), csv_rows.WrongEncoding, "UTF-16"),
        (b"PK\x03\x04rest", csv_rows.WrongEncoding, "xlsx"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(
    body: bytes, refusal: type[csv_rows.Refusal], detail: str
) -> None:
    with pytest.raises(refusal) as caught:
        csv_rows.read(body, SPEC)
    assert detail in str(caught.value.details)
    assert caught.value.sentence("zh") != caught.value.sentence("en")


def test_gbk_is_read_when_it_is_named() -> None:
    body = "external_id,name\n1,北京西站\n".encode("gbk")
    assert [
        row.values["name"] for row in csv_rows.read(body, SPEC, encoding="gb18030") if isinstance(row, Row)
    ] == ["北京西站"]


def test_unknown_columns_are_named_and_rows_are_bounded() -> None:
    rows = csv_rows.read(b"external_id,name,colour\na,b,red\nc,d,blue\ne,f,\n", SPEC, rows_max=2)
    items = list(rows)
    assert rows.ignored_columns == ["colour"]
    assert [item.line for item in items] == [2, 3, 4]
    assert isinstance(items[2], RowError)
    assert items[2].code == "too_many_rows"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-11-11T20:30:00+08:00", "2026-11-11T12:30:00+00:00"),
        ("2026-11-11 20:30", "2026-11-11T12:30:00+00:00"),
        ("11/11/2026", None),
        ("0001-01-01", None),
    ],
)
def test_instants_without_an_offset_are_read_in_the_zone_given(cell: str, expected: str | None) -> None:
    parse = csv_cells.instant("Asia/Shanghai")
    if expected is None:
        with pytest.raises(csv_cells.CellError):
            parse(cell)
    else:
        assert parse(cell).isoformat() == expected


@pytest.mark.parametrize(
    ("cell", "is_good"),
    [
        ("1.250", True),
        ("-1.25", True),
        ("1.2501", False),
        (".5", False),
        ("NaN", False),
        ("1e3", False),
        ("100.001", False),
    ],
)
def test_decimals_are_plain_and_bounded(cell: str, is_good: bool) -> None:
    parse = csv_cells.decimal("-100", "100", 3)
    if is_good:
        parse(cell)
    else:
        with pytest.raises(csv_cells.CellError):
            parse(cell)
