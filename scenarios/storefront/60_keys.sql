-- Keys, constraints, indexes and statistics objects, after the rows.

SET ROLE shop_owner;
SELECT seed.configure();

-- Primary keys and other uniqueness

ALTER TABLE shop.categories ADD CONSTRAINT categories_pkey PRIMARY KEY (id);
ALTER TABLE shop.categories ADD CONSTRAINT categories_slug_key UNIQUE (slug);
ALTER TABLE shop.products ADD CONSTRAINT products_pkey PRIMARY KEY (id);
ALTER TABLE shop.products ADD CONSTRAINT products_sku_key UNIQUE (sku);
ALTER TABLE shop.product_media ADD CONSTRAINT product_media_pkey PRIMARY KEY (id);
ALTER TABLE shop."größentabelle" ADD CONSTRAINT "größentabelle_pkey" PRIMARY KEY ("größe");
ALTER TABLE shop.exchange_rates ADD CONSTRAINT exchange_rates_pkey PRIMARY KEY (currency, day);
ALTER TABLE shop.warehouses ADD CONSTRAINT warehouses_pkey PRIMARY KEY (id);
ALTER TABLE shop.warehouses ADD CONSTRAINT warehouses_code_key UNIQUE (code);
ALTER TABLE shop.stock ADD CONSTRAINT stock_pkey PRIMARY KEY (product_id, warehouse_id);
ALTER TABLE shop.customers ADD CONSTRAINT customers_pkey PRIMARY KEY (id);
ALTER TABLE shop.customers ADD CONSTRAINT customers_email_key UNIQUE (email);
ALTER TABLE shop.addresses ADD CONSTRAINT addresses_pkey PRIMARY KEY (id);
ALTER TABLE shop.coupons ADD CONSTRAINT coupons_pkey PRIMARY KEY (code);
ALTER TABLE shop.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id, placed_at);
ALTER TABLE shop.order_items ADD CONSTRAINT order_items_pkey PRIMARY KEY (order_id, line_no);
ALTER TABLE shop.payments ADD CONSTRAINT payments_pkey PRIMARY KEY (id);
ALTER TABLE shop.shipments ADD CONSTRAINT shipments_pkey PRIMARY KEY (id);
ALTER TABLE shop.reviews ADD CONSTRAINT reviews_pkey PRIMARY KEY (id);
ALTER TABLE web.carts ADD CONSTRAINT carts_pkey PRIMARY KEY (id);
ALTER TABLE web.events ADD CONSTRAINT events_pkey PRIMARY KEY (id);
ALTER TABLE support.tickets ADD CONSTRAINT tickets_pkey PRIMARY KEY (id);
ALTER TABLE support.messages ADD CONSTRAINT messages_pkey PRIMARY KEY (ticket_id, number);
ALTER TABLE ops.audit_log ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX customers_public_id_key ON shop.customers (public_id);
CREATE UNIQUE INDEX addresses_one_default_key ON shop.addresses (customer_id) WHERE is_default;

-- A product has one price at a time. No btree_gist needed: the product is a range of one number.
ALTER TABLE shop.product_prices ADD CONSTRAINT product_prices_no_overlap
    EXCLUDE USING gist (int8range(product_id, product_id, '[]') WITH &&, valid WITH &&);

-- Foreign keys: within a table, to a partitioned table, from a partitioned table, deferrable

ALTER TABLE shop.categories ADD CONSTRAINT categories_parent_fkey
    FOREIGN KEY (parent_id) REFERENCES shop.categories (id);
ALTER TABLE shop.products ADD CONSTRAINT products_category_fkey
    FOREIGN KEY (category_id) REFERENCES shop.categories (id);
ALTER TABLE shop.product_prices ADD CONSTRAINT product_prices_product_fkey
    FOREIGN KEY (product_id) REFERENCES shop.products (id) ON DELETE CASCADE;
ALTER TABLE shop.product_media ADD CONSTRAINT product_media_product_fkey
    FOREIGN KEY (product_id) REFERENCES shop.products (id) ON DELETE CASCADE;
ALTER TABLE shop.stock ADD CONSTRAINT stock_product_fkey
    FOREIGN KEY (product_id) REFERENCES shop.products (id);
ALTER TABLE shop.stock ADD CONSTRAINT stock_warehouse_fkey
    FOREIGN KEY (warehouse_id) REFERENCES shop.warehouses (id);
