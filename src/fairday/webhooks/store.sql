-- name: insert_endpoint
-- The count is judged in the same statement; two at once may pass it by one, which harms nobody.
INSERT INTO webhooks.endpoint (endpoint_id, merchant_id, url, description, event_types, secret, made_at)
SELECT $1, $2, $3, $4, $5::text[], $6, $7
WHERE (SELECT count(*) FROM webhooks.endpoint
       WHERE merchant_id IS NOT DISTINCT FROM $2 AND status <> 'deleted') < $8
RETURNING endpoint_id, merchant_id, url, description, event_types, status, failures, next_attempt_at, made_at;

-- name: find_endpoint
-- An operator ($2 null) finds every endpoint, a merchant its own.
SELECT endpoint_id, merchant_id, url, description, event_types, status, failures, next_attempt_at, made_at
FROM webhooks.endpoint
WHERE endpoint_id = $1 AND status <> 'deleted' AND ($2::text IS NULL OR merchant_id = $2);

-- name: list_endpoints
SELECT endpoint_id, merchant_id, url, description, event_types, status, failures, next_attempt_at, made_at
FROM webhooks.endpoint
WHERE status <> 'deleted' AND ($1::text IS NULL OR merchant_id = $1) AND endpoint_id > $2
ORDER BY endpoint_id LIMIT $3;

-- name: delete_endpoint
UPDATE webhooks.endpoint SET status = 'deleted', lease = NULL, leased_until = NULL
WHERE endpoint_id = $1 AND status <> 'deleted' RETURNING endpoint_id;

-- name: cancel_pending
UPDATE webhooks.delivery SET status = 'cancelled' WHERE endpoint_id = $1 AND status = 'pending';

-- name: rotate_secret
UPDATE webhooks.endpoint
SET previous_secret = secret, previous_until = clock_timestamp() + $3::interval, secret = $2
WHERE endpoint_id = $1 AND status <> 'deleted'
RETURNING endpoint_id, merchant_id, url, description, event_types, status, failures, next_attempt_at, made_at;

-- name: list_deliveries
SELECT sequence, event_id, type, status, attempts, made_at, gives_up_at, attempted_at, delivered_at,
       last_status, last_error, last_ms
FROM webhooks.delivery
WHERE endpoint_id = $1 AND sequence < $2 AND ($3::text IS NULL OR status = $3)
ORDER BY sequence DESC LIMIT $4;

-- name: replay_deliveries
-- A replayed message takes its old place in the order again, with its old id and a new term.
UPDATE webhooks.delivery d
SET status = 'pending', attempts = 0, delivered_at = NULL, gives_up_at = clock_timestamp() + $5::interval
FROM (SELECT sequence FROM webhooks.delivery
      WHERE endpoint_id = $1 AND status IN ('delivered', 'dead')
        AND (sequence = ANY ($2::bigint[]) OR sequence >= $3::bigint)
        AND (NOT $4::boolean OR status = 'dead')
      ORDER BY sequence LIMIT 10000) AS chosen
WHERE d.endpoint_id = $1 AND d.sequence = chosen.sequence
  AND EXISTS (SELECT 1 FROM webhooks.message m WHERE (m.event_id, m.audience) = (d.event_id, d.audience))
RETURNING 1;

-- name: wake_endpoint
UPDATE webhooks.endpoint SET next_attempt_at = clock_timestamp(), failures = 0, status = 'active'
WHERE endpoint_id = $1 AND status <> 'deleted';

-- name: active_endpoints
SELECT endpoint_id, merchant_id, event_types FROM webhooks.endpoint WHERE status = 'active' ORDER BY endpoint_id;

-- name: take_sequences
-- One update per endpoint gives a run of places; the fan-out runs behind one cursor, so the order is the log's.
UPDATE webhooks.endpoint e SET last_sequence = e.last_sequence + wanted.count
FROM unnest($1::text[], $2::bigint[]) AS wanted (endpoint_id, count)
WHERE e.endpoint_id = wanted.endpoint_id AND e.status = 'active'
RETURNING e.endpoint_id, e.last_sequence - wanted.count AS before;

