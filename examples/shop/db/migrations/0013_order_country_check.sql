-- squizzle: lock-timeout=2s
-- NOT VALID looks at no row, so the exclusive lock is held for a moment only.
ALTER TABLE sales.orders
  ADD CONSTRAINT orders_country_check CHECK (country IS NOT NULL AND country ~ '^[A-Z]{2}$') NOT VALID;
