-- How the budgets burn: what changed in each minute (told by the event log), the alerts raised once each, and recalls.

CREATE TABLE coupons.minute (
    coupon_id text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL CHECK (at = date_trunc('minute', at)),
    -- What was added in this minute; claims that end and redemptions that are undone take away.
    issued_count bigint NOT NULL,
    committed_minor bigint NOT NULL,
    redeemed_count bigint NOT NULL,
    spent_minor bigint NOT NULL,
    PRIMARY KEY (coupon_id, at)
) WITH (fillfactor = 70);

CREATE TABLE coupons.budget_alert (
    alert_id text COLLATE "C" PRIMARY KEY CHECK (alert_id LIKE 'alt\_%'),
    coupon_id text COLLATE "C" NOT NULL,
    merchant_id text COLLATE "C",
    measure text NOT NULL CHECK (measure IN ('committed', 'spent')),
    percent smallint NOT NULL CHECK (percent IN (80, 95, 100)),
    currency char(3) NOT NULL,
    value_minor bigint NOT NULL CHECK (value_minor > 0),
    cap_minor bigint NOT NULL CHECK (cap_minor > 0),
    reached_at timestamptz NOT NULL,
    -- Once each; a wider budget is a new cap, and its alerts come anew.
    CONSTRAINT alert_once UNIQUE (coupon_id, measure, percent, cap_minor)
);
CREATE INDEX budget_alert_merchant ON coupons.budget_alert (merchant_id, alert_id);

-- A recall walks over the claims in batches; a whole pass without finding any ends it.
CREATE TABLE coupons.recall (
    coupon_id text COLLATE "C" PRIMARY KEY,
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 300),
    recalled_by text NOT NULL,
    recalled_at timestamptz NOT NULL,
    voided_count bigint NOT NULL DEFAULT 0 CHECK (voided_count >= 0),
    walked_to text COLLATE "C" NOT NULL DEFAULT '',
    pass_count bigint NOT NULL DEFAULT 0,
    finished_at timestamptz
) WITH (fillfactor = 50);
CREATE INDEX recall_open ON coupons.recall (coupon_id) WHERE finished_at IS NULL;
