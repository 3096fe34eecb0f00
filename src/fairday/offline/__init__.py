"""Let tills work without the network and settle what they did when they come back. Source: R37-R41, I9, I10.

Owns: leases with their slices of coupons, each device's log of records, what was used in them, breaks and who bears
them, what was agreed about working offline.
Promises: each record of a device is applied once and in order (I9); a log that was changed is refused and named, a
cloned device's branch is kept apart; coupon money spent offline never exceeds the budget, because an over-issued
coupon's slice is set aside on the server; of one claim exactly one use is effective, every other one is a break with
exactly one posting (I4, I10); a sale that took place stands in the books in every case.
Calls: tills, checkout, coupons, ledger, orders, festivals, places, catalog.
Announces: offline.LeaseGranted, offline.LeaseClosed, offline.RecordsApplied, offline.BreakBooked,
offline.BreakResolved, offline.LogRefused.
"""
