"""Price what the shopper chooses, what a condition asks, and how a cart is paid, worked out by hand."""

from tests.promotions.table_builders import COUPON, NOW, A, B, Doc, Row, cart, claimed, off, offer, rate, sold

LATER, TOMORROW = "2026-11-11T00:30:00.000001+08:00", "2026-11-12T00:00:00+08:00"
CODE: Doc = {"trigger": "code", "codes": ["YU11"]}


def when(condition: Doc, **more: object) -> Doc:
    """Return 10.00 of A with 1.00 off under a condition."""
    return cart(A, offers=(off("o", "platform", 100, condition=condition),), **more)


YES, NO = {"net": {"a": 900}}, {"net": {"a": 1000}, "applied": {}}
MEMBER: Doc = {"member": {"tier": "gold", "segments": ["vip"], "order_count": 3}}
NIGHT: Doc = {"phase_id": "night", "starts_at": NOW, "ends_at": TOMORROW}
PAST: Doc = {"phase_id": "night", "starts_at": "2026-11-10T00:00:00+08:00", "ends_at": NOW}

CHOICES: tuple[Row, ...] = (
    ("a coupon that is not claimed", cart(A, offers=(off("o", "platform", 100, **COUPON),)), NO),
    ("a coupon", cart(A, offers=(off("o", "platform", 100, **COUPON),), claims=claimed("c1 o")), YES | {"applied": {"o/c1": 100}}),
    ("two claims, one may stand: the smaller id", cart(A, offers=(off("o", "platform", 50, **COUPON),), claims=claimed("c2 o", "c1 o")), {"applied": {"o/c1": 50}}),
    ("two claims may stand", cart(A, offers=(off("o", "platform", 50, claims_max=2, **COUPON),), claims=claimed("c2 o", "c1 o", "c3 o")), {"applied": {"o/c1": 50, "o/c2": 50}}),
    (
        # The exclusive coupon would bar the better automatic offer.
        "a coupon that would cost the shopper is not used",
        cart(A, offers=(off("o", "platform", 50, exclusive=True, **COUPON), off("auto", "platform", 100)), claims=claimed("c1 o")),
        {"applied": {"auto": 100}},
    ),
    (
        "what is chosen by hand is used as said",
        cart(A, offers=(off("o", "platform", 50, exclusive=True, **COUPON), off("auto", "platform", 100)), claims=claimed("c1 o"), choose=["c1"]),
        {"applied": {"o/c1": 50}},
    ),
    ("what is not chosen is not used", cart(A, offers=(off("o", "platform", 50, optional=True), off("auto", "platform", 100)), choose=[]), {"applied": {"auto": 100}}),
    (
        "a coupon that changes nothing is not used",
        cart(A, offers=(rate("o", "item", 1000, **COUPON), rate("auto", "item", 2000)), claims=claimed("c1 o")),
        {"applied": {"auto": 200}},
    ),
    (
        # One of 60, or two of 40 that do not meet it: two are used.
        "the best set of choices, not the best choice",
        cart(A, B, claims=claimed("c1 x", "c2 y", "c3 z"), offers=(
            off("x", "platform", 60, exclusive=True, **COUPON),
            off("y", "platform", 40, items={"skus": ["A"]}, **COUPON),
            off("z", "platform", 40, items={"skus": ["B"]}, **COUPON),
        )),
        {"applied": {"y/c2": 40, "z/c3": 40}},
    ),
    (
        # One of 100, or 60 and 40: the shopper keeps more coupons.
        "of equal sets of choices the one of fewer",
        cart(A, B, claims=claimed("c1 y", "c2 z", "c3 x"), offers=(
            off("x", "platform", 100, exclusive=True, **COUPON),
            off("y", "platform", 60, exclusive=True, items={"skus": ["A"]}, **COUPON),
            off("z", "platform", 40, exclusive=True, items={"skus": ["B"]}, **COUPON),
        )),
        {"applied": {"x/c3": 100}},
    ),
    (
        "of equal prices the one with the dearer gift",
        cart(A, sold("G", 700), sold("S", 300), claims=claimed("c1 s", "c2 g"), offers=(
            offer("s", "platform", "gift", {"sku": "S"}, group="g", **COUPON),
            offer("g", "platform", "gift", {"sku": "G"}, group="g", **COUPON),
        )),
        {"gifts": {"g G": 1}, "total": 2000, "subtotal": 2700, "discount": 700},
    ),
    (
        # With or without the coupon nothing is left to pay; with it 1.00 stays in the red packet.
        "of equal payables the one that spares the red packet",
        cart(A, offers=(off("o", "platform", 100, **COUPON), offer("t", "payment", "tender", {"amount_minor": 1000})), claims=claimed("c1 o")),
        {"applied": {"o/c1": 100}, "payments": {"t": 900}, "total": 900, "payable": 0},
    ),
    ("a coupon that another has covered", cart(A, offers=(off("x", "platform", 1000, **COUPON), off("y", "platform", 10, **COUPON)), claims=claimed("c1 y", "c2 x")), {"applied": {"x/c2": 1000}, "payable": 0}),
    ("a code in full width and small letters", cart(A, offers=(off("o", "platform", 100, **CODE),), codes=[" ｙｕ１１ "]), YES),
    ("another code", cart(A, offers=(off("o", "platform", 100, **CODE),), codes=["YU12"]), NO),
    ("of two coupons in one group the better", cart(A, offers=(off("x", "platform", 60, group="g", **COUPON), off("y", "platform", 61, group="g", **COUPON)), claims=claimed("c1 x", "c2 y")), {"applied": {"y/c2": 61}}),
)  # fmt: skip

