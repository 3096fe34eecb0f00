"""State what must hold of the catalogue."""

from fairday.kernel.invariants import Invariant

_SKU = """
INSERT INTO catalog.product (product_id, merchant_id, external_id, name, status, search, updated_at)
VALUES ('pro_bad', 'mer_bad', 'bad', 'bad', 'live', '', clock_timestamp());
INSERT INTO catalog.sku (sku_id, product_id, merchant_id, external_id, price_minor, currency, status, updated_at)
VALUES ('sku_bad', 'pro_bad', 'mer_bad', 'bad', 100, 'CNY', 'live', clock_timestamp());"""


def _with_sku(statements: str) -> str:
    return f"{_SKU} {statements}"


INVARIANTS = [
    Invariant(
        "S18",
        "what is live has a price",
        "SELECT sku_id FROM catalog.sku WHERE status = 'live' AND price_minor <= 0",
        _with_sku(
            "ALTER TABLE catalog.sku DROP CONSTRAINT live_has_price;"
            " UPDATE catalog.sku SET price_minor = 0 WHERE sku_id = 'sku_bad'"
        ),
    ),
    Invariant(
        "S18",
        "a GTIN has a right check digit",
        """
        SELECT sku_id, gtin FROM catalog.sku
        WHERE gtin IS NOT NULL AND (
            SELECT sum(digit::int * CASE place % 2 WHEN 0 THEN 1 ELSE 3 END)
            FROM regexp_split_to_table(lpad(gtin, 14, '0'), '') WITH ORDINALITY AS d (digit, place)) % 10 <> 0""",
        _with_sku("UPDATE catalog.sku SET gtin = '6901234567893' WHERE sku_id = 'sku_bad'"),
    ),
    Invariant(
        "S18",
        "a GTIN names one SKU of a merchant",
        """
        SELECT merchant_id, lpad(gtin, 14, '0') AS gtin FROM catalog.sku
        WHERE gtin IS NOT NULL AND status <> 'archived' GROUP BY 1, 2 HAVING count(*) > 1""",
        _with_sku(
            """DROP INDEX catalog.sku_gtin;
        INSERT INTO catalog.sku (sku_id, product_id, merchant_id, external_id, price_minor, currency, status, updated_at)
        VALUES ('sku_twin', 'pro_bad', 'mer_bad', 'twin', 100, 'CNY', 'live', clock_timestamp());
        UPDATE catalog.sku SET gtin = '6901234567892' WHERE product_id = 'pro_bad'"""
        ),
    ),
    Invariant(
        "R3",
        "a SKU belongs to a product of the same merchant",
        """
        SELECT s.sku_id FROM catalog.sku s JOIN catalog.product p USING (product_id)
        WHERE s.merchant_id <> p.merchant_id""",
        _with_sku("UPDATE catalog.sku SET merchant_id = 'mer_else' WHERE sku_id = 'sku_bad'"),
    ),
    Invariant(
        "S01",
        "the newest line of the price history is the price that stands",
        """
        SELECT h.sku_id, h.phase_id, h.price_minor_after, coalesce(f.price_minor, s.price_minor) AS price_minor
        FROM (SELECT DISTINCT ON (sku_id, phase_id) sku_id, phase_id, price_minor_after FROM catalog.price_change
              ORDER BY sku_id, phase_id, change_id DESC) h
        JOIN catalog.sku s USING (sku_id)
        LEFT JOIN catalog.phase_price f ON f.sku_id = h.sku_id AND f.phase_id = h.phase_id
        WHERE h.price_minor_after IS DISTINCT FROM CASE WHEN h.phase_id IS NULL THEN s.price_minor ELSE f.price_minor END""",
        _with_sku(
            "INSERT INTO catalog.price_change (sku_id, price_minor_before, price_minor_after, changed_at)"
            " VALUES ('sku_bad', 1, 2, clock_timestamp())"
        ),
    ),
    Invariant(
        "S01",
        "what a product sold lately is the sum of the days that count",
        """
        SELECT product_id, s.pieces, d.pieces AS of_days FROM catalog.sold s
        FULL JOIN (SELECT product_id, sum(pieces)::bigint AS pieces FROM catalog.sold_on GROUP BY 1) d USING (product_id)
        WHERE coalesce(s.pieces, 0) <> coalesce(d.pieces, 0)""",
        _with_sku("INSERT INTO catalog.sold (product_id, pieces) VALUES ('pro_bad', 3)"),
    ),
]
