-- The web front end says who is logged in: SET LOCAL shop.customer_id = '42'.
CREATE FUNCTION common.current_customer() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('shop.customer_id', true), '')::bigint;
COMMENT ON FUNCTION common.current_customer() IS 'Null where nobody is logged in, and then no policy shows a row';

-- The tables' owner, who runs migrations and reports, is not bound by them.
ALTER TABLE sales.customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY customers_own ON sales.customers
USING (id = common.current_customer());

ALTER TABLE sales.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY orders_own ON sales.orders FOR SELECT
USING (customer_id = common.current_customer());
CREATE POLICY orders_place ON sales.orders FOR INSERT
WITH CHECK (customer_id = common.current_customer() AND status = 'pending');
COMMENT ON POLICY orders_place ON sales.orders IS 'An order starts unpaid, whatever the front end says';
