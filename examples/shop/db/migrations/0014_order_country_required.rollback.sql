ALTER TABLE sales.orders ALTER COLUMN country DROP NOT NULL;

-- A validated constraint cannot be marked as not valid again: it is made anew.
ALTER TABLE sales.orders DROP CONSTRAINT orders_country_check;
ALTER TABLE sales.orders
  ADD CONSTRAINT orders_country_check CHECK (country IS NOT NULL AND country ~ '^[A-Z]{2}$') NOT VALID;
