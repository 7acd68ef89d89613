ALTER TABLE catalog.products DROP COLUMN search;
