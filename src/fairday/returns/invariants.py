"""State what must hold of returns: against the order's own counters, the books, the shelves and the offers' budgets."""

from fairday.kernel.invariants import Invariant

_ORDER = (
    "INSERT INTO orders.purchase (order_id, owner_id, member_id, channel, status, currency, gross_minor, discount_minor,"
    " total_minor, wallet_minor, cash_minor, claim_ids, placed_at, paid_at, trace, part_count, fulfilled_count)"
    " VALUES ('ord_bad', 'mem_bad', 'mem_bad', 'online', 'fulfilled', 'CNY', 100, 0, 100, 100, 0, '{}', now(), now(), '{}', 1, 1);"
    "INSERT INTO orders.merchant_order VALUES"
    " ('ord_bad', 1, 'mer_bad', 'fulfilled', 'pickup', 100, 100, 0, 0, 0, 5, 95, now());"
    "INSERT INTO orders.line VALUES ('ord_bad', 1, 1, 'sku_bad', 'x', 'mer_bad', 'sto_bad', 2, 50, 100, 100, '[]');"
)
_RETURN = (
    "INSERT INTO returns.goods_return VALUES ('ret_bad', 'ord_bad', 1, 'mer_bad', 'CNY', 'refunded', true, 'other', '', 50, '[]', 50, 0,"
    " '{}', 'x', now(), now());"
    "INSERT INTO returns.line VALUES ('ret_bad', 'ord_bad', 1, 'x', NULL, 1, 50, 50);"
)

