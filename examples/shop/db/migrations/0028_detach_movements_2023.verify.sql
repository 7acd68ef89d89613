DO $$
BEGIN
  ASSERT NOT (
    SELECT relispartition FROM pg_catalog.pg_class WHERE oid = 'inventory.stock_movements_2023'::regclass
  ), 'stock_movements_2023 is still a partition';
END
$$;
