"""Make orders: the one place where goods, coupons and money come together, online and at tills.

Owns: the platform's terms with merchants (commission); no order of its own: orders keeps them.
Promises: an order takes its stock, its coupons and its money all or not at all; nobody pays a price that was not agreed
    to; a stock reservation outlives the payment it waits for (R69); cancelling gives back exactly what was taken, by
    the stored shares (R80).
Calls: catalog, places, festivals, members, ledger, stock, orders, coupons, promotions.
Announces: nothing of its own; orders.* through the orders room.
"""
