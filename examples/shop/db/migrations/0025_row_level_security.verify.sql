DO $$
BEGIN
  ASSERT (
    SELECT bool_and(relrowsecurity) FROM pg_catalog.pg_class
    WHERE oid IN ('sales.customers'::regclass, 'sales.orders'::regclass)
  ), 'row level security is off';
END
$$;
