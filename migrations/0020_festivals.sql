-- Festivals with their phases, and which merchants take part.
CREATE SCHEMA festivals;

CREATE TABLE festivals.festival (
    festival_id text COLLATE "C" PRIMARY KEY CHECK (festival_id LIKE 'fes\_%'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    name_en text NOT NULL CHECK (length(name_en) BETWEEN 1 AND 120),
    time_zone text NOT NULL,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'live', 'ended')),
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL,
    -- Boundaries up to this instant were announced; null before the festival is live.
    announced_until timestamptz,
    CHECK ((status = 'draft') = (announced_until IS NULL))
);

-- Phases never overlap, without an extension: each phase but the first points at the end of the one before it, no two
-- point at the same one, and none starts before the end it points at. So the phases form one chain in time.
CREATE TABLE festivals.phase (
    festival_id text COLLATE "C" NOT NULL REFERENCES festivals.festival,
    phase_id text COLLATE "C" NOT NULL UNIQUE CHECK (phase_id LIKE 'pha\_%'),
    kind text NOT NULL CHECK (kind IN
        ('warm_up', 'presale_deposit', 'presale_balance', 'sale', 'gap', 'return_coupon', 'settlement')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    name_en text NOT NULL CHECK (length(name_en) BETWEEN 1 AND 120),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    previous_ends_at timestamptz,
    PRIMARY KEY (festival_id, phase_id),
    UNIQUE (festival_id, ends_at),
    CONSTRAINT phase_chain UNIQUE NULLS NOT DISTINCT (festival_id, previous_ends_at),
    FOREIGN KEY (festival_id, previous_ends_at) REFERENCES festivals.phase (festival_id, ends_at)
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT phase_is_a_window CHECK (starts_at < ends_at),
    CONSTRAINT phase_after_previous CHECK (previous_ends_at <= starts_at)
);

CREATE TABLE festivals.enrolment (
    festival_id text COLLATE "C" NOT NULL REFERENCES festivals.festival,
    merchant_id text COLLATE "C" NOT NULL,
    enrolment_id text COLLATE "C" NOT NULL UNIQUE CHECK (enrolment_id LIKE 'enr\_%'),
    status text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'approved', 'rejected')),
    reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 300),
    requested_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text,
    PRIMARY KEY (festival_id, merchant_id),
    CONSTRAINT enrolment_decided CHECK ((status = 'requested') = (decided_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL))
);