CONDITIONS: tuple[Row, ...] = (
    ("amount reached to the cent", when({"type": "amount", "min_minor": 1000}), YES),
    ("amount missed by a cent", when({"type": "amount", "min_minor": 1001}), NO),
    ("amount at its upper end", when({"type": "amount", "max_minor": 1000}), YES),
    ("amount above its upper end", when({"type": "amount", "max_minor": 999}), NO),
    ("freight does not count", when({"type": "amount", "min_minor": 1001}, freight_minor=500), NO),
    (
        "the threshold is tested after item offers",
        cart(A, offers=(rate("i", "item", 1000), off("o", "platform", 100, condition={"type": "amount", "min_minor": 901}))),
        {"net": {"a": 900}, "applied": {"i": 100}},
    ),
    (
        "the threshold is tested before other lanes",
        cart(A, offers=(off("c", "cross_shop", 500), off("o", "platform", 100, condition={"type": "amount", "min_minor": 1000}))),
        {"net": {"a": 400}},
    ),
    (
        "only eligible goods count",
        cart(A, B, offers=(off("o", "platform", 100, items={"skus": ["A"]}, condition={"type": "amount", "min_minor": 1001}),)),
        {"applied": {}},
    ),
    (
        "goods of the condition's own",
        cart(A, B, offers=(off("o", "platform", 100, items={"skus": ["A"]}, condition={"type": "amount", "min_minor": 2000, "items": {"skus": ["A", "B"]}}),)),
        {"net": {"a": 900, "b": 1000}},
    ),
    (
        # The B of another shop do not help to reach the 20.00 of this one.
        "goods of the condition's own are of the offer's shop too",
        cart(A, sold("B", 1000, merchant_id="m2"), offers=(off("o", "shop", 100, merchant_id="m1", condition={"type": "amount", "min_minor": 2000, "items": {"skus": ["A", "B"]}}),)),
        {"net": {"a": 1000, "b": 1000}, "applied": {}},
    ),
    (
        "goods at their regular price only, after item offers",
        cart(A, B, offers=(off("i", "item", 1, items={"skus": ["A"]}), off("o", "platform", 100, items={"not_discounted": True}))),
        {"net": {"a": 999, "b": 900}},
    ),
    ("a struck-through price is a discount", cart(sold("A", 1000, compare_at_minor=1001), offers=(off("o", "platform", 100, items={"not_discounted": True}),)), NO),
    ("a struck-through price that is the price is none", cart(sold("A", 1000, compare_at_minor=1000), offers=(off("o", "platform", 100, items={"not_discounted": True}),)), YES),
    ("price range, both ends", cart(A, offers=(off("o", "platform", 100, items={"price_min_minor": 1000, "price_max_minor": 1000}),)), YES),
    ("price range, below it", cart(A, offers=(off("o", "platform", 100, items={"price_min_minor": 1001}),)), NO),
    ("any of the exclusions", cart(sold("A", 1000, brand="yu"), offers=(off("o", "platform", 100, items={"exclude": {"skus": ["X"], "brands": ["yu"]}}),)), NO),
    ("all of the fields", cart(sold("A", 1000, brand="yu"), offers=(off("o", "platform", 100, items={"skus": ["A"], "brands": ["lu"]}),)), NO),
    ("one of the values", cart(sold("A", 1000, brand="yu"), offers=(off("o", "platform", 100, items={"skus": ["X", "A"], "brands": ["lu", "yu"]}),)), YES),
    ("quantity", when({"type": "quantity", "min": 2}), NO),
    ("quantity of pieces", cart(sold("A", 500, 2), offers=(off("o", "platform", 100, condition={"type": "quantity", "min": 2, "max": 2}),)), YES),
    ("weight to the gram", cart(sold("A", 500, 2, weight_g=250), offers=(off("o", "platform", 100, condition={"type": "weight", "min_g": 500, "max_g": 500}),)), YES),
    ("from this instant on", when({"type": "window", "from": NOW}), YES),
    ("a microsecond before it", when({"type": "window", "from": LATER}), NO),
    ("until this instant: over", when({"type": "window", "until": NOW}), NO),
    ("until the next microsecond", when({"type": "window", "until": LATER}), YES),
    ("an offer that starts now", cart(A, offers=(off("o", "platform", 100, starts_at=NOW, ends_at=LATER),)), YES),
    ("an offer that ends now", cart(A, offers=(off("o", "platform", 100, ends_at=NOW),)), NO),
    ("a phase that opens now", when({"type": "phase", "phase_ids": ["night"]}, phases=[NIGHT]), YES),
    ("a phase that closes now", when({"type": "phase", "phase_ids": ["night"]}, phases=[PAST]), NO),
    ("hours over midnight", when({"type": "hours", "from": "22:00", "until": "00:31"}), YES),
    ("hours that end now", when({"type": "hours", "from": "22:00", "until": "00:30"}), NO),
    ("hours on the clock of the zone", when({"type": "hours", "from": "16:30", "until": "17:00"}, zone="UTC"), YES),
    ("Wednesday in Shanghai", when({"type": "weekdays", "days": [3]}), YES),
    ("is still Tuesday in London", when({"type": "weekdays", "days": [2]}, zone="Europe/London"), YES),
    ("the fourth order", when({"type": "order_number", "nth": 4}, **MEMBER), YES),
    ("every second order", when({"type": "order_number", "nth": 2, "every": True}, **MEMBER), YES),
    ("the third order", when({"type": "order_number", "nth": 3}, **MEMBER), NO),
    ("who ordered is not new", when({"type": "new_member"}, **MEMBER), NO),
    ("who never ordered is new", when({"type": "new_member"}, member={}), YES),
    ("tier and segment", when({"type": "all", "of": [{"type": "tier", "tiers": ["gold"]}, {"type": "segment", "segments": ["x", "vip"]}]}, **MEMBER), YES),
    ("all of two, one fails", when({"type": "all", "of": [{"type": "tier", "tiers": ["gold"]}, {"type": "new_member"}]}, **MEMBER), NO),
    ("any of two, one fails", when({"type": "any", "of": [{"type": "new_member"}, {"type": "tier", "tiers": ["gold"]}]}, **MEMBER), YES),
    ("not", when({"type": "not", "of": {"type": "channel", "channels": ["live"]}}), YES),
    ("the first two: one was taken", when({"type": "first_n", "n": 2}, counters={"o": 1}), YES),
    ("the first two: both were taken", when({"type": "first_n", "n": 2}, counters={"o": 2}), NO),
    ("place", when({"type": "place", "place_ids": ["p1"]}, place_id="p1"), YES),
    ("payment method", when({"type": "payment_method", "methods": ["card"]}, payment_method="wallet"), NO),
    ("region", when({"type": "region", "region_ids": ["r1"]}, region_id="r1"), YES),
    ("a claim held, used or not", cart(A, offers=(off("o", "platform", 100, condition={"type": "coupon_held", "offer_id": "x"}), off("x", "platform", 1, items={"skus": ["Z"]}, **COUPON)), claims=claimed("c1 x")), YES),
    ("a code entered", when({"type": "code", "codes": ["yu11"]}, codes=["ＹＵ１１"]), YES),
    ("the price of the tier", cart(sold("A", 1000, member_prices={"gold": 800, "plain": 1200}), **MEMBER), {"gross": {"a": 800}}),
    ("a tier's price above the regular one", cart(sold("A", 1000, member_prices={"gold": 1200}), **MEMBER), {"gross": {"a": 1000}}),
    ("a price that opens now", cart(sold("A", 1000, prices=[{"price_minor": 700, "from": NOW}])), {"gross": {"a": 700}}),
    ("a price that closed now", cart(sold("A", 1000, prices=[{"price_minor": 700, "until": NOW}])), {"gross": {"a": 1000}}),
    ("1.255 kg at 19.99 is 25.09", cart(sold("A", 1999, "1.255", unit="KGM")), {"gross": {"a": 2509}}),
    ("half a kilogram at 10.01: half a cent up", cart(sold("A", 1001, "0.5", unit="KGM")), {"gross": {"a": 501}}),
)  # fmt: skip


