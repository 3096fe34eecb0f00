"""Let a small merchant open a shop from a phone in minutes, within limits that the operator lifts.

Owns: applications: what a new shop said of its licence, and the operator's decision on its limits.
Promises: a verified phone opens one shop, whole or not at all: merchant, owner, store, first coupon (S19); a licence is one
shop's; a shop without a licence stays small; a decision is made once for each request.
Calls: identity (phone codes, merchants, accounts, tiers), places (the store), coupons (the first coupon).
Announces: onboarding.ShopOpened, onboarding.LimitsDecided.
"""
