-- "My orders": the newest orders of a customer with their lines, payments and parcels.
\query customers SELECT max(id) FROM shop.customers
\set customer random_zipfian(1, :customers, 1.01)
SELECT id, display_name, email, loyalty_points, preferences FROM shop.customers WHERE id = :customer;
SELECT o.id, o.placed_at, o.status, o.total, o.note FROM shop.orders o
    WHERE o.customer_id = :customer ORDER BY o.placed_at DESC NULLS LAST LIMIT 10;
SELECT i.order_id, i.line_no, p.title, i.quantity, i.line_total
    FROM (SELECT o.id FROM shop.orders o WHERE o.customer_id = :customer
          ORDER BY o.placed_at DESC NULLS LAST LIMIT 5) o
    JOIN shop.order_items i ON i.order_id = o.id
    JOIN shop.products p ON p.id = i.product_id
    ORDER BY i.order_id DESC, i.line_no;
SELECT s.carrier, s.tracking_code, s.shipped_at + s.transit AS arrived, y.status, y.amount
    FROM (SELECT o.id FROM shop.orders o WHERE o.customer_id = :customer
          ORDER BY o.placed_at DESC NULLS LAST LIMIT 1) o
    JOIN shop.payments y ON y.order_id = o.id
    LEFT JOIN shop.shipments s ON s.order_id = o.id;
