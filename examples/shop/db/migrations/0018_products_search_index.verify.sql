DO $$
BEGIN
  ASSERT (
    SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = 'catalog.products_search_idx'::regclass
  ), 'products_search_idx is not valid';
END
$$;
