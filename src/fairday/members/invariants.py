"""State what must always hold of persons and consents."""

from fairday.kernel.invariants import Invariant

INVARIANTS = [
    Invariant(
        "R24",
        "one verified phone is one natural person",
        "SELECT phone_hash FROM members.person GROUP BY phone_hash HAVING count(*) > 1",
        "ALTER TABLE members.person DROP CONSTRAINT person_phone_hash_key;"
        "INSERT INTO members.person VALUES ('per_x', sha256('x'), clock_timestamp()), ('per_y', sha256('x'), clock_timestamp())",
    ),
    Invariant(
        "R24",
        "every member is a person that stands",
        "SELECT m.member_id FROM members.member m LEFT JOIN members.person p USING (person_id) WHERE p.person_id IS NULL",
        "ALTER TABLE members.member DROP CONSTRAINT member_person_id_fkey;"
        "INSERT INTO members.member VALUES ('mem_x', 'acc_x', 'per_none', 'x', clock_timestamp())",
    ),
    Invariant(
        "I66",
        "the log of a member's consents for one purpose has no gap",
        "SELECT member_id, purpose FROM members.consent GROUP BY 1, 2 HAVING max(ordinal) <> count(*)",
        "INSERT INTO members.person VALUES ('per_x', sha256('x'), clock_timestamp());"
        "INSERT INTO members.member VALUES ('mem_x', 'acc_x', 'per_x', 'x', clock_timestamp());"
        "INSERT INTO members.consent VALUES ('mem_x', 'survey', 2, true, '1', clock_timestamp())",
    ),
]
