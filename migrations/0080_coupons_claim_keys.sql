-- A claim carries the key and the body hash of the request that took it, so a repeat is found by (member, coupon) and
-- no answer is stored beside it. Claims made before stand without; their answers are in kernel.idempotency.
ALTER TABLE coupons.claim ADD COLUMN intent bytea CHECK (length(intent) = 32);
