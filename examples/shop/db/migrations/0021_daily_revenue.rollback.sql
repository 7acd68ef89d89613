DROP PROCEDURE sales.refresh_daily_revenue();
DROP MATERIALIZED VIEW sales.daily_revenue;
