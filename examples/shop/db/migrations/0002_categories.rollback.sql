DROP TABLE catalog.categories;
