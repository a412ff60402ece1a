-- A customer writes a review and gets points for it.
\query customers SELECT max(id) FROM shop.customers
\query products SELECT max(id) FROM shop.products
\set customer random(1, :customers)
\set product random_zipfian(1, :products, 1.05)
\set rating random(1, 5)
BEGIN;
INSERT INTO shop.reviews (product_id, customer_id, rating, language, body)
    VALUES (:product, :customer, :rating, 'de', E'Schön; hält, was es verspricht.\n\t„Gerne wieder“ — it''s fine 👍');
UPDATE shop.customers SET loyalty_points = loyalty_points + 5 WHERE id = :customer;
COMMIT;
SELECT count(*), round(avg(rating), 2) FROM shop.reviews WHERE product_id = :product;
