-- The roles of the storefront. Roles belong to the cluster and not to the database, so pg_dump does not
-- carry them: a restore meets their names in OWNER TO, GRANT and CREATE POLICY and needs them there.
-- Every statement may run again on a cluster which has the roles already.

DO $roles$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['shop_owner', 'shop_app', 'shop_readonly', 'shop_support', 'shop-reporting']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
END
$roles$;

ALTER ROLE shop_app LOGIN CONNECTION LIMIT 200;
ALTER ROLE shop_support LOGIN CONNECTION LIMIT 20;
ALTER ROLE "shop-reporting" LOGIN CONNECTION LIMIT 5;

ALTER ROLE shop_app SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE shop_app SET lock_timeout = '5s';
ALTER ROLE shop_support SET statement_timeout = '30s';
ALTER ROLE "shop-reporting" SET work_mem = '64MB';
ALTER ROLE "shop-reporting" SET default_transaction_read_only = on;
ALTER ROLE "shop-reporting" SET timezone = 'Europe/Berlin';

GRANT shop_readonly TO shop_support;
GRANT shop_readonly TO "shop-reporting";

COMMENT ON ROLE shop_owner IS 'owns every object of the storefront, nobody logs in as this role';
COMMENT ON ROLE shop_app IS 'the web application';
COMMENT ON ROLE shop_readonly IS 'group: may read what holds no secrets';
COMMENT ON ROLE shop_support IS 'people of the help desk';
COMMENT ON ROLE "shop-reporting" IS 'nightly reports; the hyphen is deliberate, names like this exist';
