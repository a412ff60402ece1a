-- Functions, triggers, views, materialized views. Bodies name every object with its schema, because
-- pg_dump restores under an empty search_path.

SET ROLE shop_owner;
SELECT seed.configure();

CREATE FUNCTION ops.touch_updated_at() RETURNS trigger LANGUAGE plpgsql
    AS $touch$
BEGIN
    NEW.updated_at := pg_catalog.now();
    RETURN NEW;
END
$touch$;

CREATE FUNCTION ops.audit() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $audit$
DECLARE
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - 'password_hash' END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - 'password_hash' END;
BEGIN
    -- A semicolon; a 'quote'; and a $dollar$ in a comment of a body.
    INSERT INTO ops.audit_log (relation, action, row_key, before, after)
    VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, left(TG_OP, 1)::"char",
            coalesce(new_row, old_row) ->> TG_ARGV[0], old_row, new_row);
    RETURN NULL;
END
$audit$;

CREATE FUNCTION shop.next_invoice_number(prefix text DEFAULT 'RE') RETURNS text LANGUAGE sql VOLATILE
    AS $$ SELECT pg_catalog.format('%s-%s', prefix, pg_catalog.lpad(pg_catalog.nextval('shop.invoice_number_seq')::text, 9, '0')) $$;

CREATE FUNCTION shop.order_total(wanted bigint, OUT lines integer, OUT total numeric) LANGUAGE sql STABLE
    AS $$ SELECT pg_catalog.count(*)::integer, pg_catalog.sum(i.line_total) FROM shop.order_items i WHERE i.order_id = wanted $$;

CREATE FUNCTION shop.available(wanted bigint) RETURNS integer LANGUAGE sql STABLE
    AS $$ SELECT coalesce(pg_catalog.sum(s.on_hand - s.reserved), 0)::integer FROM shop.stock s WHERE s.product_id = wanted $$;

CREATE FUNCTION shop.search_products(words text, at_most integer DEFAULT 20)
    RETURNS TABLE (product_id bigint, title text, gross_price numeric, rank real)
    LANGUAGE plpgsql STABLE ROWS 20
    AS $search$
DECLARE
    wanted tsquery := pg_catalog.plainto_tsquery('pg_catalog.simple', words);
BEGIN
    RETURN QUERY
        SELECT p.id, p.title, p.gross_price, pg_catalog.ts_rank(p.search, wanted)
        FROM shop.products p
        WHERE p.search @@ wanted AND p.is_active
        ORDER BY 4 DESC, 1
        LIMIT at_most;
END
$search$;

