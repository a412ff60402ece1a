-- Customers with their addresses; orders with lines, payments and shipments.

SET ROLE shop_owner;
SELECT seed.configure();

INSERT INTO shop.customers (id, public_id, email, display_name, locale, country, phone, status, loyalty_points,
                            password_hash, preferences, interests, created_at, updated_at)
    SELECT d.i, md5('customer ' || d.i)::uuid,
           CASE WHEN d.latin THEN lower(translate(d.given || '.' || d.family,
                    'ÁÇÉÍÓÖÜßàáâäçèéêëíîïñóôöúüÿąĆęğİıŁłńŚśŞşŹźŻżễ ''', 'ACEIOOUsaaaaceeeeiiinooouuyaCegIiLlnSsSsZzZze-'))
                ELSE left(d.locale, 2) || '.kunde' END || d.i || d.domain,
           CASE WHEN d.i % 97 = 0 THEN d.given || ' "' || d.family || '" \ & Co.'
                WHEN d.latin OR d.locale = 'el-GR' THEN d.given || ' ' || d.family
                ELSE d.family || d.given END,
           d.locale, d.country,
           CASE WHEN d.i % 5 > 0 THEN d.dial || ' ' || 100 + seed.h(d.i, 3) % 900 || ' ' || 100000 + seed.h(d.i, 4) % 900000 END,
           (ARRAY['new', 'active', 'active', 'active', 'active', 'active', 'dormant', 'dormant', 'blocked', 'active']::shop.customer_status[])[1 + seed.h(d.i, 5) % 10],
           (power(seed.u(d.i, 6), 5) * 9000)::integer,
           decode(md5('pw' || d.i) || md5('salt' || d.i), 'hex'),
           jsonb_build_object('newsletter', d.i % 3 = 0, 'theme', CASE d.i % 4 WHEN 0 THEN 'dark' ELSE 'light' END,
               'sizes', jsonb_build_array('M', 36 + d.i % 12), 'consent', jsonb_build_object('ads', d.i % 7 = 0, 'version', 3)),
           CASE WHEN d.i % 3 = 0 THEN ARRAY['garden', 'vélo', 'お茶'] WHEN d.i % 3 = 1 THEN '{}'::text[] END,
           d.anchor - make_interval(secs => 36000000 + 60000000 * (1 - d.i::double precision / d.customers)),
           d.anchor - make_interval(secs => 30000000 * seed.u(d.i, 7))
    FROM (SELECT i, c.locale, c.country, c.dial, c.latin, p.anchor, p.customers,
                 c.given[1 + seed.h(i, 1) % array_length(c.given, 1)] AS given,
                 c.family[1 + seed.h(i, 2) % array_length(c.family, 1)] AS family,
                 (ARRAY['@example.com', '@example.org', '@mail.example', '@example.net'])[1 + seed.h(i, 8) % 4] AS domain
          FROM generate_series(1, current_setting('storefront.customers')::integer) i
          CROSS JOIN seed.params p
          JOIN seed.cultures c ON c.id = (ARRAY[0,0,0,1,1,1,1,1,2,2,2,3,3,4,4,5,6,7,8,9])[1 + seed.h(i, 9) % 20]
          OFFSET 0) d;

INSERT INTO shop.addresses (id, customer_id, kind, recipient, lines, postcode, city, country, is_default)
    SELECT row_number() OVER (ORDER BY c.id, k), c.id,
           CASE k WHEN 0 THEN 'delivery' WHEN 1 THEN 'billing' ELSE 'entrepôt' END::shop.address_kind,
           c.display_name,
           ARRAY[u.streets[1 + seed.h(c.id, 60 + k) % array_length(u.streets, 1)] || ' ' || 1 + seed.h(c.id, 70 + k) % 180]
               || CASE WHEN c.id % 6 = 0 THEN ARRAY['2. Hof, "Gartenhaus"', 'c/o Núñez, O''Hara'] ELSE '{}' END,
           format(u.postcode, 10 + seed.h(c.id, 80 + k) % 89),
           u.cities[1 + seed.h(c.id, 90 + k) % array_length(u.cities, 1)], c.country, k = 0
    FROM shop.customers c
    JOIN seed.cultures u ON u.country = c.country
    CROSS JOIN LATERAL generate_series(0, CASE WHEN c.id % 40 = 0 THEN 2 WHEN c.id % 5 = 0 THEN 1 ELSE 0 END) k;

-- What an order keeps of the address, made once for each customer and not once for each order.

CREATE TABLE seed.doorsteps AS
    SELECT a.customer_id, jsonb_build_object('name', a.recipient, 'lines', to_jsonb(a.lines), 'postcode', a.postcode,
                                             'city', a.city, 'country', a.country) AS ship_to
    FROM shop.addresses a
    WHERE a.is_default;

-- Lines first: an order's total is the sum of its lines.

INSERT INTO shop.order_items (order_id, placed_at, line_no, product_id, quantity, unit_price, discount)
    SELECT 100000 + l.i, l.placed_at, l.line, r.id, (ARRAY[1, 1, 1, 1, 2, 2, 3, 6])[1 + seed.h(l.i, 100 + l.line) % 8],
           r.gross_price, ('{0,0,0,0,0,0,5,10,12.5}'::numeric[])[1 + seed.h(l.i, 110 + l.line) % 9]
    FROM (SELECT i, seed.placed_at(i, p.n, p.anchor) AS placed_at, p.products,
                 generate_series(1, (ARRAY[1, 1, 1, 1, 2, 2, 2, 3, 3, 4])[1 + seed.h(i, 10) % 10]) AS line
          FROM generate_series(1, current_setting('storefront.rows')::integer) i
          CROSS JOIN seed.params p) l
    JOIN shop.products r ON r.id = 1 + floor(l.products * power(seed.u(l.i, 120 + l.line), 1.6))::integer;

