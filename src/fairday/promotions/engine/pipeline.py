"""Take a cart through the lanes in their fixed order; each works on what the one before left. Source: R6."""

from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from fairday.promotions.engine import benefit_types as b
from fairday.promotions.engine import item_lane
from fairday.promotions.engine import offers as o
from fairday.promotions.engine.book import Book
from fairday.promotions.engine.conditions import Reason, Scene
from fairday.promotions.engine.document import PriceIn, Product
from fairday.promotions.engine.goods import Goods, goods_of, item_price
from fairday.promotions.engine.item_lane import Candidate, Groups, group_holder
from fairday.promotions.engine.order_lanes import Field, Standing, alone, best_together, exclude_each_other
from fairday.promotions.engine.piece_sets import is_set, lacking, take
from fairday.promotions.engine.sharing import spread

LANES = tuple(o.Lane)
_GOODS_LANES = frozenset({o.Lane.SHOP, o.Lane.CROSS_SHOP, o.Lane.PLATFORM})


class Done(msgspec.Struct, frozen=True, gc=False):
    """Hold one offer that stands: its amount, its part of each line by place, what it found, and the gift it gives."""

    candidate: Candidate
    lane: o.Lane
    amount_minor: int
    by_line: dict[int, int]
    base_minor: int
    gift_sku: str | None = None


class Why(msgspec.Struct, frozen=True, gc=False):
    """Hold why an offer does not stand, and which one stands instead."""

    reason: Reason
    by: str | None = None


class State(msgspec.Struct, gc=False):
    """Hold a cart between two lanes. `base` is what thresholds count: the amounts after item offers."""

    base: list[int]
    net: list[int]
    done: list[Done]
    rejected: dict[tuple[str, str], Why]
    groups: Groups
    lowered: frozenset[int]
    freight_left: int
    paid: int
    stock: dict[str, int]

    def copy(self) -> "State":
        """Return a state to go on from, which leaves this one as it is."""
        return State(
            self.base, self.net.copy(), self.done.copy(), self.rejected.copy(),
            {name: held.copy() for name, held in self.groups.items()} if self.groups else {}, self.lowered, self.freight_left, self.paid,
            self.stock.copy() if self.stock else self.stock,
        )  # fmt: skip


