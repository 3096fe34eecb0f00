-- name: insert_messages
INSERT INTO inbox.message (member_id, message_id, fact, kind, about, happened_at)
SELECT d.member_id, d.message_id, d.fact, d.kind, d.about::jsonb, d.happened_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
     AS d (member_id, message_id, fact, kind, about, happened_at)
ORDER BY d.member_id, d.message_id
ON CONFLICT (member_id, fact) DO NOTHING;

-- name: messages
SELECT message_id, kind, about::text AS about, happened_at, read_at IS NOT NULL AS is_read FROM inbox.message
WHERE member_id = $1 AND message_id < $2 ORDER BY message_id DESC LIMIT $3;

-- name: mark_read
UPDATE inbox.message SET read_at = $3 WHERE member_id = $1 AND message_id <= $2 AND read_at IS NULL;

-- name: count_unread
SELECT count(*) FROM (SELECT FROM inbox.message WHERE member_id = $1 AND read_at IS NULL LIMIT 100) AS one;

-- name: delete_old
DELETE FROM inbox.message WHERE (member_id, message_id) IN (
    SELECT member_id, message_id FROM inbox.message WHERE happened_at < $1 ORDER BY happened_at LIMIT $2);
