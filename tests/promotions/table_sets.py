"""Price sets of pieces, offers that stand beside or against each other, and taxes, worked out by hand."""

from typing import Any

from tests.promotions.table_builders import A, B, Doc, Row, cart, off, offer, rate, sold

A_AND_B = [{"items": {"skus": ["A"]}}, {"items": {"skus": ["B"]}}]


def nth(**gives: Any) -> Doc:
    """Return an offer of the nth piece."""
    return offer("nth", "item", "nth_item", gives)


def free(offer_id: str = "free", **gives: Any) -> Doc:
    """Return an offer of pieces for pieces."""
    return offer(offer_id, "item", "buy_get", gives)


def bundle(price_minor: int, offer_id: str = "set", **more: Any) -> Doc:
    """Return a bundle of an A and a B."""
    return offer(offer_id, "item", "bundle", {"parts": A_AND_B, "price_minor": price_minor}, **more)


SETS: tuple[Row, ...] = (
    ("the second at half price, of three", cart(sold("A", 999, 3), offers=(nth(n=2, rate_bp=5000),)), {"net": {"a": 2498}}),
    ("the second at half price, of four: rounded once a line", cart(sold("A", 999, 4), offers=(nth(n=2, rate_bp=5000),)), {"net": {"a": 2997}}),
    ("the second at half price, once", cart(sold("A", 1000, 4), offers=(nth(n=2, rate_bp=5000, times_max=1),)), {"net": {"a": 3500}}),
    ("the third for 0.50", cart(sold("A", 1000, 7), offers=(nth(n=3, price_minor=50),)), {"net": {"a": 5100}}),
    (
        "the second of one SKU: two different goods are no set",
        cart(A, B, offers=(nth(n=2, rate_bp=10_000),)),
        {"net": {"a": 1000, "b": 1000}, "applied": {}},
    ),
    (
        "the second of any: the two dearest are the set, the cheaper of them is free",
        cart(A, sold("B", 600), sold("C", 200), offers=(nth(n=2, rate_bp=10_000, of="cheapest"),)),
        {"net": {"a": 1000, "b": 0, "c": 200}},
    ),
    ("buy two get one, of seven", cart(sold("A", 500, 7), offers=(free(buy=2, get=1),)), {"net": {"a": 2500}}),
    ("buy two get one, of two", cart(sold("A", 500, 2), offers=(free(buy=2, get=1),)), {"net": {"a": 1000}, "applied": {}}),
    (
        "buy two get one over goods: the cheapest are free",
        cart(sold("A", 900, 2), sold("B", 300, 2), sold("C", 100, 2), offers=(free(buy=2, get=1, of="cheapest"),)),
        {"net": {"a": 1800, "b": 600, "c": 0}},
    ),
    (
        "for every A a B at half price",
        cart(sold("A", 1000, 3), sold("B", 801, 2), offers=(free(buy=1, get=1, of="listed", get_items={"skus": ["B"]}, rate_bp=5000) | {"items": {"skus": ["A"]}},)),
        {"net": {"a": 3000, "b": 801}},
    ),
    (
        "for every A a B at half price, once",
        cart(sold("A", 1000, 3), sold("B", 801, 2), offers=(free(buy=1, get=1, of="listed", get_items={"skus": ["B"]}, rate_bp=5000, times_max=1) | {"items": {"skus": ["A"]}},)),
        {"net": {"a": 3000, "b": 1202}},
    ),
    ("a weighed line is one piece", cart(sold("A", 100, "3", unit="KGM"), offers=(free(buy=1, get=1),)), {"net": {"a": 300}, "applied": {}}),
    # 2.5 kg at 10.01 are 25.03 (25.025); 1.01 a kilogram off is 2.52 (2.525), rounded down.
    ("an amount off a kilogram", cart(sold("A", 1001, "2.5", unit="KGM"), offers=(off("o", "item", 101),)), {"gross": {"a": 2503}, "net": {"a": 2251}}),
    # 2.5 kg at 9.01 are 22.525, rounded up as the line's own price is.
    ("a price for a kilogram", cart(sold("A", 1001, "2.5", unit="KGM"), offers=(offer("o", "item", "fixed_price", {"price_minor": 901}),)), {"net": {"a": 2253}}),
    ("a cap for a kilogram", cart(sold("A", 1001, "2.5", unit="KGM"), offers=(rate("o", "item", 5000, 101),)), {"net": {"a": 2251}}),
    ("a bundle", cart(A, sold("B", 500, 2), offers=(bundle(1200),)), {"net": {"a": 800, "b": 900}}),
    ("a bundle that saves nothing", cart(A, sold("B", 500, 2), offers=(bundle(1500),)), {"net": {"a": 1000, "b": 1000}, "applied": {}}),
    # Two bundles save 998 in all, over 2000 : 1000 that is 665.33 and 332.67.
    ("two bundles, spread once", cart(sold("A", 1000, 2), sold("B", 500, 2), offers=(bundle(1001),)), {"net": {"a": 1335, "b": 667}}),
    # 1000 saved over 1000 : 1000 is 500 each, A has room for 100, so B gives 900.
    ("a bundle over a cost floor", cart(sold("A", 1000, cost_floor_minor=900), B, offers=(bundle(1000),)), {"net": {"a": 900, "b": 100}}),
    ("the odd cent of a bundle goes to the smaller SKU", cart(sold("A", 500, line_id="z"), sold("B", 500, line_id="y"), offers=(bundle(999),)), {"net": {"z": 499, "y": 500}}),
    (
        # A and B save 500, over 1000 : 500; the two C cost less than the bundle, so they stay as they are.
        "bundles stop where the next would save nothing",
        cart(A, sold("B", 500), sold("C", 300, 2), offers=(offer("o", "item", "bundle", {"parts": [{"items": {}, "quantity": 2}], "price_minor": 1000}),)),
        {"net": {"a": 667, "b": 333, "c": 600}},
    ),
    (
        # C, the cheapest, buys the B; so A is left for the tenth.
        "the cheapest pieces buy from the list",
        cart(A, sold("B", 800), sold("C", 600), offers=(
            free(buy=1, get=1, of="listed", get_items={"skus": ["B"]}) | {"items": {"skus": ["A", "C"]}},
            rate("tenth", "item", 1000),
        )),
        {"applied": {"free": 800, "tenth": 100}},
    ),
    (
        "an exclusive set offer leaves no piece of its lines to others",
        cart(sold("A", 1000, 3), offers=(nth(n=2, rate_bp=5000) | {"exclusive": True}, rate("fifth", "item", 2000))),
        {"net": {"a": 2500}, "applied": {"nth": 500}},
    ),
    (
        # Two in the set save 1000, the third at 20 % saves 200; 20 % of all three would save 600.
        "pieces that no set used take the piece offer",
        cart(sold("A", 1000, 3), offers=(nth(n=2, rate_bp=10_000), rate("fifth", "item", 2000))),
        {"net": {"a": 1800}, "applied": {"nth": 1000, "fifth": 200}},
    ),
    (
        # The free piece saves 1000 and uses both A; the bundle saves 1100 and leaves an A.
        "of two sets that want the same piece the better one",
        cart(sold("A", 1000, 2), B, offers=(free(buy=1, get=1) | {"items": {"skus": ["A"]}}, bundle(900))),
        {"applied": {"set": 1100}, "total": 1900},
    ),
    (
        "of equal orders the one with fewer set offers",
        cart(sold("A", 1000, 2), offers=(nth(n=2, rate_bp=2500), rate("b", "item", 1250))),
        {"applied": {"b": 250}},
    ),
    ("of equal piece offers the smaller id", cart(A, offers=(off("b", "item", 100), rate("a", "item", 1000))), {"applied": {"a": 100}}),
    (
        "each line takes the piece offer that lowers it most",
        cart(A, sold("B", 100), offers=(rate("rate", "item", 2000), off("fixed", "item", 50))),
        {"net": {"a": 800, "b": 50}, "applied": {"rate": 200, "fixed": 50}},
    ),
    (
        # The exclusive one, although it gives less, has both lines' pieces; on B it takes nothing, so B is free.
        "an exclusive item offer goes first, on the lines that it lowers",
        cart(A, B, offers=(rate("only", "item", 500, exclusive=True, items={"skus": ["A"]}), rate("r", "item", 2000))),
        {"net": {"a": 950, "b": 800}},
    ),
)  # fmt: skip

