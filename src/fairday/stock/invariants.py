"""State what must always hold of stock. Source: I14-I18."""

from fairday.kernel.invariants import Invariant

_LEVEL = "INSERT INTO stock.level (sku_id, place_id, on_hand, reserved) VALUES "
_RESERVATION = (
    "INSERT INTO stock.reservation (document_id, line_id, sku_id, place_id, quantity, state, expires_at, reserved_at,"
    " settled_at) VALUES "
)

INVARIANTS = [
    Invariant(
        "I14",
        "no level is below zero, and no more is reserved than is on hand",
        "SELECT sku_id, place_id, on_hand, reserved FROM stock.level"
        " WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand OR safety < 0",
        "ALTER TABLE stock.level DROP CONSTRAINT nothing_below_zero; " + _LEVEL + "('sku_x', 'sto_x', 0, 1)",
    ),
    Invariant(
        "I15",
        "what is reserved is the sum of open reservations",
        "SELECT sku_id, place_id, l.reserved, r.quantity FROM stock.level l"
        " FULL JOIN (SELECT sku_id, place_id, sum(quantity) AS quantity FROM stock.reservation"
        " WHERE state IN ('active', 'kept') GROUP BY 1, 2) AS r USING (sku_id, place_id)"
        " WHERE coalesce(l.reserved, 0) <> coalesce(r.quantity, 0)",
        _RESERVATION + "('ord_x', 'lin_x', 'sku_x', 'sto_x', 1, 'kept', NULL, clock_timestamp(), NULL)",
    ),
    Invariant(
        "I16",
        "what is on hand is the sum of its movements",
        "SELECT sku_id, place_id, l.on_hand, m.change FROM stock.level l"
        " FULL JOIN (SELECT sku_id, place_id, sum(change) AS change FROM stock.movement GROUP BY 1, 2) AS m"
        " USING (sku_id, place_id) WHERE coalesce(l.on_hand, 0) <> coalesce(m.change, 0)",
        _LEVEL + "('sku_x', 'sto_x', 1, 0)",
    ),
    Invariant(
        "I16",
        "movements cannot be changed or deleted",
        "SELECT 'stock.movement' AS unguarded WHERE NOT EXISTS (SELECT FROM pg_trigger"
        " WHERE tgrelid = 'stock.movement'::regclass AND tgname = 'append_only' AND tgenabled IN ('O', 'A'))",
        "ALTER TABLE stock.movement DISABLE TRIGGER append_only",
    ),
    Invariant(
        "I17",
        "each taken reservation left by one movement of the same goods, and nothing else left that way",
        "SELECT document_id, line_id FROM (SELECT * FROM stock.reservation WHERE state = 'taken') AS r"
        " FULL JOIN (SELECT * FROM stock.movement WHERE reason = 'taken') AS m USING (document_id, line_id)"
        " WHERE r.sku_id IS DISTINCT FROM m.sku_id OR r.place_id IS DISTINCT FROM m.place_id"
        " OR -r.quantity IS DISTINCT FROM m.change",
        _RESERVATION
        + "('ord_x', 'lin_x', 'sku_x', 'sto_x', 1, 'taken', NULL, clock_timestamp(), clock_timestamp())",
    ),
    Invariant(
        "I18",
        "no reservation is open 30 s after its time",
        "SELECT document_id, line_id, expires_at FROM stock.reservation, kernel.clock WHERE state = 'active'"
        " AND expires_at < clock_timestamp() + jump - interval '30 s'",
        _RESERVATION
        + "('ord_x', 'lin_x', 'sku_x', 'sto_x', 1, 'active', '2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z', NULL)",
    ),
]
