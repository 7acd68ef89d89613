SELECT full_name FROM sales.customers WHERE false;
