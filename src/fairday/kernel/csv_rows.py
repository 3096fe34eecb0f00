"""Read CSV files that people made: a bad row is reported with line, column and reason, the good rows are kept.

Guarantee: every row of the file is yielded once, as a `Row` or as one `RowError` per bad cell, in file order. What makes
the file unreadable as a whole (encoding, header) is a refusal before the first row. Time and memory are linear in
the file: a row spans at most `LINES_PER_ROW_MAX` lines (a caller may allow more) and `ROW_CHARS_MAX` characters, so a lost quote costs one row.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from fairday.kernel.csv_cells import CellError, text
from fairday.kernel.errors import Refusal

ROWS_MAX = 2_000_000
ROW_CHARS_MAX = 64 * 1024
FIELD_CHARS_MAX = 16 * 1024
LINES_PER_ROW_MAX = 20
ERRORS_SHOWN = 100
ERRORS_KEPT = 5_000

Encoding = Literal["utf-8", "gb18030"]
_SHORT_TEXT = text(500)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WINDOWS_1252 = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_BOMS = (
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"PK\x03\x04", "an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
)


class WrongEncoding(Refusal):
    """Refuse a file whose bytes are not UTF-8, naming what it seems to be."""

    code = "wrong_encoding"
    status = 422
    en = "The file is not UTF-8 but {found} (first seen in line {line}). Save it as 'CSV UTF-8' and send it again."
    zh = "文件不是 UTF-8 编码，看起来是 {found}（第 {line} 行）。请另存为“CSV UTF-8”后重新提交。"


class MissingColumns(Refusal):
    """Refuse a file without columns that must be there."""

    code = "missing_columns"
    status = 422
    en = "The first line must name these columns too: {missing}. It names: {found}."
    zh = "首行缺少以下列：{missing}；现有列：{found}。"


class RepeatedColumns(Refusal):
    """Refuse a file that names a column twice."""

    code = "repeated_columns"
    status = 422
    en = "The first line names a column twice: {repeated}. Keep one of each."
    zh = "首行有重复的列：{repeated}，请每列只保留一个。"


class EmptyFile(Refusal):
    """Refuse a file without a first line."""

    code = "empty_file"
    status = 422
    en = "The file is empty. The first line must name the columns: {expected}."
    zh = "文件为空，首行须为列名：{expected}。"


FILE_REFUSALS: tuple[type[Refusal], ...] = (WrongEncoding, MissingColumns, RepeatedColumns, EmptyFile)
"""What `read` may raise, for the `refusals=` of a route."""


class RowError(msgspec.Struct, frozen=True):
    """Tell why a row was not taken. `line` counts from 1 (the header) in the file; `column` is "" for the whole row."""

    line: int
    column: str
    code: str
    reason_en: str
    reason_zh: str


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """Tell what an import did. `error_count` counts refused rows; `errors` holds the first 100 reasons.

    `ignored_columns` are names in the first line that this import does not read.
    """

    import_id: str
    created_count: Annotated[int, msgspec.Meta(ge=0)]
    updated_count: Annotated[int, msgspec.Meta(ge=0)]
    unchanged_count: Annotated[int, msgspec.Meta(ge=0)]
    error_count: Annotated[int, msgspec.Meta(ge=0)]
    errors: list[RowError]
    is_dry_run: bool = False
    ignored_columns: list[str] = []


class ErrorList:
    """Collect row errors: `count` rows were refused; the first `ERRORS_KEPT` reasons are `kept`, and `shown` the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.kept: list[RowError] = []
        self._lines: set[int] = set()

    def add(self, error: RowError) -> None:
        """Take one more reason; several reasons of one line count as one refused row."""
        if error.line not in self._lines:
            self._lines.add(error.line)
            self.count += 1
        if len(self.kept) < ERRORS_KEPT:
            self.kept.append(error)

    @property
    def shown(self) -> list[RowError]:
        """Return the first `ERRORS_SHOWN` reasons, for the answer."""
        return self.kept[:ERRORS_SHOWN]