class Run:
    """Hold one cart on its way: its goods, and the offers that meet it, by lane; `choices` may be used or not."""

    def __init__(self, cart: PriceIn, book: Book, products: dict[str, Product]) -> None:
        self.cart = cart
        self.book = book
        self.products = products
        self.goods: list[Goods] = goods_of(cart, products)
        self.pieces = [one.pieces for one in self.goods]
        self.scene = Scene(cart, self.goods)
        self.met = book.meet(self.goods)
        self.automatic: dict[o.Lane, list[Candidate]] = {}
        self.choices: list[Candidate] = []
        held: dict[str, list[str]] = {}
        for claim in cart.claims:
            held.setdefault(claim.offer_id, []).append(claim.claim_id)
        for entry, eligible in self.met.items():
            if not entry.is_choice:
                if eligible:
                    self.automatic.setdefault(entry.offer.lane, []).append(Candidate(entry, None, eligible))
            elif eligible and entry.offer.trigger is o.Trigger.CLAIM:
                self.choices += [Candidate(entry, claim_id, eligible) for claim_id in held.get(entry.id, ())]
            elif eligible:
                self.choices.append(Candidate(entry, None, eligible))

    def start(self) -> State:
        """Return the cart before the first lane."""
        gross = [one.gross_minor for one in self.goods]
        return State(
            gross, gross.copy(), [], {}, {}, frozenset(), self.cart.freight_minor, 0, dict(self.cart.stock)
        )

    def through(self, chosen: Iterable[Candidate]) -> State:
        """Return the cart after all lanes, with these choices used."""
        by_lane: dict[o.Lane, list[Candidate]] = {}
        for one in chosen:
            by_lane.setdefault(one.entry.offer.lane, []).append(one)
        state = self.start()
        for lane in LANES:
            state = self.step(state, lane, by_lane.get(lane, ()))
        return state

    def step(self, before: State, lane: o.Lane, chosen: Sequence[Candidate]) -> State:
        """Return the cart after one more lane; `before` stays as it is."""
        candidates = [*self.automatic.get(lane, ()), *chosen]
        if not candidates:
            return before
        state = before.copy()
        self.scene.base, self.scene.lowered = state.base, state.lowered
        candidates.sort(key=lambda one: (one.entry.rank, one.key))
        if lane is o.Lane.ITEM:
            self._items(state, candidates)
        else:
            self._together(state, lane, candidates)
        return state

    def _items(self, state: State, candidates: Sequence[Candidate]) -> None:
        free = self.pieces.copy()
        scene, rejected = self.scene, state.rejected
        for _, members in groupby(candidates, key=lambda one: one.entry.rank):
            holding: list[Candidate] = []
            for one in members:
                reason = one.entry.refusal(scene, one.eligible)
                if reason is None:
                    holding.append(one)
                else:
                    rejected[one.key] = Why(reason)
            if not holding:
                continue
            settled = item_lane.settle_class(holding, self.goods, free, state.groups)
            for one, by_line, _ in settled:
                base = sum([self.goods[i].gross_minor for i in by_line])
                state.done.append(Done(one, o.Lane.ITEM, sum(by_line.values()), by_line, base))
                for i, amount in by_line.items():
                    state.net[i] -= amount
            stand = {one.key for one, _, _ in settled}
            for one in holding:
                if one.key not in stand:
                    rejected[one.key] = self._not_taken(one, state)
        state.base = state.net.copy()
        state.lowered = frozenset([i for done in state.done for i in done.by_line])

    def _not_taken(self, one: Candidate, state: State) -> Why:
        """Say why an item offer that holds takes nothing: pieces lack, or others stand on them."""
        if is_set(one.entry.offer) and take(one.entry, one.eligible, self.goods, self.pieces) is None:
            more = lacking(one.entry, one.eligible, self.goods)
            return Why(Reason("below_quantity", more[0]) if more is not None else Reason("no_effect"))
        return Why(Reason("no_effect"), _instead(one, state.done))

    def _together(self, state: State, lane: o.Lane, candidates: Sequence[Candidate]) -> None:
        field = Field(self.goods, state.base, state.net)
        field.freight, field.freight_left, field.stock = (
            self.cart.freight_minor,
            state.freight_left,
            state.stock,
        )
        field.payable = sum(state.net) - state.paid
        first = len(state.done)
        for _, members in groupby(candidates, key=lambda one: one.entry.rank):
            standing: list[Standing] = []
            for one in members:
                found = self._judged(one, state, field, first)
                if isinstance(found, Why):
                    state.rejected[one.key] = found
                else:
                    standing.append(found)
            if not standing:
                continue
            chosen = best_together(standing)
            for pick in chosen:
                self._apply(pick, state, lane, field)
            if len(chosen) < len(standing):
                picked = {pick.candidate.key: pick.candidate for pick in chosen}
                for left in standing:
                    if left.candidate.key not in picked:
                        other = next(
                            (c for c in picked.values() if exclude_each_other(c, left.candidate)), None
                        )
                        state.rejected[left.candidate.key] = Why(
                            Reason("excluded"), other.entry.id if other else None
                        )

    def _judged(self, one: Candidate, state: State, field: Field, first: int) -> Standing | Why:
        offer = one.entry.offer
        if offer.items.not_discounted and state.lowered:
            one = Candidate(one.entry, one.claim_id, [i for i in one.eligible if i not in state.lowered])
        reason = one.entry.refusal(self.scene, one.eligible)
        if reason is not None:
            return Why(reason)
        if (other := group_holder(state.groups, one, one.eligible)) is not None:
            return Why(Reason("group_taken"), other.id)
        for done in state.done[first:]:
            if exclude_each_other(done.candidate, one):
                return Why(Reason("excluded"), done.candidate.entry.id)
        found = alone(one, field)
        return Why(Reason(found)) if isinstance(found, str) else found

    def _apply(self, pick: Standing, state: State, lane: o.Lane, field: Field) -> None:
        one = pick.candidate
        offer = one.entry.offer
        if isinstance(offer.benefit, b.Gift):
            # Others of its class may have taken the last ones: look again, for the fallback too.
            again = alone(one, field)
            if isinstance(again, str):
                state.rejected[one.key] = Why(Reason(again))
                return
            pick = again
        gift_sku = pick.gift_sku
        by_line: dict[int, int] = {}
        if gift_sku is not None:
            assert isinstance(offer.benefit, b.Gift)
            if gift_sku in state.stock:
                state.stock[gift_sku] -= offer.benefit.quantity
            amount = 0
        elif lane is o.Lane.FREIGHT:
            amount = min(pick.amount_minor, field.freight_left)
            field.freight_left -= amount
            state.freight_left = field.freight_left
        elif lane is o.Lane.PAYMENT:
            amount = min(pick.amount_minor, field.payable)
            field.payable -= amount
            state.paid += amount
        else:
            rooms = field.rooms(one)
            amount = min(pick.amount_minor, sum(rooms), field.above_floor(one))
            parts = spread(amount, [field.net[i] for i in one.eligible], rooms) if amount else []
            by_line = {i: part for i, part in zip(one.eligible, parts, strict=False) if part}
            for i, part in by_line.items():
                field.net[i] -= part
        if not amount and gift_sku is None and not isinstance(offer.benefit, b.Points):
            state.rejected[one.key] = Why(Reason("no_effect"))
            return
        if offer.group is not None:
            state.groups.setdefault(offer.group, []).append((one.entry, frozenset(one.eligible)))
        base = sum([field.base[i] for i in one.eligible])
        state.done.append(Done(one, lane, amount, by_line, base, gift_sku))

    def gift_value(self, state: State) -> int:
        """Return what the gifts of a cart would cost."""
        return sum([self.gift_price(done) for done in state.done if done.gift_sku is not None])

    def gift_price(self, done: Done) -> int:
        """Return what one gift would cost: its item price now, times its pieces."""
        benefit = done.candidate.entry.offer.benefit
        assert done.gift_sku is not None
        assert isinstance(benefit, b.Gift)
        tier = self.cart.member.tier if self.cart.member else None
        return item_price(self.products[done.gift_sku], tier, self.cart.now) * benefit.quantity


def _instead(one: Candidate, done: Sequence[Done]) -> str | None:
    """Return the offer that lowers goods which `one` would have lowered."""
    return next(
        (other.candidate.entry.id for other in done if not set(other.by_line).isdisjoint(one.eligible)), None
    )
