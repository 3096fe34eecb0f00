"""Make small but nasty carts by chance: remainders, ties, and thresholds reached to the cent are frequent."""

import copy
import random
from collections.abc import Callable, Iterator

import msgspec
from hypothesis import strategies as st

from fairday.promotions.engine.document import PriceIn
from fairday.promotions.engine.offers import Lane
from tests.promotions.carts_offers import NOW, PRICES, SKUS, Doc, chance, offer, pick, some
from tests.promotions.reference_cart import uses
from tests.promotions.reference_lanes import is_set

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


# What the offers of a cart meet in: everything, one lane full of rivals, or two lanes that follow each other.
LANES = (
    ("shop", "item", "item", "cross_shop", "platform", "payment", "freight"),
    ("item",),
    ("platform",),
    ("shop", "platform"),
    ("item", "cross_shop"),
    ("payment", "freight", "platform"),
)


SETS_MAX = 4
"""Set offers of the item lane in a cart: of so many at most, every order is tried (rule 5)."""


def random_cart(rng: random.Random) -> PriceIn:
    """Return a cart of 1-5 lines and 0-6 offers; the same for the same state of `rng`."""
    return msgspec.convert(random_doc(rng), PriceIn)


def carts() -> st.SearchStrategy[PriceIn]:
    """Return the same carts as a strategy, so that Hypothesis can shrink them."""
    return st.randoms(use_true_random=False).map(random_cart)


def read(doc: Doc) -> PriceIn:
    """Return a document as the engine takes it."""
    return msgspec.convert(doc, PriceIn)


def random_doc(rng: random.Random, sets_max: int = SETS_MAX) -> Doc:
    """Return the cart as JSON knows it, with `sets_max` uses of set offers at most."""
    skus = SKUS[: 1 + rng.randrange(5)]
    products = [product(rng, sku) for sku in skus]
    products.append({"sku": "GIFT", "price_minor": 700, "merchant_id": "m1"})
    products.append({"sku": "SPARE", "price_minor": 300, "merchant_id": "m2"})
    by_sku = {one["sku"]: one for one in products}
    lines = []
    for number in range(1 + rng.randrange(5)):
        sku = pick(rng, skus)
        counted = by_sku[sku].get("unit", "C62") == "C62"
        quantity = 1 + rng.randrange(5) if counted else pick(rng, ("1", "0.5", "0.333", "1.25", "2.005", "3"))
        lines.append({"line_id": f"L{number}", "sku": sku, "quantity": quantity})
    doc: Doc = {
        "now": NOW,
        "currency": pick(rng, ("CNY", "JPY", "KWD")),
        "products": products,
        "lines": lines,
    }
    amounts = [max(1, round(by_sku[line["sku"]]["price_minor"] * float(line["quantity"]))) for line in lines]
    amounts = sorted(
        {*amounts, sum(amounts), sum(amounts[:2]), *(by_sku[sku]["price_minor"] or 1 for sku in skus)}
    )
    surroundings(rng, doc)
    lanes, loose = pick(rng, LANES), chance(rng, 50)
    doc["offers"] = [
        offer(rng, f"o{number}", amounts, lanes, loose=loose)
        for number in range(pick(rng, (3, 4, 5, 6, 6, 2, 1, 0)))
    ]
    if len(doc["offers"]) > 1 and chance(rng, 35):
        twin(rng, doc["offers"])
    rights(rng, doc)
    while set_uses(read(doc)) > sets_max:
        last = [one["offer_id"] for one in doc["offers"] if one["lane"] == "item"][-1]
        for name in ("offers", "claims"):
            doc[name] = [one for one in doc[name] if one["offer_id"] != last]
    return doc


def set_uses(cart: PriceIn) -> int:
    """Return how many set offers may stand in the item lane, each claim counted."""
    return sum(use.offer.lane == Lane.ITEM and is_set(use.offer) for use in uses(cart))


def twin(rng: random.Random, offers: list[Doc]) -> None:
    """Let one offer give just what another gives, for the same goods, so that ties are broken: by their number, by id, by group."""
    one, other = pick(rng, offers), pick(rng, offers)
    if one is other:
        return
    for name in ("lane", "benefit", "items", "merchant_id", "exclusive", "priority"):
        other.pop(name, None)
        if name in one:
            other[name] = copy.deepcopy(one[name])


