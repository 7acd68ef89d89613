CREATE INDEX CONCURRENTLY products_search_idx ON catalog.products USING gin (search);
