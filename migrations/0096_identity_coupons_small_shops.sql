-- Small shops that sign themselves up: their tier, the story and sign of every merchant, and the caps of their coupons.

ALTER TABLE identity.merchant
    ADD COLUMN tier text NOT NULL DEFAULT 'standard' CHECK (tier IN ('standard', 'small')),
    ADD COLUMN story text NOT NULL DEFAULT '' CHECK (length(story) <= 1000),
    ADD COLUMN story_en text NOT NULL DEFAULT '' CHECK (length(story_en) <= 1000),
    -- A small picture as a data URL: raster only, because an SVG may carry scripts.
    ADD COLUMN logo text CHECK (logo ~ '^data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$' AND length(logo) <= 60000);

-- One shop for a phone: the owner signs in by it.
CREATE UNIQUE INDEX account_owner_phone ON identity.account (phone_hash) WHERE role = 'merchant' AND phone_hash IS NOT NULL;

-- A small shop's nth open coupon has slot n, so the primary key is the cap, also under races. A slot whose coupon ended is free.
CREATE TABLE coupons.small_shop_slot (
    merchant_id text COLLATE "C" NOT NULL,
    slot smallint NOT NULL CHECK (slot BETWEEN 1 AND 3),
    coupon_id text COLLATE "C" NOT NULL UNIQUE,
    commit_max_minor bigint NOT NULL CHECK (commit_max_minor BETWEEN 1 AND 100000),
    quantity_max bigint NOT NULL CHECK (quantity_max BETWEEN 1 AND 500),
    PRIMARY KEY (merchant_id, slot)
);
