DROP POLICY orders_place ON sales.orders;
DROP POLICY orders_own ON sales.orders;
ALTER TABLE sales.orders DISABLE ROW LEVEL SECURITY;

DROP POLICY customers_own ON sales.customers;
ALTER TABLE sales.customers DISABLE ROW LEVEL SECURITY;

DROP FUNCTION common.current_customer();
