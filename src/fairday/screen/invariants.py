"""State what must hold of the totals, by the log and among themselves."""

from fairday.kernel.invariants import Invariant

_COUNTED = """
    SELECT o.type, o.data FROM kernel.event o, kernel.cursor c
    WHERE c.consumer = 'screen-totals' AND (o.xid, o.id) <= (c.xid, c.id)"""

INVARIANTS = [
    Invariant(
        "I54",
        "the screen's orders and GMV are those of the log up to where it was counted",
        f"""
        WITH counted AS ({_COUNTED} AND o.type = 'orders.Paid'),
        paid AS (SELECT DISTINCT ON (data->>'order_id') data FROM counted ORDER BY data->>'order_id'),
        source AS (
            SELECT data->>'currency' AS currency, count(*) AS orders_count, sum((data->>'total_minor')::bigint) AS gmv_minor
            FROM paid GROUP BY 1),
        kept AS (SELECT currency::text, orders_count, gmv_minor FROM screen.total WHERE dimension = 'all')
        SELECT currency, s.orders_count AS logged_count, k.orders_count AS kept_count, s.gmv_minor AS logged_minor,
               k.gmv_minor AS kept_minor
        FROM source s FULL JOIN kept k USING (currency)
        WHERE (s.orders_count, s.gmv_minor) IS DISTINCT FROM (k.orders_count, k.gmv_minor)
          AND NOT (s.orders_count IS NULL AND k.orders_count = 0)""",  # noqa: S608 - our own text
        "INSERT INTO screen.total VALUES ('XTS', 'all', '', 1, 0, 1, 1)",
    ),
    Invariant(
        "I54",
        "the screen's refunds are those of the log up to where it was counted",
        f"""
        WITH counted AS ({_COUNTED} AND o.type = 'orders.Refunded'),
        source AS (
            SELECT data->>'currency' AS currency, sum((data->>'refunded_minor')::bigint) AS refunded_minor
            FROM counted GROUP BY 1),
        kept AS (SELECT currency::text, refunded_minor FROM screen.total WHERE dimension = 'all')
        SELECT currency, s.refunded_minor AS logged_minor, k.refunded_minor AS kept_minor
        FROM source s FULL JOIN kept k USING (currency)
        WHERE coalesce(s.refunded_minor, 0) <> coalesce(k.refunded_minor, 0)""",  # noqa: S608 - our own text
        "INSERT INTO screen.total VALUES ('XTS', 'all', '', 0, 1, 0, 0)",
    ),
    Invariant(
        "I54",
        "the screen's claims, redemptions and members are those of the log up to where it was counted",
        f"""
        WITH counted AS ({_COUNTED}
            AND o.type IN ('coupons.Claimed', 'coupons.Redeemed', 'members.Registered')),
        source AS (
            SELECT CASE type WHEN 'coupons.Claimed' THEN 'claims' WHEN 'coupons.Redeemed' THEN 'redemptions'
                        ELSE 'members' END AS name, count(*) AS count
            FROM counted GROUP BY 1)
        SELECT name, s.count AS logged_count, k.count AS kept_count FROM source s FULL JOIN screen.counter k USING (name)
        WHERE coalesce(s.count, 0) <> coalesce(k.count, 0)""",  # noqa: S608 - our own text
        "INSERT INTO screen.counter AS c VALUES ('claims', 1000000) ON CONFLICT (name) DO UPDATE SET count = c.count + 1",
    ),
    Invariant(
        "S02",
        "channels, provinces, stores and seconds each sum to the total",
        """
        WITH parts AS (
            SELECT currency, dimension, sum(gmv_minor) AS gmv_minor, sum(orders_count) AS orders_count FROM screen.total
            WHERE dimension IN ('channel', 'province', 'store') GROUP BY 1, 2
            UNION ALL
            SELECT currency, 'second', sum(gmv_minor), sum(orders_count) FROM screen.second GROUP BY 1)
        SELECT p.currency, p.dimension, p.gmv_minor, t.gmv_minor AS total_minor
        FROM parts p LEFT JOIN screen.total t ON t.currency = p.currency AND t.dimension = 'all'
        WHERE (p.gmv_minor, p.orders_count) IS DISTINCT FROM (t.gmv_minor, t.orders_count)""",
        "INSERT INTO screen.total VALUES ('XTS', 'channel', 'online', 5, 0, 1, 1)",
    ),
    Invariant(
        "S02",
        "the peak is the busiest second",
        """
        SELECT p.currency, p.orders_per_s, p.at FROM screen.peak p
        WHERE p.orders_per_s IS DISTINCT FROM (SELECT max(s.orders_count) FROM screen.second s WHERE s.currency = p.currency)
        """,
        "INSERT INTO screen.peak VALUES ('XTS', 7, clock_timestamp())",
    ),
    Invariant(
        "S02",
        "a record is a round sum that the total has reached",
        """
        SELECT r.currency, r.threshold_minor, t.gmv_minor FROM screen.record r
        LEFT JOIN screen.total t ON t.currency = r.currency AND t.dimension = 'all'
        WHERE t.gmv_minor IS NULL OR t.gmv_minor < r.threshold_minor""",
        "INSERT INTO screen.record VALUES ('XTS', 100000, clock_timestamp())",
    ),
]
