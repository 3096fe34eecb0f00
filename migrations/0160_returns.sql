-- Returns: pieces of a merchant's part that the shopper gives back, and what is paid for them. Orders count what came back
-- themselves, under CHECKs: the second guard against a piece or a cent that goes back twice (R82, I25).
ALTER TABLE orders.purchase ADD COLUMN refunded_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE orders.purchase ADD COLUMN returns_count smallint NOT NULL DEFAULT 0;
UPDATE orders.purchase SET refunded_minor = total_minor WHERE status = 'refunded';
ALTER TABLE orders.purchase ADD CONSTRAINT purchase_refunds CHECK (
    refunded_minor BETWEEN 0 AND wallet_minor + cash_minor
    AND (status <> 'refunded' OR refunded_minor = wallet_minor + cash_minor)
);
ALTER TABLE orders.merchant_order ADD COLUMN fulfilled_at timestamptz;
-- What members got back by this part's returns, or by undoing the order; a claw-back of another part's offer may stand in it.
ALTER TABLE orders.merchant_order ADD COLUMN refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0);
UPDATE orders.merchant_order SET refunded_minor = net_minor WHERE status = 'refunded';
-- Pieces that are back, and pieces that are asked back. A line's part of what was paid back may be more than its own amount: the
-- last return gives again what an offer had taken for goods that stayed then.
ALTER TABLE orders.line ADD COLUMN returned_quantity integer NOT NULL DEFAULT 0;
ALTER TABLE orders.line ADD COLUMN asked_back_quantity integer NOT NULL DEFAULT 0;
ALTER TABLE orders.line ADD COLUMN refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0);
UPDATE orders.line l SET returned_quantity = quantity, refunded_minor = net_minor
FROM orders.purchase p WHERE p.order_id = l.order_id AND p.status = 'refunded';
ALTER TABLE orders.line ADD CONSTRAINT line_returned CHECK (
    returned_quantity >= 0 AND asked_back_quantity >= 0 AND returned_quantity + asked_back_quantity <= quantity
);

CREATE SCHEMA returns;

CREATE TABLE returns.goods_return (
    return_id text COLLATE "C" PRIMARY KEY,
    order_id text COLLATE "C" NOT NULL,
    part_no smallint NOT NULL,
    merchant_id text COLLATE "C" NOT NULL,
    currency char(3) NOT NULL,
    status text NOT NULL CHECK (status IN ('requested', 'refunded', 'rejected', 'withdrawn')),
    -- Whether the goods had left the shop when they were asked back; the others are only taken off the parcel.
    is_handed_over boolean NOT NULL,
    reason text NOT NULL,
    note text NOT NULL CHECK (length(note) <= 500),
    -- What was promised when it was asked for, and is paid: nothing in between changes it.
    refund_minor bigint NOT NULL CHECK (refund_minor >= 0),
    claw_backs json NOT NULL,
    wallet_minor bigint NOT NULL DEFAULT 0 CHECK (wallet_minor >= 0),
    cash_minor bigint NOT NULL DEFAULT 0 CHECK (cash_minor >= 0),
    -- {offer_id: minor}: what offers' budgets got back.
    offers json,
    asked_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    closed_at timestamptz,
    answer text CHECK (length(answer) BETWEEN 1 AND 500),
    CONSTRAINT closed_when_over CHECK ((status = 'requested') = (closed_at IS NULL)),
    CONSTRAINT paid_as_promised CHECK (
        wallet_minor + cash_minor = CASE WHEN status = 'refunded' THEN refund_minor ELSE 0 END
    ),
    CONSTRAINT rejected_with_words CHECK (status <> 'rejected' OR answer IS NOT NULL)
);
CREATE INDEX goods_return_order ON returns.goods_return (order_id, return_id);
CREATE INDEX goods_return_merchant ON returns.goods_return (merchant_id, return_id);
CREATE INDEX goods_return_open ON returns.goods_return (merchant_id, return_id) WHERE status = 'requested';

CREATE TABLE returns.line (
    return_id text COLLATE "C" NOT NULL REFERENCES returns.goods_return,
    order_id text COLLATE "C" NOT NULL,
    line_no smallint NOT NULL,
    name text NOT NULL,
    name_en text,
    quantity integer NOT NULL CHECK (quantity > 0),
    -- What these pieces were paid, and their part of the refund: less where an offer took back what the rest no longer earns.
    paid_minor bigint NOT NULL CHECK (paid_minor >= 0),
    refund_minor bigint NOT NULL CHECK (refund_minor >= 0),
    PRIMARY KEY (return_id, line_no)
);
CREATE INDEX line_of_order ON returns.line (order_id, line_no);

ALTER TABLE inbox.message DROP CONSTRAINT message_kind_check;
ALTER TABLE inbox.message ADD CONSTRAINT message_kind_check CHECK (kind IN (
    'claimed', 'redeemed', 'expiring', 'placed', 'paid', 'cancelled', 'refunded', 'fulfilled', 'return_rejected'
));
