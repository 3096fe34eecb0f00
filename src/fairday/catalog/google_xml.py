"""Read a Google Merchant feed in XML (RSS 2.0 or Atom) as rows, and make the header of a TSV plain.

The XML is parsed as a stream: a document type, and with it every entity of its own, is refused before it is looked at;
depth, cells and items are bounded. Source: OWASP XXE prevention; support.google.com/merchants/answer/7052112.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from xml.parsers import expat  # nosec: document types are refused below

from fairday.catalog.errors import BadFeed
from fairday.kernel.csv_cells import CellError
from fairday.kernel.csv_rows import FIELD_CHARS_MAX, ROWS_MAX, Column, Row, RowError

_GOOGLE = "http://base.google.com/ns/1.0"
_ITEMS = frozenset({"item", "entry"})
_PIECE = 64 * 1024
_DEPTH_MAX = 16


def is_xml(body: bytes) -> bool:
    """Tell whether `body` looks like XML rather than a TSV."""
    return body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def plain_header(body: bytes) -> bytes:
    """Return a TSV whose column names are written with underscores and without `g:`, as in XML."""
    first, newline, rest = body.partition(b"\n")
    names = [name.strip(b" \r") for name in first.split(b"\t")]
    plain = b"\t".join(name.removeprefix(b"g:").replace(b" ", b"_") for name in names)
    return plain + newline + rest


def rows(body: bytes, columns: Sequence[Column]) -> Iterator[Row | RowError]:
    """Yield the items of the feed in order, judged by `columns`. Raises: BadFeed, also after the first rows."""
    reader = _Reader()
    count = 0
    for at in range(0, len(body), _PIECE):
        for line, cells in reader.feed(body[at : at + _PIECE], is_last=at + _PIECE >= len(body)):
            count += 1
            if count > ROWS_MAX:
                yield RowError(line, "", "too_many_rows", f"Only the first {ROWS_MAX} items were read.", f"仅读取前 {ROWS_MAX} 个商品。")  # fmt: skip
                return
            yield from _judge(line, cells, columns)
    if count == 0:
        raise BadFeed(reason="it holds no item or entry")


class _Reader:
    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator="\n")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.EntityDeclHandler = _refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._done: list[tuple[int, dict[str, str]]] = []
        self._cells: dict[str, str] | None = None
        self._from_google: set[str] = set()
        self._line = self._depth = self._item_depth = 0
        self._field: str | None = None
        self._parts: list[str] = []
        self._chars = 0

    def feed(self, piece: bytes, *, is_last: bool) -> list[tuple[int, dict[str, str]]]:
        """Parse one piece and return the items that ended in it."""
        self._done = []
        try:
            self._parser.Parse(piece, is_last)
        except expat.ExpatError as error:
            raise BadFeed(reason=f"{expat.errors.messages[error.code]} in line {error.lineno}") from None
        return self._done

    def _start(self, name: str, _: Any) -> None:
        self._depth += 1
        if self._depth > _DEPTH_MAX:
            raise BadFeed(reason=f"nested deeper than {_DEPTH_MAX}")
        space, _, local = name.rpartition("\n")
        if self._cells is None:
            if local in _ITEMS:
                self._cells, self._from_google = {}, set()
                self._line, self._item_depth = self._parser.CurrentLineNumber, self._depth
        elif self._depth == self._item_depth + 1 and len(local) <= 60 and len(self._cells) < 200:
            self._field, self._parts, self._chars = local, [], 0
            # Google's own field wins over the plain RSS field of the same name.
            if space == _GOOGLE:
                self._from_google.add(local)
            elif local in self._from_google:
                self._field = None

    def _text(self, text: str) -> None:
        if self._field is not None and self._chars <= FIELD_CHARS_MAX:
            self._parts.append(text)
            self._chars += len(text)

    def _end(self, name: str) -> None:
        if self._cells is not None and self._field is not None and self._depth == self._item_depth + 1:
            if self._field not in self._cells or self._field in self._from_google:
                self._cells[self._field] = "".join(self._parts).strip()
            self._field = None
        if self._cells is not None and self._depth == self._item_depth:
            self._done.append((self._line, self._cells))
            self._cells = None
        self._depth -= 1


def _refuse_doctype(*_: Any) -> None:
    raise BadFeed(reason="it declares a document type (DTD) or entities; remove the declaration")


def _judge(line: int, cells: dict[str, str], columns: Sequence[Column]) -> Iterator[Row | RowError]:
    values: dict[str, Any] = {}
    errors = []
    for column in columns:
        cell = cells.get(column.name, "")
        try:
            if len(cell) > FIELD_CHARS_MAX:
                raise CellError("too_long", f"At most {FIELD_CHARS_MAX} characters.", f"最多 {FIELD_CHARS_MAX} 个字符。")  # fmt: skip
            if cell:
                values[column.name] = column.parse(cell)
            elif column.required:
                raise CellError("empty", "This field must be filled in.", "该字段必须填写。")
            else:
                values[column.name] = column.default
        except CellError as error:
            errors.append(RowError(line, column.name, error.code, error.en, error.zh))
    if errors:
        yield from errors
    else:
        yield Row(line, values)