STACKING: tuple[Row, ...] = (
    ("two rates in one lane: of what the lane found", cart(A, offers=(rate("a", "platform", 1000), rate("b", "platform", 1000))), {"net": {"a": 800}}),
    ("two rates in one lane, one after the other by priority: still of what the lane found",
     cart(A, offers=(rate("a", "platform", 1000, priority=1), rate("b", "platform", 1000))), {"net": {"a": 800}}),
    ("rates of two lanes: one of what the other left", cart(A, offers=(rate("a", "cross_shop", 1000), rate("b", "platform", 1000))), {"net": {"a": 810}}),
    ("exclusive before joint", cart(A, offers=(rate("only", "platform", 500, exclusive=True), rate("b", "platform", 2000))), {"net": {"a": 950}, "applied": {"only": 50}}),
    (
        "exclusive only where the goods meet",
        cart(A, B, offers=(rate("only", "platform", 500, exclusive=True, items={"skus": ["A"]}), rate("b", "platform", 2000, items={"skus": ["B"]}))),
        {"net": {"a": 950, "b": 800}},
    ),
    ("exclusive in one lane bars no other lane", cart(A, offers=(off("only", "platform", 50, exclusive=True), off("c", "cross_shop", 10))), {"net": {"a": 940}}),
    ("priority before amount among exclusives", cart(A, offers=(off("a", "platform", 50, exclusive=True, priority=1), off("b", "platform", 90, exclusive=True))), {"applied": {"a": 50}}),
    ("of two exclusives the better", cart(A, offers=(off("a", "platform", 50, exclusive=True), off("b", "platform", 90, exclusive=True))), {"applied": {"b": 90}}),
    ("of two equal exclusives the smaller id", cart(A, offers=(off("b", "platform", 50, exclusive=True), off("a", "platform", 50, exclusive=True))), {"applied": {"a": 50}}),
    (
        "one of a group, others beside it",
        cart(A, offers=(off("a", "platform", 100, group="g"), off("b", "platform", 120, group="g"), off("c", "platform", 10))),
        {"applied": {"b": 120, "c": 10}},
    ),
    (
        # A excludes B and C, which do not meet each other: 60 + 60 is more than 100.
        "of a knot the set that takes off most",
        cart(A, B, offers=(
            off("a", "platform", 100, group="g"),
            off("b", "platform", 60, group="g", items={"skus": ["A"]}),
            off("c", "platform", 60, group="g", items={"skus": ["B"]}),
        )),
        {"applied": {"b": 60, "c": 60}},
    ),
    (
        "of equal sets in a knot the one of more offers",
        cart(A, B, offers=(
            off("x", "platform", 100, exclusive=True),
            off("y", "platform", 60, exclusive=True, items={"skus": ["A"]}),
            off("z", "platform", 40, exclusive=True, items={"skus": ["B"]}),
        )),
        {"applied": {"y": 60, "z": 40}},
    ),
    ("every 10.00 of the base, whatever other lanes took off", cart(A, offers=(off("c", "cross_shop", 500), offer("o", "platform", "every", {"every_minor": 1000, "off_minor": 100}))), {"net": {"a": 400}}),
    ("a group across lanes: what stands stays", cart(A, offers=(off("s", "cross_shop", 10, group="g"), off("p", "platform", 100, group="g"))), {"applied": {"s": 10}}),
    ("a group across lanes, other goods", cart(A, B, offers=(off("s", "cross_shop", 10, group="g", items={"skus": ["A"]}), off("p", "platform", 100, group="g", items={"skus": ["B"]}))), {"applied": {"s": 10, "p": 100}}),
    ("a shop's offer sees its goods only", cart(A, sold("B", 1000, merchant_id="m2"), offers=(off("s", "shop", 100, merchant_id="m2"),)), {"net": {"a": 1000, "b": 900}}),
)  # fmt: skip