INVARIANTS = [
    Invariant(
        "I25",
        "the pieces that an order counts as back or asked back are those of its returns, or all of an order undone as a whole",
        """
        SELECT l.order_id, l.line_no FROM orders.line l JOIN orders.purchase p USING (order_id)
        LEFT JOIN (
            SELECT b.order_id, b.line_no, coalesce(sum(b.quantity) FILTER (WHERE r.status = 'refunded'), 0) AS back,
                   coalesce(sum(b.refund_minor) FILTER (WHERE r.status = 'refunded'), 0) AS refund,
                   coalesce(sum(b.quantity) FILTER (WHERE r.status = 'requested'), 0) AS asked
            FROM returns.line b JOIN returns.goods_return r USING (return_id) GROUP BY 1, 2
        ) b USING (order_id, line_no)
        WHERE (p.status <> 'refunded' OR p.returns_count > 0)
          AND (l.returned_quantity, l.refunded_minor, l.asked_back_quantity)
              <> (coalesce(b.back, 0), coalesce(b.refund, 0), coalesce(b.asked, 0))
        """,
        _ORDER + _RETURN,
    ),
    Invariant(
        "I25",
        "a return's lines sum to its refund: what was paid for them less what offers took back",
        """
        SELECT r.return_id FROM returns.goods_return r
        LEFT JOIN (SELECT return_id, sum(refund_minor) AS refund, sum(paid_minor) AS paid FROM returns.line GROUP BY 1) b
          USING (return_id)
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount_minor), 0) AS taken FROM json_to_recordset(r.claw_backs) AS c (amount_minor bigint)) AS c
        WHERE (b.refund, b.paid - c.taken) IS DISTINCT FROM (r.refund_minor::numeric, r.refund_minor::numeric)
        """,
        _ORDER + _RETURN + "UPDATE returns.line SET paid_minor = 51 WHERE return_id = 'ret_bad'",  # noqa: S608 - our own text
    ),
    Invariant(
        "I31",
        "each paid return moved its money once: to the wallet and the drawer what it says; no other did",
        """
        SELECT coalesce(r.return_id, t.posting_id) FROM (SELECT * FROM returns.goods_return WHERE status = 'refunded') r
        FULL JOIN (
            SELECT posting_id,
                   coalesce(sum(amount_minor) FILTER (WHERE credit_account LIKE 'wallet:%'), 0) AS wallet,
                   coalesce(sum(amount_minor) FILTER (WHERE credit_account LIKE 'cash:%'), 0) AS cash
            FROM ledger.transfer WHERE kind = 'return' GROUP BY 1
        ) t ON t.posting_id = 'return:' || r.return_id
        WHERE r.return_id IS NULL
           OR (coalesce(t.wallet, 0), coalesce(t.cash, 0)) <> (r.wallet_minor, r.cash_minor)
        """,
        _ORDER + _RETURN,
    ),
    Invariant(
        "I31",
        "an order that came back piece by piece left every account as it was before the sale",
        """
        WITH moved AS (
            SELECT t.document_id, a.account, sum(a.sign * t.amount_minor) AS net
            FROM ledger.transfer t JOIN orders.purchase p ON p.order_id = t.document_id,
                 LATERAL (VALUES (t.debit_account, -1), (t.credit_account, 1)) AS a (account, sign)
            WHERE p.status = 'refunded' AND p.returns_count > 0 AND t.kind IN ('sale', 'return')
            GROUP BY 1, 2)
        SELECT document_id, account, net FROM moved WHERE net <> 0
        """,
        _ORDER  # noqa: S608 - our own text
        + _RETURN
        + "UPDATE orders.purchase SET status = 'refunded', returns_count = 1, refunded_minor = 100, closed_at = now(),"
        " reason = 'returned' WHERE order_id = 'ord_bad';"
        "INSERT INTO ledger.transfer (posting_id, place, document_id, kind, currency, debit_account, credit_account,"
        " amount_minor, posted_at) VALUES ('return:ret_bad', 0, 'ord_bad', 'return', 'CNY', 'a:1', 'b:1', 100, now())",
    ),
    Invariant(
        "I16",
        "goods of a return come back to a shelf only when it was paid after they had left, and no more of them than it says",
        """
        SELECT m.document_id, m.line_id FROM stock.movement m
        LEFT JOIN returns.goods_return r ON r.return_id = m.document_id
        LEFT JOIN returns.line b
          ON b.return_id = r.return_id AND m.line_id = 'lin_' || substr(b.order_id, 5) || '_' || b.line_no
        WHERE m.reason = 'returned' AND m.document_id LIKE 'ret\\_%'
          AND (r.status = 'refunded' AND r.is_handed_over AND m.change = b.quantity) IS NOT TRUE
        """,
        "INSERT INTO stock.movement VALUES ('ret_bad', 'lin_bad_1', 'returned', 'sku_bad', 'sto_bad', 1, now())",
    ),
    Invariant(
        "I22",
        "what an offer took is what the orders that stand carry of it, less what their returns gave back",
        """
        SELECT o.offer_id FROM promotions.offer o
        LEFT JOIN (
            SELECT a.coupon_id AS offer_id, sum(a.amount_minor) AS carried
            FROM orders.line l JOIN orders.purchase p USING (order_id),
                 json_to_recordset(l.allocations) AS a (coupon_id text, amount_minor bigint)
            WHERE p.status IN ('pending_payment', 'paid', 'fulfilled') AND a.coupon_id LIKE 'ofr\\_%'
            GROUP BY a.coupon_id
        ) c USING (offer_id)
        LEFT JOIN (
            SELECT b.key AS offer_id, sum(b.value::bigint) AS back
            FROM returns.goods_return r JOIN orders.purchase p USING (order_id), json_each_text(r.offers) AS b
            WHERE r.status = 'refunded' AND p.status IN ('paid', 'fulfilled')
            GROUP BY b.key
        ) b USING (offer_id)
        WHERE o.taken_minor <> coalesce(c.carried, 0) - coalesce(b.back, 0)
        """,
        "INSERT INTO promotions.offer (offer_id, currency, status, live_version, latest_version, taken_minor, created_at)"
        " VALUES ('ofr_bad', 'CNY', 'live', 1, 1, 7, now());",
    ),
]
