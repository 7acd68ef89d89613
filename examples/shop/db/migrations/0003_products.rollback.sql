DROP TABLE catalog.products;
DROP TYPE catalog.product_state;
