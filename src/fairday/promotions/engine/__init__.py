"""Price a cart by offers: pure, exact, the same for ever, explained to the cent. Rules: docs/algorithms/pricing.md.

The document goes in (`document.PriceIn`), the priced cart comes out (`document.PriceOut`). `book.Book` holds many live offers ready.
"""

from fairday.promotions.engine.book import Book
from fairday.promotions.engine.checking import check
from fairday.promotions.engine.choosing import choose
from fairday.promotions.engine.document import PriceIn, PriceOut
from fairday.promotions.engine.explaining import explain, hints
from fairday.promotions.engine.pipeline import Run
from fairday.promotions.engine.telling import tell

__all__ = ["price", "price_with"]


def price(cart: PriceIn) -> PriceOut:
    """Price a document with the offers that stand in it, and say of every other offer why it does not stand.

    Raises: BadPriceDocument.
    """
    check(cart)
    return price_with(cart, Book(cart.offers), everything=True)


def price_with(cart: PriceIn, book: Book, *, everything: bool = False) -> PriceOut:
    """Price a document that was checked with the offers of `book`; those that do not meet its goods are left unsaid."""
    run = Run(cart, book, {one.sku: one for one in cart.products})
    state, used = choose(run)
    return tell(run, state, explain(run, state, used, book, everything=everything), hints(run, state))
