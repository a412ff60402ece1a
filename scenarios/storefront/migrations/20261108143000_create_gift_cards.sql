-- Gift cards, bought with an order and kept by a customer.
CREATE TABLE shop.gift_cards (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text COLLATE "C" NOT NULL UNIQUE,
    owner_id bigint REFERENCES shop.customers (id) ON DELETE SET NULL,
    order_id bigint NOT NULL,
    placed_at timestamptz NOT NULL,
    amount shop.money_amount NOT NULL,
    balance shop.money_amount NOT NULL,
    greeting text,
    expires_on date NOT NULL DEFAULT (now() + interval '3 years')::date,
    CONSTRAINT gift_cards_order_fkey FOREIGN KEY (order_id, placed_at) REFERENCES shop.orders (id, placed_at),
    CONSTRAINT gift_cards_balance_fits CHECK (balance <= amount)
);

CREATE INDEX gift_cards_owner_idx ON shop.gift_cards (owner_id) WHERE balance > 0;
CREATE INDEX gift_cards_order_idx ON shop.gift_cards (order_id);

ALTER TABLE shop.gift_cards OWNER TO shop_owner;
ALTER TABLE shop.gift_cards ENABLE ROW LEVEL SECURITY;
CREATE POLICY gift_cards_app ON shop.gift_cards TO shop_app USING (true);
GRANT SELECT, INSERT, UPDATE ON shop.gift_cards TO shop_app;

CREATE FUNCTION shop.redeem_gift_card(card text, wanted numeric) RETURNS numeric LANGUAGE plpgsql
    AS $redeem$
DECLARE
    left_over numeric;
BEGIN
    UPDATE shop.gift_cards g SET balance = g.balance - least(g.balance, wanted)
    WHERE g.code = card AND g.expires_on >= current_date
    RETURNING g.balance INTO left_over;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such gift card; or it expired';
    END IF;
    RETURN left_over;
END
$redeem$;
