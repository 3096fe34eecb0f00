-- The copy of the address that an order was placed with: what its parcel bears stays as it was, whatever the member changes later.
CREATE TABLE checkout.ship_to (
    order_id text PRIMARY KEY,
    member_id text NOT NULL,
    name text NOT NULL,
    phone text NOT NULL,
    region_id text NOT NULL,
    city text NOT NULL,
    street text NOT NULL
);
CREATE INDEX ship_to_member ON checkout.ship_to (member_id);
