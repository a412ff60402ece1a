-- The checkout: one transaction which writes to five tables. now() is the same moment for all of its
-- statements, so the order is found again by its number and its time, which is its primary key.
\query customers SELECT max(id) FROM shop.customers
\query products SELECT max(id) FROM shop.products
\set customer random(1, :customers)
\set first random_zipfian(1, :products, 1.05)
\set second random(1, :products)
\set quantity random(1, 3)
\set warehouse random(1, 4)
BEGIN;
INSERT INTO shop.orders (customer_id, status, channel, total, ship_to)
    SELECT a.customer_id, 'paid', 'app', (SELECT 4.90 + :quantity * sum(p.gross_price) FROM shop.products p WHERE p.id IN (:first, :second)),
           jsonb_build_object('name', a.recipient, 'lines', to_jsonb(a.lines), 'postcode', a.postcode, 'city', a.city, 'country', a.country)
    FROM shop.addresses a WHERE a.customer_id = :customer AND a.is_default;
INSERT INTO shop.order_items (order_id, placed_at, line_no, product_id, quantity, unit_price)
    SELECT currval('shop.order_number_seq'), now(), row_number() OVER (ORDER BY p.id), p.id, :quantity, p.gross_price
    FROM shop.products p WHERE p.id IN (:first, :second);
INSERT INTO shop.payments (order_id, placed_at, provider, status, amount, captured_at, answer)
    SELECT o.id, o.placed_at, 'card', 'captured', o.total, now(), '{"brand": "visa", "last4": "4242"}'
    FROM shop.orders o WHERE o.id = currval('shop.order_number_seq') AND o.placed_at = now();
DELETE FROM web.carts WHERE customer_id = :customer AND expires_at < now() - interval '30 days';
UPDATE shop.stock SET reserved = reserved + :quantity WHERE product_id = :first AND warehouse_id = :warehouse;
COMMIT;
