"""Read a price document the slow way, from docs/algorithms/pricing.md alone: pieces, eligible goods, conditions, splitting.

Written to be obviously right, never to be fast. Nothing of the engine is used but the document's types.
"""

import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from fairday.promotions.engine.document import DocumentLine, PriceIn, Product
from tests.promotions import shapes as o

MEASURED = (
    "KGM",
    "GRM",
    "MGM",
    "TNE",
    "LBR",
    "ONZ",
    "LTR",
    "MLT",
    "CLT",
    "HLT",
    "MTR",
    "CMT",
    "MMT",
    "MTK",
    "MTQ",
)
GRAMS = {"KGM": 1000, "GRM": 1}


def half_up(value: Fraction) -> int:
    """Round to whole minor units, halves up; for what is not negative."""
    return math.floor(value + Fraction(1, 2))


def normal(code: str) -> str:
    """Write a code as it is compared: full width as ASCII, no blanks around, case folded. Source: R13."""
    return unicodedata.normalize("NFKC", code).strip().casefold()


def remainder_split(total: int, weights: list[int]) -> list[int]:
    """Share `total` by largest remainder, ties to the earlier place. Source: R18."""
    whole = sum(weights)
    exact = [Fraction(total * weight, whole) for weight in weights]
    parts = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(exact[i] - parts[i]), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    assert sum(parts) == total, (total, weights, parts)
    return parts


@dataclass(frozen=True)
class Piece:
    """Be one piece of a line; a weighed line is one piece."""

    line_id: str
    sku: str
    number: int
    price: int


@dataclass(frozen=True)
class Use:
    """Be an offer on this cart: for a claimed one, one claim of it."""

    offer: o.Offer
    claim_id: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Return what equals are ordered by."""
        return (self.offer.offer_id, self.claim_id or "")

    @property
    def choice(self) -> str | None:
        """Return the id by which the shopper takes it or leaves it, None when it is not theirs to leave."""
        if self.claim_id is not None:
            return self.claim_id
        if self.offer.trigger == o.Trigger.CODE or self.offer.optional:
            return self.offer.offer_id
        return None

    def __hash__(self) -> int:
        """Tell uses apart by offer and claim."""
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        """Tell uses apart by offer and claim."""
        return isinstance(other, Use) and self.key == other.key


class Cart:
    """Hold the lines as pieces, and answer what an offer sees of them."""

    def __init__(self, doc: PriceIn) -> None:
        """Expand the lines of `doc` to pieces (rule 1)."""
        self.doc = doc
        self.products: dict[str, Product] = {product.sku: product for product in doc.products}
        self.lines: dict[str, DocumentLine] = {line.line_id: line for line in doc.lines}
        self.pieces: dict[str, list[Piece]] = {}
        for line in doc.lines:
            price = self.item_price(line.sku)
            if self.weighed(line.line_id):
                whole = half_up(price * self.units(line.line_id))
                self.pieces[line.line_id] = [Piece(line.line_id, line.sku, 0, whole)]
            else:
                self.pieces[line.line_id] = [
                    Piece(line.line_id, line.sku, number, price) for number in range(int(line.quantity))
                ]
        self.gross = {
            line_id: sum(piece.price for piece in pieces) for line_id, pieces in self.pieces.items()
        }

    def product(self, line_id: str) -> Product:
        """Return the product of a line."""
        return self.products[self.lines[line_id].sku]

    def weighed(self, line_id: str) -> bool:
        """Tell whether a line is sold by weight or measure."""
        return self.product(line_id).unit in MEASURED

    def units(self, line_id: str) -> Fraction:
        """Return how many units one piece of a line is: its quantity when it is measured, else one."""
        return Fraction(str(self.lines[line_id].quantity)) if self.weighed(line_id) else Fraction(1)

    def item_price(self, sku: str) -> int:
        """Return the lowest of the regular price, the timed prices open now and the price of the member's tier."""
        product, doc = self.products[sku], self.doc
        prices = [product.price_minor]
        prices += [p.price_minor for p in product.prices if within(doc.now, p.from_, p.until)]
        if doc.member is not None and doc.member.tier in product.member_prices:
            prices.append(product.member_prices[doc.member.tier])
        return min(prices)

    def eligible(
        self, offer: o.Offer, items: o.Items | None = None, lowered: Iterable[str] = ()
    ) -> list[str]:
        """Return the lines that `offer` sees of `items` (else of its own); `lowered` by item offers, for later lanes (rule 2)."""
        items = offer.items if items is None else items
        found = []
        for line_id in self.lines:
            product = self.product(line_id)
            price = self.item_price(product.sku)
            low = items.price_min_minor is None or price >= items.price_min_minor
            high = items.price_max_minor is None or price <= items.price_max_minor
            ours = offer.merchant_id is None or product.merchant_id == offer.merchant_id
            if not (ours and low and high and fits(items, product)):
                continue
            if items.exclude is not None and meets_any(items.exclude, product):
                continue
            if items.not_discounted and (
                price < product.price_minor
                or (product.compare_at_minor is not None and product.compare_at_minor > product.price_minor)
                or line_id in lowered
            ):
                continue
            found.append(line_id)
        return found

    def floor(self, offer: o.Offer, line_id: str) -> int:
        """Return below what one piece of the line may not fall by `offer` (rule 7)."""
        product = self.product(line_id)
        floor = max(offer.unit_floor_minor, 0 if offer.may_go_below_cost else product.cost_floor_minor)
        return math.ceil(floor * self.units(line_id))

    def grams(self, line_id: str) -> Fraction:
        """Return what a line weighs."""
        product = self.product(line_id)
        return GRAMS.get(product.unit, product.weight_g) * Fraction(str(self.lines[line_id].quantity))


