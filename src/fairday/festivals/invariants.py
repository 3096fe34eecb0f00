"""State what must always hold of festivals."""

from fairday.kernel.invariants import Invariant

_FESTIVAL = (
    "INSERT INTO festivals.festival (festival_id, name, name_en, time_zone, status, created_at, announced_until)"
    " VALUES ('fes_bad', '坏', 'Bad', 'Asia/Shanghai', 'live', now(), now());"
)
_PHASES = (
    "INSERT INTO festivals.phase VALUES"
    " ('fes_bad', 'pha_a', 'sale', '甲', 'A', '2030-01-01Z', '2030-01-03Z', NULL),"
    " ('fes_bad', 'pha_b', 'sale', '乙', 'B', '2030-01-02Z', '2030-01-04Z', '2030-01-03Z');"
)

INVARIANTS = [
    Invariant(
        "R1",
        "phases of one festival never overlap",
        "SELECT a.phase_id, b.phase_id AS other FROM festivals.phase a JOIN festivals.phase b USING (festival_id)"
        " WHERE a.phase_id < b.phase_id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at",
        f"ALTER TABLE festivals.phase DROP CONSTRAINT phase_after_previous; {_FESTIVAL} {_PHASES}",
    ),
    Invariant(
        "S01",
        "a festival that is live or over has phases",
        "SELECT f.festival_id FROM festivals.festival f WHERE f.status <> 'draft'"
        " AND NOT EXISTS (SELECT FROM festivals.phase p WHERE p.festival_id = f.festival_id)",
        _FESTIVAL,
    ),
]
