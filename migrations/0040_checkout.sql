-- What the platform agreed with merchants: funding terms are data, not code (R91).
CREATE SCHEMA checkout;

CREATE TABLE checkout.merchant_terms (
    merchant_id text PRIMARY KEY,
    -- Of the merchant's own net (price minus what it gives off itself), in hundredths of a percent (R88, R89).
    commission_bp integer NOT NULL CHECK (commission_bp BETWEEN 0 AND 10000)
);
