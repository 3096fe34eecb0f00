"""Price a whole campaign before it runs: many carts against the same offers; what it costs whom, what conflicts, what never fires."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec

from fairday.kernel.money import Minor
from fairday.promotions.engine import document as d
from fairday.promotions.engine.book import Book
from fairday.promotions.engine.checking import BadPriceDocument, check
from fairday.promotions.engine.choosing import choose
from fairday.promotions.engine.condition_types import CartChannel
from fairday.promotions.engine.explaining import explain
from fairday.promotions.engine.items import Id, Instant
from fairday.promotions.engine.pipeline import Run
from fairday.promotions.engine.telling import tell

SAMPLES_MAX = 100


class Cart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Be one cart of many: what may differ from cart to cart. Without `now`, the document's."""

    cart_id: Id
    lines: Annotated[tuple[d.DocumentLine, ...], msgspec.Meta(max_length=1000)]
    now: Instant | None = None
    member: d.Member | None = None
    claims: Annotated[tuple[d.HeldClaim, ...], msgspec.Meta(max_length=200)] = ()
    codes: Annotated[tuple[str, ...], msgspec.Meta(max_length=20)] = ()
    freight_minor: Minor = 0
    place_id: Id | None = None
    channel: CartChannel = CartChannel.ONLINE
    payment_method: Id | None = None
    region_id: Id | None = None


