-- Where a member has goods sent. Personal data: seen by the member only, deleted with one call; an order keeps its own copy.
CREATE TABLE members.address (
    address_id text PRIMARY KEY,
    member_id text NOT NULL REFERENCES members.member,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    phone text NOT NULL CHECK (length(phone) BETWEEN 5 AND 20),
    region_id text NOT NULL REFERENCES places.region,
    city text NOT NULL CHECK (length(city) BETWEEN 1 AND 40),
    street text NOT NULL CHECK (length(street) BETWEEN 1 AND 120),
    is_default boolean NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX address_member ON members.address (member_id);
CREATE UNIQUE INDEX address_one_default ON members.address (member_id) WHERE is_default;
