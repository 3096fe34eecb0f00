"""State what must always hold of orders. Each is guarded by a constraint or by the engine's own assertion as well."""

from fairday.kernel.invariants import Invariant

_ORDER = (
    "INSERT INTO orders.purchase (order_id, owner_id, member_id, channel, status, currency, gross_minor, discount_minor,"
    " total_minor, wallet_minor, cash_minor, claim_ids, placed_at, paid_at, trace, part_count, fulfilled_count)"
    " VALUES ('ord_bad', 'mem_bad', 'mem_bad', 'online', 'paid', 'CNY', {gross}, {discount}, {total}, {wallet}, 0, '{{}}',"
    " now(), now(), '{trace}', 1, {fulfilled});"
)
_PART = (
    "INSERT INTO orders.merchant_order VALUES ('ord_bad', 1, 'mer_bad', '{status}', 'pickup', {gross}, {net}, {merchant},"
    " 0, 0, 5, {payable}, now());"
)
_LINE = "INSERT INTO orders.line VALUES ('ord_bad', 1, 1, 'sku_bad', 'x', 'mer_bad', 'sto_bad', {quantity}, 100, {gross}, {net}, '{shares}');"
_REFUND = (
    "UPDATE orders.purchase SET status = 'refunded', closed_at = now(), reason = 'member', refunded_minor = wallet_minor"
    " WHERE order_id = 'ord_bad'"
)
_TRACE = '{"lines":[]}'


def _seed(
    *, gross: int = 100, total: int = 100, net: int = 100, status: str = "paid", quantity: int = 1, shares: str = "[]",
    line_net: int = 100, fulfilled: int = 0, wallet: int = 100,
) -> str:  # fmt: skip
    return (
        _ORDER.format(
            gross=gross, discount=gross - total, total=total, wallet=wallet, trace=_TRACE, fulfilled=fulfilled
        )
        + _PART.format(status=status, gross=gross, net=net, merchant=gross - net, payable=net - 5)
        + _LINE.format(quantity=quantity, gross=100 * quantity, net=line_net, shares=shares)
    )


