DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT FROM sales.orders WHERE country IS NULL), 'an order has no country';
END
$$;
