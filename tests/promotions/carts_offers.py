"""Make offers by chance, of every lane, benefit and condition, aimed at the amounts that a cart really has."""

import random
from collections.abc import Callable
from typing import Any

Doc = dict[str, Any]

NOW = "2026-11-11T00:30:00+08:00"
SOON = "2026-11-11T00:30:00.000001+08:00"
PRICES = (100, 0, 1, 33, 99, 100, 101, 333, 500, 999, 1000, 1000, 1000, 1001, 2000, 3333, 9999, 10_000)
RATES = (1, 333, 1000, 1500, 2500, 3333, 5000, 6667, 9999, 10_000)
SKUS = ("A", "B", "C", "D", "E")


def chance(rng: random.Random, percent: int) -> bool:
    """Tell whether something rare happens this time; shrinks to no."""
    return rng.randrange(100) >= 100 - percent


def pick(rng: random.Random, values: Any) -> Any:
    """Return one of `values`; shrinks to the first."""
    return values[rng.randrange(len(values))]


def some(rng: random.Random, values: Any, most: int = 2) -> list[Any]:
    """Return one or more of `values`, each once."""
    return sorted({pick(rng, values) for _ in range(1 + rng.randrange(most))})


def part(rng: random.Random) -> Doc:
    """Return which goods."""
    return pick(rng, (
        lambda: {},
        lambda: {"skus": some(rng, SKUS[:3], 3)},
        lambda: {"merchant_ids": some(rng, ("m1", "m2"))},
        lambda: {"category_ids": some(rng, ("tea", "cups"))},
        lambda: {"brands": ["yu"]},
        lambda: {"tags": some(rng, ("hot", "new"))},
        lambda: {"skus": some(rng, SKUS[:3], 4), "merchant_ids": ["m1"]},
    ))()  # fmt: skip


def items(rng: random.Random) -> Doc:
    """Return which goods, without which, and of which prices."""
    chosen = part(rng) if chance(rng, 40) else {}
    if chance(rng, 15):
        chosen["exclude"] = {"skus": some(rng, SKUS)} | ({"brands": ["lu"]} if chance(rng, 30) else {})
    if chance(rng, 10):
        chosen["price_min_minor"] = pick(rng, PRICES)
    if chance(rng, 10):
        chosen["price_max_minor"] = pick(rng, PRICES[8:])
    if chance(rng, 20):
        chosen["not_discounted"] = True
    return chosen


def edge(rng: random.Random, amounts: list[int]) -> int:
    """Return an amount of the cart, or a cent beside it."""
    return max(1, pick(rng, amounts) + pick(rng, (0, 0, 0, 1, -1)))


def offer(
    rng: random.Random, offer_id: str, amounts: list[int], lanes: tuple[str, ...], *, loose: bool
) -> Doc:
    """Return an offer of one of `lanes`; a loose one is for all goods at all times, so that it meets many others."""
    lane = pick(rng, lanes)
    one: Doc = {
        "offer_id": offer_id,
        "lane": lane,
        "items": pick(rng, ({}, {}, {}, {"not_discounted": True})) if loose else items(rng),
        "benefit": benefit(rng, lane, amounts),
    }
    if lane == "shop" or chance(rng, 10):
        one["merchant_id"] = pick(rng, ("m1", "m1", "m2"))
    if chance(rng, 35):
        one["trigger"] = "claim"
        if chance(rng, 30):
            one["claims_max"] = 2
    elif chance(rng, 20):
        one |= {"trigger": "code", "codes": [f"YU{offer_id}11"]}
    elif chance(rng, 15):
        one["optional"] = True
    if not loose and chance(rng, 30):
        one["condition"] = condition(rng, amounts)
    if chance(rng, 20):
        one["priority"] = pick(rng, (1, -1))
    if chance(rng, 15):
        one["exclusive"] = True
    if chance(rng, 20):
        one["group"] = pick(rng, ("g", "h"))
    if not loose and chance(rng, 8):
        one["starts_at"] = pick(rng, (NOW, SOON))
    elif not loose and chance(rng, 8):
        one["ends_at"] = pick(rng, (SOON, NOW))
    if chance(rng, 40):
        one["funders"] = pick(rng, FUNDERS)
    if chance(rng, 12):
        one["unit_floor_minor"] = pick(rng, (1, 50, 99, 500, 900))
    if chance(rng, 30):
        one["may_go_below_cost"] = True
    return one


