-- One row of the log may carry many events of one transaction. Such a row has `count` > 1, stands at the place of its
-- last event, and holds [[type, subject, merchant_id, data], ...] in `data`; rows made before are bundles of one.
ALTER TABLE kernel.outbox
    ADD COLUMN count integer NOT NULL DEFAULT 1 CHECK (count > 0),
    ADD COLUMN types text[] CHECK ((types IS NULL) = (count = 1));

-- Every event by itself, whatever row it came in: for checks, reports and people.
CREATE VIEW kernel.event AS
SELECT xid, id, event_id, type, subject, merchant_id, happened_at, recorded_at, data
FROM kernel.outbox WHERE count = 1
UNION ALL
SELECT o.xid, o.id - o.count + e.place,
       left(o.event_id, -16) || lpad(to_hex(('x' || right(o.event_id, 16))::bit(64)::bigint + e.place - 1), 16, '0'),
       e.event ->> 0, e.event ->> 1, e.event ->> 2, o.happened_at, o.recorded_at, e.event -> 3
FROM kernel.outbox o, json_array_elements(o.data) WITH ORDINALITY AS e (event, place)
WHERE o.count > 1;
