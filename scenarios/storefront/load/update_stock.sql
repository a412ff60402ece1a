-- The warehouse: goods come in, and the oldest paid order that nobody else is packing is taken.
\query products SELECT max(id) FROM shop.products
\set product random(1, :products)
\set warehouse random(1, 4)
\set arrived random(1, 40)
BEGIN;
UPDATE shop.stock SET on_hand = on_hand + :arrived, reserved = greatest(reserved - 1, 0), counted_at = now()
    WHERE product_id = :product AND warehouse_id = :warehouse;
UPDATE shop.orders SET status = 'picking'
    WHERE placed_at >= now() - interval '2 days'
        AND (id, placed_at) = (SELECT id, placed_at FROM shop.orders
                               WHERE status = 'paid' AND placed_at >= now() - interval '2 days'
                               ORDER BY placed_at LIMIT 1 FOR UPDATE SKIP LOCKED);
COMMIT;
