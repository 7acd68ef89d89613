ALTER TABLE sales.orders DROP CONSTRAINT orders_country_check;
