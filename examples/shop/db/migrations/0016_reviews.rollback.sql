DROP VIEW catalog.product_ratings;
DROP TABLE catalog.reviews;
