-- Categories, products, prices, media, warehouses, stock, and the small tables.

SET ROLE shop_owner;
SELECT seed.configure();

INSERT INTO shop.categories (id, parent_id, slug, name, names, position) VALUES
(1, NULL, 'home', 'Home', '{"de": "Zuhause", "fr": "Maison", "ja": "家"}', 1),
(2, NULL, 'outdoors', 'Outdoors', '{"de": "Draußen", "fr": "Plein air", "ja": "アウトドア"}', 2),
(3, NULL, 'play', 'Play', '{"de": "Spielen", "fr": "Jouer", "ja": "遊び"}', 3),
(10, 1, 'kitchen', 'Kitchen', '{"de": "Küche", "fr": "Cuisine", "ja": "キッチン"}', 1),
(11, 1, 'desk', 'Desk & Office', '{"de": "Büro", "fr": "Bureau", "ja": "オフィス"}', 2),
(12, 2, 'clothing', 'Clothing', '{"de": "Kleidung", "fr": "Vêtements", "ja": "衣類"}', 1),
(13, 2, 'garden', 'Garden', '{"de": "Garten", "fr": "Jardin", "ja": "ガーデン"}', 2),
(14, 2, 'cycling', 'Cycling', '{"de": "Fahrrad", "fr": "Vélo", "ja": "自転車"}', 3),
(15, 3, 'toys', 'Toys', '{"de": "Spielzeug", "fr": "Jouets", "ja": "おもちゃ"}', 1);

INSERT INTO shop.products (id, sku, category_id, title, description, net_price, vat_percent, attributes,
                           tags, package, weight_kg, thumbnail, is_active, created_at, updated_at)
    OVERRIDING SYSTEM VALUE
    SELECT i, l.prefix || '-' || lpad(i::text, 6, '0'), w.category,
           l.en || ' ' || w.en || CASE seed.h(i, 2) % 9 WHEN 0 THEN ' No. ' || i % 50 WHEN 1 THEN ', Set of 2' WHEN 2 THEN ' “Édition ' || i % 12 + 2010 || '”' ELSE '' END,
           w.en || ' / ' || w.de || ' / ' || w.fr || '. ' || s1.body || E'\n\n' || s2.body
               || CASE WHEN i % 3 = 0 THEN E'\n\t• ' || l.material || E'\n\t• ' || l.colour || E'\n\t• ' || w.ja ELSE '' END,
           (3 + power(seed.u(i, 3), 4) * 400)::numeric(12, 2),
           CASE seed.h(i, 4) % 6 WHEN 0 THEN 7 WHEN 1 THEN 5.5 ELSE 19 END,
           jsonb_build_object('colour', l.colour, 'material', l.material, 'warranty_months', 12 * (1 + i % 5),
               'names', jsonb_build_object('de', w.de, 'fr', w.fr, 'ja', w.ja),
               'eco', i % 4 = 0, 'score', round((seed.u(i, 5) * 5)::numeric, 2)),
           ARRAY[lower(w.en), lower(l.material)] || CASE WHEN i % 10 = 0 THEN ARRAY['sale', 'été', NULL, '"last, one"'] ELSE '{}' END,
           ROW(40 + i % 400, 30 + i % 300, 10 + i % 90)::shop.package_size,
           (0.05 + seed.u(i, 6) * 12)::real,
           CASE WHEN i % 4 = 0 THEN decode('89504e470d0a1a0a' || repeat(md5(i::text) || md5('p' || i), 3 + i % 4), 'hex') END,
           seed.h(i, 7) % 25 > 0,
           p.anchor - make_interval(secs => 90000000 * (1 - i::double precision / p.products) + 40),
           p.anchor - make_interval(secs => 8000000 * seed.u(i, 8))
    FROM generate_series(1, current_setting('storefront.products')::integer) i
    CROSS JOIN seed.params p
    JOIN seed.nouns w ON w.nth = seed.h(i, 10) % 36
    JOIN seed.looks l ON l.nth = seed.h(i, 11) % 132
    JOIN seed.sentences s1 ON s1.lang = 0 AND s1.nth = seed.h(i, 12) % 864
    JOIN seed.sentences s2 ON s2.lang = 1 AND s2.nth = seed.h(i, 13) % 864;

INSERT INTO shop.product_prices (product_id, valid, net_price, reason)
    SELECT d.id, d.valid, d.net_price, d.reason
    FROM (SELECT id, daterange(NULL, (updated_at AT TIME ZONE 'UTC')::date) AS valid,
                 round(net_price * 0.9, 2) AS net_price, NULL AS reason FROM shop.products WHERE id % 3 = 0
          UNION ALL
          SELECT id, daterange(CASE WHEN id % 3 = 0 THEN (updated_at AT TIME ZONE 'UTC')::date END, NULL), net_price,
                 CASE id % 3 WHEN 0 THEN 'raw materials' WHEN 1 THEN 'Währung' END FROM shop.products) d
    ORDER BY d.id, d.valid;

-- Media are large objects with fixed numbers, so that two fills are equal. One of them is empty, one is large.

