-- Orders arrive in the order of their time: a BRIN index of a few pages is enough for reports.
CREATE INDEX CONCURRENTLY orders_placed_at_idx ON sales.orders USING brin (placed_at);
