"""Run the tills: pair a device, open a shift, redeem coupons, sell for cash and wallet, undo within a minute.

Owns: tills, setup codes, devices, shifts with their cash counts, the till's log of redemptions, sales with receipts.
Promises: a setup code pairs once; a revoked device is out at once; one open shift a till; everything names clerk, store,
till and time (R41); the same receipt answers the same, another is told where and when the coupon was used (R35); a
receipt number is unique for its till; a sale and its undo or refund each happen at most once.
Calls: identity (accounts, sessions, PINs), places (stores), catalog (SKUs by GTIN, look-up), festivals (phases that
hold), stock (what is free), members, coupons, checkout.
Announces: tills.Paired, tills.Unpaired, tills.ShiftOpened, tills.ShiftClosed.
"""
