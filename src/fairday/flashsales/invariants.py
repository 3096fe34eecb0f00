"""State what must hold of flash sales: the places, the shelf, the orders and the log tell one story. Source: I13, I17, I18."""

from fairday.kernel.invariants import Invariant

_SALE = (
    "INSERT INTO flashsales.sale (sale_id, merchant_id, sku_id, store_id, name, currency, regular_minor, price_minor, places,"
    " waitlist_max, hold_s, starts_at, ends_at, status, made_by, made_at, who_key, log_hash, log_at, entered_count, won_count,"
    " ordered_count, waiting_count, log_count)"
    " VALUES ('fls_bad', 'mer_bad', 'sku_bad', 'sto_bad', 'x', 'CNY', 100, 50, 1, 1, 900, now() - interval '1 hour',"
    " now() + interval '1 hour', 'live', 'x', now(), sha256('x'), sha256('x'), now(), {entered}, {won}, 0, {waiting}, 0);"
)
_ENTRY = "INSERT INTO flashsales.entry VALUES ('fls_bad', {place}, 'per_{place}', 'mem_{place}', '{state}', {until}, now(), {order});"


def _entry(place: int, state: str, *, until: str = "NULL", order: str = "NULL") -> str:
    return _ENTRY.format(place=place, state=state, until=until, order=order)


INVARIANTS = [
    Invariant(
        "I13",
        "a sale counts its places as they are: held or bought, bought, waiting; places are numbered without a gap",
        """
        SELECT s.sale_id FROM flashsales.sale s
        LEFT JOIN (
            SELECT sale_id, count(*) AS entered, max(place) AS last, count(*) FILTER (WHERE state IN ('won', 'ordered')) AS won,
                   count(*) FILTER (WHERE state = 'ordered') AS ordered, count(*) FILTER (WHERE state = 'waiting') AS waiting
            FROM flashsales.entry GROUP BY 1
        ) e USING (sale_id)
        WHERE (s.entered_count, s.entered_count, s.won_count, s.ordered_count, s.waiting_count)
              <> (coalesce(e.entered, 0), coalesce(e.last, 0), coalesce(e.won, 0), coalesce(e.ordered, 0), coalesce(e.waiting, 0))
        """,
        _SALE.format(entered=1, won=0, waiting=0),
    ),
    Invariant(
        "I13",
        "no more places are held or bought than there are, and nobody waits while one is free",
        """
        SELECT sale_id FROM flashsales.sale
        WHERE won_count > places OR (status = 'live' AND waiting_count > 0 AND won_count < places)
        """,
        "ALTER TABLE flashsales.sale DROP CONSTRAINT sale_nobody_waits_for_a_free_place;"
        + _SALE.format(entered=1, won=0, waiting=1),
    ),
    Invariant(
        "I13",
        "who waits came after everybody who had a place before, and one person has one place",
        """
        SELECT e.sale_id, min(e.place) FILTER (WHERE e.state = 'waiting') AS place
        FROM flashsales.entry e JOIN flashsales.sale s USING (sale_id)
        WHERE s.status = 'live'
        GROUP BY 1
        HAVING min(e.place) FILTER (WHERE e.state = 'waiting') < max(e.place) FILTER (WHERE e.state IN ('won', 'ordered'))
        UNION ALL
        SELECT sale_id, min(place) FROM flashsales.entry GROUP BY sale_id, person_id HAVING count(*) > 1
        """,
        _SALE.format(entered=2, won=1, waiting=1)
        + _entry(1, "waiting")
        + _entry(2, "won", until="now() + interval '1 hour'"),
    ),
    Invariant(
        "I17",
        "the goods set aside for a live sale are its places that are not bought yet; an ended sale keeps none",
        """
        SELECT s.sale_id FROM flashsales.sale s
        LEFT JOIN stock.reservation r ON r.document_id = s.sale_id AND r.state = 'kept'
        WHERE coalesce(r.quantity, 0) <> CASE WHEN s.status = 'live' THEN s.places - s.ordered_count ELSE 0 END
        """,
        _SALE.format(entered=0, won=0, waiting=0),
    ),
    Invariant(
        "I18",
        "no place is held 30 s after its time",
        """
        SELECT sale_id, place FROM flashsales.entry, kernel.clock
        WHERE state = 'won' AND holds_until < clock_timestamp() + jump - interval '30 s'
        """,
        _SALE.format(entered=1, won=1, waiting=0) + _entry(1, "won", until="now() - interval '1 day'"),
    ),
    Invariant(
        "I13",
        "a bought place is one order of its member over one piece at the sale's price",
        """
        SELECT e.sale_id, e.place FROM flashsales.entry e JOIN flashsales.sale s USING (sale_id)
        LEFT JOIN orders.purchase p ON p.order_id = e.order_id
        LEFT JOIN orders.line l ON l.order_id = e.order_id
        WHERE e.state = 'ordered'
          AND (p.member_id = e.member_id AND l.sku_id = s.sku_id AND l.quantity = 1 AND l.gross_minor = s.price_minor) IS NOT TRUE
        """,
        _SALE.format(entered=1, won=1, waiting=0) + _entry(1, "ordered", order="'ord_gone'"),
    ),
    Invariant(
        "I13",
        "the log is whole: every hash follows from the line before, and the sale's row names its end",
        """
        SELECT sale_id, first_number FROM (
            SELECT sale_id, first_number, last_number, hash, lines,
                   coalesce(lag(hash) OVER w, decode(repeat('00', 32), 'hex')) AS head,
                   coalesce(lag(last_number) OVER w, 0) AS before
            FROM flashsales.log WINDOW w AS (PARTITION BY sale_id ORDER BY first_number)) AS blocks
        WHERE first_number <> before + 1 OR hash <> flashsales.chained(head, lines)
        UNION ALL
        SELECT s.sale_id, s.log_count FROM flashsales.sale s
        LEFT JOIN flashsales.log l ON l.sale_id = s.sale_id AND l.last_number = s.log_count
        WHERE l.hash IS DISTINCT FROM s.log_hash
        """,
        _SALE.format(entered=0, won=0, waiting=0),
    ),
]
