-- Breaking: every reader of sales.customers.name must know the new name before this release.
ALTER TABLE sales.customers RENAME COLUMN name TO full_name;
ALTER TABLE sales.customers RENAME CONSTRAINT customers_name_check TO customers_full_name_check;
