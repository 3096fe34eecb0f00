"""State what must always hold at tills."""

from fairday.kernel.invariants import Invariant

_TILL = (
    "INSERT INTO tills.till (till_id, merchant_id, store_id, name, currency, pos_prices, made_at)"
    " VALUES ('til_bad', 'mer_bad', 'sto_bad', 'x', 'CNY', false, clock_timestamp());"
)
_SHIFT = (
    "INSERT INTO tills.shift (shift_id, till_id, store_id, merchant_id, clerk_id, clerk_name, session_id, currency,"
    " opening_cash_minor, expected_cash_minor, opened_at)"
    " VALUES ('{shift}', 'til_bad', 'sto_bad', 'mer_bad', 'acc_bad', 'x', 'ses_bad', 'CNY', 0, {cash},"
    " clock_timestamp());"
)
_SALE = (
    "INSERT INTO tills.sale (sale_id, till_id, receipt_id, receipt_number, body_hash, merchant_id, store_id, shift_id,"
    " clerk_id, order_id, claim_ids, currency, gross_minor, discount_minor, total_minor, wallet_minor, cash_minor,"
    " tendered_minor, change_minor, lines, sold_at) VALUES ('sal_bad', 'til_bad', 'r', {number},"
    " '\\x00112233445566778899aabbccddeeff', 'mer_bad', 'sto_bad', 'shf_bad', 'acc_bad', 'ord_bad', '{{}}', 'CNY',"
    " 100, 0, 100, 0, {cash}, 100, 0, '[]', clock_timestamp());"
)

INVARIANTS = [
    Invariant(
        "T1",
        "a till has at most one open shift and one live device",
        "SELECT till_id FROM tills.shift WHERE closed_at IS NULL GROUP BY till_id HAVING count(*) > 1"
        " UNION ALL SELECT till_id FROM tills.device WHERE revoked_at IS NULL GROUP BY till_id HAVING count(*) > 1",
        "DROP INDEX tills.shift_open;"
        + _TILL
        + _SHIFT.format(shift="shf_bad", cash=0)
        + _SHIFT.format(shift="shf_bae", cash=0),
    ),
    Invariant(
        "T2",
        "what should be in a drawer is opening cash plus the cash of its shift's sales, less what was undone in it",
        "SELECT s.shift_id FROM tills.shift s"
        " LEFT JOIN (SELECT shift_id, sum(cash_minor) AS sold FROM tills.sale GROUP BY shift_id) a USING (shift_id)"
        " LEFT JOIN (SELECT undone_shift_id AS shift_id, sum(cash_minor) AS undone FROM tills.sale"
        "            WHERE undone_at IS NOT NULL GROUP BY undone_shift_id) b USING (shift_id)"
        " WHERE s.expected_cash_minor <> s.opening_cash_minor + coalesce(a.sold, 0) - coalesce(b.undone, 0)",
        _TILL + _SHIFT.format(shift="shf_bad", cash=1),
    ),
    Invariant(
        "T3",
        "receipt numbers of a till are dense: as many sales as the last number",
        "SELECT t.till_id FROM tills.till t"
        " LEFT JOIN (SELECT till_id, count(*) AS sales, max(receipt_number) AS last FROM tills.sale GROUP BY till_id) s"
        "   USING (till_id) WHERE t.last_number <> coalesce(s.sales, 0) OR t.last_number <> coalesce(s.last, 0)",
        _TILL + _SHIFT.format(shift="shf_bad", cash=100) + _SALE.format(number=2, cash=100),
    ),
    Invariant(
        "I29",
        "wallet and cash of a sale make up its total, and the change leaves the cash",
        "SELECT sale_id FROM tills.sale WHERE wallet_minor + cash_minor <> total_minor"
        " OR tendered_minor - change_minor <> cash_minor OR gross_minor - discount_minor <> total_minor",
        "ALTER TABLE tills.sale DROP CONSTRAINT sale_tenders; ALTER TABLE tills.sale DROP CONSTRAINT sale_change;"
        + _TILL
        + _SHIFT.format(shift="shf_bad", cash=99)
        + _SALE.format(number=1, cash=99),
    ),
]
