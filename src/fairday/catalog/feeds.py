"""Read the product files that merchants have: our CSV, Shopify's product CSV, a Google Merchant feed as TSV or XML.

Each reader yields, in file order, one `SkuImport` per good row and one `RowError` per bad cell. The columns are
documented in docs/imports.md. The rows of one product stand together; its first row tells what the product is.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from fairday.catalog import feed_cells, google_xml
from fairday.catalog.feed_cells import fail
from fairday.catalog.types import ImportFormat, ProductImport, SkuImport, Status
from fairday.kernel import csv_rows
from fairday.kernel.csv_cells import choice, text
from fairday.kernel.csv_rows import Column, Row, RowError

_OPTIONS = 3
# Shopify's descriptions are HTML of many lines.
_LINES = {ImportFormat.CSV: 40, ImportFormat.SHOPIFY: 500, ImportFormat.GOOGLE: 40}
_encode = msgspec.json.Encoder().encode


def _optional(name: str, parse: Any = None, **more: Any) -> Column:
    return Column(name, required=False, parse=parse or text(300), **more)


OPTION_COLUMNS = [
    column
    for number in range(1, _OPTIONS + 1)
    for column in (
        _optional(f"option{number}_name", text(40)),
        _optional(f"option{number}_value", text(100), may_begin_with_sign=True),
    )
]
CSV_COLUMNS = [
    _optional("external_id", text(64)),
    _optional("product_external_id", text(64)),
    _optional("name", feed_cells.name),
    _optional("name_en", feed_cells.name),
    _optional("description", text(4000)),
    _optional("category", text(120)),
    _optional("brand", text(120)),
    _optional("tags", feed_cells.tags, default=()),
    _optional("image", feed_cells.image),
    _optional("status", choice(Status)),
    _optional("gtin", feed_cells.gtin),
    _optional("price", text(40)),
    _optional("compare_at_price", text(40)),
    _optional("currency", feed_cells.currency, default="CNY"),
    _optional("confirm_price", feed_cells.yes_or_no, default=False),
    *OPTION_COLUMNS,
]
SHOPIFY_COLUMNS = [
    Column("handle", parse=text(255)),
    _optional("title", feed_cells.name),
    _optional("body (html)", feed_cells.plain_text, default="", may_begin_with_sign=True),
    _optional("vendor", text(120)),
    _optional("type", text(120)),
    _optional("tags", feed_cells.tags, default=()),
    _optional("published", feed_cells.yes_or_no, default=True),
    *(
        column
        for number in range(1, _OPTIONS + 1)
        for column in (
            _optional(f"option{number} name", text(40)),
            _optional(f"option{number} value", text(100), may_begin_with_sign=True),
        )
    ),
    _optional("variant sku", text(255)),
    _optional("variant price", text(40)),
    _optional("variant compare at price", text(40)),
    _optional("variant barcode", feed_cells.gtin),
    _optional("variant image", feed_cells.image),
    _optional("image src", feed_cells.image),
    _optional("status", feed_cells.shopify_status),
]
GOOGLE_COLUMNS = [
    Column("id", parse=text(64)),
    Column("title", parse=feed_cells.name),
    _optional("description", feed_cells.plain_text, default="", may_begin_with_sign=True),
    _optional("image_link", feed_cells.image),
    Column("price", parse=text(40)),
    _optional("sale_price", text(40)),
    _optional("gtin", feed_cells.gtin),
    _optional("brand", text(120)),
    _optional("availability", feed_cells.availability),
    _optional("item_group_id", text(64)),
    _optional("product_type", feed_cells.category_path),
    _optional("google_product_category", feed_cells.category_path),
    _optional("color", text(100)),
    _optional("size", text(100)),
    _optional("material", text(100)),
    _optional("pattern", text(100)),
]


class Feed:
    """Iterate over a file's SKUs and errors; `ignored_columns` names what is not read."""

    def __init__(self, rows: "Iterable[Row | RowError]", make: "_Maker", ignored_columns: list[str]) -> None:
        self._rows, self._make = rows, make
        self.ignored_columns = ignored_columns

    def __iter__(self) -> Iterator[SkuImport | RowError]:
        for row in self._rows:
            if isinstance(row, RowError):
                yield row
                continue
            try:
                made = self._make.sku(row)
            except feed_cells.BadCell as bad:
                error = bad.error
                yield RowError(row.line, bad.column, error.code, error.en, error.zh)
            else:
                if made is not None:
                    yield made


