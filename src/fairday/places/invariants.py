"""State what must always hold of places."""

from fairday.kernel.invariants import Invariant

_STORE = (
    "INSERT INTO places.store (store_id, merchant_id, external_id, region_id, kind, name, name_en, address, latitude, longitude,"
    " time_zone, hours, open_minutes, closed_on, status, h3_cell) VALUES "
)

INVARIANTS = [
    Invariant(
        "S21",
        "a merchant's external id names one store",
        "SELECT merchant_id, external_id FROM places.store GROUP BY 1, 2 HAVING count(*) > 1",
        "ALTER TABLE places.store DROP CONSTRAINT store_merchant_id_external_id_key;"
        + _STORE
        + ", ".join(
            f"('sto_{name}', 'mer_x', 'same', 'CN-SH', 'other', 'x', 'x', '', 31, 121, 'UTC', '[]', '{{[0,10080)}}', '{{}}', 'open',"
            " 644014746713980928)"
            for name in "xy"
        ),
    ),
    Invariant(
        "S32",
        "every store has a cell of resolution 15, so that the nearest search finds it",
        "SELECT store_id FROM places.store WHERE (h3_cell >> 52) & 15 <> 15",
        "ALTER TABLE places.store DROP CONSTRAINT store_h3_cell_check;"
        + _STORE
        + "('sto_x', 'mer_x', 'x', 'CN-SH', 'other', 'x', 'x', '', 31, 121, 'UTC', '[]', '{[0,10080)}', '{}', 'open', 1)",
    ),
    Invariant(
        "S32",
        "hours and the minutes that the search reads tell the same: none of one is none of the other",
        "SELECT store_id FROM places.store WHERE (jsonb_array_length(hours) = 0) AND open_minutes <> '{[0,10080)}'"
        " OR isempty(open_minutes)",
        _STORE
        + "('sto_x', 'mer_x', 'x', 'CN-SH', 'other', 'x', 'x', '', 31, 121, 'UTC', '[]', '{}', '{}', 'open', 644014746713980928)",
    ),
    Invariant(
        "S21",
        "every region below a country begins with its parent's id",
        "SELECT region_id FROM places.region WHERE parent_id IS NOT NULL AND NOT starts_with(region_id, parent_id || '-')",
        "ALTER TABLE places.region DROP CONSTRAINT region_check1;"
        "INSERT INTO places.region VALUES ('US-CA', 'CN', 'province', NULL, 'x', 'x')",
    ),
]
