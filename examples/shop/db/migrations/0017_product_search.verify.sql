DO $$
BEGIN
  ASSERT EXISTS (
    SELECT FROM catalog.products WHERE search @@ websearch_to_tsquery('simple', 'kettle')
  ), 'the kettle is not found';
END
$$;
