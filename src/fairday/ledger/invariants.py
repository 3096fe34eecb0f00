"""State what must always hold in the books. Source: I37-I41, I44."""

from fairday.kernel.invariants import Invariant

_TRANSFER = (
    "INSERT INTO ledger.transfer (posting_id, place, document_id, kind, currency, debit_account, credit_account,"
    " amount_minor, posted_at) VALUES "
)
_ACCOUNT = "INSERT INTO ledger.account (account_id, currency, posted_minor, held_minor, may_go_negative, opened_at) VALUES "
_HOLD = (
    "INSERT INTO ledger.hold (hold_id, document_id, account_id, currency, amount_minor, captured_minor, state,"
    " placed_at, expires_at, settled_at) VALUES "
)

INVARIANTS = [
    Invariant(
        "I37",
        "each transfer moves an amount above zero between two accounts",
        "SELECT posting_id, place FROM ledger.transfer WHERE amount_minor <= 0 OR debit_account = credit_account",
        "ALTER TABLE ledger.transfer DROP CONSTRAINT two_accounts; "
        + _TRANSFER
        + "('trf_x', 0, 'ord_x', 'sale', 'CNY', 'order:clearing', 'order:clearing', 1, clock_timestamp())",
    ),
    Invariant(
        "I37",
        "transfers cannot be changed or deleted",
        "SELECT 'ledger.transfer' AS unguarded WHERE NOT EXISTS (SELECT FROM pg_trigger"
        " WHERE tgrelid = 'ledger.transfer'::regclass AND tgname = 'append_only' AND tgenabled IN ('O', 'A'))",
        "ALTER TABLE ledger.transfer DISABLE TRIGGER append_only",
    ),
    Invariant(
        "I38",
        "an account's balance is the sum of its transfers",
        "SELECT account_id, currency, coalesce(a.posted_minor, 0) AS posted_minor, coalesce(e.sum_minor, 0) AS sum_minor"
        " FROM ledger.account a FULL JOIN (SELECT account_id, currency, sum(amount_minor) AS sum_minor"
        " FROM ledger.entry GROUP BY 1, 2) AS e USING (account_id, currency)"
        " WHERE coalesce(a.posted_minor, 0) <> coalesce(e.sum_minor, 0)",
        _ACCOUNT + "('platform:violation', 'CNY', 1, 0, true, clock_timestamp())",
    ),
    Invariant(
        "I38",
        "an account's statement is numbered without a gap and ends in its balance",
        "SELECT a.account_id, a.currency FROM ledger.account a LEFT JOIN (SELECT account_id, currency, count(*) AS entries,"
        " max(number) AS last, (array_agg(after_minor ORDER BY number DESC))[1] AS after_minor"
        " FROM ledger.entry WHERE number IS NOT NULL GROUP BY 1, 2) AS e USING (account_id, currency)"
        " WHERE a.entries_count <> coalesce(e.entries, 0) OR a.entries_count <> coalesce(e.last, 0)"
        " OR a.posted_minor <> coalesce(e.after_minor, 0)",
        "INSERT INTO ledger.account (account_id, currency, entries_count, may_go_negative, opened_at)"
        " VALUES ('platform:violation', 'CNY', 1, true, clock_timestamp())",
    ),
    Invariant(
        "I38",
        "what is held on an account is the sum of its open holds",
        "SELECT account_id, currency, a.held_minor, h.open_minor FROM ledger.account a"
        " FULL JOIN (SELECT account_id, currency, sum(amount_minor) AS open_minor FROM ledger.hold"
        " WHERE state = 'active' GROUP BY 1, 2) AS h USING (account_id, currency)"
        " WHERE coalesce(a.held_minor, 0) <> coalesce(h.open_minor, 0)",
        _ACCOUNT + "('platform:violation', 'CNY', 0, 1, true, clock_timestamp())",
    ),
    Invariant(
        "I38",
        "the books of each currency sum to zero",
        "SELECT currency, sum(posted_minor) AS difference_minor FROM ledger.account GROUP BY 1 HAVING sum(posted_minor) <> 0",
        _ACCOUNT + "('platform:violation', 'CNY', 1, 0, true, clock_timestamp())",
    ),
    Invariant(
        "I39",
        "no person's account is below zero, held money counted",
        "SELECT account_id, currency, posted_minor, held_minor FROM ledger.account"
        " WHERE posted_minor - held_minor < 0"
        " AND (NOT may_go_negative OR split_part(account_id, ':', 1) IN ('wallet', 'card', 'packet', 'campaign'))",
        "ALTER TABLE ledger.account DROP CONSTRAINT never_below_zero; "
        + _ACCOUNT
        + "('wallet:violation', 'CNY', 0, 1, false, clock_timestamp())",
    ),
    Invariant(
        "I40",
        "a captured hold has one posting of at most what was held; no other hold has any",
        "SELECT h.hold_id, h.state FROM ledger.hold h LEFT JOIN ledger.transfer t"
        " ON t.posting_id = h.hold_id AND t.place = 0"
        " WHERE (h.state = 'captured') <> (t.posting_id IS NOT NULL)"
        " OR t.amount_minor <> h.captured_minor OR h.captured_minor > h.amount_minor",
        _HOLD
        + "('hol_x', 'ord_x', 'wallet:x', 'CNY', 5, 5, 'captured', clock_timestamp(), clock_timestamp(),"
        " clock_timestamp())",
    ),
    Invariant(
        "I40",
        "no hold is open 30 s after its time",
        "SELECT hold_id, expires_at FROM ledger.hold, kernel.clock WHERE state = 'active'"
        " AND expires_at < clock_timestamp() + jump - interval '30 s'",
        _HOLD + "('hol_x', 'ord_x', 'wallet:x', 'CNY', 5, 0, 'active', clock_timestamp(),"
        " '2000-01-01T00:00:00Z', NULL)",
    ),
    Invariant(
        "I41",
        "a posting is of one document and one kind, its transfers numbered from 0",
        "SELECT posting_id FROM ledger.transfer GROUP BY posting_id HAVING count(DISTINCT document_id) > 1"
        " OR count(DISTINCT kind) > 1 OR max(place) <> count(*) - 1 OR min(document_id) = ''",
        _TRANSFER + "('trf_x', 0, 'ord_x', 'sale', 'CNY', 'order:clearing', 'order:x', 1, clock_timestamp()),"
        " ('trf_x', 1, 'ord_y', 'sale', 'CNY', 'order:clearing', 'order:x', 1, clock_timestamp())",
    ),
    Invariant(
        "I44",
        "a posting is of one currency, and its accounts are of that currency",
        "SELECT t.posting_id FROM ledger.transfer t"
        " LEFT JOIN ledger.account d ON (d.account_id, d.currency) = (t.debit_account, t.currency)"
        " LEFT JOIN ledger.account c ON (c.account_id, c.currency) = (t.credit_account, t.currency)"
        " GROUP BY t.posting_id HAVING count(DISTINCT t.currency) > 1"
        " OR bool_or(d.account_id IS NULL AND t.debit_number IS NOT NULL)"
        " OR bool_or(c.account_id IS NULL AND t.credit_number IS NOT NULL)",
        _TRANSFER + "('trf_x', 0, 'ord_x', 'sale', 'CNY', 'order:clearing', 'order:x', 1, clock_timestamp()),"
        " ('trf_x', 1, 'ord_x', 'sale', 'USD', 'order:clearing', 'order:x', 1, clock_timestamp())",
    ),
]
