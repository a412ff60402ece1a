-- A customer looks at the cart, reads for a moment, and the page view is written down.
-- \sleep holds no connection, because no transaction is open.
\query customers SELECT max(id) FROM shop.customers
\set customer random(1, :customers)
SELECT c.id, i.quantity, p.title, p.gross_price, i.quantity * p.gross_price AS line_total
    FROM web.carts c
    CROSS JOIN LATERAL jsonb_to_recordset(c.items) AS i(product bigint, quantity integer)
    JOIN shop.products p ON p.id = i.product
    WHERE c.customer_id = :customer;
\sleep 5 ms
INSERT INTO web.events (session_id, customer_id, kind, path, client, payload)
    VALUES (gen_random_uuid(), :customer, 'view', '/cart', '10.1.2.3', '{"from": "load; rehearsal"}');
UPDATE web.carts SET expires_at = now() + interval '14 days' WHERE customer_id = :customer;
