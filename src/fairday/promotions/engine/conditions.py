"""Judge conditions: a compiled condition looks at a cart once and answers why it does not hold, or None."""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from fairday.promotions.engine import condition_types as kinds
from fairday.promotions.engine.document import PriceIn
from fairday.promotions.engine.goods import Goods
from fairday.promotions.engine.items import Items, Part


class Reason(NamedTuple):
    """Say why an offer does not stand; `missing` in minor units, pieces or grams where something lacks."""

    code: str
    missing: int | None = None


class Scene:
    """Hold what conditions ask of a cart, worked out once. `base` and `lowered` are as the item lane left them, once it is through."""

    __slots__ = ("base", "cart", "codes", "goods", "held", "local", "lowered", "open_phases", "order_number")

    def __init__(self, cart: PriceIn, goods: Sequence[Goods]) -> None:
        self.cart = cart
        self.goods = goods
        self.base = [one.gross_minor for one in goods]
        self.lowered: frozenset[int] = frozenset()
        self.local: datetime | None = None
        self.codes = frozenset([normal(code) for code in cart.codes])
        self.held = frozenset([claim.offer_id for claim in cart.claims])
        self.open_phases = frozenset(
            [one.phase_id for one in cart.phases if one.starts_at <= cart.now < one.ends_at]
        )
        self.order_number = cart.member.order_count + 1 if cart.member else None

    def clock(self) -> datetime:
        """Return the instant on the clock of the document's zone."""
        if self.local is None:
            self.local = self.cart.now.astimezone(ZoneInfo(self.cart.zone))
        return self.local


Test: TypeAlias = Callable[[Scene, Sequence[int]], Reason | None]
"""Judge a cart by the offer's eligible lines (places in `Scene.goods`)."""
Fits: TypeAlias = Callable[[Goods], bool]


def normal(code: str) -> str:
    """Return a code as it is compared: without blanks around, full width made half, case folded. Source: R13."""
    return unicodedata.normalize("NFKC", code).strip().casefold()


def part_fits(part: Part, *, skip: str | None = None) -> list[Fits]:
    """Return what each given field of `part` but `skip` asks of goods."""
    tests: list[Fits] = []
    if part.skus and skip != "skus":
        skus = frozenset(part.skus)
        tests.append(lambda g: g.product.sku in skus)
    if part.merchant_ids and skip != "merchant_ids":
        merchants = frozenset(part.merchant_ids)
        tests.append(lambda g: g.product.merchant_id in merchants)
    if part.brands and skip != "brands":
        brands = frozenset(part.brands)
        tests.append(lambda g: g.product.brand in brands)
    if part.category_ids and skip != "category_ids":
        categories = frozenset(part.category_ids)
        tests.append(lambda g: not categories.isdisjoint(g.product.category_ids))
    if part.tags and skip != "tags":
        tags = frozenset(part.tags)
        tests.append(lambda g: not tags.isdisjoint(g.product.tags))
    return tests


def items_fit(items: Items, *, skip: str | None = None, merchant_id: str | None = None) -> Fits | None:
    """Return the test of `items` but what its field `skip` asks; None when nothing is left to ask."""
    tests = part_fits(items, skip=skip)
    if merchant_id is not None and skip != "merchant":
        tests.append(lambda g: g.product.merchant_id == merchant_id)
    if items.exclude is not None:
        tests += [_opposite(test) for test in part_fits(items.exclude)]
    low, high = items.price_min_minor, items.price_max_minor
    if low is not None:
        tests.append(lambda g: g.price_minor >= low)
    if high is not None:
        tests.append(lambda g: g.price_minor <= high)
    if items.not_discounted:
        tests.append(lambda g: g.is_regular)
    if not tests:
        return None
    if len(tests) == 1:
        return tests[0]
    return lambda g: all([test(g) for test in tests])


def _opposite(test: Fits) -> Fits:
    return lambda g: not test(g)


def compile_condition(condition: kinds.Condition, offer_id: str, merchant_id: str | None) -> Test:
    """Return the condition of an offer as a function; a merchant's sees its own goods only."""
    kind = type(condition)
    if kind in _WITH_OFFER:
        return _WITH_OFFER[kind](condition, offer_id, merchant_id)
    return _COMPILERS[kind](condition)


def _compiled(of: Sequence[kinds.Condition], offer_id: str, merchant_id: str | None) -> list[Test]:
    return [compile_condition(one, offer_id, merchant_id) for one in of]


def _pieces(scene: Scene, i: int) -> int:
    return scene.goods[i].pieces


def _base(scene: Scene, i: int) -> int:
    return scene.base[i]


def _weight(scene: Scene, i: int) -> int:
    return scene.goods[i].weight_g


def _all(tests: Sequence[Test]) -> Test:
    def judge(scene: Scene, eligible: Sequence[int]) -> Reason | None:
        for test in tests:
            if (reason := test(scene, eligible)) is not None:
                return reason
        return None

    return judge


def _any(tests: Sequence[Test]) -> Test:
    def judge(scene: Scene, eligible: Sequence[int]) -> Reason | None:
        first: Reason | None = None
        for test in tests:
            reason = test(scene, eligible)
            if reason is None:
                return None
            first = first or reason
        return first

    return judge


def _not(test: Test) -> Test:
    return lambda scene, eligible: Reason("excluded_by_condition") if test(scene, eligible) is None else None


def _first_n(n: int, offer_id: str) -> Test:
    return lambda scene, _: Reason("used_up") if scene.cart.counters.get(offer_id, 0) >= n else None


