ALTER TABLE sales.customers RENAME CONSTRAINT customers_full_name_check TO customers_name_check;
ALTER TABLE sales.customers RENAME COLUMN full_name TO name;