-- name: insert_messages
INSERT INTO webhooks.message (event_id, audience, type, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING;

-- name: insert_deliveries
INSERT INTO webhooks.delivery (endpoint_id, sequence, event_id, audience, type, gives_up_at)
SELECT d.endpoint_id, d.sequence, d.event_id, d.audience, d.type, clock_timestamp() + $6::interval
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[])
         AS d (endpoint_id, sequence, event_id, audience, type)
ON CONFLICT (endpoint_id, event_id) DO NOTHING;

-- name: lease_due
-- Healthy and failing endpoints are leased apart, so that many failing ones never take every slot.
UPDATE webhooks.endpoint e SET lease = $1, leased_until = clock_timestamp() + $2::interval
FROM (SELECT endpoint_id FROM webhooks.endpoint d
      WHERE status = 'active' AND next_attempt_at <= clock_timestamp()
        AND (leased_until IS NULL OR leased_until < clock_timestamp())
        AND (failures > 0) = $3::boolean
        AND EXISTS (SELECT 1 FROM webhooks.delivery p WHERE p.endpoint_id = d.endpoint_id AND p.status = 'pending')
      ORDER BY next_attempt_at, endpoint_id LIMIT $4 FOR UPDATE SKIP LOCKED) AS due
WHERE e.endpoint_id = due.endpoint_id
RETURNING e.endpoint_id, e.url, e.failures, e.secret,
          CASE WHEN e.previous_until > clock_timestamp() THEN e.previous_secret END AS previous_secret;

-- name: next_letters
SELECT d.sequence, d.event_id, m.body, d.gives_up_at, clock_timestamp() AS now
FROM webhooks.delivery d JOIN webhooks.message m ON (m.event_id, m.audience) = (d.event_id, d.audience)
WHERE d.endpoint_id = $1 AND d.status = 'pending'
ORDER BY d.sequence LIMIT $2;

-- name: record_attempts
-- Only who still holds the lease may record: a sender that slept too long changes nothing. $4 is the new lease's
-- length, or null to give it back.
WITH mine AS (
    UPDATE webhooks.endpoint
    SET failures = $3, next_attempt_at = clock_timestamp() + $5::interval,
        status = CASE WHEN $6::boolean AND status = 'active' THEN 'gone' ELSE status END,
        lease = CASE WHEN $4::interval IS NULL THEN NULL ELSE lease END,
        leased_until = clock_timestamp() + $4::interval
    WHERE endpoint_id = $1 AND lease = $2
    RETURNING endpoint_id
)
UPDATE webhooks.delivery d
SET status = a.status, attempts = d.attempts + 1, attempted_at = clock_timestamp(),
    delivered_at = CASE WHEN a.status = 'delivered' THEN clock_timestamp() END,
    last_status = a.last_status, last_error = a.last_error, last_ms = a.last_ms
FROM mine,
     unnest($7::bigint[], $8::text[], $9::smallint[], $10::text[], $11::integer[])
        AS a (sequence, status, last_status, last_error, last_ms)
WHERE d.endpoint_id = mine.endpoint_id AND d.sequence = a.sequence AND d.status = 'pending'
RETURNING 1;

-- name: give_back
UPDATE webhooks.endpoint SET lease = NULL, leased_until = NULL WHERE endpoint_id = $1 AND lease = $2;

-- name: bury_late
-- When the first in line died, all behind it whose term is over die with it: the receiver was away for all of them.
UPDATE webhooks.delivery SET status = 'dead', last_error = 'the receiver was away for the whole term'
WHERE endpoint_id = $1 AND status = 'pending' AND gives_up_at <= clock_timestamp()
RETURNING 1;

-- name: sweep_deliveries
DELETE FROM webhooks.delivery
WHERE status <> 'pending' AND made_at < clock_timestamp() - $1::interval;

-- name: sweep_messages
DELETE FROM webhooks.message m
WHERE m.made_at < clock_timestamp() - $1::interval
  AND NOT EXISTS (SELECT 1 FROM webhooks.delivery d WHERE (d.event_id, d.audience) = (m.event_id, m.audience) AND d.status = 'pending');
