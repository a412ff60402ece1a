-- Bookkeeping lists the captured payments of a day by provider.
CREATE INDEX payments_captured_idx ON shop.payments (captured_at, provider) INCLUDE (amount) WHERE status = 'captured';

ANALYZE shop.payments;
