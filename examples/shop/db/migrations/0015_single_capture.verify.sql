SELECT 'sales.payments_single_capture_key'::regclass;

DO $$
BEGIN
  ASSERT NOT EXISTS (
    SELECT FROM sales.payments WHERE state = 'captured' GROUP BY order_id HAVING count(*) > 1
  ), 'an order was charged more than once';
END
$$;
