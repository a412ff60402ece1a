-- The search box: full text with rank, then a filter on attributes, then part of a title.
\set word random(1, 18)
\set colour random(1, 11)
\set material random(1, 11)
SELECT id, title, gross_price, ts_rank(search, plainto_tsquery('simple', (ARRAY['coffee grinder', 'teapot', 'kettle', 'bread box', 'desk lamp', 'fountain pen', 'wall clock', 'rain jacket', 'sun hat', 'rucksack', 'watering can', 'bird feeder', 'hammock', 'bicycle bell', 'helmet', 'building blocks', 'kite', 'marble run'])[:word])) AS rank
    FROM shop.products
    WHERE search @@ plainto_tsquery('simple', (ARRAY['coffee grinder', 'teapot', 'kettle', 'bread box', 'desk lamp', 'fountain pen', 'wall clock', 'rain jacket', 'sun hat', 'rucksack', 'watering can', 'bird feeder', 'hammock', 'bicycle bell', 'helmet', 'building blocks', 'kite', 'marble run'])[:word])
        AND is_active
    ORDER BY rank DESC, id LIMIT 20;
SELECT id, title FROM shop.products
    WHERE attributes @> jsonb_build_object(
        'colour', (ARRAY['Crimson', 'Moss Green', 'Slate', 'Ivory', 'Cobalt', 'Amber', 'Rosé', 'Charcoal', 'Sand', 'Türkis', 'Plain'])[:colour],
        'material', (ARRAY['Oak', 'Walnut', 'Enamel', 'Linen', 'Copper', 'Leather', 'Felt', 'Steel', 'Glass', 'Bamboo', 'Cork'])[:material])
    LIMIT 24;
SELECT id, title, gross_price FROM shop.products
    WHERE title ILIKE '%' || (ARRAY['slate oak', 'amber glass', 'rosé felt', 'türkis enamel', 'plain linen', 'cobalt steel', 'sand cork', 'ivory bamboo', 'moss green walnut', 'crimson copper', 'charcoal leather'])[:colour] || '%'
    ORDER BY title LIMIT 10;
