"""State what must hold of the history of imports."""

from fairday.kernel.invariants import Invariant

INVARIANTS = [
    Invariant(
        "S20",
        "a run that refused rows says why, and one that refused none gives no reasons",
        """
        SELECT import_id FROM kernel.import_run
        WHERE (error_count > 0) <> (json_array_length(errors) > 0)""",
        "INSERT INTO kernel.import_run VALUES ('imp_bad', 'mer_bad', 'stock', 'a.csv', NULL, 0, 0, 0, 0,"
        """ '[{"line": 2}]', now(), now());""",
    ),
]