def read(fmt: ImportFormat, body: bytes) -> Feed:
    """Open `body` as `fmt`.

    Raises: BadFeed and the refusals of csv_rows when the file cannot be read at all.
    """
    if fmt is ImportFormat.GOOGLE and google_xml.is_xml(body):
        return Feed(google_xml.rows(body, GOOGLE_COLUMNS), _GoogleMaker(), [])
    if fmt is ImportFormat.GOOGLE:
        body, columns = google_xml.plain_header(body), GOOGLE_COLUMNS
        make: _Maker = _GoogleMaker()
    elif fmt is ImportFormat.SHOPIFY:
        columns, make = SHOPIFY_COLUMNS, _ShopifyMaker()
    else:
        columns, make = CSV_COLUMNS, _CsvMaker()
    rows = csv_rows.read(body, columns, lines_per_row_max=_LINES[fmt])
    if fmt is ImportFormat.CSV:
        _check_csv_header(body)
    return Feed(rows, make, rows.ignored_columns)


def _check_csv_header(body: bytes) -> None:
    """Refuse a CSV that has neither an id nor a GTIN to know its rows by, or no name."""
    first = body[:4096].partition(b"\n")[0].decode("utf-8", "replace").lower()
    names = {name.strip(' \r\t"\ufeff') for name in first.replace(";", ",").replace("\t", ",").split(",")}
    missing = [] if names & {"external_id", "gtin"} else ["external_id (or gtin)"]
    missing += [] if "name" in names else ["name"]
    if missing and names != {""}:
        raise csv_rows.MissingColumns(missing=", ".join(missing), found=", ".join(sorted(names))[:500])


class _Maker(ABC):
    """Turn parsed cells into SKUs, remembering the product that the rows before belong to."""

    def __init__(self) -> None:
        self._product: ProductImport | None = None
        self._carried: Any = None

    @abstractmethod
    def sku(self, row: Row) -> SkuImport | None:
        """Return the SKU of a row, None for a row that holds none. Raises: BadCell."""

    def _same_product(self, external_id: str) -> ProductImport | None:
        product = self._product
        return product if product is not None and product.external_id == external_id else None


class _CsvMaker(_Maker):
    def sku(self, row: Row) -> SkuImport:
        cells = row.values
        external_id = cells["external_id"] or cells["gtin"]
        if not external_id:
            raise fail("external_id", "empty", "Give an external_id, or a gtin to use as one.", "请填写 external_id，或填写 gtin。")  # fmt: skip
        price = feed_cells.price(cells["price"], cells["currency"], "price")
        product = self._same_product(cells["product_external_id"] or external_id)
        if product is None:
            product = self._first(cells, external_id, price)
        status = cells["status"]
        if status is Status.LIVE and price is None:
            raise fail("price", "price_missing", "A live SKU needs a price.", "上架商品必须填写价格。")
        compare_at = feed_cells.price(cells["compare_at_price"], cells["currency"], "compare_at_price")
        return SkuImport(
            row.line,
            product,
            external_id,
            _csv_options(cells),
            cells["gtin"],
            price or 0,
            feed_cells.compare_at(compare_at, price or 0, "compare_at_price"),
            cells["currency"],
            (status or (Status.DRAFT if price is None else Status.LIVE)).value,
            cells["image"] if cells["image"] != product.image else None,
            cells["confirm_price"],
        )

    def _first(self, cells: dict[str, Any], external_id: str, price: int | None) -> ProductImport:
        if not cells["name"]:
            raise fail("name", "empty", "The first row of a product needs its name.", "商品的第一行必须填写名称。")  # fmt: skip
        status = cells["status"] or (Status.DRAFT if price is None else Status.LIVE)
        product = self._product = ProductImport(
            cells["product_external_id"] or external_id,
            cells["name"],
            cells["name_en"],
            cells["description"] or "",
            cells["category"],
            cells["brand"],
            cells["image"],
            status.value,
            cells["tags"],
        )
        return product


