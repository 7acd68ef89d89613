CREATE MATERIALIZED VIEW sales.daily_revenue AS
SELECT (payment.captured_at AT TIME ZONE 'UTC')::date AS day, count(*) AS payments, sum(payment.amount) AS amount
FROM sales.payments AS payment
WHERE payment.state = 'captured'
GROUP BY 1
WITH DATA;
COMMENT ON MATERIALIZED VIEW sales.daily_revenue IS 'Refreshed every night; days in UTC';

-- REFRESH ... CONCURRENTLY needs a unique index without a condition.
CREATE UNIQUE INDEX daily_revenue_day_key ON sales.daily_revenue (day);

CREATE PROCEDURE sales.refresh_daily_revenue()
LANGUAGE plpgsql
AS $$
BEGIN
  REFRESH MATERIALIZED VIEW CONCURRENTLY sales.daily_revenue;
END;
$$;
