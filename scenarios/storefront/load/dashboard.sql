-- The wall screen in the office: the heaviest reads of the mix, still a matter of milliseconds.
SELECT status, count(*), sum(total) FROM shop.orders
    WHERE placed_at >= now() - interval '24 hours' GROUP BY status ORDER BY status;
SELECT day, sum(orders) AS orders, sum(revenue) AS revenue FROM reporting.daily_sales
    WHERE day >= current_date - 30 GROUP BY day ORDER BY day;
SELECT p.title, sum(i.quantity) AS sold
    FROM (SELECT id FROM shop.orders WHERE placed_at >= now() - interval '7 days'
          ORDER BY placed_at DESC LIMIT 200) o
    JOIN shop.order_items i ON i.order_id = o.id
    JOIN shop.products p ON p.id = i.product_id
    GROUP BY p.id, p.title ORDER BY sold DESC, p.id LIMIT 10;
SELECT count(*), min(placed_at) FROM shop.orders WHERE status IN ('pending', 'paid', 'picking');
SELECT count(*), sum(jsonb_array_length(items)) AS items FROM web.carts
    WHERE expires_at BETWEEN now() AND now() + interval '6 hours';
