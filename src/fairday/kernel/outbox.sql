-- name: ensure_cursor
INSERT INTO kernel.cursor (consumer) VALUES ($1) ON CONFLICT DO NOTHING;

-- name: lock_cursor
SELECT xid::text AS xid, id FROM kernel.cursor WHERE consumer = $1 FOR UPDATE SKIP LOCKED;

-- name: who_waits
-- Consumers behind whose cursor something can be read, and those that never read: one look for all, which writes nothing.
SELECT w.consumer FROM unnest($1::text[]) AS w (consumer) LEFT JOIN kernel.cursor c USING (consumer)
WHERE c.consumer IS NULL OR EXISTS (
    SELECT FROM kernel.outbox o WHERE (o.xid, o.id) > (c.xid, c.id) AND o.xid < pg_snapshot_xmin(pg_current_snapshot()));

-- name: insert_event
INSERT INTO kernel.outbox (event_id, type, subject, merchant_id, happened_at, data) VALUES ($1, $2, $3, $4, $5, $6);

-- name: insert_bundle
-- The row stands at its last event's place; the places before it, as many as it has events, are nobody else's.
INSERT INTO kernel.outbox (id, event_id, type, subject, happened_at, data, count, types) OVERRIDING SYSTEM VALUE
SELECT max(nextval('kernel.outbox_id_seq')), $1, '', '', $2, $3, $4::integer, $5::text[] FROM generate_series(1, $4::integer);

-- name: read_events
-- Only transactions below the oldest one still running: sequence order is not commit order. The order names the table,
-- for a bare xid would be the text of the SELECT list, in which 1000 stands before 999. The first row may be a bundle
-- that is half read; rows that begin behind the wanted number of events are left for the next time.
SELECT xid::text AS xid, id, event_id, type, subject, merchant_id, happened_at, recorded_at, data, count
FROM (
    SELECT outbox.*, sum(count) OVER (ORDER BY outbox.xid, outbox.id) - count AS before
    FROM kernel.outbox
    WHERE (xid, id) > ($1::text::xid8, $2::bigint) AND xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY outbox.xid, outbox.id
    LIMIT $3) AS o
WHERE before < $3
ORDER BY o.xid, o.id;

-- name: move_cursor
UPDATE kernel.cursor SET xid = $2::text::xid8, id = $3, moved_at = clock_timestamp() WHERE consumer = $1;

-- name: park_event
INSERT INTO kernel.parked_event (consumer, xid, id, event_id, error)
VALUES ($1, $2::text::xid8, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: wait_for_cursor
SELECT xid::text AS xid, id FROM kernel.cursor WHERE consumer = $1 FOR UPDATE;

-- name: read_events_until
-- What a consumer has already been given, from the beginning, in the same order.
-- A bundle that the consumer is in the middle of ends behind its cursor and begins before it.
SELECT xid::text AS xid, id, event_id, type, subject, merchant_id, happened_at, recorded_at, data, count
FROM (
    SELECT outbox.*, sum(count) OVER (ORDER BY outbox.xid, outbox.id) - count AS before
    FROM kernel.outbox
    WHERE (xid, id) > ($1::text::xid8, $2::bigint) AND (xid, id - count) < ($3::text::xid8, $4::bigint)
      AND (xid, id) <= ($3::text::xid8, $4::bigint + 1000) AND (type = ANY($5::text[]) OR types && $5::text[])
    ORDER BY outbox.xid, outbox.id
    LIMIT $6) AS o
WHERE before < $6
ORDER BY o.xid, o.id;

-- name: oldest_unread
SELECT extract(epoch FROM clock_timestamp() - (
    SELECT o.recorded_at FROM kernel.outbox o
    WHERE (o.xid, o.id) > (c.xid, c.id) AND (o.type = ANY($2::text[]) OR o.types && $2::text[])
    ORDER BY o.xid, o.id LIMIT 1))::float8 AS age_s
FROM kernel.cursor c WHERE c.consumer = $1;
