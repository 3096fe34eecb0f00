"""Price carts: phase prices, offers in fixed lanes, coupons, every discount allocated to lines and funders to the last minor unit.

Owns: offers, every version of their terms, their approvals and what of their budgets is taken; the price engines (pure functions).
Promises: allocations sum to each discount, and funders' parts to it (I22); no line, and no total, below zero (I21); the same cart
    prices to the same number for ever (R2, I24); the total does not depend on the order of lines (I27); orders never take
    more of an offer than its budget, and what is live a second person approved (I4, I24).
Calls: catalog, festivals, identity, orders, places.
Announces: OfferLive, OfferStopped.
"""
