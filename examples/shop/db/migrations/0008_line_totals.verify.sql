DO $$
BEGIN
  ASSERT NOT EXISTS (SELECT FROM sales.order_lines WHERE line_total <> quantity * unit_price), 'a line total is wrong';
END
$$;