FUNDERS = (
    [{"funder": "platform", "share_bp": 6000}, {"funder": "brand:yu", "share_bp": 3000}, {"funder": "merchant", "share_bp": 1000}],
    [{"funder": "platform", "share_bp": 3333}, {"funder": "merchant", "share_bp": 6667}],
    [{"funder": "merchant", "share_bp": 1}, {"funder": "platform", "share_bp": 9999}],
    [{"funder": "platform", "share_bp": 5000}, {"funder": "merchant", "share_bp": 5000}],
    [{"funder": "platform", "share_bp": 3334}, {"funder": "brand:yu", "share_bp": 3333}, {"funder": "brand:lu", "share_bp": 3333}],
)  # fmt: skip


def benefit(rng: random.Random, lane: str, amounts: list[int]) -> Doc:
    """Return what the offer gives."""
    if lane == "payment":
        return {"type": "tender", "amount_minor": edge(rng, amounts)} | maybe(
            rng, 40, "limit_bp", lambda: pick(rng, RATES)
        )
    if lane == "freight":
        return {"type": "freight", "rate_bp": pick(rng, RATES)} | maybe(
            rng, 30, "cap_minor", lambda: pick(rng, (1, 500))
        )
    if lane == "item":
        return pick(rng, ITEM)(rng, amounts)
    return pick(rng, LATER)(rng, amounts)


def maybe(rng: random.Random, percent: int, name: str, value: Callable[[], Any]) -> Doc:
    """Return a field that is there only sometimes."""
    return {name: value()} if chance(rng, percent) else {}


def fixed(rng: random.Random, amounts: list[int]) -> Doc:
    """Take an amount off."""
    return {"type": "fixed", "amount_minor": pick(rng, (1, 10, 50, 100, 333, edge(rng, amounts)))}


def percent(rng: random.Random, amounts: list[int]) -> Doc:
    """Take a rate off, sometimes capped."""
    return {"type": "percent", "rate_bp": pick(rng, RATES)} | maybe(
        rng, 30, "cap_minor", lambda: pick(rng, (1, 49, 100, 333))
    )


def fixed_price(rng: random.Random, amounts: list[int]) -> Doc:
    """Sell for a price."""
    return {"type": "fixed_price", "price_minor": pick(rng, (0, 50, 99, 500, edge(rng, amounts)))}


def tiered(rng: random.Random, amounts: list[int]) -> Doc:
    """Give more for more."""
    by = pick(rng, ("amount", "quantity"))
    starts = {edge(rng, amounts) if by == "amount" else 1 + rng.randrange(6) for _ in range(2)}
    steps: list[Doc] = [
        {"from": start} | ({"amount_minor": 50 * (1 + number)} if chance(rng, 50) else {"rate_bp": 1000 * (1 + number)})
        for number, start in enumerate(sorted(starts))
    ]  # fmt: skip
    return {"type": "tiered", "by": by, "steps": steps} | maybe(rng, 20, "cap_minor", lambda: 120)


