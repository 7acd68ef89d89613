DO $$
BEGIN
  ASSERT EXISTS (SELECT FROM sales.daily_revenue), 'sales.daily_revenue is empty';
END
$$;
