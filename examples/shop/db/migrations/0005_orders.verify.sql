SELECT id, number, customer_id, status, placed_at FROM sales.orders WHERE false;
SELECT order_id, line_no, product_id, quantity, unit_price FROM sales.order_lines WHERE false;

DO $$
BEGIN
  ASSERT NOT EXISTS (
    SELECT FROM sales.orders WHERE NOT EXISTS (SELECT FROM sales.order_lines WHERE order_id = orders.id)
  ), 'an order has no lines';
END
$$;
