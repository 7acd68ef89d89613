SELECT 'sales.place_order(bigint, jsonb)'::regprocedure;

DO $$
DECLARE
  some_order bigint := (SELECT min(order_id) FROM sales.order_lines);
BEGIN
  ASSERT sales.order_total(some_order) > 0, 'an order with lines has no total';
  ASSERT sales.order_total(-1) = 0, 'an order that does not exist has a total';
END
$$;
