CREATE OR REPLACE FUNCTION catalog.search_products(query text, max_results integer DEFAULT 20)
RETURNS TABLE (sku text, name text, price numeric)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT product.sku, product.name, product.price
  FROM websearch_to_tsquery('simple', query) AS wanted, catalog.products AS product
  LEFT JOIN catalog.product_ratings AS rated ON rated.product_id = product.id
  WHERE product.search @@ wanted AND product.state = 'active'
  ORDER BY ts_rank(product.search, wanted) * coalesce(rated.rating, 3)::real DESC, product.sku
  LIMIT max_results;
$$;
COMMENT ON FUNCTION catalog.search_products(text, integer) IS 'Active products: best match first, weighed by their rating';
