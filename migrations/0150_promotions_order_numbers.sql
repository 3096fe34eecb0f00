-- Which of a member's orders an offer for the nth order lowered: each number is held by one order while that stands.
CREATE TABLE promotions.order_number (
    member_id text COLLATE "C" NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    order_id text COLLATE "C" NOT NULL UNIQUE,
    PRIMARY KEY (member_id, number)
);