INSERT INTO shop.orders (id, placed_at, customer_id, status, channel, currency, total, ship_to, delivery_window,
                         coupon_code, note, updated_at)
    SELECT d.id, d.placed_at, d.customer_id, d.status,
           (ARRAY['web', 'web', 'web', 'app', 'app', 'phone', 'marché'])[1 + seed.h(d.id, 11) % 7],
           (ARRAY['EUR', 'EUR', 'EUR', 'EUR', 'GBP', 'PLN', 'JPY', 'USD'])[1 + seed.h(d.id, 12) % 8],
           d.total,
           a.ship_to,
           CASE WHEN seed.h(d.id, 13) % 3 = 0
                THEN tstzrange(date_trunc('hour', d.placed_at, 'UTC') + interval '2 days', date_trunc('hour', d.placed_at, 'UTC') + interval '2 days 4 hours') END,
           CASE WHEN seed.h(d.id, 14) % 12 = 0
                THEN (ARRAY['SUMMER004', 'HALLO001', 'MERCI002', 'TAKK003', 'SUMMER008'])[1 + seed.h(d.id, 15) % 5] END,
           CASE WHEN seed.h(d.id, 16) % 11 = 0 THEN w.body END,
           least(d.placed_at + make_interval(secs => 400000 * seed.u(d.id, 17)), d.anchor)
    FROM (SELECT i.order_id AS id, i.placed_at, sum(i.line_total) + 4.90 AS total, p.anchor,
                 1 + floor(p.customers * power(seed.u(i.order_id, 18), 1.5))::bigint AS customer_id,
                 CASE WHEN seed.h(i.order_id, 19) % 100 < 4 THEN 'cancelled'
                      WHEN i.placed_at > p.anchor - interval '12 hours' THEN (ARRAY['pending', 'paid', 'paid', 'picking'])[1 + seed.h(i.order_id, 20) % 4]
                      WHEN i.placed_at > p.anchor - interval '4 days' THEN (ARRAY['shipped', 'shipped', 'delivered'])[1 + seed.h(i.order_id, 20) % 3]
                      WHEN seed.h(i.order_id, 19) % 100 < 8 THEN 'returned'
                      ELSE 'delivered' END::shop.order_status AS status
          FROM shop.order_items i CROSS JOIN seed.params p
          GROUP BY i.order_id, i.placed_at, p.anchor, p.customers
          ORDER BY i.order_id) d
    JOIN seed.doorsteps a ON a.customer_id = d.customer_id
    LEFT JOIN seed.awkward w ON w.nth = seed.h(d.id, 21) % 20;

INSERT INTO shop.payments (id, order_id, placed_at, provider, status, amount, captured_at, answer)
    SELECT md5('payment ' || o.id)::uuid, o.id, o.placed_at,
           (ARRAY['card', 'card', 'paypal', 'sepa', 'klarna'])[1 + seed.h(o.id, 30) % 5],
           CASE WHEN o.status = 'pending' THEN 'authorised' WHEN o.status IN ('cancelled', 'returned') THEN 'refunded' ELSE 'captured' END::shop.payment_status,
           o.total,
           CASE WHEN o.status NOT IN ('pending', 'cancelled') THEN o.placed_at + make_interval(secs => 5 + seed.h(o.id, 31) % 200) END,
           CASE seed.h(o.id, 30) % 5
                WHEN 0 THEN jsonb_build_object('brand', 'visa', 'last4', lpad((seed.h(o.id, 32) % 10000)::text, 4, '0'), 'exp', '0' || 1 + o.id % 9 || '/2' || 7 + o.id % 3, '3ds', o.id % 3 = 0)
                WHEN 1 THEN jsonb_build_object('brand', 'mastercard', 'last4', lpad((seed.h(o.id, 32) % 10000)::text, 4, '0'), 'exp', '1' || o.id % 3 || '/2' || 7 + o.id % 3)
                WHEN 3 THEN jsonb_build_object('mandate', upper(left(md5(o.id::text), 12)), 'days', 3)
                WHEN 4 THEN jsonb_build_object('ref', seed.h(o.id, 33), 'risk', round(seed.u(o.id, 34)::numeric, 3)) END
    FROM shop.orders o
    ORDER BY o.placed_at;

INSERT INTO shop.shipments (id, order_id, placed_at, warehouse_id, carrier, tracking_code, shipped_at, transit, stations)
    SELECT row_number() OVER (ORDER BY o.placed_at), o.id, o.placed_at, 1 + seed.h(o.id, 40) % 4,
           (ARRAY['DHL', 'DPD', 'La Poste', 'InPost', 'ヤマト運輸'])[1 + seed.h(o.id, 41) % 5],
           'JJD0' || 10000000 + seed.h(o.id, 42) % 90000000 || o.id % 10,
           o.placed_at + make_interval(secs => 20000 + seed.h(o.id, 43) % 50000),
           CASE WHEN o.status <> 'shipped' THEN make_interval(hours => 14 + seed.h(o.id, 44) % 70, mins => seed.h(o.id, 45) % 60) END,
           (ARRAY['{packed,"handed over","sorting centre Köln",delivered}', '{packed,"out for delivery","not at home","left with neighbour"}',
                  '{packed,"en transit","remis au destinataire"}', '{}']::text[])[1 + seed.h(o.id, 46) % 4]::text[]
    FROM shop.orders o
    WHERE o.status IN ('shipped', 'delivered', 'returned')
    ORDER BY o.placed_at;

RESET ROLE;
