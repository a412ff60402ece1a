-- A customer opens a product page: the product, its price today, stock, newest reviews, neighbours.
-- \query runs its statement once, when the load starts; the value it returns becomes the variable.
\query products SELECT max(id) FROM shop.products
\set product random_zipfian(1, :products, 1.05)
SELECT p.sku, p.title, p.description, p.gross_price, p.attributes, p.tags, r.rating, r.reviews
    FROM shop.products p LEFT JOIN reporting.product_ratings r ON r.product_id = p.id
    WHERE p.id = :product;
SELECT net_price, reason FROM shop.product_prices
    WHERE int8range(product_id, product_id, '[]') && int8range(:product, :product, '[]') AND valid @> current_date;
SELECT shop.available(:product);
SELECT rating, language, body, created_at FROM shop.reviews
    WHERE product_id = :product ORDER BY created_at DESC LIMIT 10;
SELECT n.id, n.title, n.gross_price
    FROM shop.products p
    CROSS JOIN LATERAL (SELECT m.id, m.title, m.gross_price FROM shop.products m
                        WHERE m.category_id = p.category_id AND m.is_active AND m.gross_price > p.gross_price
                        ORDER BY m.gross_price LIMIT 6) n
    WHERE p.id = :product;
