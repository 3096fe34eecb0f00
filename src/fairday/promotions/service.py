"""Open the price engine to everyone else: pure, no transaction. Part C adds offers that are read here."""

from fairday.promotions.rules import line_gross, price

__all__ = ["line_gross", "price"]
