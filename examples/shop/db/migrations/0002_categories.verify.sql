SELECT id, slug, name, parent_id FROM catalog.categories WHERE false;

DO $$
BEGIN
  ASSERT EXISTS (SELECT FROM catalog.categories WHERE slug = 'coffee' AND parent_id IS NOT NULL),
    'the seeded tree has no category coffee below another one';
END
$$;
