-- name: terms
SELECT merchant_id, commission_bp FROM checkout.merchant_terms WHERE merchant_id = ANY ($1::text[]);

-- name: set_terms
INSERT INTO checkout.merchant_terms (merchant_id, commission_bp)
SELECT * FROM unnest($1::text[], $2::int[]) AS t (merchant_id, commission_bp) ORDER BY merchant_id
ON CONFLICT (merchant_id) DO UPDATE SET commission_bp = excluded.commission_bp;
