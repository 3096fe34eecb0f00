-- Red packets: a total in shares that were made when it was sent (R60-R64). The moving part is one narrow row a packet.
CREATE SCHEMA redpackets;

-- What members may send, by currency; a currency that is not here is not sent by members.
CREATE TABLE redpackets.send_limit (
    currency text COLLATE "C" PRIMARY KEY CHECK (length(currency) = 3),
    total_max_minor bigint NOT NULL CHECK (total_max_minor > 0),
    shares_max integer NOT NULL CHECK (shares_max > 0)
);
INSERT INTO redpackets.send_limit VALUES ('CNY', 20000, 100);

CREATE TABLE redpackets.packet (
    packet_id text COLLATE "C" PRIMARY KEY CHECK (packet_id LIKE 'pkt\_%'),
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'gone', 'expired')),
    shares_count integer NOT NULL CHECK (shares_count > 0),
    total_minor bigint NOT NULL CHECK (total_minor >= shares_count),
    taken_count integer NOT NULL DEFAULT 0,
    -- How many shares the last batch got: the statement that takes also tells.
    taken_last integer NOT NULL DEFAULT 0,
    returned_minor bigint NOT NULL DEFAULT 0,
    starts_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    -- The limit that its sender had; none for a campaign's, whose budget is its limit.
    total_max_minor bigint,
    CONSTRAINT taken_within_shares CHECK (taken_count BETWEEN 0 AND shares_count),
    CONSTRAINT gone_when_all_taken CHECK ((status = 'gone') = (taken_count = shares_count)),
    -- Each share that was not had is at least one minor unit, and so is each that was.
    CONSTRAINT rest_goes_back CHECK (CASE WHEN status = 'expired'
        THEN returned_minor BETWEEN shares_count - taken_count AND total_minor - taken_count ELSE returned_minor = 0 END),
    CONSTRAINT ended_when_over CHECK ((status = 'open') = (ended_at IS NULL)),
    CONSTRAINT total_within_limit CHECK (total_minor <= total_max_minor),
    CHECK (starts_at < expires_at)
) WITH (fillfactor = 50);
CREATE INDEX packet_due ON redpackets.packet (expires_at) WHERE status = 'open';

-- What never changes of a packet.
CREATE TABLE redpackets.terms (
    packet_id text COLLATE "C" PRIMARY KEY REFERENCES redpackets.packet,
    member_id text COLLATE "C",
    budget text COLLATE "C",
    sent_by text NOT NULL,
    mode text NOT NULL CHECK (mode IN ('equal', 'lucky')),
    message text NOT NULL CHECK (length(message) <= 60),
    currency text COLLATE "C" NOT NULL CHECK (length(currency) = 3),
    is_listed boolean NOT NULL,
    luckiest_place integer NOT NULL CHECK (luckiest_place > 0),
    sent_at timestamptz NOT NULL,
    CONSTRAINT one_source CHECK ((member_id IS NULL) <> (budget IS NULL))
);
CREATE INDEX terms_sender ON redpackets.terms (member_id, packet_id);

-- Made at send, shuffled, never changed; `through_minor` is what the shares up to this place come to.
CREATE TABLE redpackets.share (
    packet_id text COLLATE "C" NOT NULL,
    place integer NOT NULL CHECK (place > 0),
    amount_minor bigint NOT NULL CONSTRAINT share_is_something CHECK (amount_minor >= 1),
    through_minor bigint NOT NULL,
    PRIMARY KEY (packet_id, place),
    CHECK (through_minor >= amount_minor + place - 1)
);

CREATE TABLE redpackets.invited (
    packet_id text COLLATE "C" NOT NULL REFERENCES redpackets.packet,
    member_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (packet_id, member_id)
);

-- A share is had once by its primary key, and a natural person has one of a packet by the unique key (I43).
CREATE TABLE redpackets.grab (
    packet_id text COLLATE "C" NOT NULL,
    place integer NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    member_id text COLLATE "C" NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 1),
    grabbed_at timestamptz NOT NULL,
    -- Of a large batch, whose wallets are credited by a reaction a moment later; the others were in the same transaction.
    is_late boolean NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Digest and body hash of the request that got it, so that its repeat is answered by it.
    intent bytea CHECK (length(intent) = 32),
    CONSTRAINT share_had_once PRIMARY KEY (packet_id, place),
    CONSTRAINT person_has_one UNIQUE (packet_id, person_id)
);
CREATE INDEX grab_of_member ON redpackets.grab (member_id, packet_id);

-- Shares and grabs are history: what was made and what was had stays so.
CREATE FUNCTION redpackets.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'shares and grabs stay as they are: % on redpackets.% is refused', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON redpackets.share
    FOR EACH STATEMENT EXECUTE FUNCTION redpackets.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON redpackets.grab
    FOR EACH STATEMENT EXECUTE FUNCTION redpackets.refuse_change();

-- The inbox tells of packets. Kinds that others added meanwhile stay.
DO $$
DECLARE
    kinds text;
BEGIN
    SELECT string_agg(DISTINCT quote_literal(kind), ', ') INTO kinds FROM (
        SELECT (regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g'))[1] AS kind FROM pg_constraint
        WHERE conrelid = 'inbox.message'::regclass AND conname = 'message_kind_check'
        UNION SELECT unnest(ARRAY['packet_invited', 'packet_gone', 'packet_returned'])) AS known;
    ALTER TABLE inbox.message DROP CONSTRAINT message_kind_check;
    EXECUTE 'ALTER TABLE inbox.message ADD CONSTRAINT message_kind_check CHECK (kind IN (' || kinds || '))';
END $$;
