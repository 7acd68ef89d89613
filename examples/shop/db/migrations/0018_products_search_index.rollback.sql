DROP INDEX CONCURRENTLY catalog.products_search_idx;
