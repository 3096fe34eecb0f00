"""State what must always hold of tills without network."""

from fairday.kernel.invariants import Invariant

_LOG = (
    "INSERT INTO offline.log (device_id, till_id, merchant_id, last_seq, head_hash, opened_at)"
    " VALUES ('dev_bad', 'til_bad', 'mer_bad', {last}, sha256('x'), now());"
)
_LEASE = (
    "INSERT INTO offline.lease (lease_id, device_id, till_id, store_id, merchant_id, currency, face_max_minor, count_max,"
    " value_max_minor, lease_s, granted_at, expires_at, used_count, used_minor) VALUES ('lea_bad', 'dev_bad', 'til_bad',"
    " 'sto_bad', 'mer_bad', 'CNY', 100, 1, 100, 300, '2200-01-01Z', '2200-01-02Z', {count}, {minor});"
)
_RECORD = (
    "INSERT INTO offline.record (device_id, seq, lease_id, kind, prev_hash, hash, body, state, flags, use_count, happened_at,"
    " received_at) VALUES ('dev_bad', {seq}, 'lea_bad', 'redemption', {prev}, sha256({prev} || '{{}}'), '{{}}', 'applied',"
    " '{{}}', {uses}, now(), now());"
)
_START = "sha256(convert_to('fairday till log v1 dev_bad', 'UTF8'))"
_USE = (
    "INSERT INTO offline.use (device_id, seq, place, lease_id, claim_id, coupon_id, amount_minor, outcome, reason,"
    " redemption_id, break_id) VALUES ('dev_bad', {seq}, 0, 'lea_bad', 'clm_bad', 'cpn_bad', 100, '{outcome}', {reason},"
    " {redemption}, {broken});"
)
_BREAK = (
    "INSERT INTO offline.redemption_break (break_id, device_id, seq, place, kind, reason, merchant_id, store_id, till_id,"
    " currency, amount_minor, receipt_total_minor, posted_to, bearer, posting_id, happened_at, booked_at) VALUES"
    " ('brk_bad', 'dev_bad', 1, 0, 'conflict', 'already_used', 'mer_bad', 'sto_bad', 'til_bad', 'CNY', 100, 0, 'merchant',"
    " 'merchant', 'break:brk_bad', now(), now());"
)
_LOST = _USE.format(seq=1, outcome="conflict", reason="'already_used'", redemption="NULL", broken="'brk_bad'")

_SLICE = (
    "INSERT INTO offline.slice (lease_id, coupon_id, version, count_max, value_max_minor, escrow_minor)"
    " VALUES ('lea_bad', 'cpn_bad', 1, 1, 100, 100)"
)