def product(rng: random.Random, sku: str) -> Doc:
    """Return a product."""
    price = pick(rng, PRICES)
    one: Doc = {"sku": sku, "price_minor": price, "merchant_id": pick(rng, ("m1", "m1", "m2", "m3"))}
    if chance(rng, 50):
        one["category_ids"] = some(rng, ("tea", "cups"))
    if chance(rng, 40):
        one["brand"] = pick(rng, ("yu", "lu"))
    if chance(rng, 30):
        one["tags"] = some(rng, ("hot", "new"))
    if chance(rng, 40):
        one["weight_g"] = pick(rng, (100, 250, 1000))
    if chance(rng, 20):
        one["cost_floor_minor"] = pick(rng, (price, price // 2, price * 9 // 10))
    if chance(rng, 15):
        one["compare_at_minor"] = pick(rng, (price, price + 1))
    if chance(rng, 20):
        one["prices"] = [
            {"price_minor": price * 9 // 10}
            | pick(rng, ({"from": NOW}, {"until": NOW}, {}, {"until": "2026-11-12T00:00:00Z"}))
        ]
    if chance(rng, 15):
        one["member_prices"] = {"gold": price * 8 // 10}
    if chance(rng, 20):
        one["unit"] = pick(rng, ("KGM", "LTR"))
        one["weight_g"] = 1000
    if chance(rng, 60):
        one["tax_rate_bp"] = pick(rng, (1300, 900, 600, 1))
    return one


def surroundings(rng: random.Random, doc: Doc) -> None:
    """Say who buys, where, how, and what time it is there."""
    if chance(rng, 60):
        doc["member"] = {"order_count": rng.randrange(4)}
        if chance(rng, 60):
            doc["member"]["tier"] = pick(rng, ("gold", "plain"))
        if chance(rng, 50):
            doc["member"]["segments"] = some(rng, ("new", "vip"))
    if chance(rng, 50):
        doc["freight_minor"] = pick(rng, (1, 800, 999))
    if chance(rng, 30):
        doc["place_id"] = "p1"
        doc["channel"] = pick(rng, ("online", "in_store", "live"))
    if chance(rng, 30):
        doc["payment_method"] = pick(rng, ("card", "wallet"))
    if chance(rng, 20):
        doc["region_id"] = "r1"
    if chance(rng, 30):
        doc["phases"] = [
            {"phase_id": "night"} | pick(rng, (
                {"starts_at": NOW, "ends_at": "2026-11-12T00:00:00Z"},
                {"starts_at": "2026-11-01T00:00:00Z", "ends_at": NOW},
            ))
        ]  # fmt: skip
    if chance(rng, 40):
        doc["zone"] = pick(rng, ("UTC", "America/New_York", "Asia/Kolkata"))
    if chance(rng, 50):
        doc["tax"] = {
            "mode": pick(rng, ("inclusive", "exclusive")),
            "rounding": pick(rng, ("line", "document")),
        }


def rights(rng: random.Random, doc: Doc) -> None:
    """Give the shopper claims and codes of the offers, counters and stock, and sometimes let them choose."""
    claims: list[Doc] = []
    for one in doc["offers"]:
        if one.get("trigger") == "claim":
            for _ in range(pick(rng, (1, 1, 2, 0))):
                claims.append({"claim_id": f"c{len(claims)}", "offer_id": one["offer_id"]})
        if chance(rng, 30):
            doc.setdefault("counters", {})[one["offer_id"]] = pick(rng, (2, 1, 3))
    doc["claims"] = claims[:5]
    doc["codes"] = [
        pick(rng, (str, str.lower, lambda code: f" {code.translate(FULL_WIDTH)} "))(code)
        for one in doc["offers"]
        for code in one.get("codes", ())
        if chance(rng, 75)
    ][:3]
    if any(one["benefit"]["type"] == "gift" for one in doc["offers"]) and chance(rng, 60):
        doc["stock"] = {"GIFT": rng.randrange(4)} | ({"SPARE": rng.randrange(2)} if chance(rng, 30) else {})
    ids = [claim["claim_id"] for claim in doc["claims"]] + [one["offer_id"] for one in doc["offers"]]
    if ids and chance(rng, 12):
        doc["choose"] = some(rng, ids, 3)


def smallest(doc: Doc, fails: Callable[[Doc], bool]) -> Doc:
    """Return the smallest document on which `fails` still is true: one thing after another is left out, as long as that works."""
    shrunk = True
    while shrunk:
        shrunk = False
        for smaller in reduced(doc):
            if fails(smaller):
                doc, shrunk = smaller, True
                break
    return doc


def reduced(doc: Doc) -> Iterator[Doc]:
    """Yield the document with one thing less: a field, an entry of a list, or a smaller quantity."""
    for path in paths(doc):
        smaller = copy.deepcopy(doc)
        inner = smaller
        for key in path[:-1]:
            inner = inner[key]
        value = inner[path[-1]]
        if path[-1] == "quantity" and isinstance(value, int) and value > 1:
            inner["quantity"] = value - 1
        else:
            del inner[path[-1]]
        yield smaller


def paths(value: object, before: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Yield the way to everything in a document, the outermost first."""
    pairs: list[tuple[object, object]] = []
    if isinstance(value, dict | list):
        pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    yield from ((*before, key) for key, _ in pairs)
    for key, inner in pairs:
        yield from paths(inner, (*before, key))
