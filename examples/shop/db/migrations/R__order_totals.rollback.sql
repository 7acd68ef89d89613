DROP VIEW sales.order_totals;
