"""Product files as merchants send them, good and broken."""

import msgspec
import pytest

from fairday.catalog import feeds
from fairday.catalog.errors import BadFeed
from fairday.catalog.types import ImportFormat, SkuImport
from fairday.kernel.csv_rows import EmptyFile, MissingColumns, RowError, WrongEncoding


def read(fmt: str, text: str | bytes) -> tuple[list[SkuImport], list[RowError]]:
    body = text.encode() if isinstance(text, str) else text
    rows = list(feeds.read(ImportFormat(fmt), body))
    return [row for row in rows if isinstance(row, SkuImport)], [
        row for row in rows if isinstance(row, RowError)
    ]


def options(row: SkuImport) -> dict[str, str]:
    return msgspec.json.decode(row.options, type=dict[str, str])


def test_a_csv_with_two_skus_of_one_product() -> None:
    rows, errors = read(
        "csv",
        "external_id,product_external_id,name,price,compare_at_price,option1_name,option1_value,gtin,tags,category\n"
        "R,P,手机壳,39.00,59.00,颜色,红,6901234567892,新品，爆款,配件\n"
        'B,P,,"1,239.50",,颜色,蓝,,,\n'
        "C,,Choc bar,¥1.5,,,,,,\n",
    )
    assert errors == []
    red, blue, bar = rows
    assert red.product is blue.product
    assert red.product.name == "手机壳"
    assert red.product.tags == ("新品", "爆款")
    assert (red.price_minor, red.compare_at_minor, options(red), red.line) == (3900, 5900, {"颜色": "红"}, 2)
    assert (blue.price_minor, options(blue)) == (123950, {"颜色": "蓝"})
    assert (bar.product.external_id, bar.price_minor, bar.options, bar.status) == ("C", 150, "{}", "live")


def test_a_row_without_a_price_is_a_draft_known_by_its_gtin() -> None:
    (row,), errors = read("csv", "gtin,name\n6901234567892,Vitória crackers\n")
    assert errors == []
    assert (row.external_id, row.status, row.product.status, row.price_minor) == (
        "6901234567892",
        "draft",
        "draft",
        0,
    )


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ("A,x,0,CNY,,", "price", "bad_price"),
        ("A,x,-5,CNY,,", "price", "formula"),
        ("A,x,1e400,CNY,,", "price", "bad_price"),
        ("A,x,NaN,CNY,,", "price", "bad_price"),
        ("A,x,12.345,CNY,,", "price", "bad_price"),
        ("A,x,100000000000000000,CNY,,", "price", "bad_price"),
        ("A,x,12.5,JPY,,", "price", "bad_price"),
        ("A,x,12,XQQ,,", "currency", "unknown_currency"),
        ("A,x,12,CNY,6901234567893,", "gtin", "bad_gtin"),
        ("A,=1+1,12,CNY,,", "name", "formula"),
        ("A,,12,CNY,,", "name", "empty"),
        ("A,\u2003\u2003,12,CNY,,", "name", "empty"),
        (",x,12,CNY,,", "external_id", "empty"),
        ("A,x,,CNY,,live", "price", "price_missing"),
        ("A,x,12,CNY,,sold", "status", "not_in_list"),
        ("A,x,12,CNY,", "", "wrong_width"),
        (f"{'A' * 65},x,12,CNY,,", "external_id", "too_long"),
    ],
)
def test_a_bad_cell_is_told_with_line_column_and_reason(cells: str, column: str, code: str) -> None:
    rows, errors = read(
        "csv", f"external_id,name,price,currency,gtin,status\nOK,good,1,CNY,,\n{cells}\nZ,last,2,CNY,,\n"
    )
    assert [row.external_id for row in rows] == ["OK", "Z"]
    assert [(error.line, error.column, error.code) for error in errors] == [(3, column, code)]
    assert errors[0].reason_en
    assert errors[0].reason_zh


