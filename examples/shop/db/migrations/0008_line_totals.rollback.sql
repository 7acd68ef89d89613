ALTER TABLE sales.order_lines DROP COLUMN line_total;
