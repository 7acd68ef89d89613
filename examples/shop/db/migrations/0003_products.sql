CREATE TYPE catalog.product_state AS ENUM ('draft', 'active', 'retired');
COMMENT ON TYPE catalog.product_state IS 'Only active products can be ordered';

CREATE TABLE catalog.products (
  id bigint GENERATED ALWAYS AS IDENTITY,
  sku text NOT NULL,
  category_id bigint NOT NULL,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  price numeric(12, 2) NOT NULL,
  state catalog.product_state NOT NULL DEFAULT 'draft',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT products_pkey PRIMARY KEY (id),
  CONSTRAINT products_sku_key UNIQUE (sku),
  CONSTRAINT products_sku_check CHECK (sku ~ '^[A-Z]{3}-[0-9]{4}$'),
  CONSTRAINT products_price_check CHECK (price >= 0),
  CONSTRAINT products_category_id_fkey FOREIGN KEY (category_id) REFERENCES catalog.categories (id)
);
COMMENT ON TABLE catalog.products IS 'One row per article that can be ordered';
COMMENT ON COLUMN catalog.products.sku IS 'Stock keeping unit, as printed on the shelf: three letters, four digits';
COMMENT ON COLUMN catalog.products.price IS 'Euro, VAT included';

CREATE INDEX products_category_id_idx ON catalog.products (category_id);
CREATE INDEX products_active_name_idx ON catalog.products (name) WHERE state = 'active';

INSERT INTO catalog.products (sku, category_id, name, description, price, state, created_at)
SELECT seed.sku, category.id, seed.name, seed.description, seed.price, seed.state::catalog.product_state,
  timestamptz '2024-01-02 09:00:00+00'
FROM (VALUES
  ('COF-0001', 'coffee', 'House blend', 'Round and nutty, for every day', 12.90, 'active'),
  ('COF-0002', 'coffee', 'Dark roast', 'Cocoa and smoke', 13.50, 'active'),
  ('COF-0003', 'coffee', 'Pour-over kettle', 'One litre, with a thermometer in its lid', 64.00, 'active'),
  ('TEA-0001', 'tea', 'Earl Grey', 'Black tea with bergamot', 8.40, 'active'),
  ('TEA-0002', 'tea', 'Sencha', 'Green tea, first flush', 16.20, 'active'),
  ('TEA-0003', 'tea', 'Rooibos', 'Red, and without caffeine', 6.90, 'retired'),
  ('PAP-0001', 'paper', 'Notebook A5', 'Dotted, 192 pages', 14.00, 'active'),
  ('PAP-0002', 'paper', 'Index cards', 'One hundred, ruled', 4.20, 'active'),
  ('OUT-0001', 'outdoor', 'Enamel mug', 'Survives every camp fire', 11.00, 'active'),
  ('OUT-0002', 'outdoor', 'Hammock', 'Carries two hundred kilograms', 79.00, 'draft')
) AS seed (sku, category_slug, name, description, price, state)
JOIN catalog.categories AS category ON category.slug = seed.category_slug
ORDER BY seed.sku;
