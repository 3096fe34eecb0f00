"""Keep orders: what was sold to whom, by which merchants, at which prices, and where each part stands.

Owns: orders, the merchants' parts of them, their lines with every discount's share, the receipts of till sales.
Promises: lines sum to parts and parts to the order (I20, I21, I22); only listed transitions happen (I23); one order per
    till and receipt (R35); a stored trace prices to the stored total (R2, I24).
Calls: nothing.
Announces: orders.Placed, orders.Paid, orders.Cancelled, orders.Refunded, orders.Fulfilled.
"""
