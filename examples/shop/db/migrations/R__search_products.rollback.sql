DROP FUNCTION catalog.search_products(text, integer);