def every(rng: random.Random, amounts: list[int]) -> Doc:
    """Take off for every whole amount."""
    gives = {
        "type": "every",
        "every_minor": max(1, edge(rng, amounts) // pick(rng, (1, 2, 3))),
        "off_minor": pick(rng, (1, 5, 50, 333)),
    }
    return gives | maybe(rng, 30, "cap_minor", lambda: pick(rng, (60, 100)))


def nth_item(rng: random.Random, amounts: list[int]) -> Doc:
    """Lower the nth piece."""
    lowers = {"rate_bp": pick(rng, RATES)} if chance(rng, 70) else {"price_minor": pick(rng, (0, 50, 99))}
    of = pick(rng, ("same", "cheapest"))
    return (
        {"type": "nth_item", "n": 2 + rng.randrange(3), "of": of}
        | lowers
        | maybe(rng, 30, "times_max", lambda: 1)
    )


def buy_get(rng: random.Random, amounts: list[int]) -> Doc:
    """Give pieces for pieces."""
    gives: Doc = {"type": "buy_get", "buy": 1 + rng.randrange(3), "get": 1 + rng.randrange(2)}
    gives["of"] = pick(rng, ("same", "cheapest", "listed"))
    if gives["of"] == "listed":
        gives["get_items"] = items(rng)
    return (
        gives | maybe(rng, 40, "rate_bp", lambda: pick(rng, RATES)) | maybe(rng, 30, "times_max", lambda: 1)
    )


def bundle(rng: random.Random, amounts: list[int]) -> Doc:
    """Sell parts together."""
    parts = [
        {
            "items": {"skus": [pick(rng, SKUS[:3])]} if chance(rng, 50) else part(rng),
            "quantity": pick(rng, (1, 1, 2)),
        }
        for _ in range(pick(rng, (2, 2, 1, 3)))
    ]
    return {
        "type": "bundle",
        "parts": parts,
        "price_minor": edge(rng, amounts) // pick(rng, (2, 1, 4)),
    } | maybe(rng, 30, "times_max", lambda: 1)


def deposit(rng: random.Random, amounts: list[int]) -> Doc:
    """Let a deposit count for more."""
    return {"type": "deposit", "deposit_minor": 50, "counts_as_minor": pick(rng, (51, 80, 100, 1000))}


def gift(rng: random.Random, amounts: list[int]) -> Doc:
    """Add a gift, with what is given when it is out of stock."""
    fallback = pick(
        rng,
        (
            {},
            {"fallback": "other_sku", "fallback_sku": "SPARE"},
            {"fallback": "amount", "fallback_minor": 77},
        ),
    )
    return {"type": "gift", "sku": "GIFT", "quantity": 1 + rng.randrange(2)} | fallback


def points(rng: random.Random, amounts: list[int]) -> Doc:
    """Multiply points."""
    return {"type": "points", "multiplier_bp": pick(rng, (20_000, 15_000))}


ITEM = (fixed, percent, fixed_price, deposit, nth_item, nth_item, buy_get, buy_get, bundle, bundle)
LATER = (fixed, percent, percent, fixed_price, tiered, tiered, every, every, gift, points)


def condition(rng: random.Random, amounts: list[int], depth: int = 0) -> Doc:
    """Return a condition."""
    if depth < 2 and chance(rng, 25):
        kind = pick(rng, ("all", "any", "not"))
        if kind == "not":
            return {"type": "not", "of": condition(rng, amounts, depth + 1)}
        return {"type": kind, "of": [condition(rng, amounts, depth + 1) for _ in range(1 + rng.randrange(2))]}
    if chance(rng, 60):
        return counting(rng, amounts)
    return pick(rng, SITUATIONS)


def counting(rng: random.Random, amounts: list[int]) -> Doc:
    """Return a condition on how much there is."""
    of = maybe(rng, 40, "items", lambda: items(rng))
    kind = pick(rng, ("amount", "amount", "quantity", "weight"))
    if kind == "amount":
        return (
            {"type": kind, "min_minor": edge(rng, amounts)}
            | of
            | maybe(rng, 15, "max_minor", lambda: edge(rng, amounts))
        )
    if kind == "quantity":
        return {"type": kind, "min": 1 + rng.randrange(4)} | of | maybe(rng, 15, "max", lambda: 4)
    return (
        {"type": kind, "min_g": pick(rng, (100, 250, 500, 1000))} | of | maybe(rng, 15, "max_g", lambda: 1250)
    )


SITUATIONS: tuple[Doc, ...] = (
    {"type": "window", "from": NOW},
    {"type": "window", "until": NOW},
    {"type": "phase", "phase_ids": ["night"]},
    {"type": "hours", "from": "00:30", "until": "01:00"},
    {"type": "hours", "from": "22:00", "until": "00:30"},
    {"type": "hours", "from": "11:00", "until": "11:30"},
    {"type": "hours", "from": "16:00", "until": "02:00"},
    {"type": "weekdays", "days": [3]},
    {"type": "weekdays", "days": [2, 7]},
    {"type": "place", "place_ids": ["p1"]},
    {"type": "channel", "channels": ["online", "live"]},
    {"type": "region", "region_ids": ["r1"]},
    {"type": "payment_method", "methods": ["card"]},
    {"type": "order_number", "nth": 1},
    {"type": "order_number", "nth": 2, "every": True},
    {"type": "tier", "tiers": ["gold"]},
    {"type": "segment", "segments": ["vip"]},
    {"type": "new_member"},
    {"type": "coupon_held", "offer_id": "o0"},
    {"type": "code", "codes": ["yuo1１１"]},
    {"type": "first_n", "n": 2},
    {"type": "first_n", "n": 3},
)