def _window(c: kinds.Within) -> Test:
    def judge(scene: Scene, eligible: Sequence[int]) -> Reason | None:
        return outside(c.from_, c.until, scene.cart.now)

    return judge


def outside(starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> Reason | None:
    """Tell whether `now` is before or after the half-open window. Source: R1."""
    if starts_at is not None and now < starts_at:
        return Reason("not_started")
    if ends_at is not None and now >= ends_at:
        return Reason("ended")
    return None


def _phase(c: kinds.InPhase) -> Test:
    ids = frozenset(c.phase_ids)
    return lambda scene, _: Reason("phase_not_open") if ids.isdisjoint(scene.open_phases) else None


def _hours(c: kinds.Hours) -> Test:
    def judge(scene: Scene, eligible: Sequence[int]) -> Reason | None:
        at = scene.clock().strftime("%H:%M")
        inside = c.from_ <= at < c.until if c.from_ < c.until else at >= c.from_ or at < c.until
        return None if inside else Reason("outside_hours")

    return judge


def _weekdays(c: kinds.Weekdays) -> Test:
    days = frozenset(c.days)
    return lambda scene, _: None if scene.clock().isoweekday() in days else Reason("wrong_weekday")


def _named(code: str, values: Sequence[str], read: Callable[[PriceIn], str | None]) -> Test:
    wanted = frozenset(values)
    return lambda scene, _: None if read(scene.cart) in wanted else Reason(code)


def _measured(
    code: str,
    low: int,
    high: int | None,
    items: Items | None,
    merchant_id: str | None,
    read: Callable[[Scene, int], int],
) -> Test:
    fits = items_fit(items, merchant_id=merchant_id) if items is not None else None

    def judge(scene: Scene, eligible: Sequence[int]) -> Reason | None:
        places: Sequence[int] = eligible
        if items is not None:
            places = [i for i, one in enumerate(scene.goods) if fits is None or fits(one)]
            if items.not_discounted and scene.lowered:
                places = [i for i in places if i not in scene.lowered]
        total = sum([read(scene, i) for i in places])
        if total < low:
            return Reason(f"below_{code}", low - total)
        if high is not None and total > high:
            return Reason(f"above_{code}")
        return None

    return judge


def _order_number(c: kinds.OrderNumber) -> Test:
    def judge(scene: Scene, eligible: Sequence[int]) -> Reason | None:
        number = scene.order_number
        if number is None:
            return Reason("member_needed")
        holds = number % c.nth == 0 if c.every else number == c.nth
        return None if holds else Reason("wrong_order_number")

    return judge


def _tier(c: kinds.OfTier) -> Test:
    tiers = frozenset(c.tiers)

    def judge(scene: Scene, eligible: Sequence[int]) -> Reason | None:
        member = scene.cart.member
        if member is None:
            return Reason("member_needed")
        return None if member.tier in tiers else Reason("wrong_tier")

    return judge


def _segment(c: kinds.Segment) -> Test:
    segments = frozenset(c.segments)

    def judge(scene: Scene, eligible: Sequence[int]) -> Reason | None:
        member = scene.cart.member
        if member is None:
            return Reason("member_needed")
        return Reason("wrong_segment") if segments.isdisjoint(member.segments) else None

    return judge


def _new_member(c: kinds.NewMember) -> Test:
    def judge(scene: Scene, eligible: Sequence[int]) -> Reason | None:
        if scene.order_number is None:
            return Reason("member_needed")
        return None if scene.order_number == 1 else Reason("not_new_member")

    return judge


def _code(c: kinds.CodeEntered) -> Test:
    codes = frozenset([normal(code) for code in c.codes])
    return lambda scene, _: Reason("code_needed") if codes.isdisjoint(scene.codes) else None


_WITH_OFFER: dict[type, Callable[..., Test]] = {
    kinds.All: lambda c, offer, shop: _all(_compiled(c.of, offer, shop)),
    kinds.AnyOf: lambda c, offer, shop: _any(_compiled(c.of, offer, shop)),
    kinds.Not: lambda c, offer, shop: _not(compile_condition(c.of, offer, shop)),
    kinds.FirstN: lambda c, offer, _: _first_n(c.n, offer),
    kinds.Quantity: lambda c, _, shop: _measured("quantity", c.min, c.max, c.items, shop, _pieces),
    kinds.Amount: lambda c, _, shop: _measured("amount", c.min_minor, c.max_minor, c.items, shop, _base),
    kinds.Weight: lambda c, _, shop: _measured("weight", c.min_g, c.max_g, c.items, shop, _weight),
}
"""How each condition is judged that holds others, or needs to know whose offer it is of."""
_COMPILERS: dict[type, Callable[..., Test]] = {
    kinds.Within: _window,
    kinds.InPhase: _phase,
    kinds.Hours: _hours,
    kinds.Weekdays: _weekdays,
    kinds.Place: lambda c: _named("wrong_place", c.place_ids, lambda cart: cart.place_id),
    kinds.InChannel: lambda c: _named("wrong_channel", c.channels, lambda cart: cart.channel),
    kinds.ToRegion: lambda c: _named("wrong_region", c.region_ids, lambda cart: cart.region_id),
    kinds.PaymentMethod: lambda c: _named(
        "wrong_payment_method", c.methods, lambda cart: cart.payment_method
    ),
    kinds.OrderNumber: _order_number,
    kinds.OfTier: _tier,
    kinds.Segment: _segment,
    kinds.NewMember: _new_member,
    kinds.CouponHeld: lambda c: (
        lambda scene, _: None if c.offer_id in scene.held else Reason("coupon_needed")
    ),
    kinds.CodeEntered: _code,
}
"""How each other condition is judged."""
