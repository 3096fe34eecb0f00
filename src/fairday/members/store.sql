-- name: insert_persons
-- One row for each phone; the person that stands already keeps its id.
INSERT INTO members.person (person_id, phone_hash, created_at)
SELECT d.person_id, d.phone_hash, $3 FROM unnest($1::text[], $2::bytea[]) AS d (person_id, phone_hash)
ORDER BY d.phone_hash
ON CONFLICT (phone_hash) DO NOTHING;

-- name: find_persons
SELECT phone_hash, person_id FROM members.person WHERE phone_hash = ANY ($1::bytea[]);

-- name: lock_person
-- One sign-up of a phone at a time.
SELECT person_id FROM members.person WHERE phone_hash = $1 FOR UPDATE;

-- name: count_members
SELECT count(*) FROM members.member WHERE person_id = $1;

-- name: insert_members
INSERT INTO members.member (member_id, account_id, person_id, nickname, created_at)
SELECT d.member_id, d.account_id, d.person_id, d.nickname, $5
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS d (member_id, account_id, person_id, nickname);

-- name: find_members
SELECT m.member_id, m.account_id, m.person_id, m.nickname, p.phone_hash
FROM members.member m JOIN members.person p USING (person_id) WHERE m.member_id = ANY ($1::text[]);

-- name: find_person_ids
SELECT member_id, person_id FROM members.member WHERE member_id = ANY ($1::text[]);

-- name: set_nickname
UPDATE members.member SET nickname = $2 WHERE member_id = $1 RETURNING account_id;

-- name: insert_consents
INSERT INTO members.consent (member_id, purpose, ordinal, is_given, wording, changed_at)
SELECT d.member_id, d.purpose,
       1 + coalesce((SELECT max(c.ordinal) FROM members.consent c WHERE c.member_id = d.member_id AND c.purpose = d.purpose), 0),
       $3, d.wording, $5
FROM unnest($1::text[], $2::text[], $4::text[]) AS d (member_id, purpose, wording)
ON CONFLICT DO NOTHING
RETURNING 1;

-- name: standing_consents
SELECT DISTINCT ON (purpose) purpose, is_given, wording, changed_at FROM members.consent
WHERE member_id = $1 ORDER BY purpose, ordinal DESC;