@pytest.mark.parametrize(
    ("fmt", "body", "refusal"),
    [
        ("csv", b"", EmptyFile),
        ("csv", b"name,price\nx,1\n", MissingColumns),
        ("csv", b"external_id,price\nx,1\n", MissingColumns),
        ("csv", "external_id,name\nA,手机壳手机壳\n".encode("gb18030"), WrongEncoding),
        ("csv", "external_id,name\nA,x\n".encode("utf-16"), WrongEncoding),
        ("shopify", b"Title\nx\n", MissingColumns),
        ("google", b"id\ttitle\nA\tx\n", MissingColumns),
        ("google", b"<rss><channel></channel></rss>", BadFeed),
        ("google", b"<rss><channel><item>", BadFeed),
        ("google", b'<!DOCTYPE r [<!ENTITY a "b">]><rss><item><id>&a;</id></item></rss>', BadFeed),
        ("google", b'<!DOCTYPE r SYSTEM "file:///etc/hostname"><rss><item/></rss>', BadFeed),
        ("google", b"<rss>" + b"<a>" * 50 + b"</rss>", BadFeed),
    ],
)
def test_what_cannot_be_read_is_refused_whole(fmt: str, body: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read(fmt, body)


SHOPIFY = """Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,\
Variant SKU,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Status
tee,Tee,"<p>Soft &amp; warm<br>cotton</p>",Acme,Shirts,"new, cotton",true,Color,Red,Size,S,TEE-R-S,19.90,29.90,'012345678905,https://cdn.example/t.jpg,active
tee,,,,,,,,Red,,M,TEE-R-M,19.90,0.00,,,
tee,,,,,,,,,,,,,,,https://cdn.example/t2.jpg,
mug,Mug,,Acme,Kitchen,,true,Title,Default Title,,,,9.00,,,,draft
"""


def test_shopify_products_with_variants_and_extra_pictures() -> None:
    rows, errors = read("shopify", SHOPIFY)
    assert errors == []
    small, medium, mug = rows
    assert small.product is medium.product
    assert (small.product.name, small.product.brand, small.product.category_id) == ("Tee", "Acme", "Shirts")
    assert small.product.description == "Soft & warm cotton"
    assert small.product.tags == ("new", "cotton")
    assert options(small) == {"Color": "Red", "Size": "S"}
    assert options(medium) == {
        "Color": "Red",
        "Size": "M",
    }
    assert (small.price_minor, small.compare_at_minor, small.gtin) == (1990, 2990, "012345678905")
    assert medium.compare_at_minor is None
    assert (mug.external_id, mug.options, mug.product.status) == (["mug", "Default Title"][0], "{}", "draft")


def test_a_shopify_description_may_have_many_lines() -> None:
    html = "<ul>" + "".join(f"<li>{n}</li>\n" for n in range(200)) + "</ul>"
    (row,), errors = read("shopify", f'Handle,Title,Body (HTML),Variant Price\nmug,Mug,"{html}",9.00\n')
    assert errors == []
    assert row.product.description.startswith("0")
    assert row.product.description.endswith("199")


TSV = "id\ttitle\tdescription\tlink\timage link\tprice\tgtin\tbrand\tavailability\titem group id\tcolor\n"


def test_a_google_feed_as_tsv() -> None:
    rows, errors = read(
        "google",
        TSV
        + "A1\tLamp\tWarm light\thttps://x.example/1\thttps://x.example/1.jpg\t12.00 CNY\t6901234567892\tAcme\tin stock\tA\tred\n"
        + "A2\tLamp\tWarm light\thttps://x.example/2\thttps://x.example/2.jpg\t12.00\t\tAcme\tin stock\tA\tblue\n"
        + "A3\tLamp\tWarm light\thttps://x.example/3\thttps://x.example/3.jpg\tUSD 8\t\tAcme\tperhaps\tA\tblue\n",
    )
    (row,) = rows
    assert (row.product.external_id, row.price_minor, row.currency, options(row)) == (
        "A",
        1200,
        "CNY",
        {"color": "red"},
    )
    assert [(error.line, error.column, error.code) for error in errors] == [
        (3, "price", "bad_price"),
        (4, "availability", "not_in_list"),
    ]


RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item><title>plain</title><g:title>台灯</g:title><g:id>A1</g:id><g:price>12.00 CNY</g:price><g:sale_price>10.00 CNY</g:sale_price>
<g:image_link>https://x.example/a?b=1&amp;c=2</g:image_link><g:product_type>家居 &gt; 灯</g:product_type></item>
<item><g:id>A2</g:id><g:title>Bad</g:title><g:price>free</g:price></item>
<item><g:id>A3</g:id><g:price>1.00 CNY</g:price></item>
</channel></rss>"""


def test_a_google_feed_as_rss() -> None:
    (row,), errors = read("google", RSS)
    assert (row.product.name, row.price_minor, row.compare_at_minor) == ("台灯", 1000, 1200)
    assert (row.product.category_id, row.product.image) == ("灯", "https://x.example/a?b=1&c=2")
    assert [(error.column, error.code) for error in errors] == [("price", "bad_price"), ("title", "empty")]


def test_a_google_feed_as_atom() -> None:
    (row,), errors = read(
        "google",
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><entry><g:id>A</g:id>'
        "<title>Lamp</title><g:price>JPY 1200</g:price></entry></feed>",
    )
    assert errors == []
    assert (row.product.name, row.price_minor, row.currency) == ("Lamp", 1200, "JPY")
