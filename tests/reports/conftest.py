"""Lend the town of the coupons' tests."""

from tests.coupons.test_http import town

__all__ = ["town"]
