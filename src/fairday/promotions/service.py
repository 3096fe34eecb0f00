"""Open offers and the price engine to everyone else."""

from collections.abc import Sequence

from fairday.promotions import rules, with_offers
from fairday.promotions.engine.book import Book
from fairday.promotions.engine.offers import Offer, OfferTerms
from fairday.promotions.live import Live, live
from fairday.promotions.numbering import Numbered, free_numbers, hold_numbers, number_of, numbers_held
from fairday.promotions.offer_rules import errors_of, offer_of
from fairday.promotions.offering import add_version, approve
from fairday.promotions.offering import create as create_offer
from fairday.promotions.rules import line_gross
from fairday.promotions.taking import give_back, take, use_up
from fairday.promotions.trying import simulate_version
from fairday.promotions.types import PriceCart, Quote
from fairday.promotions.with_offers import base_of, best_claims, claw_backs, explained, met

__all__ = [
    "Book", "Live", "Numbered", "Offer", "OfferTerms", "add_version", "approve", "base_of", "beside", "best_claims", "claw_backs",
    "create_offer", "errors_of", "explained", "free_numbers", "give_back", "hold_numbers", "line_gross", "live", "met", "number_of",
    "numbers_held", "offer_of", "price", "simulate_version", "take", "use_up",
]  # fmt: skip


def price(cart: PriceCart) -> Quote:
    """Price a cart with its coupons, and with the offers that met it when there are any: pure, the same for ever (R2).

    Raises: AmountTooLarge, CouponsExclude, CouponBelowThreshold, CouponNoEffect.
    """
    return with_offers.price(cart) if cart.offers else rules.price(cart)


def beside(tried: Sequence[Offer], book: Book | None) -> Book:
    """Return the offers of `book` with some that are only tried."""
    return Book(tried, book)
