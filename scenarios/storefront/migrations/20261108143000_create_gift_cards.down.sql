-- Gift cards that were sold meanwhile are lost by this.
DROP FUNCTION shop.redeem_gift_card(text, numeric);
DROP TABLE shop.gift_cards;
