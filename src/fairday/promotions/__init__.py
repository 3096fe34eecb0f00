"""Price a cart: phase prices, then coupons, every discount allocated to lines to the last minor unit.

Owns: the price engine (pure functions; no tables yet, offers come with part C).
Promises: allocations sum to each discount (I22); no line, and no total, below zero (I21); the same cart prices to the
    same number for ever (R2, I24); the total does not depend on the order of lines (I27).
Calls: nothing.
Announces: nothing.
"""