INCLUSIVE, EXCLUSIVE = {"mode": "inclusive"}, {"mode": "exclusive"}
WHOLE = {"mode": "exclusive", "rounding": "document"}

TAXES: tuple[Row, ...] = (
    ("13 % is in 11.30", cart(sold("A", 1130, tax_rate_bp=1300), tax=INCLUSIVE), {"tax": {"a": 130}, "total": 1130}),
    ("half a cent is rounded up, inclusive", cart(sold("A", 101, tax_rate_bp=10_000), tax=INCLUSIVE), {"tax": {"a": 51}, "total": 101}),
    ("half a cent is rounded up, once a line", cart(sold("A", 50, tax_rate_bp=1300), sold("B", 50, tax_rate_bp=1300), tax=EXCLUSIVE), {"tax": {"a": 7, "b": 7}, "total": 114}),
    ("once a document", cart(sold("A", 50, tax_rate_bp=1300), sold("B", 50, tax_rate_bp=1300), tax=WHOLE), {"tax": {"a": 7, "b": 6}, "total": 113}),
    # 13 % of 1.00 and 6 % of 0.50 are 13 and 3: each rate by itself.
    ("once a document and a rate", cart(sold("A", 50, 2, tax_rate_bp=1300), sold("B", 50, tax_rate_bp=600), tax=WHOLE), {"tax": {"a": 13, "b": 3}, "total": 166}),
    # 13/113 of 2.01 is 0.2312; by 100 : 101 that is 11.44 and 11.56.
    ("once a document, inclusive", cart(sold("A", 100, tax_rate_bp=1300), sold("B", 101, tax_rate_bp=1300), tax={"mode": "inclusive", "rounding": "document"}), {"tax": {"a": 11, "b": 12}, "total": 201}),
    ("on what is left after discounts", cart(sold("A", 1000, tax_rate_bp=900), offers=(off("o", "platform", 250),), tax=EXCLUSIVE), {"tax": {"a": 68}, "total": 818}),
    ("freight carries none", cart(sold("A", 100, tax_rate_bp=1000), freight_minor=100, tax=EXCLUSIVE), {"tax": {"a": 10}, "total": 210}),
    ("rates without a tax are none", cart(sold("A", 100, tax_rate_bp=1000)), {"tax": {"a": 0}, "total": 100}),
)  # fmt: skip
