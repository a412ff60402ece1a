-- Reviews, carts, events, tickets, audit.

SET ROLE shop_owner;
SELECT seed.configure();

INSERT INTO shop.reviews (id, product_id, customer_id, rating, language, body, helpful_votes, created_at)
    SELECT i, 1 + floor(p.products * power(seed.u(i, 1), 1.6))::bigint, 1 + seed.h(i, 2) % p.customers,
           (ARRAY[1, 2, 3, 4, 4, 4, 5, 5, 5, 5])[1 + seed.h(i, 3) % 10], g.code,
           s1.body || CASE WHEN i % 3 = 0 THEN '' WHEN i % 3 = 1 THEN ' ' || s2.body || ' ' || s3.body
                           ELSE E'\n' || s2.body || E'\n\n\t' || s3.body || ' ' || s4.body || E'\n— ' || i END,
           ARRAY[seed.h(i, 4) % 40, seed.h(i, 5) % 6],
           p.anchor - make_interval(secs => 35000000 * power(1 - i / (p.n / 4 + 1)::double precision, 1.2) + 60)
    FROM generate_series(1, current_setting('storefront.rows')::integer / 4) i
    CROSS JOIN seed.params p
    JOIN seed.langs g ON g.lang = (ARRAY[0,0,0,1,1,1,1,2,2,3,4,5,6,7,8,9])[1 + seed.h(i, 6) % 16]
    JOIN seed.sentences s1 ON s1.lang = g.lang AND s1.nth = seed.h(i, 7) % g.n
    JOIN seed.sentences s2 ON s2.lang = g.lang AND s2.nth = seed.h(i, 8) % g.n
    JOIN seed.sentences s3 ON s3.lang = g.lang AND s3.nth = seed.h(i, 9) % g.n
    JOIN seed.sentences s4 ON s4.lang = g.lang AND s4.nth = seed.h(i, 10) % g.n;

INSERT INTO web.carts (id, customer_id, items, expires_at, updated_at)
    SELECT md5('cart ' || i)::uuid, 1 + (i::bigint * 7919) % p.customers,
           CASE WHEN i % 9 = 0 THEN '[]'::jsonb
                ELSE jsonb_build_array(jsonb_build_object('product', 1 + seed.h(i, 2) % p.products, 'quantity', 1 + i % 3, 'gift', i % 8 = 0))
                     || CASE WHEN i % 2 = 0 THEN jsonb_build_array(jsonb_build_object('product', 1 + seed.h(i, 3) % p.products, 'quantity', 1, 'message', 'Für dich, ' || chr(128512 + i % 60)))
                             ELSE '[]'::jsonb END END,
           p.anchor + make_interval(secs => 2600000 * seed.u(i, 4)), p.anchor - make_interval(secs => 600000 * seed.u(i, 5))
    FROM generate_series(1, current_setting('storefront.rows')::integer / 10) i CROSS JOIN seed.params p;

INSERT INTO web.events (id, occurred_at, session_id, customer_id, kind, path, client, user_agent, payload)
    SELECT i, p.anchor - make_interval(secs => 15000000 * power(1 - i / (p.n + 1)::double precision, 1.3)),
           md5('session ' || i / 6)::uuid, CASE WHEN i / 6 % 3 > 0 THEN 1 + seed.h(i / 6, 2) % p.customers END,
           (ARRAY['view', 'view', 'view', 'view', 'search', 'add_to_cart', 'checkout', 'error'])[1 + seed.h(i, 3) % 8],
           CASE seed.h(i, 3) % 8 WHEN 4 THEN '/search?q=' || lower(replace(w.en, ' ', '+')) || '&page=' || 1 + i % 4
                WHEN 5 THEN '/cart' WHEN 6 THEN '/checkout/payment' WHEN 7 THEN '/account/../cart?x=%5C%00'
                ELSE '/p/' || 1 + floor(p.products * power(seed.u(i, 4), 1.6))::integer || '/' || lower(replace(w.en, ' ', '-')) END,
           CASE WHEN i % 20 = 0 THEN inet '2001:db8::' + seed.h(i / 6, 5) ELSE inet '10.0.0.0' + seed.h(i / 6, 5) % 16000000 END,
           g.body,
           CASE seed.h(i, 3) % 8
                WHEN 4 THEN jsonb_build_object('hits', seed.h(i, 6) % 200, 'q', w.de)
                WHEN 5 THEN jsonb_build_object('product', 1 + seed.h(i, 7) % p.products, 'from', 'liste')
                WHEN 7 THEN jsonb_build_object('message', E'TypeError: undefined is not a function\n\tat checkout.js:' || i % 900, 'fatal', false) END
    FROM generate_series(1, current_setting('storefront.rows')::integer) i
    CROSS JOIN seed.params p
    JOIN seed.nouns w ON w.nth = seed.h(i, 8) % 36
    JOIN seed.agents g ON g.nth = seed.h(i / 6, 9) % 8;

