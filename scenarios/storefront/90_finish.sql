-- Sequences to where the data is, the raw material away, planner statistics, session settings back.

SELECT setval('shop.categories_id_seq', (SELECT max(id) FROM shop.categories));
SELECT setval('shop.warehouses_id_seq', (SELECT max(id) FROM shop.warehouses));
SELECT setval('shop.products_id_seq', (SELECT max(id) FROM shop.products));
SELECT setval('shop.product_media_id_seq', (SELECT max(id) FROM shop.product_media));
SELECT setval('shop.customers_id_seq', (SELECT max(id) FROM shop.customers));
SELECT setval('shop.addresses_id_seq', (SELECT max(id) FROM shop.addresses));
SELECT setval('shop.order_number_seq', (SELECT max(id) FROM shop.orders));
SELECT setval('shop.shipments_id_seq', (SELECT max(id) FROM shop.shipments));
SELECT setval('shop.reviews_id_seq', (SELECT max(id) FROM shop.reviews));
SELECT setval('web.events_id_seq', (SELECT max(id) FROM web.events));
SELECT setval('support.tickets_id_seq', (SELECT max(id) FROM support.tickets));
SELECT setval('ops.audit_log_id_seq', (SELECT max(id) FROM ops.audit_log));

DROP SCHEMA seed CASCADE;

RESET work_mem;
RESET maintenance_work_mem;
RESET enable_mergejoin;
RESET jit;
RESET client_min_messages;

-- A small sample will do: it is the restored copy that the load runs on.
SET default_statistics_target = 20;
ANALYZE;
RESET default_statistics_target;
