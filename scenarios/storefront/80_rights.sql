-- Row security, grants, default privileges, settings of the database.

SET ROLE shop_owner;

ALTER TABLE shop.customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE web.carts ENABLE ROW LEVEL SECURITY;
ALTER TABLE support.tickets ENABLE ROW LEVEL SECURITY;
ALTER TABLE support.messages ENABLE ROW LEVEL SECURITY;

CREATE POLICY customers_app ON shop.customers TO shop_app USING (true) WITH CHECK (status <> 'erased');
CREATE POLICY customers_read ON shop.customers FOR SELECT TO shop_readonly USING (status NOT IN ('blocked', 'erased'));
CREATE POLICY carts_app ON web.carts TO shop_app USING (true);
CREATE POLICY tickets_own ON support.tickets TO shop_support
    USING (assignee IS NULL OR assignee = CURRENT_USER) WITH CHECK (assignee = CURRENT_USER);
CREATE POLICY tickets_not_secret ON support.tickets AS RESTRICTIVE FOR SELECT TO shop_support
    USING (subject !~~ '%[secret]%');
CREATE POLICY messages_of_own_tickets ON support.messages FOR SELECT TO shop_support
    USING (EXISTS (SELECT FROM support.tickets t WHERE t.id = ticket_id));
COMMENT ON POLICY tickets_own ON support.tickets IS 'everybody sees their own and the unassigned ones';

GRANT USAGE ON SCHEMA shop, web TO shop_app, shop_readonly;
GRANT USAGE ON SCHEMA reporting TO shop_app, shop_readonly;
GRANT USAGE ON SCHEMA support TO shop_support;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA shop, web TO shop_app;
GRANT DELETE ON web.carts TO shop_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA shop, web TO shop_app;
GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO shop_app, shop_readonly;
GRANT SELECT ON shop.products, shop.categories, shop.orders, shop.order_items, shop.active_products TO shop_readonly;
GRANT SELECT (id, display_name, country, status, created_at), UPDATE (status) ON shop.customers TO shop_support;
GRANT SELECT (id, country, created_at) ON shop.customers TO shop_readonly;
GRANT SELECT, INSERT, UPDATE ON support.tickets, support.messages TO shop_support;
GRANT SELECT ON shop.orders TO shop_support WITH GRANT OPTION;
REVOKE EXECUTE ON FUNCTION shop.next_invoice_number(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shop.next_invoice_number(text) TO shop_app;
REVOKE ALL ON PROCEDURE ops.ensure_order_partition(date) FROM PUBLIC;
GRANT USAGE ON TYPE shop.package_size TO shop_readonly;

ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA shop GRANT SELECT, INSERT, UPDATE ON TABLES TO shop_app;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA reporting GRANT SELECT ON TABLES TO shop_readonly;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

RESET ROLE;

-- Settings that live in the database and for a role in it. A plain pg_dump without --create leaves both out.

DO $settings$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET search_path = shop, public', current_database());
    EXECUTE format('ALTER ROLE shop_app IN DATABASE %I SET statement_timeout = %L', current_database(), '15s');
    EXECUTE format('COMMENT ON DATABASE %I IS %L', current_database(), E'storefront, plays "production"\nfilled by scenarios/storefront');
END
$settings$;