@dataclass(frozen=True, slots=True)
class Column:
    """Describe one column: `parse` turns the trimmed cell into a value or raises CellError (or ValueError).

    An empty cell of a column that is not `required` gives `default`; when `required`, the column must be in the
    header and the cell filled. `may_begin_with_sign` is for numbers and phones: elsewhere a cell that begins with
    = + - @ is refused, because a spreadsheet would run it as a formula.
    """

    name: str
    required: bool = True
    parse: Callable[[str], Any] = _SHORT_TEXT
    default: Any = None
    may_begin_with_sign: bool = False


class Row(msgspec.Struct, frozen=True):
    """Hold the parsed cells of one row by column name; every column of the spec has a key."""

    line: int
    values: dict[str, Any]


class _RowTooLong(Exception):
    pass


class _Lines:
    """Feed physical lines to the csv parser, bounded per row, and take them back when a row is broken."""

    def __init__(self, source: Iterator[str], lines_max: int) -> None:
        self._source, self.lines_max = source, lines_max
        self._returned: list[str] = []
        self._taken: list[str] = []
        self._chars = 0
        self.line = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._returned.pop() if self._returned else next(self._source)
        self._taken.append(line)
        self._chars += len(line)
        if len(self._taken) > 1 and (len(self._taken) > self.lines_max or self._chars > ROW_CHARS_MAX):
            raise _RowTooLong(self.lines_max)
        return line

    def begin_row(self) -> int:
        """Forget the row before and return the number of the line where the next one begins."""
        self.line += len(self._taken)
        self._taken.clear()
        self._chars = 0
        return self.line + 1

    def keep_first(self) -> None:
        """Give all lines of a broken row but its first back, to be read as rows of their own."""
        self._returned.extend(reversed(self._taken[1:]))
        del self._taken[1:]


class Rows:
    """Iterate over the rows of a file; `ignored_columns` and `row_count` (so far) are there to report."""

    def __init__(
        self,
        lines: _Lines,
        reader: Iterator[list[str]],
        header: list[str],
        spec: Sequence[Column],
        rows_max: int,
    ) -> None:
        self._lines, self._reader, self._header, self._rows_max = lines, reader, header, rows_max
        self._spec = spec
        places = {name: place for place, name in enumerate(header)}
        self._present = [(column, places[column.name]) for column in spec if column.name in places]
        self._absent = {column.name: column.default for column in spec if column.name not in places}
        known = {column.name for column in spec}
        self.ignored_columns = [name for name in header if name and name not in known]
        self.row_count = 0

    def __iter__(self) -> Iterator[Row | RowError]:
        while True:
            line = self._lines.begin_row()
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except (csv.Error, _RowTooLong) as error:
                self._lines.keep_first()
                yield _broken(line, error)
                continue
            if not any(cell.strip() for cell in cells):
                continue
            self.row_count += 1
            if self.row_count > self._rows_max:
                yield RowError(line, "", "too_many_rows", f"Only the first {self._rows_max} rows were read; send the rest as another file.",
                               f"仅读取前 {self._rows_max} 行，其余请另存为一个文件提交。")  # fmt: skip
                return
            yield from self._judge(line, cells)

    def _judge(self, line: int, cells: list[str]) -> Iterator[Row | RowError]:
        if len(cells) != len(self._header):
            width = len(self._header)
            yield RowError(
                line,
                "",
                "wrong_width",
                f"The row has {len(cells)} cells, the first line has {width}. Quote cells that hold a comma.",
                f"本行有 {len(cells)} 格，首行有 {width} 格；含逗号的内容请加引号。",
            )
            return
        values = dict(self._absent)
        errors = []
        for column, place in self._present:
            try:
                values[column.name] = _cell(column, cells[place])
            except CellError as error:
                errors.append(RowError(line, column.name, error.code, error.en, error.zh))
            except ValueError as error:
                errors.append(RowError(line, column.name, "bad_value", str(error), f"内容无法识别：{error}"))
        if errors:
            yield from errors
        else:
            yield Row(line, values)


