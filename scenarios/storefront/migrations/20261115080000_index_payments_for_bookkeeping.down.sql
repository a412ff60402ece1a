DROP INDEX shop.payments_captured_idx;
