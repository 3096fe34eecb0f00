"""Give tests of returns the fair of the offers' tests: shops, operators, a member with money."""

from tests.promotions.conftest import fair

__all__ = ["fair"]
