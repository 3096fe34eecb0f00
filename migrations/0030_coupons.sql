-- Coupons (offers), every version of their terms, members' claims, redemptions, codes.
CREATE SCHEMA coupons;

-- The moving part of a coupon, narrow on purpose: a claim batch rewrites this row, the words stand in coupons.version.
CREATE TABLE coupons.coupon (
    coupon_id text COLLATE "C" PRIMARY KEY CHECK (coupon_id LIKE 'cpn\_%'),
    version integer NOT NULL CHECK (version > 0),
    merchant_id text COLLATE "C",
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'live', 'paused', 'ended')),
    currency char(3) NOT NULL,
    issue_stopped boolean NOT NULL DEFAULT false,
    redeem_stopped boolean NOT NULL DEFAULT false,
    claim_ends_at timestamptz NOT NULL,
    face_minor bigint NOT NULL CHECK (face_minor > 0),
    quantity_max bigint NOT NULL CHECK (quantity_max > 0),
    budget_minor bigint NOT NULL CHECK (budget_minor > 0),
    commit_max_minor bigint NOT NULL CHECK (commit_max_minor >= budget_minor),
    issued_count bigint NOT NULL DEFAULT 0 CHECK (issued_count >= 0),
    committed_minor bigint NOT NULL DEFAULT 0 CHECK (committed_minor >= 0),
    redeemed_count bigint NOT NULL DEFAULT 0 CHECK (redeemed_count >= 0),
    spent_minor bigint NOT NULL DEFAULT 0 CHECK (spent_minor >= 0),
    -- How many of the last claim batch's need fitted: the statement that takes also tells.
    taken_last integer NOT NULL DEFAULT 0,
    CONSTRAINT issued_within_quantity CHECK (issued_count <= quantity_max),
    CONSTRAINT committed_within_budget CHECK (committed_minor <= commit_max_minor),
    CONSTRAINT spent_within_budget CHECK (spent_minor <= budget_minor)
) WITH (fillfactor = 50);
CREATE INDEX coupon_status ON coupons.coupon (status, coupon_id);
CREATE INDEX coupon_merchant ON coupons.coupon (merchant_id, coupon_id);

CREATE TABLE coupons.version (
    coupon_id text COLLATE "C" NOT NULL REFERENCES coupons.coupon,
    version integer NOT NULL CHECK (version > 0),
    terms json NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (coupon_id, version)
);

CREATE TABLE coupons.day_count (
    coupon_id text COLLATE "C" NOT NULL,
    day date NOT NULL,
    day_max bigint NOT NULL,
    issued_count bigint NOT NULL CHECK (issued_count >= 0),
    taken_last integer NOT NULL,
    PRIMARY KEY (coupon_id, day),
    CONSTRAINT issued_within_day CHECK (issued_count <= day_max)
) WITH (fillfactor = 50);

-- A member's nth copy has ordinal n, so the unique key is the member's cap, also under races (I3); likewise a person's.
CREATE TABLE coupons.claim (
    claim_id text COLLATE "C" NOT NULL,
    coupon_id text COLLATE "C" NOT NULL,
    member_id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C",
    ordinal smallint NOT NULL,
    ordinal_max smallint NOT NULL,
    person_ordinal smallint,
    person_max smallint,
    version integer NOT NULL,
    channel text NOT NULL CHECK (channel IN ('online', 'in_store')),
    status text NOT NULL DEFAULT 'claimed'
        CHECK (status IN ('claimed', 'locked', 'redeemed', 'returned', 'expired', 'voided')),
    face_minor bigint NOT NULL CHECK (face_minor > 0),
    claimed_at timestamptz NOT NULL,
    usable_from timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    lock_owner text,
    locked_until timestamptz,
    PRIMARY KEY (claim_id, coupon_id),
    CONSTRAINT claim_of_member UNIQUE (member_id, coupon_id, ordinal),
    CONSTRAINT ordinal_within_cap CHECK (ordinal BETWEEN 1 AND ordinal_max),
    CONSTRAINT person_ordinal_within_cap CHECK (person_ordinal BETWEEN 1 AND person_max),
    CHECK ((person_ordinal IS NULL) = (person_max IS NULL) AND (person_ordinal IS NULL OR person_id IS NOT NULL)),
    CONSTRAINT lock_has_owner CHECK ((status = 'locked') = (lock_owner IS NOT NULL)
        AND (lock_owner IS NULL) = (locked_until IS NULL)),
    CHECK (claimed_at <= expires_at)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX claim_of_person ON coupons.claim (person_id, coupon_id, person_ordinal)
    WHERE person_ordinal IS NOT NULL;
CREATE INDEX claim_expiry ON coupons.claim (expires_at) WHERE status = 'claimed';
CREATE INDEX claim_lock ON coupons.claim (lock_owner) WHERE status = 'locked';

CREATE TABLE coupons.redemption (
    redemption_id text COLLATE "C" NOT NULL,
    coupon_id text COLLATE "C" NOT NULL,
    claim_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    document_id text COLLATE "C" NOT NULL CHECK (length(document_id) BETWEEN 1 AND 200),
    order_id text,
    receipt_id text,
    merchant_id text,
    store_id text,
    till_id text,
    clerk_id text,
    channel text NOT NULL CHECK (channel IN ('online', 'in_store')),
    status text NOT NULL DEFAULT 'effective' CHECK (status IN ('effective', 'reversed', 'returned', 'forfeited')),
    currency char(3) NOT NULL,
    face_minor bigint NOT NULL,
    amount_minor bigint NOT NULL,
    platform_minor bigint NOT NULL CHECK (platform_minor >= 0),
    merchant_minor bigint NOT NULL CHECK (merchant_minor >= 0),
    brand_minor bigint NOT NULL CHECK (brand_minor >= 0),
    redeemed_at timestamptz NOT NULL,
    undone_at timestamptz,
    undone_by text,
    undone_reason text,
    PRIMARY KEY (claim_id, redemption_id),
    CONSTRAINT redemption_of_document UNIQUE (document_id, claim_id),
    CONSTRAINT amount_within_face CHECK (amount_minor BETWEEN 1 AND face_minor),
    CONSTRAINT funders_pay_all CHECK (platform_minor + merchant_minor + brand_minor = amount_minor),
    CONSTRAINT undone_or_effective CHECK ((status = 'effective') = (undone_at IS NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX redemption_effective_once ON coupons.redemption (claim_id) WHERE status = 'effective';

-- Public halves of the keys that sign codes; the private half is never in the database.
CREATE TABLE coupons.code_key (
    kid text PRIMARY KEY CHECK (kid ~ '^[0-9a-f]{8}$'),
    public_key bytea NOT NULL CHECK (length(public_key) = 32),
    created_at timestamptz NOT NULL,
    retired_at timestamptz
);

-- Codes to type, as keyed hashes; they live two minutes.
CREATE TABLE coupons.typed_code (
    code_hash bytea PRIMARY KEY CHECK (length(code_hash) = 32),
    claim_id text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE coupons.typed_try (
    till_id text NOT NULL,
    minute timestamptz NOT NULL,
    try_count integer NOT NULL CHECK (try_count > 0),
    PRIMARY KEY (till_id, minute)
);
