DROP VIEW sales.revenue_by_method;
DROP TABLE sales.payments;
DROP TYPE sales.payment_method;
