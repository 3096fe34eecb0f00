"""Price what amounts come to: spreading, floors, funders, and every calculator at its boundary, worked out by hand."""

from tests.promotions.table_builders import COUPON, A, B, Row, cart, claimed, off, offer, rate, shares, sold

EVERY = {"every_minor": 30_000, "off_minor": 5_000}
THREE = shares(("platform", 6000), ("brand:yu", 3000), ("merchant", 1000))
STEPS = {"by": "amount", "steps": [{"from": 1000, "amount_minor": 50}, {"from": 2000, "rate_bp": 2000}]}

SPREADING: tuple[Row, ...] = (
    (
        "golden case of R20",
        cart(
            sold("A", 10_000), sold("B", 20_000), sold("C", 30_000, merchant_id="m2"),
            offers=(
                off("shop", "shop", 5_000, merchant_id="m1"),
                off("cross", "cross_shop", 10_000),
                off("voucher", "platform", 15_000, **COUPON),
            ),
            claims=claimed("c1 voucher"),
        ),
        {
            "net": {"a": 4_545, "b": 9_091, "c": 16_364}, "payable": 30_000,
            "applied": {"shop": 5_000, "cross": 10_000, "voucher/c1": 15_000},
            "allocations": {
                "a shop merchant": 1_667, "b shop merchant": 3_333,
                "a cross platform": 1_515, "b cross platform": 3_030, "c cross platform": 5_455,
                "a voucher platform": 2_273, "b voucher platform": 4_546, "c voucher platform": 8_181,
            },
        },
    ),
    (
        "10.00 over three equal lines",
        cart(A, B, sold("C", 1000), offers=(off("o", "platform", 1000),)),
        {"net": {"a": 666, "b": 667, "c": 667}, "total": 2000},
    ),
    (
        "the odd cent of one SKU goes to the smaller line id",
        cart(sold("A", 100, line_id="2"), sold("A", 100, line_id="1"), offers=(off("o", "platform", 1),)),
        {"net": {"1": 99, "2": 100}},
    ),
    (
        "the odd cent goes to the smaller SKU before the smaller line id",
        cart(sold("B", 100, line_id="1"), sold("A", 100, line_id="2"), offers=(off("o", "platform", 1),)),
        {"net": {"1": 100, "2": 99}},
    ),
    (
        "what a floor leaves over goes to the other line",
        cart(sold("A", 1000, cost_floor_minor=900), B, offers=(off("o", "platform", 900),)),
        {"net": {"a": 900, "b": 200}, "applied": {"o": 900}},
    ),
    (
        "what no line has room for is not taken off",
        cart(sold("A", 1000, cost_floor_minor=900), sold("B", 1000, cost_floor_minor=700), offers=(off("o", "platform", 900),)),
        {"net": {"a": 900, "b": 700}, "applied": {"o": 400}},
    ),
    (
        # 100 over 300 : 300 : 400 is 30, 30, 40; A has room for 3, so 97 over 300 : 400 is 41.57 and 55.43.
        "the rest is spread anew over the others",
        cart(sold("A", 300, cost_floor_minor=297), sold("B", 300), sold("C", 400), offers=(off("o", "platform", 100),)),
        {"net": {"a": 297, "b": 258, "c": 345}},
    ),
    (
        "no piece below the offer's own floor",
        cart(sold("A", 100, 3), offers=(off("o", "platform", 100, unit_floor_minor=90),)),
        {"net": {"a": 270}, "applied": {"o": 30}},
    ),
    (
        "below cost where the offer may",
        cart(sold("A", 1000, cost_floor_minor=900), offers=(off("o", "platform", 300, may_go_below_cost=True),)),
        {"net": {"a": 700}},
    ),
    (
        # 9.99 a kilogram times 0.333 is 332.667, up to 333; the price is 33.30 times 0.333 = 1108.89, 1109.
        "the floor of a weighed line is per unit and rounded up",
        cart(sold("A", 3330, "0.333", unit="KGM", cost_floor_minor=999), offers=(off("o", "platform", 5000),)),
        {"gross": {"a": 1109}, "net": {"a": 333}},
    ),
    (
        "no line below zero",
        cart(sold("A", 40, 3), offers=(off("i", "item", 50), off("o", "platform", 50))),
        {"net": {"a": 0}, "applied": {"i": 120}, "payable": 0},
    ),
)  # fmt: skip

