"""State what must hold of red packets: the shares, the grabs and the books say the same. Source: I43, R60-R64."""

from fairday.kernel.invariants import Invariant

_PACKET = (
    "INSERT INTO redpackets.packet (packet_id, shares_count, total_minor, starts_at, expires_at)"
    " VALUES ('pkt_x', 2, 10, now(), now() + interval '1 day');"
    "INSERT INTO redpackets.terms VALUES ('pkt_x', 'mem_s', NULL, 'acc_s', 'equal', '', 'CNY', false, 1, now());"
    "INSERT INTO redpackets.share VALUES ('pkt_x', 1, 5, 5), ('pkt_x', 2, 5, 10);"
)
_FUND = (
    "INSERT INTO ledger.account (account_id, currency, posted_minor, may_go_negative, opened_at)"
    " VALUES ('packet:pkt_x', 'CNY', 10, false, now());"
    "INSERT INTO ledger.transfer (posting_id, place, document_id, kind, currency, debit_account, credit_account,"
    " amount_minor, posted_at) VALUES ('send:pkt_x', 0, 'pkt_x', 'red_packet_send', 'CNY', 'wallet:mem_s', 'packet:pkt_x', 10, now());"
)
_GRAB = "INSERT INTO redpackets.grab (packet_id, place, person_id, member_id, amount_minor, grabbed_at, is_late) VALUES "

