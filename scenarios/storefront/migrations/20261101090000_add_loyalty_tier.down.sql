-- The tier can be computed again from the points: nothing is lost.
ALTER TABLE shop.customers DROP COLUMN loyalty_tier;
DROP TYPE shop.loyalty_tier;
