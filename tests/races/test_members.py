"""Members under contention: four processes register overlapping phones; a person is made once. Source: R24."""

import random

from fairday.kernel.tx import Database
from fairday.members import service
from fairday.members.types import MemberDraft
from tests.races.together import together

PROCESSES = 4


async def register(database: Database, number: int, phones: list[str]) -> dict[str, str]:
    """Register every phone in batches of an order of its own; return the person of each phone."""
    mine = list(phones)
    random.Random(number).shuffle(mine)
    persons: dict[str, str] = {}
    for start in range(0, len(mine), 50):
        drafts = [MemberDraft(nickname="n", phone=phone) for phone in mine[start : start + 50]]
        made = await database.run(
            lambda tx, now, drafts=drafts: service.register_all(tx, drafts, now), deadline_s=60
        )
        persons |= {draft.phone: member.person_id for draft, member in zip(drafts, made, strict=True)}
    return persons


async def test_a_phone_is_one_person_whoever_registers_it_first(
    database: Database, database_url: str
) -> None:
    start = random.randrange(10**8)
    phones = [f"+9997{start + place:010d}" for place in range(400)]
    answers = await together(database_url, PROCESSES, register, phones)
    assert answers[0] == answers[1] == answers[2] == answers[3]
    persons = list(answers[0].values())
    assert len(set(persons)) == len(phones)
    counts = await database.pool.fetch(
        "SELECT count(*) AS n FROM members.member WHERE person_id = ANY ($1::text[]) GROUP BY person_id",
        persons,
    )
    assert [row["n"] for row in counts] == [PROCESSES] * len(phones)