def within(now: datetime, start: datetime | None, end: datetime | None) -> bool:
    """Tell whether start <= now < end."""
    return (start is None or start <= now) and (end is None or now < end)


def fields(part: o.Part, product: Product) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return for each field that is given what it wants and what the product has."""
    pairs = [
        (part.skus, (product.sku,)),
        (part.merchant_ids, (product.merchant_id,)),
        (part.brands, () if product.brand is None else (product.brand,)),
        (part.category_ids, product.category_ids),
        (part.tags, product.tags),
    ]
    return [(wanted, has) for wanted, has in pairs if wanted]


def fits(part: o.Part, product: Product) -> bool:
    """Tell whether the product has one of the values of every field that is given."""
    return all(set(wanted) & set(has) for wanted, has in fields(part, product))


def meets_any(part: o.Part, product: Product) -> bool:
    """Tell whether the product has any value of any field."""
    return any(set(wanted) & set(has) for wanted, has in fields(part, product))


def holds(use: Use, cart: Cart, base: Mapping[str, int], lowered: Iterable[str] = ()) -> bool:
    """Tell whether the offer of `use` holds on the cart, with `base` per line (rule 3); that it is claimed or its code entered
    is seen by who makes the use."""
    offer = use.offer
    if not within(cart.doc.now, offer.starts_at, offer.ends_at):
        return False
    if not cart.eligible(offer, None, lowered):
        return False
    return offer.condition is None or condition(offer.condition, offer, cart, base, lowered)


def condition(
    rule: o.Condition, offer: o.Offer, cart: Cart, base: Mapping[str, int], lowered: Iterable[str]
) -> bool:
    """Tell whether a condition holds."""
    match rule:
        case o.All():
            return all(condition(one, offer, cart, base, lowered) for one in rule.of)
        case o.AnyOf():
            return any(condition(one, offer, cart, base, lowered) for one in rule.of)
        case o.Not():
            return not condition(rule.of, offer, cart, base, lowered)
        case o.Quantity():
            count = sum(len(cart.pieces[line_id]) for line_id in cart.eligible(offer, rule.items, lowered))
            return rule.min <= count and (rule.max is None or count <= rule.max)
        case o.Amount():
            amount = sum(base[line_id] for line_id in cart.eligible(offer, rule.items, lowered))
            return rule.min_minor <= amount and (rule.max_minor is None or amount <= rule.max_minor)
        case o.Weight():
            grams = sum(cart.grams(line_id) for line_id in cart.eligible(offer, rule.items, lowered))
            return rule.min_g <= grams and (rule.max_g is None or grams <= rule.max_g)
        case o.Within() | o.Hours() | o.Weekdays() | o.InPhase():
            return timely(rule, cart.doc)
        case o.FirstN():
            return cart.doc.counters.get(offer.offer_id, 0) < rule.n
        case _:
            return personal(rule, cart.doc)


def timely(rule: o.Condition, doc: PriceIn) -> bool:
    """Tell whether a condition of time holds."""
    local = doc.now.astimezone(ZoneInfo(doc.zone))
    match rule:
        case o.Within():
            return within(doc.now, rule.from_, rule.until)
        case o.Weekdays():
            return local.isoweekday() in rule.days
        case o.InPhase():
            return any(
                phase.phase_id in rule.phase_ids and within(doc.now, phase.starts_at, phase.ends_at)
                for phase in doc.phases
            )
        case o.Hours():
            # "HH:MM" of the running minute: the boundaries are whole minutes, so the seconds decide nothing.
            clock = local.strftime("%H:%M")
            if rule.from_ < rule.until:
                return rule.from_ <= clock < rule.until
            return clock >= rule.from_ or clock < rule.until
    raise AssertionError(rule)


def personal(rule: o.Condition, doc: PriceIn) -> bool:
    """Tell whether a condition of place, payment or person holds."""
    member = doc.member
    match rule:
        case o.Place():
            return doc.place_id in rule.place_ids
        case o.InChannel():
            return doc.channel in rule.channels
        case o.ToRegion():
            return doc.region_id in rule.region_ids
        case o.PaymentMethod():
            return doc.payment_method in rule.methods
        case o.CouponHeld():
            return any(claim.offer_id == rule.offer_id for claim in doc.claims)
        case o.CodeEntered():
            return bool({normal(code) for code in rule.codes} & {normal(code) for code in doc.codes})
        case o.OrderNumber():
            if member is None:
                return False
            number = member.order_count + 1
            return number % rule.nth == 0 if rule.every else number == rule.nth
        case o.NewMember():
            return member is not None and member.order_count == 0
        case o.OfTier():
            return member is not None and member.tier in rule.tiers
        case o.Segment():
            return member is not None and bool(set(member.segments) & set(rule.segments))
    raise AssertionError(rule)


def uses(doc: PriceIn) -> list[Use]:
    """Return every use that may stand: automatic offers, one for each claim, and offers of which a code is entered."""
    entered = {normal(code) for code in doc.codes}
    found = []
    for offer in doc.offers:
        if offer.trigger == o.Trigger.CLAIM:
            found += [Use(offer, claim.claim_id) for claim in doc.claims if claim.offer_id == offer.offer_id]
        elif offer.trigger == o.Trigger.AUTOMATIC or entered & {normal(code) for code in offer.codes}:
            found.append(Use(offer))
    return found