CREATE FUNCTION shop.join_names(VARIADIC names text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT
    AS 'BEGIN RETURN pg_catalog.array_to_string(names, '', ''); END';

CREATE PROCEDURE ops.ensure_order_partition(day date) LANGUAGE plpgsql
    AS $partition$
DECLARE
    month_start timestamp := pg_catalog.date_trunc('month', day::timestamp);
    wanted name := 'orders_' || pg_catalog.to_char(month_start, 'YYYY_MM');
BEGIN
    IF pg_catalog.to_regclass(pg_catalog.format('shop.%I', wanted)) IS NULL THEN
        EXECUTE pg_catalog.format($ddl$CREATE TABLE shop.%I PARTITION OF shop.orders FOR VALUES FROM (%L) TO (%L)$ddl$,
            wanted, month_start::text || '+00', (month_start + interval '1 month')::text || '+00');
    END IF;
END
$partition$;

CREATE AGGREGATE reporting.product_of(double precision) (SFUNC = float8mul, STYPE = double precision, INITCOND = '1');

COMMENT ON FUNCTION ops.audit() IS E'Writes who changed what.\nFirst argument: the key column. It''s "security definer".';
COMMENT ON PROCEDURE ops.ensure_order_partition(date) IS 'called by cron on the 20th of every month';

-- Triggers, on plain and on partitioned tables

CREATE TRIGGER products_touch BEFORE UPDATE ON shop.products
    FOR EACH ROW EXECUTE FUNCTION ops.touch_updated_at();
CREATE TRIGGER customers_touch BEFORE UPDATE ON shop.customers
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION ops.touch_updated_at();
CREATE TRIGGER orders_touch BEFORE UPDATE ON shop.orders
    FOR EACH ROW EXECUTE FUNCTION ops.touch_updated_at();
CREATE TRIGGER carts_touch BEFORE UPDATE ON web.carts
    FOR EACH ROW EXECUTE FUNCTION ops.touch_updated_at();
CREATE TRIGGER customers_audit AFTER UPDATE OF email, status ON shop.customers
    FOR EACH ROW WHEN (OLD.email::text IS DISTINCT FROM NEW.email::text OR OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION ops.audit('id');
CREATE TRIGGER customers_audit_delete AFTER DELETE ON shop.customers
    FOR EACH ROW EXECUTE FUNCTION ops.audit('id');
CREATE TRIGGER orders_audit AFTER UPDATE OF status ON shop.orders
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION ops.audit('id');
CREATE TRIGGER "Flags audit" AFTER INSERT OR UPDATE OR DELETE ON ops."FeatureFlags"
    FOR EACH ROW EXECUTE FUNCTION ops.audit('flagName');
CREATE TRIGGER tickets_audit AFTER UPDATE ON support.tickets
    FOR EACH ROW EXECUTE FUNCTION ops.audit('id');
ALTER TABLE support.tickets DISABLE TRIGGER tickets_audit;

-- Views

CREATE VIEW shop.active_products WITH (security_barrier = true) AS
    SELECT p.id, p.sku, p.title, p.gross_price, p.category_id, p.tags, p.is_active
    FROM shop.products p
    WHERE p.is_active
    WITH LOCAL CHECK OPTION;

CREATE VIEW shop.open_orders AS
    SELECT o.id, o.placed_at, o.status, o.total, c.display_name, c.email, o.note
    FROM shop.orders o
    JOIN shop.customers c ON c.id = o.customer_id
    WHERE o.status IN ('pending', 'paid', 'picking');

CREATE RECURSIVE VIEW shop.category_tree (id, depth, path) AS
    SELECT c.id, 0, ARRAY[c.name] FROM shop.categories c WHERE c.parent_id IS NULL
    UNION ALL
    SELECT c.id, t.depth + 1, t.path || c.name
    FROM shop.categories c JOIN category_tree t ON t.id = c.parent_id;

CREATE MATERIALIZED VIEW reporting.daily_sales AS
    SELECT (o.placed_at AT TIME ZONE 'UTC')::date AS day, o.currency, count(*) AS orders,
           sum(o.total) AS revenue, count(*) FILTER (WHERE o.status = 'cancelled') AS cancelled,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY o.total) AS median_total
    FROM shop.orders o
    GROUP BY 1, 2;
CREATE UNIQUE INDEX daily_sales_key ON reporting.daily_sales (day, currency);

CREATE MATERIALIZED VIEW reporting.product_ratings AS
    SELECT r.product_id, count(*) AS reviews, round(avg(r.rating), 2) AS rating, max(r.created_at) AS newest
    FROM shop.reviews r
    GROUP BY r.product_id;
CREATE UNIQUE INDEX product_ratings_key ON reporting.product_ratings (product_id);

CREATE VIEW reporting.best_rated AS
    SELECT p.id, p.title, r.rating, r.reviews, shop.available(p.id) AS available
    FROM reporting.product_ratings r JOIN shop.products p ON p.id = r.product_id
    WHERE r.reviews >= 3
    ORDER BY r.rating DESC, r.reviews DESC;

CREATE VIEW reporting."Umsatz je Monat" AS
    SELECT date_trunc('month', d.day::timestamp)::date AS "Monat", d.currency AS "Währung", sum(d.revenue) AS "Umsatz €"
    FROM reporting.daily_sales d
    GROUP BY 1, 2;

COMMENT ON MATERIALIZED VIEW reporting.daily_sales IS 'refreshed concurrently every night';
COMMENT ON VIEW reporting."Umsatz je Monat" IS 'für die Buchhaltung; der Name stammt von dort';
COMMENT ON COLUMN shop.orders.note IS E'free text of the customer: anything at all, tabs\tand "quotes" included';
COMMENT ON CONSTRAINT product_prices_no_overlap ON shop.product_prices IS 'one price at a time';
COMMENT ON INDEX shop.products_search_idx IS 'full text';
COMMENT ON TRIGGER orders_audit ON shop.orders IS 'status changes only';

RESET ROLE;
