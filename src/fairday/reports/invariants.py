"""State what must hold of the sums, by the log and among themselves."""

from fairday.kernel.invariants import Invariant

INVARIANTS = [
    Invariant(
        "I54",
        "the reports' orders and GMV are those of the log up to where it was counted",
        """
        WITH source AS (
            SELECT o.data->>'currency' AS currency, count(*) AS orders_count,
                   sum((o.data->>'total_minor')::bigint) AS gmv_minor
            FROM kernel.event o JOIN kernel.cursor c ON c.consumer = 'reports' AND (o.xid, o.id) <= (c.xid, c.id)
            WHERE o.type = 'orders.Paid' GROUP BY 1),
        kept AS (SELECT currency::text, sum(orders_count) AS orders_count, sum(gmv_minor) AS gmv_minor
            FROM reports.quarter WHERE merchant_id = '' GROUP BY 1)
        SELECT currency, s.orders_count AS logged_count, k.orders_count AS kept_count, s.gmv_minor AS logged_minor,
               k.gmv_minor AS kept_minor
        FROM source s FULL JOIN kept k USING (currency)
        WHERE (coalesce(s.orders_count, 0), coalesce(s.gmv_minor, 0))
              <> (coalesce(k.orders_count, 0), coalesce(k.gmv_minor, 0))""",
        "INSERT INTO reports.quarter VALUES ('XTS', '', '2026-11-11T00:15:00Z', 'online', '', 5, 1, 1, 0)",
    ),
    Invariant(
        "S02",
        "the merchants' parts of the reports sum to the whole",
        """
        SELECT currency, at, channel, store_id FROM reports.quarter GROUP BY 1, 2, 3, 4
        HAVING sum(gmv_minor) FILTER (WHERE merchant_id = '')
               IS DISTINCT FROM sum(gmv_minor) FILTER (WHERE merchant_id <> '')""",
        "INSERT INTO reports.quarter VALUES ('XTS', '', '2026-11-11T00:15:00Z', 'online', '', 5, 1, 1, 0)",
    ),
]