FUNDING: tuple[Row, ...] = (
    (
        "60/30/10 of 1.01",
        cart(A, offers=(off("o", "platform", 101, funders=THREE),)),
        {"allocations": {"a o platform": 61, "a o brand:yu": 30, "a o merchant": 10}},
    ),
    (
        # 5 is 3 and 2 on the lines; 2.5 and 2.5 for the funders is 3 and 2; 3 over needs of 3 : 2 is 2 and 1.
        "rows and columns both sum",
        cart(sold("A", 100), sold("B", 100), offers=(off("o", "platform", 5, funders=shares(("platform", 5000), ("merchant", 5000))),)),
        {"allocations": {"a o platform": 2, "b o platform": 1, "a o merchant": 1, "b o merchant": 1}},
    ),
    (
        "who pays when nobody is named",
        cart(A, offers=(off("s", "shop", 10, merchant_id="m1"), off("p", "platform", 20))),
        {"allocations": {"a s merchant": 10, "a p platform": 20}},
    ),
)  # fmt: skip

CALCULATORS: tuple[Row, ...] = (
    ("every 300 minus 50 at 600", cart(sold("A", 60_000), offers=(offer("o", "cross_shop", "every", EVERY),)), {"net": {"a": 50_000}}),
    ("every 300 minus 50 at 599.99", cart(sold("A", 59_999), offers=(offer("o", "cross_shop", "every", EVERY),)), {"net": {"a": 54_999}}),
    ("every 300 minus 50 at 299.99", cart(sold("A", 29_999), offers=(offer("o", "cross_shop", "every", EVERY),)), {"net": {"a": 29_999}, "applied": {}}),
    (
        "every 300 minus 50, at most 120",
        cart(sold("A", 90_000), offers=(offer("o", "cross_shop", "every", EVERY | {"cap_minor": 12_000}),)),
        {"net": {"a": 78_000}},
    ),
    ("a rate is rounded down once", cart(sold("A", 999, 2), offers=(rate("o", "item", 5000),)), {"net": {"a": 999}}),
    ("a rate with a cap", cart(A, B, offers=(rate("o", "platform", 5000, 101),)), {"net": {"a": 949, "b": 950}}),
    ("a price for each piece", cart(sold("A", 1000, 2), sold("B", 50), offers=(offer("o", "item", "fixed_price", {"price_minor": 99}),)), {"net": {"a": 198, "b": 50}}),
    ("a price for all together", cart(A, B, offers=(offer("o", "platform", "fixed_price", {"price_minor": 1500}),)), {"net": {"a": 750, "b": 750}}),
    ("a deposit of 0.50 counts as 1.00", cart(sold("A", 1000, 2), offers=(offer("o", "item", "deposit", {"deposit_minor": 50, "counts_as_minor": 100}),)), {"net": {"a": 1900}}),
    ("steps: the first at 10.00", cart(A, offers=(offer("o", "shop", "tiered", STEPS, merchant_id="m1"),)), {"net": {"a": 950}}),
    ("steps: none at 9.99", cart(sold("A", 999), offers=(offer("o", "shop", "tiered", STEPS, merchant_id="m1"),)), {"net": {"a": 999}, "applied": {}}),
    ("steps: still the first at 19.99", cart(sold("A", 1999), offers=(offer("o", "shop", "tiered", STEPS, merchant_id="m1"),)), {"net": {"a": 1949}}),
    ("steps: the second at 20.00", cart(A, B, offers=(offer("o", "shop", "tiered", STEPS, merchant_id="m1"),)), {"net": {"a": 800, "b": 800}}),
    (
        "steps by pieces",
        cart(sold("A", 100, 2), sold("B", 300), offers=(offer("o", "platform", "tiered", {"by": "quantity", "steps": [{"from": 3, "rate_bp": 1000}]}),)),
        {"net": {"a": 180, "b": 270}},
    ),
)  # fmt: skip
