-- Customers get a tier, computed once from the points they have.
CREATE TYPE shop.loyalty_tier AS ENUM ('none', 'bronze', 'silver', 'gold');

ALTER TABLE shop.customers ADD COLUMN loyalty_tier shop.loyalty_tier NOT NULL DEFAULT 'none';

UPDATE shop.customers
SET loyalty_tier = CASE
        WHEN loyalty_points >= 5000 THEN 'gold'
        WHEN loyalty_points >= 1500 THEN 'silver'
        ELSE 'bronze'
    END::shop.loyalty_tier
WHERE loyalty_points >= 200;

COMMENT ON COLUMN shop.customers.loyalty_tier IS 'kept up to date by the application; points decide';
