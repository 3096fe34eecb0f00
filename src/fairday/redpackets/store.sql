-- name: send_limits
SELECT currency, total_max_minor, shares_max FROM redpackets.send_limit ORDER BY currency;

-- name: put_send_limit
INSERT INTO redpackets.send_limit (currency, total_max_minor, shares_max) VALUES ($1, $2, $3)
ON CONFLICT (currency) DO UPDATE SET total_max_minor = excluded.total_max_minor, shares_max = excluded.shares_max;

-- name: insert_packets
INSERT INTO redpackets.packet (packet_id, shares_count, total_minor, starts_at, expires_at, total_max_minor)
SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::bigint[]);

-- name: insert_terms
INSERT INTO redpackets.terms (packet_id, member_id, budget, sent_by, mode, message, currency, is_listed, luckiest_place, sent_at)
SELECT n.*, $10 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[],
                            $9::integer[]) AS n;

-- name: insert_invited
INSERT INTO redpackets.invited (packet_id, member_id) SELECT * FROM unnest($1::text[], $2::text[]);

-- name: packets
SELECT packet_id, t.member_id, t.budget, t.mode, t.message, t.currency, p.total_minor, p.shares_count, t.is_listed,
       t.luckiest_place, p.starts_at, p.expires_at, t.sent_at
FROM redpackets.terms t JOIN redpackets.packet p USING (packet_id) WHERE packet_id = ANY ($1::text[]);

-- name: statuses
-- Also lets the transaction's set statements walk their sorted keys and keep their plans, without a trip of its own.
SELECT packet_id, status, set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)
FROM redpackets.packet WHERE packet_id = ANY ($1::text[]);

-- name: moving
SELECT p.packet_id, p.status, p.taken_count, coalesce(s.through_minor, 0) AS taken_minor, p.returned_minor, p.ended_at
FROM redpackets.packet p LEFT JOIN redpackets.share s ON s.packet_id = p.packet_id AND s.place = p.taken_count
WHERE p.packet_id = ANY ($1::text[]);

-- name: invitations
SELECT i.packet_id, i.member_id FROM unnest($1::text[], $2::text[]) AS n (packet_id, member_id)
JOIN redpackets.invited i ON i.packet_id = n.packet_id AND i.member_id = n.member_id;

-- name: invited
SELECT packet_id, member_id FROM redpackets.invited WHERE packet_id = ANY ($1::text[]) ORDER BY packet_id, member_id;

-- name: grab
-- Pops the next shares and gives them to the persons that have none, in order of arrival: one statement, so that a share and its
-- person are one fact. Packets are locked in key order; a packet gives as many as it has. A person who gets one elsewhere at
-- this moment meets the unique key, and the batch runs again. The table's checks restate what is guarded here.
WITH fresh AS MATERIALIZED (
    SELECT n.packet_id, n.member_id, n.person_id, n.number,
           row_number() OVER (PARTITION BY n.packet_id ORDER BY n.number) AS turn
    FROM unnest($1::text::text[], $2::text::text[], $3::text::text[]) WITH ORDINALITY AS n (packet_id, member_id, person_id, number)
    WHERE NOT EXISTS (SELECT FROM redpackets.grab g WHERE g.packet_id = n.packet_id AND g.person_id = n.person_id)
), need AS MATERIALIZED (
    SELECT packet_id, count(*)::integer AS count FROM fresh GROUP BY packet_id ORDER BY packet_id
), taken AS MATERIALIZED (
    UPDATE redpackets.packet p
    SET taken_count = p.taken_count + least(n.count, p.shares_count - p.taken_count),
        taken_last = least(n.count, p.shares_count - p.taken_count),
        status = CASE WHEN p.taken_count + n.count >= p.shares_count THEN 'gone' ELSE p.status END,
        ended_at = CASE WHEN p.taken_count + n.count >= p.shares_count THEN $4::timestamptz END
    FROM need n
    WHERE p.packet_id = n.packet_id AND p.status = 'open' AND p.starts_at <= $4 AND p.expires_at > $4
    RETURNING p.packet_id, p.taken_count - p.taken_last AS before, p.taken_last
)
INSERT INTO redpackets.grab (packet_id, place, person_id, member_id, amount_minor, grabbed_at, is_late, intent)
SELECT s.packet_id, s.place, f.person_id, f.member_id, s.amount_minor, $4, $6,
       nullif(substr($5::bytea, 32 * f.number::integer - 31, 32), '\x0000000000000000000000000000000000000000000000000000000000000000')
FROM taken t JOIN fresh f ON f.packet_id = t.packet_id AND f.turn <= t.taken_last
JOIN redpackets.share s ON s.packet_id = f.packet_id AND s.place = t.before + f.turn
RETURNING packet_id, person_id, place, amount_minor;

-- name: held
SELECT g.packet_id, g.place, g.person_id, g.member_id, g.amount_minor, g.grabbed_at, g.intent
FROM unnest($1::text[], $2::text[]) AS n (packet_id, person_id)
JOIN redpackets.grab g ON g.packet_id = n.packet_id AND g.person_id = n.person_id;

-- name: members_with_shares
SELECT coalesce(string_agg(member_id, ','), '') FROM redpackets.grab WHERE packet_id = $1;

-- name: expire
-- Packets past their time, locked in key order; `through_minor` of the last share that was had tells what is left.
UPDATE redpackets.packet p
SET status = 'expired', ended_at = $1,
    returned_minor = p.total_minor - coalesce(
        (SELECT s.through_minor FROM redpackets.share s WHERE s.packet_id = p.packet_id AND s.place = p.taken_count), 0)
FROM (SELECT packet_id FROM (SELECT packet_id FROM redpackets.packet WHERE status = 'open' AND expires_at <= $1
                             ORDER BY expires_at LIMIT $2) AS first ORDER BY packet_id) AS due
WHERE p.packet_id = due.packet_id AND p.status = 'open' AND p.expires_at <= $1
RETURNING p.packet_id, p.status, p.taken_count, p.total_minor - p.returned_minor AS taken_minor, p.returned_minor, p.ended_at;

-- name: grabs
SELECT packet_id, place, person_id, member_id, amount_minor, grabbed_at, intent FROM redpackets.grab
WHERE packet_id = $1 AND place < $2 ORDER BY place DESC LIMIT $3;

-- name: sent_of_member
SELECT packet_id FROM redpackets.terms WHERE member_id = $1 AND packet_id < $2 ORDER BY packet_id DESC LIMIT $3;

-- name: sent_of_campaigns
SELECT packet_id FROM redpackets.terms WHERE member_id IS NULL AND packet_id < $1 ORDER BY packet_id DESC LIMIT $2;

-- name: grabbed_of_member
SELECT packet_id, place, person_id, member_id, amount_minor, grabbed_at, intent FROM redpackets.grab
WHERE member_id = $1 AND packet_id < $2 ORDER BY packet_id DESC LIMIT $3;

-- name: held_by_member
SELECT packet_id, place, person_id, member_id, amount_minor, grabbed_at, intent FROM redpackets.grab
WHERE member_id = $1 AND packet_id = ANY ($2::text[]);