def _csv_options(cells: dict[str, Any]) -> str:
    options = {}
    for number in range(1, _OPTIONS + 1):
        value = cells[f"option{number}_value"]
        if value is not None:
            options[cells[f"option{number}_name"] or f"option{number}"] = value
    return _encode(options).decode() if options else "{}"


class _ShopifyMaker(_Maker):
    def sku(self, row: Row) -> SkuImport | None:
        cells = row.values
        external_id = feed_cells.short_id(cells["handle"])
        product = self._same_product(external_id)
        if product is None:
            product = self._first(cells, external_id)
        values = [cells[f"option{number} value"] for number in range(1, _OPTIONS + 1)]
        if cells["variant price"] is None and cells["variant sku"] is None and not any(values):
            return None  # one more picture of the product
        price = feed_cells.price(cells["variant price"], "CNY", "variant price")
        options = {name: value for name, value in zip(self._carried, values, strict=True) if value}
        if values[0] == "Default Title":
            options = {}
        compare_at = feed_cells.price(
            cells["variant compare at price"], "CNY", "variant compare at price", zero_is_none=True
        )
        if compare_at is not None and compare_at <= (price or 0):
            compare_at = None  # Shopify keeps it so when nothing is crossed out
        return SkuImport(
            row.line,
            product,
            feed_cells.short_id(cells["variant sku"] or "/".join([cells["handle"], *options.values()])),
            _encode(options).decode(),
            cells["variant barcode"],
            price or 0,
            compare_at,
            "CNY",
            "live" if price else "draft",
            cells["variant image"],
        )

    def _first(self, cells: dict[str, Any], external_id: str) -> ProductImport:
        if not cells["title"]:
            raise fail("title", "empty", "The first row of a handle needs its title.", "每个 Handle 的第一行必须填写 Title。")  # fmt: skip
        self._carried = [
            cells[f"option{number} name"] or f"option{number}" for number in range(1, _OPTIONS + 1)
        ]
        status = cells["status"] or ("live" if cells["published"] else "draft")
        product = self._product = ProductImport(
            external_id,
            cells["title"],
            None,
            cells["body (html)"],
            cells["type"],
            cells["vendor"],
            cells["image src"],
            status,
            cells["tags"],
        )
        return product


class _GoogleMaker(_Maker):
    def sku(self, row: Row) -> SkuImport:
        cells = row.values
        regular, currency = feed_cells.price_with_currency(cells["price"], "price")
        price, compare_at = regular, None
        if cells["sale_price"] is not None:
            price, sale_currency = feed_cells.price_with_currency(cells["sale_price"], "sale_price")
            if sale_currency != currency:
                raise fail("sale_price", "currency_differs", "Use the currency of the price.", "请使用与 price 相同的币种。")  # fmt: skip
            compare_at = regular if regular > price else None
        group = cells["item_group_id"] or cells["id"]
        product = self._same_product(group) or self._first(cells, group)
        names = ("color", "size", "material", "pattern")
        options = {name: cells[name] for name in names if cells[name] is not None}
        image = cells["image_link"]
        return SkuImport(
            row.line,
            product,
            cells["id"],
            _encode(options if cells["item_group_id"] else {}).decode(),
            cells["gtin"],
            price,
            compare_at,
            currency,
            "live",
            image if image != product.image else None,
        )

    def _first(self, cells: dict[str, Any], group: str) -> ProductImport:
        product = self._product = ProductImport(
            group,
            cells["title"],
            None,
            cells["description"],
            cells["product_type"] or cells["google_product_category"],
            cells["brand"],
            cells["image_link"],
            "live",
            (),
        )
        return product
