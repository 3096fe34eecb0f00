-- name: move_accounts
-- One guarded set update: each account takes its whole net of the batch or nothing. The row is written either way, so
-- every row is locked in key order and its exact balance comes back; moved_count tells whether it fitted.
UPDATE ledger.account AS a
SET posted_minor = a.posted_minor + CASE WHEN a.may_go_negative OR a.posted_minor - a.held_minor + n.low_minor >= 0 THEN n.net_minor ELSE 0 END,
    entries_count = a.entries_count + CASE WHEN a.may_go_negative OR a.posted_minor - a.held_minor + n.low_minor >= 0 THEN n.entries ELSE 0 END,
    moved_count = CASE WHEN a.may_go_negative OR a.posted_minor - a.held_minor + n.low_minor >= 0 THEN n.entries ELSE 0 END
FROM unnest($1::text::text[], $2::text::text[], $3::text::bigint[], $4::text::bigint[], $5::text::int[])
     AS n (account_id, currency, net_minor, low_minor, entries)
WHERE a.account_id = n.account_id AND a.currency = n.currency
RETURNING a.account_id, a.currency, a.posted_minor, a.held_minor, a.entries_count, a.moved_count, a.may_go_negative;

-- name: correct_accounts
-- After some postings of a batch were refused: from what move_accounts took to what the judged postings take. The rows
-- are locked by then, and the CHECK judges them again.
UPDATE ledger.account AS a
SET posted_minor = a.posted_minor + n.delta_minor, entries_count = a.entries_count + n.entries
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::int[]) AS n (account_id, currency, delta_minor, entries)
WHERE a.account_id = n.account_id AND a.currency = n.currency;

-- name: open_accounts
INSERT INTO ledger.account (account_id, currency, may_go_negative, opened_at)
SELECT n.account_id, n.currency, n.may_go_negative, $4
FROM unnest($1::text[], $2::text[], $3::boolean[]) AS n (account_id, currency, may_go_negative)
ORDER BY n.account_id, n.currency
ON CONFLICT DO NOTHING;

-- name: posted_ids
SELECT posting_id FROM ledger.transfer WHERE posting_id = ANY ($1::text[]) AND place = 0;

-- name: transfers_of
SELECT posting_id, place, document_id, kind, currency, debit_account, credit_account, amount_minor, reverses
FROM ledger.transfer WHERE posting_id = ANY ($1::text[]) ORDER BY posting_id, place;

-- name: reversals_of
SELECT reverses, posting_id FROM ledger.transfer WHERE reverses = ANY ($1::text[]) AND place = 0;

-- name: accounts
SELECT account_id, currency, posted_minor, held_minor, entries_count, may_go_negative
FROM ledger.account WHERE account_id = ANY ($1::text[]) ORDER BY account_id, currency;

-- name: campaign_budgets
-- A range of the primary key: what follows ':' in the alphabet is ';'.
SELECT account_id, currency, posted_minor - held_minor AS left_minor FROM ledger.account
WHERE account_id >= 'campaign:' AND account_id < 'campaign;' ORDER BY account_id, currency;

-- name: all_have
SELECT count(*) = $4::int
FROM unnest($1::text::text[], $2::text::bigint[]) AS n (account_id, need_minor)
JOIN ledger.account a ON a.account_id = n.account_id AND a.currency = $3
WHERE a.posted_minor - a.held_minor >= n.need_minor;

-- name: statement
-- Newest first. Numbers are dense per account and currency, so each side reads at most a page.
SELECT number, posting_id, document_id, kind, other_account, amount_minor, balance_minor, posted_at
FROM ((SELECT debit_number AS number, posting_id, document_id, kind, credit_account AS other_account,
              -amount_minor AS amount_minor, debit_after_minor AS balance_minor, posted_at
       FROM ledger.transfer
       WHERE debit_account = $1 AND currency = $2 AND debit_number IS NOT NULL AND debit_number < $3
       ORDER BY debit_number DESC LIMIT $4)
      UNION ALL
      (SELECT credit_number, posting_id, document_id, kind, debit_account, amount_minor, credit_after_minor, posted_at
       FROM ledger.transfer
       WHERE credit_account = $1 AND currency = $2 AND credit_number IS NOT NULL AND credit_number < $3
       ORDER BY credit_number DESC LIMIT $4)) AS entry
ORDER BY number DESC LIMIT $4;

-- name: trial_balance
SELECT currency, split_part(account_id, ':', 1) AS kind, count(*)::bigint AS accounts_count,
       sum(posted_minor)::bigint AS posted_minor, sum(held_minor)::bigint AS held_minor
FROM ledger.account GROUP BY 1, 2 ORDER BY 1, 2;

-- name: take_holds
UPDATE ledger.account AS a
SET held_minor = a.held_minor + CASE WHEN a.may_go_negative OR a.posted_minor - a.held_minor >= n.amount_minor THEN n.amount_minor ELSE 0 END,
    moved_count = CASE WHEN a.may_go_negative OR a.posted_minor - a.held_minor >= n.amount_minor THEN 1 ELSE 0 END
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS n (account_id, currency, amount_minor)
WHERE a.account_id = n.account_id AND a.currency = n.currency
RETURNING a.account_id, a.currency, a.posted_minor, a.held_minor, a.entries_count, a.moved_count, a.may_go_negative;

-- name: change_held
UPDATE ledger.account AS a
SET held_minor = a.held_minor + n.delta_minor
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS n (account_id, currency, delta_minor)
WHERE a.account_id = n.account_id AND a.currency = n.currency
RETURNING a.account_id;

-- name: holds
SELECT hold_id, document_id, account_id, currency, amount_minor, captured_minor, state, expires_at
FROM ledger.hold WHERE hold_id = ANY ($1::text[]);

-- name: settle_holds
-- The guard is the state and, for a capture or a void, the time: a hold past its time only expires.
UPDATE ledger.hold AS h
SET state = $2::text, captured_minor = ($3::bigint[])[array_position($1::text[], h.hold_id)], settled_at = $4
WHERE h.hold_id = ANY ($1::text[]) AND h.state = 'active' AND (h.expires_at > $4) = ($2::text <> 'expired')
RETURNING h.hold_id, h.document_id, h.account_id, h.currency, h.amount_minor, h.captured_minor, h.state, h.expires_at;

-- name: due_holds
SELECT hold_id FROM ledger.hold WHERE state = 'active' AND expires_at <= $1 ORDER BY expires_at LIMIT $2;
