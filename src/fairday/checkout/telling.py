"""Tell shoppers of the offers on their cart: which stand, which not and why, what to add to save more, and the way to the price."""

from fairday.checkout.types import OfferHint, PassedOffer, PriceStep, QuoteView, StandingOffer
from fairday.promotions import service as promotions
from fairday.promotions.types import PriceCart

_SECRET = frozenset({"code_needed", "coupon_needed"})
"""Reasons that would tell strangers which codes there are."""


def with_offers(view: QuoteView, cart: PriceCart) -> QuoteView:
    """Return the quote with all that can be said of the live offers that meet the cart."""
    if not cart.offers:
        return view
    told = promotions.explained(cart)
    names = {one.offer_id: one.name for one in cart.offers}
    return QuoteView(
        view.quote,
        view.is_available,
        view.choices,
        tuple(
            [StandingOffer(one.offer_id, names[one.offer_id], one.amount_minor) for one in told.applied if one.offer_id in names]
        ),
        tuple(
            [
                PassedOffer(
                    one.offer_id, names[one.offer_id], one.reason, one.text, one.text_zh, one.missing,
                    names.get(one.by) if one.by is not None else None,
                )
                for one in told.refused
                if one.offer_id in names and one.reason not in _SECRET
            ]
        ),
        tuple(
            [
                OfferHint(one.offer_id, names[one.offer_id], one.saves_minor, one.add_minor, one.add_quantity)
                for one in told.hints
                if one.offer_id in names
            ]
        ),
        tuple(
            [
                PriceStep(one.lane, one.base_minor, one.amount_minor, one.offer_id, names[one.offer_id])
                if one.offer_id in names
                else PriceStep(one.lane, one.base_minor, one.amount_minor, claim_id=one.offer_id)
                for one in told.trace
            ]
        ),
    )  # fmt: skip
