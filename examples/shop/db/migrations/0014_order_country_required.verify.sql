DO $$
BEGIN
  ASSERT (
    SELECT attnotnull FROM pg_catalog.pg_attribute WHERE attrelid = 'sales.orders'::regclass AND attname = 'country'
  ), 'sales.orders.country may be null';
  ASSERT (
    SELECT convalidated FROM pg_catalog.pg_constraint
    WHERE conrelid = 'sales.orders'::regclass AND conname = 'orders_country_check'
  ), 'orders_country_check is not validated';
END
$$;
