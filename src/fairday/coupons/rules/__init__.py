"""Decide about coupons: pure functions of terms, counters and now."""