INSERT INTO support.tickets (id, customer_id, subject, priority, assignee, opened_at, closed_at)
    SELECT i, 1 + seed.h(i, 1) % p.customers, w.de || ' — ' || w.fr || ': ' || (ARRAY['kaputt', 'où est mon colis ?', 'refund', '返品', 'wrong colour'])[1 + seed.h(i, 2) % 5],
           (ARRAY['low', 'normal', 'normal', 'normal', 'high', 'on fire 🔥'])[1 + seed.h(i, 3) % 6]::support.priority,
           CASE WHEN i % 4 > 0 THEN (ARRAY['shop_support', 'aïcha', 'o.wójcik'])[1 + i % 3] END,
           t.opened, CASE WHEN i % 6 > 0 THEN t.opened + make_interval(secs => 300 + seed.h(i, 4) % 300000) END
    FROM generate_series(1, current_setting('storefront.rows')::integer / 20) i
    CROSS JOIN seed.params p
    CROSS JOIN LATERAL (SELECT p.anchor - make_interval(secs => 30000000 * (1 - i / (p.n / 20 + 1)::double precision) + 300) AS opened) t
    JOIN seed.nouns w ON w.nth = seed.h(i, 5) % 36;

INSERT INTO support.messages (ticket_id, number, from_customer, body, sent_at)
    SELECT t.id, k, k % 2 = 1,
           CASE WHEN k = 2 THEN E'Hello,\n\nthank you for writing. > ' ELSE '' END || s.body
               || CASE WHEN seed.h(t.id * 5 + k, 1) % 6 = 0 THEN E'\n' || w.body ELSE '' END,
           t.opened_at + make_interval(mins => 7 * k)
    FROM support.tickets t
    CROSS JOIN LATERAL generate_series(1, 1 + (t.id % 3)::integer) k
    JOIN seed.langs g ON g.lang = seed.h(t.id, 2) % 10
    JOIN seed.sentences s ON s.lang = g.lang AND s.nth = seed.h(t.id * 5 + k, 3) % g.n
    JOIN seed.awkward w ON w.nth = seed.h(t.id * 5 + k, 4) % 20;

INSERT INTO ops.audit_log (id, happened_at, actor, relation, action, row_key, before, after)
    OVERRIDING SYSTEM VALUE
    SELECT i, p.anchor - make_interval(secs => 20000000 * (1 - i / (p.n / 5 + 1)::double precision)),
           (ARRAY['shop_app', 'shop_app', 'shop_support', 'batch job'])[1 + seed.h(i, 1) % 4],
           (ARRAY['shop.customers', 'shop.products', 'shop.orders', 'ops."FeatureFlags"'])[1 + i % 4],
           (ARRAY['U', 'U', 'U', 'I', 'D']::"char"[])[1 + seed.h(i, 2) % 5],
           (1 + seed.h(i, 3) % p.customers)::text,
           jsonb_build_object('status', 'new', 'loyalty_points', seed.h(i, 4) % 4000),
           CASE WHEN seed.h(i, 2) % 5 < 4 THEN jsonb_build_object('status', 'active', 'loyalty_points', seed.h(i, 5) % 4000) END
    FROM generate_series(1, current_setting('storefront.rows')::integer / 5) i CROSS JOIN seed.params p;

RESET ROLE;