INVARIANTS = [
    Invariant(
        "I43",
        "a packet's shares are numbered from 1 to its count, at least one minor unit each, and sum to its total",
        """
        SELECT p.packet_id FROM redpackets.packet p
        LEFT JOIN (SELECT packet_id, count(*) AS n, max(place) AS last, min(amount_minor) AS least, sum(amount_minor) AS total
                   FROM redpackets.share GROUP BY 1) s USING (packet_id)
        WHERE (s.n, s.last, s.total) IS DISTINCT FROM (p.shares_count::bigint, p.shares_count, p.total_minor::numeric) OR s.least < 1
        """,
        _PACKET + "UPDATE redpackets.packet SET total_minor = 11 WHERE packet_id = 'pkt_x'",  # noqa: S608 - our own text
    ),
    Invariant(
        "I43",
        "what the shares up to a place come to is written with it",
        """
        SELECT packet_id, place FROM (
            SELECT packet_id, place, through_minor, sum(amount_minor) OVER (PARTITION BY packet_id ORDER BY place) AS sum_minor
            FROM redpackets.share) s
        WHERE through_minor <> sum_minor
        """,
        _PACKET + "UPDATE redpackets.share SET through_minor = 9 WHERE packet_id = 'pkt_x' AND place = 2",  # noqa: S608 - our own text
    ),
    Invariant(
        "I43",
        "the grabs of a packet are its first shares, as many as it counts, each with that share's amount",
        """
        SELECT p.packet_id, g.place FROM redpackets.grab g
        LEFT JOIN redpackets.packet p USING (packet_id) LEFT JOIN redpackets.share s USING (packet_id, place)
        WHERE p.packet_id IS NULL OR g.place > p.taken_count OR g.amount_minor IS DISTINCT FROM s.amount_minor
        UNION ALL
        SELECT p.packet_id, p.taken_count FROM redpackets.packet p
        WHERE p.taken_count <> (SELECT count(*) FROM redpackets.grab g WHERE g.packet_id = p.packet_id)
        """,
        _PACKET + _GRAB + "('pkt_x', 1, 'per_x', 'mem_x', 4, now(), false)",
    ),
    Invariant(
        "I43",
        "a natural person has at most one share of a packet",
        "SELECT packet_id, person_id FROM redpackets.grab GROUP BY 1, 2 HAVING count(*) > 1",
        "ALTER TABLE redpackets.grab DROP CONSTRAINT person_has_one;"
        + _GRAB
        + "('pkt_x', 1, 'per_x', 'mem_x', 5, now(), false), ('pkt_x', 2, 'per_x', 'mem_y', 5, now(), false)",
    ),
    Invariant(
        "I43",
        "shares had and the rest that went back are what was funded",
        """
        SELECT p.packet_id FROM redpackets.packet p
        LEFT JOIN (SELECT packet_id, sum(amount_minor) AS had FROM redpackets.grab GROUP BY 1) g USING (packet_id)
        WHERE p.status <> 'open' AND coalesce(g.had, 0) + p.returned_minor <> p.total_minor
        """,
        _PACKET  # noqa: S608 - our own text
        + "UPDATE redpackets.packet SET status = 'expired', ended_at = now(), returned_minor = 9 WHERE packet_id = 'pkt_x'",
    ),
    Invariant(
        "I43",
        "only who was listed has a share of a packet for listed members",
        """
        SELECT g.packet_id, g.member_id FROM redpackets.grab g JOIN redpackets.terms t USING (packet_id)
        LEFT JOIN redpackets.invited i ON i.packet_id = g.packet_id AND i.member_id = g.member_id
        WHERE t.is_listed AND i.member_id IS NULL
        """,
        _PACKET  # noqa: S608 - our own text
        + "UPDATE redpackets.terms SET is_listed = true WHERE packet_id = 'pkt_x';"
        + _GRAB
        + "('pkt_x', 1, 'per_x', 'mem_x', 5, now(), false)",
    ),
    Invariant(
        "I43",
        "the books agree: a packet was funded once, each share paid once to its member's wallet (a late one within 30 s), the rest"
        " once to the source",
        """
        WITH meant AS (
            SELECT 'send:' || p.packet_id AS posting_id, t.currency, coalesce('wallet:' || t.member_id, 'campaign:' || t.budget) AS debit,
                   'packet:' || p.packet_id AS credit, p.total_minor AS amount_minor, NULL::timestamptz AS late_since
            FROM redpackets.packet p JOIN redpackets.terms t USING (packet_id)
            UNION ALL
            SELECT 'grab:' || g.packet_id || ':' || g.place, t.currency, 'packet:' || g.packet_id, 'wallet:' || g.member_id, g.amount_minor,
                   CASE WHEN g.is_late THEN g.recorded_at END
            FROM redpackets.grab g JOIN redpackets.terms t USING (packet_id)
            UNION ALL
            SELECT 'return:' || p.packet_id, t.currency, 'packet:' || p.packet_id,
                   coalesce('wallet:' || t.member_id, 'campaign:' || t.budget), p.returned_minor, NULL
            FROM redpackets.packet p JOIN redpackets.terms t USING (packet_id) WHERE p.returned_minor > 0)
        SELECT coalesce(m.posting_id, b.posting_id) AS posting_id FROM meant m
        FULL JOIN (SELECT posting_id, currency, debit_account, credit_account, amount_minor FROM ledger.transfer
                   WHERE kind IN ('red_packet_send', 'red_packet_grab', 'red_packet_return')) b USING (posting_id)
        WHERE (m.currency, m.debit, m.credit, m.amount_minor)
              IS DISTINCT FROM (b.currency, b.debit_account, b.credit_account, b.amount_minor)
          AND NOT (b.posting_id IS NULL AND coalesce(m.late_since > clock_timestamp() - interval '30 s', false))
        """,
        _PACKET + _FUND + _GRAB + "('pkt_x', 1, 'per_x', 'mem_x', 5, now(), false)",
    ),
    Invariant(
        "I43",
        "a packet's account holds what was neither paid to wallets nor sent back",
        """
        SELECT p.packet_id FROM redpackets.packet p JOIN redpackets.terms t USING (packet_id)
        LEFT JOIN redpackets.share s ON s.packet_id = p.packet_id AND s.place = p.taken_count
        LEFT JOIN ledger.account a ON a.account_id = 'packet:' || p.packet_id AND a.currency = t.currency
        LEFT JOIN LATERAL (
            SELECT sum(g.amount_minor) AS waiting FROM redpackets.grab g
            WHERE g.packet_id = p.packet_id AND g.is_late AND NOT EXISTS (
                SELECT FROM ledger.transfer x WHERE x.posting_id = 'grab:' || g.packet_id || ':' || g.place)) w ON true
        WHERE coalesce(a.posted_minor, 0)
              <> p.total_minor - coalesce(s.through_minor, 0) - p.returned_minor + coalesce(w.waiting, 0)
        """,
        _PACKET,
    ),
    Invariant(
        "I43",
        "no packet is open 30 s after its time",
        "SELECT packet_id, expires_at FROM redpackets.packet, kernel.clock WHERE status = 'open'"
        " AND expires_at < clock_timestamp() + jump - interval '30 s'",
        _PACKET  # noqa: S608 - our own text
        + "UPDATE redpackets.packet SET starts_at = '2000-01-01T00:00:00Z', expires_at = '2000-01-02T00:00:00Z'"
        " WHERE packet_id = 'pkt_x'",
    ),
]