INSERT INTO shop.product_media (id, product_id, content, mime_type, alt_text, sha256)
    SELECT 1000 + 5 * i, 1 + seed.h(i, 20) % p.products,
           lo_from_bytea((700000 + i)::oid, m.content), m.mime_type,
           CASE WHEN i % 2 = 0 THEN 'Größe und Maße, ' || i || ' px' END, sha256(m.content)
    FROM generate_series(0, greatest(100, least(600, current_setting('storefront.rows')::integer / 400))) i
    CROSS JOIN seed.params p
    CROSS JOIN LATERAL (
        SELECT CASE WHEN i = 3 THEN 'application/octet-stream' WHEN i % 3 = 0 THEN 'text/plain; charset=utf-8' ELSE 'image/png' END AS mime_type,
               CASE WHEN i = 3 THEN ''::bytea
                    WHEN i % 3 = 0 THEN convert_to((SELECT string_agg(body, E'\r\n' ORDER BY lang, nth) FROM seed.sentences
                                                    WHERE (nth + i) % CASE i WHEN 6 THEN 10 ELSE 101 END = 0), 'UTF8')
                    ELSE decode('89504e470d0a1a0a0000000d49484452' || (SELECT string_agg(md5((i * 1000 + k)::text), '')
                                                    FROM generate_series(1, 20 + seed.h(i, 21) % 260) k), 'hex')
               END AS content) m
    ORDER BY i;

DO $media$
DECLARE
    medium record;
BEGIN
    FOR medium IN SELECT content, product_id, mime_type FROM shop.product_media WHERE id % 20 = 0 ORDER BY id
    LOOP
        EXECUTE format('COMMENT ON LARGE OBJECT %s IS %L', medium.content,
                       'product ' || medium.product_id || E'\n' || medium.mime_type);
        EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO shop_app', medium.content);
    END LOOP;
END
$media$;

INSERT INTO shop."größentabelle" VALUES
('S', 68.5, '[84,92)', '小号'), ('M', 70.0, '[92,100)', '中号'), ('L', 72.5, '[100,108)', NULL),
('XL', 74.0, '[108,118)', 'très ample'), ('XXL', 76.5, '[118,)', E'auf Bestellung,\n6 Wochen');

INSERT INTO shop.exchange_rates (currency, day, rate, mid)
    SELECT c.code, (p.anchor AT TIME ZONE 'UTC')::date - d,
           (c.base * (1 + 0.03 * sin(d / 29.0) + 0.004 * (seed.u(d, c.ord) - 0.5)))::numeric(18, 8),
           c.base * (1 + 0.03 * sin(d / 29.0))
    FROM seed.params p,
         unnest(ARRAY['USD', 'GBP', 'PLN', 'JPY', 'CNY', 'KRW', 'TRY', 'SEK'],
                ARRAY[1.09, 0.86, 4.31, 163.2, 7.9, 1478.0, 36.4, 11.3]) WITH ORDINALITY AS c(code, base, ord),
         generate_series(0, 420) d;

INSERT INTO shop.warehouses (id, code, name, location, opens, closes, floors, network) VALUES
(1, 'HAM', 'Hamburg-Veddel', '(10.024,53.521)', '06:00', '22:00+01', '[0,4)', '10.20.0.0/16'),
(2, 'LYS', 'Entrepôt de Saint-Priest', '(4.939,45.697)', '05:30', '21:30+01', '[-1,2)', '10.21.0.0/16'),
(3, 'WRO', 'Wrocław-Krzyki', '(17.007,51.073)', '00:00', '24:00+01', '[0,1)', NULL),
(4, 'OSA', '大阪 南港', '(135.416,34.633)', '08:00:00.5', '20:00+09', '[1,9)', '2001:db8:20::/48');

INSERT INTO shop.stock (product_id, warehouse_id, on_hand, reserved, shelf, counted_at)
    SELECT i, w, 5 + seed.h(i, 30 + w) % 400, seed.h(i, 40 + w) % 5,
           CASE WHEN i % 7 > 0 THEN chr(65 + i % 12) || '-' || lpad((i % 90)::text, 2, '0') || '/' || w END,
           p.anchor - make_interval(secs => 2600000 * seed.u(i, 50 + w))
    FROM generate_series(1, current_setting('storefront.products')::integer) i
    CROSS JOIN seed.params p
    CROSS JOIN generate_series(1, 4) w;

INSERT INTO shop.coupons (code, percent_off, valid, uses_left, text_for_customers)
    SELECT CASE i % 4 WHEN 0 THEN 'SUMMER' WHEN 1 THEN 'HALLO' WHEN 2 THEN 'MERCI' ELSE 'TAKK' END || lpad(i::text, 3, '0'),
           5 + i % 20 + 0.5 * (i % 2),
           tstzrange(p.anchor - make_interval(days => i), CASE WHEN i % 3 = 0 THEN 'infinity' ELSE p.anchor + make_interval(days => 90 - i % 30) END),
           CASE WHEN i % 5 > 0 THEN 10 * i END,
           CASE i % 4 WHEN 0 THEN E'Sunny days, ☀️\nfree delivery' WHEN 2 THEN 'Merci d''être là !' END
    FROM generate_series(1, 120) i CROSS JOIN seed.params p;

INSERT INTO ops."FeatureFlags" ("flagName", "isOn", "Audience", "select") VALUES
('newCheckout', true, '{"percent": 25, "countries": ["DE", "FR"]}', NULL),
('dark mode', false, NULL, 'none'),
('größere Bilder', true, '{"percent": 1e2, "note": "tab\tand quote\" inside"}', E'a\\b'),
('', false, '[]', '');

RESET ROLE;
