-- The configuration is named: without it the result would depend on a session setting, and no generated column may.
ALTER TABLE catalog.products
  ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('simple'::regconfig, name), 'A') ||
    setweight(to_tsvector('simple'::regconfig, description), 'B')
  ) STORED;
COMMENT ON COLUMN catalog.products.search IS 'Name before description; read it through catalog.search_products()';
