-- name: ending_claims
SELECT claim_id FROM coupons.claim
WHERE status = 'claimed' AND (expires_at, claim_id) > ($1, $2::text) AND expires_at < $3
ORDER BY expires_at, claim_id LIMIT $4;
