"""State what must always hold of coupons; each with a violation that turns it red."""

from fairday.kernel.invariants import Invariant

_COUPON = (
    "INSERT INTO coupons.coupon (coupon_id, version, status, currency, claim_ends_at, face_minor, quantity_max,"
    " budget_minor, commit_max_minor, issued_count, committed_minor, redeemed_count, spent_minor)"
    " VALUES ('cpn_bad', 1, 'live', 'CNY', now(), 500, 10, 5000, 5000, {issued}, {committed}, {redeemed}, {spent});"
)
_CLAIM = (
    "INSERT INTO coupons.claim (claim_id, coupon_id, member_id, person_id, ordinal, ordinal_max, person_ordinal,"
    " person_max, version, channel, status, face_minor, claimed_at, usable_from, expires_at, lock_owner, locked_until)"
    " VALUES ('clm_{n}', 'cpn_bad', 'mem_{n}', {person}, 1, 1, {person_ordinal}, {person_max}, 1, 'online', '{status}',"
    " 500, '2026-11-11Z', '2026-11-11Z', '2026-11-12Z', {owner}, {until});"
)
_REDEMPTION = (
    "INSERT INTO coupons.redemption (redemption_id, coupon_id, claim_id, version, document_id, channel, status,"
    " currency, face_minor, amount_minor, platform_minor, merchant_minor, brand_minor, redeemed_at, undone_at)"
    " VALUES ('red_{n}', 'cpn_bad', 'clm_1', 1, 'ord_{n}', 'online', '{status}', 'CNY', 500, {amount}, {amount}, 0, 0,"
    " '{at}', {undone});"
)


_HANDED_OVER = "UPDATE coupons.coupon SET merchant_id = 'mer_small'"
_SMALL_SHOP = (
    "INSERT INTO identity.merchant (merchant_id, name, name_en, tier, created_at)"
    " VALUES ('mer_small', 'x', 'x', 'small', now());"
)


def _coupon(issued: int = 0, committed: int = 0, redeemed: int = 0, spent: int = 0) -> str:
    return _COUPON.format(issued=issued, committed=committed, redeemed=redeemed, spent=spent)


def _claim(number: int = 1, status: str = "claimed", owner: str = "NULL", until: str = "NULL") -> str:
    return _CLAIM.format(
        n=number,
        status=status,
        owner=owner,
        until=until,
        person="NULL",
        person_ordinal="NULL",
        person_max="NULL",
    )


def _redemption(
    number: int = 1,
    status: str = "effective",
    amount: int = 100,
    at: str = "2026-11-11Z",
    undone: str = "NULL",
) -> str:
    return _REDEMPTION.format(n=number, status=status, amount=amount, at=at, undone=undone)


_VOIDED = (
    "SELECT coupon_id, c.count AS void_count, r.voided_count FROM (SELECT coupon_id, count(*) FROM coupons.claim"
    " WHERE status = 'voided' GROUP BY coupon_id) c FULL JOIN coupons.recall r USING (coupon_id)"
    " WHERE coalesce(c.count, 0) <> coalesce(r.voided_count, 0)"
)
_BURNT = (
    "SELECT coupon_id, l.count AS logged_count, m.issued_count FROM (SELECT o.subject AS coupon_id, count(*)"
    " FROM kernel.event o JOIN kernel.cursor k ON k.consumer = 'coupons-burn' AND (o.xid, o.id) <= (k.xid, k.id)"
    " WHERE o.type = 'coupons.Claimed' AND EXISTS (SELECT FROM coupons.coupon c WHERE c.coupon_id = o.subject)"
    " GROUP BY 1) l FULL JOIN (SELECT coupon_id, sum(issued_count) AS issued_count FROM coupons.minute GROUP BY 1) m"
    " USING (coupon_id) WHERE coalesce(l.count, 0) <> coalesce(m.issued_count, 0)"
)

