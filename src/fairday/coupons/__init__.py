"""Issue coupons, let members claim them, and use each claim once.

Owns: coupons (the offers, every version of their terms, their counters), claims (a member's copies), redemptions, the
keys and codes by which a claim is shown at a till.
Promises: never more claims than the quantity, the budget, the day, the member or the person allows, under any race
(I1-I3); at most one effective redemption of a claim, for at most its face (I4, I5); a replayed receipt gets the same
answer, another receipt is told where and when it was used (R35); terms only widen after publication (R29); a small shop
has three open coupons at most, each within its caps (S19); issuing and
redeeming stop apart (F21).
Calls: identity (tiers), festivals (phases that are open), members (who is the same person),
places (stores, nearest), catalog (SKUs).
Announces: coupons.Claimed, coupons.Redeemed, coupons.Returned, coupons.Expired, coupons.Stopped, coupons.Published,
coupons.BudgetReached, coupons.Recalled, coupons.Voided.
"""
