"""State what must always hold of messages."""

from fairday.kernel.invariants import Invariant

INVARIANTS = [
    Invariant(
        "I54",
        "a fact is told to a member once",
        "SELECT member_id, fact FROM inbox.message GROUP BY 1, 2 HAVING count(*) > 1",
        "ALTER TABLE inbox.message DROP CONSTRAINT message_member_id_fact_key;"
        "INSERT INTO inbox.message VALUES ('mem_x', 'msg_1', 'evt_1', 'paid', '{}', clock_timestamp()),"
        " ('mem_x', 'msg_2', 'evt_1', 'paid', '{}', clock_timestamp())",
    ),
]
