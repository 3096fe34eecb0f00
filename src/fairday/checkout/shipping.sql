-- name: insert_copies
INSERT INTO checkout.ship_to (order_id, member_id, name, phone, region_id, city, street)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
ON CONFLICT (order_id) DO NOTHING;

-- name: copy_of_order
SELECT order_id, name, phone, region_id, city, street FROM checkout.ship_to WHERE order_id = $1;
