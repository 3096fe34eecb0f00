"""Count the festival while it happens, for the wall in the control room.

Owns: live totals (GMV, orders, refunds, by channel, province, store, merchant and product), the second-by-second series,
records, what sold out, the curve to beat, frames to replay.
Promises: each paid order is counted once; GMV is what was paid, gross, by a definition that is stated and versioned, and
never goes down, refunds stand apart (S02); the parts sum to the whole; building the totals anew from the log gives the same
numbers (I54); who watches costs the database nothing; a count that stopped says so.
Calls: festivals, places, catalog, identity, stock, orders, coupons (only to read).
Announces: nothing.
"""
