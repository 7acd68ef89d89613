DO $$
BEGIN
  ASSERT (SELECT count(*) FROM sales.order_totals) = (SELECT count(*) FROM sales.orders), 'an order has no totals';
END
$$;
