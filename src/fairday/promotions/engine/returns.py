"""Say what a return gives back, before it is confirmed: stored shares, and each offer's own policy. Source: R80-R83, I25.

Guarantee: any sequence of returns gives back, in all, what the last of them would give at once; when everything is back, everything
paid is back. Nothing is priced by today's rules: offers, prices and shares are those of the stored document.
"""

from collections.abc import Mapping

import msgspec

from fairday.kernel.errors import Refusal
from fairday.kernel.money import first_shares
from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine import document as d
from fairday.promotions.engine import offers as o
from fairday.promotions.engine.book import Book, Entry
from fairday.promotions.engine.goods import MEASURED
from fairday.promotions.engine.order_lanes import raw_off
from fairday.promotions.engine.pipeline import Run


class BadReturn(Refusal):
    """Refuse to take back what the order does not have."""

    code = "bad_return"
    status = 422
    en = "Line {line_id} has {quantity} pieces that can be returned. Return no more than these."
    zh = "商品行 {line_id} 最多可退 {quantity} 件，请修改退货数量。"


class ReturnedLine(msgspec.Struct, frozen=True):
    """Be so many pieces of a line that have come back, with what was paid for them."""

    line_id: str
    quantity: int
    paid_minor: int


class ClawBack(msgspec.Struct, frozen=True):
    """Be what an offer takes back, as the kept goods no longer earn it."""

    offer_id: str
    amount_minor: int


class Refund(msgspec.Struct, frozen=True):
    """Hold what a return gives back: `refund_minor` now, `refunded_minor` with all returns before it.

    `lines` are all pieces that are back by then. Their paid amounts + freight - claw-backs = `refunded_minor`, unless that
    would take back what was given already: then nothing is given now.
    """

    refund_minor: int
    refunded_minor: int
    lines: tuple[ReturnedLine, ...]
    claw_backs: tuple[ClawBack, ...]
    freight_minor: int


def pieces_of(line: d.PricedLine, product: d.Product) -> int:
    """Return how many pieces of a line can be returned one by one; a weighed line goes back whole, as one."""
    return line.quantity if isinstance(line.quantity, int) and product.unit not in MEASURED else 1


def give_back(
    cart: d.PriceIn, priced: d.PriceOut, back: Mapping[str, int], *, refunded_minor: int = 0
) -> Refund:
    """Return what comes back when `back` (line id to pieces, all returns together) is back and `refunded_minor` was given before.

    `priced` is `cart` as it was priced. Raises: BadReturn.
    """
    products = {one.sku: one for one in cart.products}
    lines = {line.line_id: line for line in priced.lines}
    for line_id, count in back.items():
        most = pieces_of(lines[line_id], products[lines[line_id].sku]) if line_id in lines else 0
        if not 0 <= count <= most:
            raise BadReturn(line_id=line_id, quantity=most)
    is_added = cart.tax is not None and cart.tax.mode == "exclusive"
    returned = []
    for line in priced.lines:
        count = back.get(line.line_id, 0)
        if count:
            paid = line.net_minor + (line.tax_minor if is_added else 0)
            pieces = pieces_of(line, products[line.sku])
            returned.append(ReturnedLine(line.line_id, count, first_shares(paid, pieces, count)))
    kept = _Kept(cart, priced, back, products, Book(cart.offers))
    claw_backs = kept.claw_backs()
    freight = priced.freight_minor if kept.is_nothing else -kept.freight_again()
    total = (
        sum([one.paid_minor for one in returned]) - sum([one.amount_minor for one in claw_backs]) + freight
    )
    total = max(total, refunded_minor)
    return Refund(total - refunded_minor, total, tuple(returned), tuple(claw_backs), freight)


def claw_backs(run: Run, priced: d.PriceOut, back: Mapping[str, int]) -> list[ClawBack]:
    """Return what offers take back in all when `back` is back; `priced` is `run`'s cart as it was priced."""
    return _Kept(run.cart, priced, back, run.products, run.book).claw_backs()


