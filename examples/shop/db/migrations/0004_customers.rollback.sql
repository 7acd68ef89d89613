DROP TABLE sales.customers;