ALTER TABLE shop.addresses ADD CONSTRAINT addresses_customer_fkey
    FOREIGN KEY (customer_id) REFERENCES shop.customers (id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE shop.orders ADD CONSTRAINT orders_customer_fkey
    FOREIGN KEY (customer_id) REFERENCES shop.customers (id);
ALTER TABLE shop.orders ADD CONSTRAINT orders_coupon_fkey
    FOREIGN KEY (coupon_code) REFERENCES shop.coupons (code) ON DELETE SET NULL;
ALTER TABLE shop.order_items ADD CONSTRAINT order_items_order_fkey
    FOREIGN KEY (order_id, placed_at) REFERENCES shop.orders (id, placed_at) ON DELETE CASCADE;
ALTER TABLE shop.order_items ADD CONSTRAINT order_items_product_fkey
    FOREIGN KEY (product_id) REFERENCES shop.products (id);
ALTER TABLE shop.payments ADD CONSTRAINT payments_order_fkey
    FOREIGN KEY (order_id, placed_at) REFERENCES shop.orders (id, placed_at) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE shop.shipments ADD CONSTRAINT shipments_order_fkey
    FOREIGN KEY (order_id, placed_at) REFERENCES shop.orders (id, placed_at);
ALTER TABLE shop.shipments ADD CONSTRAINT shipments_warehouse_fkey
    FOREIGN KEY (warehouse_id) REFERENCES shop.warehouses (id);
ALTER TABLE shop.reviews ADD CONSTRAINT reviews_product_fkey
    FOREIGN KEY (product_id) REFERENCES shop.products (id) ON DELETE CASCADE;
ALTER TABLE shop.reviews ADD CONSTRAINT reviews_customer_fkey
    FOREIGN KEY (customer_id) REFERENCES shop.customers (id);
ALTER TABLE web.carts ADD CONSTRAINT carts_customer_fkey
    FOREIGN KEY (customer_id) REFERENCES shop.customers (id) ON DELETE CASCADE;
ALTER TABLE support.tickets ADD CONSTRAINT tickets_customer_fkey
    FOREIGN KEY (customer_id) REFERENCES shop.customers (id);
ALTER TABLE support.messages ADD CONSTRAINT messages_ticket_fkey
    FOREIGN KEY (ticket_id) REFERENCES support.tickets (id) ON DELETE CASCADE;

-- Indexes of every kind

CREATE INDEX products_category_idx ON shop.products (category_id, gross_price) INCLUDE (title) WHERE is_active;
CREATE INDEX products_search_idx ON shop.products USING gin (search);
CREATE INDEX products_title_trgm_idx ON shop.products USING gin (title public.gin_trgm_ops);
CREATE INDEX products_attributes_idx ON shop.products USING gin (attributes jsonb_path_ops);
CREATE INDEX products_tags_idx ON shop.products USING gin (tags);
CREATE INDEX product_media_product_idx ON shop.product_media (product_id);
CREATE INDEX warehouses_location_idx ON shop.warehouses USING gist (location);
CREATE INDEX customers_name_idx ON shop.customers (lower(display_name) COLLATE "C" text_pattern_ops);
CREATE INDEX customers_newsletter_idx ON shop.customers ((preferences ->> 'newsletter')) WHERE status = 'active';
CREATE INDEX addresses_customer_idx ON shop.addresses (customer_id);
CREATE INDEX orders_customer_idx ON shop.orders (customer_id, placed_at DESC NULLS LAST);
CREATE INDEX orders_placed_at_idx ON shop.orders (placed_at);
CREATE INDEX orders_open_idx ON shop.orders (status, placed_at) WHERE status IN ('pending', 'paid', 'picking');
CREATE INDEX orders_coupon_idx ON shop.orders (coupon_code) WHERE coupon_code IS NOT NULL;
CREATE INDEX order_items_product_idx ON shop.order_items (product_id);
CREATE INDEX payments_order_idx ON shop.payments (order_id);
CREATE INDEX shipments_order_idx ON shop.shipments (order_id);
CREATE INDEX reviews_product_idx ON shop.reviews (product_id, created_at DESC);
CREATE INDEX reviews_customer_idx ON shop.reviews (customer_id);
CREATE INDEX carts_customer_idx ON web.carts USING hash (customer_id);
CREATE INDEX carts_expires_idx ON web.carts (expires_at);
CREATE INDEX events_occurred_brin ON web.events USING brin (occurred_at) WITH (pages_per_range = 32);
CREATE INDEX events_session_idx ON web.events (session_id);
CREATE INDEX tickets_customer_idx ON support.tickets (customer_id);
CREATE INDEX tickets_open_idx ON support.tickets (priority DESC, opened_at) WHERE closed_at IS NULL;
CREATE INDEX audit_log_row_idx ON ops.audit_log (relation, row_key);
CREATE INDEX "Flags on" ON ops."FeatureFlags" ("flagName") WHERE "isOn";

CREATE STATISTICS shop.addresses_place (ndistinct, dependencies, mcv) ON country, city FROM shop.addresses;
ALTER TABLE shop.customers ALTER COLUMN interests SET STATISTICS 10;
ALTER TABLE shop.addresses CLUSTER ON addresses_customer_idx;
ALTER TABLE web.events SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);

RESET ROLE;