class _Kept:
    """Hold the goods that stay, to ask each offer what they still earn."""

    def __init__(
        self,
        cart: d.PriceIn,
        priced: d.PriceOut,
        back: Mapping[str, int],
        products: dict[str, d.Product],
        book: Book,
    ) -> None:
        self.cart, self.priced, self.back, self.products, self.book = cart, priced, back, products, book
        kept = [line for line in (self._kept(line) for line in cart.lines) if line is not None]
        self.is_nothing = not kept
        self.run = Run(msgspec.structs.replace(cart, lines=tuple(kept)), self.book, products)
        self.applied = {one.offer_id: one for one in priced.applied}
        self.lines = {line.line_id: line for line in priced.lines}
        self.run.scene.base = [self._kept_base(one.line) for one in self.run.goods]

    def _kept(self, line: d.DocumentLine) -> d.DocumentLine | None:
        count = self.back.get(line.line_id, 0)
        if not count:
            return line
        product = self.products[line.sku]
        if product.unit in MEASURED or not isinstance(line.quantity, int) or count >= line.quantity:
            return None
        return msgspec.structs.replace(line, quantity=line.quantity - count)

    def _kept_base(self, line: d.DocumentLine) -> int:
        """Return the base that the kept pieces of a line still count: their part of the amount after item offers."""
        priced = self.lines[line.line_id]
        item_off = sum([a.amount_minor for a in priced.allocations if self._lane(a.offer_id) is o.Lane.ITEM])
        return self._kept_part(priced, priced.gross_minor - item_off)

    def _kept_part(self, priced: d.PricedLine, amount: int) -> int:
        pieces = pieces_of(priced, self.products[priced.sku])
        return amount - first_shares(amount, pieces, self.back.get(priced.line_id, 0))

    def _lane(self, offer_id: str) -> o.Lane:
        return self.book.entries[offer_id].offer.lane

    def claw_backs(self) -> list[ClawBack]:
        """Return what offers that claw back take, as the kept goods no longer earn what they carry."""
        found = []
        for offer_id in self.applied:
            entry = self.book.entries[offer_id]
            if entry.offer.on_return is o.OnReturn.CLAW_BACK and entry.offer.lane is not o.Lane.FREIGHT:
                amount = (
                    self._gift_taken(entry) if isinstance(entry.offer.benefit, b.Gift) else self._taken(entry)
                )
                if amount:
                    found.append(ClawBack(offer_id, amount))
        return found

    def _taken(self, entry: Entry) -> int:
        carried = 0
        for line in self.priced.lines:
            own = sum([a.amount_minor for a in line.allocations if a.offer_id == entry.id])
            carried += self._kept_part(line, own) if own else 0
        return carried - min(carried, self._earned(entry)) if carried else 0

    def _earned(self, entry: Entry) -> int:
        """Return the most that the kept goods earn of an offer; item offers keep what their pieces carry while their condition holds."""
        if not self._earns(entry):
            return 0
        eligible = self.run.met[entry]
        benefit = entry.offer.benefit
        base = sum([self.run.scene.base[i] for i in eligible])
        if entry.offer.lane is o.Lane.ITEM or isinstance(benefit, b.FixedPrice):
            return base
        return raw_off(benefit, base, base, sum([self.run.goods[i].pieces for i in eligible]))

    def _gift_taken(self, entry: Entry) -> int:
        """Return the price of gifts that were kept although nothing earns them any more. Source: R83."""
        if self._earns(entry):
            return 0
        gifts = [line for line in self.priced.lines if line.gift_of == entry.id]
        return sum([self._kept_part(line, line.gross_minor) for line in gifts])

    def freight_again(self) -> int:
        """Return the part of the freight that was free and is charged again, for the part of the goods that is back."""
        goods = sum([line.gross_minor for line in self.priced.lines if line.gift_of is None])
        back = goods - sum([one.gross_minor for one in self.run.goods])
        free = 0
        for one in self.priced.freight_allocations:
            on_return = self.book.entries[one.offer_id].offer.on_return
            if on_return is o.OnReturn.PROPORTIONAL:
                free += one.amount_minor
            elif on_return is o.OnReturn.CLAW_BACK and not self._earns(self.book.entries[one.offer_id]):
                return sum([each.amount_minor for each in self.priced.freight_allocations])
        return free * back // goods if goods else 0

    def _earns(self, entry: Entry) -> bool:
        eligible = self.run.met.get(entry, ())
        return bool(eligible) and (entry.test is None or entry.test(self.run.scene, eligible) is None)
