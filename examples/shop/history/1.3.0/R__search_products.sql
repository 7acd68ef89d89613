CREATE OR REPLACE FUNCTION catalog.search_products(query text, max_results integer DEFAULT 20)
RETURNS TABLE (sku text, name text, price numeric)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT product.sku, product.name, product.price
  FROM catalog.products AS product, websearch_to_tsquery('simple', query) AS wanted
  WHERE product.search @@ wanted AND product.state = 'active'
  ORDER BY ts_rank(product.search, wanted) DESC, product.sku
  LIMIT max_results;
$$;
COMMENT ON FUNCTION catalog.search_products(text, integer) IS 'Active products, best match first';
