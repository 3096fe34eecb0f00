"""Tell sales over time against the period before, and lead from a bar to its orders.

Owns: sums per quarter of an hour, by merchant, channel and store, in each currency.
Promises: the sums of a window are those of the log (S02); a merchant sees its own part only; every figure says how it is
defined.
Calls: orders (the rows behind a bar).
Announces: nothing.
"""