INVARIANTS = [
    Invariant(
        "S19",
        "a small shop has at most three open coupons, each within its caps, and a slot for each",
        "SELECT s.merchant_id, NULL AS coupon_id FROM coupons.small_shop_slot s JOIN coupons.coupon c USING (coupon_id)"
        " WHERE c.status <> 'ended' GROUP BY 1 HAVING count(*) > 3"
        " UNION ALL SELECT c.merchant_id, c.coupon_id FROM coupons.small_shop_slot s JOIN coupons.coupon c USING (coupon_id)"
        " WHERE c.status <> 'ended' AND (c.commit_max_minor > 100000 OR c.quantity_max > 500)"
        " UNION ALL SELECT c.merchant_id, c.coupon_id FROM coupons.coupon c JOIN identity.merchant m USING (merchant_id)"
        " LEFT JOIN coupons.small_shop_slot s USING (coupon_id)"
        " WHERE m.tier = 'small' AND c.status <> 'ended' AND s.coupon_id IS NULL",
        _SMALL_SHOP + _coupon() + _HANDED_OVER,
    ),
    Invariant(
        "I1",
        "a coupon issued as many claims as stand, and never more than its quantity",
        "SELECT c.coupon_id, c.issued_count, c.quantity_max, coalesce(k.count, 0) AS claim_count FROM coupons.coupon c"
        " LEFT JOIN (SELECT coupon_id, count(*) FROM coupons.claim GROUP BY coupon_id) k USING (coupon_id)"
        " WHERE c.issued_count <> coalesce(k.count, 0) OR c.issued_count > c.quantity_max",
        _coupon(issued=1),
    ),
    Invariant(
        "I2",
        "the budget commits exactly the faces of the claims that live, and never more than it may",
        "SELECT c.coupon_id, c.committed_minor, coalesce(k.face, 0) AS face_minor FROM coupons.coupon c"
        " LEFT JOIN (SELECT coupon_id, sum(face_minor) AS face FROM coupons.claim"
        " WHERE status IN ('claimed', 'locked', 'redeemed') GROUP BY coupon_id) k USING (coupon_id)"
        " WHERE c.committed_minor <> coalesce(k.face, 0) OR c.committed_minor > c.commit_max_minor",
        _coupon(issued=1, committed=499) + _claim(),
    ),
    Invariant(
        "I3",
        "no member has more claims of a coupon than its cap",
        "SELECT coupon_id, member_id, count(*) FROM coupons.claim GROUP BY coupon_id, member_id"
        " HAVING count(*) > max(ordinal_max)",
        "ALTER TABLE coupons.claim DROP CONSTRAINT claim_of_member;"
        + _claim()
        + _claim().replace("clm_1", "clm_2"),
    ),
    Invariant(
        "I3",
        "no natural person has more claims of a coupon than its cap, over all accounts",
        "SELECT coupon_id, person_id, count(*) FROM coupons.claim WHERE person_ordinal IS NOT NULL"
        " GROUP BY coupon_id, person_id HAVING count(*) > max(person_max)",
        "DROP INDEX coupons.claim_of_person;"
        + "".join(
            _CLAIM.format(
                n=number,
                status="claimed",
                owner="NULL",
                until="NULL",
                person="'per_1'",
                person_ordinal=1,
                person_max=1,
            )
            for number in (1, 2)
        ),
    ),
    Invariant(
        "I3",
        "no day issued more than its share",
        "SELECT coupon_id, day FROM coupons.day_count WHERE issued_count > day_max",
        "ALTER TABLE coupons.day_count DROP CONSTRAINT issued_within_day;"
        "INSERT INTO coupons.day_count VALUES ('cpn_bad', '2026-11-11', 1, 2, 2)",
    ),
    Invariant(
        "I4",
        "a claim has at most one effective redemption, and exactly one when it is redeemed",
        "SELECT c.claim_id, c.status, count(r.redemption_id) FROM coupons.claim c LEFT JOIN coupons.redemption r"
        " ON r.claim_id = c.claim_id AND r.status = 'effective' GROUP BY c.claim_id, c.status"
        " HAVING count(r.redemption_id) <> CASE WHEN c.status = 'redeemed' THEN 1 ELSE 0 END",
        "DROP INDEX coupons.redemption_effective_once;"
        + _claim(status="redeemed")
        + _redemption(1)
        + _redemption(2),
    ),
    Invariant(
        "I5",
        "no redemption takes off more than the claim's face, and its funders pay all of it",
        "SELECT redemption_id FROM coupons.redemption WHERE amount_minor NOT BETWEEN 1 AND face_minor"
        " OR platform_minor + merchant_minor + brand_minor <> amount_minor",
        "ALTER TABLE coupons.redemption DROP CONSTRAINT amount_within_face;" + _redemption(amount=501),
    ),
    Invariant(
        "I5",
        "what a coupon spent is the sum of its effective redemptions, and never more than its budget",
        "SELECT c.coupon_id FROM coupons.coupon c LEFT JOIN (SELECT coupon_id, count(*), sum(amount_minor) AS amount"
        " FROM coupons.redemption WHERE status = 'effective' GROUP BY coupon_id) r USING (coupon_id)"
        " WHERE c.spent_minor <> coalesce(r.amount, 0) OR c.redeemed_count <> coalesce(r.count, 0)"
        " OR c.spent_minor > c.budget_minor",
        _coupon(redeemed=1, spent=100),
    ),
    Invariant(
        "I6",
        "no claim was used before its start, or after its end outside a living lock of at most an hour",
        "SELECT r.redemption_id FROM coupons.redemption r JOIN coupons.claim c USING (claim_id)"
        " WHERE r.redeemed_at < c.usable_from OR r.redeemed_at >= c.expires_at + interval '1 hour'",
        _claim(status="redeemed") + _redemption(at="2026-11-12T01:00:00Z"),
    ),
    Invariant(
        "I7",
        "a claim is returned only by a forfeited redemption, and a lock is on locked claims only",
        "SELECT c.claim_id FROM coupons.claim c WHERE (c.status = 'returned' AND NOT EXISTS (SELECT FROM"
        " coupons.redemption r WHERE r.claim_id = c.claim_id AND r.status = 'forfeited'))"
        " OR (c.status = 'locked') <> (c.lock_owner IS NOT NULL)",
        _claim(status="returned"),
    ),
    Invariant(
        "I8",
        "no lock lives on for more than an hour after its end",
        "SELECT claim_id, lock_owner, locked_until FROM coupons.claim, kernel.clock"
        " WHERE status = 'locked' AND (locked_until IS NULL OR locked_until < clock_timestamp() + jump - interval '1 hour')",
        _claim(status="locked", owner="'ord_1'", until="'2026-11-11Z'"),
    ),
    Invariant(
        "I11",
        "a redemption is undone at most once, and never undone and still effective",
        "SELECT redemption_id FROM coupons.redemption WHERE (status = 'effective') <> (undone_at IS NULL)",
        "ALTER TABLE coupons.redemption DROP CONSTRAINT undone_or_effective;" + _redemption(undone="now()"),
    ),
    Invariant(
        "S05",
        "the minutes of a coupon add up to the claims of the log, up to where it was counted",
        _BURNT,
        "INSERT INTO coupons.minute VALUES ('cpn_bad', '2026-11-11T00:00:00Z', 1, 500, 0, 0)",
    ),
    Invariant(
        "R29",
        "claims are void by a recall only, and a recall counts each once",
        _VOIDED,
        _claim(status="voided"),
    ),
    Invariant(
        "R29",
        "every coupon has all its versions, from the first to the newest",
        "SELECT c.coupon_id FROM coupons.coupon c LEFT JOIN (SELECT coupon_id, count(*), max(version) AS newest"
        " FROM coupons.version GROUP BY coupon_id) v USING (coupon_id)"
        " WHERE v.count IS DISTINCT FROM c.version OR v.newest IS DISTINCT FROM c.version",
        _coupon(),
    ),
]
