-- Shops that signed themselves up: what they said of their licence, and whether the operator lifts their limits.

CREATE SCHEMA onboarding;

CREATE TABLE onboarding.application (
    application_id text COLLATE "C" PRIMARY KEY CHECK (application_id LIKE 'app\_%'),
    merchant_id text NOT NULL UNIQUE REFERENCES identity.merchant,
    shop_name text NOT NULL,
    region_id text NOT NULL,
    licence text NOT NULL CHECK (licence IN ('none', 'individual', 'company')),
    licence_number text CHECK (licence_number ~ '^[0-9A-Z]{18}$'),
    status text NOT NULL CHECK (status IN ('limited', 'requested', 'approved', 'rejected')),
    applied_at timestamptz NOT NULL,
    requested_at timestamptz,
    decided_at timestamptz,
    decided_by text,
    reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 300),
    CHECK ((licence = 'none') = (licence_number IS NULL)),
    CHECK ((status IN ('approved', 'rejected')) = (decided_at IS NOT NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CHECK (status = 'limited' OR requested_at IS NOT NULL),
    CONSTRAINT approved_has_licence CHECK (status <> 'approved' OR licence <> 'none')
);
CREATE INDEX application_status ON onboarding.application (status, application_id);
-- One licence is one shop: a second shop on it waits until the operator rejected the first.
CREATE UNIQUE INDEX application_licence ON onboarding.application (licence_number) WHERE status <> 'rejected';