class SimulateIn(d.PriceIn, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Hold a price document with many `carts` instead of `lines`."""

    lines: Annotated[tuple[d.DocumentLine, ...], msgspec.Meta(max_length=0)] = ()
    carts: Annotated[tuple[Cart, ...], msgspec.Meta(min_length=1, max_length=1_000_000)]


class OfferCost(msgspec.Struct, frozen=True):
    """Tell of one offer how often it stood, what it gave, and how often it did not stand for which reason."""

    offer_id: str
    stood: int
    amount_minor: int
    refused: dict[str, int]


class MerchantResult(msgspec.Struct, frozen=True):
    """Tell of one merchant: goods at item prices, what shoppers pay for them, and the part of the discount it funds itself."""

    merchant_id: str
    gross_minor: int
    net_minor: int
    own_discount_minor: int


class Loss(msgspec.Struct, frozen=True):
    """Be a line that brings its merchant less than its cost floor: what shoppers pay and others fund, against the floor."""

    cart_id: str
    line_id: str
    sku: str
    merchant_id: str
    receives_minor: int
    cost_minor: int


class CampaignConflict(msgspec.Struct, frozen=True):
    """Tell how often one offer kept another from standing."""

    offer_id: str
    by: str
    carts: int


class SimulateOut(msgspec.Struct, frozen=True):
    """Tell what a campaign does to the carts: sums, cost by funder, by offer and by merchant, losses, conflicts, offers that never fire.

    `losses` holds the first hundred of `losses_count`.
    """

    currency: str
    carts: int
    subtotal_minor: int
    discount_minor: int
    freight_minor: int
    total_minor: int
    funders: dict[str, int]
    offers: tuple[OfferCost, ...]
    merchants: tuple[MerchantResult, ...]
    losses_count: int
    losses: tuple[Loss, ...]
    conflicts: tuple[CampaignConflict, ...]
    never_fired: tuple[str, ...]


def carts_of(campaign: SimulateIn) -> Iterator[tuple[str, d.PriceIn]]:
    """Yield the price document of each cart."""
    shared = {name: getattr(campaign, name) for name in d.PriceIn.__struct_fields__}
    own = [name for name in Cart.__struct_fields__ if name not in ("cart_id", "now")]
    for cart in campaign.carts:
        fields = shared | {name: getattr(cart, name) for name in own}
        yield cart.cart_id, d.PriceIn(**(fields | {"now": cart.now or campaign.now}))


def simulate(campaign: SimulateIn) -> SimulateOut:
    """Price every cart of a campaign and sum up.

    Raises: BadPriceDocument, of the first cart that cannot be priced.
    """
    book = Book(campaign.offers)
    products = {one.sku: one for one in campaign.products}
    tally = _Tally(book, products)
    for number, (cart_id, cart) in enumerate(carts_of(campaign)):
        try:
            check(cart, is_first=number == 0)
        except BadPriceDocument as fault:
            raise _in_cart(fault, number, cart_id) from None
        run = Run(cart, book, products)
        state, used = choose(run)
        tally.add(cart_id, tell(run, state, explain(run, state, used, book, everything=False), ()))
    return tally.result(campaign)


def _in_cart(fault: BadPriceDocument, number: int, cart_id: str) -> BadPriceDocument:
    """Say of a cart's own faults which cart has them; those of the products and offers are everybody's."""
    errors = fault.details["errors"]
    assert isinstance(errors, list), "check gives a list"
    own = ("lines:", "claims:")
    return BadPriceDocument(
        errors=[one.within(f"carts[{number}] {cart_id}") if one.startswith(own) else one for one in errors]
    )


class _Tally:
    def __init__(self, book: Book, products: dict[str, d.Product]) -> None:
        self.book = book
        self.products = products
        self.sums: Counter[str] = Counter()
        self.funders: Counter[str] = Counter()
        self.stood: Counter[str] = Counter()
        self.amounts: Counter[str] = Counter()
        self.reasons: dict[str, Counter[str]] = defaultdict(Counter)
        self.merchants: dict[str, Counter[str]] = defaultdict(Counter)
        self.conflicts: Counter[tuple[str, str]] = Counter()
        self.losses: list[Loss] = []
        self.losses_count = 0

    def add(self, cart_id: str, out: d.PriceOut) -> None:
        for name in ("subtotal_minor", "discount_minor", "freight_minor", "total_minor"):
            self.sums[name] += getattr(out, name)
        for applied in out.applied:
            self.stood[applied.offer_id] += 1
            self.amounts[applied.offer_id] += applied.amount_minor
        for refused in out.refused:
            self.reasons[refused.offer_id][refused.reason] += 1
            if refused.by is not None:
                self.conflicts[refused.offer_id, refused.by] += 1
        for line in out.lines:
            self._line(cart_id, line)
        self._fund(out.freight_allocations)

    def _line(self, cart_id: str, line: d.PricedLine) -> None:
        product = self.products[line.sku]
        own = sum([one.amount_minor for one in line.allocations if one.funder == "merchant"])
        receives = line.gross_minor - own
        merchant = self.merchants[product.merchant_id]
        merchant["gross"] += line.gross_minor
        merchant["net"] += line.net_minor
        merchant["own"] += own
        self._fund(line.allocations)
        quantity = line.quantity if isinstance(line.quantity, int) else 0
        cost = product.cost_floor_minor * quantity
        if receives < cost:
            self.losses_count += 1
            if len(self.losses) < SAMPLES_MAX:
                self.losses.append(Loss(cart_id, line.line_id, line.sku, product.merchant_id, receives, cost))

    def _fund(self, allocations: Iterable[d.PricedAllocation]) -> None:
        for one in allocations:
            self.funders[one.funder] += one.amount_minor

    def result(self, campaign: SimulateIn) -> SimulateOut:
        offers = [
            OfferCost(offer_id, self.stood[offer_id], self.amounts[offer_id], dict(self.reasons[offer_id]))
            for offer_id in self.book.entries
        ]
        return SimulateOut(
            campaign.currency, len(campaign.carts), self.sums["subtotal_minor"], self.sums["discount_minor"],
            self.sums["freight_minor"], self.sums["total_minor"], dict(sorted(self.funders.items())), tuple(offers),
            tuple([
                MerchantResult(name, found["gross"], found["net"], found["own"])
                for name, found in sorted(self.merchants.items())
            ]),
            self.losses_count, tuple(self.losses),
            tuple([CampaignConflict(one, by, count) for (one, by), count in self.conflicts.most_common()]),
            tuple([one.offer_id for one in offers if not one.stood]),
        )  # fmt: skip
