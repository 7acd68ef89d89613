DROP TABLE sales.order_lines;
DROP TABLE sales.orders;
DROP TYPE sales.order_status;