def read(
    body: bytes,
    columns: Sequence[Column],
    *,
    rows_max: int = ROWS_MAX,
    encoding: Encoding = "utf-8",
    lines_per_row_max: int = LINES_PER_ROW_MAX,
) -> Rows:
    """Read `body` by `columns`: names in the first line, in any order and case; comma, semicolon or tab between.

    UTF-8 with or without a BOM; a few broken lines in a UTF-8 file are reported row by row.
    Raises: EmptyFile, WrongEncoding, RepeatedColumns, MissingColumns.
    """
    _check_encoding(body, encoding)
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    source = io.TextIOWrapper(io.BytesIO(body), encoding=codec, errors="surrogateescape", newline="")
    lines = _Lines(iter(source), lines_per_row_max)
    expected = ",".join(column.name for column in columns)
    first = next(source, "")
    if not first.strip():
        raise EmptyFile(expected=expected)
    delimiter = max(",;\t", key=first.count)
    try:
        header = [
            name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter, strict=True))
        ]
    except csv.Error:
        raise MissingColumns(missing=expected, found=first[:200]) from None
    lines.line = 1
    repeated = (
        sorted({name for name in header if name and header.count(name) > 1}) if len(header) < 500 else ["…"]
    )
    if repeated:
        raise RepeatedColumns(repeated=", ".join(repeated)[:500])
    missing = [column.name for column in columns if column.required and column.name not in header]
    if missing:
        raise MissingColumns(missing=", ".join(missing), found=", ".join(header)[:500])
    return Rows(lines, csv.reader(lines, delimiter=delimiter, strict=True), header, columns, rows_max)


def _cell(column: Column, cell: str) -> Any:
    value = cell.strip(" \u00a0\u3000")
    if not value:
        if column.required:
            raise CellError("empty", "This cell must be filled in.", "该格必须填写。")
        return column.default
    if len(value) > FIELD_CHARS_MAX:
        raise CellError(
            "too_long", f"At most {FIELD_CHARS_MAX} characters.", f"最多 {FIELD_CHARS_MAX} 个字符。"
        )
    if not column.may_begin_with_sign and value.startswith(_FORMULA):
        raise CellError(
            "formula",
            f"The cell begins with {value[0]!r}: a spreadsheet would run it. Remove that character.",
            f"内容以 {value[0]!r} 开头，会被表格软件当作公式执行，请去掉该字符。",
        )
    if not value.isprintable():
        value = _printable(value)
    return column.parse(value)


def _printable(value: str) -> str:
    """Return `value` with mis-decoded Windows-1252 quotes and dashes put right, as browsers do (HTML, U+0080-U+009F)."""
    value = value.translate(_WINDOWS_1252)
    if any("\udc80" <= char <= "\udcff" for char in value):
        raise CellError(
            "bad_encoding",
            "The cell holds bytes that are not UTF-8. Save the file as UTF-8.",
            "该格含有非 UTF-8 的字节，请将文件另存为 UTF-8。",
        )
    # Line breaks inside a quoted cell and typographic spaces are wanted; control characters are not.
    if any((char < " " and char not in "\n\r\t") or "\x7f" <= char <= "\x9f" for char in value):
        raise CellError(
            "control_character",
            "The cell holds a control character. Remove it.",
            "该格含有控制字符，请删除。",
        )
    return value


def _broken(line: int, error: Exception) -> RowError:
    if isinstance(error, _RowTooLong):
        return RowError(
            line,
            "",
            "bad_quoting",
            f"A quote that begins here is not closed within {error.args[0]} lines. Close it, or double quotes inside a cell.",
            f"此处的引号在 {error.args[0]} 行内没有闭合，请补上引号；格内引号请写两个。",
        )
    return RowError(
        line,
        "",
        "bad_quoting",
        f"The quotes of this row do not match ({error}). Double quotes inside a cell.",
        "本行引号不配对，格内的引号请写两个。",
    )


def _check_encoding(body: bytes, encoding: Encoding) -> None:
    """Refuse a file in another encoding; let a file through that is mostly right, its bad rows are reported one by one.

    Raises: WrongEncoding.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            raise WrongEncoding(found=name, line=1)
    try:
        body.decode(encoding)
        return
    except UnicodeDecodeError as error:
        first_bad = error.start
    wrong = right = 0
    for line in body.splitlines():
        if line.isascii():
            continue
        try:
            line.decode(encoding)
            right += 1
        except UnicodeDecodeError:
            wrong += 1
    if wrong <= right:
        return
    try:
        body.decode("gb18030")
        found = "GBK (GB18030)" if encoding == "utf-8" else "another encoding"
    except UnicodeDecodeError:
        found = "another encoding"
    raise WrongEncoding(found=found, line=body.count(b"\n", 0, first_bad) + 1)