def tender(offer_id: str, amount_minor: int, limit_bp: int = 10_000) -> Doc:
    """Return a red packet."""
    return offer(offer_id, "payment", "tender", {"amount_minor": amount_minor, "limit_bp": limit_bp})


def freight(rate_bp: int, **cap: int) -> Doc:
    """Return an offer on the freight."""
    return offer("f", "freight", "freight", {"rate_bp": rate_bp} | cap)


G: Doc = {"sku": "G", "price_minor": 700}
GIFT: Doc = {"sku": "G", "fallback": "amount", "fallback_minor": 77}

PAYING: tuple[Row, ...] = (
    ("a red packet pays, it is no discount", cart(A, offers=(tender("t", 300),)), {"net": {"a": 1000}, "total": 1000, "payable": 700, "payments": {"t": 300}}),
    ("at most half", cart(A, offers=(tender("t", 700, 5000),)), {"payable": 500}),
    ("a limit is rounded down", cart(sold("A", 999), offers=(tender("t", 700, 5000),)), {"payments": {"t": 499}}),
    ("the larger pays first, the other what is left", cart(A, offers=(tender("s", 600), tender("t", 700))), {"payments": {"t": 700, "s": 300}, "payable": 0}),
    ("it pays no freight", cart(A, offers=(tender("t", 2000),), freight_minor=800), {"payments": {"t": 1000}, "payable": 800, "total": 1800}),
    ("half the freight, rounded down", cart(A, offers=(freight(5000),), freight_minor=999), {"freight": 500, "total": 1500, "applied": {"f": 499}}),
    ("at most 1.00 of the freight", cart(A, offers=(freight(10_000, cap_minor=100),), freight_minor=999), {"freight": 899}),
    ("a gift changes no total", cart(A, sold("G", 700, line_id="g"), offers=(offer("o", "platform", "gift", GIFT),)), {"net": {"a": 1000, "g": 700}, "total": 1700}),
    ("a gift out of stock gives an amount instead", cart(A, offers=(offer("o", "platform", "gift", GIFT),), gifts=(G,), stock={"G": 0}), {"net": {"a": 923}}),
    (
        "the last gift goes to one claim, the fallback to the other",
        cart(A, offers=(offer("o", "platform", "gift", GIFT, claims_max=2, **COUPON),), claims=claimed("c1 o", "c2 o"), gifts=(G,), stock={"G": 1}),
        {"net": {"a": 923}, "gifts": {"o G": 1}},
    ),
    (
        "the last gifts go to the smaller id, the other SKU to the larger",
        cart(A, offers=(
            offer("o", "platform", "gift", {"sku": "G", "quantity": 2}),
            offer("p", "platform", "gift", {"sku": "G", "fallback": "other_sku", "fallback_sku": "S"}),
        ), gifts=(G, {"sku": "S", "price_minor": 300}), stock={"G": 2}),
        {"gifts": {"o G": 2, "p S": 1}, "total": 1000},
    ),
    ("a gift out of stock without a fallback", cart(A, offers=(offer("o", "platform", "gift", {"sku": "G"}),), gifts=(G,), stock={"G": 0}), {"net": {"a": 1000}, "total": 1000}),
)  # fmt: skip
