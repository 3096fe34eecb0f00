-- Coupon money that tills hold while they work offline: of over-issued coupons, whose claims the budget does not all cover.
ALTER TABLE coupons.coupon
    ADD COLUMN leased_minor bigint NOT NULL DEFAULT 0 CHECK (leased_minor >= 0),
    -- What the last set update of leases gave: written and read back by that one statement.
    ADD COLUMN leased_last bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT spent_and_leased_within_budget CHECK (spent_minor + leased_minor <= budget_minor);