INVARIANTS = [
    Invariant(
        "I9",
        "a device's log has no gap and ends where its head says; every record is chained to the one before",
        """
        SELECT l.device_id, l.last_seq::text FROM offline.log l
        LEFT JOIN (SELECT device_id, count(*) AS records, max(seq) AS last FROM offline.record GROUP BY 1) r USING (device_id)
        WHERE (coalesce(r.records, 0), coalesce(r.last, 0)) <> (l.last_seq, l.last_seq)
           OR (l.last_seq > 0 AND l.head_hash <> (
               SELECT hash FROM offline.record h WHERE h.device_id = l.device_id AND h.seq = l.last_seq))
        UNION ALL
        SELECT device_id, seq::text FROM (
            SELECT device_id, seq, prev_hash, hash, body, lag(hash) OVER (PARTITION BY device_id ORDER BY seq) AS before
            FROM offline.record) r
        WHERE hash <> sha256(prev_hash || convert_to(body, 'UTF8'))
           OR prev_hash <> coalesce(before, sha256(convert_to('fairday till log v1 ' || device_id, 'UTF8')))
        """,
        _LOG.format(last=2)
        + _RECORD.format(seq=1, prev=_START, uses=0)
        + _RECORD.format(seq=2, prev=_START, uses=0),
    ),
    Invariant(
        "I9",
        "of the coupons that records used each is effective, in conflict or flagged: together as many as were uploaded",
        """
        SELECT r.device_id, r.seq FROM offline.record r
        LEFT JOIN (
            SELECT device_id, seq, count(*) FILTER (WHERE outcome = 'effective')
                   + count(*) FILTER (WHERE outcome = 'conflict') + count(*) FILTER (WHERE outcome = 'flagged') AS uses
            FROM offline.use GROUP BY 1, 2
        ) u USING (device_id, seq)
        WHERE r.use_count <> coalesce(u.uses, 0)
        UNION ALL
        SELECT u.device_id, u.seq FROM offline.use u
        WHERE NOT EXISTS (SELECT FROM offline.record r WHERE r.device_id = u.device_id AND r.seq = u.seq)
        """,
        _LOG.format(last=1) + _RECORD.format(seq=1, prev=_START, uses=1),
    ),
    Invariant(
        "I4",
        "an effective use is a redemption of that claim for that amount, and one redemption stands for one receipt's use",
        """
        SELECT u.device_id, u.seq, u.place FROM offline.use u
        LEFT JOIN coupons.redemption r ON r.claim_id = u.claim_id AND r.redemption_id = u.redemption_id
        WHERE u.outcome = 'effective' AND (r.redemption_id IS NULL OR r.amount_minor <> u.amount_minor)
        UNION ALL
        SELECT min(u.device_id), min(u.seq), min(u.place) FROM offline.use u
        JOIN offline.record r USING (device_id, seq)
        WHERE u.outcome = 'effective' GROUP BY u.redemption_id HAVING count(DISTINCT (u.device_id, r.receipt_id)) > 1
        """,
        _LOG.format(last=1)
        + _RECORD.format(seq=1, prev=_START, uses=1)
        + _USE.format(seq=1, outcome="effective", reason="NULL", redemption="'red_bad'", broken="NULL"),
    ),
    Invariant(
        "I10",
        "each use that does not count is one break, and each record of another branch is in the breaks",
        """
        SELECT u.device_id, u.seq FROM offline.use u
        LEFT JOIN offline.redemption_break b
          ON b.break_id = u.break_id AND (b.device_id, b.seq, b.place) = (u.device_id, u.seq, u.place)
        WHERE u.outcome <> 'effective' AND (b.break_id IS NULL OR b.amount_minor <> u.amount_minor OR b.kind <> u.outcome)
        UNION ALL
        SELECT f.device_id, f.seq FROM offline.fork f
        WHERE NOT EXISTS (
            SELECT FROM offline.redemption_break b WHERE (b.device_id, b.seq, b.fork_hash) = (f.device_id, f.seq, f.hash))
        UNION ALL
        SELECT r.device_id, r.seq FROM offline.record r
        WHERE r.state = 'flagged' AND NOT EXISTS (
            SELECT FROM offline.redemption_break b WHERE (b.device_id, b.seq) = (r.device_id, r.seq))
        """,
        _LOG.format(last=1) + _RECORD.format(seq=1, prev=_START, uses=1) + _LOST,
    ),
    Invariant(
        "I10",
        "each break has exactly one posting, to the loss account of who bore it first; a voided one has it backwards too",
        """
        SELECT b.break_id FROM offline.redemption_break b
        LEFT JOIN (
            SELECT document_id, count(*) AS postings, max(amount_minor) AS amount_minor, max(debit_account) AS account
            FROM ledger.transfer WHERE kind = 'redemption_break' GROUP BY 1
        ) t ON t.document_id = b.break_id
        WHERE (coalesce(t.postings, 0), coalesce(t.amount_minor, 0))
              <> (CASE WHEN b.amount_minor > 0 THEN 1 ELSE 0 END, b.amount_minor)
           OR (b.amount_minor > 0 AND t.account <> CASE b.posted_to WHEN 'platform' THEN 'platform:offline_loss'
               ELSE 'merchant:' || b.merchant_id || ':offline_loss' END)
        UNION ALL
        SELECT t.document_id FROM ledger.transfer t
        WHERE t.kind = 'redemption_break'
          AND NOT EXISTS (SELECT FROM offline.redemption_break b WHERE b.break_id = t.document_id)
        UNION ALL
        SELECT b.break_id FROM offline.redemption_break b
        WHERE (b.state = 'voided' AND b.amount_minor > 0) <> EXISTS (
            SELECT FROM ledger.transfer t WHERE t.posting_id = 'break_voided:' || b.break_id)
           OR (b.bearer <> b.posted_to AND b.amount_minor > 0) <> EXISTS (
            SELECT FROM ledger.transfer t WHERE t.posting_id = 'break_moved:' || b.break_id)
        """,
        _BREAK,
    ),
    Invariant(
        "I10",
        "no lease took more coupons or more of their value than its floor limits, nor more than its records say",
        """
        SELECT l.lease_id FROM offline.lease l
        LEFT JOIN (
            SELECT lease_id, count(*) AS uses, sum(amount_minor) AS minor FROM offline.use WHERE is_counted GROUP BY 1
        ) u USING (lease_id)
        WHERE l.used_count > l.count_max OR l.used_minor > l.value_max_minor
           OR (l.used_count, l.used_minor) <> (coalesce(u.uses, 0), coalesce(u.minor, 0))
        """,
        _LOG.format(last=0) + _LEASE.format(count=1, minor=100),
    ),
    Invariant(
        "R41",
        "what passed the floor limits was let pass by a supervisor, and the list says how much",
        """
        SELECT device_id, seq FROM (
            SELECT device_id, seq, count(*) AS uses, sum(amount_minor)::bigint AS minor FROM offline.use
            WHERE is_overridden GROUP BY 1, 2
        ) u FULL JOIN (SELECT * FROM offline.override WHERE state = 'granted') o USING (device_id, seq)
        WHERE (coalesce(u.uses, 0), coalesce(u.minor, 0)) <> (coalesce(o.use_count, 0), coalesce(o.amount_minor, 0))""",
        _LOG.format(last=1)
        + _RECORD.format(seq=1, prev=_START, uses=1)
        + _LOST.replace("break_id)", "break_id, is_overridden)").replace("'brk_bad');", "'brk_bad', true);"),
    ),
    Invariant(
        "S05",
        "what coupons have set aside is what open leases hold and have not spent",
        """
        SELECT coupon_id, c.leased_minor, s.left_minor FROM coupons.coupon c
        FULL JOIN (
            SELECT coupon_id, sum(escrow_minor - escrow_spent_minor)::bigint AS left_minor
            FROM offline.slice JOIN offline.lease USING (lease_id) WHERE state = 'open' GROUP BY 1
        ) s USING (coupon_id)
        WHERE coalesce(c.leased_minor, 0) <> coalesce(s.left_minor, 0)
        """,
        _LOG.format(last=0) + _LEASE.format(count=0, minor=0) + _SLICE,
    ),
    Invariant(
        "R38",
        "no lease is open an hour after its end, and no device has two",
        "SELECT device_id FROM offline.lease, kernel.clock WHERE state = 'open'"
        " AND expires_at < clock_timestamp() + jump - interval '1 hour'"
        " UNION ALL SELECT device_id FROM offline.lease WHERE state = 'open' GROUP BY device_id HAVING count(*) > 1",
        _LOG.format(last=0)
        + _LEASE.format(count=0, minor=0)
        .replace("2200-01-01Z", "2000-01-01Z")
        .replace("2200-01-02Z", "2000-01-02Z"),
    ),
]
