/** The events most receivers ask for; any `domain.*` or `*` may be typed as well. */
export const EVENTS = ["*", "orders.*", "orders.Placed", "orders.Paid", "orders.Cancelled", "orders.Refunded", "orders.Fulfilled", "coupons.*", "coupons.Claimed", "coupons.Redeemed", "coupons.Returned", "coupons.BudgetReached", "coupons.Recalled", "coupons.Stopped", "tills.*", "festivals.*"] as const;
