CREATE TABLE catalog.categories (
  id bigint GENERATED ALWAYS AS IDENTITY,
  slug text NOT NULL,
  name text NOT NULL,
  parent_id bigint,
  CONSTRAINT categories_pkey PRIMARY KEY (id),
  CONSTRAINT categories_slug_key UNIQUE (slug),
  CONSTRAINT categories_slug_check CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  CONSTRAINT categories_not_own_parent CHECK (parent_id <> id),
  CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES catalog.categories (id)
);
COMMENT ON TABLE catalog.categories IS 'The tree that the shop''s navigation shows';
COMMENT ON COLUMN catalog.categories.slug IS 'Part of the public URL; never changed once it is out';

CREATE INDEX categories_parent_id_idx ON catalog.categories (parent_id);

INSERT INTO catalog.categories (slug, name) VALUES
  ('kitchen', 'Kitchen'),
  ('office', 'Office'),
  ('outdoor', 'Outdoor');

INSERT INTO catalog.categories (slug, name, parent_id)
SELECT child.slug, child.name, parent.id
FROM (VALUES
  ('coffee', 'Coffee', 'kitchen'),
  ('tea', 'Tea', 'kitchen'),
  ('paper', 'Paper', 'office')
) AS child (slug, name, parent_slug)
JOIN catalog.categories AS parent ON parent.slug = child.parent_slug;
