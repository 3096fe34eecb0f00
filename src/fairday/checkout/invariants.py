"""State what must hold between the books: orders on one side, money, goods and coupons on the other.

Each book guards itself by constraints; these say that they tell the same story.
"""

from fairday.kernel.invariants import Invariant

_PAID = (
    "INSERT INTO orders.purchase (order_id, owner_id, member_id, channel, status, currency, gross_minor, discount_minor,"
    " total_minor, wallet_minor, cash_minor, claim_ids, placed_at, paid_at, trace, part_count, fulfilled_count)"
    " VALUES ('ord_bad', 'mem_bad', 'mem_bad', 'online', 'paid', 'CNY', 100, 0, 100, 100, 0, '{}', now(), now(), '{}', 1, 0);"
    "INSERT INTO orders.merchant_order VALUES"
    " ('ord_bad', 1, 'mer_bad', 'paid', 'pickup', 100, 100, 0, 0, 0, 5, 95, now());"
    "INSERT INTO orders.line VALUES ('ord_bad', 1, 1, 'sku_bad', 'x', 'mer_bad', 'sto_bad', 1, 100, 100, 100, '[]');"
)
_RETURNED = (
    "INSERT INTO ledger.transfer (posting_id, place, document_id, kind, currency, debit_account, credit_account,"
    " amount_minor, posted_at) VALUES ('refund:ord_bad', 0, 'ord_bad', 'sale_reversed', 'CNY', 'a:1', 'b:1', 100, now())"
)
_WITH_COUPON = "UPDATE orders.purchase SET claim_ids = '{clm_bad}' WHERE order_id = 'ord_bad'"

INVARIANTS = [
    Invariant(
        "I29",
        "a paid order has exactly one sale in the books, its tenders and shares are the order's own; an unpaid one has none",
        """
        SELECT p.order_id FROM orders.purchase p
        LEFT JOIN (
            SELECT document_id, count(DISTINCT posting_id) AS sales,
                   sum(amount_minor) FILTER (WHERE debit_account LIKE 'wallet:%') AS wallet,
                   sum(amount_minor) FILTER (WHERE debit_account LIKE 'cash:%') AS cash,
                   sum(amount_minor) FILTER (WHERE debit_account = 'platform:marketing') AS subsidy,
                   sum(amount_minor) FILTER (WHERE debit_account LIKE 'platform:brand:%') AS brand,
                   sum(amount_minor) FILTER (WHERE credit_account LIKE 'merchant:%:payable') AS payable,
                   sum(amount_minor) FILTER (WHERE credit_account = 'platform:commission') AS commission
            FROM ledger.transfer WHERE kind = 'sale' GROUP BY document_id
        ) t ON t.document_id = p.order_id
        LEFT JOIN (
            SELECT order_id, sum(platform_funded_minor) AS subsidy, sum(brand_funded_minor) AS brand,
                   sum(payable_minor) AS payable, sum(commission_minor) AS commission
            FROM orders.merchant_order GROUP BY order_id
        ) m USING (order_id)
        WHERE CASE WHEN p.paid_at IS NULL THEN t.document_id IS NOT NULL
              ELSE coalesce(t.sales, 1) <> 1
                OR (coalesce(t.wallet, 0), coalesce(t.cash, 0)) <> (p.wallet_minor, p.cash_minor)
                OR (coalesce(t.subsidy, 0), coalesce(t.brand, 0), coalesce(t.payable, 0), coalesce(t.commission, 0))
                   IS DISTINCT FROM (m.subsidy, m.brand, m.payable, m.commission)
              END
        UNION ALL
        SELECT t.document_id FROM ledger.transfer t
        WHERE t.kind = 'sale' AND t.place = 0
          AND NOT EXISTS (SELECT FROM orders.purchase p WHERE p.order_id = t.document_id)
        """,
        _PAID,
    ),
    Invariant(
        "I31",
        "an order undone as a whole gave its money back once and whole; no other order's sale was reversed",
        """
        SELECT p.order_id FROM orders.purchase p
        LEFT JOIN (
            SELECT document_id, sum(amount_minor) FILTER (WHERE kind = 'sale') AS paid,
                   sum(amount_minor) FILTER (WHERE kind = 'sale_reversed') AS returned
            FROM ledger.transfer WHERE kind IN ('sale', 'sale_reversed') GROUP BY document_id
        ) t ON t.document_id = p.order_id
        WHERE coalesce(t.returned, 0)
              <> CASE WHEN p.status = 'refunded' AND p.returns_count = 0 THEN coalesce(t.paid, 0) ELSE 0 END
        """,
        _PAID + _RETURNED,
    ),
    Invariant(
        "I17",
        "goods are reserved for exactly the orders that wait or are paid and have not left; nothing is kept for closed ones",
        """
        SELECT l.order_id, l.line_no FROM orders.line l
        JOIN orders.purchase p USING (order_id) JOIN orders.merchant_order m USING (order_id, part_no)
        LEFT JOIN stock.reservation r
          ON r.document_id = l.order_id AND r.line_id = 'lin_' || substr(l.order_id, 5) || '_' || l.line_no
        CROSS JOIN kernel.clock c
        WHERE p.channel = 'online'
          AND CASE m.status
              WHEN 'pending_payment' THEN (r.state = 'active' AND r.quantity = l.quantity) IS NOT TRUE
                                          AND p.expires_at > clock_timestamp() + c.jump
              WHEN 'paid' THEN CASE WHEN l.returned_quantity < l.quantity
                  THEN (r.state = 'kept' AND r.quantity = l.quantity - l.returned_quantity) IS NOT TRUE
                  ELSE r.state IN ('active', 'kept', 'taken') END
              WHEN 'fulfilled' THEN (r.state = 'taken' OR l.returned_quantity = l.quantity) IS NOT TRUE
              ELSE r.state IN ('active', 'kept') OR (r.state = 'taken' AND m.fulfilled_at IS NULL)
              END
        """,
        _PAID,
    ),
    Invariant(
        "I8",
        "a claim is set aside only for an order that waits, and used only for an order that was paid",
        """
        SELECT p.order_id FROM orders.purchase p JOIN coupons.claim c ON c.lock_owner = p.order_id
        WHERE c.status = 'locked' AND p.status <> 'pending_payment'
        UNION ALL
        SELECT p.order_id FROM orders.purchase p JOIN coupons.redemption r ON r.order_id = p.order_id
        WHERE r.status = 'effective' AND p.status NOT IN ('paid', 'fulfilled')
        UNION ALL
        SELECT p.order_id FROM orders.purchase p, unnest(p.claim_ids) AS used (claim_id)
        WHERE p.status IN ('paid', 'fulfilled')
          AND NOT EXISTS (
              SELECT FROM coupons.redemption r
              WHERE r.claim_id = used.claim_id AND r.order_id = p.order_id AND r.status = 'effective')
        """,
        _PAID + _WITH_COUPON,
    ),
    Invariant(
        "I69",
        "no two orders of a member were lowered as the same nth order; cancelled ones hold no number",
        """
        SELECT n.order_id FROM promotions.order_number n LEFT JOIN orders.purchase p USING (order_id)
        WHERE p.status IS NULL OR p.status = 'cancelled' OR p.member_id IS DISTINCT FROM n.member_id
        UNION ALL
        SELECT min(order_id) FROM promotions.order_number GROUP BY member_id, number HAVING count(*) > 1
        """,
        "INSERT INTO promotions.order_number VALUES ('mem_bad', 1, 'ord_gone');",
    ),
]
