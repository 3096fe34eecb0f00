-- name: insert_festival
INSERT INTO festivals.festival (festival_id, name, name_en, time_zone, created_at)
VALUES ($1, $2, $3, $4, $5);

-- name: insert_phases
INSERT INTO festivals.phase (festival_id, phase_id, kind, name, name_en, starts_at, ends_at, previous_ends_at)
SELECT $1, p.phase_id, p.kind, p.name, p.name_en, p.starts_at, p.ends_at, lag(p.ends_at) OVER (ORDER BY p.starts_at)
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[])
     AS p (phase_id, kind, name, name_en, starts_at, ends_at);

-- name: delete_phases
DELETE FROM festivals.phase WHERE festival_id = $1;

-- name: touch_festival
-- Counts the edit and holds the row until the commit, so that two edits of one calendar follow each other.
UPDATE festivals.festival SET version = version + 1 WHERE festival_id = $1 RETURNING status;

-- name: move_festival
UPDATE festivals.festival SET status = $3, version = version + 1, announced_until = $4
WHERE festival_id = $1 AND status = $2
RETURNING festival_id;

-- name: festivals_by_ids
SELECT f.festival_id, f.name, f.name_en, f.time_zone, f.status, f.version FROM festivals.festival f
WHERE f.festival_id = ANY($1::text[]);

-- name: festivals_by_status
SELECT f.festival_id, f.name, f.name_en, f.time_zone, f.status, f.version FROM festivals.festival f
WHERE f.status = ANY($1::text[]) AND ($2::text IS NULL OR f.festival_id < $2)
ORDER BY f.festival_id DESC
LIMIT $3;

-- name: phases_of_festivals
SELECT festival_id, phase_id, kind, name, name_en, starts_at, ends_at FROM festivals.phase
WHERE festival_id = ANY($1::text[])
ORDER BY festival_id, starts_at;

-- name: phase_ids_at
SELECT p.phase_id FROM festivals.phase p JOIN festivals.festival f USING (festival_id)
WHERE f.status = 'live' AND p.starts_at <= $1 AND $1 < p.ends_at;

-- name: windows_of_phases
SELECT p.phase_id, p.festival_id, p.starts_at, p.ends_at, f.status
FROM festivals.phase p JOIN festivals.festival f USING (festival_id)
WHERE p.phase_id = ANY($1::text[]);

-- name: windows_between
SELECT p.phase_id, p.festival_id, p.starts_at, p.ends_at, f.status
FROM festivals.phase p JOIN festivals.festival f USING (festival_id)
WHERE f.status = 'live' AND p.starts_at < $2 AND p.ends_at > $1 ORDER BY p.starts_at, p.phase_id;

-- name: windows_since
SELECT p.phase_id, p.starts_at, p.ends_at
FROM festivals.phase p JOIN festivals.festival f USING (festival_id)
WHERE f.status IN ('live', 'ended') AND p.starts_at <= $2 AND p.ends_at > $1 ORDER BY p.phase_id;

-- name: festivals_to_announce
SELECT f.festival_id, f.announced_until FROM festivals.festival f
WHERE f.status = 'live'
  AND (f.announced_until > $1 OR EXISTS (
      SELECT FROM festivals.phase p
      WHERE p.festival_id = f.festival_id
        AND ((p.starts_at > f.announced_until AND p.starts_at <= $1) OR (p.ends_at > f.announced_until AND p.ends_at <= $1))))
ORDER BY f.festival_id;

-- name: mark_announced
UPDATE festivals.festival SET announced_until = $3 WHERE festival_id = $1 AND announced_until = $2
RETURNING festival_id;

-- name: revive_festivals
-- A sandbox whose clock goes back makes festivals live again that were over only later.
UPDATE festivals.festival f SET status = 'live', announced_until = $1
WHERE f.status = 'ended'
  AND EXISTS (SELECT FROM festivals.phase p WHERE p.festival_id = f.festival_id AND p.ends_at > $1);

-- name: request_enrolment
INSERT INTO festivals.enrolment AS e (festival_id, merchant_id, enrolment_id, requested_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (festival_id, merchant_id) DO UPDATE
SET status = 'requested', requested_at = excluded.requested_at, decided_at = NULL, decided_by = NULL, reason = ''
WHERE e.status = 'rejected';

-- name: decide_enrolments
UPDATE festivals.enrolment e SET status = $3, reason = $4, decided_at = $5, decided_by = $6
FROM unnest($2::text[]) AS w (merchant_id)
WHERE e.festival_id = $1 AND e.merchant_id = w.merchant_id AND e.status = 'requested'
RETURNING e.merchant_id;

-- name: enrolments_of
SELECT enrolment_id, festival_id, merchant_id, status, reason, requested_at, decided_at FROM festivals.enrolment
WHERE festival_id = $1 AND merchant_id = ANY($2::text[]);

-- name: enrolments_page
SELECT enrolment_id, festival_id, merchant_id, status, reason, requested_at, decided_at FROM festivals.enrolment
WHERE festival_id = $1 AND ($2::text IS NULL OR merchant_id = $2) AND ($3::text IS NULL OR status = $3)
  AND ($4::text IS NULL OR merchant_id > $4)
ORDER BY merchant_id
LIMIT $5;

-- name: is_approved
SELECT true FROM festivals.enrolment WHERE festival_id = $1 AND merchant_id = $2 AND status = 'approved';

-- name: zone
SELECT time_zone FROM festivals.festival WHERE status = 'live' ORDER BY festival_id DESC LIMIT 1;