INVARIANTS = [
    Invariant(
        "I20",
        "an order's totals are the exact sums of its parts, and each part's of its lines; money columns are integers",
        """
        SELECT p.order_id FROM orders.purchase p
        LEFT JOIN (
            SELECT order_id, count(*) AS parts, sum(gross_minor) AS gross, sum(net_minor) AS net FROM orders.merchant_order GROUP BY 1
        ) m USING (order_id)
        LEFT JOIN (
            SELECT order_id, sum(gross_minor) AS gross, sum(net_minor) AS net FROM orders.line GROUP BY 1
        ) l USING (order_id)
        WHERE (p.part_count, p.gross_minor, p.total_minor, p.gross_minor, p.total_minor)
              IS DISTINCT FROM (m.parts::smallint, m.gross::bigint, m.net::bigint, l.gross::bigint, l.net::bigint)
        UNION ALL
        SELECT m.order_id FROM orders.merchant_order m
        LEFT JOIN (
            SELECT order_id, part_no, sum(gross_minor) AS gross, sum(net_minor) AS net FROM orders.line GROUP BY 1, 2
        ) l USING (order_id, part_no)
        WHERE (m.gross_minor, m.net_minor) IS DISTINCT FROM (l.gross::bigint, l.net::bigint)
        UNION ALL
        SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = 'orders' AND data_type IN ('real', 'double precision', 'money', 'numeric')
        """,
        _seed(total=99, net=99, wallet=99),
    ),
    Invariant(
        "I21",
        "a line is quantity times unit, less its discounts, never below zero",
        """
        SELECT order_id, line_no FROM orders.line
        WHERE net_minor < 0 OR net_minor > gross_minor OR quantity <= 0
           OR gross_minor - unit_minor * quantity NOT BETWEEN 0 AND quantity - 1
        """,
        "ALTER TABLE orders.line DROP CONSTRAINT line_net;"
        + _seed(gross=101, total=101, net=101, wallet=101, line_net=101),
    ),
    Invariant(
        "I22",
        "each coupon's shares on the lines sum to the discount, and each share to its funders' parts",
        """
        SELECT l.order_id, l.line_no FROM orders.line l
        WHERE l.gross_minor - l.net_minor <> coalesce((
            SELECT sum(a.amount_minor) FROM json_to_recordset(l.allocations)
            AS a (amount_minor bigint, platform_minor bigint, merchant_minor bigint, brand_minor bigint)
            WHERE a.amount_minor > 0 AND a.platform_minor >= 0 AND a.merchant_minor >= 0 AND coalesce(a.brand_minor, 0) >= 0
              AND a.platform_minor + a.merchant_minor + coalesce(a.brand_minor, 0) = a.amount_minor), 0)
        """,
        _seed(
            gross=100,
            total=90,
            net=90,
            wallet=90,
            line_net=90,
            shares='[{"amount_minor":9,"platform_minor":0,"merchant_minor":9,"brand_minor":0}]',
        ),
    ),
    Invariant(
        "I23",
        "a part stands where its order stands, or is fulfilled or back before it; no order waits past its time to pay",
        """
        SELECT p.order_id FROM orders.purchase p JOIN orders.merchant_order m USING (order_id)
        WHERE m.status <> p.status AND NOT (p.status = 'paid' AND m.status = 'fulfilled')
          AND NOT (p.status IN ('paid', 'fulfilled') AND m.status = 'refunded' AND p.returns_count > 0)
        UNION ALL
        SELECT p.order_id FROM orders.purchase p
        WHERE p.fulfilled_count <> (
            SELECT count(*) FROM orders.merchant_order m
            WHERE m.order_id = p.order_id AND m.status IN ('fulfilled', 'refunded'))
          AND p.status <> 'refunded'
        UNION ALL
        SELECT p.order_id FROM orders.purchase p, kernel.clock c
        WHERE p.status = 'pending_payment' AND p.expires_at < clock_timestamp() + c.jump - interval '10 minutes'
        """,
        _seed(status="cancelled"),
    ),
    Invariant(
        "I24",
        "the stored trace names the order's currency and prices to its lines",
        """
        SELECT p.order_id FROM orders.purchase p
        WHERE p.trace ->> 'currency' IS DISTINCT FROM p.currency::text
           OR json_array_length(p.trace -> 'lines') <> (SELECT count(*) FROM orders.line l WHERE l.order_id = p.order_id)
        """,
        _seed(),
    ),
    Invariant(
        "I25",
        "money is refunded only where it was paid, never more than that, and all of it when all is back",
        """
        SELECT order_id FROM orders.purchase
        WHERE status = 'refunded' AND (paid_at IS NULL OR wallet_minor + cash_minor <> total_minor OR refunded_minor <> total_minor)
           OR refunded_minor NOT BETWEEN 0 AND wallet_minor + cash_minor
        """,
        "ALTER TABLE orders.purchase DROP CONSTRAINT purchase_tenders;" + _seed(wallet=101) + _REFUND,
    ),
    Invariant(
        "I25",
        "what went back of an order is what went back of its parts and of its lines; a part is refunded when no piece stays",
        """
        SELECT p.order_id FROM orders.purchase p
        LEFT JOIN (SELECT order_id, sum(refunded_minor) AS back FROM orders.merchant_order GROUP BY 1) m USING (order_id)
        LEFT JOIN (SELECT order_id, sum(refunded_minor) AS back FROM orders.line GROUP BY 1) l USING (order_id)
        WHERE (m.back, l.back) IS DISTINCT FROM (p.refunded_minor::numeric, p.refunded_minor::numeric)
        UNION ALL
        SELECT l.order_id FROM orders.line l JOIN orders.merchant_order m USING (order_id, part_no)
        GROUP BY l.order_id, l.part_no, m.status
        HAVING (m.status = 'refunded') <> bool_and(l.returned_quantity = l.quantity)
        """,
        _seed()  # noqa: S608 - our own text
        + "UPDATE orders.line SET refunded_minor = 1, returned_quantity = 1 WHERE order_id = 'ord_bad'",
    ),
]
