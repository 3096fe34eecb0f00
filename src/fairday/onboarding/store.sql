-- name: insert_application
INSERT INTO onboarding.application (application_id, merchant_id, shop_name, region_id, licence, licence_number, status,
                                    applied_at, requested_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::text, $8::timestamptz, CASE WHEN $7::text = 'requested' THEN $8::timestamptz END)
ON CONFLICT DO NOTHING
RETURNING application_id;

-- name: find_application
SELECT application_id, merchant_id, shop_name, region_id, licence, licence_number, status, applied_at, requested_at,
       decided_at, reason
FROM onboarding.application WHERE application_id = $1;

-- name: find_application_of
SELECT application_id, merchant_id, shop_name, region_id, licence, licence_number, status, applied_at, requested_at,
       decided_at, reason
FROM onboarding.application WHERE merchant_id = $1;

-- name: list_applications
SELECT application_id, merchant_id, shop_name, region_id, licence, licence_number, status, applied_at, requested_at,
       decided_at, reason
FROM onboarding.application
WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR application_id < $2)
ORDER BY application_id DESC LIMIT $3;

-- name: licence_in_use
SELECT EXISTS (SELECT FROM onboarding.application WHERE licence_number = $1 AND status <> 'rejected' AND merchant_id <> $2);

-- name: request_limits
UPDATE onboarding.application
SET status = 'requested', licence = $3, licence_number = $4, requested_at = $5, decided_at = NULL, decided_by = NULL, reason = ''
WHERE application_id = $1 AND status = ANY ($2::text[])
RETURNING application_id;

-- name: decide
UPDATE onboarding.application SET status = $2, decided_at = $3, decided_by = $4, reason = $5
WHERE application_id = $1 AND status = 'requested'
RETURNING application_id;
