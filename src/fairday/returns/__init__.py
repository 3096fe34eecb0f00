"""Let shoppers give pieces of an order back, and pay for them exactly what was said before they asked.

Owns: returns: which pieces, why, what is promised for them, and how it ended.
Promises: a return pays what its preview said, whatever other returns of the order do meanwhile; all returns of an order give back
together what was paid, never more; nothing is priced by today's rules (R80-R83, R86, I25).
Calls: orders (counters and status), checkout (shares of the money), promotions (what offers take back), stock, coupons, ledger.
Announces: returns.Requested, returns.Rejected, returns.Withdrawn; the money itself as orders.Refunded.
"""
