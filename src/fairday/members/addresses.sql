-- name: lock_member
SELECT member_id FROM members.member WHERE member_id = $1 FOR UPDATE;

-- name: count_addresses
SELECT count(*) FROM members.address WHERE member_id = $1;

-- name: addresses_of_member
SELECT address_id, name, phone, region_id, city, street, is_default FROM members.address
WHERE member_id = $1 ORDER BY is_default DESC, address_id DESC;

-- name: owned_addresses
SELECT a.member_id, a.address_id, a.name, a.phone, a.region_id, a.city, a.street, a.is_default
FROM unnest($1::text[], $2::text[]) AS w (member_id, address_id)
JOIN members.address a ON a.address_id = w.address_id AND a.member_id = w.member_id;

-- name: clear_default
UPDATE members.address SET is_default = false WHERE member_id = $1 AND is_default;

-- name: insert_address
INSERT INTO members.address (address_id, member_id, name, phone, region_id, city, street, is_default, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: update_address
UPDATE members.address SET name = $2, phone = $3, region_id = $4, city = $5, street = $6, is_default = $7
WHERE address_id = $1;

-- name: delete_address
DELETE FROM members.address WHERE member_id = $1 AND address_id = $2 RETURNING is_default;

-- name: name_default
UPDATE members.address SET is_default = true
WHERE address_id = (SELECT address_id FROM members.address WHERE member_id = $1 ORDER BY address_id DESC LIMIT 1);
